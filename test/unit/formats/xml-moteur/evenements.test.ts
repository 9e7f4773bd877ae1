import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { Ensemble } from '../../../../src/formats/xml/ensemble.ts';
import type { Balise } from '../../../../src/formats/xml/evenements.ts';
import { lire, Temoin } from './lire.ts';

const latin1 = (texte: string): Buffer => Buffer.from(texte, 'latin1');

describe('the tokeniser tells what the file holds', () => {
  test('start and end tags with their exact offsets in the file, declarations apart', () => {
    expect(lire('<a b="1"><c/>x</a >').lignes).toEqual([
      'commencer UTF-8',
      'ouvrir a b="1" @0-2-9',
      'ouvrir c @9-11-13 vide',
      'fermer c @13-13',
      'texte "x"',
      'fermer a @14-19',
      'finir',
    ]);
  });

  test('names are resolved: default namespace for elements, never for attributes (Namespaces §6.2)', () => {
    const { lignes } = lire(
      '<a xmlns="urn:d" xmlns:p="urn:p" x="1" p:x="2"><p:b xmlns=""><c/></p:b><c/></a>',
    );
    expect(lignes.filter((l) => l.startsWith('ouvrir')).map((l) => l.replace(/ @.*/, ''))).toEqual([
      'ouvrir {urn:d}a x="1" {urn:p}x="2"',
      'ouvrir {urn:p}b',
      'ouvrir c',
      'ouvrir {urn:d}c',
    ]);
  });

  test('line ends are LF, references are characters, white space of values is spaces (XML 1.0, 2.11, 3.3.3)', () => {
    expect(
      lire('<a b="x\r\ny\tz&#10;&lt;">1\r\n2\r3&#13;&amp;&#x1F600;<![CDATA[&amp;\r\n<]]]]></a>').lignes.slice(
        1,
        3,
      ),
    ).toEqual(['ouvrir a b="x y z\\n<" @0-2-23', 'texte "1\\n2\\n3\\r&😀&amp;\\n<]]"']);
  });

  test('comments and instructions, inside the root and around it', () => {
    expect(lire('<!--a--><?p  x ?><a><?q?></a>\n<!---->').lignes).toEqual([
      'commencer UTF-8',
      'commentaire "a"',
      'instruction p "x "',
      expect.stringContaining('ouvrir a'),
      'instruction q ""',
      expect.stringContaining('fermer a'),
      'commentaire ""',
      'finir',
    ]);
  });

  test.each([
    ['ISO-8859-1', 'é½\x80'],
    ['ISO-8859-15', 'éœ\x80'],
    ['UTF-8', 'Ã©Â½Â\x80'],
    ['US-ASCII', 'é'],
  ])('%s is read as it is declared, C1 controls kept', (encodage, attendu) => {
    const octets = latin1(`<?xml version="1.0" encoding="${encodage}"?><a>\xe9\xbd\x80</a>`);
    const bonne =
      encodage === 'UTF-8' ? latin1('<a>\xc3\x83\xc2\xa9\xc3\x82\xc2\xbd\xc3\x82\xc2\x80</a>') : octets;
    const { refus, lignes } = lire(bonne);
    if (encodage === 'US-ASCII') expect(refus?.code).toBe('XML-008');
    else expect(lignes[2]).toBe(`texte ${JSON.stringify(attendu)}`);
  });

  test('names beyond ASCII are read in each encoding', () => {
    const octets = latin1('<?xml version="1.0" encoding="ISO-8859-15"?><\xbd\xe9 \xa6="1"/>');
    expect(lire(octets).lignes[1]).toMatch(/^ouvrir œé Š="1"/);
  });

  test('a byte-order mark says UTF-8, counts in offsets and not in columns', () => {
    const { lignes } = lire('\ufeff<a/>');
    expect(lignes).toContain('ouvrir a @3-5-7 vide');
    expect(lire('\ufeff<a>&x;</a>').refus?.position).toEqual({ octet: 6, ligne: 1, colonne: 4 });
  });

  test('wherever the chunks are cut, even byte by byte, the events are the same', () => {
    const source = `<?xml version='1.0'?><!--x--><é a="1&amp;2" xmlns:p='urn:p'>t&#x20AC;\r\n]]<p:b/><![CDATA[]]x]]]>]]<?q r?></é> `;
    const entier = lire(source);
    expect(entier.refus).toBeNull();
    for (const pas of [1, 2, 3, 5, 7, 16]) expect(lire(source, { pas })).toEqual(entier);
  });

  test('several receivers hear the same pass, and one of them may stop it', () => {
    const [un, deux] = [new Temoin(), new Temoin()];
    const source = Buffer.from('<a b="1">t&amp;<!--c--><?p?><c/></a>');
    const analyseur = new AnalyseurXml(new Ensemble([un, deux]));
    analyseur.ecrire(source);
    expect(analyseur.finir()).toBeNull();
    expect(deux.lignes).toEqual(un.lignes);
    expect(un.lignes).toEqual(lire(source).lignes);

    class Arret extends Temoin {
      override ouvrir(balise: Balise): void {
        if (balise.profondeur === 2) this.session.arreter('ESSAI-001', 'Assez lu.', balise.debut);
      }
    }
    const arrete = new AnalyseurXml(new Ensemble([new Arret()]));
    expect(arrete.ecrire(source)).toEqual({
      code: 'ESSAI-001',
      message: 'Assez lu.',
      position: { octet: 28, ligne: 1, colonne: 29 },
    });
    expect(arrete.finir()?.code).toBe('ESSAI-001');
  });
});
