import { describe, expect, test } from 'vitest';
import { lireTete } from '../../../../src/formats/xml/declaration.ts';
import { type Noeud, ecrireXml } from '../../../../src/formats/xml/ecrire.ts';
import { Espaces, jugerDeclaration, NON_LIE } from '../../../../src/formats/xml/espaces.ts';
import { ErreurVgm } from '../../../../src/metier/erreurs.ts';

/** The head of a file and its namespaces, read alone; what we write ourselves. */

const tete = (source: string | Buffer, dernier = true) => {
  const octets = typeof source === 'string' ? Buffer.from(source, 'latin1') : source;
  return lireTete(octets, octets.length, dernier);
};

describe('the head of a file (XML 1.0, productions 23 to 26, 80 and 81)', () => {
  const declaree = (suite: string) => `<?xml version="1.0"${suite}?>`;

  test.each([
    ['utf-8', 'UTF-8'],
    ['UTF8', 'UTF-8'],
    ['us-ascii', 'US-ASCII'],
    ['ASCII', 'US-ASCII'],
    ['ISO-8859-1', 'ISO-8859-1'],
    ['iso-latin-1', 'ISO-8859-1'],
    ['Latin1', 'ISO-8859-1'],
    ['ISO-8859-15', 'ISO-8859-15'],
  ])('%s is read as %s', (nom, encodage) => {
    const texte = declaree(` encoding="${nom}"`);
    expect(tete(`${texte}<a/>`)).toEqual({ type: 'lue', encodage, marque: 0, apres: texte.length });
  });

  test.each([
    "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>",
    '<?xml\tversion = "1.0"\r\nencoding= "UTF-8" standalone ="no" ?>',
    '<?xml version="1.0" standalone="no"?>',
    '<?xml version="1.0"?>',
  ])('%j', (texte) => {
    expect(tete(`${texte}\n<a/>`)).toEqual({
      type: 'lue',
      encodage: 'UTF-8',
      marque: 0,
      apres: texte.length,
    });
  });

  test.each([
    '<?xml encoding="UTF-8"?>',
    '<?xml version="1.0" standalone="oui"?>',
    '<?xml version="1.0" standalone="yes" encoding="UTF-8"?>',
    '<?xml version="1.0"encoding="UTF-8"?>',
    '<?xml version="1.0" encoding="8859"?>',
    '<?xml version="1.0" x="1"?>',
    '<?xml version="1.0\'?>',
    `<?xml version="1.0"${' '.repeat(1100)}?>`,
    '<?xml version="1.0"',
  ])('refused as written: %j', (texte) => {
    expect(tete(`${texte}<a/>`)).toEqual({ type: 'refusee', cle: 'declaration', indice: 0, valeur: '' });
  });

  test('what it says is told: version, encoding, an encoding against its mark', () => {
    const refus = (cle: string, valeur: string, indice = 0) => ({ type: 'refusee', cle, indice, valeur });
    expect(tete('<?xml version="1.1"?><a/>')).toEqual(refus('version', '1.1'));
    expect(tete(declaree(' encoding="EBCDIC"'))).toEqual(refus('encodage', 'EBCDIC'));
    expect(tete(`\xef\xbb\xbf${declaree(' encoding="Latin1"')}`)).toEqual(
      refus('encodageContraire', 'Latin1', 3),
    );
    expect(tete('\xef\xbb\xbf<?xml ?><a/>')).toEqual(refus('declaration', '', 3));
    expect(tete('')).toEqual(refus('vide', ''));
  });

  test('a mark of UTF-8 is passed over, with or without declaration; two bytes of one are no mark', () => {
    expect(tete('\xef\xbb\xbf<a/>')).toEqual({ type: 'lue', encodage: 'UTF-8', marque: 3, apres: 3 });
    const texte = declaree(' encoding="utf-8"');
    expect(tete(`\xef\xbb\xbf${texte}<a/>`)).toEqual({
      type: 'lue',
      encodage: 'UTF-8',
      marque: 3,
      apres: 3 + texte.length,
    });
    for (const debut of ['\xef\xbb', '\xef<a/>', '\xef\xbba', 'a\xbb\xbf', '<\xbb\xbf']) {
      expect(tete(debut)).toEqual({ type: 'lue', encodage: 'UTF-8', marque: 0, apres: 0 });
    }
  });

  test.each([
    ['fe ff 00 3c', 'UTF-16'],
    ['ff fe 3c 00', 'UTF-16'],
    ['00 3c 00 3f', 'UTF-16'],
    ['3c 00 3f 00', 'UTF-16'],
    ['00 00 fe ff', 'UTF-32'],
    ['00 00 00 3c', 'UTF-32'],
  ])('%s is %s, refused by its name', (hexa, valeur) => {
    const octets = Buffer.from(hexa.replaceAll(' ', ''), 'hex');
    expect(tete(octets)).toEqual({ type: 'refusee', cle: 'encodage', indice: 0, valeur });
    expect(tete(octets.subarray(0, 2))).toEqual({ type: 'refusee', cle: 'encodage', indice: 0, valeur });
  });

  test.each(['fe fe', 'ff ff', '00 3d', '3c 01', '3c', 'fe', 'ff', '00', '00 ff', '3c ff', 'fe 3c'])(
    '%s is no sign of another encoding',
    (hexa) => {
      const lue = { type: 'lue', encodage: 'UTF-8', marque: 0, apres: 0 };
      expect(tete(Buffer.from(hexa.replaceAll(' ', ''), 'hex'))).toEqual(lue);
    },
  );

  test('as long as the rest may come nothing is said; 9 bytes tell whether there is a declaration', () => {
    for (const debut of ['', '<', '<?xml ', '<aaaaaaa', '\xef\xbb\xbf<?xml']) {
      expect(tete(debut, false)).toEqual({ type: 'coupee' });
    }
    expect(tete('<aaaaaaaa', false)).toMatchObject({ type: 'lue', apres: 0 });
    expect(tete('<?xml ver', false)).toEqual({ type: 'coupee' });
    expect(tete(`<?xml ${' '.repeat(1017)}`, false)).toEqual({ type: 'coupee' });
    expect(tete(`<?xml ${' '.repeat(1018)}`, false)).toMatchObject({ cle: 'declaration' });
    expect(tete('<a><?xml v?></a>')).toMatchObject({ type: 'lue', apres: 0 });
    expect(tete('<?xmlx v?><a/>')).toMatchObject({ type: 'lue', apres: 0 });
  });
});

describe('bindings of prefixes', () => {
  test('to begin with, `xml` is bound and the default is no namespace', () => {
    const espaces = new Espaces();
    expect([espaces.prefixes, espaces.uris]).toEqual([
      ['', 'xml', 'xmlns'],
      ['', 'http://www.w3.org/XML/1998/namespace'],
    ]);
    expect([...espaces.liaisons.subarray(0, 4)]).toEqual([0, 1, NON_LIE, NON_LIE]);
    expect([espaces.trouverPrefixe('xml'), espaces.trouverPrefixe('p')]).toEqual([1, -1]);
  });

  test('each depth gives back what it had bound, whatever their number', () => {
    const espaces = new Espaces();
    const rangs = Array.from({ length: 40 }, (_, k) => espaces.prefixe(`p${k}`));
    for (const rang of rangs) espaces.lier(rang, espaces.uri('urn:a'), 1);
    for (const rang of rangs.slice(20)) espaces.lier(rang, espaces.uri('urn:b'), 3);
    const lus = () => rangs.map((rang) => espaces.uris[espaces.liaisons[rang] ?? -1]);
    espaces.sortir(4);
    expect(lus()).toEqual([...Array(20).fill('urn:a'), ...Array(20).fill('urn:b')]);
    espaces.sortir(3);
    expect(lus()).toEqual(Array(40).fill('urn:a'));
    espaces.sortir(1);
    expect(rangs.every((rang) => espaces.liaisons[rang] === NON_LIE)).toBe(true);
  });

  test.each([
    ['p', 'urn:a', 'admis'],
    ['', '', 'admis'],
    ['', 'http://a.fr/b?c#d', 'admis'],
    ['', 'http://u:m@a.fr:80/', 'admis'],
    ['', 'a/b', 'relatif'],
    ['', 'http://a b', 'relatif'],
    ['', 'http://a.fr:x/', 'relatif'],
    ['p', '', 'reserve'],
    ['xmlns', 'urn:a', 'reserve'],
    ['p', 'http://www.w3.org/2000/xmlns/', 'reserve'],
    ['xml', 'urn:a', 'reserve'],
    ['p', 'http://www.w3.org/XML/1998/namespace', 'reserve'],
    ['xml', 'http://www.w3.org/XML/1998/namespace', 'admis'],
  ])('xmlns:%s="%s": %s', (prefixe, uri, verdict) => {
    expect(jugerDeclaration(prefixe, uri)).toBe(verdict);
  });
});

describe('what we write', () => {
  const codeDe = (ecrire: () => unknown): string => {
    try {
      ecrire();
      return 'rien';
    } catch (erreur) {
      if (erreur instanceof ErreurVgm) return erreur.fiche.code;
      throw erreur;
    }
  };
  const ecrit = (noeud: Noeud): string =>
    Buffer.from(ecrireXml(noeud)).toString('latin1').split('\n', 2)[1] ?? '';

  test('characters of an element and of an attribute, each in its way', () => {
    expect(ecrit({ nom: 'a', texte: '<&>"\tx\r\x80é€' })).toBe(
      '<a>&lt;&amp;&gt;&quot;\tx&#13;&#128;\xe9&#8364;</a>',
    );
    expect(ecrit({ nom: 'p:a', attributs: { b: '<&>"\t\n é' } })).toBe(
      '<p:a b="&lt;&amp;&gt;&quot;&#9;&#10; \xe9"/>',
    );
  });

  test('markup that is given as it stands takes no indentation', () => {
    const signature = '<ds:Signature xmlns:ds="urn:s"><x/></ds:Signature>';
    expect(ecrit({ nom: 'a', attributs: { b: '1' }, texte: 'x&', brut: signature })).toBe(
      `<a b="1">x&amp;${signature}</a>`,
    );
  });

  test.each(['\u0000', '\u001f', '\ud800', '\udfff', '\ufffe', '\uffff'])(
    'a character that XML forbids is refused (%j)',
    (texte) => {
      expect(codeDe(() => ecrireXml({ nom: 'a', texte }))).toBe('VGM-XML-001');
    },
  );

  test.each(['\ue000', '\ufffd', '\u{10000}', '\u{10ffff}'])(
    'one that it allows is written (%j)',
    (texte) => {
      expect(ecrit({ nom: 'a', texte })).toBe(`<a>&#${texte.codePointAt(0)};</a>`);
    },
  );

  test.each(['', '1a', 'a:', ':a', 'a:b:c', 'a b', 'é', 'a:1'])('%j is no name', (nom) => {
    expect(codeDe(() => ecrireXml({ nom }))).toBe('VGM-XML-002');
    expect(codeDe(() => ecrireXml({ nom: 'a', attributs: { [nom]: '' } }))).toBe('VGM-XML-002');
  });

  test.each(['a', 'A-b.c_1', '_a:b-1.c'])('%j is one', (nom) => {
    expect(ecrit({ nom })).toBe(`<${nom}/>`);
  });
});
