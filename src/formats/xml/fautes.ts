/** What libxml2 says in English of a text that is not well formed, as an agent may read it. First match wins. */
const FAUTES: readonly (readonly [motif: RegExp, faute: string])[] = [
  [/start tag expected|document is empty/i, 'il ne commence pas par une balise'],
  [
    /premature end of data|endtag: '<\/' not found|couldn't find end of start tag/i,
    'il s’arrête avant sa fin',
  ],
  [/opening and ending tag mismatch/i, 'une balise ouverte n’est pas celle qui est fermée'],
  [/extra content at the end/i, 'il contient autre chose après sa dernière balise'],
  [
    /entity '.*' not defined|entityref|charref|xmlparseentityref/i,
    'une référence (« &…; ») n’est pas valable',
  ],
  [/invalid char|invalid xmlchar|not allowed in attributes/i, 'un caractère n’y est pas permis'],
  [/encoding|proper utf-8|invalid bytes|switching/i, 'ses octets ne suivent pas son encodage'],
  [/excessive depth|too deep|nesting|recursion/i, 'ses balises sont imbriquées trop profondément'],
  [/namespace|prefix/i, 'un préfixe d’espace de noms n’est pas déclaré'],
  [/attribute|attvalue/i, 'un attribut est mal écrit'],
  [/declaration|version|pi |comment|cdata|doctype/i, 'une déclaration est mal écrite'],
  [/name|tag/i, 'un nom de balise n’est pas valable'],
  [/memory|huge|length/i, 'un de ses textes est démesuré'],
];

/** @returns the fault in French; the parser's own words are for nobody. */
export function fauteFrancaise(message: string): string {
  return FAUTES.find(([motif]) => motif.test(message))?.[1] ?? 'faute de syntaxe';
}
