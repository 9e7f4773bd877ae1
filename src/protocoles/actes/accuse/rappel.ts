import type { PartieRetour, RappelEtat } from '../../protocole.ts';

/** The mail that recalls an acte transmitted with papers to follow (multi-canal): text for people, without any message. */

const LECTURE_MAX = 100_000;
const RAPPEL = /multi[\s-]?canal/i;
/** An IDActe, wherever it stands in the text (actesv1_1.xsd). */
const ID_ACTE =
  /(?<![0-9A-Za-z])[09][0-9][0-9AB]-[0-9]{9}-[0-9]{8}-[A-Za-z0-9_]{1,15}-[A-Z]{2}(?![0-9A-Za-z])/g;

/** @returns the actes that it names, maybe none; null when it is no such mail. */
export function lireRappel({ nom, octets }: PartieRetour): readonly RappelEtat[] | null {
  const texte = Buffer.from(octets.subarray(0, LECTURE_MAX)).toString('latin1');
  if (!RAPPEL.test(texte)) return null;
  return [...new Set(texte.match(ID_ACTE) ?? [])].map((identite) => ({
    identite,
    partie: nom,
    libelle: `Rappel de l’État : le document papier de l’acte ${identite} est toujours attendu.`,
  }));
}
