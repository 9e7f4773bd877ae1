import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecrireXml, type Noeud } from '../../../src/formats/xml/ecrire.ts';
import { type ElementXml, lireXml } from '../../../src/formats/xml/lire.ts';
import { fixturesActes } from './chemins.ts';

/** Documents drawn at random: apart from the tests that mutants are set against. */

function lu(octets: Uint8Array): ElementXml {
  const lecture = lireXml(octets);
  if (lecture.type !== 'lu') throw new TypeError(lecture.motif);
  return lecture.racine;
}

const caractere = fc
  .integer({ min: 0x20, max: 0x10ffff })
  .filter((c) => !(c >= 0xd800 && c <= 0xdfff) && c !== 0xfffe && c !== 0xffff)
  .map((c) => String.fromCodePoint(c));
const caractereCourant = fc.constantFrom(...'aé’"&<>\t\n\r€ ]');
const texte = fc.string({ unit: fc.oneof(caractereCourant, caractere), maxLength: 20 });
const nomLocal = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/).filter((n) => !/^xml/i.test(n));

const feuille = {
  nom: nomLocal,
  attributs: fc.dictionary(nomLocal, texte, { maxKeys: 3, noNullPrototype: true }),
  texte,
};
const arbre = fc.letrec<{ noeud: Noeud }>((lien) => ({
  noeud: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'arbre' },
    fc.record({ ...feuille, enfants: fc.constant([]) }),
    fc.record({ ...feuille, enfants: fc.array(lien('noeud'), { maxLength: 3, depthIdentifier: 'arbre' }) }),
  ),
})).noeud;

/** Indentation is not data: an element with children and no text of its own reads back with blanks. */
function memeArbre(ecrit: Noeud, relu: ElementXml): void {
  expect(relu.nom).toBe(ecrit.nom);
  expect(new Map(relu.attributs)).toEqual(new Map(Object.entries(ecrit.attributs ?? {})));
  if (ecrit.texte === '' && (ecrit.enfants?.length ?? 0) > 0) expect(relu.texte.trim()).toBe('');
  else expect(relu.texte).toBe(ecrit.texte);
  expect(relu.enfants.length).toBe(ecrit.enfants?.length);
  for (const [i, enfant] of (ecrit.enfants ?? []).entries()) memeArbre(enfant, relu.enfants[i] as ElementXml);
}

describe('properties', () => {
  test('any tree written reads back the same', () => {
    fc.assert(
      fc.property(arbre, (noeud) => memeArbre(noeud, lu(ecrireXml(noeud)))),
      { numRuns: 1000, seed: 20260310 },
    );
  });

  test('the reader answers and never throws, on random bytes and on damaged messages', () => {
    const messages = [...fixturesActes().values()];
    const abime = fc
      .tuple(fc.constantFrom(...messages), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }))
      .map(([message, place, octets]) => {
        const copie = Uint8Array.from(message);
        copie.set(octets, place % (copie.byteLength - octets.byteLength));
        return copie;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), abime), (octets) => {
        expect(['lu', 'illisible']).toContain(lireXml(octets).type);
      }),
      { numRuns: 3000, seed: 20260310 },
    );
  });
});
