import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecrireXml, type Noeud } from '../../../src/formats/xml/ecrire.ts';
import { type ElementXml, lireXml, sonderXml } from '../../../src/formats/xml/lire.ts';
import { fixturesActes } from './chemins.ts';

const ESPACE = 'urn:exemple:a';

function lu(octets: Uint8Array): ElementXml {
  const lecture = lireXml(octets);
  if (lecture.type !== 'lu') throw new TypeError(lecture.motif);
  return lecture.racine;
}

function motif(octets: Uint8Array, max?: number): string {
  const lecture = lireXml(octets, max);
  return lecture.type === 'illisible' ? lecture.motif : '(lu)';
}

const latin1 = (texte: string) => Buffer.from(texte, 'latin1');
const utf8 = (texte: string) => Buffer.from(texte, 'utf8');

describe('writing XML', () => {
  test('ISO-8859-1, one space per level, empty elements closed, final line feed', () => {
    const octets = ecrireXml({
      nom: 'a:r',
      attributs: { 'xmlns:a': ESPACE, n: 'é' },
      enfants: [{ nom: 'a:v' }, { nom: 'a:g', enfants: [{ nom: 'a:t', texte: 'à bientôt' }] }],
    });
    expect(Buffer.from(octets).toString('latin1')).toBe(
      [
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        `<a:r xmlns:a="${ESPACE}" n="é">`,
        ' <a:v/>',
        ' <a:g>',
        '  <a:t>à bientôt</a:t>',
        ' </a:g>',
        '</a:r>',
        '',
      ].join('\n'),
    );
  });

  test('what ISO-8859-1 cannot hold goes out as numeric references, surrogate pairs as one character', () => {
    const texte = Buffer.from(ecrireXml({ nom: 'a', texte: 'l’œuvre à 5 € 𝄞 \u0092' })).toString('latin1');
    expect(texte).toContain('<a>l&#8217;&#339;uvre à 5 &#8364; &#119070; &#146;</a>');
  });

  test('markup characters are escaped; white space of attributes survives a parser (XML 1.0, 3.3.3)', () => {
    const noeud: Noeud = { nom: 'a', attributs: { t: 'a\tb\nc\rd "<&>' }, texte: '<&> ]]> \r\n"' };
    const racine = lu(ecrireXml(noeud));
    expect(racine.attributs.get('t')).toBe('a\tb\nc\rd "<&>');
    expect(racine.texte).toBe('<&> ]]> \r\n"');
  });

  test.each(['\u0000', '\u0008', '\u000b', '\u001f', '\ufffe', '\uffff', '\ud800', '\udc00'])(
    'a character forbidden by XML 1.0 is refused and named (case %#)',
    (caractere) => {
      expect(() => ecrireXml({ nom: 'a', texte: `x${caractere}` })).toThrow(/VGM-XML-001 .*U\+[0-9A-F]{4}/);
      expect(() => ecrireXml({ nom: 'a', attributs: { b: caractere } })).toThrow(/VGM-XML-001 .*attribut b/);
    },
  );

  test.each(['', 'a b', '1a', 'a:b:c', 'a>', 'é'])('« %s » is not a name', (nom) => {
    expect(() => ecrireXml({ nom })).toThrow(/VGM-XML-002/);
    expect(() => ecrireXml({ nom: 'a', attributs: { [nom]: '' } })).toThrow(/VGM-XML-002/);
  });
});

const caractere = fc
  .integer({ min: 0x20, max: 0x10ffff })
  .filter((c) => !(c >= 0xd800 && c <= 0xdfff) && c !== 0xfffe && c !== 0xffff)
  .map((c) => String.fromCodePoint(c));
const caractereCourant = fc.constantFrom(...'aé’"&<>\t\n\r€ ]');
const texte = fc.string({ unit: fc.oneof(caractereCourant, caractere), maxLength: 20 });
const nomLocal = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/).filter((n) => !/^xml/i.test(n));

const feuille = {
  nom: nomLocal,
  attributs: fc.dictionary(nomLocal, texte, { maxKeys: 3, noNullPrototype: true }),
  texte,
};
const arbre = fc.letrec<{ noeud: Noeud }>((lien) => ({
  noeud: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'arbre' },
    fc.record({ ...feuille, enfants: fc.constant([]) }),
    fc.record({ ...feuille, enfants: fc.array(lien('noeud'), { maxLength: 3, depthIdentifier: 'arbre' }) }),
  ),
})).noeud;

/** Indentation is not data: an element with children and no text of its own reads back with blanks. */
function memeArbre(ecrit: Noeud, relu: ElementXml): void {
  expect(relu.nom).toBe(ecrit.nom);
  expect(new Map(relu.attributs)).toEqual(new Map(Object.entries(ecrit.attributs ?? {})));
  if (ecrit.texte === '' && (ecrit.enfants?.length ?? 0) > 0) expect(relu.texte.trim()).toBe('');
  else expect(relu.texte).toBe(ecrit.texte);
  expect(relu.enfants.length).toBe(ecrit.enfants?.length);
  for (const [i, enfant] of (ecrit.enfants ?? []).entries()) memeArbre(enfant, relu.enfants[i] as ElementXml);
}

describe('properties', () => {
  test('any tree written reads back the same', () => {
    fc.assert(
      fc.property(arbre, (noeud) => memeArbre(noeud, lu(ecrireXml(noeud)))),
      { numRuns: 1000, seed: 20260310 },
    );
  });

  test('the reader answers and never throws, on random bytes and on damaged messages', () => {
    const messages = [...fixturesActes().values()];
    const abime = fc
      .tuple(fc.constantFrom(...messages), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }))
      .map(([message, place, octets]) => {
        const copie = Uint8Array.from(message);
        copie.set(octets, place % (copie.byteLength - octets.byteLength));
        return copie;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), abime), (octets) => {
        expect(['lu', 'illisible']).toContain(lireXml(octets).type);
        sonderXml(octets);
      }),
      { numRuns: 3000, seed: 20260310 },
    );
  });
});

const declare = (e: string) => `<?xml version="1.0" encoding="${e}"?>\n`;

describe('reading XML', () => {
  test('namespaces are resolved, prefixes forgotten, declarations not attributes', () => {
    const racine = lu(
      utf8(`<x:a xmlns:x="${ESPACE}" x:i="1" j="2">t<b xmlns="urn:b"/>u<!-- c --><![CDATA[&v]]></x:a>`),
    );
    expect(racine).toMatchObject({ espace: ESPACE, nom: 'a', texte: 'tu&v' });
    expect(new Map(racine.attributs)).toEqual(
      new Map([
        [`{${ESPACE}}i`, '1'],
        ['j', '2'],
      ]),
    );
    expect(racine.enfants).toMatchObject([{ espace: 'urn:b', nom: 'b', texte: '' }]);
  });

  test.each<[string, Uint8Array, string]>([
    ['ISO-8859-1 as announced', latin1(`${declare('ISO-8859-1')}<a>été</a>`), 'été'],
    [
      'UTF-8 bytes under an ISO-8859-1 prologue (ministry simulator)',
      utf8(`${declare('ISO-8859-1')}<a>été</a>`),
      'été',
    ],
    [
      'the same with single quotes and lower case',
      utf8("<?xml version='1.0' encoding='iso-8859-1'?><a>été</a>"),
      'été',
    ],
    ['UTF-8 as announced', utf8(`${declare('UTF-8')}<a>été</a>`), 'été'],
    ['no prologue', utf8('<a>été</a>'), 'été'],
    ['byte-order mark', utf8('\ufeff<a>été</a>'), 'été'],
    [
      'byte-order mark against an ISO-8859-1 prologue',
      utf8(`\ufeff${declare('ISO-8859-1')}<a>été</a>`),
      'été',
    ],
    ['Windows-1252', Buffer.from([...latin1(declare('windows-1252')), ...latin1('<a>\x92</a>')]), '’'],
    ['ISO-8859-15', latin1(`${declare('ISO-8859-15')}<a>\xa4</a>`), '€'],
    ['UTF-16 little endian', Buffer.from(`\ufeff${declare('UTF-16')}<a>été</a>`, 'utf16le'), 'été'],
    ['UTF-16 big endian', Buffer.from(`\ufeff${declare('UTF-16')}<a>été</a>`, 'utf16le').swap16(), 'été'],
    [
      'CRLF line ends become LF (XML 1.0, 2.11)',
      latin1(`${declare('ISO-8859-1')}\r\n<a>x\r\ny</a>\r\n`),
      'x\ny',
    ],
  ])('encoding: %s', (_, octets, attendu) => {
    expect(lu(octets).texte).toBe(attendu);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['a DOCTYPE', utf8('<!DOCTYPE a><a/>'), /DOCTYPE/],
    [
      'a DOCTYPE behind comments and instructions',
      utf8('<?xml version="1.0"?><!-- > --><?p ?>\n<!DOCTYPE a><a/>'),
      /DOCTYPE/,
    ],
    ['a DOCTYPE in UTF-16', Buffer.from('\ufeff<!DOCTYPE a><a/>', 'utf16le'), /DOCTYPE/],
    [
      'an external entity',
      utf8('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'),
      /DOCTYPE/,
    ],
    ['an entity that nobody declared', utf8('<a>&e;</a>'), /mal formé/],
    ['an unknown encoding', utf8('<?xml version="1.0" encoding="UTF-7"?><a/>'), /UTF-7/],
    ['invalid UTF-8', latin1('<a>\xe9</a>'), /mal formé/],
    ['nothing', utf8(''), /vide/],
    ['257 levels', utf8('<a>'.repeat(257) + '</a>'.repeat(257)), /mal formé|illisible/],
    ['two roots', utf8('<a/><b/>'), /mal formé/],
  ])('refused: %s', (_, octets, attendu) => {
    expect(motif(octets)).toMatch(attendu);
  });

  test('a size limit is held before parsing', () => {
    expect(motif(utf8('<a>xx</a>'), 8)).toBe('le fichier dépasse 8 octets');
    expect(motif(utf8('<a>x</a>'), 8)).toBe('(lu)');
  });

  test('the line of the fault is told', () => {
    expect(lireXml(utf8('<a>\n<b>\n</c>\n</a>'))).toMatchObject({ type: 'illisible', ligne: 3 });
  });

  test('memory comes back: 260 readings of 9 MB are more than the 2 GiB the parser can address', () => {
    const gros = utf8(`<a>${'x'.repeat(9_000_000)}</a>`);
    for (let i = 0; i < 260; i += 1) expect(lireXml(gros).type).toBe('lu');
  });

  test('all our messages are read', () => {
    for (const [nom, octets] of fixturesActes()) expect(lireXml(octets).type, nom).toBe('lu');
  });
});

describe('probing a deposited XML', () => {
  test.each<[string, { racine: string; dtd: boolean } | null]>([
    [
      '<?xml version="1.0"?>\n<!-- x --><d:DocumentBudgetaire xmlns:d="u">',
      { racine: 'DocumentBudgetaire', dtd: false },
    ],
    ['\ufeff  <a/>', { racine: 'a', dtd: false }],
    ['<!DOCTYPE html><html>', { racine: 'html', dtd: true }],
    ['<?xml version="1.0"?><!-- never closed', null],
    ['plain text', null],
    ['<!ELEMENT a>', null],
    ['', null],
  ])('%s', (tete, attendu) => {
    expect(sonderXml(utf8(tete))).toEqual(attendu);
  });

  test('the head of a file is enough', () => {
    const octets = readFileSync(new URL('../../../fixtures/actes/messages/7-2.xml', import.meta.url));
    expect(sonderXml(octets.subarray(0, 400))).toEqual({ racine: 'RetourClassification', dtd: false });
  });
});

test('a processing instruction inside the document makes it unreadable, never an exception', () => {
  for (const xml of ['<a><?pi x?></a>', '<a><b/><?pi x?><c/></a>', '<a><b><?pi x?></b></a>']) {
    expect(lireXml(Buffer.from(xml))).toMatchObject({
      type: 'illisible',
      motif: expect.stringMatching(/instruction/),
    });
  }
  expect(lireXml(Buffer.from('<?pi x?><a><!-- c --></a>')).type).toBe('lu');
});
