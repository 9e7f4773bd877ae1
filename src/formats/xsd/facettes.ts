import { type FacettesArtefact, type SimpleArtefact } from './artefact.ts';
import { type Atelier, BLANCS_DE } from './atelier.ts';
import { Juge } from './juges.ts';
import { lexiqueDe } from './lexique.ts';
import { compilerMotif } from './motif.ts';
import type { Noeud } from './noeuds.ts';
import { RANG_ANYSIMPLETYPE, SANS_BORNES } from './predefinis.ts';
import type { Composant } from './sources.ts';

/** Facets, and the values that a schema gives (Datatypes, 4.3). */

type Modifiable<T> = { -readonly [K in keyof T]: T[K] };

type Borne = keyof typeof SANS_BORNES;

const BORNES: Readonly<Record<string, Borne>> = {
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

const A_CHIFFRES = new Set(['decimal', 'integer']);
const SANS_LONGUEUR = new Set(['boolean', 'duration']);

function facettePermise(simple: SimpleArtefact, facette: string): boolean {
  if (simple.variete !== 'atome') return FACETTES_DE[simple.variete]?.has(facette) === true;
  const ordonne = lexiqueDe(simple.lexique).comparer !== undefined;
  if (BORNES[facette] !== undefined) return ordonne;
  if (facette === 'totalDigits' || facette === 'fractionDigits') return A_CHIFFRES.has(simple.lexique);
  if (/length/i.test(facette)) return !ordonne && !SANS_LONGUEUR.has(simple.lexique);
  return facette !== 'enumeration' || simple.lexique !== 'boolean';
}

/** What we leave to another: durations have no total order, qualified names are compared by namespace. */
function horsPortee(simple: SimpleArtefact, facette: string): boolean {
  if (simple.lexique === 'duration') return BORNES[facette] !== undefined;
  return simple.lexique === 'QName' && /length|enumeration/i.test(facette);
}

/** A type compiled so far, ready to judge the values that a schema gives. */
function jugeDe(atelier: Atelier, rang: number): Juge {
  const simple = atelier.simple(rang) ?? atelier.simple(RANG_ANYSIMPLETYPE);
  return new Juge(simple as SimpleArtefact, rang, (autre) => jugeDe(atelier, autre));
}

/** `default` and `fixed` are values of the type of what is declared (XSD Structures, 3.2.6 and 3.3.6). */
export function verifierValeurs(atelier: Atelier, noeud: Noeud, type: number): void {
  for (const attribut of ['default', 'fixed']) {
    const valeur = noeud.attributs.get(attribut);
    if (valeur === undefined || jugeDe(atelier, type).admet(valeur)) continue;
    atelier.sources.invalide(noeud, `« ${valeur} » (${attribut}) n’est pas une valeur du type`);
  }
}

class Restriction {
  readonly facettes: Modifiable<FacettesArtefact>;
  readonly #atelier: Atelier;
  readonly #base: SimpleArtefact;
  readonly #motifs: string[] = [];
  readonly #enumeration: string[] = [];
  #juge: Juge | null = null;

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
    if (horsPortee(this.#base, noeud.balise))
      return sources.nonHonore(noeud, `la facette « ${noeud.balise} » de ce type`);
    if (!facettePermise(this.#base, noeud.balise)) {
      return sources.invalide(noeud, `la facette « ${noeud.balise} » ne s’applique pas à ce type`);
    }
    const borne = BORNES[noeud.balise];
    if (borne !== undefined) return this.#borne(noeud, borne, valeur.trim());
    switch (noeud.balise) {
      case 'pattern':
        return this.#motif(noeud, valeur);
      case 'enumeration':
        return this.#enumerer(noeud, valeur);
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

  #borne(noeud: Noeud, cle: Borne, valeur: string): void {
    const { juger, comparer } = lexiqueDe(this.#base.lexique);
    if (comparer === undefined || !juger(valeur)) {
      return this.#atelier.sources.invalide(noeud, `la borne « ${valeur} » n’est pas une valeur du type`);
    }
    const ancienne = this.facettes.bornes[cle];
    const plusSerree = ancienne === null || comparer(valeur, ancienne) > 0 === cle.startsWith('min');
    if (plusSerree) this.facettes.bornes = { ...this.facettes.bornes, [cle]: valeur };
  }

  /** Each value is one of the base type (Datatypes, 4.3.5.4). */
  #enumerer(noeud: Noeud, valeur: string): void {
    this.#juge ??= new Juge(this.#base, -1, (rang) => jugeDe(this.#atelier, rang));
    if (!this.#juge.admet(valeur))
      this.#atelier.sources.invalide(noeud, `la valeur énumérée « ${valeur} » n’est pas une valeur du type`);
    this.#enumeration.push(valeur);
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
