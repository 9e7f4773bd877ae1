import { ecrireXml, type Noeud } from '../../formats/xml/ecrire.ts';
import { FUSEAU } from '../../metier/echeances.ts';
import type { BordereauLu, PesLu } from './pes.ts';

/**
 * PES_Retour: what the accountant did with the pièces, published every day. No link with a file sent; the SIRET of
 * IdColl is the only address.
 */

const RETOUR = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour';

/** R: rejets et mises en instance; P: périodique. */
export type NatureRetour = 'R' | 'P';

export interface DemandeRetour {
  readonly nature: NatureRetour;
  /** What the restitution is about: same budget for all. */
  readonly pes: Pick<PesLu, 'idPost' | 'idColl' | 'codCol' | 'codBud'>;
  readonly bordereaux: readonly BordereauLu[];
  /** Epoch milliseconds. */
  readonly quand: number;
}

export interface FichierRetour {
  readonly nom: string;
  readonly octets: Buffer;
}

const DOMAINES = {
  '5': { typFic: 'PES2R_DEP', bloc: 'PES_DepenseRetour', entete: 'EnTeteDepense', piece: 'InfoPiece' },
  '6': { typFic: 'PES2R_RCE', bloc: 'PES_RecetteRetour', entete: 'EnTeteRecette', piece: 'BlocPiece' },
} as const;

/** One file per domain that has bordereaux (a PES Retour holds one). */
export function ecrireRetours(demande: DemandeRetour): FichierRetour[] {
  return (['5', '6'] as const).flatMap((domaine) => {
    const bordereaux = demande.bordereaux.filter((b) => b.domaine === domaine && b.pieces.length > 0);
    return bordereaux.length === 0 ? [] : [ecrireRetour({ ...demande, bordereaux }, domaine)];
  });
}

function ecrireRetour(demande: DemandeRetour, domaine: '5' | '6'): FichierRetour {
  const { pes, nature, quand } = demande;
  const d = DOMAINES[domaine];
  const nom = nomRetour(demande, d.typFic);
  const jour = horodate(quand).toPlainDate().toString();
  const racine: Noeud = {
    nom: 'n:PES_Retour',
    attributs: { 'xmlns:n': RETOUR },
    enfants: [
      noeud('Enveloppe', [
        noeud('Parametres', [valeur('Version', '2'), valeur('TypFic', d.typFic), valeur('NomFic', nom)]),
      ]),
      noeud('EnTetePES', [
        valeur('DteStr', jour),
        valeur('IdPost', pes.idPost),
        valeur('IdColl', pes.idColl),
        // The aller says CodCol.
        valeur('CodColl', pes.codCol),
        valeur('CodBud', pes.codBud),
      ]),
      noeud(d.bloc, [
        noeud(d.entete, [
          valeur('TypRestit', nature === 'R' ? '01' : '02'),
          valeur('IdVer', '2'),
          valeur('NatInf', '2'),
        ]),
        ...demande.bordereaux.map((b) => bordereau(b, nature, jour)),
      ]),
    ],
  };
  return { nom, octets: Buffer.from(ecrireXml(racine)) };
}

/** `PES2R_DEP_<nature>_<CodColl>_<CodBud>_<codique>_<DateSituation>_<DateTraitement>_<AAAAMMJJhhmmss>.xml`. */
function nomRetour({ nature, pes, quand }: DemandeRetour, typFic: string): string {
  const instant = horodate(quand);
  const jour = instant.toPlainDate().toString().replaceAll('-', '');
  const heure = instant.toPlainTime().toString({ smallestUnit: 'second' }).replaceAll(':', '');
  return `${typFic}_${nature}_${pes.codCol}_${pes.codBud}_${pes.idPost}_${jour}_${jour}_${jour}${heure}.xml`;
}

function horodate(quand: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(quand).toZonedDateTimeISO(FUSEAU);
}

/** Daily: every pièce rejected; periodic: every pièce taken in charge. */
function bordereau(b: BordereauLu, nature: NatureRetour, jour: string): Noeud {
  const rejet = nature === 'R';
  const etats = rejet ? ['04', b.domaine === '5' ? '02' : '01'] : ['02', b.domaine === '5' ? '01' : '04'];
  const [etatPiece = '', etatLigne = ''] = etats;
  return noeud('Bordereau', [
    noeud('BlocBordereau', [valeur('Exer', b.exercice), valeur('IdBord', b.numero), valeur('TypBord', '01')]),
    ...b.pieces.map((piece) =>
      noeud('Piece', [
        noeud(DOMAINES[b.domaine].piece, [
          valeur('IdPce', piece.numero),
          valeur('TypPce', '01'),
          valeur('NatPce', '01'),
          ...(rejet ? [] : [valeur('DtePcePec', jour)]),
          valeur('EtatPce', etatPiece),
          ...(rejet ? [valeur('ObsEtat', 'Pièce justificative manquante'), valeur('DtePceRej', jour)] : []),
        ]),
        ...(piece.lignes.length === 0 ? ['1'] : piece.lignes).map((ligne) =>
          noeud('LigneDePiece', [
            noeud('BlocLignePiece', [
              noeud('InfoLignePiece', [
                valeur('IdLigne', ligne),
                valeur('EtatLigPce', etatLigne),
                valeur('MtHT', '100.00'),
              ]),
            ]),
          ]),
        ),
      ]),
    ),
  ]);
}

function noeud(nom: string, enfants: readonly Noeud[]): Noeud {
  return { nom, enfants };
}

function valeur(nom: string, v: string): Noeud {
  return { nom, attributs: { V: v } };
}
