import { mkdtempSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ouvrirSchemas } from '../../../src/formats/xsd/schemas.ts';

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
symlinkSync(join(dehors, 'type.xsd'), join(dossier, 'lien.xsd'));
writeFileSync(join(dossier, 'par-lien.xsd'), racine('lien.xsd'));

const octets = (texte: string) => Buffer.from(texte, 'utf8');
const jeu = ouvrirSchemas(dossier);
afterAll(() => jeu.fermer());

describe('schemas of a folder', () => {
  test.each(['plat', 'sous/creux'])('« %s » resolves its includes inside the folder', (schema) => {
    expect(jeu.valider(schema, octets('<r><n>1</n></r>'))).toEqual([]);
    expect(jeu.valider(schema, octets('<r>\n<n>x</n></r>'))).toMatchObject([{ ligne: 2 }]);
  });

  test('errors are told in French with the words of libxml2, and with their line', () => {
    const [erreur] = jeu.valider('plat', octets('<r>\n\n<n>x</n></r>'));
    expect(erreur?.ligne).toBe(3);
    expect(erreur?.message).toMatch(/^non conforme au schéma « plat » : Element 'n': 'x' is not a valid/);
  });

  test('errors are capped at 50', () => {
    expect(jeu.valider('plat', octets(`<r>${'<n>x</n>'.repeat(500)}</r>`))).toHaveLength(50);
  });

  test.each(['evade', 'absolu', 'reseau', 'par-lien'])(
    '« %s » reaches for a file outside: unusable',
    (schema) => {
      expect(() => jeu.valider(schema, octets('<r><n>1</n></r>'))).toThrow(/VGM-XML-004/);
    },
  );

  test('a broken schema, an unknown one, a path: each refused by name', () => {
    expect(() => jeu.valider('casse', octets('<r/>'))).toThrow(/VGM-XML-004/);
    expect(() => jeu.valider('absent', octets('<r/>'))).toThrow(/VGM-XML-003/);
    expect(() => jeu.valider(`../${dehors.split('/').at(-1)}/type`, octets('<r/>'))).toThrow(/VGM-XML-003/);
  });

  test('a document cannot bring its own schema (xsi:schemaLocation)', () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
    const hote = `<r ${xsi} xsi:noNamespaceSchemaLocation="file://${dehors}/type.xsd"><n>x</n></r>`;
    expect(jeu.valider('plat', octets(hote))).not.toEqual([]);
  });

  test('the encoding announced is the one used: no leniency for what we send', () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><r><n>\xe9</n></r>', 'latin1');
    expect(jeu.valider('plat', latin)[0]?.message).toMatch(/^XML mal formé/);
  });

  test('not well-formed, or with a DOCTYPE: an answer, not an exception', () => {
    expect(jeu.valider('plat', octets('<r>'))[0]?.message).toMatch(/^XML mal formé/);
    expect(jeu.valider('plat', octets(''))).toHaveLength(1);
    expect(jeu.valider('plat', octets('<!DOCTYPE r><r><n>1</n></r>'))[0]?.message).toMatch(/DOCTYPE/);
  });

  test('two sets live side by side; a closed one answers no more', () => {
    const autre = ouvrirSchemas(dossier);
    expect(autre.valider('plat', octets('<r><n>1</n></r>'))).toEqual([]);
    autre.fermer();
    expect(() => autre.valider('plat', octets('<r/>'))).toThrow(/VGM-XML-003/);
    expect(jeu.valider('plat', octets('<r><n>1</n></r>'))).toEqual([]);
  });
});
