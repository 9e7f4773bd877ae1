import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import { fabriquer } from './fabrique.ts';
import { DEMANDE, difference, Dossier, rendre, tamponner } from './oracles.ts';

/** Documents that open without a password but are encrypted: their stamp is encrypted with their key. qpdf makes them. */

let dossier: Dossier;
let clair: Buffer;
beforeAll(() => {
  dossier = new Dossier();
  // a string of the page is written again with it
  clair = fabriquer({ pages: [{ entrees: '/LastModified (D:20200102)' }, { entrees: '/Rotate 90' }] });
});
afterAll(() => dossier.fermer());

const METHODES: readonly (readonly [string, readonly string[]])[] = [
  ['RC4, 40 bits', ['40']],
  ['RC4, 128 bits', ['128', '--use-aes=n']],
  ['RC4, 128 bits, crypt filters', ['128', '--use-aes=n', '--force-V4']],
  ['AES, 128 bits', ['128', '--use-aes=y']],
  ['AES, 128 bits, metadata clear', ['128', '--use-aes=y', '--cleartext-metadata']],
  ['AES, 256 bits, revision 5', ['256', '--force-R5']],
  ['AES, 256 bits, revision 6', ['256']],
  ['AES, 256 bits, metadata clear', ['256', '--cleartext-metadata']],
];

function chiffrer(methode: readonly string[], utilisateur: string, ...options: readonly string[]): Buffer {
  const [bits = '', ...reste] = methode;
  return dossier.qpdf(clair, ...options, '--encrypt', utilisateur, 'proprio', bits, ...reste, '--');
}

const CAS = METHODES.flatMap(([titre, methode]) =>
  (['disable', 'generate'] as const).map((flux) => [titre, flux, methode] as const),
);

describe('encrypted against changes, open to all', () => {
  test.each(CAS)('%s, object streams: %s', (_, flux, methode) => {
    const octets = chiffrer(methode, '', `--object-streams=${flux}`);
    const { pose, avant, apres } = tamponner(dossier, octets);
    expect(pose).toMatchObject({ chiffre: true, annotees: 0, pages: [1, 2] });
    const avants = rendre(avant);
    for (const [rang, vue] of rendre(apres).entries()) {
      const change = avants[rang] === undefined ? null : difference(avants[rang], vue);
      expect(change?.x).toBeGreaterThan(10);
      expect(change?.l).toBeGreaterThan(370);
    }
    const sortie = dossier.chemin('clair.pdf');
    execFileSync('qpdf', ['--decrypt', '--qdf', apres, sortie], { stdio: 'pipe' });
    const dechiffre = readFileSync(sortie, 'latin1');
    expect(dechiffre).toContain('(D:20200102)');
    expect(dechiffre).toContain('(Adobe)');
    // nothing of the stamp is clear in what was added
    expect(Buffer.from(pose.ajout).toString('latin1')).not.toMatch(/\(D:2020|VgmTampon1 Do|beginbfchar/);
  });

  test('the stamp is an annotation: its text is encrypted too, and read back', () => {
    const pages = [{ contenus: ['(sans fin'] }];
    const octets = dossier.qpdf(fabriquer({ pages }), '--encrypt', '', 'proprio', '256', '--');
    const { pose, apres } = tamponner(dossier, octets);
    expect(pose.annotees).toBe(1);
    const sortie = dossier.chemin('annote.pdf');
    const options = ['--decrypt', '--qdf', '--normalize-content=n', '--warning-exit-0'];
    execFileSync('qpdf', [...options, apres, sortie], { stdio: 'pipe' });
    expect(readFileSync(sortie, 'latin1')).toMatch(/\/Contents <feff0045006e0076006f007900e9/);
    expect(Buffer.from(pose.ajout).toString('latin1')).not.toContain('<feff0045');
  });

  test('the same bytes each time, although AES starts from what looks drawn at random', () => {
    const octets = chiffrer(['256'], '');
    const [a, b] = [tamponnerPdf(octets, DEMANDE).ajout, tamponnerPdf(octets, DEMANDE).ajout];
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true);
  });
});

describe('what cannot be opened is refused', () => {
  test.each(METHODES)('%s, a password to open', (_, methode) => {
    const octets = chiffrer(methode, 'secret');
    expect(() => tamponnerPdf(octets, DEMANDE)).toThrow('VGM-PDF-002');
    expect(() => tamponnerPdf(octets, DEMANDE)).toThrow('il faut un mot de passe pour l’ouvrir');
  });

  test.each([
    ['/Filter /Adobe.PubSec /V 4', 'lisible que des porteurs de certains certificats'],
    ['/Filter /Standard /V 3 /R 3', 'version inconnue'],
    ['/Filter /Standard /V 5 /R 9 /Length 256', 'version inconnue'],
    ['/Filter /Standard /V 2 /R 3 /Length 1024', 'longueur de sa clé'],
    ['/Filter /Standard /V 4 /R 4', 'mot de passe'],
  ])('%s', (entrees, dit) => {
    const octets = fabriquer({ trailer: `/Encrypt <<${entrees} /O (o) /U (u) /P -4>>` });
    expect(() => tamponnerPdf(octets, DEMANDE)).toThrow(dit);
  });
});
