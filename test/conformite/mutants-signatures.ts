import type { De } from './mutants-xml.ts';
import { muter as muterOctets } from './xml-documents.ts';

/** What becomes of a signed file in careless or hostile hands: bytes and whole elements changed, drawn from a seed. */

interface Element {
  readonly debut: number;
  readonly fin: number;
}

const parmi = <T>(liste: readonly T[], de: De): T => liste[de(liste.length)] as T;

/** Extents of the elements, in the order of their ends. */
function elements(texte: string): Element[] {
  const pile: number[] = [];
  const trouves: Element[] = [];
  for (const { 0: balise, index } of texte.matchAll(/<[^!?][^>]*>/g)) {
    const fin = index + balise.length;
    if (balise.startsWith('</')) trouves.push({ debut: pile.pop() ?? 0, fin });
    else if (balise.endsWith('/>')) trouves.push({ debut: index, fin });
    else pile.push(index);
  }
  return trouves;
}

/** One of the elements; nothing at the start of a text that has none. */
function un(texte: string, de: De): Element {
  const tous = elements(texte);
  return tous.length === 0 ? { debut: 0, fin: 0 } : parmi(tous, de);
}

const inserer = (texte: string, ou: number, quoi: string): string =>
  texte.slice(0, ou) + quoi + texte.slice(ou);

const ALGORITHMES = [
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/2000/09/xmldsig#base64',
  'http://www.w3.org/2000/09/xmldsig#sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
];
const ECARTS = [
  '<!-- vu -->',
  '<?x y?>',
  '<![CDATA[]]>',
  '<x/>',
  ' ',
  '\n',
  '&#32;',
  '&#13;',
  '\t',
  'A',
  '=',
];
const DANS_BALISE = [
  ' ',
  '\n',
  ' xmlns:q="urn:q"',
  ' Id="NOUVEAU"',
  ' id="SIG"',
  ' xmlns=""',
  ' xml:lang="fr"',
];

/** The values of an attribute, wherever they are. */
function valeurs(texte: string, noms: string): { readonly debut: number; readonly valeur: string }[] {
  const motif = new RegExp(` (?:${noms})="([^"]*)"`, 'g');
  return [...texte.matchAll(motif)].map((m) => ({
    debut: m.index + m[0].length - 1 - (m[1] ?? '').length,
    valeur: m[1] ?? '',
  }));
}

/** Gives one of these attributes another value: one of `par`, or one that the file has elsewhere. */
function remplacer(texte: string, de: De, quoi: { noms: string; par?: readonly string[] }): string {
  const tous = valeurs(texte, quoi.noms);
  if (tous.length === 0) return texte;
  const { debut, valeur } = parmi(tous, de);
  const nouvelle = parmi(quoi.par ?? tous.map((v) => v.valeur), de);
  return texte.slice(0, debut) + nouvelle + texte.slice(debut + valeur.length);
}

/** Where a pattern is found; at the very start when it is nowhere. */
function trouver(texte: string, motif: RegExp, de: De): { readonly index: number; readonly corps: string } {
  const tous = [...texte.matchAll(motif)];
  if (tous.length === 0) return { index: 0, corps: '' };
  const { index, 0: tout, 1: corps = tout } = parmi(tous, de);
  return { index: index + (tout === corps ? 0 : 1), corps };
}

const GESTES: readonly ((texte: string, de: De) => string)[] = [
  // an element doubled, taken away, moved, put in place of another
  (t, de) => {
    const e = un(t, de);
    return inserer(t, e.fin, t.slice(e.debut, e.fin));
  },
  (t, de) => {
    const e = un(t, de);
    return t.slice(0, e.debut) + t.slice(e.fin);
  },
  (t, de) => {
    const e = un(t, de);
    const reste = t.slice(0, e.debut) + t.slice(e.fin);
    return inserer(reste, un(reste, de).fin, t.slice(e.debut, e.fin));
  },
  (t, de) => {
    const [a, b] = [un(t, de), un(t, de)];
    return t.slice(0, a.debut) + t.slice(b.debut, b.fin) + t.slice(a.fin);
  },
  // an identifier, an address, an algorithm changed for another one of the file
  (t, de) => remplacer(t, de, { noms: 'Id|URI|Target|ObjectReference' }),
  (t, de) => remplacer(t, de, { noms: 'Algorithm', par: ALGORITHMES }),
  // something put between two tags, into a text, into a tag
  (t, de) => inserer(t, un(t, de).fin, parmi(ECARTS, de)),
  (t, de) => {
    const { index, corps } = trouver(t, />([^<]+)</g, de);
    return inserer(t, index + de(corps.length + 1), parmi(ECARTS, de));
  },
  (t, de) => {
    const { index, corps } = trouver(t, /<[\w:.-]+/g, de);
    return inserer(t, index + corps.length, parmi(DANS_BALISE, de));
  },
  // a character by its number: the same text, unless it was markup
  (t, de) => {
    const i = de(t.length);
    return `${t.slice(0, i)}&#${t.charCodeAt(i)};${t.slice(i + 1)}`;
  },
  // one character of a base64 text
  (t, de) => {
    const { index, corps } = trouver(t, />([A-Za-z0-9+/]{20,}=*)</g, de);
    const i = index + de(corps.length + 1);
    return `${t.slice(0, i)}${parmi(['A', 'b', '/', '=', '-'], de)}${t.slice(i + 1)}`;
  },
];

/** @param origine in an encoding of one byte per character, or ASCII. */
export function muterSignature(origine: Buffer, de: De): Buffer {
  if (de(5) < 2) return muterOctets(origine, de);
  let texte = origine.toString('latin1');
  for (let n = parmi([1, 1, 1, 2], de); n > 0; n -= 1) texte = parmi(GESTES, de)(texte, de);
  return Buffer.from(texte, 'latin1');
}
