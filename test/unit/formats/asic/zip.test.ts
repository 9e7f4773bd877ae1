import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  defautDeNom,
  ecrireZip,
  type EntreeZip,
  tailleZip,
  ZIP_MAX_ENTREES,
  ZIP_MAX_OCTETS,
} from '../../../../src/formats/asic/zip.ts';
import { collecter } from '../chemins.ts';
import { zipBrut } from './zip-brut.ts';

const QUAND = Date.UTC(2026, 10, 21, 10, 15, 2);
/** DOS date and time of that instant (APPNOTE 4.4.6). */
const DOS = { heure: (10 << 11) | (15 << 5) | 1, jour: (46 << 9) | (11 << 5) | 21 };

const entree = (nom: string, texte: string): EntreeZip => {
  const contenu = Buffer.from(texte);
  return { nom, contenu, taille: contenu.length };
};
const ecrire = (entrees: Iterable<EntreeZip>, quand = QUAND): Promise<Buffer> =>
  collecter(ecrireZip(entrees, quand));

describe('what is written, byte for byte (APPNOTE 4.3)', () => {
  test('headers, directory and end, as laid out by hand', async () => {
    const fichiers = [
      ['mimetype', 'x'],
      ['pièces/é.txt', 'Le conseil décide.'],
      ['c', ''],
    ] as const;
    const attendu = zipBrut(fichiers.map(([nom, texte]) => ({ nom, octets: Buffer.from(texte), ...DOS })));
    expect(await ecrire(fichiers.map(([nom, texte]) => entree(nom, texte)))).toEqual(attendu);
  });

  test.each([
    ['before 1980', Date.UTC(1975, 5, 1), { heure: 0, jour: (1 << 5) | 1 }],
    ['in 1980', Date.UTC(1980, 0, 2, 3, 4, 6), { heure: (3 << 11) | (4 << 5) | 3, jour: (1 << 5) | 2 }],
    [
      'last second',
      Date.UTC(2026, 11, 31, 23, 59, 59),
      { heure: (23 << 11) | (59 << 5) | 29, jour: (46 << 9) | (12 << 5) | 31 },
    ],
    ['after 2107', Date.UTC(2200, 5, 1), { heure: 0, jour: (127 << 9) | (12 << 5) | 31 }],
  ])('date %s, in UTC, brought into 1980–2107', async (_, quand, dos) => {
    const attendu = zipBrut([{ nom: 'a', octets: Buffer.from('A'), ...dos }]);
    expect(await ecrire([entree('a', 'A')], quand)).toEqual(attendu);
  });
});

describe('beyond what a plain ZIP holds: VGM-PRV-001', () => {
  const poids = (taille: number): number => 22 + 30 + 46 + 2 + taille;

  test('4 GiB less two bytes is the last size that fits', () => {
    const reste = ZIP_MAX_OCTETS - poids(0);
    expect(ZIP_MAX_OCTETS).toBe(2 ** 32 - 2);
    expect(tailleZip([{ nom: 'a', taille: reste }])).toBe(ZIP_MAX_OCTETS);
    expect(() => tailleZip([{ nom: 'a', taille: reste + 1 }])).toThrow(/^VGM-PRV-001 .*4294967295 octets/);
  });

  test('65 534 entries are the last number that fits', () => {
    const entrees = Array.from({ length: ZIP_MAX_ENTREES }, () => ({ nom: 'a', taille: 0 }));
    expect(entrees).toHaveLength(65_534);
    expect(tailleZip(entrees)).toBe(22 + 78 * 65_534);
    expect(() => tailleZip([...entrees, { nom: 'a', taille: 0 }])).toThrow(/^VGM-PRV-001 .*65535 fichiers/);
  });

  test('writing stops at the entry that no longer fits, before its first byte', async () => {
    async function* gros(): AsyncGenerator<Uint8Array> {
      yield expect.fail('read');
    }
    const reste = ZIP_MAX_OCTETS - poids(1) - poids(0) + 22;
    const suite = (taille: number): EntreeZip => ({ nom: 'b', contenu: gros(), taille, crc: 0 });
    await expect(ecrire([entree('a', 'A'), suite(reste + 1)])).rejects.toThrow(/^VGM-PRV-001/);
    await expect(ecrire([entree('a', 'A'), suite(reste)])).rejects.toThrow('read');
  });

  test('so does the entry too many', async () => {
    function* noms(nombre: number): Generator<EntreeZip> {
      for (let i = 0; i < nombre; i += 1) yield entree(`${i}`, '');
    }
    const fin = (await ecrire(noms(ZIP_MAX_ENTREES))).subarray(-12);
    expect(fin.readUInt16LE(0)).toBe(ZIP_MAX_ENTREES);
    await expect(ecrire(noms(ZIP_MAX_ENTREES + 1))).rejects.toThrow(/^VGM-PRV-001 .*65535 fichiers/);
  });
});

describe('bytes that are not those announced: VGM-PRV-002', () => {
  const flot = (texte: string, { taille, crc }: { taille: number; crc: number }): EntreeZip => ({
    nom: 'a.pdf',
    contenu: (async function* () {
      for (const lettre of texte) yield Buffer.from(lettre);
    })(),
    taille,
    crc,
  });
  const abc = { taille: 3, crc: crc32('abc') };

  test('by chunks, exact', async () => {
    expect(await ecrire([flot('abc', abc)])).toEqual(await ecrire([entree('a.pdf', 'abc')]));
  });

  test.each(['', 'ab', 'abd', 'abcd'])('%j instead of « abc »', async (texte) => {
    await expect(ecrire([flot(texte, abc)])).rejects.toThrow(
      /^VGM-PRV-002 .*« a.pdf » .*octets différents de ceux annoncés/,
    );
  });

  test('as many bytes, the same CRC for the first three, and one more', async () => {
    await expect(ecrire([flot('abc', { ...abc, taille: 4 })])).rejects.toThrow(/^VGM-PRV-002/);
  });

  test('a content without end is left at the first byte too many', async () => {
    let lus = 0;
    const contenu = (async function* () {
      for (;;) {
        lus += 1;
        yield Buffer.from('a');
      }
    })();
    await expect(ecrire([{ nom: 'a', contenu, taille: 3, crc: 0 }])).rejects.toThrow(/^VGM-PRV-002/);
    expect(lus).toBe(4);
  });
});

describe('names that every system extracts at the same place', () => {
  test.each([
    ['a', undefined],
    ['a b/c.d/…e', undefined],
    ['.cache', undefined],
    ['..a/b..', undefined],
    ['dossier/', undefined],
    ['', 'nom vide'],
    ['a\nb', 'caractère de contrôle dans le nom'],
    ['a\u0085b', 'caractère de contrôle dans le nom'],
    ['a\\b', 'barre oblique inverse ou deux-points dans le nom'],
    ['c:x', 'barre oblique inverse ou deux-points dans le nom'],
    ['/a', 'chemin absolu'],
    ['../a', 'chemin qui sort du dossier'],
    ['a/../b', 'chemin qui sort du dossier'],
    ['a/..', 'chemin qui sort du dossier'],
    ['./a', 'chemin qui sort du dossier'],
    ['a//b', 'chemin qui sort du dossier'],
    ['a//', 'chemin qui sort du dossier'],
  ])('%j: %s', (nom, defaut) => {
    expect(defautDeNom(nom)).toBe(defaut);
  });

  test('a name twice is refused (VGM-PRV-002)', async () => {
    await expect(ecrire([entree('a', ''), entree('a', '')])).rejects.toThrow(/^VGM-PRV-002 .*nom en double/);
    await expect(ecrire([entree('../a', '')])).rejects.toThrow(/^VGM-PRV-002 .*sort du dossier/);
  });
});
