import {
  type ArtefactXsd,
  type ComplexeArtefact,
  DERIVATION,
  type ElementArtefact,
  type JokerArtefact,
  type ModeleArtefact,
  type TypeArtefact,
} from './artefact.ts';
import { Juge } from './juges.ts';
import { RANG_ANYTYPE } from './predefinis.ts';

/** A compiled schema made ready to validate: shared by any number of readings, changed by none. */

export const CONTENU = { vide: 0, simple: 1, elements: 2, mixte: 3 } as const;

/** Columns of `ModelePret.suites`. */
export const SUITE = { nom: 0, cible: 1, element: 2, rang: 3, largeur: 4 } as const;

export interface ModelePret {
  readonly artefact: ModeleArtefact;
  /** Counters that one element of this model needs. */
  readonly compteurs: number;
  /** Rows of SUITE.largeur integers; those of state k go from `debuts[k]` to `debuts[k + 1]`. */
  readonly suites: Int32Array;
  readonly debuts: Int32Array;
  readonly accepte: Uint8Array;
  /** Wildcards of each state. */
  readonly jokers: readonly (readonly { readonly joker: JokerArtefact; readonly cible: number }[])[];
  /** Any declaration of each name: to go on judging after an element out of place. */
  readonly secours: ReadonlyMap<number, number>;
}

export interface AttributPret {
  readonly nom: number;
  readonly requis: boolean;
  readonly juge: Juge;
  readonly fixe: string | null;
}

export interface TypePret {
  readonly rang: number;
  readonly nom: string;
  readonly contenu: number;
  readonly abstrait: boolean;
  readonly juge: Juge | null;
  readonly modele: ModelePret | null;
  /** Same order as `attributs`. */
  readonly attNoms: Int32Array;
  readonly attributs: readonly AttributPret[];
  readonly requis: number;
  readonly joker: JokerArtefact | null;
}

export interface ElementPret {
  readonly artefact: ElementArtefact;
  readonly type: TypePret;
}

function automate(
  artefact: ModeleArtefact & { genre: 'automate' },
  jokers: readonly JokerArtefact[],
): ModelePret {
  const { etats } = artefact;
  const debuts = new Int32Array(etats.length + 1);
  const lignes: number[] = [];
  const secours = new Map<number, number>();
  for (const [k, etat] of etats.entries()) {
    debuts[k] = lignes.length;
    for (const s of etat.suites) {
      lignes.push(s.nom, s.cible, s.element, s.rang);
      if (!secours.has(s.nom)) secours.set(s.nom, s.element);
    }
  }
  debuts[etats.length] = lignes.length;
  return {
    artefact,
    compteurs: artefact.rangs,
    suites: Int32Array.from(lignes),
    debuts,
    accepte: Uint8Array.from(etats, (e) => (e.accepte ? 1 : 0)),
    jokers: etats.map((e) =>
      e.jokers.flatMap((j) => {
        const joker = jokers[j.joker];
        return joker === undefined ? [] : [{ joker, cible: j.cible }];
      }),
    ),
    secours,
  };
}

/** `xs:all` as one state that every member leads back to; counters tell which came. */
function tous(artefact: ModeleArtefact & { genre: 'tous' }): ModelePret {
  return {
    artefact,
    compteurs: artefact.membres.length,
    suites: Int32Array.from(artefact.membres.flatMap((m, k) => [m.nom, 0, m.element, k])),
    debuts: Int32Array.of(0, artefact.membres.length * SUITE.largeur),
    accepte: Uint8Array.of(1),
    jokers: [[]],
    secours: new Map(artefact.membres.map((m) => [m.nom, m.element])),
  };
}

const cle = (uri: string, local: string): string => `${uri} ${local}`;

export class SchemaXsd {
  readonly artefact: ArtefactXsd;
  readonly types: readonly TypePret[];
  readonly elements: readonly ElementPret[];
  /** Declarations by row of `artefact.noms`. */
  readonly racines: ReadonlyMap<number, number>;
  readonly attributs: ReadonlyMap<number, AttributPret>;
  readonly #noms: ReadonlyMap<string, number>;
  readonly #typesNommes: ReadonlyMap<number, number>;
  readonly #juges = new Map<number, Juge>();

  constructor(artefact: ArtefactXsd) {
    this.artefact = artefact;
    this.#noms = new Map(artefact.noms.map(([uri, local], k) => [cle(uri, local), k]));
    this.#typesNommes = new Map(artefact.typesNommes);
    this.racines = new Map(artefact.racines);
    const modeles = artefact.modeles.map((m) =>
      m.genre === 'tous' ? tous(m) : automate(m, artefact.jokers),
    );
    this.types = artefact.types.map((t, k) => this.#type(t, k, modeles));
    this.elements = artefact.elements.map((e) => ({ artefact: e, type: this.type(e.type) }));
    this.attributs = new Map(artefact.attributs.map((a) => [a.nom, { ...a, juge: this.#juge(a.type) }]));
  }

  #juge(rang: number): Juge {
    const connu = this.#juges.get(rang);
    if (connu !== undefined) return connu;
    const simple = this.artefact.types[rang];
    // a row of the artefact that is not a simple type never stands where one is asked for
    const juge =
      simple?.genre === 'simple'
        ? new Juge(simple, rang, (autre) => this.#juge(autre))
        : this.#juge(RANG_ANYTYPE + 1);
    this.#juges.set(rang, juge);
    return juge;
  }

  #type(type: TypeArtefact, rang: number, modeles: readonly ModelePret[]): TypePret {
    if (type.genre === 'complexe') return this.#complexe(type, rang, modeles);
    return {
      rang,
      nom: type.nom,
      contenu: CONTENU.simple,
      abstrait: false,
      juge: this.#juge(rang),
      modele: null,
      attNoms: new Int32Array(0),
      attributs: [],
      requis: 0,
      joker: null,
    };
  }

  #complexe(type: ComplexeArtefact, rang: number, modeles: readonly ModelePret[]): TypePret {
    return {
      rang,
      nom: type.nom,
      contenu: CONTENU[type.contenu],
      abstrait: type.abstrait,
      juge: type.contenu === 'simple' ? this.#juge(type.valeur) : null,
      modele: modeles[type.modele] ?? null,
      attNoms: Int32Array.from(type.attributs, (a) => a.nom),
      attributs: type.attributs.map((a) => ({ ...a, juge: this.#juge(a.type) })),
      requis: type.attributs.filter((a) => a.requis).length,
      joker: this.artefact.jokers[type.joker] ?? null,
    };
  }

  /** Row of a name, -1 when the schema does not know it. */
  nom(uri: string, local: string): number {
    return this.#noms.get(cle(uri, local)) ?? -1;
  }

  localDe(nom: number): string {
    return this.artefact.noms[nom]?.[1] ?? '';
  }

  type(rang: number): TypePret {
    return this.types[rang] ?? (this.types[RANG_ANYTYPE] as TypePret);
  }

  /** The global type of this name, null when there is none. */
  typeNomme(uri: string, local: string): TypePret | null {
    const rang = this.#typesNommes.get(this.nom(uri, local));
    return rang === undefined ? null : this.type(rang);
  }

  /**
   * Whether a value of type `rang` may stand where `attendu` is declared, `bloque` refused (XSD Structures, 3.4.6
   * and 3.14.6).
   */
  remplace(rang: number, attendu: number, bloque: number): boolean {
    const types = this.artefact.types;
    let voies = 0;
    for (let t = rang; t >= 0; t = types[t]?.base ?? -1) {
      if (t === attendu) return (voies & bloque) === 0;
      const type = types[t];
      voies |= type?.genre === 'complexe' ? type.derivation : DERIVATION.restriction;
      if (t === RANG_ANYTYPE) break;
    }
    const cible = types[attendu];
    if (cible?.genre !== 'simple' || cible.variete !== 'union') return false;
    return cible.membres.some((membre) => this.remplace(rang, membre, bloque));
  }
}
