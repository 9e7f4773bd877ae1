import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import { fabriquer, reviser } from './fabrique.ts';
import { issue } from './issue.ts';
import { DEMANDE, Dossier } from './oracles.ts';

/** A sequence that a seed decides (mulberry32). */
function hasard(graine: number): () => number {
  let a = graine;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const JETONS = [
  '<<',
  '>>',
  '[',
  ']',
  '(',
  ')',
  'obj',
  'endobj',
  'stream',
  'R',
  '/Kids',
  '/Length',
  '0',
  '-1',
  '9999999999',
  'null',
  '1 0 R',
  '\0',
  '\xff',
];

function muter(octets: Buffer, tirer: () => number): Buffer {
  let mute = Buffer.from(octets);
  for (let n = 1 + Math.floor(tirer() * 3); n > 0; n -= 1) {
    const place = Math.floor(tirer() * mute.length);
    const sorte = tirer();
    const jeton = Buffer.from(JETONS[Math.floor(tirer() * JETONS.length)] ?? '', 'latin1');
    const longueur = 1 + Math.floor(tirer() * 12);
    if (sorte < 0.5) mute[place] = Math.floor(tirer() * 256);
    else if (sorte < 0.8) jeton.copy(mute, place);
    else if (sorte < 0.85) mute = Buffer.concat([mute.subarray(0, place), jeton, mute.subarray(place)]);
    else if (sorte < 0.9) mute = Buffer.concat([mute.subarray(0, place), mute.subarray(place + longueur)]);
    else mute.copy(mute, place, Math.floor(tirer() * mute.length));
  }
  return mute;
}

describe('documents changed at random', () => {
  let dossier: Dossier;
  let bases: readonly Buffer[];
  beforeAll(() => {
    dossier = new Dossier();
    const riche = {
      pages: [
        { entrees: '/Rotate 90 /CropBox [1 1 290 400]' },
        { contenus: ['q (a) BI /W 1 /H 1 ID x EI Q', 'Q'] },
      ],
      noeud: '/Resources <</Font <</F1 $police>> /XObject $x>>',
      catalogue: '/AcroForm <</Fields [<</FT /Sig /V $v>>]>>',
      objets: { x: '<<>>', v: 'null' },
    };
    const clair = fabriquer(riche);
    bases = [
      clair,
      fabriquer({ ...riche, references: 'flux' }),
      fabriquer({ ...riche, references: 'hybride', avant: 'courrier\n' }),
      reviser(clair, { 5: '<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 300]>>' }, 9),
      dossier.qpdf(clair, '--linearize', '--object-streams=generate'),
      dossier.qpdf(clair, '--encrypt', '', 'p', '128', '--use-aes=n', '--'),
      dossier.qpdf(clair, '--object-streams=generate', '--encrypt', '', 'p', '256', '--'),
    ];
  });
  afterAll(() => dossier.fermer());

  test('2 240 of them: stamped, or refused in French, and nothing else', () => {
    const comptes: Record<string, number> = {};
    for (const [rang, base] of bases.entries()) {
      const tirer = hasard(1789 + rang);
      for (let n = 0; n < 320; n += 1) {
        const mute = muter(base, tirer);
        const code = issue(mute);
        // what was stamped is still what we read
        if (code === 'pose' && n % 4 === 0) {
          expect(issue(Buffer.concat([mute, tamponnerPdf(mute, DEMANDE).ajout]))).toBe('pose');
        }
        comptes[code] = (comptes[code] ?? 0) + 1;
      }
    }
    expect(Object.keys(comptes).toSorted()).toEqual(expect.arrayContaining(['VGM-PDF-001', 'pose']));
    for (const code of Object.keys(comptes)) expect(code).toMatch(/^(pose|VGM-PDF-00[123])$/);
    expect(comptes['pose']).toBeGreaterThan(300);
    expect(comptes['VGM-PDF-001']).toBeGreaterThan(300);
  });
});
