import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierCades } from '../../../../src/formats/certificats/cades.ts';
import { cms, pkiCms } from '../certificats/cms-essai.ts';
import { jugeOpenssl, type Pki } from '../certificats/pki.ts';
import { type Lu, opensslDit, signe, signerPdf, timbre, verifier } from './atelier.ts';

/** Mutants drawn from a seed: what we call valid, openssl calls valid too. It may take more; never less. */

const MUTANTS = Number(process.env['MUTANTS'] ?? 600);
const GRAINE = Number(process.env['GRAINE'] ?? 20_261_122);

let pki: Pki;
beforeAll(() => {
  pki = pkiCms();
}, 60_000);
afterAll(() => pki.fermer());

/** Mulberry32: small, and the same everywhere. */
function tirage(graine: number): (n: number) => number {
  let etat = graine >>> 0;
  return (n) => {
    etat = (etat + 0x6d2b79f5) >>> 0;
    let t = Math.imul(etat ^ (etat >>> 15), 1 | etat);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** One to three changes: a byte, a bit, a byte more or less, a piece twice. */
function muter(source: Buffer, tirer: (n: number) => number, [de, a]: readonly [number, number]): Buffer {
  let octets = Buffer.from(source);
  for (let n = 1 + tirer(3); n > 0; n -= 1) {
    const place = de + tirer(Math.max(1, Math.min(a, octets.length) - de));
    switch (tirer(5)) {
      case 0:
        octets[place] = tirer(256);
        break;
      case 1:
        octets[place] = (octets[place] ?? 0) ^ (1 << tirer(8));
        break;
      case 2:
        octets = Buffer.concat([octets.subarray(0, place), octets.subarray(place + 1)]);
        break;
      case 3:
        octets = Buffer.concat([
          octets.subarray(0, place),
          Buffer.from([tirer(256)]),
          octets.subarray(place),
        ]);
        break;
      default:
        octets = Buffer.concat([
          octets.subarray(0, place),
          octets.subarray(place - Math.min(place, tirer(40)), a),
          octets.subarray(place),
        ]);
    }
  }
  return octets;
}

describe('signature files', () => {
  test.each<[string, () => Buffer]>([
    ['ECDSA', () => cms({ pki, contenu: CONTENU })],
    [
      'RSA, its certificate named by SHA-1',
      () => cms({ pki, contenu: CONTENU, de: 'rsa', methode: 'rsa', designe: 'v1' }),
    ],
    ['BER', () => cms({ pki, contenu: CONTENU, indefini: true, parCle: true })],
  ])('%s', async (_, faire) => {
    const source = faire();
    const tirer = tirage(GRAINE);
    const acceptes: Buffer[] = [];
    for (let i = 0; i < MUTANTS; i += 1) {
      const mutant = muter(source, tirer, [0, source.length]);
      const { signatures } = await verifierCades(mutant, [CONTENU]);
      if (signatures.length > 0 && signatures.every((s) => s.etat !== 'refusee')) acceptes.push(mutant);
    }
    const refuses = acceptes.filter((mutant) => !juge(mutant));
    expect(refuses.map((m) => m.toString('hex'))).toEqual([]);
    // most changes are seen: those that are not touch no meaning
    expect(acceptes.length).toBeLessThan(MUTANTS / 10);
  });
  const CONTENU = Buffer.from('Le conseil municipal a délibéré.\n');

  function juge(structure: Buffer): boolean {
    pki.ecrire('m.p7s', structure);
    pki.ecrire('m.bin', CONTENU);
    // biome-ignore format: one option per pair reads better
    return jugeOpenssl('cms', '-verify', '-noverify', '-binary', '-inform', 'DER', '-in', pki.chemin('m.p7s'),
      '-content', pki.chemin('m.bin'), '-out', '/dev/null').juste;
  }
});

const valides = ({ signatures, constats }: Lu): boolean =>
  signatures.length > 0 && constats.length === 0 && signatures.every((s) => s.etat !== 'refusee');

function plage(pdf: Buffer): readonly [number, number, number] {
  const trouvee = /\/ByteRange \[0 (\d+) (\d+) (\d+) *\]/.exec(pdf.toString('latin1')) ?? [];
  const [, coupure = '0', reprise = '0', longueur = '0'] = trouvee;
  return [Number(coupure), Number(reprise), Number(reprise) + Number(longueur)];
}

describe('documents', () => {
  const cas: readonly (readonly [string, () => Buffer])[] = [
    ['one signature', () => signerPdf({ place: 1500, signer: signe(pki, { joints: ['ec'] }) })],
    [
      'a signature, then a time-stamp',
      () => {
        const base = signerPdf({ place: 1500, signer: signe(pki, { joints: ['ec'] }) });
        return signerPdf({ base, sousFiltre: 'ETSI.RFC3161', place: 1500, entrees: '', signer: timbre(pki) });
      },
    ],
  ];

  test.each(cas)('%s, changed anywhere, and in its value', async (_, faire) => {
    const pdf = faire();
    const tirer = tirage(GRAINE + 1);
    const [coupure, reprise] = plage(pdf);
    expect(valides(await verifier(pdf))).toBe(true);
    const acceptes: Buffer[] = [];
    for (let i = 0; i < MUTANTS / 2; i += 1) {
      const ou: readonly [number, number] = i % 2 === 0 ? [0, pdf.length] : [coupure - 300, reprise + 20];
      const mutant = muter(pdf, tirer, ou);
      if (!mutant.equals(pdf) && valides(await verifier(mutant))) acceptes.push(mutant);
    }
    // poppler compares the name of the issuer letter by letter (RFC 5280, 7.1 does not): openssl is the judge
    for (const mutant of acceptes) expect(opensslDit(pki, mutant, plage(mutant))).toBe(true);
    expect(acceptes.length).toBeLessThan(MUTANTS / 10);
  });
});
