import {
  BLANCS,
  DERIVATION,
  type ElementArtefact,
  type JokerArtefact,
  type ModeleArtefact,
  NS_XSD,
  type SimpleArtefact,
  type TypeArtefact,
} from './artefact.ts';
import type { Noeud } from './noeuds.ts';
import { ANYTYPE, PREDEFINIS_NON_HONORES, RANG_ANYSIMPLETYPE, simplesPredefinis } from './predefinis.ts';
import type { Composant, NomXsd, Sources } from './sources.ts';

const OUI_NON: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/** Particles and attributes once groups are replaced by their content, steps of automata. PES: 1 122, 447 and 8 103. */
const DEVELOPPEMENT_MAX = { particules: 100_000, attributs: 100_000, pas: 5_000_000 };

/** Compiles the type that a component describes into the row reserved for it. */
export type CompilerType = (atelier: Atelier, composant: Composant, rang: number) => void;

/** Rows of the artefact while they are being written. */
export class Atelier {
  readonly sources: Sources;
  readonly compilerType: CompilerType;
  readonly noms: [uri: string, local: string][] = [];
  readonly types: TypeArtefact[] = [];
  readonly elements: ElementArtefact[] = [];
  readonly modeles: ModeleArtefact[] = [];
  readonly jokers: JokerArtefact[] = [];
  /** Left for when the type in hand is done: a type may hold elements of its own type. */
  readonly attente: (() => void)[] = [];
  /** What may still be unrolled: groups that cite one another double at each level. */
  readonly restes = { ...DEVELOPPEMENT_MAX };
  /** Types being compiled: to derive from one of them is a circle. */
  readonly ouverts = new Set<number>();
  readonly rangsTypes = new Map<string, number>();
  readonly rangsElements = new Map<Noeud, number>();
  readonly #rangsNoms = new Map<string, number>();
  readonly #predefinis = new Map<string, number>();

  constructor(sources: Sources, compilerType: CompilerType) {
    this.sources = sources;
    this.compilerType = compilerType;
    this.jokers.push({ processus: 'lax', espaces: { genre: 'tous' } });
    const etat = { accepte: true, suites: [], jokers: [{ joker: 0, cible: 0 }] };
    this.modeles.push({ genre: 'automate', rangs: 0, etats: [etat] });
    this.types.push(ANYTYPE, ...simplesPredefinis());
    for (const [k, t] of this.types.entries()) this.#predefinis.set(t.nom, k);
  }

  nom(uri: string, local: string): number {
    const cle = `${uri} ${local}`;
    const connu = this.#rangsNoms.get(cle);
    if (connu !== undefined) return connu;
    const rang = this.noms.push([uri, local]) - 1;
    this.#rangsNoms.set(cle, rang);
    return rang;
  }

  /** Name that a declaration gives, in this namespace. */
  nomDeclare({ noeud }: Composant, espace: string): number {
    const local = noeud.attributs.get('name');
    if (local === undefined) this.sources.invalide(noeud, `« ${noeud.balise} » sans nom`);
    return this.nom(espace, local ?? '');
  }

  predefini(nom: NomXsd, demandeur: Noeud): number | null {
    if (nom.uri !== NS_XSD) return null;
    const rang = this.#predefinis.get(nom.local);
    if (rang !== undefined) return rang;
    if (PREDEFINIS_NON_HONORES.has(nom.local)) this.sources.nonHonore(demandeur, `le type ${nom.local}`);
    else this.sources.invalide(demandeur, `le type « ${nom.local} » n’existe pas dans XML Schema`);
    return RANG_ANYSIMPLETYPE;
  }

  predefinis(): Iterable<readonly [nom: string, type: number]> {
    return this.#predefinis;
  }

  /** A row to be filled by `poser`. */
  reserver(): number {
    return this.types.push(ANYTYPE) - 1;
  }

  poser(rang: number, type: TypeArtefact): void {
    this.types[rang] = type;
  }

  simple(rang: number): SimpleArtefact | null {
    const type = this.types[rang];
    return type?.genre === 'simple' ? type : null;
  }

  booleen(noeud: Noeud, attribut: string): boolean {
    const valeur = noeud.attributs.get(attribut)?.trim();
    if (valeur === undefined) return false;
    const lu = OUI_NON[valeur];
    if (lu === undefined)
      this.sources.invalide(noeud, `« ${valeur} » n’est pas une valeur de « ${attribut} »`);
    return lu ?? false;
  }

  entier(noeud: Noeud, attribut: string, defaut: number): number {
    const valeur = noeud.attributs.get(attribut)?.trim();
    if (valeur === undefined) return defaut;
    // beyond, no file is so long: any number will do
    if (/^\+?\d+$/.test(valeur)) return Math.min(Number(valeur), Number.MAX_SAFE_INTEGER);
    if (valeur === 'unbounded' && attribut === 'maxOccurs') return Number.POSITIVE_INFINITY;
    this.sources.invalide(noeud, `« ${valeur} » n’est pas une valeur de « ${attribut} »`);
    return defaut;
  }

  /** `block` of an element or a type, as bits. */
  bloque(composant: Composant): number {
    const texte =
      composant.noeud.attributs.get('block') ?? composant.schema.racine.attributs.get('blockDefault') ?? '';
    const mots = texte.split(/\s+/);
    const tout = mots.includes('#all');
    return (
      (tout || mots.includes('extension') ? DERIVATION.extension : 0) |
      (tout || mots.includes('restriction') ? DERIVATION.restriction : 0)
    );
  }

  /** Counts what is unrolled. False once there is too much: nothing more is to be read, and the schema is refused. */
  developper(noeud: Noeud, quoi: 'particules' | 'attributs', nombre: number): boolean {
    const avant = this.restes[quoi];
    this.restes[quoi] -= nombre;
    if (this.restes[quoi] >= 0) return true;
    if (avant >= 0) {
      const dits = quoi === 'particules' ? 'éléments' : 'attributs';
      this.sources.invalide(noeud, `ses groupes, développés, donnent trop d’${dits}`);
    }
    return false;
  }

  /** Children of a component as components. */
  enfants(composant: Composant): Composant[] {
    return composant.noeud.enfants.map((noeud) => ({ noeud, schema: composant.schema }));
  }

  joker(joker: JokerArtefact): number {
    return this.jokers.push(joker) - 1;
  }

  modele(modele: ModeleArtefact): number {
    return this.modeles.push(modele) - 1;
  }
}

export const BLANCS_DE: Readonly<Record<string, number>> = {
  preserve: BLANCS.garder,
  replace: BLANCS.remplacer,
  collapse: BLANCS.reduire,
};
