import type { Balise } from './evenements.ts';

/** Arrays of integers of a tag. */
const COLONNES = 12;

/** The start tag delivered, one for a whole reading: filled by `ouvrante.ts`, given its names by `nommage.ts`. */
export class BaliseLue implements Balise {
  octets: Buffer = Buffer.alloc(0);
  debut = 0;
  finNom = 0;
  fin = 0;
  vide = false;
  soignee = false;
  nom = 0;
  qualifie = 0;
  profondeur = 0;
  id: string | null = null;
  nombre = 0;
  readonly attNom: Int32Array;
  readonly attQualifie: Int32Array;
  readonly attDebutNom: Int32Array;
  readonly attFinNom: Int32Array;
  readonly attDebut: Int32Array;
  readonly attFin: Int32Array;
  readonly attEtat: Uint8Array;
  declarations = 0;
  readonly declPrefixe: Int32Array;
  readonly declEspace: Int32Array;
  /** Declarations as written, put aside until the whole tag is read. */
  readonly declQualifie: Int32Array;
  readonly declDebutNom: Int32Array;
  readonly declDebut: Int32Array;
  readonly declFin: Int32Array;

  /** @param max attributes and declarations. */
  constructor(max: number) {
    const n = max + 1;
    // one piece of memory: a reading is begun for each small document
    const rangees = new Int32Array(COLONNES * n);
    const colonne = (k: number): Int32Array => rangees.subarray(k * n, (k + 1) * n);
    this.attNom = colonne(0);
    this.attQualifie = colonne(1);
    this.attDebutNom = colonne(2);
    this.attFinNom = colonne(3);
    this.attDebut = colonne(4);
    this.attFin = colonne(5);
    this.attEtat = new Uint8Array(n);
    this.declPrefixe = colonne(6);
    this.declEspace = colonne(7);
    this.declQualifie = colonne(8);
    this.declDebutNom = colonne(9);
    this.declDebut = colonne(10);
    this.declFin = colonne(11);
  }
}
