import { describe, expect, test } from 'vitest';
import { ecrireXml, type Noeud } from '../../../src/formats/xml/ecrire.ts';
import { type ElementXml, lireXml } from '../../../src/formats/xml/lire.ts';
import { type SondeXml, sonderXml } from '../../../src/formats/xml/sonder.ts';
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
    ['an entity that nobody declared', utf8('<a>&e;</a>'), /l’entité « e » n’est pas définie$/],
    ['an unknown encoding', utf8('<?xml version="1.0" encoding="UTF-7"?><a/>'), /UTF-7/],
    ['invalid UTF-8', latin1('<a>\xe9</a>'), /0xE9/],
    ['nothing', utf8(''), /vide/],
    ['257 levels', utf8('<a>'.repeat(257) + '</a>'.repeat(257)), /256 niveaux/],
    ['two roots', utf8('<a/><b/>'), /un second élément racine « b »/],
    ['half a unit at the end of UTF-16', Buffer.from('\ufeff<a/>\n', 'utf16le').subarray(0, -1), /U\+FFFF/],
    ['half a pair in UTF-16', Buffer.from('\ufeff<a>\ud83d</a>', 'utf16le'), /U\+FFFF/],
    ['a pair upside down in UTF-16', Buffer.from('\ufeff<a>\ude00\ud83d</a>', 'utf16le').swap16(), /U\+FFFF/],
  ])('refused: %s', (_, octets, attendu) => {
    expect(motif(octets)).toMatch(attendu);
  });

  test('a size limit is held before parsing', () => {
    expect(motif(utf8('<a>xx</a>'), 8)).toBe('le fichier dépasse 8 octets');
    expect(motif(utf8('<a>x</a>'), 8)).toBe('(lu)');
  });

  test.each<[string, Uint8Array, number, number]>([
    ['as written', utf8('<a>\n<b>\n é</c>\n</a>'), 3, 3],
    ['UTF-8 under another name', utf8(`${declare('ISO-8859-1')}<a>\n é</c>`), 3, 3],
    ['Windows-1252', latin1(`${declare('windows-1252')}<a>\n\x92\xe9</c>`), 3, 3],
    ['UTF-16', Buffer.from(`\ufeff${declare('UTF-16')}<a>\n é</c>`, 'utf16le'), 3, 3],
    ['on the line of the declaration', utf8('<?xml version="1.0" encoding="cp1252"?></a>'), 1, 40],
  ])('line and column of the fault, in characters of the file: %s', (...[, octets, ligne, colonne]) => {
    expect(lireXml(octets)).toMatchObject({ type: 'illisible', ligne, colonne });
  });

  test('comments and processing instructions do not cut the text around them', () => {
    const racine = lu(utf8('<?p x?><!-- a --><a>b<?voilà <c/>?>d<!-- e -->f<g/>h<?€?></a><!-- i -->'));
    expect(racine).toMatchObject({ texte: 'bdfh', enfants: [{ nom: 'g', texte: '' }] });
  });

  test('all our messages are read', () => {
    for (const [nom, octets] of fixturesActes()) expect(lireXml(octets).type, nom).toBe('lu');
  });
});

describe('a deposited XML is read whole, and only its root and its first fault are kept', () => {
  const PLAGE = 256 * 1024;

  /** @returns the answer, and how many bytes were read to get it. */
  async function sonder(octets: Uint8Array): Promise<SondeXml & { lus: number }> {
    let lus = 0;
    const lire = async (debut: number, fin: number): Promise<Uint8Array> => {
      expect(fin - debut).toBeLessThanOrEqual(PLAGE);
      lus = Math.max(lus, fin);
      return octets.subarray(debut, fin);
    };
    return { ...(await sonderXml(lire, octets.byteLength)), lus };
  }

  test.each<[string, Uint8Array, string | null, string | null]>([
    ['sound', utf8('<!-- x --><d:DocumentBudgetaire xmlns:d="urn:d"/>'), 'DocumentBudgetaire', null],
    ['byte-order mark against the prologue', utf8(`\ufeff${declare('ISO-8859-1')}<é/>`), 'é', null],
    ['Windows-1252', latin1(`${declare('windows-1252')}<a>\x92</a>`), 'a', null],
    ['UTF-16', Buffer.from(`\ufeff${declare('UTF-16')}<é/>`, 'utf16le'), 'é', null],
    ['UTF-16 with half a pair', Buffer.from('\ufeff<a>\ud83d</a>', 'utf16le'), 'a', 'XML-008'],
    ['a DOCTYPE', utf8('<!DOCTYPE html><html/>'), null, 'XML-006'],
    ['an encoding we do not read', utf8(`${declare('EBCDIC-FR')}<a/>`), null, 'XML-002'],
    ['cut', utf8('<a><b>'), 'a', 'XML-012'],
    ['two elements with one Id', utf8('<a><b Id="x"/><c Id="x"/></a>'), 'a', 'XML-018'],
    ['no XML', utf8('plain text'), null, 'XML-009'],
    ['nothing', utf8(''), null, 'XML-001'],
  ])('%s', async (...[, octets, racine, code]) => {
    const sonde = await sonder(octets);
    expect([sonde.racine, sonde.faute?.code ?? null]).toEqual([racine, code]);
  });

  test('by ranges, to the end: a fault in the last byte is found, and told by byte, line and column', async () => {
    const corps = `<a>\n${'<b>é</b>\n'.repeat(60_000)}`;
    const sain = await sonder(utf8(`${corps}</a>`));
    expect(sain).toMatchObject({ racine: 'a', faute: null, lus: Buffer.byteLength(corps) + 4 });
    const faux = await sonder(utf8(`${corps}  </b>`));
    expect(faux.faute).toMatchObject({ ligne: 60_002, colonne: 3, octet: Buffer.byteLength(corps) + 2 });
  });

  test('what follows a fault is not read', async () => {
    const { lus } = await sonder(utf8(`<a></b>${'x'.repeat(3 * PLAGE)}`));
    expect(lus).toBe(PLAGE);
  });

  test('a character of UTF-16 astride two ranges is one character, in both orders', async () => {
    for (const reste of [0, 1]) {
      const astride = `\ufeff<a>${'x'.repeat(PLAGE / 2 - 5 - reste)}${'\u{1F600}'.repeat(3)}</a>`;
      const petit = Buffer.from(astride, 'utf16le');
      expect((await sonder(petit)).faute).toBeNull();
      expect((await sonder(petit.swap16())).faute).toBeNull();
    }
  });

  test('after a transcoding the byte is not told: it would not be that of the file', async () => {
    const { faute } = await sonder(latin1(`${declare('windows-1252')}<a>\x80</b>`));
    expect(faute).toMatchObject({ ligne: 2, colonne: 5, octet: -1 });
  });
});
