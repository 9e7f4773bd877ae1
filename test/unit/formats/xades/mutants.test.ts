import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifierXades } from '../../../../src/formats/xades/verifier.ts';
import type { Pki } from '../certificats/pki.ts';
import { cleDe, pes, pkiSignature, signer } from './atelier.ts';
import { canoniques } from './forger.ts';

const MUTANTS = 2000;
const GRAINE = 20_260_615;

let pki: Pki;
let bon: Buffer;
beforeAll(async () => {
  pki = pkiSignature();
  bon = (await signer(pes({ bordereaux: 1 }), cleDe(pki, 'ec'))).octets;
});
afterAll(() => pki.fermer());

/** mulberry32: the same seed, the same mutants. */
function tirage(graine: number): (n: number) => number {
  let etat = graine;
  return (n) => {
    etat = (etat + 0x6d2b79f5) | 0;
    let t = Math.imul(etat ^ (etat >>> 15), 1 | etat);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** Changes, removes, doubles or moves a few bytes. */
function muter(octets: Buffer, tirer: (n: number) => number): Buffer {
  const i = tirer(octets.length);
  const long = 1 + tirer(12);
  const [tete, milieu, fin] = [
    octets.subarray(0, i),
    octets.subarray(i, i + long),
    octets.subarray(i + long),
  ];
  switch (tirer(5)) {
    case 0:
      return Buffer.concat([tete, fin]);
    case 1:
      return Buffer.concat([tete, milieu, milieu, fin]);
    case 2:
      return Buffer.concat([
        tete,
        Buffer.from([' ', '\n', '<!-- -->', '<?x?>', '&#32;', 'A'][tirer(6)] ?? ''),
        milieu,
        fin,
      ]);
    case 3: {
      const j = tirer(octets.length - 12);
      return Buffer.concat([tete, octets.subarray(j, j + long), fin]);
    }
    default: {
      const copie = Buffer.from(octets);
      copie[i] = tirer(256);
      return copie;
    }
  }
}

/** What the file says where it is signed. */
const dit = (o: Buffer): string[] =>
  [
    canoniques(o.toString('latin1'), 'Bordereau', true),
    canoniques(o.toString('latin1'), 'SignedInfo'),
    canoniques(o.toString('latin1'), 'SignedProperties'),
  ]
    .flat()
    .map((b) => b.toString('utf8'));

test('a mutant called valid says the same thing: content, SignedInfo and properties canonically equal', async () => {
  const tirer = tirage(GRAINE);
  const temoin = dit(bon);
  let valides = 0;
  for (let n = 0; n < MUTANTS; n += 1) {
    const mutant = muter(bon, tirer);
    const verdict = await verifierXades(() => [mutant]);
    if (verdict.type !== 'lu' || verdict.conclusion !== 'valide') continue;
    valides += 1;
    expect(dit(mutant)).toEqual(temoin);
  }
  // outside of the bordereau, or in the spelling of tags: some must survive, or the test tests nothing
  expect(valides).toBeGreaterThan(MUTANTS / 20);
  console.log(`${MUTANTS} mutants, seed ${GRAINE}: ${valides} still valid, all of them canonically equal`);
}, 60_000);
