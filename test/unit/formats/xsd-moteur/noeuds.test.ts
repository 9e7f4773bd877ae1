import { describe, expect, test } from 'vitest';
import { lireNoeuds } from '../../../../src/formats/xsd/noeuds.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';
const schema = (corps: string, attributs = ''): string => `<x:schema ${XS}${attributs}>${corps}</x:schema>`;

function lire(octets: string | Uint8Array) {
  const lecture = lireNoeuds('a.xsd', typeof octets === 'string' ? Buffer.from(octets, 'utf8') : octets);
  return lecture.type === 'lu' ? lecture.racine : lecture.refus;
}
/** Name of the first thing declared. */
function nom(octets: string | Uint8Array): string | undefined {
  const lecture = lireNoeuds('a.xsd', typeof octets === 'string' ? Buffer.from(octets, 'utf8') : octets);
  return lecture.type === 'lu' ? lecture.racine.enfants[0]?.attributs.get('name') : lecture.refus.message;
}

describe('a schema file is read in the encoding that it announces', () => {
  const avec = (declaration: string, valeur: readonly number[]): Buffer =>
    Buffer.concat([
      Buffer.from(`${declaration}<x:schema ${XS}><x:element name="`),
      Buffer.from(valeur),
      Buffer.from('"/></x:schema>'),
    ]);
  const annonce = (encodage: string): string => `<?xml version="1.0" encoding="${encodage}"?>`;

  test.each([
    ['UTF-8', [0xc3, 0xa9], 'é'],
    ['utf8', [0xc3, 0xa9], 'é'],
    ['US-ASCII', [0x65], 'e'],
    ['ascii', [0x65], 'e'],
    ['ISO-8859-1', [0xe9, 0xa4, 0x80], 'é¤\u0080'],
    ['ISO-Latin-1', [0xe9], 'é'],
    ['latin1', [0xe9], 'é'],
    ['ISO-8859-15', [0xe9, 0xa4], 'é€'],
    ['Windows-1252', [0xe9, 0x80], 'é€'],
    ['cp1252', [0x80], '€'],
  ])('%s', (encodage, octets, lu) => {
    expect(nom(avec(annonce(encodage), octets))).toBe(lu);
  });

  test.each([
    ['nothing: UTF-8', '', 'é'],
    ['a declaration without encoding', '<?xml version="1.0"?>', 'é'],
    ['apostrophes and white space', "<?xml version='1.0'\n encoding = 'UTF-8' standalone='yes'?>", 'é'],
    ['a mark', '\uFEFF', 'é'],
    ['a mark and a declaration', '\uFEFF<?xml version="1.0" encoding="UTF-8"?>', 'é'],
    ['what a comment says is not listened to', '<!-- <?xml version="1.0" encoding="latin1"?> -->', 'é'],
  ])('%s', (_, declaration, lu) => {
    expect(nom(avec(declaration, [0xc3, 0xa9]))).toBe(lu);
  });

  const UTF16 =
    'son encodage « UTF-16 » n’est pas admis : UTF-8, ISO-8859-1, ISO-8859-15 et windows-1252 le sont';
  test.each([
    ['UTF-16 by its mark', Buffer.from(`\uFEFF${schema('')}`, 'utf16le'), UTF16],
    ['the other one', Buffer.from(`\uFEFF${schema('')}`, 'utf16le').swap16(), UTF16],
    ['UTF-16 without mark', Buffer.from(schema(''), 'utf16le'), UTF16],
    ['the other one without mark', Buffer.from(schema(''), 'utf16le').swap16(), UTF16],
    ['announced', avec(annonce('UTF-16'), []), UTF16],
    ['another', avec(annonce('EBCDIC'), []), UTF16.replace('UTF-16', 'EBCDIC')],
    [
      'bytes that are not what is announced',
      avec('', [0xe9]),
      'il contient des octets qui ne sont pas de l’UTF-8, son encodage',
    ],
  ])('%s: refused', (_, octets, message) => {
    expect(lire(octets)).toEqual({ genre: 'invalide', fichier: 'a.xsd', ligne: 0, message });
  });
});

describe('what a schema file holds', () => {
  test('elements of XML Schema, annotations left out, with their lines, attributes and prefixes', () => {
    const racine = lire(
      schema(
        '\n<x:annotation><x:documentation>texte <p/></x:documentation></x:annotation>\n<!-- x --><?p?><x:element name="e" p:q="1" xmlns:p="urn:p" xmlns="urn:d"><x:simpleType xmlns=""/></x:element>',
        ' targetNamespace="urn:a"',
      ),
    );
    expect(racine).toMatchObject({
      balise: 'schema',
      fichier: 'a.xsd',
      ligne: 1,
      attributs: new Map([['targetNamespace', 'urn:a']]),
      enfants: [
        {
          balise: 'element',
          ligne: 3,
          attributs: new Map([['name', 'e']]),
          enfants: [{ balise: 'simpleType', enfants: [] }],
        },
      ],
    });
    const prefixes =
      'enfants' in racine
        ? [racine, racine.enfants[0], racine.enfants[0]?.enfants[0]].map((n) =>
            Object.fromEntries(n?.prefixes ?? []),
          )
        : [];
    const herites = { xml: 'http://www.w3.org/XML/1998/namespace', x: 'http://www.w3.org/2001/XMLSchema' };
    expect(prefixes).toEqual([
      herites,
      { ...herites, p: 'urn:p', '': 'urn:d' },
      { ...herites, p: 'urn:p', '': '' },
    ]);
  });

  test.each([
    ['\n<x:element name="e" x:name="f"/>', 2, 'l’attribut « x:name » n’existe pas'],
    ['\n\n<y xmlns="urn:y"/>', 3, 'l’élément « y » n’est pas de XML Schema'],
    ['\n<element name="e"/>', 2, 'l’élément « element » n’est pas de XML Schema'],
    ['<x:element name="e">\nt</x:element>', 1, 'du texte n’a pas sa place dans « x:element »'],
    ['<![CDATA[t]]>', 1, 'du texte n’a pas sa place dans « x:schema »'],
    ['<x:element>&amp;</x:element>', 1, 'du texte n’a pas sa place dans « x:element »'],
  ])('%j is refused at its line', (corps, ligne, message) => {
    expect(lire(schema(corps))).toEqual({ genre: 'invalide', fichier: 'a.xsd', ligne, message });
  });

  test('white space and empty sections are nothing', () => {
    expect(nom(schema(' \n\t<![CDATA[ ]]><x:element name="e"/>'))).toBe('e');
  });

  test.each([
    ['<schema/>', 'la racine « schema » n’est pas un schéma XML Schema'],
    [`<x:element ${XS}/>`, 'la racine « x:element » n’est pas un schéma XML Schema'],
    ['<x:schema xmlns:x="urn:x"/>', 'la racine « x:schema » n’est pas un schéma XML Schema'],
  ])('%s is no schema', (texte, message) => {
    expect(lire(texte)).toEqual({ genre: 'invalide', fichier: 'a.xsd', ligne: 0, message });
  });

  test('not XML: told in French with its line, but for a text with a DOCTYPE, of which our reader says nothing', () => {
    expect(lire(schema('\n<x:element></x:elemen>'))).toMatchObject({
      ligne: 2,
      message: expect.stringMatching(/^ce n’est pas du XML \(.*elemen.*[^.]\)$/),
    });
    expect(lire('')).toMatchObject({ message: expect.stringMatching(/^ce n’est pas du XML \(.+\)$/) });
    expect(lire(`<!DOCTYPE a>\n${schema('<x:element>')}`)).toEqual({
      genre: 'invalide',
      fichier: 'a.xsd',
      ligne: 0,
      message: 'ce n’est pas du XML',
    });
  });

  test('a DOCTYPE is no obstacle: the schemas of the W3C have one', () => {
    expect(
      nom(
        `<!DOCTYPE x:schema PUBLIC "p" "s.dtd" [<!ATTLIST x:schema id ID #IMPLIED>]>${schema('<x:element name="e"/>')}`,
      ),
    ).toBe('e');
  });
});
