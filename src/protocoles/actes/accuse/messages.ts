import type { ElementXml } from '../../../formats/xml/lire.ts';
import type { FicheErreur } from '../../../metier/erreurs.ts';
import { lireSiren, type Siren } from '../../../metier/identifiants.ts';
import type { CleRetour, MessageEtat } from '../../protocole.ts';
import { attribut, enfant, fichiersCites, jourLu, texte } from '../arbre.ts';
import { codeDuDetail, NATURES_NATIONALES, remedeDuRefus } from '../codes.ts';
import { dateFrancaise } from '../regles/regle.ts';

/** Messages 1-2 (ARActe) and 1-3 (AnomalieActe). */

/** A message and what came with it. */
export interface MessageRecu {
  readonly racine: ElementXml;
  /** File name of the message: only ever a hint. */
  readonly nom: string;
  /** SIREN of the recipient, from the envelope of the same mail. */
  readonly siren: Siren | null;
  /** The message, its envelope, the files it names. */
  readonly parties: readonly string[];
}

export type Compris = MessageEtat | { readonly motif: string };

/** Head of a name of the norm: `[type-]034-123456789-20260115-2026_001-DE-1-1_0.xml`. */
const NOM_NORME =
  /^(?:[A-Z0-9_]{5}-)?([09][0-9][0-9AB])-([0-9]{9})-(?:([0-9]{8})-([A-Za-z0-9_]{1,15})-(\p{Lu}{2})-|---)/u;

export interface Indices {
  readonly departement: string | null;
  readonly siren: Siren | null;
  readonly identite: string | null;
  readonly abrege: string | null;
}

/** What a file name says; everything is null when it follows no rule of the norm. */
export function indicesDuNom(nom: string): Indices {
  const [, departement, siren, date, numero, abrege] = NOM_NORME.exec(nom) ?? [];
  const complet = abrege !== undefined;
  return {
    departement: departement ?? null,
    siren: lireSiren(siren ?? '') ?? null,
    identite: complet ? `${departement}-${siren}-${date}-${numero}-${abrege}` : null,
    abrege: abrege ?? null,
  };
}

/** Two sources that disagree on whose acte this is: only a person may settle it. */
export function contradiction(a: Siren | null, b: Siren | null): string | null {
  if (a === null || b === null || a === b) return null;
  return `Le message se contredit : destinataire ${a}, acte de ${b}.`;
}

type Cle = { readonly cle: CleRetour; readonly siren: Siren | null } | { readonly motif: string };

/** Key from the components that the State repeats; department and SIREN are hints taken from its file names. */
function cleParActe(recu: MessageRecu, acte: ElementXml | undefined): Cle {
  const numero = attribut(acte, 'NumeroInterne');
  const date = jourLu(attribut(acte, 'Date'));
  if (acte === undefined || numero === undefined || date === null) {
    return { motif: 'Le message ne dit pas de quel acte il parle (ActeRecu : numéro ou date absents).' };
  }
  const indices = [...fichiersCites(acte), recu.nom].map(indicesDuNom);
  const code = attribut(acte, 'CodeNatureActe');
  const nationale = NATURES_NATIONALES.find((n) => n.code === code)?.abrege;
  const abrege = nationale ?? indices.find((i) => i.abrege !== null)?.abrege ?? null;
  if (abrege === null)
    return { motif: `Le message désigne une nature d’acte inconnue (${code ?? 'absente'}).` };
  const indice = indices.find((i) => i.siren !== null);
  const motif = contradiction(recu.siren, indice?.siren ?? null);
  if (motif !== null) return { motif };
  const siren = recu.siren ?? indice?.siren ?? null;
  return {
    siren,
    cle: { par: 'acte', siren, numero, date, abrege, departement: indice?.departement ?? null },
  };
}

/** An identifier of one acte around the description of another: neither may be chosen. */
function autreActe(identite: string, acte: ElementXml | undefined): string | null {
  const numero = attribut(acte, 'NumeroInterne');
  const date = jourLu(attribut(acte, 'Date'))?.replaceAll('-', '');
  const [, , jour, ...suite] = identite.split('-');
  const memeNumero = numero === undefined || suite[0] === numero;
  const memeDate = date === undefined || jour === date;
  if (memeNumero && memeDate) return null;
  return `Le message se contredit : il porte l’identifiant ${identite.slice(0, 60)} et décrit l’acte n° ${(numero ?? '').slice(0, 30)}.`;
}

function cleDuRecu(recu: MessageRecu): Cle {
  const identite = attribut(recu.racine, 'IDActe');
  const acte = enfant(recu.racine, 'ActeRecu');
  if (identite === undefined) return cleParActe(recu, acte);
  const { siren } = indicesDuNom(`${identite}-`);
  const motif = contradiction(recu.siren, siren) ?? autreActe(identite, acte);
  return motif === null ? { cle: { par: 'identite', identite }, siren: recu.siren ?? siren } : { motif };
}

/** 1-2: the acte is received; its date is the one that counts for the time limits (not that of the mail). */
export function lireARActe(recu: MessageRecu): Compris {
  const trouvee = cleDuRecu(recu);
  if ('motif' in trouvee) return trouvee;
  const { cle, siren } = trouvee;
  const date = jourLu(attribut(recu.racine, 'DateReception'));
  const acte = cle.par === 'identite' ? cle.identite : `n° ${cle.par === 'acte' ? cle.numero : ''}`;
  const quand = date === null ? 'à une date que le message ne dit pas' : `le ${dateFrancaise(date)}`;
  return {
    code: '1-2',
    cle,
    siren,
    evenement: 'accuse_recu',
    notification: 'flux.acquitte',
    libelle: `Acte ${acte} reçu en préfecture ${quand}.`,
    erreur: null,
    champs: {
      dateReception: date,
      classificationEnCours: jourLu(texte(recu.racine, 'ClassificationDateVersionEnCours')),
    },
    parties: recu.parties,
  };
}

const DETAIL_MAX = 2000;

export interface Refus {
  /** `1-3` or `ANO`. */
  readonly message: string;
  readonly nature: string | null;
  /** The State's own words. */
  readonly detail: string | null;
}

export function lireRefus(racine: ElementXml, message: string): Refus {
  const detail = texte(racine, 'Detail')?.slice(0, DETAIL_MAX) ?? null;
  return { message, nature: texte(racine, 'Nature')?.slice(0, 20) ?? null, detail };
}

/** A refusal of the State, as plain data: its own words, and what is known to do about them. */
export function ficheRefus({ message, nature, detail }: Refus): FicheErreur {
  const code = detail === null ? null : codeDuDetail(detail);
  const nom = message === 'ANO' ? 'l’enveloppe (AnomalieEnveloppe' : 'l’acte (message 1-3';
  return {
    code: code ?? message,
    nature: 'definitive',
    message: detail ?? 'Refus sans explication de l’État.',
    cause: `L’État a refusé ${nom}, nature ${nature ?? 'non précisée'}).`,
    remede: remedeDuRefus(code),
  };
}

/** 1-3: the acte is not received, the same number may be sent again. */
export function lireAnomalieActe(recu: MessageRecu): Compris {
  const acte = enfant(recu.racine, 'ActeRecu');
  const trouvee = cleParActe(recu, acte);
  if ('motif' in trouvee) return trouvee;
  const { cle, siren } = trouvee;
  const refus = lireRefus(recu.racine, '1-3');
  const erreur = ficheRefus(refus);
  const date = jourLu(attribut(acte, 'Date')) ?? '';
  return {
    code: '1-3',
    cle,
    siren,
    evenement: 'anomalie_recue',
    notification: 'flux.anomalie',
    libelle: `Acte n° ${attribut(acte, 'NumeroInterne') ?? ''} du ${dateFrancaise(date)} refusé par l’État : ${erreur.message}`,
    erreur,
    champs: {
      dateAnomalie: jourLu(texte(recu.racine, 'Date')),
      natureAnomalie: refus.nature,
      codeAnomalie: erreur.code,
      classificationEnCours: jourLu(texte(recu.racine, 'ClassificationDateVersionEnCours')),
    },
    parties: recu.parties,
  };
}
