import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import type { Certificat } from './certificat.ts';
import { enDate } from './defauts.ts';

/** What a CRL or an OCSP answer says of one certificate at one instant. « inconnu » is a state of its own, never good. */

/** RFC 5280 § 5.3.1. */
export const MOTIFS_REVOCATION: ReadonlyMap<number, string> = new Map([
  [0, 'non précisé'],
  [1, 'clé compromise'],
  [2, 'autorité compromise'],
  [3, 'changement de situation du porteur'],
  [4, 'certificat remplacé'],
  [5, 'cessation d’activité'],
  [6, 'certificat suspendu'],
  [8, 'retiré de la liste'],
  [9, 'droit retiré'],
  [10, 'autorité d’attributs compromise'],
]);

/** Evidence that was looked at: enough to find the bytes again and to say how long they speak. */
export interface Preuve {
  readonly type: 'crl' | 'ocsp';
  readonly sha256: Sha256;
  readonly emise: Instant;
  /** nextUpdate, null when the responder gives none. */
  readonly jusqua: Instant | null;
}

export interface Revocation {
  readonly quand: Instant;
  /** French, see `MOTIFS_REVOCATION`. */
  readonly motif: string;
}

export const TEXTES_INCONNU = {
  absente: 'aucune preuve de non-révocation n’est disponible',
  illisible: 'la preuve est illisible',
  autre_emetteur: 'la preuve ne vient pas de l’autorité qui a émis le certificat',
  signature_fausse: 'la signature de la preuve est fausse',
  algorithme_obsolete: 'la preuve est signée avec un algorithme obsolète ou inconnu',
  droit_absent: 'le signataire de la preuve n’a pas reçu ce droit de l’autorité',
  repondeur_perime: 'le certificat du répondeur n’était pas valable quand il a répondu',
  repondeur_revoque: 'le certificat du répondeur a été révoqué',
  repondeur_refuse: 'le répondeur a refusé de répondre',
  autre_certificat: 'la réponse porte sur un autre certificat',
  non_connu: 'le répondeur ne connaît pas ce certificat',
  nonce_different: 'la réponse n’est pas celle de cette question (valeur unique différente)',
  nonce_absent: 'la réponse ne reprend pas la valeur unique de la question',
  perimee: 'la preuve était périmée à la date examinée',
  future: 'la preuve porte une date d’émission à venir',
  apres_expiration:
    'la preuve a été émise après l’expiration du certificat, qui a pu sortir de la liste entre-temps',
  hors_portee: 'cette liste ne couvre pas ce certificat',
  partielle: 'cette liste est partielle (delta, motifs choisis ou liste indirecte)',
  extension_critique: 'la preuve porte une extension critique inconnue',
} as const;

export type CodeInconnu = keyof typeof TEXTES_INCONNU;

export type EtatRevocation =
  | {
      readonly etat: 'bon';
      readonly preuve: Preuve;
      /** Evidence that the first one leans on: the list that says that the responder itself was not revoked. */
      readonly appuis?: readonly Preuve[];
      /** Revoked, but after the instant examined. */
      readonly ensuite: Revocation | null;
      /** French: what a careful reader would want to know. */
      readonly reserves: readonly string[];
    }
  | ({ readonly etat: 'revoque'; readonly preuve: Preuve } & Revocation)
  | {
      readonly etat: 'inconnu';
      readonly code: CodeInconnu;
      readonly message: string;
      readonly preuve: Preuve | null;
    };

export function inconnu(code: CodeInconnu, preuve: Preuve | null = null, detail = ''): EtatRevocation {
  const message = TEXTES_INCONNU[code] + (detail === '' ? '' : ` : ${detail}`);
  return { etat: 'inconnu', code, message, preuve };
}

/** What is asked of a piece of evidence, whatever its kind. */
export interface QuestionRevocation {
  readonly certificat: Certificat;
  /** The authority that issued it: the next certificate of a path already found sound. */
  readonly emetteur: Certificat;
  /** The state is wanted as it was then (signing time, or now). */
  readonly instant: Instant;
  /** When the question is asked; `instant` unless said otherwise. Evidence made after the instant is then welcome. */
  readonly controle?: Instant;
  readonly ageMax?: AgeMax;
}

/** Beyond this age, milliseconds, evidence made before the instant is stale whatever its nextUpdate; null = no limit. */
export interface AgeMax {
  readonly crl: number | null;
  readonly ocsp: number | null;
}

/** Clocks of two machines may disagree by this much. */
export const DERIVE_MS = 300_000;

export interface Fraicheur {
  readonly type: Preuve['type'];
  readonly emise: Instant;
  readonly jusqua: Instant | null;
  /** The issuer still lists certificates that expired since then (expiredCertsOnCRL, archiveCutoff); null = it does not say. */
  readonly memoire: Instant | null;
}

/**
 * Evidence speaks of the instants from its making to its nextUpdate; made later than the instant it speaks too, as
 * long as the certificate had not expired in between and so left the list (RFC 5280 § 3.3).
 */
export function jugerFraicheur(question: QuestionRevocation, preuve: Fraicheur): CodeInconnu | null {
  const { instant, certificat } = question;
  const controle = question.controle ?? instant;
  if (preuve.emise > controle + DERIVE_MS) return 'future';
  if (preuve.jusqua === null || preuve.jusqua < instant) return 'perimee';
  const ageMax = question.ageMax?.[preuve.type] ?? null;
  if (ageMax !== null && instant - preuve.emise > ageMax) return 'perimee';
  const conservee = preuve.memoire !== null && preuve.memoire <= certificat.fin;
  if (preuve.emise > certificat.fin && !conservee) return 'apres_expiration';
  return null;
}

/** `invalidite`: since when the key is known to be bad (invalidityDate), earlier than the revocation itself. */
export function trancher(
  question: QuestionRevocation,
  preuve: Preuve,
  revocation: Revocation & { readonly invalidite: Instant | null },
): EtatRevocation {
  const { motif, invalidite } = revocation;
  const quand = (invalidite === null ? revocation.quand : Math.min(revocation.quand, invalidite)) as Instant;
  if (quand <= question.instant) return { etat: 'revoque', quand, motif, preuve };
  const reserves = [`révoqué plus tard, le ${enDate(quand)} (${motif})`];
  return { etat: 'bon', preuve, ensuite: { quand, motif }, reserves };
}

/** A revocation stands for ever, so even old evidence proves it; a suspension may have been lifted since. */
export function estSansRetour({ motif }: Revocation): boolean {
  return motif !== MOTIFS_REVOCATION.get(6) && motif !== MOTIFS_REVOCATION.get(8);
}
