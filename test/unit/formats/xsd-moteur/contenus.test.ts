import { describe, expect, test } from 'vitest';
import { bilan, codes, complexe, element, nomme, schema, suite, un } from './essais.ts';

const XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const faits = (corps: string, texte: string) =>
  bilan(schema(corps), texte).constats.map((c) => [c.code, c.chemin, c.attendu]);
describe('what could have come is told', () => {
  const six = ['a', 'b', 'c', 'd', 'f', 'g'].map((n) => un(n, ' minOccurs="0"')).join('');
  const dits = '« a », « b », « c », « d », « f »';

  test('six names at most, then how many there are', () => {
    expect(faits(suite(six), '<e><z/></e>')).toEqual([
      ['XSD-002', '/e/z', `${dits}, « g » ou la fin de « e »`],
    ]);
    expect(faits(suite(`${six}${un('h')}`), '<e/>')).toEqual([
      ['XSD-003', '/e', `${dits}, « g » ou 1 autre élément possible`],
    ]);
    expect(
      faits(
        suite(`${six}${un('h')}`.replaceAll(' minOccurs="0"', '').replace('sequence', 'choice')),
        '<e><z/></e>',
      ),
    ).toEqual([['XSD-002', '/e/z', '« a »']]);
    const choix = complexe(
      `<x:choice>${six.replaceAll(' minOccurs="0"', '')}${un('h')}${un('k')}</x:choice>`,
    );
    expect(faits(choix, '<e/>')).toEqual([
      ['XSD-003', '/e', `${dits}, « g » ou 2 autres éléments possibles`],
    ]);
  });

  test('each name once; the end, and a wildcard', () => {
    const double = complexe(
      `<x:sequence><x:choice minOccurs="0">${un('a')}</x:choice><x:any namespace="urn:z" processContents="skip" minOccurs="0"/></x:sequence>`,
    );
    expect(faits(double, '<e><b/></e>')).toEqual([
      ['XSD-002', '/e/b', '« a », un élément d’un autre espace ou la fin de « e »'],
    ]);
    expect(faits(suite(un('a')), '<e><a/><a/></e>')).toEqual([['XSD-002', '/e/a', 'la fin de « e »']]);
    expect(faits(suite('<x:any namespace="urn:z"/>'), '<e/>')).toEqual([
      ['XSD-003', '/e', 'un élément d’un autre espace'],
    ]);
  });

  test('of an « all », those that did not come', () => {
    const tous = complexe(`<x:all>${un('a')}${un('b')}${un('c', ' minOccurs="0"')}</x:all>`);
    expect(faits(tous, '<e><b/></e>')).toEqual([['XSD-003', '/e', '« a » ou « c »']]);
    expect(faits(tous, '<e><b/><c/><b/></e>')).toEqual([['XSD-002', '/e/b', '« a »']]);
    expect(faits(tous, '<e><b/><a/><z/></e>')).toEqual([['XSD-002', '/e/z', '« c » ou la fin de « e »']]);
  });

  test('nothing, where no choice is left (3.8.4)', () => {
    expect(faits(complexe('<x:choice/>'), '<e/>')).toEqual([['XSD-003', '/e', 'rien']]);
  });
});

describe('an element where there may be none', () => {
  test.each([
    ['an empty content', complexe(''), '<e><a/></e>', '« e » doit être vide'],
    ['a text', un('e', ' type="x:string"'), '<e><a/></e>', '« e » ne contient que du texte'],
    [
      'a nil element',
      un('e', ' type="x:int" nillable="true"'),
      `<e ${XSI} i:nil="true"><a/></e>`,
      '« e » est déclaré vide (xsi:nil)',
    ],
    [
      'a nil element of elements',
      element(`<x:complexType><x:sequence>${un('a')}</x:sequence></x:complexType>`).replace(
        'name',
        'nillable="true" name',
      ),
      `<e ${XSI} i:nil="true"><a/></e>`,
      '« e » est déclaré vide (xsi:nil)',
    ],
  ])('%s: told once, at its tag', (...[, corps, texte, raison]) => {
    const [c, ...suivants] = bilan(schema(corps), texte.replace('<a/>', '<a><b/></a><c/>')).constats;
    expect(suivants).toEqual([]);
    expect(c).toMatchObject({
      code: 'XSD-002',
      message: `L’élément « a » n’a pas sa place ici dans « e » ; ${raison}.`,
      position: { octet: texte.indexOf('<a') },
      element: texte.indexOf('<a'),
      chemin: '/e/a',
      valeur: null,
      attendu: '',
    });
  });
});

describe('after an element out of place, what is known is still judged, what is not is left', () => {
  const corps = suite(`${un('a', ' type="x:int"')}${un('b', ' type="x:int"')}${un('c', ' type="x:int"')}`);

  test('its siblings by their names, the end of its parent not at all', () => {
    expect(faits(corps, '<e><b>x</b><b>y</b><z/><c>1</c></e>').map((f) => f.slice(0, 2))).toEqual([
      ['XSD-002', '/e/b'],
      ['XSD-007', '/e/b'],
      ['XSD-007', '/e/b'],
    ]);
  });

  test('what it holds, when it is not known, not at all; what follows it is', () => {
    expect(
      faits(corps, '<e><a>1</a><z><a>x</a><z><b/></z>t</z><c>x</c></e>').map((f) => f.slice(0, 2)),
    ).toEqual([
      ['XSD-002', '/e/z'],
      ['XSD-007', '/e/c'],
    ]);
  });

  test('in an « all » too', () => {
    const tous = complexe(`<x:all>${un('a', ' type="x:int"')}${un('b')}</x:all>`);
    expect(faits(tous, '<e><z/><a>x</a></e>').map((f) => f.slice(0, 2))).toEqual([
      ['XSD-002', '/e/z'],
      ['XSD-007', '/e/a'],
    ]);
  });

  test('the parent of the parent goes on as if nothing had happened', () => {
    const deux = suite(
      `<x:element name="p" maxOccurs="2"><x:complexType><x:sequence>${un('a')}</x:sequence></x:complexType></x:element>${un('q')}`,
    );
    expect(faits(deux, '<e><p><z/></p><p/></e>')).toEqual([
      ['XSD-002', '/e/p[1]/z', '« a »'],
      ['XSD-003', '/e/p[2]', '« a »'],
      ['XSD-003', '/e', '« q »'],
    ]);
  });
});

describe('paths: a rank where the schema allows several of a name', () => {
  const chemins = (corps: string, texte: string) => bilan(schema(corps), texte).constats.map((c) => c.chemin);
  const X = ' type="x:int"';

  test.each([
    ['one', suite(un('a', X)), '<e><a>x</a></e>', ['/e/a']],
    [
      'several',
      suite(un('a', `${X} maxOccurs="3"`)),
      '<e><a>1</a><a>x</a><a>y</a></e>',
      ['/e/a[2]', '/e/a[3]'],
    ],
    [
      'a repeated group',
      suite(`<x:sequence maxOccurs="2">${un('a', X)}${un('b', X)}</x:sequence>`),
      '<e><a>x</a><b>1</b><a>x</a><b>x</b></e>',
      ['/e/a[1]', '/e/a[2]', '/e/b[2]'],
    ],
    [
      'the same declaration in two places',
      `${un('a', X)}${suite('<x:element ref="a"/><x:element name="b" minOccurs="0"/><x:element ref="a"/>')}`,
      '<e><a>1</a><b/><a>x</a></e>',
      ['/e/a[2]'],
    ],
    [
      'one of each, in a choice',
      complexe(`<x:choice>${un('a', X)}${un('b', X)}</x:choice>`),
      '<e><b>x</b></e>',
      ['/e/b'],
    ],
    [
      'members of an « all »',
      complexe(`<x:all>${un('b', X)}${un('a', X)}</x:all>`),
      '<e><a>x</a><b>x</b></e>',
      ['/e/a', '/e/b'],
    ],
    [
      'let in by a wildcard',
      `${un('a', X)}${suite('<x:any maxOccurs="9" processContents="lax"/>')}`,
      '<e><a>x</a><a>x</a></e>',
      ['/e/a', '/e/a'],
    ],
    [
      'after an unknown one',
      suite(un('a', `${X} maxOccurs="9"`)),
      '<e><a>1</a><z/><a>x</a></e>',
      ['/e/z', '/e/a'],
    ],
  ])('%s', (...[, corps, texte, attendus]) => expect(chemins(corps, texte)).toEqual(attendus));

  test('each parent counts its own, however deep', () => {
    const recursif = `${nomme('N', `<x:sequence><x:element name="n" type="N" minOccurs="0" maxOccurs="unbounded"/>${un('v', ' type="x:int" minOccurs="0" maxOccurs="2"')}</x:sequence>`)}${un('e', ' type="N"')}`;
    const s = schema(recursif);
    const profond = (n: number): string =>
      n === 0 ? '<v>1</v><v>x</v>' : `<n/><n>${profond(n - 1)}</n><n/><v>1</v>`;
    const constats = bilan(s, `<e>${profond(200)}<v>y</v></e>`).constats;
    expect(constats.map((c) => c.chemin)).toEqual([`/e${'/n[2]'.repeat(200)}/v[2]`, '/e/v[2]']);
  });

  test('names are as written, prefixes included', () => {
    const s = schema(
      `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a" elementFormDefault="qualified">${suite(un('a', X))}</x:schema>`,
    );
    const [c] = bilan(s, '<p:e xmlns:p="urn:a"><q:a xmlns:q="urn:a">x</q:a></p:e>').constats;
    expect([c?.chemin, c?.message]).toEqual([
      '/p:e/q:a',
      'La valeur « x » de « q:a » n’est pas admise ; attendu : un nombre entier.',
    ]);
  });
});

describe('roots and abstract declarations', () => {
  test.each([
    ['<f/>', 'La racine « f », sans espace de noms, n’est déclarée dans aucun schéma.', '/f'],
    [
      '<p:e xmlns:p="urn:p"/>',
      'La racine « p:e », dans l’espace « urn:p », n’est déclarée dans aucun schéma.',
      '/p:e',
    ],
  ])('%s is not declared', (texte, message, chemin) => {
    const s = schema(suite(un('f', ' minOccurs="0"')));
    expect(bilan(s, `\n${texte}`).constats).toEqual([
      {
        code: 'XSD-001',
        message,
        position: { octet: 1, ligne: 2, colonne: 1 },
        element: 1,
        chemin,
        valeur: null,
        attendu: '',
      },
    ]);
  });

  test('nothing of an unknown root is judged', () => {
    expect(codes(schema(un('e', ' type="x:int"')), '<f><e>x</e></f>')).toEqual(['XSD-001']);
  });

  test('what is abstract does not stand as it is (3.3.4, 3.4.4)', () => {
    const s = schema(
      `${nomme('T', '').replace('name', 'abstract="1" name')}${un('b', ' abstract="true"')}${suite(`${un('a', ' type="T"')}<x:element ref="b"/>`)}`,
    );
    expect(bilan(s, '<e><a/><b/></e>').constats).toMatchObject([
      {
        code: 'XSD-011',
        message: 'Le type « T » est abstrait : il ne s’emploie pas tel quel.',
        chemin: '/e/a',
        element: 3,
        position: { octet: 3 },
      },
      {
        code: 'XSD-011',
        message: 'L’élément « b » est abstrait : il ne s’emploie pas tel quel.',
        chemin: '/e/b',
        element: 7,
        position: { octet: 7 },
      },
    ]);
  });
});

describe('what a wildcard lets in', () => {
  const joker = (processus: string) =>
    schema(`${un('k', ' type="x:int"')}${suite(`<x:any processContents="${processus}" maxOccurs="9"/>`)}`);

  test('strict: told at the tag; nothing of it is judged, all that follows is', () => {
    const constats = bilan(joker('strict'), '<e> <z><k>x</k></z><k>y</k></e>').constats;
    expect(constats).toMatchObject([
      {
        code: 'XSD-012',
        message: 'L’élément « z » n’est déclaré dans aucun schéma.',
        position: { octet: 4 },
        element: 4,
        chemin: '/e/z',
      },
      { code: 'XSD-007', chemin: '/e/k' },
    ]);
  });

  test('lax: what is not declared holds anything, judged where it is known', () => {
    expect(bilan(joker('lax'), '<e><z a="1">t<y/><k>x</k></z></e>').constats.map((c) => c.chemin)).toEqual([
      '/e/z/k',
    ]);
  });

  test('skip: nothing is judged, however deep; all that follows is', () => {
    const s = schema(
      `${un('k', ' type="x:int"')}${suite(`<x:any processContents="skip"/>${un('v', ' type="x:int"')}`)}`,
    );
    expect(codes(s, '<e><k>x<k><k/></k></k><v>1</v></e>')).toEqual([]);
    expect(codes(s, '<e><k><v/></k><v>x</v></e>')).toEqual(['XSD-007']);
  });

  test('an attribute that is not declared, under a strict one', () => {
    const s = schema(complexe('<x:anyAttribute/>'));
    expect(bilan(s, '<e  z="1"/>').constats).toMatchObject([
      {
        code: 'XSD-012',
        message: 'L’attribut « z » de « e » n’est déclaré dans aucun schéma.',
        position: { octet: 4 },
        chemin: '/e/@z',
      },
    ]);
  });
});

describe('a file of many names', () => {
  test('each is known for what it is', () => {
    const s = schema(
      `${un('k', ' type="x:int"')}${suite('<x:any processContents="lax" maxOccurs="unbounded"/>')}`,
    );
    const noms = Array.from({ length: 3000 }, (_, k) => `<n${k}/>`).join('');
    expect(bilan(s, `<e>${noms}<k>x</k>${noms}<k>1</k></e>`).constats.map((c) => c.chemin)).toEqual(['/e/k']);
  });

  test('nothing more is judged once there is no room for findings', () => {
    const s = schema(suite(un('a', ' type="x:int" maxOccurs="unbounded"')));
    const b = bilan(s, `<e>${'<a>x</a>'.repeat(5)}</e>`, { constats: 2 });
    expect([b.constats.length, b.tronque, b.valide]).toEqual([2, true, false]);
    expect(bilan(s, '<e><a>x</a><a>x</a></e>', { constats: 2 }).tronque).toBe(false);
  });
});
