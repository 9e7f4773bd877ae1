import { describe, expect, test } from 'vitest';
import { bilan, codes, restriction, schema } from './essais.ts';

const s = schema(
  `<x:element name="Acte"><x:complexType><x:sequence><x:element name="Objet">${restriction('x:string', ['maxLength', '5'])}</x:element>` +
    '<x:element name="Annexes"><x:complexType><x:sequence><x:element name="Annexe" minOccurs="0" maxOccurs="unbounded"><x:complexType><x:attribute name="n" type="x:int" use="required"/></x:complexType></x:element></x:sequence></x:complexType></x:element>' +
    '</x:sequence></x:complexType></x:element>',
);

describe('Findings: place, path, value, what was expected', () => {
  test('an attribute value: byte, line, column, path with ranks', () => {
    const texte = '<Acte><Objet>a</Objet>\n<Annexes>\n  <Annexe n="1"/><Annexe  n="é"/></Annexes></Acte>';
    const [c] = bilan(s, texte).constats;
    const octet = Buffer.from(texte.slice(0, texte.indexOf('é'))).length;
    expect(c).toEqual({
      code: 'XSD-006',
      message:
        'La valeur « é » de l’attribut « n » de « Annexe » n’est pas admise ; attendu : un nombre entier.',
      position: { octet, ligne: 3, colonne: 30 },
      element: texte.indexOf('<Annexe  '),
      chemin: '/Acte/Annexes/Annexe[2]/@n',
      valeur: 'é',
      attendu: 'un nombre entier',
    });
  });

  test('an element value stands where its element begins; the value is cut to 60 characters', () => {
    const texte = `<Acte>\n <Objet>${'é'.repeat(200)}</Objet><Annexes/></Acte>`;
    const [c] = bilan(s, texte, { morceau: 7 }).constats;
    expect([c?.code, c?.chemin, c?.position]).toEqual([
      'XSD-007',
      '/Acte/Objet',
      { octet: 8, ligne: 2, colonne: 2 },
    ]);
    expect(c?.valeur).toBe(`${'é'.repeat(60)}…`);
    expect(c?.attendu).toBe('au plus 5 caractères (ici 200)');
  });

  test('an element out of place tells what could have come; those after it are still judged', () => {
    const constats = bilan(s, '<Acte><Autre/><Objet>trop long</Objet></Acte>').constats;
    expect(constats.map((c) => [c.code, c.chemin])).toEqual([
      ['XSD-002', '/Acte/Autre'],
      ['XSD-007', '/Acte/Objet'],
    ]);
    expect(constats[0]?.message).toBe(
      'L’élément « Autre » n’a pas sa place ici dans « Acte » ; attendu : « Objet ».',
    );
  });

  test('an incomplete element is told at its end tag, with its start', () => {
    const texte = '<Acte><Objet>a</Objet></Acte>';
    const [c] = bilan(s, texte).constats;
    expect([c?.code, c?.position.octet, c?.element]).toEqual(['XSD-003', texte.indexOf('</Acte'), 0]);
    expect(c?.message).toBe('« Acte » est incomplet ; attendu : « Annexes ».');
  });

  test('an unknown root', () => {
    expect(bilan(s, '<Z xmlns="urn:z"><Y/></Z>').constats.map((c) => c.message)).toEqual([
      'La racine « Z », dans l’espace « urn:z », n’est déclarée dans aucun schéma.',
    ]);
  });

  test('findings are capped, and it is said', () => {
    const texte = `<Acte><Objet>a</Objet><Annexes>${'<Annexe n="x"/>'.repeat(1000)}</Annexes></Acte>`;
    const b = bilan(s, texte, { constats: 10 });
    expect([b.constats.length, b.tronque, b.valide]).toEqual([10, true, false]);
    expect(bilan(s, texte).constats.length).toBe(100);
  });

  test('the same findings whatever the portions', () => {
    const texte =
      '<?xml version="1.0"?><Acte>x<Objet>123456</Objet>\n<Annexes><Annexe/>\n<Annexe n="&#49;"/><Annexe n="1" m=""/></Annexes><Fin/></Acte>';
    const entier = bilan(s, texte);
    expect(entier.constats.map((c) => c.code)).toEqual([
      'XSD-008',
      'XSD-007',
      'XSD-005',
      'XSD-004',
      'XSD-002',
    ]);
    for (const morceau of [1, 2, 3, 17]) expect(bilan(s, texte, { morceau })).toEqual(entier);
  });

  test('a name of another namespace is not the one declared', () => {
    expect(codes(s, '<Acte xmlns="urn:x"/>')).toEqual(['XSD-001']);
  });
});
