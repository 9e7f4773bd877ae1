import type { Passage } from './evenements.ts';
import { type Flot, INCOMPLET } from './flot.ts';
import { estNcnom } from './noms.ts';
import { CLASSE, SUPERIEUR } from './octets.ts';

/** Comments, processing instructions and whatever else begins with `<!` or `<?`: rare, and never on the hot way. */

const COMMENTAIRE = '<!--';
const SECTION = '<![CDATA[';
const DOCTYPE = '<!DOCTYPE';
/** Production 17; the target must also be a name without colon (Namespaces, §7), and not `xml` in any case. */
const INSTRUCTION = /^([^ \t\r\n?]+)(?:[ \t\r\n]+|$)/;
const RESERVEE = /^xml$/i;

/** What a `<!` opens; a text cut before it can be told is `coupe`. */
export type Declaration = 'commentaire' | 'section' | 'doctype' | 'autre' | 'coupe';

export function reconnaitre(flot: Flot, debut: number): Declaration {
  const tete = flot.octets.toString('latin1', debut, Math.min(flot.fin, debut + SECTION.length));
  if (tete.startsWith(COMMENTAIRE)) return 'commentaire';
  if (tete === SECTION) return 'section';
  if (tete === DOCTYPE) return 'doctype';
  const possible = [COMMENTAIRE, SECTION, DOCTYPE].some((motif) => motif.startsWith(tete));
  return possible ? 'coupe' : 'autre';
}

export const LONGUEUR_SECTION: number = SECTION.length;

/** A stretch outside any tag, every byte checked. @returns index of the first byte at fault, or -1. */
function faute(flot: Flot, debut: number, fin: number): number {
  const classes = flot.tables.texte;
  for (let j = debut; j < fin; j += 1) if (classes[flot.octets[j] as number] === CLASSE.interdit) return j;
  return -1;
}

function passage({ octets }: Flot, debut: number, fin: number): Passage {
  return { octets, debut, fin, direct: false, cdata: false };
}

/** @param debut index of `<!--`. @returns index after `-->`. */
export function lireCommentaire(flot: Flot, debut: number): number {
  const corps = debut + COMMENTAIRE.length;
  const trouve = flot.octets.subarray(corps, flot.fin).indexOf('--');
  const fin = trouve < 0 ? flot.fin : corps + trouve;
  const mauvais = faute(flot, corps, fin);
  if (mauvais >= 0) return flot.interdit(mauvais);
  if (trouve < 0 || fin + 2 >= flot.fin) return INCOMPLET;
  if (flot.octets[fin + 2] !== SUPERIEUR) return flot.refuser('commentaire', fin);
  flot.recepteur.commentaire(passage(flot, corps, fin));
  return fin + 3;
}

/**
 * @param debut index of `<?`.
 * @param blancs only white space comes before it, since the start of the file.
 * @returns index after `?>`.
 */
export function lireInstruction(flot: Flot, debut: number, blancs: boolean): number {
  const corps = debut + 2;
  const trouve = flot.octets.subarray(corps, flot.fin).indexOf('?>');
  const fin = trouve < 0 ? flot.fin : corps + trouve;
  const mauvais = faute(flot, corps, fin);
  if (mauvais >= 0) return flot.interdit(mauvais);
  if (trouve < 0) return INCOMPLET;
  const brut = flot.octets.toString('latin1', corps, fin);
  const entete = INSTRUCTION.exec(brut);
  const cible = flot.texte(corps, corps + (entete?.[1]?.length ?? 0));
  if (blancs && cible === 'xml') return flot.refuser('blancsAvantDeclaration', debut);
  if (entete === null || !estNcnom(cible) || RESERVEE.test(cible)) return flot.refuser('instruction', debut);
  flot.recepteur.instruction(cible, passage(flot, corps + entete[0].length, fin));
  return fin + 2;
}

/** A `<` that begins nothing known. */
export function inconnue(flot: Flot, debut: number): number {
  if (debut + 1 >= flot.fin) return INCOMPLET;
  return flot.refuser('balise', debut, { valeur: flot.texte(debut + 1, debut + 2) });
}
