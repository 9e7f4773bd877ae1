import type { ElementXml } from '../../src/formats/xml/lire.ts';

/** Mutations of ACTES messages, drawn from a seed: what a wrong program or a wrong person could send. */

const ACTES = 'http://www.interieur.gouv.fr/ACTES#v1.1-20040216';
const INSEE = 'http://xml.insee.fr/schema';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const PREFIXES: Readonly<Record<string, string>> = {
  [ACTES]: 'a',
  [INSEE]: 'i',
  [XSI]: 'xsi',
  'urn:autre': 'z',
};

/** A tree that can be changed. */
export interface Arbre {
  espace: string;
  nom: string;
  attributs: Map<string, string>;
  enfants: Arbre[];
  texte: string;
}

export function enArbre(e: ElementXml): Arbre {
  return {
    espace: e.espace,
    nom: e.nom,
    attributs: new Map(e.attributs),
    enfants: e.enfants.map(enArbre),
    // indentation is not data, and would hide the difference between an empty content and an element content
    texte: e.texte.trim() === '' ? '' : e.texte,
  };
}

const echappe = (t: string) => t.replace(/[&<>"\p{Cc}]/gu, (c) => `&#${c.codePointAt(0)};`);

function qualifie(cle: string): string {
  const parties = /^\{(.*)\}(.*)$/.exec(cle);
  return parties === null ? cle : `${PREFIXES[parties[1] ?? ''] ?? 'z'}:${parties[2]}`;
}

function ecrire(a: Arbre): string {
  const nom = a.espace === '' ? a.nom : qualifie(`{${a.espace}}${a.nom}`);
  const attributs = [...a.attributs].map(([c, v]) => ` ${qualifie(c)}="${echappe(v)}"`).join('');
  // one line per element where white space is free, so that lines of errors can be compared
  const saut = a.texte === '' ? '\n' : '';
  return `<${nom}${attributs}>${echappe(a.texte)}${a.enfants.map((e) => saut + ecrire(e)).join('')}</${nom}>`;
}

/** Declares the prefixes on the root, whatever it has become. */
export function serialiser(a: Arbre): Buffer {
  const espaces = Object.entries(PREFIXES).map(([uri, p]) => ` xmlns:${p}="${uri}"`);
  return Buffer.from(
    ecrire(a).replace(/^<[^\s/>]+/, (debut) => debut + espaces.join('')),
    'utf8',
  );
}

/** Mulberry32: small, and the same everywhere. */
export function tirage(graine: number): (n: number) => number {
  let etat = graine;
  return (n) => {
    etat = (etat + 0x6d2b79f5) | 0;
    let t = Math.imul(etat ^ (etat >>> 15), 1 | etat);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const mots = (texte: string): string[] => texte.trim().split(/\s+/);

/** Around every bound of the norm: dates, codes, identities, lengths, addresses, white space. */
const VALEURS: readonly string[] = [
  mots(
    `x é ’ 0 1 -1 +1 00 01 001 002 5 005 6 99 100 999 0100 1000 1.0 1e2 12 123 A AB ABC true false N O １２ ٣`,
  ),
  mots(
    `2026-02-28 2026-02-29 2024-02-29 2026-13-01 2026-00-10 2026-04-31 26-04-01 2026-4-1 20260401 01/04/2026`,
  ),
  mots(
    `2026-04-01Z 2026-04-01+02:00 2026-04-01+14:01 2026-04-01T00:00:00 0000-01-01 -0044-03-15 12026-01-01`,
  ),
  mots(`034 02A 02B 2A 02C 02a 974 134 |34 0|4 03| 9|A 0345 03 90A 99999999999999999999`),
  mots(`123456789 12345678 1234567890 12345678A 00000 00000000000000`),
  mots(`034-123456789-20260401-2026_001-DE 02A-123456789-20260401-x-AR 034-123456789-20260401--DE`),
  mots(
    `034-123456789-99999999-a_Z9-DE 034-123456789-20260401-123456789012345-DE |3|-123456789-20260401-1-DE`,
  ),
  mots(
    `034-123456789-20260401-1234567890123456-DE 034-123456789-20260401-2026-001-DE 034-123456789-20260401-1-de`,
  ),
  mots(`034-123456789-20260401-1-ÉÀ 034-123456789-20260401-1-D 034-123456789-20260401-1-DEL`),
  mots(`a@b.fr a@b a.b@c.d.fr a..b@c.fr .a@b.fr a.@b.fr a+b@c.fr o'a@b.fr a_-@b-c.museum a@b.museumx a@b.f`),
  mots(`a@b_c.fr a@b.c1 é@b.fr a@.fr a@b..fr -@-.aa`),
  ['', ' ', '\n', ' 5 ', ' 12', '1 2', ' 2026-04-01 ', '034 ', ' 123456789 ', '12345 6789', ' a@b.fr'],
  [
    '034-123456789-20260401-1-DE ',
    'n'.repeat(15),
    'n'.repeat(16),
    'é'.repeat(15),
    '𝄞'.repeat(15),
    '𝄞'.repeat(16),
  ],
  ['o'.repeat(500), 'o'.repeat(501), '€'.repeat(500), ' '.repeat(501)],
].flat();

const NOMS = mots(
  'Acte ActeRecu Document Documents Annexe NomFichier Signature Objet Date Nature Detail Email Nom',
);
const GLOBAUX =
  mots(`IDCL IDPref IDSousPref IDSGAR Referent FormulairesEnvoyes Annulation Acte DemandeClassification
  CodeMatiere3 Matiere3`);
const ATTRIBUTS = mots(`Departement Arrondissement Nature CodeNatureActe CodeMatiere IDActe Date DateReception
  DateCourrierPref Nombre Libelle NumeroInterne TypeAbrege`);
const TYPES =
  mots(`FichierSigne FichiersSignes DonneesActe DonneesCourrierPref ARReponseCL DonneesEnveloppeCLMISILL
  Matiere TypePieceJointe Email Absent`);

interface Depart {
  readonly racine: Arbre;
  readonly tous: readonly Arbre[];
}

type De = (n: number) => number;
type Mutation = (cible: Arbre, de: De, depart: Depart) => void;

const parmi = <T>(liste: readonly T[], de: De): T => liste[de(liste.length)] as T;
const cleDe = (nom: string) => `{${ACTES}}${nom}`;
const copie = (a: Arbre): Arbre => structuredClone(a);

function unAttribut(cible: Arbre, de: De): string | undefined {
  return cible.attributs.size === 0 ? undefined : parmi([...cible.attributs.keys()], de);
}

function changerAttribut(cible: Arbre, de: De, changer: (valeur: string) => string | undefined): void {
  const cle = unAttribut(cible, de);
  if (cle === undefined) return;
  const valeur = changer(cible.attributs.get(cle) ?? '');
  if (valeur === undefined) cible.attributs.delete(cle);
  else cible.attributs.set(cle, valeur);
}

/** One character changed, dropped or doubled. */
function gratter(valeur: string, de: De): string {
  const i = de(valeur.length + 1);
  const ajout = parmi(['', 'x', '0', 'Z', ' ', '-', '|', valeur.charAt(i) + valeur.charAt(i)], de);
  return valeur.slice(0, i) + ajout + valeur.slice(i + 1);
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'drop child': (c, de) => void c.enfants.splice(de(c.enfants.length), 1),
  'double child': (c, de) => {
    const i = de(c.enfants.length);
    const enfant = c.enfants[i];
    if (enfant !== undefined) c.enfants.splice(i, 0, copie(enfant));
  },
  'swap children': (c, de) => {
    const i = de(Math.max(1, c.enfants.length - 1));
    c.enfants.splice(i, 2, ...c.enfants.slice(i, i + 2).toReversed());
  },
  'drop all children': (c) => void c.enfants.splice(0),
  'move a foreign element in': (c, de, d) =>
    void c.enfants.splice(de(c.enfants.length + 1), 0, copie(parmi(d.tous, de))),
  'rename element': (c, de) => void (c.nom = parmi([...NOMS, ...GLOBAUX], de)),
  'case of element': (c) => void (c.nom = c.nom.toLowerCase()),
  'namespace of element': (c, de) => void (c.espace = parmi(['', 'urn:autre', INSEE, ACTES], de)),
  'text replaced': (c, de) => void (c.texte = parmi(VALEURS, de)),
  'text scratched': (c, de) => void (c.texte = gratter(c.texte, de)),
  'text emptied': (c) => void (c.texte = ''),
  'blank text': (c, de) => void (c.texte = parmi([' ', '\n', '\t'], de)),
  'drop attribute': (c, de) => changerAttribut(c, de, () => undefined),
  'attribute replaced': (c, de) => changerAttribut(c, de, () => parmi(VALEURS, de)),
  'attribute scratched': (c, de) => changerAttribut(c, de, (v) => gratter(v, de)),
  'attribute added': (c, de) => void c.attributs.set(cleDe(parmi(ATTRIBUTS, de)), parmi(VALEURS, de)),
  'attribute unqualified': (c, de) => {
    const cle = unAttribut(c, de);
    if (cle === undefined) return;
    c.attributs.set(cle.replace(/^\{.*\}/, ''), c.attributs.get(cle) ?? '');
    if (de(2) === 0) c.attributs.delete(cle);
  },
  'attribute of elsewhere': (c, de) =>
    void c.attributs.set(
      parmi(
        [
          `{urn:autre}x`,
          'x',
          `{${INSEE}}SIREN`,
          `{${INSEE}}siren`,
          `{${INSEE}}NIC`,
          `{${XSI}}schemaLocation`,
        ],
        de,
      ),
      parmi(VALEURS, de),
    ),
  'xsi:nil': (c, de) => {
    c.attributs.set(`{${XSI}}nil`, parmi(['true', 'false', '1', 'x'], de));
    if (de(2) === 0) c.texte = '';
  },
  'xsi:type': (c, de) =>
    void c.attributs.set(
      `{${XSI}}type`,
      parmi([...TYPES.map((t) => `a:${t}`), 'Email', 'i:SIRENType', 'i:Absent'], de),
    ),
  'content in a Signature': (c, de, d) => {
    const signature: Arbre = {
      espace: ACTES,
      nom: 'Signature',
      attributs: new Map(),
      enfants: [],
      texte: '',
    };
    const dedans = copie(parmi(d.tous, de));
    if (de(2) === 0) MUTATIONS['attribute replaced']?.(dedans, de, d);
    if (de(3) === 0) dedans.nom = parmi(GLOBAUX, de);
    signature.enfants.push(dedans);
    if (de(2) === 0)
      signature.attributs.set(
        parmi(
          [
            cleDe(parmi(ATTRIBUTS, de)),
            `{${INSEE}}${parmi(['SIREN', 'NIC', 'SIRET', 'siren', 'nic', 'siret'], de)}`,
          ],
          de,
        ),
        parmi(VALEURS, de),
      );
    c.enfants.push(signature);
  },
  'INSEE element in a Signature': (c, de) => {
    const nom = parmi(['SIREN', 'NIC', 'SIRET', 'SIRETStructure', 'Absent'], de);
    const feuille = (n: string): Arbre => ({
      espace: INSEE,
      nom: n,
      attributs: new Map(),
      enfants: [],
      texte: parmi(VALEURS, de),
    });
    const racine = feuille(nom);
    if (nom === 'SIRETStructure')
      Object.assign(racine, { texte: '', enfants: [feuille('SIREN'), feuille('NIC')] });
    c.enfants.push({ espace: ACTES, nom: 'Signature', attributs: new Map(), enfants: [racine], texte: '' });
  },
};

function parcourir(a: Arbre, vers: Arbre[] = []): Arbre[] {
  vers.push(a);
  for (const enfant of a.enfants) parcourir(enfant, vers);
  return vers;
}

/** Elements that a mutation aims at: a Signature goes where one is allowed, the rest anywhere. */
function cibles(racine: Arbre, mutation: string): Arbre[] {
  const tous = parcourir(racine);
  if (!mutation.endsWith('Signature')) return tous;
  const fichiers = tous.filter(
    (a) => a.enfants.some((e) => e.nom === 'NomFichier') && !a.enfants.some((e) => e.nom === 'Signature'),
  );
  return fichiers.length > 0 ? fichiers : tous;
}

/** One message, one to three mutations. @returns the bytes and the names of what was done. */
export function muter(racines: readonly Arbre[], de: De): { octets: Buffer; faits: string[] } {
  const racine = copie(parmi(racines, de));
  // a subtree of any message may be its own root: the schema declares some of them globally
  const depart: Depart = { racine, tous: parcourir(parmi(racines, de)) };
  const faits: string[] = [];
  for (let reste = parmi([1, 1, 1, 2, 3], de); reste > 0; reste -= 1) {
    const nom = parmi(Object.keys(MUTATIONS), de);
    MUTATIONS[nom]?.(parmi(cibles(racine, nom), de), de, depart);
    faits.push(nom);
  }
  const enRacine = de(40) === 0 ? copie(parmi(parcourir(racine), de)) : racine;
  return { octets: serialiser(enRacine), faits };
}

/** What is done once at every place of every message: chance alone seldom puts a boundary value where it bites. */
function* partout(c: Arbre, parent: Arbre | null): Generator<string> {
  for (const cle of c.attributs.keys()) {
    const avant = new Map(c.attributs);
    for (const valeur of VALEURS) {
      c.attributs.set(cle, valeur);
      yield `${cle} = « ${valeur} »`;
    }
    c.attributs = new Map([...avant].filter(([k]) => k !== cle));
    yield `${cle} dropped`;
    c.attributs = avant;
  }
  yield* types(c);
  if (c.enfants.length === 0) yield* textes(c);
  if (parent !== null) yield* fratrie(c, parent);
}

function* types(c: Arbre): Generator<string> {
  const avant = new Map(c.attributs);
  const essais = TYPES.map((t): [string, string] => ['type', `a:${t}`]);
  for (const [nom, valeur] of [...essais, ['type', 'i:SIRENType'], ['nil', 'true'], ['nil', 'false']]) {
    c.attributs.set(`{${XSI}}${nom}`, valeur ?? '');
    yield `xsi:${nom} = ${valeur}`;
    c.attributs = new Map(avant);
  }
}

function* textes(c: Arbre): Generator<string> {
  const texte = c.texte;
  for (const valeur of VALEURS) {
    c.texte = valeur;
    yield `text = « ${valeur} »`;
  }
  c.texte = '';
  c.attributs.set(`{${XSI}}nil`, 'true');
  yield 'nil and empty';
  c.attributs.delete(`{${XSI}}nil`);
  c.texte = texte;
}

function* fratrie(c: Arbre, parent: Arbre): Generator<string> {
  const avant = [...parent.enfants];
  const i = avant.indexOf(c);
  for (const fois of [0, 2, 5, 40]) {
    parent.enfants = avant.toSpliced(i, 1, ...Array.from({ length: fois }, () => c));
    yield `${c.nom} ${fois} times`;
  }
  parent.enfants = avant.filter((e) => e.nom !== c.nom);
  yield `no ${c.nom} left`;
  parent.enfants = avant.toSpliced(i, 1).toSpliced(i + 1, 0, c);
  yield `${c.nom} after its neighbour`;
  parent.enfants = avant;
}

/** Every systematic mutation, once per place; a place is a path of names from the root. */
export function* systematiques(racines: readonly Arbre[]): Generator<{ octets: Buffer; faits: string[] }> {
  const places = new Set<string>();
  const descendre = function* (c: Arbre, chemin: string, parent: Arbre | null): Generator<string> {
    const place = `${chemin}/${c.nom} ${[...c.attributs.keys()].toSorted().join(' ')}`;
    if (!places.has(place)) for (const fait of partout(c, parent)) yield `${chemin}/${c.nom} ${fait}`;
    places.add(place);
    for (const enfant of c.enfants) yield* descendre(enfant, `${chemin}/${c.nom}`, c);
  };
  for (const racine of racines) {
    const arbre = copie(racine);
    for (const fait of descendre(arbre, '', null)) yield { octets: serialiser(arbre), faits: [fait] };
  }
}
