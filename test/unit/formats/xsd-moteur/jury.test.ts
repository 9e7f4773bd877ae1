import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { type Jure, JuryXsd, type RacineXml } from '../../../../src/formats/xsd/jury.ts';
import { complexe, schema, simple, un } from './essais.ts';

const COURT = schema(simple('maxLength', '2'));
const CHIFFRES = schema(simple('pattern', '\\d*'));
const ELEMENTS = schema(complexe(`<x:sequence>${un('a')}</x:sequence>`));

function lire(texte: string, jury: JuryXsd<string>): boolean {
  const analyseur = new AnalyseurXml(jury);
  analyseur.ecrire(Buffer.from(texte));
  return analyseur.finir() === null;
}
const jurer = (...jures: Jure<string>[]) => new JuryXsd<string>(() => jures);
const codes = (jury: JuryXsd<string>) =>
  jury.bilans()?.jures.map(({ pour, bilan }) => [pour, bilan.valide, ...bilan.constats.map((c) => c.code)]);

describe('several schemas judge one reading', () => {
  test('each gives its own findings, in whose name it was called', () => {
    const jury = jurer({ pour: 'court', schema: COURT }, { pour: 'chiffres', schema: CHIFFRES });
    expect(lire('<!-- x --><?p?><e>a&#98;<![CDATA[c]]><!-- y --><?p?></e>', jury)).toBe(true);
    expect(codes(jury)).toEqual([
      ['court', false, 'XSD-007'],
      ['chiffres', false, 'XSD-007'],
    ]);
    const autre = jurer({ pour: 'court', schema: COURT }, { pour: 'chiffres', schema: CHIFFRES });
    lire('<e>1&#50;</e>', autre);
    expect(codes(autre)).toEqual([
      ['court', true],
      ['chiffres', true],
    ]);
  });

  test('one alone hears all, nobody hears nothing', () => {
    const seul = jurer({ pour: 'seul', schema: ELEMENTS });
    expect(lire('<e>x&amp;<a/><b/></e>', seul)).toBe(true);
    expect(codes(seul)).toEqual([['seul', false, 'XSD-008', 'XSD-002']]);
    const vide = jurer();
    expect(lire('<e>x&amp;<a/><!-- y --><?p?></e>', vide)).toBe(true);
    expect(codes(vide)).toEqual([]);
  });

  test('they are called once, by the root, within the reading', () => {
    const vues: RacineXml[] = [];
    const jury = new JuryXsd<string>((racine) => {
      vues.push(racine);
      return [];
    });
    expect(jury.bilans()).toBeNull();
    lire('<!-- x --><p:e xmlns:p="urn:p"><p:e/><f/></p:e>', jury);
    expect(vues).toEqual([{ espace: 'urn:p', nom: 'e' }]);
    expect(jury.bilans()?.racine).toEqual({ espace: 'urn:p', nom: 'e' });
  });

  test('of a document that is not read to its end, nothing is told', () => {
    for (const texte of ['<e>abc', '', '<e>abc</f>']) {
      const jury = jurer({ pour: 'court', schema: COURT });
      expect([lire(texte, jury), jury.bilans()]).toEqual([false, null]);
    }
  });

  test('findings are capped for each', () => {
    const jury = new JuryXsd<string>(() => [{ pour: 'a', schema: ELEMENTS }], { constats: 1 });
    lire('<e z="">x</e>', jury);
    expect(jury.bilans()?.jures[0]?.bilan).toMatchObject({ tronque: true, constats: [{ code: 'XSD-004' }] });
  });
});
