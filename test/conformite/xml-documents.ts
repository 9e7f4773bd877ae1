/** Random XML documents and their mutants, drawn from a seed: all that a tokeniser and a canonicaliser may meet. */

export type De = (n: number) => number;
const parmi = <T>(liste: readonly T[], de: De): T => liste[de(liste.length)] as T;
const fois = <T>(n: number, faire: (k: number) => T): T[] => Array.from({ length: n }, (_, k) => faire(k));

export const ENCODAGES = ['UTF-8', 'ISO-8859-1', 'ISO-8859-15', 'US-ASCII'] as const;
export type Encodage = (typeof ENCODAGES)[number];

const LATIN9: Readonly<Record<string, number>> = { '€': 0xa4, Š: 0xa6, œ: 0xbd, Ÿ: 0xbe };

/** Bytes of a text whose characters all exist in the encoding. */
export function encoder(texte: string, encodage: Encodage): Buffer {
  if (encodage === 'UTF-8') return Buffer.from(texte, 'utf8');
  return Buffer.from(
    texte.replace(/[^\0-\xff]/gu, (c) => String.fromCharCode(LATIN9[c] ?? 0x3f)),
    'latin1',
  );
}

const ASCII =
  `abc &amp; &lt; &gt; > &#13; &#x20AC; &#9; &#10; &quot; &apos; " ' ]] ] -- &#x1F600; &#38; &#00060; 0`
    .split(' ')
    .concat([' ', '\t', '\n', '\r', '\r\n', '\r\r\n', '']);
const HORS_ASCII: Readonly<Record<Encodage, readonly string[]>> = {
  'UTF-8': ['é', 'ÿ', '\u00a0', '\u0085', '\u2028', '€', '中', '😀', '\ufffd', '\u0301', '×'],
  'ISO-8859-1': ['é', 'ÿ', '\u00a0', '\u0085', '¤', '½'],
  'ISO-8859-15': ['é', 'ÿ', '\u00a0', '€', 'Š', 'œ', 'Ÿ'],
  'US-ASCII': ['z'],
};
const LOCAUX = ['x', 'y', 'Bord', 'z-1', 'w.2', '_k', 'V', 'xmlfoo'];
const LOCAUX_HAUTS: Readonly<Record<Encodage, readonly string[]>> = {
  'UTF-8': ['é', 'aé', '中x', 'e\u0301'],
  'ISO-8859-1': ['é', 'aé'],
  'ISO-8859-15': ['œ', 'Š1'],
  'US-ASCII': ['zz'],
};
const URIS = [
  'urn:1',
  'urn:2',
  'urn:3',
  'urn:1',
  'urn:2',
  'http://a.fr/b/?c#f',
  'http://a.fr/b?c=d&amp;e#f',
  'http://www.w3.org/2000/09/xmldsig#',
];

type Portee = Readonly<Record<string, string>>;

/** Draws one document. Ids are distinct: `i1`, `i2` … and `racine`. */
export class Fabrique {
  readonly #de: De;
  readonly #encodage: Encodage;
  ids: string[] = [];

  constructor(de: De, encodage: Encodage) {
    this.#de = de;
    this.#encodage = encodage;
  }

  document(): string {
    const de = this.#de;
    const annonce =
      this.#encodage === 'UTF-8'
        ? parmi(['', ' encoding="UTF-8"', " encoding='utf-8'"], de)
        : ` encoding="${this.#encodage}"`;
    const prologue =
      annonce === '' && de(2) === 0
        ? ''
        : `<?xml version="1.0"${annonce}${parmi(['', ' standalone="yes"', '\n'], de)}?>`;
    const autour = () =>
      fois(de(3), () => parmi(['\n', ' ', '<!-- t -->', '<?pi?>', '<?p q\r\nr ?>'], de)).join('');
    this.ids = ['racine'];
    const espaces: Portee = { '': '', a: 'urn:1', b: 'urn:2', c: 'urn:3' };
    const corps = this.#element(-1, espaces).replace(
      /^<([^\s/>]+)/,
      '<$1 xmlns:a="urn:1" xmlns:b="urn:2" xmlns:c="urn:3" Id="racine"',
    );
    return `${prologue}${autour()}${corps}${autour()}`;
  }

  #texte(): string {
    const jeu = [...ASCII, ...HORS_ASCII[this.#encodage], ...HORS_ASCII[this.#encodage]];
    return fois(this.#de(4), () => parmi(jeu, this.#de))
      .join('')
      .replaceAll(']]>', ']] >')
      .replace(/^[\]>]/, ' $&');
  }

  #valeur(): string {
    const guillemet = parmi(['"', "'"], this.#de);
    return guillemet + this.#texte().replaceAll(guillemet, '') + guillemet;
  }

  #local(): string {
    return this.#de(12) === 0 ? parmi(LOCAUX_HAUTS[this.#encodage], this.#de) : parmi(LOCAUX, this.#de);
  }

  /** Declarations of a tag, added to the scope. */
  #declarations(portee: Record<string, string>, racine: boolean): string {
    const de = this.#de;
    let texte = '';
    for (const p of ['', 'a', 'b', 'c', 'ds']) {
      if (de(6) > 0 || (racine && 'abc'.includes(p))) continue;
      const uri = p === '' ? parmi(['', 'urn:1', 'urn:d'], de) : parmi(URIS, de);
      portee[p] = uri;
      const q = parmi(['"', "'"], de);
      texte += `${parmi([' ', '\n', '  '], de)}xmlns${p === '' ? '' : `:${p}`}=${q}${uri}${q}`;
    }
    return texte;
  }

  #attributs(portee: Portee, racine: boolean): string {
    const de = this.#de;
    const vus = new Set<string>();
    let texte = '';
    const lies = Object.keys(portee).filter((p) => p !== '');
    for (let n = de(4); n > 0; n -= 1) {
      const p = de(3) === 0 && lies.length > 0 ? parmi(lies, de) : '';
      const local = this.#local();
      const cle = `${p === '' ? '' : portee[p]}|${local}`;
      if (vus.has(cle)) continue;
      vus.add(cle);
      const egal = parmi(['=', ' = ', '=\n'], de);
      texte += `${parmi([' ', '\n\t', '   '], de)}${p === '' ? '' : `${p}:`}${local}${egal}${this.#valeur()}`;
    }
    if (de(8) === 0) texte += ` xml:lang="${parmi(['fr', 'en'], de)}"`;
    if (de(16) === 0) texte += ` xml:space='preserve'`;
    if (de(3) === 0 && !racine) texte += ` Id="${this.#id()}"`;
    return texte;
  }

  #id(): string {
    const id = `i${this.ids.length}`;
    this.ids.push(id);
    return id;
  }

  #element(profondeur: number, dehors: Portee): string {
    const de = this.#de;
    const portee = { ...dehors };
    const declarations = this.#declarations(portee, profondeur < 0);
    const lies = Object.keys(portee).filter((p) => p !== '');
    const ds = lies.find((p) => portee[p] === 'http://www.w3.org/2000/09/xmldsig#');
    const prefixe = de(5) < 2 && lies.length > 0 ? `${parmi(lies, de)}:` : '';
    const nom = ds !== undefined && de(2) === 0 ? `${ds}:Signature` : `${prefixe}${this.#local()}`;
    const attributs = this.#attributs(portee, profondeur < 0);
    const balise = nom + (de(2) === 0 ? declarations + attributs : attributs + declarations);
    if (profondeur > 4 || de(5) === 0) {
      return parmi([`<${balise}/>`, `<${balise} />`, `<${balise}></${nom}>`, `<${balise}\n></${nom} >`], de);
    }
    const contenu = fois(1 + de(4), () => this.#contenu(profondeur, portee)).join('');
    return `<${balise}>${contenu}</${nom}>`;
  }

  #contenu(profondeur: number, portee: Portee): string {
    const de = this.#de;
    const haut = parmi(HORS_ASCII[this.#encodage], de);
    switch (de(8)) {
      case 0:
      case 1:
        return this.#texte();
      case 2:
        return `<!--${parmi(['', 'c', ` ${haut} `, 'a>b&<', 'x\r\ny\rz', ' - '], de)}-->`;
      case 3:
        return `<![CDATA[${parmi(['<&>', 'a\r\nb\rc', haut, ']]', ']', '', ']]&gt;', '> ]> '], de)}]]>`;
      case 4:
        return `<?${parmi(['pi', 'p.x', '_'], de)}${parmi(['', ' a b', `  ${haut}? `, '\nq', ' '], de)}?>`;
      default:
        return this.#element(profondeur + 1, portee);
    }
  }
}

const OCTETS = [...`<>&"'/=!?];:- \t\n\rxI#`]
  .map((c) => c.charCodeAt(0))
  .concat([0, 1, 0x7f, 0x80, 0xa0, 0xc3, 0xed, 0xef, 0xff]);
const MORCEAUX = [
  ']]>',
  '--',
  '<!--',
  '<![CDATA[',
  '<?xml ?>',
  '<?xml version="1.0"?>',
  '<!DOCTYPE a>',
  '&amp',
  '&x;',
  '&#0;',
  '&#x110000;',
  '&#xD800;',
  '&#xFFFE;',
  ' xmlns=""',
  ' xmlns:a=""',
  ' xmlns:xml="urn:1"',
  ' xmlns:q="relatif"',
  ' xmlns:a="urn:2"',
  ' a:V="1"',
  ' V="1"',
  ' V=1',
  ' V',
  ' z:q="1"',
  '</x>',
  '<x>',
  '<x/>',
  '\u00e9',
  ' xml:id="x"',
  ' xml:id=" y "',
  ' xml:id="1"',
  ' xmlns:xmlns="urn:1"',
  ' :a="1"',
  '<a:b:c/>',
  '<:a/>',
  '&#x;',
  '&#;',
  ' Id="racine"',
  ' xmlns:c="http://www.w3.org/XML/1998/namespace"',
  '<1/>',
  '< x/>',
  '</x',
  '<x',
  '\ufffe',
  '&lt',
  ' xmlns:q="urn:a b"',
].map((t) => Buffer.from(t, 'utf8'));

/** Accidents that only make sense at the head of a file. */
function muterTete(octets: Buffer, de: De): Buffer {
  const marque = Buffer.from('\ufeff');
  if (de(2) === 0) return Buffer.concat([marque, octets]);
  const racine = /<[^?!]/.exec(octets.toString('latin1'))?.index ?? 0;
  return Buffer.concat([octets.subarray(0, racine), Buffer.from('<!DOCTYPE a>'), octets.subarray(racine)]);
}

/** One to three small accidents: a byte changed, dropped, inserted, a stretch doubled or cut, a trap put in. */
export function muter(origine: Buffer, de: De): Buffer {
  if (de(200) === 0) return muterTete(origine, de);
  let octets = origine;
  for (let n = parmi([1, 1, 1, 1, 2, 3], de); n > 0; n -= 1) {
    const i = de(8) === 0 ? de(Math.min(60, octets.length)) : de(octets.length);
    const apres = Math.min(octets.length, i + 1 + de(12));
    const tete = octets.subarray(0, i);
    switch (de(7)) {
      case 0:
      case 1:
        octets = Buffer.concat([tete, Buffer.of(parmi(OCTETS, de)), octets.subarray(i + 1)]);
        break;
      case 2:
        octets = Buffer.concat([tete, octets.subarray(i + 1)]);
        break;
      case 3:
        octets = Buffer.concat([tete, Buffer.of(parmi(OCTETS, de)), octets.subarray(i)]);
        break;
      case 4:
        octets = Buffer.concat([tete, parmi(MORCEAUX, de), octets.subarray(i)]);
        break;
      case 5:
        octets = Buffer.concat([tete, octets.subarray(i, apres), octets.subarray(i)]);
        break;
      default:
        octets =
          de(4) === 0 ? Buffer.from(octets.subarray(0, i)) : Buffer.concat([tete, octets.subarray(apres)]);
    }
    if (octets.length === 0) return octets;
  }
  return octets;
}
