import { afterAll, beforeAll, expect, test } from 'vitest';
import { tirage } from '../../../conformite/mutants-xml.ts';
import type { Pki } from '../certificats/pki.ts';
import { cleDe, pes, pkiSignature, signer } from './atelier.ts';
import { CampagneXades } from './mutants.ts';

const MUTANTS = 2000;
const GRAINE = 20_260_615;

let pki: Pki;
let bon: Buffer;
beforeAll(async () => {
  pki = pkiSignature();
  bon = (await signer(pes({ bordereaux: 1 }), cleDe(pki, 'ec'))).octets;
});
afterAll(() => pki.fermer());

test('a mutant called valid says the same thing: content, SignedInfo and properties canonically equal', async () => {
  const campagne = new CampagneXades(bon);
  const { compte } = campagne;
  const de = tirage(GRAINE);
  while (compte.mutants < MUTANTS) await campagne.tour(de);
  console.log(
    `${MUTANTS} mutants, seed ${GRAINE}: ${compte.valides} still valid, all of them canonically equal`,
  );
  expect(compte.desaccords).toEqual([]);
  // outside of the bordereau, or in the spelling of tags: some must survive, or the test tests nothing
  expect(compte.valides).toBeGreaterThan(MUTANTS / 20);
}, 60_000);
