import { abime, Analyseur } from './analyseur.ts';
import { enDictionnaire, type Dictionnaire } from './objets.ts';
import type { Octets } from './octets.ts';
import type { Entree, Section } from './section.ts';

/** Cross-reference tables (ISO 32000-1, 7.5.4). Entries are read where they stand, when they are asked for. */

interface SousSection {
  readonly premier: number;
  readonly nombre: number;
  readonly position: number;
  /** Bytes of an entry: 20, or what its writer made of it. */
  readonly largeur: number;
}

const ENTREE = /^([0-9]{10}) ([0-9]{5}) ([nf])/;
const SOUS_SECTIONS_MAX = 50_000;

function malEcrite(): Error {
  return abime('sa table des références est mal écrite');
}

/** Old writers ended the lines with one byte: the first entry tells how long all are. */
function largeurEntree(octets: Octets, position: number): number {
  const [debut = ''] =
    /^[0-9]{10} [0-9]{5} [nf][ \r\n]{1,2}/.exec(octets.texte(position, position + 20)) ?? [];
  if (debut === '') throw malEcrite();
  return debut.length;
}

function lireSousSection(octets: Octets, a: Analyseur, premier: number): SousSection {
  const compte = a.mot();
  if (!/^[0-9]{1,10}$/.test(compte)) throw malEcrite();
  const nombre = Number(compte);
  a.blancs();
  const { position } = a;
  if (nombre === 0) return { premier, nombre, position, largeur: 0 };
  const largeur = largeurEntree(octets, position);
  // some writers number from 1 the list whose head is the free object 0
  const decale = premier === 1 && /^0{10} 65535 f/.test(octets.texte(position, position + 18));
  a.position += nombre * largeur;
  if (a.position > octets.taille) throw malEcrite();
  return { premier: decale ? 0 : premier, nombre, position, largeur };
}

class TableReferences implements Section {
  readonly trailer: Dictionnaire;
  readonly enFlux = false;
  readonly fin: number;
  readonly poids = 0;
  readonly #octets: Octets;
  readonly #sousSections: readonly SousSection[];

  constructor(octets: Octets, trailer: Dictionnaire, sousSections: readonly SousSection[]) {
    this.#octets = octets;
    this.trailer = trailer;
    this.#sousSections = sousSections;
    this.fin = sousSections.reduce((fin, s) => Math.max(fin, s.premier + s.nombre), 0);
  }

  chercher(numero: number): Entree | null {
    const s = this.#sousSections.find(
      ({ premier, nombre }) => numero >= premier && numero < premier + nombre,
    );
    if (s === undefined) return null;
    const place = s.position + (numero - s.premier) * s.largeur;
    const lu = ENTREE.exec(this.#octets.texte(place, place + 18));
    if (lu === null) throw malEcrite();
    const [, position = '', generation = '', sorte] = lu;
    // an object at the place 0 is one that its writer forgot to free
    if (sorte === 'f' || Number(position) === 0) return { type: 'libre' };
    return { type: 'place', position: Number(position), generation: Number(generation) };
  }
}

/** @returns the table that begins at this place, null when none does. Throws VGM-PDF-001. */
export function lireTable(octets: Octets, position: number): Section | null {
  const a = new Analyseur(octets, position);
  if (!a.passer('xref')) return null;
  const sousSections: SousSection[] = [];
  for (let mot = a.mot(); mot !== 'trailer'; mot = a.mot()) {
    if (!/^[0-9]{1,10}$/.test(mot) || sousSections.length >= SOUS_SECTIONS_MAX) throw malEcrite();
    sousSections.push(lireSousSection(octets, a, Number(mot)));
  }
  const trailer = enDictionnaire(a.objet());
  if (trailer === null) throw malEcrite();
  return new TableReferences(octets, trailer, sousSections);
}
