import { abime, demesure } from './analyseur.ts';
import { octetsDe } from './chaines.ts';
import { Chiffrement, type Place } from './chiffrement.ts';
import { type Decodage, decoder } from './filtres.ts';
import { FluxObjets } from './flux-objets.ts';
import { finFlux, type Indirect, lireIndirect } from './indirect.ts';
import {
  type Dictionnaire,
  enDictionnaire,
  enEntier,
  NUL,
  type ObjetPdf,
  type Reference,
  type Tableau,
} from './objets.ts';
import type { Octets } from './octets.ts';
import { References } from './references.ts';
import type { Entree } from './section.ts';

/** Bytes of an object stream, decoded. */
const FLUX_OBJETS_MAX = 48_000_000;
/** Bytes of the object streams that are kept. */
const GARDES_MAX = 64_000_000;
const OBJETS_GARDES = 2000;
const RENVOIS_MAX = 10;
/** Bytes of a stream before it is decoded: contents of pages and structures, never images. */
const FLUX_MAX = 32_000_000;

/** An object, and what writing it again must know. */
export interface ObjetSitue {
  readonly objet: ObjetPdf;
  readonly generation: number;
  /** Its strings are clear even in an encrypted document, for it stands in an object stream. */
  readonly clair: boolean;
}

const ABSENT: ObjetSitue = { objet: NUL, generation: 0, clair: false };

/** A PDF read where it stands: only what is asked for is in memory. Throws VGM-PDF-001 to -003. */
export class DocumentPdf {
  readonly octets: Octets;
  readonly references: References;
  /** null: not encrypted. */
  readonly chiffrement: Chiffrement | null;
  readonly #objets = new Map<number, ObjetSitue>();
  readonly #fluxObjets = new Map<number, FluxObjets>();
  /** What is being read: an object whose reading needs itself is a loop. */
  readonly #enCours = new Set<number>();

  constructor(octets: Octets) {
    this.octets = octets;
    this.references = References.lire(octets);
    // while its dictionary is being read, nothing is deciphered: its strings never are (7.6.1)
    this.chiffrement = null;
    const dictionnaire = this.dictionnaire(this.trailer.entrees.get('Encrypt'));
    if (dictionnaire === null) return;
    this.chiffrement = new Chiffrement(this.#enDirect(dictionnaire), this.#id());
    this.#objets.clear();
    this.#fluxObjets.clear();
  }

  get trailer(): Dictionnaire {
    return this.references.trailer;
  }

  #id(): Buffer {
    const id = this.resoudre(this.trailer.entrees.get('ID'));
    const premier = id.type === 'tableau' ? this.resoudre(id.elements[0]) : NUL;
    return premier.type === 'chaine' ? octetsDe(premier) : Buffer.alloc(0);
  }

  #enDirect({ entrees }: Dictionnaire): Dictionnaire {
    return { type: 'dictionnaire', entrees: new Map([...entrees].map(([c, v]) => [c, this.resoudre(v)])) };
  }

  /** What a value is once its references are followed; null for what is nowhere. */
  resoudre(valeur: ObjetPdf | undefined): ObjetPdf {
    let objet = valeur ?? NUL;
    for (let n = 0; objet.type === 'reference'; n += 1) {
      if (n >= RENVOIS_MAX) throw abime('ses objets renvoient l’un à l’autre sans fin');
      ({ objet } = this.objet(objet.numero));
    }
    return objet;
  }

  /** The last of references that lead to one another. */
  derniere(depart: Reference): Reference {
    let reference = depart;
    for (let n = 0; n < RENVOIS_MAX; n += 1) {
      const { objet } = this.objet(reference.numero);
      if (objet.type !== 'reference') return reference;
      reference = objet;
    }
    throw abime('ses objets renvoient l’un à l’autre sans fin');
  }

  dictionnaire(valeur: ObjetPdf | undefined): Dictionnaire | null {
    return enDictionnaire(this.resoudre(valeur));
  }

  /** Absent or of another type: empty. */
  elements(valeur: ObjetPdf | undefined): Tableau['elements'] {
    const objet = this.resoudre(valeur);
    return objet.type === 'tableau' ? objet.elements : [];
  }

  objet(numero: number): ObjetSitue {
    const connu = this.#objets.get(numero);
    if (connu !== undefined) return connu;
    const situe = this.#lire(numero);
    if (this.#objets.size >= OBJETS_GARDES) this.#objets.clear();
    this.#objets.set(numero, situe);
    return situe;
  }

  #lire(numero: number): ObjetSitue {
    const entree = this.references.chercher(numero);
    if (entree.type === 'libre') return ABSENT;
    if (entree.type === 'place') {
      return { objet: this.#indirect(numero, entree).objet, generation: entree.generation, clair: false };
    }
    const objet = this.#dans(entree.flux).objet(numero);
    return objet === null ? ABSENT : { objet, generation: 0, clair: true };
  }

  #indirect(numero: number, entree: Extract<Entree, { type: 'place' }>): Indirect {
    const indirect = lireIndirect(this.octets, entree.position + this.references.origine);
    if (indirect?.numero !== numero) throw abime(`l’objet ${numero} n’est pas où sa table le dit`);
    return indirect;
  }

  #dans(numero: number): FluxObjets {
    const connu = this.#fluxObjets.get(numero);
    if (connu !== undefined) return connu;
    if (this.references.chercher(numero).type !== 'place') throw abime(`le flux d’objets ${numero} manque`);
    const lu = this.flux({ type: 'reference', numero, generation: 0 }, FLUX_OBJETS_MAX);
    if (lu?.type === 'demesure') throw demesure('un flux d’objets y est démesuré');
    const dictionnaire = enDictionnaire(this.objet(numero).objet);
    if (lu?.type !== 'decode' || dictionnaire === null)
      throw abime(`le flux d’objets ${numero} est illisible`);
    const flux = new FluxObjets(dictionnaire, lu.octets);
    this.#garder(numero, flux);
    return flux;
  }

  #garder(numero: number, flux: FluxObjets): void {
    let total = flux.poids;
    for (const f of this.#fluxObjets.values()) total += f.poids;
    if (total > GARDES_MAX) this.#fluxObjets.clear();
    this.#fluxObjets.set(numero, flux);
  }

  /**
   * @param limite bytes, once decoded.
   * @returns null when the reference leads to no stream.
   */
  flux({ numero }: Reference, limite: number): Decodage | null {
    const entree = this.references.chercher(numero);
    if (entree.type !== 'place') return null;
    if (this.#enCours.has(numero)) throw abime('ses objets tournent en rond');
    this.#enCours.add(numero);
    try {
      const { objet, donnees } = this.#indirect(numero, entree);
      if (objet.type !== 'dictionnaire' || donnees === null) return null;
      const dictionnaire = this.#enDirect(objet);
      const fin = finFlux(this.octets, donnees, enEntier(dictionnaire.entrees.get('Length')));
      if (fin === null) return { type: 'illisible' };
      if (fin - donnees > FLUX_MAX) return { type: 'demesure' };
      const clair = this.#dechiffrer(this.octets.tranche(donnees, fin), { numero, ...entree }, dictionnaire);
      return clair === null ? { type: 'illisible' } : decoder(clair, dictionnaire, limite);
    } finally {
      this.#enCours.delete(numero);
    }
  }

  #dechiffrer(octets: Uint8Array, place: Place, dictionnaire: Dictionnaire): Uint8Array | null {
    return this.chiffrement === null ? octets : this.chiffrement.dechiffrerFlux(octets, place, dictionnaire);
  }
}
