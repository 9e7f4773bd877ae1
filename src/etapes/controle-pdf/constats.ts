import type { ControlePdf, SignatureActes } from '../../config/signature.ts';
import type { Constat } from '../../formats/certificats/cahier.ts';
import { CMS } from '../../formats/certificats/cms-constats.ts';
import { PDS } from '../../formats/pdf/signatures-constats.ts';
import type { ConstatSignature } from '../signature/constats.ts';
import type { PdfVerifies, SignaturePiece } from './verifier.ts';

/** What was found about the signatures inside the PDFs, each under the check that the settings may make refuse or only tell. */

export interface ConstatPdf extends Omit<ConstatSignature, 'controle'> {
  readonly controle: ControlePdf | 'reserve';
  /** Name of the piece, as its depositor gave it. */
  readonly piece: string;
}

type Controles = SignatureActes['pdf']['controles'];

/** Why a token that dates a signature was not believed. */
export type DefautHorodatage = 'non_admis' | 'non_juge';

const HORODATAGE: Readonly<Record<DefautHorodatage, Pick<ConstatPdf, 'code' | 'message' | 'remede'>>> = {
  non_admis: {
    code: 'horodatage_non_admis',
    message:
      'L’unité qui a horodaté n’est pas de celles que l’exploitant admet ; la date annoncée est retenue.',
    remede: 'L’exploitant ajoute cette autorité au magasin de confiance s’il a des raisons de s’y fier.',
  },
  non_juge: {
    code: 'horodatage_non_juge',
    message: 'Aucun magasin de confiance ne dit que croire de l’horodatage ; la date annoncée est retenue.',
    remede:
      'L’exploitant importe les autorités d’horodatage admises avec « vaguemestre confiance importer ».',
  },
};

/** Told by checks of their own, and not by those that any signature meets. */
const PROPRES: Readonly<Record<string, ControlePdf>> = {
  [PDS.modifie[0]]: 'modification',
  [CMS.jetonDefaut[0]]: 'horodatage',
};

const propre = ({ code }: Constat): boolean => code in PROPRES;

/** What the checks of any signature have to look at. */
export function communs({ lue }: SignaturePiece): Pick<SignaturePiece['lue'], 'etat' | 'constats'> {
  const constats = lue.constats.filter((c) => !propre(c));
  const refusee = lue.integrite !== 'intacte' || constats.some((c) => c.gravite === 'refus');
  return { etat: refusee ? 'refusee' : lue.etat === 'refusee' ? 'valide' : lue.etat, constats };
}

function situer(s: SignaturePiece | undefined): Pick<ConstatPdf, 'rang' | 'piece'> {
  return { rang: s?.rang ?? null, piece: s?.piece.nom ?? '' };
}

/** The most severe first; the order in which reasons are told. */
const ORDRE: readonly ConstatPdf['controle'][] = [
  'structure',
  'alteration',
  'modification',
  'certificat_revoque',
  'certificat_revoque_depuis',
  'certificat_hors_date',
  'certificat_inconnu',
  'certificat_sans_niveau',
  'certificat_expire',
  'algorithme_obsolete',
  'date_future',
  'horodatage',
  'revocation_inconnue',
  'confiance_absente',
  'reserve',
];

export interface ConstatsATrier {
  readonly verifies: PdfVerifies;
  /** Of the checks that any signature meets. */
  readonly communs: readonly ConstatSignature[];
  /** By rank of the signature. */
  readonly horodatages: ReadonlyMap<number, DefautHorodatage>;
  readonly controles: Controles;
}

const avisDe = (controle: ConstatPdf['controle'], controles: Controles): ConstatPdf['avis'] =>
  controle === 'reserve' ? 'avertir' : controles[controle];

function desFichiers({ constats }: PdfVerifies, controles: Controles): ConstatPdf[] {
  return constats.map(({ piece, constat: { code, gravite, message, remede } }) => {
    const controle = gravite === 'refus' ? 'structure' : 'reserve';
    return {
      controle,
      avis: avisDe(controle, controles),
      code,
      message,
      remede,
      rang: null,
      piece: piece.nom,
    };
  });
}

function desSignatures({ verifies, horodatages, controles }: ConstatsATrier): ConstatPdf[] {
  return verifies.signatures.flatMap((s) => {
    const lus = s.lue.constats.filter(propre).map(({ code, message, remede }): ConstatPdf => {
      const controle = PROPRES[code] ?? 'reserve';
      return { controle, avis: avisDe(controle, controles), code, message, remede, ...situer(s) };
    });
    const defaut = horodatages.get(s.rang);
    if (defaut === undefined) return lus;
    return [
      ...lus,
      { controle: 'horodatage', avis: controles.horodatage, ...HORODATAGE[defaut], ...situer(s) },
    ];
  });
}

/** Everything found, under the policy of the settings: first what refuses, then what is told. */
export function trier(aTrier: ConstatsATrier): readonly ConstatPdf[] {
  const { verifies, controles } = aTrier;
  const parRang = new Map(verifies.signatures.map((s) => [s.rang, s]));
  const tous = [
    ...desFichiers(verifies, controles),
    ...desSignatures(aTrier),
    ...aTrier.communs.map((c): ConstatPdf => {
      // checks of a PES alone are never met here
      const controle = c.controle in controles ? (c.controle as ControlePdf) : 'reserve';
      return { ...c, controle, avis: avisDe(controle, controles), ...situer(parRang.get(c.rang ?? 0)) };
    }),
  ];
  const poids = (c: ConstatPdf): number =>
    ORDRE.indexOf(c.controle) + (c.avis === 'refuser' ? 0 : ORDRE.length);
  return tous.toSorted((a, b) => poids(a) - poids(b) || (a.rang ?? 0) - (b.rang ?? 0));
}
