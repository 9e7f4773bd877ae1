import { erreurPdf } from '../../metier/catalogue/pdf.ts';

/**
 * A TrueType font (ISO/IEC 14496-22) as far as some glyphs of it are to be embedded: their widths, their outlines, and the
 * font reduced to them. Ours, installed with the program: what is wrong with it is an error of the installation.
 */

const inutilisable = (detail: string): Error =>
  erreurPdf('VGM-PDF-006', { detail: `police inutilisable, ${detail}` });

/** Tables that an embedded font keeps as they are (ISO 32000-1, 9.9, for CIDFontType2). */
const COPIEES = ['cvt ', 'fpgm', 'prep'] as const;

interface Glyphes {
  /** Rank in the reduced font → rank in the whole one; `.notdef` first. */
  readonly rangs: readonly number[];
  readonly nouveaux: ReadonlyMap<number, number>;
}

export class PoliceTrueType {
  readonly #octets: Buffer;
  readonly #tables: ReadonlyMap<string, Buffer>;
  readonly #cmap: Buffer;
  /** Units of the em. */
  readonly cadratin: number;

  constructor(octets: Buffer) {
    this.#octets = octets;
    this.#tables = this.#lireTables();
    this.cadratin = this.#table('head').readUInt16BE(18);
    this.#cmap = this.#unicode();
  }

  #lireTables(): ReadonlyMap<string, Buffer> {
    const nombre = this.#octets.readUInt16BE(4);
    return new Map(
      Array.from({ length: nombre }, (_, i) => {
        const ici = 12 + 16 * i;
        const debut = this.#octets.readUInt32BE(ici + 8);
        const nom = this.#octets.toString('latin1', ici, ici + 4);
        return [nom, this.#octets.subarray(debut, debut + this.#octets.readUInt32BE(ici + 12))];
      }),
    );
  }

  #table(nom: string): Buffer {
    const table = this.#tables.get(nom);
    if (table === undefined) throw inutilisable(`sans table ${nom}`);
    return table;
  }

  /** The Windows Unicode map of the basic plane, which every font of text has. */
  #unicode(): Buffer {
    const cmap = this.#table('cmap');
    for (let i = 0; i < cmap.readUInt16BE(2); i += 1) {
      const ici = 4 + 8 * i;
      const sous = cmap.subarray(cmap.readUInt32BE(ici + 4));
      const windows = cmap.readUInt16BE(ici) === 3 && cmap.readUInt16BE(ici + 2) === 1;
      if (windows && sous.readUInt16BE(0) === 4) return sous;
    }
    throw inutilisable('sans carte Unicode');
  }

  /** @returns rank of the glyph of a character; 0, the sign of what is missing, when the font has none. */
  glyphe(caractere: number): number {
    const c = this.#cmap;
    const double = c.readUInt16BE(6);
    for (let i = 0; i < double; i += 2) {
      if (c.readUInt16BE(14 + i) < caractere) continue;
      const debut = c.readUInt16BE(16 + double + i);
      if (debut > caractere) return 0;
      const delta = c.readUInt16BE(16 + 2 * double + i);
      const place = 16 + 3 * double + i;
      const saut = c.readUInt16BE(place);
      if (saut === 0) return (caractere + delta) & 0xffff;
      const rang = c.readUInt16BE(place + saut + 2 * (caractere - debut));
      return rang === 0 ? 0 : (rang + delta) & 0xffff;
    }
    return 0;
  }

  /** In thousandths of the em, as PDF counts. */
  chasse(glyphe: number): number {
    const nombre = this.#table('hhea').readUInt16BE(34);
    const unites = this.#table('hmtx').readUInt16BE(4 * Math.min(glyphe, nombre - 1));
    return (unites * 1000) / this.cadratin;
  }

  /** Ascender, descender and box, in thousandths of the em. */
  mesures(): { readonly haut: number; readonly bas: number; readonly boite: readonly number[] } {
    const enMilliemes = (n: number): number => Math.round((n * 1000) / this.cadratin);
    const [head, hhea] = [this.#table('head'), this.#table('hhea')];
    return {
      haut: enMilliemes(hhea.readInt16BE(4)),
      bas: enMilliemes(hhea.readInt16BE(6)),
      boite: [36, 38, 40, 42].map((ici) => enMilliemes(head.readInt16BE(ici))),
    };
  }

  #contour(glyphe: number): Buffer {
    const loca = this.#table('loca');
    const long = this.#table('head').readInt16BE(50) === 1;
    const place = (i: number): number => (long ? loca.readUInt32BE(4 * i) : 2 * loca.readUInt16BE(2 * i));
    return this.#table('glyf').subarray(place(glyphe), place(glyphe + 1));
  }

  /** Places, in a composite outline, of the ranks of its components. */
  #composants(contour: Buffer): readonly number[] {
    if (contour.length < 10 || contour.readInt16BE(0) >= 0) return [];
    const places: number[] = [];
    for (let ici = 10, suite = true; suite; ) {
      const drapeaux = contour.readUInt16BE(ici);
      places.push(ici + 2);
      const echelle = drapeaux & 0x08 ? 2 : drapeaux & 0x40 ? 4 : drapeaux & 0x80 ? 8 : 0;
      ici += 4 + (drapeaux & 0x01 ? 4 : 2) + echelle;
      suite = (drapeaux & 0x20) !== 0;
    }
    return places;
  }

  #reunir(voulus: readonly number[]): Glyphes {
    const nouveaux = new Map([[0, 0]]);
    const rangs = [0];
    const ajouter = (g: number): void => {
      if (nouveaux.has(g)) return;
      nouveaux.set(g, rangs.length);
      rangs.push(g);
    };
    voulus.forEach(ajouter);
    // the list grows as components are found
    for (const g of rangs) {
      const contour = this.#contour(g);
      for (const place of this.#composants(contour)) ajouter(contour.readUInt16BE(place));
    }
    return { rangs, nouveaux };
  }

  #contours({ rangs, nouveaux }: Glyphes): { glyf: Buffer; loca: Buffer } {
    const loca = Buffer.alloc(4 * (rangs.length + 1));
    let longueur = 0;
    const glyf = rangs.map((g, i) => {
      const contour = Buffer.from(this.#contour(g));
      for (const place of this.#composants(contour)) {
        contour.writeUInt16BE(nouveaux.get(contour.readUInt16BE(place)) ?? 0, place);
      }
      longueur += contour.length + (-contour.length & 3);
      loca.writeUInt32BE(longueur, 4 * (i + 1));
      return Buffer.concat([contour, Buffer.alloc(-contour.length & 3)]);
    });
    return { glyf: Buffer.concat(glyf), loca };
  }

  #metriques({ rangs }: Glyphes): Buffer {
    const [hmtx, nombre] = [this.#table('hmtx'), this.#table('hhea').readUInt16BE(34)];
    const sortie = Buffer.alloc(4 * rangs.length);
    for (const [i, g] of rangs.entries()) {
      sortie.writeUInt16BE(hmtx.readUInt16BE(4 * Math.min(g, nombre - 1)), 4 * i);
      const marge = g < nombre ? 4 * g + 2 : 4 * nombre + 2 * (g - nombre);
      sortie.writeInt16BE(hmtx.readInt16BE(marge), 4 * i + 2);
    }
    return sortie;
  }

  /**
   * @param voulus ranks of glyphs.
   * @returns the font reduced to them, and the rank of each in it; the same glyphs make the same bytes.
   */
  reduire(voulus: readonly number[]): {
    readonly octets: Buffer;
    readonly rangs: ReadonlyMap<number, number>;
  } {
    const glyphes = this.#reunir(voulus);
    const { glyf, loca } = this.#contours(glyphes);
    const [head, hhea, maxp] = ['head', 'hhea', 'maxp'].map((nom) => Buffer.from(this.#table(nom)));
    if (head === undefined || hhea === undefined || maxp === undefined) throw inutilisable('incomplète');
    // long offsets; the sum of the whole file, which no reader of PDF looks at, is left out
    head.writeInt16BE(1, 50);
    head.writeUInt32BE(0, 8);
    hhea.writeUInt16BE(glyphes.rangs.length, 34);
    maxp.writeUInt16BE(glyphes.rangs.length, 4);
    const tables: [string, Buffer][] = [
      ['glyf', glyf],
      ['head', head],
      ['hhea', hhea],
      ['hmtx', this.#metriques(glyphes)],
      ['loca', loca],
      ['maxp', maxp],
    ];
    for (const nom of COPIEES) {
      const table = this.#tables.get(nom);
      if (table !== undefined) tables.push([nom, table]);
    }
    return { octets: assembler(tables), rangs: glyphes.nouveaux };
  }
}

function somme(table: Buffer): number {
  let total = 0;
  for (let i = 0; i + 4 <= table.length; i += 4) total = (total + table.readUInt32BE(i)) >>> 0;
  return total;
}

/** The directory of tables, in the order of their names, then the tables, each on four bytes. */
function assembler(tables: readonly (readonly [string, Buffer])[]): Buffer {
  const rangees = tables.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const entete = Buffer.alloc(12 + 16 * rangees.length);
  const puissance = 31 - Math.clz32(rangees.length);
  entete.writeUInt32BE(0x0001_0000, 0);
  [rangees.length, 16 << puissance, puissance, 16 * rangees.length - (16 << puissance)].forEach((n, i) =>
    entete.writeUInt16BE(n, 4 + 2 * i),
  );
  const morceaux = [entete];
  let place = entete.length;
  for (const [i, [nom, table]] of rangees.entries()) {
    const pleine = Buffer.concat([table, Buffer.alloc(-table.length & 3)]);
    entete.write(nom, 12 + 16 * i, 'latin1');
    [somme(pleine), place, table.length].forEach((n, k) => entete.writeUInt32BE(n, 16 + 16 * i + 4 * k));
    morceaux.push(pleine);
    place += pleine.length;
  }
  return Buffer.concat(morceaux);
}
