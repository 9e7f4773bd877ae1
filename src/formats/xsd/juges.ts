import { BLANCS, type BornesArtefact, type FacettesArtefact, type SimpleArtefact } from './artefact.ts';
import { type Lexique, lexiqueDe, lireDecimal } from './lexique.ts';
import { compilerMotif, type EssaiMotif } from './motif.ts';

/** Simple types made ready to judge values: from rows of the artefact to functions. */

/** What some values do beyond being right or wrong. */
export interface ContexteValeur {
  /** @returns false when this identifier was already taken. */
  prendreId(id: string): boolean;
  citerId(id: string): void;
  prefixeLie(prefixe: string): boolean;
}

/** @returns what was expected, in French, or null when the value is right. */
type Controle = (valeur: string) => string | null;
type ControleLongueur = (longueur: number) => string | null;

/** How much of a text must be kept to judge it. */
export const MODE = { libre: 0, longueur: 1, base64: 2, entier: 3 } as const;

export function normaliser(texte: string, blancs: number): string {
  if (blancs === BLANCS.garder) return texte;
  if (blancs === BLANCS.remplacer) return texte.replace(/[\t\n\r]/g, ' ');
  // the common case asks for nothing: no double, leading or trailing blank
  if (!/^ |[\t\n\r]| {2}| $/.test(texte)) return texte;
  return texte.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '');
}

const caracteres = (texte: string): number => {
  let n = texte.length;
  for (let i = 0; i < texte.length; i += 1) if ((texte.charCodeAt(i) & 0xfc00) === 0xdc00) n -= 1;
  return n;
};

const guillemets = (valeurs: readonly string[]): string => valeurs.map((v) => `« ${v} »`).join(', ');

const LISTE_MAX = 8;

function enumere(valeurs: readonly string[]): string {
  if (valeurs.length === 1) return guillemets(valeurs);
  const reste = valeurs.length - LISTE_MAX;
  const suite = reste > 0 ? `… (${valeurs.length} valeurs possibles)` : '';
  return `l’une des valeurs ${guillemets(valeurs.slice(0, LISTE_MAX))}${suite}`;
}

const compter = (n: number, unite: string): string => `${n} ${unite}${n > 1 ? 's' : ''}`;

function controleLongueur(f: FacettesArtefact, mesure: Mesure): ControleLongueur | null {
  const { longueur, longueurMin, longueurMax } = f;
  if (longueur < 0 && longueurMin < 0 && longueurMax < 0) return null;
  const dire = (n: number): string => compter(n, mesure.unite);
  return (n) => {
    if (longueur >= 0 && n !== longueur) return `exactement ${dire(longueur)} (ici ${n})`;
    if (n < longueurMin) return `au moins ${dire(longueurMin)} (ici ${n})`;
    return longueurMax >= 0 && n > longueurMax ? `au plus ${dire(longueurMax)} (ici ${n})` : null;
  };
}

interface Mesure {
  readonly unite: string;
  readonly longueur: (valeur: string) => number;
}

function controleChiffres(f: FacettesArtefact): Controle | null {
  const { chiffres, decimales } = f;
  if (chiffres < 0 && decimales < 0) return null;
  return (valeur) => {
    const d = lireDecimal(valeur);
    const total = d.entiers.length + d.decimales.length;
    if (chiffres >= 0 && total > chiffres)
      return `au plus ${compter(chiffres, 'chiffre')} en tout (ici ${total})`;
    const n = d.decimales.length;
    if (decimales < 0 || n <= decimales) return null;
    return `au plus ${compter(decimales, 'chiffre')} après le point (ici ${n})`;
  };
}

const BORNES: readonly (readonly [keyof BornesArtefact, string, (ordre: number) => boolean])[] = [
  ['minInclus', 'au moins', (o) => o >= 0],
  ['minExclu', 'plus de', (o) => o > 0],
  ['maxInclus', 'au plus', (o) => o <= 0],
  ['maxExclu', 'moins de', (o) => o < 0],
];

function controlesBornes(f: FacettesArtefact, lexique: Lexique): Controle[] {
  const { comparer } = lexique;
  return BORNES.flatMap(([cle, mots, tient]) => {
    const borne = f.bornes[cle];
    if (borne === null || comparer === undefined) return [];
    return [(valeur: string) => (tient(comparer(valeur, borne)) ? null : `${mots} ${borne}`)];
  });
}

function controlesMotifs(f: FacettesArtefact): Controle[] {
  return f.motifs.map((motifs) => {
    const essais = motifs.map((m): EssaiMotif => {
      const compile = compilerMotif(m);
      return compile.type === 'compile' ? compile.essai : () => true;
    });
    const attendu = `une valeur de la forme ${motifs
      .slice(0, 3)
      .map((m) => `« ${m} »`)
      .join(' ou ')}`;
    return (valeur) => (essais.some((essai) => essai(valeur)) ? null : attendu);
  });
}

/** Their values act beyond themselves, or mean something by where they stand. */
const A_EFFETS = new Set(['ID', 'IDREF', 'QName']);

/** A simple type, ready. */
export class Juge {
  readonly nom: string;
  /** Row of its type in the schema. */
  readonly rang: number;
  readonly blancs: number;
  readonly mode: number;
  /** Values act beyond themselves: nothing may be remembered of them. */
  readonly effets: boolean;
  readonly facettes: FacettesArtefact;
  readonly #longueur: ControleLongueur | null;
  readonly #simple: SimpleArtefact;
  readonly #lexique: Lexique;
  readonly #controles: readonly Controle[];
  readonly #item: Juge | null;
  readonly #membres: readonly Juge[];
  /** In canonical form. */
  readonly #enumeration: ReadonlySet<string>;

  constructor(simple: SimpleArtefact, rang: number, jugeDe: (rang: number) => Juge) {
    this.rang = rang;
    const f = simple.facettes;
    this.#simple = simple;
    this.facettes = f;
    this.nom = simple.nom;
    this.blancs = f.blancs;
    this.#lexique = lexiqueDe(simple.lexique);
    this.#item = simple.variete === 'liste' ? jugeDe(simple.item) : null;
    this.#membres = simple.membres.map(jugeDe);
    this.effets =
      A_EFFETS.has(simple.lexique) || this.#item?.effets === true || this.#membres.some((m) => m.effets);
    const mesure = this.#mesure();
    const longueur = controleLongueur(f, mesure);
    this.#longueur = longueur;
    this.#controles = [
      ...(longueur === null ? [] : [(valeur: string) => longueur(mesure.longueur(valeur))]),
      ...[controleChiffres(f)].filter((c) => c !== null),
      ...controlesBornes(f, this.#lexique),
      ...controlesMotifs(f),
    ];
    this.#enumeration = new Set(f.enumeration?.map((v) => this.canon(normaliser(v, this.blancs))));
    this.mode = this.#choisirMode();
  }

  #mesure(): Mesure {
    if (this.#item !== null) {
      return { unite: 'mot', longueur: (v) => (v === '' ? 0 : v.split(' ').length) };
    }
    const { longueur } = this.#lexique;
    return longueur === undefined
      ? { unite: 'caractère', longueur: caracteres }
      : { unite: 'octet', longueur };
  }

  #choisirMode(): number {
    // that of a list, or of a union, is none
    const { lexique } = this.#simple;
    const seules =
      this.#controles.length === (this.#longueur === null ? 0 : 1) && this.facettes.enumeration === null;
    if (!seules) return MODE.entier;
    if (lexique === 'base64Binary') return MODE.base64;
    if (lexique !== 'texte') return MODE.entier;
    if (this.#longueur === null) return MODE.libre;
    return this.blancs === BLANCS.reduire ? MODE.entier : MODE.longueur;
  }

  /** For a value whose length alone was kept. */
  controlerLongueur(longueur: number): string | null {
    return this.#longueur?.(longueur) ?? null;
  }

  /** Judges a value as written. */
  juger(brut: string, contexte: ContexteValeur): string | null {
    return this.#juger(normaliser(brut, this.blancs), contexte);
  }

  /** Whether a value as written is one of the type, whatever the document around it. */
  admet(brut: string): boolean {
    return this.juger(brut, SANS_CONTEXTE) === null;
  }

  #juger(valeur: string, contexte: ContexteValeur): string | null {
    const nature =
      this.#simple.variete === 'atome' ? this.#atome(valeur, contexte) : this.#compose(valeur, contexte);
    if (nature !== null) return nature;
    for (const controle of this.#controles) {
      const attendu = controle(valeur);
      if (attendu !== null) return attendu;
    }
    const { enumeration } = this.facettes;
    return enumeration === null || this.#enumeration.has(this.canon(valeur)) ? null : enumere(enumeration);
  }

  #atome(valeur: string, contexte: ContexteValeur): string | null {
    if (!this.#lexique.juger(valeur)) return this.#lexique.quoi;
    if (!this.effets) return null;
    switch (this.#simple.lexique) {
      case 'ID':
        return contexte.prendreId(valeur) ? null : 'un identifiant que rien d’autre ne porte dans le fichier';
      case 'IDREF':
        contexte.citerId(valeur);
        return null;
      default: {
        const deux = valeur.indexOf(':');
        return deux < 0 || contexte.prefixeLie(valeur.slice(0, deux)) ? null : 'un préfixe déclaré';
      }
    }
  }

  #compose(valeur: string, contexte: ContexteValeur): string | null {
    if (this.#item !== null) {
      for (const mot of valeur === '' ? [] : valeur.split(' ')) {
        const attendu = this.#item.juger(mot, contexte);
        if (attendu !== null) return `une liste dont chaque mot est ${attendu}`;
      }
      return null;
    }
    const attendus: string[] = [];
    for (const membre of this.#membres) {
      const attendu = membre.juger(valeur, contexte);
      if (attendu === null) return null;
      attendus.push(attendu);
    }
    return [...new Set(attendus)].slice(0, 3).join(', ou ');
  }

  /** Same text for equal values. @param valeur of this type, its white space treated. */
  canon(valeur: string): string {
    if (this.#item !== null) {
      const item = this.#item;
      return valeur === ''
        ? ''
        : valeur
            .split(' ')
            .map((mot) => item.canon(normaliser(mot, item.blancs)))
            .join(' ');
    }
    if (this.#membres.length > 0) {
      const rang = this.#membres.findIndex((m) => m.admet(valeur));
      const membre = this.#membres[rang] as Juge;
      return `${rang} ${membre.canon(normaliser(valeur, membre.blancs))}`;
    }
    return this.#lexique.canon?.(valeur) ?? valeur;
  }

  /** Whether a value as written, right, is the one that a declaration fixes, maybe for another type (`xsi:type`). */
  egale(brut: string, fixe: string): boolean {
    if (!this.admet(fixe)) return false;
    return this.canon(normaliser(brut, this.blancs)) === this.canon(normaliser(fixe, this.blancs));
  }
}

/** For a look at a value that takes no identifier. */
const SANS_CONTEXTE: ContexteValeur = {
  prendreId: () => true,
  citerId: () => undefined,
  prefixeLie: () => true,
};
