import { interrogerCrl } from '../../formats/certificats/crl.ts';
import { interrogerOcsp, RESERVE_REPONDEUR } from '../../formats/certificats/ocsp.ts';
import { lireOcsp } from '../../formats/certificats/ocsp-lecture.ts';
import type {
  CodeInconnu,
  EtatRevocation,
  QuestionRevocation,
} from '../../formats/certificats/revocation.ts';
import type { PreuveBrute } from '../../ports/revocation.ts';

/** What a piece of evidence brings to the search: whether it is worth keeping, and whether to look further. */

/** What the evidence says of the certificate. @param crl lists found so far: the responder is looked for in them. */
export function interroger(
  { type, octets, nonce }: PreuveBrute,
  question: QuestionRevocation,
  crl: readonly Uint8Array[],
) {
  return type === 'crl'
    ? interrogerCrl(octets, question)
    : interrogerOcsp(octets, { ...question, nonce, crl });
}

/** Does not settle the question, yet a careful reader would want to see it. */
const PARLANTS: ReadonlySet<CodeInconnu> = new Set([
  'non_connu',
  'perimee',
  'apres_expiration',
  'repondeur_revoque',
  'repondeur_perime',
]);

/** The authority's own way of publishing, or what it knows: asking again tomorrow changes nothing by itself. */
const DURABLES: ReadonlySet<CodeInconnu> = new Set([
  'non_connu',
  'apres_expiration',
  'hors_portee',
  'partielle',
  'extension_critique',
  'algorithme_obsolete',
]);

/** Whether evidence that settles nothing may be followed by better one. */
export function estPassager(etat: EtatRevocation, { octets }: PreuveBrute): boolean {
  if (etat.etat !== 'inconnu' || DURABLES.has(etat.code)) return false;
  const lue = etat.code === 'repondeur_refuse' ? lireOcsp(octets) : null;
  return lue?.type === 'refus' ? lue.passager : true;
}

/** Nothing else needs to be asked: not even whether the responder itself was revoked. */
export function tranche(etat: EtatRevocation): boolean {
  if (etat.etat === 'bon') return !etat.reserves.includes(RESERVE_REPONDEUR);
  return etat.etat === 'revoque';
}

/** Worth keeping with the verdict. */
export function estUtile(etat: EtatRevocation): boolean {
  return etat.etat !== 'inconnu' || PARLANTS.has(etat.code);
}
