import { mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LimitesZip, lireZip } from '../../../../src/formats/asic/lire-zip.ts';
import { collecter } from '../chemins.ts';
import { type EntreeBrute, type FinBrute, zipBrut } from './zip-brut.ts';

/** APPNOTE 4.3 read so strictly that two readers cannot see two contents in the same bytes. */

let dossier = '';
beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'lire-zip-'));
});
afterAll(() => rmSync(dossier, { recursive: true }));

function poser(octets: Uint8Array): string {
  const chemin = join(dossier, 'essai.zip');
  writeFileSync(chemin, octets);
  return chemin;
}

async function relire(octets: Uint8Array, limites?: LimitesZip): Promise<[string, string][]> {
  const zip = await lireZip(poser(octets), limites);
  try {
    const lus: [string, string][] = [];
    for (const e of zip.entrees) lus.push([e.nom, (await collecter(zip.ouvrir(e))).toString('latin1')]);
    return lus;
  } finally {
    await zip.fermer();
  }
}

const stocke = (nom: string, texte = nom, suite: Partial<EntreeBrute> = {}): EntreeBrute => ({
  nom,
  octets: Buffer.from(texte),
  ...suite,
});

function comprime(nom: string, texte: string, suite: Partial<EntreeBrute> = {}): EntreeBrute {
  const clair = Buffer.from(texte);
  return {
    nom,
    octets: deflateRawSync(clair),
    methode: 8,
    taille: clair.length,
    crc: crc32(clair),
    ...suite,
  };
}

/** Sizes and CRC left to the descriptor (bit 3, APPNOTE 4.4.4). */
const NULS = { crc: 0, compresse: 0, taille: 0 };
const avecDescripteur = (e: EntreeBrute, longueur: number, local: EntreeBrute['local'] = NULS) => ({
  ...e,
  bits: 0x0808,
  local,
  apres: Buffer.alloc(longueur),
});

const DEUX = [stocke('a.txt', 'un'), comprime('b.txt', 'deux '.repeat(20))];

describe('a sound ZIP is read', () => {
  test('stored and deflated, in the order of the file whatever that of the directory', async () => {
    const attendu = [
      ['a.txt', 'un'],
      ['b.txt', 'deux '.repeat(20)],
    ];
    expect(await relire(zipBrut(DEUX))).toEqual(attendu);
    expect(await relire(zipBrut(DEUX, {}, [1, 0]))).toEqual(attendu);
  });

  test('contents longer than what is read at once', async () => {
    const long = 'é'.repeat(100_000);
    const [stockes, comprimes] = await relire(zipBrut([stocke('s', long), comprime('c', long)]));
    expect(stockes?.[1]).toBe(Buffer.from(long).toString('latin1'));
    expect(comprimes?.[1]).toBe(Buffer.from(long).toString('latin1'));
  });

  test('facts of an entry: sizes, CRC, place, and the extra fields of both headers together', async () => {
    const extra = { local: { extra: Buffer.alloc(5) }, central: { extra: Buffer.alloc(9) } };
    const zip = await lireZip(poser(zipBrut([stocke('a', 'A'), comprime('b', 'bbbb'.repeat(9), extra)])));
    await zip.fermer();
    expect(zip.entrees).toEqual([
      { nom: 'a', methode: 0, crc: crc32('A'), taille: 1, compresse: 1, extra: 0, donnees: 31 },
      {
        nom: 'b',
        methode: 8,
        crc: crc32('bbbb'.repeat(9)),
        taille: 36,
        compresse: deflateRawSync('bbbb'.repeat(9)).length,
        extra: 14,
        donnees: 32 + 31 + 5,
      },
    ]);
  });

  test('comments and extra fields of the directory are passed over', async () => {
    const a = stocke('a', 'A', { commentaire: Buffer.from('bonjour'), central: { extra: Buffer.alloc(3) } });
    expect(await relire(zipBrut([a, stocke('b')]))).toEqual([
      ['a', 'A'],
      ['b', 'b'],
    ]);
  });

  test('a byte-order mark belongs to the name', async () => {
    expect(await relire(zipBrut([stocke('\ufeffa')]))).toEqual([
      ['\ufeffa', '\ufeffa'].map((t, i) => (i === 0 ? t : Buffer.from(t).toString('latin1'))),
    ]);
  });

  test('deflate level hints and the mark of UTF-8 names are the only other bits', async () => {
    for (const bits of [0, 0x0002, 0x0004, 0x0806]) {
      expect(await relire(zipBrut([stocke('a', 'A', { bits })]))).toEqual([['a', 'A']]);
    }
  });

  test.each([12, 16])('data descriptors of %i bytes, in the middle and at the end', async (n) => {
    const entrees = DEUX.map((e) => avecDescripteur(e, n));
    expect((await relire(zipBrut(entrees))).map(([nom]) => nom)).toEqual(['a.txt', 'b.txt']);
  });

  test('one descriptor at the very end', async () => {
    const entrees = [stocke('a'), stocke('b'), avecDescripteur(stocke('c'), 12)];
    expect(await relire(zipBrut(entrees))).toHaveLength(3);
  });

  test('names that no system merges are two names', async () => {
    expect(await relire(zipBrut([stocke('ß', ''), stocke('ss', '')]))).toHaveLength(2);
  });

  test('the bounds themselves are allowed', async () => {
    const octets = zipBrut([stocke('a', 'AA'), stocke('b', 'BBB')]);
    expect(await relire(octets, { entrees: 2, octets: 5 })).toHaveLength(2);
    await expect(relire(octets, { entrees: 2, octets: 4 })).rejects.toThrow('contenu démesuré');
    await expect(relire(octets, { entrees: 1, octets: 5 })).rejects.toThrow('trop de fichiers');
  });
});

describe('what is no ZIP, or is cut: VGM-PRV-003', () => {
  const refuse = (octets: Uint8Array, motif: string) =>
    expect(relire(octets)).rejects.toThrow(new RegExp(`^VGM-PRV-003 .*${motif}`));

  test.each([0, 3, 10, 21])('%i bytes', (n) => refuse(Buffer.alloc(n, 'PK'), 'ce n’est pas un ZIP'));
  test('an end record alone', () => refuse(zipBrut([]), 'ce n’est pas un ZIP'));
  test('another format', () => refuse(Buffer.alloc(100, '%PDF'), 'ce n’est pas un ZIP'));
  test('bytes after the end', () =>
    refuse(Buffer.concat([zipBrut(DEUX), Buffer.of(0)]), 'suivi d’octets étrangers'));

  test.each([
    ['absent', 'fichier absent'],
    ['.', 'pas un fichier'],
    ['boucle', 'ouverture impossible'],
  ])('%s: %s', async (nom, motif) => {
    rmSync(join(dossier, 'boucle'), { force: true });
    symlinkSync('boucle', join(dossier, 'boucle'));
    await expect(lireZip(join(dossier, nom))).rejects.toThrow(motif);
  });

  test('a file that shrinks after its directory was read, stored or deflated', async () => {
    for (const rang of [0, 1]) {
      const chemin = poser(zipBrut(DEUX));
      const zip = await lireZip(chemin);
      truncateSync(chemin, 31);
      const entree = zip.entrees[rang] ?? expect.fail();
      await expect(collecter(zip.ouvrir(entree))).rejects.toThrow(/^VGM-PRV-003 .*tronqué/);
      await zip.fermer();
    }
  });

  test('a refusal leaves no file open', async () => {
    const ouverts = (): number => readdirSync('/proc/self/fd').length;
    const [chemin, avant] = [poser(Buffer.alloc(100)), ouverts()];
    for (let i = 0; i < 20; i += 1) await expect(lireZip(chemin)).rejects.toThrow('pas un ZIP');
    expect(ouverts()).toBeLessThan(avant + 20);
  });
});

const fin = (f: Partial<FinBrute>): Buffer => zipBrut(DEUX, f);
const un = (e: Partial<EntreeBrute>): Buffer => zipBrut([stocke('a', 'AAAA', e)]);
const place = zipBrut(DEUX).length;

describe('what is inconsistent or hostile: VGM-PRV-004', () => {
  test.each<[string, Buffer, string]>([
    ['several volumes', fin({ volume: 1 }), 'plusieurs volumes ou commenté'],
    ['directory on another volume', fin({ volumeCentral: 1 }), 'plusieurs volumes ou commenté'],
    ['entries on another volume', fin({ nombreIci: 1 }), 'plusieurs volumes ou commenté'],
    ['a comment announced', fin({ commentaire: 1 }), 'plusieurs volumes ou commenté'],
    ['65 535 entries', fin({ nombre: 0xffff }), 'zip64'],
    ['65 534 entries announced', fin({ nombre: 0xfffe }), 'trop de fichiers'],
    ['directory at 4 GiB', fin({ debut: 0xffff_ffff }), 'zip64'],
    ['directory just below', fin({ debut: 0xffff_fffe }), 'répertoire mal placé'],
    ['directory one byte too early', fin({ debut: 60 }), 'répertoire mal placé'],
    ['directory too short', fin({ nombre: 3 }), 'répertoire illisible'],
    ['directory longer than its list', fin({ nombre: 1 }), 'répertoire plus long que sa liste'],
    ['wrong mark of a directory entry', un({ central: { signature: 0x0201_4b51 } }), 'répertoire illisible'],
    ['name that is not UTF-8', un({ nom: Buffer.from('\xe9', 'latin1') }), 'pas en UTF-8'],
    ['an empty name', un({ nom: '' }), 'nom vide ("")'],
    ['a name that climbs', un({ nom: '../a' }), 'chemin qui sort du dossier ("../a")'],
    ['encrypted', un({ bits: 0x0801 }), '« a » est chiffré'],
    ['patched data', un({ bits: 0x0820 }), '« a » est chiffré'],
    ['masked headers', un({ bits: 0x2800 }), '« a » est chiffré'],
    ['compression 12', un({ methode: 12 }), 'compression inconnue pour « a »'],
    ['compression 9', un({ methode: 9 }), 'compression inconnue pour « a »'],
    ['a symbolic link', un({ attributs: 0o120777 * 0x1_0000 }), '« a » est un lien'],
    ['stored, two sizes', un({ taille: 5 }), 'tailles contraires pour « a »'],
    ['case alone differs', zipBrut([stocke('a'), stocke('A')]), 'nom en double ("A")'],
    ['composition alone differs', zipBrut([stocke('\u00e9'), stocke('e\u0301')]), 'nom en double'],
    ['local mark', un({ local: { signature: 0x0403_4b51 } }), 'pas un ZIP'],
    [
      'local mark of another entry',
      zipBrut([stocke('b'), stocke('a', 'A', { local: { signature: 0x0403_4b51 } })]),
      'deux en-têtes contraires pour « a »',
    ],
    ['local bits', un({ local: { bits: 0x0802 } }), 'deux en-têtes contraires pour « a »'],
    ['local method', un({ local: { methode: 8 } }), 'deux en-têtes contraires'],
    ['local CRC', un({ local: { crc: 1 } }), 'deux en-têtes contraires'],
    ['local CRC null', un({ local: { crc: 0 } }), 'deux en-têtes contraires'],
    ['local compressed size', un({ local: { compresse: 3 } }), 'deux en-têtes contraires'],
    ['local size', un({ local: { taille: 3 } }), 'deux en-têtes contraires'],
    ['local sizes null', un({ local: { taille: 0, compresse: 0 } }), 'deux en-têtes contraires'],
    ['local name', un({ local: { nom: Buffer.from('b') } }), 'deux en-têtes contraires'],
    ['local name longer', un({ local: { nom: Buffer.from('ab') } }), 'deux en-têtes contraires'],
    [
      'descriptor announced, local CRC neither null nor right',
      zipBrut([avecDescripteur(stocke('a', 'AAAA'), 12, { crc: 1 })]),
      'deux en-têtes contraires',
    ],
    [
      'descriptor announced, local size neither null nor right',
      zipBrut([avecDescripteur(stocke('a', 'AAAA'), 12, { ...NULS, taille: 1 })]),
      'deux en-têtes contraires',
    ],
    [
      'a hole between entries',
      zipBrut([stocke('a', 'A', { apres: Buffer.alloc(12) }), stocke('b')]),
      'avant « b »',
    ],
    ['a hole before the directory', un({ apres: Buffer.alloc(12) }), 'avant le répertoire'],
    [
      'no descriptor where one is announced',
      zipBrut([avecDescripteur(stocke('a', 'A'), 0), stocke('b')]),
      'avant « b »',
    ],
    [
      'a descriptor of 13 bytes',
      zipBrut([avecDescripteur(stocke('a', 'A'), 13), stocke('b')]),
      'avant « b »',
    ],
    [
      'a descriptor of 13 bytes at the end',
      zipBrut([avecDescripteur(stocke('a', 'A'), 13)]),
      'avant le répertoire',
    ],
    [
      'two entries of one place',
      zipBrut([stocke('a'), stocke('b', 'b', { central: { debut: 0 } })]),
      'contraires pour « b »',
    ],
    ['wrong CRC', un({ crc: 1 }), '« a » n’a pas la somme de contrôle annoncée'],
    ['deflated, wrong CRC', zipBrut([comprime('a', 'AAAA', { crc: 1 })]), 'somme de contrôle'],
    ['deflated, shorter', zipBrut([comprime('a', 'AAAA', { taille: 5 })]), 'somme de contrôle'],
    ['deflated, longer', zipBrut([comprime('a', 'AAAA', { taille: 3 })]), '« a » est plus long qu’annoncé'],
    ['deflate broken', zipBrut([stocke('a', '\xff\xff', { methode: 8 })]), '« a » ne se décompresse pas'],
    [
      'bytes after the deflated content',
      zipBrut([comprime('a', 'AAAA', { octets: Buffer.concat([deflateRawSync('AAAA'), Buffer.of(1)]) })]),
      'octets cachés après « a »',
    ],
  ])('%s', async (_, octets, motif) => {
    const code = motif === 'pas un ZIP' ? 'VGM-PRV-003' : 'VGM-PRV-004';
    await expect(relire(octets)).rejects.toMatchObject({
      fiche: { code, message: expect.stringContaining(motif) },
    });
  });

  test('a directory of 16 MiB is read, one of a byte more is not', async () => {
    const entree = (i: number, suite = 0): EntreeBrute =>
      stocke(String(i).padStart(4, '0'), 'A', { commentaire: Buffer.alloc(65_536 - 50 + suite) });
    const entrees = Array.from({ length: 256 }, (_, i) => entree(i));
    expect(await relire(zipBrut(entrees))).toHaveLength(256);
    await expect(relire(zipBrut([...entrees.slice(1), entree(0, 1)]))).rejects.toThrow('trop de fichiers');
  });

  test('directory entries that point beyond it', async () => {
    const octets = zipBrut(DEUX);
    const central = octets.readUInt32LE(place - 6);
    const second = central + 46 + 'a.txt'.length;
    for (const [champ, valeur] of [
      [28, 6],
      [30, 1],
      [32, 1],
    ] as const) {
      const faux = Buffer.from(octets);
      faux.writeUInt16LE(valeur, second + champ);
      await expect(relire(faux)).rejects.toThrow('répertoire illisible');
    }
  });
});
