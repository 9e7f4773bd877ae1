import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ecrireTarGz } from '../../../../src/formats/tar/ecrire.ts';
import { lireTarGz } from '../../../../src/formats/tar/lire.ts';
import { collecter } from '../chemins.ts';
import { archive, corps, ecrit, entete, fichier, FIN, flux, LARGE, lit, QUAND } from './archives.ts';

const fausserCrc = (gz: Buffer) => Buffer.concat([gz.subarray(0, -8), Buffer.alloc(4), gz.subarray(-4)]);

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
    await expect(collecter(entrees[0]?.contenu ?? flux(octets))).rejects.toThrow(/VGM-TAR-015 .*« a »/);
  });

  test('a content without bytes may be asked for late', async () => {
    const entrees = [];
    for await (const e of lireTarGz(flux(await ecrit(fichier('a', ''), fichier('b', 'b'))), LARGE))
      entrees.push(e);
    expect(await collecter(entrees[0]?.contenu ?? flux(Buffer.from('x')))).toHaveLength(0);
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
    const etrange = Readable.from([]);
    etrange.destroy(Object.assign(new Error('disque'), { code: 'EIO' }));
    await expect(collecter(contenus(etrange))).rejects.toThrow('disque');
  });

  const a = entete({ nom: 'a', taille: 1 });
  test.each<[string, Buffer, RegExp]>([
    ['path traversal', archive(entete({ nom: '../a' }), FIN), /VGM-TAR-009/],
    ['parent folder', archive(entete({ nom: '..' }), FIN), /VGM-TAR-009/],
    ['the folder itself', archive(entete({ nom: '.' }), FIN), /VGM-TAR-009/],
    ['absolute path', archive(entete({ nom: '/etc/a' }), FIN), /VGM-TAR-009 .*« \/etc\/a »/],
    [
      'sub-folder through the prefix',
      archive(entete({ nom: 'a', prefixe: 'b' }), FIN),
      /VGM-TAR-009 .*« b\/a »/,
    ],
    ['Windows path', archive(entete({ nom: '..\\a' }), FIN), /VGM-TAR-009/],
    ['control character', archive(entete({ nom: 'a\nb' }), FIN), /VGM-TAR-009 .*« a\\nb »/],
    ['empty name', archive(entete({ nom: '' }), FIN), /VGM-TAR-009/],
    [
      'symbolic link',
      archive(entete({ nom: 'a', type: '2', lien: '/etc/passwd' }), FIN),
      /VGM-TAR-008 .*« a »/,
    ],
    ['hard link', archive(entete({ nom: 'a', type: '1', lien: 'b' }), FIN), /VGM-TAR-008/],
    ['folder', archive(entete({ nom: 'a/', type: '5' }), FIN), /VGM-TAR-008/],
    ['device', archive(entete({ nom: 'a', type: '3' }), FIN), /VGM-TAR-008/],
    ['pax header', archive(entete({ nom: 'a', type: 'x', taille: 1 }), corps('1'), FIN), /VGM-TAR-008/],
    [
      'GNU long name',
      archive(entete({ nom: '././@LongLink', type: 'L', taille: 1 }), corps('1'), FIN),
      /VGM-TAR-008/,
    ],
    ['name twice', archive(a, corps('1'), a, corps('2'), FIN), /VGM-TAR-010 .*« a »/],
    ['wrong checksum', archive(entete({ nom: 'a', somme: 1 }), FIN), /VGM-TAR-006 .*n° 1\)/],
    [
      'wrong checksum further on',
      archive(a, corps('1'), entete({ nom: 'b', somme: 1 }), FIN),
      /VGM-TAR-006 .*n° 2\)/,
    ],
    ['no magic (v7)', archive(entete({ nom: 'a', magie: '' }), FIN), /VGM-TAR-007 .*n° 1\)/],
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

  test.each([
    ['NUL as type, from before POSIX', { nom: 'a', type: '\0' }, 'a'],
    ['a name in UTF-8', { nom: Buffer.from('é.pdf').toString('latin1') }, 'é.pdf'],
    ['a name in Latin-1', { nom: 'é.pdf' }, 'é.pdf'],
    ['a name that fills its field', { nom: 'n'.repeat(100) }, 'n'.repeat(100)],
  ])('read: %s', async (_, champs, nom) => {
    expect(await lit(archive(entete(champs), FIN))).toEqual([[nom, '']]);
  });

  test('a GNU header has no prefix: dates stand there', async () => {
    const octets = archive(entete({ nom: 'a', magie: 'ustar  \0', prefixe: '14000000000' }), FIN);
    expect(await lit(octets)).toEqual([['a', '']]);
  });

  test.each([
    '0000000000x\0',
    '00000000001x',
    '0000 000001\0',
    '-0000000001\0',
    '            ',
    '00000000008\0',
  ])('the size %j is none (VGM-TAR-007)', async (champ) => {
    await expect(lit(archive(entete({ nom: 'a', champ }), FIN))).rejects.toThrow(/VGM-TAR-007 .*n° 1\)/);
  });

  test.each(['          5\0', '00000000005 ', '5           ', '5\0          ', '000000000005'])(
    'the size %j is five',
    async (champ) => {
      expect(await lit(archive(entete({ nom: 'a', champ }), corps('12345'), FIN))).toEqual([['a', '12345']]);
    },
  );

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
            taille: 100_000_000,
            contenu: async () =>
              (async function* () {
                for (let i = 0; i < 100; i += 1) yield Buffer.alloc(1_000_000);
              })(),
          },
        ],
        QUAND,
      ),
    );
    expect(bombe.byteLength).toBeLessThan(200_000);
    let lus = 0;
    const lecture = (async () => {
      for await (const { contenu } of lireTarGz(flux(bombe, 16_384), { octets: 20_000_000, entrees: 10 })) {
        for await (const m of contenu) lus += m.byteLength;
      }
    })();
    await expect(lecture).rejects.toThrow(/VGM-TAR-011 .*20\s000\s000 octets/);
    expect(lus).toBeLessThanOrEqual(20_000_000);
  });

  test('the budget counts every byte, headers and end mark included, and may be met exactly', async () => {
    const octets = await ecrit(fichier('a', 'a'));
    expect(await lit(octets, { octets: 10_240, entrees: 1 })).toHaveLength(1);
    await expect(lit(octets, { octets: 10_239, entrees: 1 })).rejects.toThrow(/VGM-TAR-011/);
  });

  test('too many entries are refused (VGM-TAR-012)', async () => {
    const octets = await ecrit(fichier('a', ''), fichier('b', ''), fichier('c', ''));
    await expect(lit(octets, { ...LARGE, entrees: 2 })).rejects.toThrow(/VGM-TAR-012 .*plus de 2 /);
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
