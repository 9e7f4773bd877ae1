import { mkdtempSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';
const dossier = mkdtempSync(join(tmpdir(), 'schemas-'));
const dehors = mkdtempSync(join(tmpdir(), 'dehors-'));

mkdirSync(join(dossier, 'sous'));
const type = '<x:simpleType name="N"><x:restriction base="x:integer"/></x:simpleType>';
writeFileSync(join(dehors, 'type.xsd'), `<x:schema ${XS}>${type}</x:schema>`);
writeFileSync(join(dossier, 'type.xsd'), `<x:schema ${XS}>${type}</x:schema>`);
const racine = (lieu: string) =>
  `<x:schema ${XS}><x:include schemaLocation="${lieu}"/><x:element name="r"><x:complexType><x:sequence>` +
  '<x:element name="n" type="N" maxOccurs="unbounded"/></x:sequence></x:complexType></x:element></x:schema>';
writeFileSync(join(dossier, 'plat.xsd'), racine('type.xsd'));
writeFileSync(join(dossier, 'sous', 'creux.xsd'), racine('../type.xsd'));
writeFileSync(join(dossier, 'evade.xsd'), racine(`../${dehors.split('/').at(-1)}/type.xsd`));
writeFileSync(join(dossier, 'absolu.xsd'), racine(`file://${dehors}/type.xsd`));
writeFileSync(join(dossier, 'reseau.xsd'), racine('http://127.0.0.1:9/type.xsd'));
writeFileSync(join(dossier, 'casse.xsd'), '<x:schema');
writeFileSync(
  join(dossier, 'cle.xsd'),
  `<x:schema ${XS}>\n<x:element name="r"><x:complexType/>\n<x:key name="k"><x:selector xpath="n"/>` +
    '<x:field xpath="."/></x:key></x:element></x:schema>',
);
symlinkSync(join(dehors, 'type.xsd'), join(dossier, 'lien.xsd'));
writeFileSync(join(dossier, 'par-lien.xsd'), racine('lien.xsd'));

const octets = (texte: string) => Buffer.from(texte, 'utf8');
const jeu = ouvrirSchemas(dossier);

describe('schemas of a folder', () => {
  test.each(['plat', 'sous/creux'])('« %s » resolves its includes inside the folder', (schema) => {
    expect(jeu.valider(schema, octets('<r><n>1</n></r>'))).toEqual([]);
    expect(jeu.valider(schema, octets('<r>\n<n>x</n></r>'))).toMatchObject([{ ligne: 2 }]);
  });

  test('a fault is told in French, with its place, the value seen and the value expected', () => {
    expect(jeu.valider('plat', octets('<r>\n\n é<n>x</n></r>')).at(-1)).toEqual({
      code: 'XSD-007',
      message: expect.stringMatching(/« x ».*entier/),
      ligne: 3,
      colonne: 3,
      octet: 8,
      chemin: '/r/n[1]',
      valeur: 'x',
      attendu: expect.stringContaining('entier'),
    });
  });

  test('faults are capped at 50', () => {
    expect(jeu.valider('plat', octets(`<r>${'<n>x</n>'.repeat(500)}</r>`))).toHaveLength(50);
  });

  test.each(['evade', 'absolu', 'reseau', 'par-lien'])(
    '« %s » reaches for a file outside: unusable',
    (schema) => {
      expect(() => jeu.valider(schema, octets('<r><n>1</n></r>'))).toThrow(
        /VGM-XML-004 .*n’est pas dans le jeu/,
      );
    },
  );

  test('a broken schema, an unknown one, a path: each refused by name', () => {
    expect(() => jeu.valider('casse', octets('<r/>'))).toThrow(/VGM-XML-004/);
    expect(() => jeu.valider('absent', octets('<r/>'))).toThrow(/VGM-XML-003/);
    expect(() => jeu.valider(`../${dehors.split('/').at(-1)}/type`, octets('<r/>'))).toThrow(/VGM-XML-003/);
  });

  test('a construct that is not carried out makes the schema unusable: nothing passes by half', () => {
    expect(() => jeu.valider('cle', octets('<r/>'))).toThrow(/VGM-XML-004 .*cle\.xsd, ligne 3 : .*key/);
  });

  test('a document cannot bring its own schema (xsi:schemaLocation)', () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
    const hote = `<r ${xsi} xsi:noNamespaceSchemaLocation="file://${dehors}/type.xsd"><n>x</n></r>`;
    expect(jeu.valider('plat', octets(hote))).toMatchObject([{ code: 'XSD-007' }]);
  });

  test('the encoding announced is the one used: no leniency for what we send', () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><r><n>\xe9</n></r>', 'latin1');
    expect(jeu.valider('plat', latin)).toMatchObject([{ code: 'XML-007', ligne: 1, colonne: 45 }]);
  });

  test('not well-formed, or with a DOCTYPE: an answer, not an exception', () => {
    expect(jeu.valider('plat', octets('<r>'))).toMatchObject([{ code: 'XML-012' }]);
    expect(jeu.valider('plat', octets(''))).toMatchObject([{ code: 'XML-001' }]);
    expect(jeu.valider('plat', octets('<!DOCTYPE r><r><n>1</n></r>'))).toMatchObject([{ code: 'XML-006' }]);
  });
});
