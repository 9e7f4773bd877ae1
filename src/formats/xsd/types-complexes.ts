import { type ComplexeArtefact, DERIVATION, type UsageAttribut } from './artefact.ts';
import type { Atelier } from './atelier.ts';
import { lireAttributs } from './attributs.ts';
import { facettesDe } from './facettes.ts';
import { reunion } from './jokers.ts';
import { construireModele } from './modele.ts';
import { estContenu, lireParticule, lireTous, type Particule, type ParticuleTous } from './particules.ts';
import { ANYTYPE, RANG_ANYSIMPLETYPE, RANG_ANYTYPE } from './predefinis.ts';
import type { Composant } from './sources.ts';
import { typeNomme } from './types.ts';
import { simpleReference } from './types-simples.ts';

/** Complex types (XSD Structures, 3.4). */

type Modifiable<T> = { -readonly [K in keyof T]: T[K] };

/** Particle of each complex type, null when empty: what an extension goes on from. */
export type Particules = Map<number, Particule | ParticuleTous | null>;

const PERMIS_RESTRICTION =
  /^(?:attribute|attributeGroup|anyAttribute|simpleType|length|pattern|enumeration|whiteSpace|(?:min|max)(?:Length|Inclusive|Exclusive)|(?:total|fraction)Digits)$/;
const PERMIS = /^(?:attribute|attributeGroup|anyAttribute)$/;

export class CompilateurComplexe {
  readonly #atelier: Atelier;
  readonly #particules: Particules;
  readonly #type: Modifiable<ComplexeArtefact>;
  readonly #rang: number;

  constructor(atelier: Atelier, particules: Particules, rang: number) {
    this.#atelier = atelier;
    this.#particules = particules;
    this.#rang = rang;
    this.#type = { ...ANYTYPE, base: RANG_ANYTYPE, contenu: 'vide', modele: -1, joker: -1 };
  }

  compiler(composant: Composant): void {
    const { noeud } = composant;
    const type = this.#type;
    type.nom = noeud.attributs.get('name') ?? '';
    type.abstrait = this.#atelier.booleen(noeud, 'abstract');
    type.bloque = this.#atelier.bloque(composant);
    const mixte = this.#atelier.booleen(noeud, 'mixed');
    const enfants = this.#atelier.enfants(composant);
    const derive = enfants.find((e) => /^(?:simple|complex)Content$/.test(e.noeud.balise));
    if (derive === undefined) {
      this.#contenu(this.#particule(enfants, noeud.balise), mixte, composant);
      this.#attributs(composant, null);
    } else if (enfants.length > 1)
      this.#atelier.sources.invalide(noeud, `« ${derive.noeud.balise} » doit être seul`);
    else this.#deriver(derive, mixte);
    this.#atelier.poser(this.#rang, type);
  }

  /** The content model among the children; anything that is neither that nor an attribute is refused. */
  #particule(enfants: readonly Composant[], parent: string): Particule | ParticuleTous | null {
    const contenus = enfants.filter(estContenu);
    const surplus = contenus[1] ?? enfants.find((e) => !estContenu(e) && !PERMIS.test(e.noeud.balise));
    if (surplus !== undefined) {
      this.#atelier.sources.invalide(
        surplus.noeud,
        `« ${surplus.noeud.balise} » n’a pas sa place dans « ${parent} »`,
      );
    }
    const [contenu] = contenus;
    if (contenu === undefined) return null;
    const lue = lireTous(this.#atelier, contenu) ?? lireParticule(this.#atelier, contenu);
    return estVide(lue) ? null : lue;
  }

  #contenu(particule: Particule | ParticuleTous | null, mixte: boolean, composant: Composant): void {
    const type = this.#type;
    this.#particules.set(this.#rang, particule);
    if (particule === null && !mixte) return;
    type.contenu = mixte ? 'mixte' : 'elements';
    type.modele =
      particule?.genre === 'tous'
        ? this.#atelier.modele(particule)
        : construireModele(this.#atelier, particule ?? { genre: 'suite', termes: [] }, composant.noeud);
  }

  #deriver(contenu: Composant, mixte: boolean): void {
    const [derivation, surplus] = this.#atelier.enfants(contenu);
    const base = derivation?.noeud.attributs.get('base');
    if (derivation === undefined || surplus !== undefined || base === undefined) {
      return this.#atelier.sources.invalide(
        contenu.noeud,
        'une extension ou une restriction, et sa base, y sont attendues',
      );
    }
    const extension = derivation.noeud.balise === 'extension';
    this.#type.derivation = extension ? DERIVATION.extension : DERIVATION.restriction;
    this.#type.base = typeNomme(
      this.#atelier,
      this.#atelier.sources.nomDe(derivation, base),
      derivation.noeud,
    );
    if (this.#atelier.ouverts.has(this.#type.base)) {
      return this.#atelier.sources.invalide(derivation.noeud, `le type « ${base} » se définit par lui-même`);
    }
    const mixteIci = contenu.noeud.attributs.has('mixed')
      ? this.#atelier.booleen(contenu.noeud, 'mixed')
      : mixte;
    if (contenu.noeud.balise === 'simpleContent') this.#simple(derivation, extension);
    else this.#complexe(derivation, extension, mixteIci);
    this.#attributs(derivation, this.#base());
  }

  #base(): ComplexeArtefact | null {
    const base = this.#atelier.types[this.#type.base];
    return base?.genre === 'complexe' ? base : null;
  }

  #simple(derivation: Composant, extension: boolean): void {
    const base = this.#base();
    const rangBase = base === null ? this.#type.base : base.valeur;
    this.#type.contenu = 'simple';
    this.#type.valeur = rangBase;
    if (rangBase < 0 || (base === null && !extension)) {
      return this.#atelier.sources.nonHonore(derivation.noeud, 'un contenu simple tiré d’un tel type');
    }
    const permis = extension ? PERMIS : PERMIS_RESTRICTION;
    const intrus = derivation.noeud.enfants.find((e) => !permis.test(e.balise));
    if (intrus !== undefined)
      return this.#atelier.sources.invalide(intrus, `« ${intrus.balise} » n’a pas sa place ici`);
    if (extension) return;
    const interne = derivation.noeud.enfants.some((e) => e.balise === 'simpleType');
    const depart = interne
      ? simpleReference(this.#atelier, { ...derivation, noeud: sansBase(derivation) }, 'base')
      : rangBase;
    const simple = this.#atelier.simple(depart ?? rangBase) ?? this.#atelier.simple(RANG_ANYSIMPLETYPE);
    if (simple === null) return;
    this.#type.valeur = this.#atelier.reserver();
    const facettes = facettesDe(this.#atelier, derivation, simple);
    this.#atelier.poser(this.#type.valeur, { ...simple, nom: '', base: depart ?? rangBase, facettes });
  }

  #complexe(derivation: Composant, extension: boolean, mixte: boolean): void {
    const base = this.#base();
    const enfants = this.#atelier.enfants(derivation);
    const propre = this.#particule(enfants, derivation.noeud.balise);
    if (base === null) {
      return this.#atelier.sources.invalide(
        derivation.noeud,
        'la base d’un contenu complexe est un type simple',
      );
    }
    if (base.contenu === 'simple' && extension) return this.#heriterSimple(base, propre ?? mixte, derivation);
    if (!extension) return this.#contenu(propre, mixte, derivation);
    if (this.#type.base === RANG_ANYTYPE) {
      return this.#atelier.sources.nonHonore(derivation.noeud, 'une extension de anyType');
    }
    const heritee = this.#particules.get(this.#type.base) ?? null;
    if (base.contenu !== 'vide' && (propre !== null || mixte) && (base.contenu === 'mixte') !== mixte) {
      this.#atelier.sources.invalide(
        derivation.noeud,
        'une extension est mixte si et seulement si sa base l’est',
      );
    }
    const mixteTout = mixte || base.contenu === 'mixte';
    if (heritee === null || propre === null) return this.#contenu(heritee ?? propre, mixteTout, derivation);
    if (heritee.genre === 'tous' || propre.genre === 'tous') {
      return this.#atelier.sources.invalide(derivation.noeud, '« all » ne s’étend pas');
    }
    this.#contenu({ genre: 'suite', termes: [heritee, propre] }, mixteTout, derivation);
  }

  /** 3.4.2, complex content, 2.1: an extension that adds no content has the content of its base, simple as it may be. */
  #heriterSimple(base: ComplexeArtefact, ajout: unknown, derivation: Composant): void {
    this.#type.contenu = 'simple';
    this.#type.valeur = base.valeur;
    if (ajout === false) return;
    this.#atelier.sources.invalide(derivation.noeud, 'la base d’un contenu complexe a un contenu simple');
  }

  #attributs(composant: Composant, base: ComplexeArtefact | null): void {
    const propres = lireAttributs(this.#atelier, composant);
    const usages = new Map<number, UsageAttribut>((base?.attributs ?? []).map((u) => [u.nom, u]));
    for (const [nom, usage] of propres.usages) {
      if (usage === null) usages.delete(nom);
      else usages.set(nom, usage);
    }
    this.#type.attributs = [...usages.values()];
    const herite =
      this.#type.derivation === DERIVATION.extension ? this.#atelier.jokers[base?.joker ?? -1] : undefined;
    const joker = reunion(propres.joker, herite ?? null);
    if (joker === 'inexprimable') {
      this.#atelier.sources.invalide(composant.noeud, 'l’union de ces espaces de noms ne peut pas s’écrire');
    } else if (joker !== null) this.#type.joker = this.#atelier.joker(joker);
  }
}

/** A simple content restricted through an inner type: that type, not the attribute `base`, is the start. */
function sansBase(derivation: Composant): Composant['noeud'] {
  const attributs = new Map(derivation.noeud.attributs);
  attributs.delete('base');
  return { ...derivation.noeud, attributs };
}

/** « Empty content » of 3.4.2: nothing in it, not even an optional element. */
function estVide(p: Particule | ParticuleTous): boolean {
  switch (p.genre) {
    case 'tous':
      return p.membres.length === 0;
    case 'suite':
      return p.termes.length === 0;
    case 'fois':
      return (
        p.max === 0 ||
        (p.terme.genre === 'suite' && p.terme.termes.length === 0) ||
        (p.min === 0 && p.terme.genre === 'choix' && p.terme.termes.length === 0)
      );
    default:
      return false;
  }
}
