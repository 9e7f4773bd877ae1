import type { LimitesXml, PositionXml, Recepteur, RefusXml, SessionXml } from './evenements.ts';
import { vueDe } from './mots.ts';
import { TableNoms } from './noms.ts';
import { DIESE, estCaractere, NOM, POINT_VIRGULE, TABLES, type TablesOctets } from './octets.ts';
import { lireReference } from './references.ts';
import { type CleRefus, messageRefus, REFUS, type ValeursRefus } from './refus.ts';
import { Reperes } from './reperes.ts';
import { decoder } from './valeurs.ts';

/** Answers of the reading functions that are no index: the buffer ends inside the token; the reading is over. */
export const INCOMPLET = -1;
export const REFUSE = -2;

/** A reference is short; leading zeros beyond this have no honest use. */
const REFERENCE_MAX = 64;

/** What may stand between `&` and `;`: a name, or `#` and digits. */
const REFERENCE: Uint8Array = NOM.map((classe, c) => (c === DIESE ? 1 : classe));
const ENTITE = /^[\p{L}_:][\p{L}\p{N}\p{M}._:·-]*$/u;

/**
 * What the parts of the tokeniser share: a window on the file and the state of the reading. The byte at `fin` is
 * always 0, a class of its own in every table, so that the inner loops need no bound.
 */
export class Flot implements SessionXml {
  octets: Buffer = Buffer.alloc(0);
  vue: DataView = vueDe(this.octets);
  /** End of what may be read. */
  fin = 0;
  /** Nothing comes after `fin`. */
  dernier = false;
  /** Offset in the file of `octets[0]`. */
  base = 0;
  /** Open elements. */
  profondeur = 0;
  refus: RefusXml | null = null;
  tables: TablesOctets = TABLES['UTF-8'];
  readonly noms: TableNoms;
  /** Code point of the reference last read. */
  code = 0;
  readonly limites: LimitesXml;
  readonly recepteur: Recepteur;
  readonly reperes = new Reperes();
  readonly #prevenir: (() => void)[] = [];

  constructor(limites: LimitesXml, recepteur: Recepteur) {
    this.limites = limites;
    this.recepteur = recepteur;
    this.noms = new TableNoms(limites);
  }

  get encodage(): TablesOctets['encodage'] {
    return this.tables.encodage;
  }

  get unicode(): Uint16Array | null {
    return this.tables.unicode;
  }

  /** The encoding is known: everything that depends on it is built. */
  choisir(encodage: TablesOctets['encodage'], marque: number): void {
    this.tables = TABLES[encodage];
    this.noms.decoderSelon(this.tables.unicode);
    this.reperes.commencer(encodage === 'UTF-8', marque);
  }

  situer(indice: number): PositionXml {
    return this.reperes.situer(indice, this.base);
  }

  avantReprise(prevenir: () => void): void {
    this.#prevenir.push(prevenir);
  }

  /** The window is about to move. */
  reprendre(): void {
    for (const prevenir of this.#prevenir) prevenir();
  }

  arreter(code: string, message: string, indice: number): void {
    this.refus ??= { code, message, position: this.situer(indice) };
  }

  refuser(cle: CleRefus, indice: number, valeurs: ValeursRefus = {}): typeof REFUSE {
    this.arreter(REFUS[cle][0], messageRefus(cle, valeurs), indice);
    return REFUSE;
  }

  /** Something else was awaited at `indice`: the buffer ended, or the file is wrong. */
  manque(cle: CleRefus, indice: number, valeurs: ValeursRefus = {}): number {
    return indice >= this.fin ? INCOMPLET : this.refuser(cle, indice, valeurs);
  }

  /** A byte of the class `interdit`: the mark that ends the buffer, or no character. */
  interdit(indice: number): number {
    if (indice >= this.fin) return INCOMPLET;
    const hexa = (this.octets[indice] as number).toString(16).toUpperCase();
    return this.refuser('caractere', indice, { valeur: `U+${hexa.padStart(4, '0')}` });
  }

  texte(debut: number, fin: number): string {
    return decoder(this.octets.subarray(debut, fin), this.tables.unicode);
  }

  /** Reads the reference whose `&` is at `debut` into `code`. @returns the index after the `;`. */
  reference(debut: number): number {
    const apres = lireReference(this.octets, debut, this);
    if (apres < 0 || apres > this.fin) return this.#referenceFausse(debut);
    if (estCaractere(this.code)) return apres;
    const valeur = this.texte(debut, apres);
    return this.refuser('referenceInterdite', debut, { valeur });
  }

  /** Cut, unknown or malformed. */
  #referenceFausse(debut: number): number {
    const limite = Math.min(this.fin, debut + REFERENCE_MAX);
    let j = debut + 1;
    while (j < limite && REFERENCE[this.octets[j] as number] !== 0) j += 1;
    if (j === this.fin && j - debut < REFERENCE_MAX) return INCOMPLET;
    const corps = this.texte(debut + 1, j);
    if (this.octets[j] !== POINT_VIRGULE || !ENTITE.test(corps)) return this.refuser('reference', debut);
    return this.refuser('entite', debut, { valeur: corps });
  }
}
