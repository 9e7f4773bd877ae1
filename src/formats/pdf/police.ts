import { deflateSync } from 'node:zlib';
import type { MiseAJour } from './mise-a-jour.ts';
import { dictionnaire, nom, nombre, type Reference, tableau } from './objets.ts';
import { chaine } from './chaines.ts';
import type { PoliceTrueType } from './truetype.ts';

/** A font of some characters, embedded whole readers agree on: glyphs by their rank (ISO 32000-1, 9.7). */

/** Letters of a name that no other subset of this file has; any six do (9.6.4). */
const NOM = 'VGMTMP+NotoSans';
/** The font is upright, without serif, of another set of characters than the Latin one of 1984 (table 123). */
const SYMBOLIQUE = 4;

export class PoliceReduite {
  readonly #police: PoliceTrueType;
  readonly #caracteres: readonly number[];
  readonly #octets: Buffer;
  readonly #rangs: ReadonlyMap<number, number>;

  /** @param texte all that will be written. */
  constructor(police: PoliceTrueType, texte: string) {
    this.#police = police;
    this.#caracteres = [...new Set(texte)].map((c) => c.codePointAt(0) ?? 0).toSorted((a, b) => a - b);
    const { octets, rangs } = police.reduire(this.#caracteres.map((c) => police.glyphe(c)));
    this.#octets = octets;
    this.#rangs = rangs;
  }

  #rang(caractere: number): number {
    return this.#rangs.get(this.#police.glyphe(caractere)) ?? 0;
  }

  /** What `Tj` shows: ranks on two bytes, in hexadecimal. */
  coder(texte: string): string {
    const rangs = Array.from(texte, (c) =>
      this.#rang(c.codePointAt(0) ?? 0)
        .toString(16)
        .padStart(4, '0'),
    );
    return `<${rangs.join('')}>`;
  }

  /** In units of text space, for a body of one. */
  largeur(texte: string): number {
    let total = 0;
    for (const c of texte) total += this.#police.chasse(this.#police.glyphe(c.codePointAt(0) ?? 0));
    return total / 1000;
  }

  /** What readers copy and search: each rank as its character, in UTF-16 (9.10.3). */
  #versUnicode(): Buffer {
    const paires = new Map(this.#caracteres.map((c) => [this.#rang(c), c]));
    paires.delete(0);
    const lignes = [...paires]
      .toSorted(([a], [b]) => a - b)
      .map(([rang, c]) => {
        const unicode = Buffer.from(String.fromCodePoint(c), 'utf16le').swap16().toString('hex');
        return `<${rang.toString(16).padStart(4, '0')}> <${unicode}>\n`;
      });
    const blocs = Array.from({ length: Math.ceil(lignes.length / 100) }, (_, i) => {
      const bloc = lignes.slice(100 * i, 100 * i + 100);
      return `${bloc.length} beginbfchar\n${bloc.join('')}endbfchar\n`;
    });
    return Buffer.from(
      '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n' +
        '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n' +
        '/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n' +
        `1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n${blocs.join('')}` +
        'endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n',
      'latin1',
    );
  }

  #descripteur(fichier: Reference): ReturnType<typeof dictionnaire> {
    const { haut, bas, boite } = this.#police.mesures();
    return dictionnaire({
      Type: nom('FontDescriptor'),
      FontName: nom(NOM),
      Flags: nombre(SYMBOLIQUE),
      FontBBox: tableau(boite.map(nombre)),
      ItalicAngle: nombre(0),
      Ascent: nombre(haut),
      Descent: nombre(bas),
      CapHeight: nombre(haut),
      StemV: nombre(80),
      FontFile2: fichier,
    });
  }

  #chasses(): ReturnType<typeof tableau> {
    const parRang = [...this.#rangs].toSorted(([, a], [, b]) => a - b);
    return tableau([nombre(0), tableau(parRang.map(([glyphe]) => nombre(this.#police.chasse(glyphe))))]);
  }

  /** @returns the font, to be named in resources. */
  poser(maj: MiseAJour): Reference {
    const [police, cid, descripteur, fichier, unicode] = [
      maj.reserver(),
      maj.reserver(),
      maj.reserver(),
      maj.reserver(),
      maj.reserver(),
    ];
    const flate = { Filter: nom('FlateDecode') };
    maj.poser(
      police,
      dictionnaire({
        Type: nom('Font'),
        Subtype: nom('Type0'),
        BaseFont: nom(NOM),
        Encoding: nom('Identity-H'),
        DescendantFonts: tableau([cid]),
        ToUnicode: unicode,
      }),
    );
    maj.poser(
      cid,
      dictionnaire({
        Type: nom('Font'),
        Subtype: nom('CIDFontType2'),
        BaseFont: nom(NOM),
        CIDSystemInfo: dictionnaire({
          Registry: chaine(Buffer.from('Adobe')),
          Ordering: chaine(Buffer.from('Identity')),
          Supplement: nombre(0),
        }),
        CIDToGIDMap: nom('Identity'),
        FontDescriptor: descripteur,
        W: this.#chasses(),
      }),
    );
    maj.poser(descripteur, this.#descripteur(fichier));
    const longueur = nombre(this.#octets.length);
    maj.poserFlux(fichier, dictionnaire({ ...flate, Length1: longueur }), deflateSync(this.#octets));
    maj.poserFlux(unicode, dictionnaire(flate), deflateSync(this.#versUnicode()));
    return police;
  }
}
