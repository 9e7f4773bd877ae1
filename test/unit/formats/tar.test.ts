import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecrireTarGz, type FichierTar } from '../../../src/formats/tar/ecrire.ts';
import { lireTarGz } from '../../../src/formats/tar/lire.ts';
import { collecter, enMorceaux } from './chemins.ts';

const QUAND = Date.UTC(2026, 2, 10, 8, 30);
const LARGE = { octets: 50_000_000, entrees: 1000 };
const flux = (octets: Uint8Array, ...tailles: number[]) =>
  enMorceaux(octets, tailles.length > 0 ? tailles : [4096]);

function fichier(nom: string, texte: string): FichierTar {
  const contenu = Buffer.from(texte);
  return { nom, taille: contenu.byteLength, contenu };
}

async function ecrit(...fichiers: FichierTar[]): Promise<Buffer> {
  return collecter(ecrireTarGz(fichiers, QUAND));
}

async function lit(archive: Uint8Array, limites = LARGE): Promise<[string, string][]> {
  const vus: [string, string][] = [];
  for await (const { nom, contenu } of lireTarGz(flux(archive), limites)) {
    vus.push([nom, (await collecter(contenu)).toString('latin1')]);
  }
  return vus;
}

interface Champs {
  nom: string;
  taille?: number;
  type?: string;
  magie?: string;
  prefixe?: string;
  lien?: string;
  somme?: number;
}

/** A header made by hand, so that it may be wrong. */
function entete({
  nom,
  taille = 0,
  type = '0',
  magie = 'ustar\u000000',
  prefixe = '',
  lien = '',
  somme,
}: Champs): Buffer {
  const bloc = Buffer.alloc(512);
  bloc.write(nom, 0, 100, 'latin1');
  bloc.write('0000644\u00000000000\u00000000000\0', 100, 'latin1');
  bloc.write(`${taille.toString(8).padStart(11, '0')}\u000015161740150\0        `, 124, 'latin1');
  bloc.write(type, 156, 'latin1');
  bloc.write(lien, 157, 100, 'latin1');
  bloc.write(magie, 257, 'latin1');
  bloc.write(prefixe, 345, 155, 'latin1');
  const vraie = bloc.reduce((total, octet) => total + octet, 0);
  bloc.write(`${(somme ?? vraie).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bloc;
}

const corps = (texte: string) =>
  Buffer.concat([Buffer.from(texte), Buffer.alloc((512 - (texte.length % 512)) % 512)]);
const FIN = Buffer.alloc(1024);
const fausserCrc = (gz: Buffer) => Buffer.concat([gz.subarray(0, -8), Buffer.alloc(4), gz.subarray(-4)]);
const archive = (...blocs: Buffer[]) => gzipSync(Buffer.concat(blocs));

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
  });

  test.each(['', '.', '..', 'a/b', '/a', '..\\b', 'é.pdf', 'a\nb', ' a', 'n'.repeat(101)])(
    'the name « %s » is refused at once (VGM-TAR-001)',
    (nom) => {
      expect(() => ecrireTarGz([fichier(nom, '')], QUAND)).toThrow(/VGM-TAR-001/);
    },
  );

  test('a name twice is refused (VGM-TAR-003)', () => {
    expect(() => ecrireTarGz([fichier('a', ''), fichier('a', '')], QUAND)).toThrow(/VGM-TAR-003/);
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

  test('memory stays bounded: 200 MB through a stream', async () => {
    const morceau = Buffer.alloc(1_000_000, 'abc');
    const contenu = async () =>
      (async function* () {
        for (let i = 0; i < 200; i += 1) yield morceau;
      })();
    const avant = process.memoryUsage().rss;
    let pire = 0;
    for await (const _ of ecrireTarGz([{ nom: 'a', taille: 200_000_000, contenu }], QUAND)) {
      pire = Math.max(pire, process.memoryUsage().rss - avant);
    }
    expect(pire).toBeLessThan(120_000_000);
  });
});

describe('reading an archive', () => {
  test('archives of GNU tar, in both its formats', async () => {
    const dossier = mkdtempSync(join(tmpdir(), 'tar-'));
    writeFileSync(join(dossier, 'un.xml'), '<un/>');
    writeFileSync(join(dossier, 'deux.pdf'), 'd'.repeat(3000));
    for (const format of ['gnu', 'ustar']) {
      const tar = execFileSync('tar', [
        `--format=${format}`,
        '-C',
        dossier,
        '-czf',
        '-',
        'un.xml',
        'deux.pdf',
      ]);
      expect(await lit(tar)).toEqual([
        ['un.xml', '<un/>'],
        ['deux.pdf', 'd'.repeat(3000)],
      ]);
    }
  });

  test('what we write reads back, whatever the cuts', async () => {
    const nom = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}\.(pdf|xml)$/);
    const piecesAuHasard = fc.dictionary(nom, fc.uint8Array({ maxLength: 2000 }), {
      maxKeys: 5,
      noNullPrototype: true,
    });
    const tailles = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(piecesAuHasard, tailles, async (pieces, coupes) => {
        const fichiers = Object.entries(pieces).map(([n, o]) => ({
          nom: n,
          taille: o.byteLength,
          contenu: o,
        }));
        const octets = await collecter(ecrireTarGz(fichiers, QUAND));
        const relus: [string, Uint8Array][] = [];
        for await (const e of lireTarGz(flux(octets, ...coupes), LARGE)) {
          relus.push([e.nom, new Uint8Array(await collecter(e.contenu))]);
        }
        expect(relus).toEqual(Object.entries(pieces));
      }),
      { numRuns: 200, seed: 20260310 },
    );
  });

  test('contents may be skipped, or left in the middle', async () => {
    const octets = await ecrit(fichier('a', 'a'.repeat(100_000)), fichier('b', 'b'), fichier('c', 'c'));
    const vus: string[] = [];
    for await (const { nom, taille, contenu } of lireTarGz(flux(octets, 100), LARGE)) {
      vus.push(`${nom}${taille}`);
      if (nom === 'a') for await (const _ of contenu) break;
    }
    expect(vus).toEqual(['a100000', 'b1', 'c1']);
  });

  test('a content asked for too late fails rather than look empty (VGM-TAR-015)', async () => {
    const octets = await ecrit(fichier('a', 'a'), fichier('b', 'b'));
    const entrees = [];
    for await (const entree of lireTarGz(flux(octets), LARGE)) entrees.push(entree);
    await expect(collecter(entrees[0]?.contenu ?? flux(octets))).rejects.toThrow(/VGM-TAR-015/);
  });

  test('leaving the loop closes the source', async () => {
    const octets = await ecrit(fichier('a', 'a'), fichier('b', 'b'));
    let ferme = false;
    const source = (async function* () {
      try {
        for (;;) yield octets;
      } finally {
        ferme = true;
      }
    })();
    for await (const _ of lireTarGz(source, LARGE)) break;
    await expect.poll(() => ferme).toBe(true);
  });

  test('a source that breaks gives its own error, not a verdict on the archive', async () => {
    const octets = await ecrit(fichier('a', 'a'.repeat(9000)));
    const source = (async function* () {
      yield octets.subarray(0, 20);
      throw new RangeError('ligne coupée');
    })();
    await expect(collecter(contenus(source))).rejects.toThrow('ligne coupée');
  });

  const a = entete({ nom: 'a', taille: 1 });
  test.each<[string, Buffer, RegExp]>([
    ['path traversal', archive(entete({ nom: '../a' }), FIN), /VGM-TAR-009/],
    ['parent folder', archive(entete({ nom: '..' }), FIN), /VGM-TAR-009/],
    ['absolute path', archive(entete({ nom: '/etc/a' }), FIN), /VGM-TAR-009/],
    ['sub-folder through the prefix', archive(entete({ nom: 'a', prefixe: '../b' }), FIN), /VGM-TAR-009/],
    ['Windows path', archive(entete({ nom: '..\\a' }), FIN), /VGM-TAR-009/],
    ['control character', archive(entete({ nom: 'a\nb' }), FIN), /VGM-TAR-009/],
    ['empty name', archive(entete({ nom: '' }), FIN), /VGM-TAR-009/],
    ['symbolic link', archive(entete({ nom: 'a', type: '2', lien: '/etc/passwd' }), FIN), /VGM-TAR-008/],
    ['hard link', archive(entete({ nom: 'a', type: '1', lien: 'b' }), FIN), /VGM-TAR-008/],
    ['folder', archive(entete({ nom: 'a/', type: '5' }), FIN), /VGM-TAR-008/],
    ['device', archive(entete({ nom: 'a', type: '3' }), FIN), /VGM-TAR-008/],
    ['pax header', archive(entete({ nom: 'a', type: 'x', taille: 1 }), corps('1'), FIN), /VGM-TAR-008/],
    [
      'GNU long name',
      archive(entete({ nom: '././@LongLink', type: 'L', taille: 1 }), corps('1'), FIN),
      /VGM-TAR-008/,
    ],
    ['name twice', archive(a, corps('1'), a, corps('2'), FIN), /VGM-TAR-010/],
    ['wrong checksum', archive(entete({ nom: 'a', somme: 1 }), FIN), /VGM-TAR-006/],
    ['no magic (v7)', archive(entete({ nom: 'a', magie: '' }), FIN), /VGM-TAR-007/],
    ['not a tar at all', gzipSync(Buffer.alloc(2048, 'x')), /VGM-TAR-007/],
    ['no end mark', archive(a, corps('1')), /VGM-TAR-013/],
    ['one block of end mark', archive(a, corps('1'), Buffer.alloc(512)), /VGM-TAR-013/],
    ['end mark interrupted', archive(a, corps('1'), Buffer.alloc(512), a, FIN), /VGM-TAR-013/],
    ['empty stream', archive(), /VGM-TAR-013/],
    ['a second archive behind', archive(a, corps('1'), FIN, a, corps('2'), FIN), /VGM-TAR-014/],
    [
      'content shorter than announced',
      archive(entete({ nom: 'a', taille: 5000 }), corps('1')),
      /VGM-TAR-005/,
    ],
    ['header cut', archive(a.subarray(0, 300)), /VGM-TAR-005/],
    ['gzip cut', archive(a, corps('1'), FIN).subarray(0, -9), /VGM-TAR-005/],
    ['gzip damaged', Buffer.from(archive(a, corps('1'), FIN)).fill(0xff, 12, 20), /VGM-TAR-004/],
    ['wrong CRC', fausserCrc(archive(a, corps('1'), FIN)), /VGM-TAR-004/],
    ['not a gzip', Buffer.concat([a, corps('1'), FIN]), /VGM-TAR-004/],
  ])('refused: %s', async (_, octets, code) => {
    await expect(lit(octets)).rejects.toThrow(code);
  });

  test('a size in base 256 is refused (VGM-TAR-007)', async () => {
    const bloc = entete({ nom: 'a', taille: 1 });
    bloc[124] = 0x80;
    bloc.write('        ', 148, 'latin1');
    const somme = bloc.reduce((total, octet) => total + octet, 0);
    bloc.write(`${somme.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    await expect(lit(archive(bloc, FIN))).rejects.toThrow(/VGM-TAR-007/);
  });

  test('a bomb is stopped by the budget of bytes, long before its end (VGM-TAR-011)', async () => {
    const bombe = await collecter(
      ecrireTarGz(
        [
          {
            nom: 'bombe',
            taille: 500_000_000,
            contenu: async () =>
              (async function* () {
                for (let i = 0; i < 500; i += 1) yield Buffer.alloc(1_000_000);
              })(),
          },
        ],
        QUAND,
      ),
    );
    expect(bombe.byteLength).toBeLessThan(1_000_000);
    let lus = 0;
    const lecture = (async () => {
      for await (const { contenu } of lireTarGz(flux(bombe, 16_384), { octets: 20_000_000, entrees: 10 })) {
        for await (const m of contenu) lus += m.byteLength;
      }
    })();
    await expect(lecture).rejects.toThrow(/VGM-TAR-011/);
    expect(lus).toBeLessThanOrEqual(20_000_000);
  });

  test('too many entries are refused (VGM-TAR-012)', async () => {
    const octets = await ecrit(fichier('a', ''), fichier('b', ''), fichier('c', ''));
    await expect(lit(octets, { ...LARGE, entrees: 2 })).rejects.toThrow(/VGM-TAR-012/);
    expect(await lit(octets, { ...LARGE, entrees: 3 })).toHaveLength(3);
  });

  test('random bytes get a coded refusal, nothing else', async () => {
    const octets = await ecrit(fichier('a', 'a'.repeat(600)), fichier('b', 'b'));
    await fc.assert(
      fc.asyncProperty(fc.nat(octets.byteLength - 1), fc.nat(255), async (place, valeur) => {
        const copie = Buffer.from(octets);
        copie[place] = valeur;
        await lit(copie).catch((e: unknown) => expect(String(e)).toMatch(/VGM-TAR-0/));
      }),
      { numRuns: 300, seed: 20260310 },
    );
  });
});

async function* contenus(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const { contenu } of lireTarGz(source, LARGE)) yield* contenu;
}
