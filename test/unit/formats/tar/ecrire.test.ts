import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ecrireTarGz } from '../../../../src/formats/tar/ecrire.ts';
import { collecter } from '../chemins.ts';
import { ecrit, entete, fichier, flux, lit, QUAND } from './archives.ts';

const illisible = async () => Promise.reject(new RangeError('disque'));

describe('writing an archive', () => {
  test('GNU tar lists and extracts what we wrote', async () => {
    const dossier = mkdtempSync(join(tmpdir(), 'tar-'));
    const chemin = join(dossier, 'a.tar.gz');
    const noms = ['EACT--217900000--20260310-1.xml', 'vide.pdf', `${'n'.repeat(96)}.pdf`, 'exact.png'];
    writeFileSync(
      chemin,
      await ecrit(
        fichier(noms[0] ?? '', '<a/>'),
        fichier('vide.pdf', ''),
        fichier(noms[2] ?? '', 'p'.repeat(70_000)),
        fichier('exact.png', 'x'.repeat(512)),
      ),
    );
    const liste = execFileSync('tar', ['--utc', '-tvzf', chemin], { encoding: 'utf8' }).trim().split('\n');
    expect(liste.map((l) => l.split(' ').at(-1))).toEqual(noms);
    expect(liste[0]).toMatch(/^-rw-r--r-- 0\/0 +4 2026-03-10 08:30 /);
    execFileSync('tar', ['-xzf', chemin, '-C', dossier], { stdio: ['ignore', 'ignore', 'inherit'] });
    expect(readFileSync(join(dossier, noms[2] ?? ''), 'utf8')).toBe('p'.repeat(70_000));
    expect(readFileSync(join(dossier, 'vide.pdf')).byteLength).toBe(0);
    execFileSync('gzip', ['-t', chemin]);
  });

  test('the same pieces give the same bytes, however their streams were cut, and twice from one object', async () => {
    const contenu = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251));
    const commun = { nom: 'a.pdf', taille: contenu.byteLength };
    const modele = await ecrit({ ...commun, contenu });
    for (const taille of [1000, 65_536, 65_537, 199_999]) {
      const enFlux = ecrireTarGz([{ ...commun, contenu: async () => flux(contenu, taille) }], QUAND);
      expect((await collecter(enFlux)).equals(modele)).toBe(true);
      expect((await collecter(enFlux)).equals(modele)).toBe(true);
    }
    expect(modele.subarray(0, 10)).toEqual(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]));
    expect(gunzipSync(modele).byteLength % 10_240).toBe(0);
    const serre = deflateRawSync(gunzipSync(modele), { level: 9, memLevel: 9 });
    expect(modele.subarray(10, -8).equals(serre)).toBe(true);
  });

  test.each(['', '.', '..', 'a/b', '/a', '..\\b', 'é.pdf', 'a\nb', ' a', 'n'.repeat(101)])(
    'the name « %s » is refused at once (VGM-TAR-001)',
    (nom) => {
      expect(() => ecrireTarGz([fichier(nom, '')], QUAND)).toThrow(/VGM-TAR-001/);
    },
  );

  test('names of 100 printable characters are taken, spaces inside included; a refused one is quoted', async () => {
    const long = `!~${'n'.repeat(94)}.pdf`;
    expect((await lit(await ecrit(fichier(long, ''), fichier('a b', '')))).map(([nom]) => nom)).toEqual([
      long,
      'a b',
    ]);
    expect(() => ecrireTarGz([fichier('a/b', '')], QUAND)).toThrow('« a/b »');
  });

  test('a name twice is refused (VGM-TAR-003)', () => {
    expect(() => ecrireTarGz([fichier('a', ''), fichier('a', '')], QUAND)).toThrow(/VGM-TAR-003 .*« a »/);
  });

  test.each([-1, 1.5, 2 ** 53, 0o77777777777 + 1, Number.NaN])(
    'a size of %s is refused at once (VGM-TAR-002)',
    (taille) => {
      const demander = () => ecrireTarGz([{ nom: 'a', taille, contenu: Buffer.alloc(0) }], QUAND);
      expect(demander).toThrow(new RegExp(`VGM-TAR-002 .*« a » compte \\? octets au lieu des ${taille} `));
    },
  );

  test('eleven octal digits are the largest size', () => {
    expect(() =>
      ecrireTarGz([{ nom: 'a', taille: 0o77777777777, contenu: Buffer.alloc(0) }], QUAND),
    ).not.toThrow();
  });

  test('the header, byte for byte (IEEE Std 1003.1, ustar)', async () => {
    const ecrits = gunzipSync(await ecrit(fichier('a.pdf', 'x'.repeat(1000))));
    expect(ecrits.subarray(0, 512)).toEqual(
      entete({ nom: 'a.pdf', taille: 1000, peripherique: '0000000\u00000000000\0' }),
    );
    expect(ecrits.subarray(1512, 1536)).toEqual(Buffer.alloc(24));
    expect(ecrits).toHaveLength(10_240);
  });

  test('a date before 1970 is that of 1970', async () => {
    const octets = gunzipSync(await collecter(ecrireTarGz([fichier('a', '')], -5000)));
    expect(octets.toString('latin1', 136, 148)).toBe('00000000000\0');
  });

  test('a content that never ends is left at the first byte too many', async () => {
    let lus = 0;
    const contenu = async () =>
      (async function* () {
        for (;;) {
          lus += 1;
          yield Buffer.alloc(10);
        }
      })();
    await expect(collecter(ecrireTarGz([{ nom: 'a', taille: 25, contenu }], QUAND))).rejects.toThrow(
      /VGM-TAR-002 .*« a » compte 30 octets au lieu des 25/,
    );
    expect(lus).toBe(3);
  });

  test.each([-1, 1])('a content of %i byte more than announced is refused (VGM-TAR-002)', async (ecart) => {
    const faux = { nom: 'a', taille: 10 - ecart, contenu: Buffer.alloc(10) };
    await expect(collecter(ecrireTarGz([faux], QUAND))).rejects.toThrow(/VGM-TAR-002/);
  });

  test('a piece that cannot be read stops the writing with its own error', async () => {
    await expect(
      collecter(ecrireTarGz([{ nom: 'a', taille: 1, contenu: illisible }], QUAND)),
    ).rejects.toThrow('disque');
  });

  test('memory stays bounded: 150 MB through a stream', async () => {
    const morceau = Buffer.alloc(1_000_000, 'abc');
    const contenu = async () =>
      (async function* () {
        for (let i = 0; i < 150; i += 1) yield morceau;
      })();
    const avant = process.memoryUsage().rss;
    let pire = 0;
    for await (const _ of ecrireTarGz([{ nom: 'a', taille: 150_000_000, contenu }], QUAND)) {
      pire = Math.max(pire, process.memoryUsage().rss - avant);
    }
    expect(pire).toBeLessThan(110_000_000);
  });
});
