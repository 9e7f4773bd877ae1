/** Mutations of any XML document, drawn from a seed. Lines are kept where they were, so that errors can be compared. */

export type De = (n: number) => number;

interface Noeud {
  nom: string;
  /** Name and raw value. */
  attributs: [string, string][];
  /** Texts are raw: white space, comments, references and CDATA sections included. */
  enfants: (Noeud | string)[];
}

export interface DocumentMutable {
  readonly tete: string;
  readonly racine: Noeud;
}

const JETON = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<\/[^>]+>|<[^>]+>|[^<]+/g;
const ATTRIBUT = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** @param texte a well-formed document without DTD. */
export function lireDocument(texte: string): DocumentMutable {
  const racine: Noeud = { nom: '', attributs: [], enfants: [] };
  const pile = [racine];
  for (const [jeton] of texte.matchAll(JETON)) {
    const parent = pile.at(-1) as Noeud;
    if (jeton.startsWith('</')) pile.pop();
    else if (/^<[^!?]/.test(jeton)) {
      const nom = /^<([^\s/>]+)/.exec(jeton)?.[1] ?? '';
      const attributs = [...jeton.slice(nom.length + 1).matchAll(ATTRIBUT)].map((m): [string, string] => [
        m[1] ?? '',
        (m[2] ?? m[3] ?? '').replace(/"/g, '&quot;'),
      ]);
      const noeud: Noeud = { nom, attributs, enfants: [] };
      parent.enfants.push(noeud);
      if (!jeton.endsWith('/>')) pile.push(noeud);
    } else parent.enfants.push(jeton);
  }
  const premier = racine.enfants.findIndex((e) => typeof e !== 'string');
  return {
    tete: racine.enfants.slice(0, premier).join(''),
    racine: racine.enfants[premier] as Noeud,
  };
}

function ecrireNoeud(n: Noeud | string): string {
  if (typeof n === 'string') return n;
  const attributs = n.attributs.map(([nom, v]) => ` ${nom}="${v}"`).join('');
  if (n.enfants.length === 0) return `<${n.nom}${attributs}/>`;
  return `<${n.nom}${attributs}>${n.enfants.map(ecrireNoeud).join('')}</${n.nom}>`;
}

export const ecrireDocument = (d: DocumentMutable): string => d.tete + ecrireNoeud(d.racine);

const mots = (texte: string): string[] => texte.trim().split(/\s+/);

const VALEURS: readonly string[] = [
  ...mots('x é 0 1 -1 +1 00 01 001 1.5 1. .5 1e3 0.000 -0 123.456 99 100 999 1.10 0.1 12345678901234567890'),
  ...mots('9999999999.99 999999999999999.99 -5.00 0000001 2147483648 INF -INF NaN true false TRUE abc'),
  ...mots(
    '2026-02-28 2026-02-29 2024-02-29 2026-13-01 2026-04-31 2026-04-01Z 2026-04-01+02:00 2026-04-01+14:01',
  ),
  ...mots('2026-04-01T00:00:00 2026-04-01T24:00:00 2026-04-01T23:59:60 2026-04-01T10:20:30.5Z 0000-01-01'),
  ...mots('-0044-03-15 12026-01-01 2026 2026-04 02026 10:20:30 P1Y P1D PT5S P --04 ---05 --02-30'),
  ...mots(
    'http://a.fr/b a:b%zz #x##y urn:x:y fr fr-FR fr_FR QUJD QUJDRA== QUJDRB== QUJDR QUI= é1 a.b a-b 1a _a a:b',
  ),
  ...mots('034 02A 123456789 12345678901234 a@b.fr FR76 003 fmt/18 SHA-512 application/pdf INSERT DEMAT'),
  '',
  ' ',
  '\t',
  ' a ',
  'a b',
  'a  b',
  ' 5 ',
  '1 2',
  'a&amp;b',
  '&lt;',
  '&#10;',
  'a&#9;b',
  '&#x20AC;',
  'A'.repeat(60),
  'é'.repeat(101),
  'n'.repeat(301),
  '9'.repeat(30),
];

interface Depart {
  readonly de: De;
  readonly tous: readonly Noeud[];
  readonly noms: readonly string[];
  readonly attributs: readonly string[];
}

type Mutation = (n: Noeud, d: Depart) => void;

const parmi = <T>(liste: readonly T[], de: De): T => liste[de(liste.length)] as T;

function valeur(ancienne: string, { de, tous }: Depart): string {
  const genre = de(4);
  if (genre === 0) return parmi(VALEURS, de);
  if (genre === 1) {
    const i = de(ancienne.length + 1);
    // a reference is never cut in two
    if (/[&;]/.test(ancienne)) return parmi(VALEURS, de);
    return (
      ancienne.slice(0, i) + parmi(['', 'x', '0', ' ', '-', 'é', '.', '9'], de) + ancienne.slice(i + de(2))
    );
  }
  if (genre === 2) return parmi(parmi(tous, de).attributs, de)?.[1] ?? parmi(VALEURS, de);
  return parmi([`${ancienne} `, ` ${ancienne}`, ancienne + ancienne, `${ancienne}0`, ancienne.slice(1)], de);
}

function enfantsElements(n: Noeud): number[] {
  return n.enfants.flatMap((e, k) => (typeof e === 'string' ? [] : [k]));
}

function changerAttribut(n: Noeud, d: Depart, nom: string): void {
  const v = valeur('', d);
  const present = n.attributs.find((a) => a[0] === nom);
  if (present === undefined) n.attributs.push([nom, v]);
  else present[1] = v;
}

const MUTATIONS: readonly Mutation[] = [
  (n, d) => {
    const a = parmi(n.attributs, d.de);
    if (a !== undefined && !a[0].startsWith('xmlns')) a[1] = valeur(a[1], d);
  },
  (n, d) => {
    const a = parmi(n.attributs, d.de);
    if (a !== undefined && !a[0].startsWith('xmlns')) a[1] = valeur(a[1], d);
  },
  (n, d) => {
    const k = d.de(n.attributs.length);
    if (n.attributs[k]?.[0].startsWith('xmlns') === false) n.attributs.splice(k, 1);
  },
  (n, d) => changerAttribut(n, d, parmi([...d.attributs, 'inconnu', 'Id', 'xml:lang', 'xml:base'], d.de)),
  (n, d) => {
    const k = parmi(enfantsElements(n), d.de);
    if (k !== undefined) n.enfants.splice(k, 1);
  },
  (n, d) => {
    const k = parmi(enfantsElements(n), d.de);
    if (k !== undefined) n.enfants.splice(k, 0, structuredClone(n.enfants[k] as Noeud));
  },
  (n, d) => {
    const [i, j] = [parmi(enfantsElements(n), d.de), parmi(enfantsElements(n), d.de)];
    if (i === undefined || j === undefined) return;
    [n.enfants[i], n.enfants[j]] = [n.enfants[j] as Noeud, n.enfants[i] as Noeud];
  },
  (n, d) => void n.enfants.splice(d.de(n.enfants.length + 1), 0, structuredClone(parmi(d.tous, d.de))),
  (n, d) => void (n.nom = parmi([...d.noms, 'inconnu'], d.de)),
  (n, d) => {
    const textes = n.enfants.flatMap((e, k) => (typeof e === 'string' ? [k] : []));
    const k = parmi(textes, d.de);
    if (k === undefined || enfantsElements(n).length > 0) n.enfants.push(valeur('', d));
    else
      n.enfants[k] = /[<\n]/.test(n.enfants[k] as string) ? valeur('', d) : valeur(n.enfants[k] as string, d);
  },
  (n, d) => {
    const seul = n.enfants.length === 1 && typeof n.enfants[0] === 'string' ? n.enfants[0] : '';
    if (!/[<\n]/.test(seul)) n.enfants = [valeur(seul, d)].filter((t) => t !== '');
  },
  (n) => void (n.enfants = []),
  (n, d) =>
    void n.enfants.push(
      parmi(['<!-- c -->', '<?p i?>', '<![CDATA[x]]>', '<![CDATA[ ]]>', ' ', '&#32;', 'x', '&#10;'], d.de),
    ),
  (n, d) => {
    n.attributs = n.attributs.filter((a) => a[0] !== 'xsi:nil' && a[0] !== 'xmlns:xsi');
    n.attributs.push(['xmlns:xsi', 'http://www.w3.org/2001/XMLSchema-instance']);
    n.attributs.push(['xsi:nil', parmi(['true', 'false', '1', '0', 'x', ' true '], d.de)]);
    if (d.de(2) === 0) n.enfants = [];
  },
  (n, d) => {
    n.attributs = n.attributs.filter((a) => !/^(?:xsi:type|xmlns:(?:xsi|xs))$/.test(a[0]));
    n.attributs.push(['xmlns:xsi', 'http://www.w3.org/2001/XMLSchema-instance']);
    n.attributs.push(['xmlns:xs', 'http://www.w3.org/2001/XMLSchema']);
    const types =
      'xs:string xs:token xs:integer xs:date xs:anyType xs:ID xs:absent absent:x xs:anySimpleType';
    n.attributs.push(['xsi:type', parmi([...mots(types), ...d.noms.map((x) => `${x}Type`)], d.de)]);
  },
  (n, d) => {
    n.attributs = n.attributs.filter((a) => a[0] !== 'xmlns');
    n.attributs.push(['xmlns', parmi(['urn:autre', ''], d.de)]);
  },
];

function parcourir(n: Noeud, faire: (n: Noeud) => void): void {
  faire(n);
  for (const e of n.enfants) if (typeof e !== 'string') parcourir(e, faire);
}

/** A copy of the document with one to three mutations. */
export function muter(document: DocumentMutable, de: De): string {
  const racine = structuredClone(document.racine);
  for (let k = 1 + de(3) * de(2); k > 0; k -= 1) {
    const tous: Noeud[] = [];
    parcourir(racine, (n) => tous.push(n));
    const noms = [...new Set(tous.map((n) => n.nom))];
    const attributs = [...new Set(tous.flatMap((n) => n.attributs.map((a) => a[0])))].filter(
      (a) => !a.startsWith('xmlns'),
    );
    parmi(MUTATIONS, de)(parmi(tous, de), { de, tous, noms, attributs });
  }
  return ecrireDocument({ tete: document.tete, racine });
}

/** Mulberry32: small, and the same everywhere. */
export function tirage(graine: number): De {
  let etat = graine;
  return (n) => {
    etat = (etat + 0x6d2b79f5) | 0;
    let t = Math.imul(etat ^ (etat >>> 15), 1 | etat);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}
