import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import type { Balise } from '../../../../src/formats/xml/evenements.ts';
import { enIncise, fauteDeLecture, lieuDe } from '../../../../src/formats/xml/faute.ts';
import { vueDe } from '../../../../src/formats/xml/mots.ts';
import { Muet } from '../../../../src/formats/xml/muet.ts';
import { Patrons } from '../../../../src/formats/xml/patrons.ts';
import { Reperes } from '../../../../src/formats/xml/reperes.ts';
import { TETE_XML, transcodeur } from '../../../../src/formats/xml/transcodage.ts';
import { coupe, fauteUtf8 } from '../../../../src/formats/xml/utf8.ts';
import { decoder } from '../../../../src/formats/xml/valeurs.ts';

/** Bytes below the tokeniser, each file alone. */

const octets = (...valeurs: readonly number[]): Buffer => Buffer.from(valeurs);

describe('UTF-8 (RFC 3629)', () => {
  test.each([
    ['61', 1],
    ['61 c3', 1],
    ['61 c3 a9', 3],
    ['61 e2', 1],
    ['61 e2 82', 1],
    ['61 e2 82 ac', 4],
    ['f0', 0],
    ['f0 9f', 0],
    ['f0 9f 98', 0],
    ['f0 9f 98 80', 4],
    ['c3 a9 80', 3],
    ['80 80 80 80', 4],
    ['c0', 0],
    ['df', 0],
    ['e0 80', 0],
    ['c3 61', 2],
  ])('%s: a sequence that the end cuts begins at %i', (hexa, debut) => {
    const lus = Buffer.from(hexa.replaceAll(' ', ''), 'hex');
    expect(coupe(lus, 0, lus.length)).toBe(debut);
    const decales = Buffer.concat([octets(0xe2, 0x82), lus]);
    expect(coupe(decales, 2, decales.length)).toBe(debut + 2);
  });

  test.each([
    ['', -1],
    ['61 c3 a9 e2 82 ac f0 9f 98 80', -1],
    ['61 c3', 1],
    ['61 e2 82 61', 1],
    ['c3 a9 80', 2],
    ['61 ed a0 80', 1],
    ['61 c0 80', 1],
    ['61 f4 90 80 80', 1],
    ['61 62 ff', 2],
    ['ef bf bd', -1],
    ['61 ef bf be', 1],
    ['61 ef bf bf', 1],
    ['ef bf bd ef bf be', 3],
    ['61 ef bf be ff', 1],
    ['61 ff ef bf be', 1],
    ['ef bb bf ef bf bf', 3],
  ])('%s: the first that is no character of XML is at %i', (hexa, indice) => {
    const lus = Buffer.from(hexa.replaceAll(' ', ''), 'hex');
    expect(fauteUtf8(lus, 0, lus.length)).toBe(indice);
    const decales = Buffer.concat([octets(0xff, 0xff), lus, octets(0x61)]);
    const attendu = indice < 0 ? -1 : indice + 2;
    expect(fauteUtf8(decales, 2, 2 + lus.length)).toBe(attendu);
  });
});

describe('lines and columns', () => {
  /** The slow way. */
  const situation = (texte: string, indice: number) => {
    const avant = texte.slice(0, indice);
    const ligne = avant.split('\n').length;
    return { octet: indice, ligne, colonne: indice - avant.lastIndexOf('\n') };
  };
  const reperes = (texte: Buffer, multioctet = false, marque = 0): Reperes => {
    const r = new Reperes();
    // at the start of its own memory
    const propre = Buffer.alloc(texte.length + 8);
    texte.copy(propre);
    r.installer(propre);
    r.commencer(multioctet, marque);
    return r;
  };

  test('every place of a text of many lines, forward, backward and far ahead', () => {
    const texte = Array.from({ length: 400 }, (_, k) => 'x'.repeat((k * 7) % 23)).join('\n');
    const places = Array.from({ length: texte.length + 1 }, (_, k) => k);
    const attendus = places.map((p) => situation(texte, p));
    const r = reperes(Buffer.from(texte));
    expect(places.map((p) => r.situer(p, 0))).toEqual(attendus);
    expect(places.toReversed().map((p) => r.situer(p, 0))).toEqual(attendus.toReversed());
    const sauts = places.filter((p) => p % 911 === 3);
    expect(sauts.map((p) => reperes(Buffer.from(texte)).situer(p, 0))).toEqual(
      sauts.map((p) => situation(texte, p)),
    );
  });

  test.each([1000, 1008, 1009, 1011, 5000])('%i line feeds are counted by words', (n) => {
    const r = reperes(Buffer.from('\n'.repeat(n)));
    expect(r.situer(n, 0)).toEqual({ octet: n, ligne: n + 1, colonne: 1 });
    expect(reperes(Buffer.from(`a${'\n'.repeat(n)}b`)).situer(n + 2, 10)).toEqual({
      octet: n + 12,
      ligne: n + 1,
      colonne: 2,
    });
  });

  test('what is dropped from the head is remembered: its lines, and the line that runs on', () => {
    const r = reperes(Buffer.from('ab\ncd\nef'));
    r.oublier(0);
    expect(r.situer(4, 0)).toEqual({ octet: 4, ligne: 2, colonne: 2 });
    r.oublier(4);
    r.installer(Buffer.from('d\nef----').subarray(0, 8));
    expect(r.situer(0, 4)).toEqual({ octet: 4, ligne: 2, colonne: 2 });
    expect(r.situer(1, 4)).toEqual({ octet: 5, ligne: 2, colonne: 3 });
    expect(r.situer(3, 4)).toEqual({ octet: 7, ligne: 3, colonne: 2 });
  });

  test('columns are characters, and a byte-order mark is none', () => {
    const texte = Buffer.from('\ufeffé€😀x\né');
    const r = reperes(texte, true, 3);
    expect(r.situer(3, 0)).toEqual({ octet: 3, ligne: 1, colonne: 1 });
    expect(r.situer(5, 0).colonne).toBe(2);
    expect(r.situer(12, 0).colonne).toBe(4);
    expect(r.situer(16, 0)).toEqual({ octet: 16, ligne: 2, colonne: 2 });
    expect(reperes(Buffer.from('\u00e9\u00e9', 'latin1')).situer(2, 0).colonne).toBe(3);
  });
});

describe('heads of tags as they come again', () => {
  const tete = (texte: string): Buffer => Buffer.from(texte.padEnd(80, '.'));

  test('the head kept for a name is known where it stands, and no other', () => {
    const patrons = new Patrons();
    patrons.retenir(3, Buffer.from('<abc V="'), { qualifie: 7, nom: 9 });
    const source = tete('--<abc V="1"/>');
    expect(patrons.suit(vueDe(source), 2, 3)).toBe(true);
    expect(patrons.suit(vueDe(source), 1, 3)).toBe(false);
    expect(patrons.suit(vueDe(source), 2, 4)).toBe(false);
    expect(patrons.suit(vueDe(tete('--<abd V="1"/>')), 2, 3)).toBe(false);
    expect([patrons.longueurs[3], patrons.attQualifies[3], patrons.attNoms[3]]).toEqual([8, 7, 9]);
  });

  test('the last seen takes the place; one too long is not kept', () => {
    const patrons = new Patrons();
    patrons.retenir(0, Buffer.from('<a'), { qualifie: -1, nom: -1 });
    patrons.retenir(0, Buffer.from('<b'), { qualifie: -1, nom: -1 });
    expect([patrons.suit(vueDe(tete('<a')), 0, 0), patrons.suit(vueDe(tete('<b')), 0, 0)]).toEqual([
      false,
      true,
    ]);
    patrons.retenir(1, Buffer.alloc(64, 0x61), { qualifie: -1, nom: -1 });
    patrons.retenir(2, Buffer.alloc(65, 0x61), { qualifie: -1, nom: -1 });
    expect([patrons.longueurs[1], patrons.longueurs[2]]).toEqual([64, 0]);
  });

  test('there is room for as many names as a file has', () => {
    const patrons = new Patrons();
    patrons.retenir(5, Buffer.from('<five '), { qualifie: 1, nom: 2 });
    for (const q of [127, 128, 700]) patrons.retenir(q, Buffer.from(`<n${q} `), { qualifie: q, nom: q });
    for (const q of [127, 128, 700]) expect(patrons.suit(vueDe(tete(`<n${q} `)), 0, q)).toBe(true);
    expect(patrons.suit(vueDe(tete('<five ')), 0, 5)).toBe(true);
    expect([patrons.attQualifies[700], patrons.attNoms[5]]).toEqual([700, 2]);
  });
});

describe('tags that are canonical as they are, but for their value', () => {
  class Soignees extends Muet {
    readonly vues: (boolean | null)[] = [];
    override ouvrir({ soignee, nombre, octets: lus, debut, fin, attDebut, attFin }: Balise): void {
      this.vues.push(soignee);
      if (nombre === 1) this.textes.push(lus.toString('latin1', attDebut[0], attFin[0]));
      this.balises.push(lus.toString('latin1', debut, fin));
    }
    readonly textes: string[] = [];
    readonly balises: string[] = [];
  }
  const lues = (balises: readonly string[]): Soignees => {
    const recepteur = new Soignees();
    const analyseur = new AnalyseurXml(recepteur, { ids: 'libres' });
    analyseur.ecrire(Buffer.from(`<r xmlns:p="urn:p">${balises.join('')}</r>`));
    expect(analyseur.finir()).toBeNull();
    return recepteur;
  };

  test.each([
    ['<x/>', true],
    ['<x  />', true],
    ['<x V="1"/>', true],
    ['<x V="1"  ></x>', true],
    ["<x V='1'/>", false],
    ['<x  V="1"/>', false],
    ['<x\tV="1"/>', false],
    ['<x V ="1"/>', false],
    ['<x V= "1"/>', false],
    ['<x V="1" W="2"/>', false],
    ['<x xmlns:q="urn:q"/>', false],
    ['<x V="1" xmlns="urn:q"/>', false],
    ['<x p:V="1"/>', false],
    ['<x Id="1"/>', false],
    ['<x xml:id="a"/>', false],
    ['<é/>', false],
    ['<x é="1"/>', false],
    ['<p:x V="1"/>', true],
  ])('%s: %s, the first time as the next ones, whatever came between', (balise, soignee) => {
    const autre = '<x V="9"/>';
    const { vues, balises } = lues([balise, balise, autre, balise, balise, '<x/>', balise]);
    const [, a, b, , c, d, , e] = vues;
    expect([a, b, c, d, e]).toEqual(Array(5).fill(soignee));
    expect(balises).toHaveLength(8);
    expect(Buffer.from(balises[1] ?? '', 'latin1').toString('utf8')).toBe(balise.replace('</x>', ''));
  });

  test('each value is its own', () => {
    const balises = [
      '<x V="1"/>',
      '<x V="22"/>',
      '<x V=""/>',
      '<x V="a\tb"/>',
      '<x V="&lt;"/>',
      '<x V="3"/>',
    ];
    expect(lues(balises).textes).toEqual(['1', '22', '', 'a\tb', '&lt;', '3']);
  });
});

describe('encodings of others', () => {
  const lire = (source: Buffer, entier = true, pas = source.length): string | null => {
    const traduire = transcodeur(entier ? source : source.subarray(0, TETE_XML), entier);
    if (traduire === null) return null;
    const sorties: Uint8Array[] = [];
    for (let i = 0; i < source.length; i += pas) {
      sorties.push(traduire(source.subarray(i, i + pas), i + pas >= source.length));
    }
    return Buffer.concat(sorties).toString('utf8');
  };
  const declare = (nom: string) => `<?xml version="1.0" encoding="${nom}"?>`;
  const latin1 = (texte: string): Buffer => Buffer.from(texte, 'latin1');
  const utf8 = (texte: string): Buffer => Buffer.from(texte, 'utf8');

  test.each([
    'UTF-8',
    'utf8',
    'ISO-8859-1',
    'iso-latin-1',
    'Latin1',
    'ISO-8859-15',
    'us-ascii',
    'ASCII',
    'EBCDIC',
  ])('%s as it says is left alone', (nom) => {
    expect(lire(latin1(`${declare(nom)}<a>\xe9</a>`))).toBeNull();
    expect(lire(latin1(`${declare(nom)}<a>e</a>`))).toBeNull();
  });

  test.each([
    'ISO-8859-1',
    'ISO-LATIN-1',
    'LATIN1',
    'ISO-8859-15',
    'US-ASCII',
    'ASCII',
    'Windows-1252',
    'cp1252',
  ])('UTF-8 that says %s is read as what it is, at the same places, when it is all there', (nom) => {
    const source = `${declare(nom)}<a>é€</a>`;
    const lu = lire(utf8(source)) ?? '';
    expect(lu).toMatch(/encoding="UTF-8"\?><a>é€<\/a>$/);
    expect(lu.indexOf('<a>')).toBe(Math.max(source.indexOf('<a>'), declare('UTF-8').length));
    if (!/1252/.test(nom)) expect(lire(utf8(source), false)).toBeNull();
  });

  test('a mark of UTF-8 is believed against the announcement', () => {
    expect(lire(utf8(`\ufeff${declare('ISO-8859-1')}<a>é</a>`), false)).toBe(
      `\ufeff<?xml version="1.0"      encoding="UTF-8"?><a>é</a>`,
    );
    expect(lire(utf8(`\ufeff${declare('UTF-8')}<a>é</a>`), false)).toBeNull();
  });

  test('only the head is changed, and only by the first chunk', () => {
    const suite = `<a>é${'x'.repeat(3000)} encoding="LATIN1" </a>`;
    expect(lire(utf8(`\ufeff${declare('LATIN1')}${suite}`), false, 1500)).toBe(
      `\ufeff<?xml version="1.0"  encoding="UTF-8"?>${suite}`,
    );
  });

  test('Windows-1252: its characters of 0x80 to 0x9F, and the five that mean nothing', () => {
    const source = latin1(`${declare('windows-1252')}<a>\x80\x85\x99\x9f\x81\x8d\x8f\x90\x9d\xe9</a>`);
    expect(lire(source)).toBe(
      '<?xml version="1.0"        encoding="UTF-8"?><a>€…™Ÿ\x81\x8d\x8f\x90\x9dé</a>',
    );
    expect(lire(latin1(`<?xml version='1.0'\n encoding = 'CP1252' ?><a>\x92</a>`))).toBe(
      `<?xml version='1.0'\n  encoding = 'UTF-8' ?><a>’</a>`,
    );
  });

  test('an announcement anywhere else is none', () => {
    expect(lire(utf8(`<a>${declare('ISO-8859-1')}é</a>`))).toBeNull();
    expect(lire(utf8(` ${declare('ISO-8859-1')}<a>é</a>`))).toBeNull();
  });

  describe.each(['petit', 'grand'] as const)('UTF-16, %s end first', (ordre) => {
    const utf16 = (texte: string): Buffer => {
      const lus = Buffer.from(texte, 'utf16le');
      return ordre === 'grand' ? lus.swap16() : lus;
    };
    const texte = `${declare('UTF-16')}<a>é€😀\ufeff</a>`;
    const attendu = '<?xml version="1.0"  encoding="UTF-8"?><a>é€😀\ufeff</a>';

    test.each([1000, 2, 3, 5, 7])('cut every %i bytes, with its mark or without', (pas) => {
      const premier = Math.max(pas, 100);
      for (const marque of ['', '\ufeff']) {
        const source = utf16(marque + texte);
        const traduire = transcodeur(source, false);
        const sorties = [traduire?.(source.subarray(0, premier), premier >= source.length)];
        for (let i = premier; i < source.length; i += pas) {
          sorties.push(traduire?.(source.subarray(i, i + pas), i + pas >= source.length));
        }
        expect(Buffer.concat(sorties.map((s) => s ?? Buffer.alloc(0))).toString('utf8')).toBe(attendu);
      }
    });

    test('half a character, half a unit: refused as XML refuses them', () => {
      expect(lire(utf16('<a>\ud83d</a>'))).toBe('<a>\uffff</a>');
      expect(lire(utf16('<a>\ude00</a>'))).toBe('<a>\uffff</a>');
      expect(lire(utf16('<a>\ud83d'))).toBe('<a>\uffff');
      expect(lire(Buffer.concat([utf16('<a>'), octets(0x61)]))).toBe('<a>\uffff');
    });
  });
});

describe('where a fault is, in words', () => {
  test('as far as it is known', () => {
    expect([lieuDe({ ligne: 0, colonne: 5 }), lieuDe({ ligne: 3, colonne: 0 })]).toEqual(['', 'ligne 3']);
    expect(lieuDe({ ligne: 3, colonne: 12 })).toBe('ligne 3, colonne 12');
  });

  test('a sentence after a colon loses its capital and its last full stop, no other', () => {
    expect([enIncise('Le M. Dupont.'), enIncise('É.a'), enIncise('')]).toEqual(['le M. Dupont', 'é.a', '']);
  });

  test('a refusal of the tokeniser is a fault that names neither path, nor value, nor what was expected', () => {
    const position = { octet: 1, ligne: 2, colonne: 3 };
    expect(fauteDeLecture({ code: 'XML-001', message: 'Non.', position })).toEqual({
      code: 'XML-001',
      message: 'Non.',
      ...position,
      chemin: '',
      valeur: null,
      attendu: '',
    });
  });
});

test('bytes become text by the table of their encoding', () => {
  const latin9 = Uint16Array.from({ length: 256 }, (_, k) => (k === 0xa4 ? 0x20ac : k));
  const latin1 = Uint16Array.from({ length: 256 }, (_, k) => k);
  expect([decoder(octets(0xa4, 0x41), latin9), decoder(octets(0xa4, 0x41), latin1)]).toEqual(['€A', '¤A']);
  expect(decoder(Buffer.from('é'), null)).toBe('é');
});
