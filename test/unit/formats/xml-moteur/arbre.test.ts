import { expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { ConstructeurArbre } from '../../../../src/formats/xml/arbre.ts';
import { Muet } from '../../../../src/formats/xml/muet.ts';

/** A small document kept whole: what it says, and where it stops being small. */

function lire(xml: string) {
  const arbre = new ConstructeurArbre();
  const analyseur = new AnalyseurXml(arbre);
  analyseur.ecrire(Buffer.from(xml));
  return { refus: analyseur.finir(), arbre };
}

test('500,000 elements are kept, one more is refused where it begins', () => {
  const plein = `<a>${'<b/>'.repeat(499_999)}`;
  const { refus, arbre } = lire(`${plein}</a>`);
  expect(refus).toBeNull();
  expect(arbre.racine.enfants).toHaveLength(499_999);
  expect(lire(`${plein}<b/></a>`).refus).toMatchObject({
    code: 'XML-100',
    position: { octet: plein.length },
    message: expect.stringContaining('plus de 500000 éléments'),
  });
});

test('comments and instructions do not cut the text around them; attributes go by expanded name', () => {
  const { arbre } = lire('<p:a xmlns:p="urn:x" b="1" p:b="2">x<?i?>y<!--z--><c/>é<![CDATA[<]]></p:a>');
  const { racine } = arbre;
  expect([racine.espace, racine.nom, racine.texte]).toEqual(['urn:x', 'a', 'xyé<']);
  expect([...racine.attributs.values()].toSorted()).toEqual(['1', '2']);
  expect(racine.enfants.map((e) => [e.espace, e.nom, e.attributs.size])).toEqual([['', 'c', 0]]);
});

test.each([
  ['<a><1', 'balise « 1 » est'],
  ['<a>< b/></a>', 'balise «   » est'],
  ['<a><!x', '« <! »'],
  ['<a><!x></a>', '« <! »'],
])('%s: a `<` that begins nothing is refused with what follows it', (xml, dit) => {
  const analyseur = new AnalyseurXml(new Muet());
  analyseur.ecrire(Buffer.from(xml));
  expect(analyseur.finir()).toMatchObject({ position: { octet: 3 }, message: expect.stringContaining(dit) });
});
