import { type FacettesArtefact, type SimpleArtefact } from './artefact.ts';
import { type Atelier, BLANCS_DE } from './atelier.ts';
import { LEXIQUES } from './lexique.ts';
import { compilerMotif } from './motif.ts';
import type { Noeud } from './noeuds.ts';
import { RANG_ANYSIMPLETYPE, SANS_BORNES, SANS_FACETTES } from './predefinis.ts';
import type { Composant, NomXsd } from './sources.ts';
import { typeNomme } from './types.ts';

/** Simple types: restriction, list, union (XSD Structures 3.14, Datatypes 4). */

type Modifiable<T> = { -readonly [K in keyof T]: T[K] };

const BORNES: Readonly<Record<string, keyof typeof SANS_BORNES>> = {
  minInclusive: 'minInclus',
  minExclusive: 'minExclu',
  maxInclusive: 'maxInclus',
  maxExclusive: 'maxExclu',
};

/** Facets that a list and a union may carry. */
const FACETTES_DE: Readonly<Record<string, ReadonlySet<string>>> = {
  liste: new Set(['length', 'minLength', 'maxLength', 'enumeration', 'pattern', 'whiteSpace']),
  union: new Set(['enumeration', 'pattern']),
};

const SANS_LONGUEUR = new Set(['QName', 'boolean', 'duration', 'float', 'double']);

function facettePermise(simple: SimpleArtefact, facette: string): boolean {
  if (simple.variete !== 'atome') return FACETTES_DE[simple.variete]?.has(facette) === true;
  const lexique = LEXIQUES[simple.lexique];
  if (BORNES[facette] !== undefined) return lexique?.comparer !== undefined;
  if (facette === 'totalDigits' || facette === 'fractionDigits')
    return /^(?:decimal|integer)$/.test(simple.lexique);
  if (/length/i.test(facette)) return lexique?.comparer === undefined && !SANS_LONGUEUR.has(simple.lexique);
  return true;
}

class Restriction {
  readonly facettes: Modifiable<FacettesArtefact>;
  readonly #atelier: Atelier;
  readonly #base: SimpleArtefact;
  readonly #motifs: string[] = [];
  readonly #enumeration: string[] = [];

  constructor(atelier: Atelier, base: SimpleArtefact) {
    this.#atelier = atelier;
    this.#base = base;
    this.facettes = { ...base.facettes };
  }

  ajouter(noeud: Noeud): void {
    const valeur = noeud.attributs.get('value');
    const sources = this.#atelier.sources;
    if (valeur === undefined)
      return sources.invalide(noeud, `la facette « ${noeud.balise} » n’a pas de valeur`);
    if (!facettePermise(this.#base, noeud.balise)) {
      return sources.invalide(noeud, `la facette « ${noeud.balise} » ne s’applique pas à ce type`);
    }
    if (BORNES[noeud.balise] !== undefined) return this.#borne(noeud, valeur.trim());
    switch (noeud.balise) {
      case 'pattern':
        return this.#motif(noeud, valeur);
      case 'enumeration':
        this.#enumeration.push(valeur);
        return;
      case 'whiteSpace':
        this.facettes.blancs = Math.max(this.facettes.blancs, BLANCS_DE[valeur.trim()] ?? 0);
        if (BLANCS_DE[valeur.trim()] === undefined) sources.invalide(noeud, `blancs « ${valeur} » inconnus`);
        return;
      default:
        return this.#nombre(noeud);
    }
  }

  #nombre(noeud: Noeud): void {
    const f = this.facettes;
    const n = this.#atelier.entier(noeud, 'value', 0);
    const serrer = (ancien: number): number => (ancien < 0 ? n : Math.min(ancien, n));
    switch (noeud.balise) {
      case 'length':
        if (f.longueur >= 0 && f.longueur !== n)
          this.#atelier.sources.invalide(noeud, 'deux longueurs se contredisent');
        f.longueur = n;
        return;
      case 'minLength':
        f.longueurMin = Math.max(f.longueurMin, n);
        return;
      case 'maxLength':
        f.longueurMax = serrer(f.longueurMax);
        return;
      case 'totalDigits':
        f.chiffres = serrer(f.chiffres);
        return;
      case 'fractionDigits':
        f.decimales = serrer(f.decimales);
        return;
      default:
        this.#atelier.sources.nonHonore(noeud, `la facette « ${noeud.balise} »`);
    }
  }

  #borne(noeud: Noeud, valeur: string): void {
    const lexique = LEXIQUES[this.#base.lexique];
    if (lexique?.comparer === undefined || !lexique.juger(valeur)) {
      return this.#atelier.sources.invalide(noeud, `la borne « ${valeur} » n’est pas une valeur du type`);
    }
    const cle = BORNES[noeud.balise] ?? 'minInclus';
    const ancienne = this.facettes.bornes[cle];
    const plusSerree = ancienne === null || lexique.comparer(valeur, ancienne) > 0 === cle.startsWith('min');
    if (plusSerree) this.facettes.bornes = { ...this.facettes.bornes, [cle]: valeur };
  }

  #motif(noeud: Noeud, valeur: string): void {
    const compile = compilerMotif(valeur);
    if (compile.type === 'refus') {
      this.#atelier.sources.nonHonore(noeud, `le motif « ${valeur} » (${compile.motif})`);
    }
    this.#motifs.push(valeur);
  }

  finir(): FacettesArtefact {
    if (this.#motifs.length > 0) this.facettes.motifs = [...this.facettes.motifs, this.#motifs];
    if (this.#enumeration.length > 0) this.facettes.enumeration = this.#enumeration;
    return this.facettes;
  }
}

const FACETTES_HORS = new Set(['simpleType', 'attribute', 'attributeGroup', 'anyAttribute']);

/** The facets of a restriction on top of those of its base. Serves simple types and simple contents. */
export function facettesDe(atelier: Atelier, restriction: Composant, base: SimpleArtefact): FacettesArtefact {
  const r = new Restriction(atelier, base);
  for (const noeud of restriction.noeud.enfants) if (!FACETTES_HORS.has(noeud.balise)) r.ajouter(noeud);
  return r.finir();
}

/** A simple type by its name. */
export function simpleNomme(atelier: Atelier, nom: NomXsd, demandeur: Noeud): number {
  const rang = typeNomme(atelier, nom, demandeur);
  if (atelier.ouverts.has(rang))
    atelier.sources.invalide(demandeur, `le type « ${nom.local} » se définit par lui-même`);
  else if (atelier.simple(rang) === null) {
    atelier.sources.invalide(demandeur, `le type « ${nom.local} » n’est pas un type simple`);
    return RANG_ANYSIMPLETYPE;
  }
  return rang;
}

function interne(atelier: Atelier, composant: Composant): number[] {
  return atelier
    .enfants(composant)
    .filter((e) => e.noeud.balise === 'simpleType')
    .map((e) => simpleAnonyme(atelier, e));
}

/** The one simple type that an attribute or a child names. */
export function simpleReference(atelier: Atelier, composant: Composant, attribut: string): number | null {
  const valeur = composant.noeud.attributs.get(attribut);
  if (valeur !== undefined)
    return simpleNomme(atelier, atelier.sources.nomDe(composant, valeur), composant.noeud);
  return interne(atelier, composant)[0] ?? null;
}

function restreindre(atelier: Atelier, composant: Composant, nom: string): SimpleArtefact {
  const rang = simpleReference(atelier, composant, 'base') ?? RANG_ANYSIMPLETYPE;
  const base = atelier.simple(rang) ?? atelier.simple(RANG_ANYSIMPLETYPE);
  if (base === null) return atelier.simple(RANG_ANYSIMPLETYPE) as SimpleArtefact;
  return { ...base, nom, base: rang, facettes: facettesDe(atelier, composant, base) };
}

function composer(atelier: Atelier, composant: Composant, nom: string): SimpleArtefact {
  const anonyme = {
    genre: 'simple',
    nom,
    base: RANG_ANYSIMPLETYPE,
    lexique: '',
    item: -1,
    membres: [],
  } as const;
  if (composant.noeud.balise === 'list') {
    const item = simpleReference(atelier, composant, 'itemType') ?? RANG_ANYSIMPLETYPE;
    if (atelier.simple(item)?.variete === 'liste')
      atelier.sources.invalide(composant.noeud, 'une liste de listes');
    return {
      ...anonyme,
      variete: 'liste',
      item,
      facettes: { ...SANS_FACETTES, blancs: BLANCS_DE['collapse'] ?? 2 },
    };
  }
  const mots = (composant.noeud.attributs.get('memberTypes') ?? '').split(/\s+/).filter((mot) => mot !== '');
  const nommes = mots.map((mot) =>
    simpleNomme(atelier, atelier.sources.nomDe(composant, mot), composant.noeud),
  );
  const membres = [...nommes, ...interne(atelier, composant)];
  if (membres.length === 0) atelier.sources.invalide(composant.noeud, 'une union sans membre');
  return { ...anonyme, variete: 'union', membres, facettes: SANS_FACETTES };
}

/** Compiles a `simpleType` into the row `rang`. */
export function compilerSimple(atelier: Atelier, composant: Composant, rang: number): void {
  const [enfant, surplus] = atelier.enfants(composant);
  const nom = composant.noeud.attributs.get('name') ?? '';
  if (
    enfant === undefined ||
    surplus !== undefined ||
    !/^(?:restriction|list|union)$/.test(enfant.noeud.balise)
  ) {
    return atelier.sources.invalide(
      composant.noeud,
      'un type simple est une restriction, une liste ou une union',
    );
  }
  const faire = enfant.noeud.balise === 'restriction' ? restreindre : composer;
  atelier.poser(rang, faire(atelier, enfant, nom));
}

export function simpleAnonyme(atelier: Atelier, composant: Composant): number {
  const rang = atelier.reserver();
  atelier.ouverts.add(rang);
  compilerSimple(atelier, composant, rang);
  atelier.ouverts.delete(rang);
  return rang;
}
