import { createHash } from 'node:crypto';
import { chaine, octetsDe } from './chaines.ts';
import type { Place } from './chiffrement.ts';
import type { DocumentPdf, ObjetSitue } from './document.ts';
import { ecrireObjet } from './ecrire.ts';
import {
  avec,
  type Dictionnaire,
  dictionnaire,
  nom,
  nombre,
  type ObjetPdf,
  type Reference,
  reference,
  tableau,
} from './objets.ts';

/**
 * An incremental update (ISO 32000-1, 7.5.6): what is added after the last byte of a document, which stays as it is.
 * Its cross-references are of the sort that the document ends with, for readers do not mix them.
 */
export class MiseAJour {
  readonly #document: DocumentPdf;
  readonly #morceaux: Buffer[] = [];
  readonly #places = new Map<number, { readonly position: number; readonly generation: number }>();
  #libre: number;
  #longueur = 0;

  constructor(document: DocumentPdf) {
    this.#document = document;
    this.#libre = document.references.premierLibre();
    // the last line of the document may have no end
    this.#ajouter('\n');
  }

  /** A number that no object has. */
  reserver(): Reference {
    this.#libre += 1;
    return reference(this.#libre - 1);
  }

  #ajouter(morceau: string | Uint8Array): void {
    const octets = typeof morceau === 'string' ? Buffer.from(morceau, 'latin1') : Buffer.from(morceau);
    this.#morceaux.push(octets);
    this.#longueur += octets.length;
  }

  /** Offset of the next byte, as this document counts. */
  get #position(): number {
    return this.#document.octets.taille + this.#longueur - this.#document.references.origine;
  }

  #ouvrir({ numero, generation }: Place): void {
    this.#places.set(numero, { position: this.#position, generation });
    this.#ajouter(`${numero} ${generation} obj\n`);
  }

  /** A new object, whose strings are clear. */
  poser(ou: Reference, objet: ObjetPdf): void {
    this.#ecrire(ou, objet, true);
  }

  /** The object of this number from now on; only the first time. @param avant what it was. */
  remplacer(numero: number, avant: ObjetSitue, objet: ObjetPdf): void {
    // pages that are also the resources of others: made to harm, and told once
    if (this.#places.has(numero)) return;
    this.#ecrire({ numero, generation: avant.generation }, objet, avant.clair);
  }

  /** @param clair false: its strings are already those of an encrypted document. */
  #ecrire(place: Place, objet: ObjetPdf, clair: boolean): void {
    const { chiffrement } = this.#document;
    const chiffrer =
      clair && chiffrement !== null ? (o: Uint8Array) => chiffrement.chiffrerChaine(o, place) : null;
    this.#ouvrir(place);
    this.#ajouter(`${ecrireObjet(objet, chiffrer)}\nendobj\n`);
  }

  poserFlux(ou: Reference, entrees: Dictionnaire, octets: Uint8Array): void {
    const { chiffrement } = this.#document;
    const chiffres = chiffrement === null ? octets : chiffrement.chiffrerFlux(octets, ou);
    const chaines = chiffrement === null ? null : (o: Uint8Array) => chiffrement.chiffrerChaine(o, ou);
    this.#ouvrir(ou);
    this.#ajouter(`${ecrireObjet(avec(entrees, 'Length', nombre(chiffres.length)), chaines)}\nstream\n`);
    this.#ajouter(chiffres);
    this.#ajouter('\nendstream\nendobj\n');
  }

  /** Runs of numbers that follow one another. */
  #suites(): readonly (readonly number[])[] {
    const suites: number[][] = [];
    for (const numero of [...this.#places.keys()].toSorted((a, b) => a - b)) {
      const derniere = suites.at(-1);
      if (derniere?.at(-1) === numero - 1) derniere.push(numero);
      else suites.push([numero]);
    }
    return suites;
  }

  /** The second identifier tells this version from the one before (14.4); the first one never changes. */
  #identifiant(): ObjetPdf | null {
    const [premier, second] = this.#document.elements(this.#document.trailer.entrees.get('ID'));
    if (premier?.type !== 'chaine' || second?.type !== 'chaine') return null;
    const empreinte = createHash('sha256').update(octetsDe(second));
    for (const morceau of this.#morceaux) empreinte.update(morceau);
    return tableau([premier, chaine(empreinte.digest().subarray(0, 16))]);
  }

  /** Entries of the trailer before, but those that tell of its own section. */
  #trailer(): Dictionnaire {
    const { entrees } = this.#document.trailer;
    const gardees = [...entrees].filter(([cle]) => !PROPRES.has(cle));
    const id = this.#identifiant();
    return {
      type: 'dictionnaire',
      entrees: new Map<string, ObjetPdf>([
        ['Size', nombre(this.#libre)],
        ...gardees,
        ...(id === null ? [] : [['ID', id] as const]),
        ['Prev', nombre(this.#document.references.depart)],
      ]),
    };
  }

  #table(): void {
    const lignes = this.#suites().map((suite) => {
      const entrees = suite.map((numero) => {
        const { position, generation } = this.#places.get(numero) ?? { position: 0, generation: 0 };
        return `${String(position).padStart(10, '0')} ${String(generation).padStart(5, '0')} n \n`;
      });
      return `${suite[0] ?? 0} ${suite.length}\n${entrees.join('')}`;
    });
    this.#ajouter(`xref\n${lignes.join('')}trailer\n${ecrireObjet(this.#trailer(), null)}\n`);
  }

  #flux(): void {
    const ou = this.reserver();
    const trailer = this.#trailer();
    this.#places.set(ou.numero, { position: this.#position, generation: 0 });
    const suites = this.#suites();
    const entrees = suites.flat().map((numero) => {
      const { position, generation } = this.#places.get(numero) ?? { position: 0, generation: 0 };
      const entree = Buffer.alloc(9);
      entree.writeUInt8(1, 0);
      entree.writeUIntBE(position, 1, 6);
      entree.writeUInt16BE(generation & 0xffff, 7);
      return entree;
    });
    const octets = Buffer.concat(entrees);
    const propres = dictionnaire({
      Type: nom('XRef'),
      W: tableau([nombre(1), nombre(6), nombre(2)]),
      Index: tableau(suites.flatMap((s) => [nombre(s[0] ?? 0), nombre(s.length)])),
      Length: nombre(octets.length),
    });
    const tout: Dictionnaire = {
      type: 'dictionnaire',
      entrees: new Map([...trailer.entrees, ...propres.entrees]),
    };
    this.#ajouter(`${ou.numero} 0 obj\n${ecrireObjet(tout, null)}\nstream\n`);
    this.#ajouter(octets);
    this.#ajouter('\nendstream\nendobj\n');
  }

  /** @returns the bytes to put after the document; nothing can be added afterwards. */
  terminer(): Buffer {
    const { references } = this.#document;
    const enFlux = references.sections[0]?.enFlux === true;
    const depart = this.#position;
    if (enFlux) this.#flux();
    else this.#table();
    this.#ajouter(`startxref\n${depart}\n%%EOF\n`);
    return Buffer.concat(this.#morceaux);
  }
}

/** Entries of a trailer that tell of one section, or of the stream that it is. */
const PROPRES: ReadonlySet<string> = new Set([
  'Size',
  'Prev',
  'XRefStm',
  'Type',
  'W',
  'Index',
  'Length',
  'Filter',
  'DecodeParms',
  'DL',
  'F',
  'FFilter',
  'FDecodeParms',
]);
