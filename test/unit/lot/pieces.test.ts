import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ouvrirLot } from '../../../src/cli/lot/ouvrir.ts';
import { type EntreeEssai, zipEssai } from './zip-essai.ts';

/** Where the files of a batch are found, and what is never followed. */

let d: string;
beforeEach(async () => {
  d = await mkdtemp(join(tmpdir(), 'lot-pieces-'));
});
afterEach(() => rm(d, { recursive: true, force: true }));

const CSV = Buffer.from('numero;date\r\n');

async function ecrire(fichiers: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [nom, octets] of Object.entries(fichiers)) {
    await mkdir(join(d, nom, '..'), { recursive: true });
    await writeFile(join(d, nom), octets);
  }
}

async function zip(...entrees: readonly EntreeEssai[]): Promise<string> {
  await writeFile(join(d, 'lot.zip'), zipEssai(entrees));
  return join(d, 'lot.zip');
}

/** What the batch gives for a path: its bytes, or why not. */
async function chercher(lot: string, ...chemins: readonly string[]): Promise<string[]> {
  const { pieces } = await ouvrirLot(lot);
  try {
    const vus: string[] = [];
    for (const chemin of chemins) {
      const vue = await pieces.trouver(chemin);
      vus.push('ouvrir' in vue ? (await buffer(vue.ouvrir())).toString() : `${vue.motif} : ${vue.remede}`);
    }
    return vus;
  } finally {
    await pieces.fermer();
  }
}

describe('which manifest', () => {
  test('a CSV file; in a folder, lot.csv or the only one, the results of an earlier run set apart', async () => {
    await ecrire({
      'actes.csv': CSV,
      'actes.resultats.csv': 'x',
      'actes.resultats.01234567.csv': 'x',
      '.cache.csv': 'x',
    });
    const seul = await ouvrirLot(d);
    expect([seul.manifeste.nom, seul.resultats]).toEqual(['actes.csv', join(d, 'actes.resultats.csv')]);
    await ecrire({ 'lot.csv': CSV });
    expect((await ouvrirLot(d)).manifeste.nom).toBe('lot.csv');
    const nomme = await ouvrirLot(join(d, 'actes.csv'));
    expect([nomme.manifeste.nom, Buffer.from(nomme.manifeste.octets)]).toEqual(['actes.csv', CSV]);
  });

  test('in a ZIP, lot.csv nearest to the root; its files are named from there; the results go beside the ZIP', async () => {
    const chemin = await zip(
      { nom: 'mars/lot.csv', octets: CSV },
      { nom: 'mars/vieux/lot.csv', octets: CSV },
      { nom: 'mars/pieces/a.pdf', octets: Buffer.from('A'), comprimer: true },
      { nom: '__MACOSX/mars/._lot.csv', octets: CSV },
    );
    const lot = await ouvrirLot(chemin);
    await lot.pieces.fermer();
    expect([lot.manifeste.nom, lot.resultats]).toEqual(['mars/lot.csv', join(d, 'lot.resultats.csv')]);
    expect(await chercher(chemin, 'pieces/a.pdf', 'pieces\\a.pdf', './pieces/a.pdf')).toEqual([
      'A',
      'A',
      'A',
    ]);
  });

  test.each([
    ['no CSV', { 'a.pdf': 'x' }, /aucun manifeste/],
    ['two CSV', { 'a.csv': 'x', 'b.csv': 'x' }, /plusieurs manifestes possibles \(« a\.csv », « b\.csv »\)/],
  ])('%s: told', async (_nom, fichiers, attendu) => {
    await ecrire(fichiers as Record<string, string>);
    await expect(ouvrirLot(d)).rejects.toThrow(attendu);
  });

  test('what is not there, or is no file', async () => {
    await expect(ouvrirLot(join(d, 'absent'))).rejects.toThrow(/VGM-CLI-003.*fichier absent/);
    await expect(ouvrirLot('/dev/null')).rejects.toThrow(/VGM-CLI-003.*ce n’est pas un fichier/);
  });

  test('a spreadsheet is a ZIP, and is told as what it is', async () => {
    const octets = Buffer.from('<x/>');
    const classeur = await zip({ nom: '[Content_Types].xml', octets }, { nom: 'xl/workbook.xml', octets });
    await expect(ouvrirLot(classeur)).rejects.toThrow(/VGM-LOT-002.*classeur de tableur/);
  });
});

describe('a folder', () => {
  test('names that two systems write differently are the same; a near name is proposed', async () => {
    await ecrire({ 'lot.csv': CSV, [`d\u0065\u0301cisions/de\u0301lib 1.pdf`]: 'A', 'Plan.PDF': 'B' });
    expect(await chercher(d, 'd\u00E9cisions/d\u00E9lib 1.pdf', 'd\u00E9cisions\\d\u00E9lib 1.pdf')).toEqual([
      'A',
      'A',
    ]);
    const [autre, aucun] = await chercher(d, 'plan.pdf', 'x.pdf');
    expect(autre).toMatch(/absent : Écrire « Plan\.PDF »/);
    expect(aucun).toMatch(/absent : Le joindre/);
  });

  test('nothing outside is ever sent: neither by a path nor by a link', async () => {
    await ecrire({ 'lot/lot.csv': CSV, 'secret.pem': 'CLE', 'lot-voisin/a.pdf': 'X' });
    const lot = join(d, 'lot');
    await symlink(join(d, 'secret.pem'), join(lot, 'lien.pdf'));
    await symlink(d, join(lot, 'haut'));
    await symlink(join(d, 'lot-voisin'), join(lot, 'voisin'));
    await symlink('nulle-part', join(lot, 'mort.pdf'));
    const chemins = [
      '../secret.pem',
      'x/../../secret.pem',
      join(d, 'secret.pem'),
      'C:\\a.pdf',
      'lien.pdf',
      'haut/secret.pem',
      'voisin/a.pdf',
      'a\0.pdf',
    ];
    for (const vu of await chercher(lot, ...chemins)) expect(vu).toMatch(/^ce chemin sort du lot : /);
    expect((await chercher(lot, 'mort.pdf'))[0]).toMatch(/fichier absent/);
  });

  test('a folder, and a path through a file, are no piece', async () => {
    await ecrire({ 'lot.csv': CSV, 'sous/a.pdf': 'A' });
    const [dossier, travers] = await chercher(d, 'sous', 'sous/a.pdf/b');
    expect(dossier).toMatch(/^ce n’est pas un fichier/);
    expect(travers).toMatch(/le chemin passe par un fichier/);
  });

  test('a file that changes size after it was announced is never sent short, nor long', async () => {
    for (const taille of [3, 8]) {
      await ecrire({ 'lot.csv': CSV, 'a.pdf': 'ABCDE' });
      const { pieces } = await ouvrirLot(d);
      const vue = await pieces.trouver('a.pdf');
      if (!('ouvrir' in vue)) return expect.unreachable();
      expect(vue.taille).toBe(5);
      await truncate(join(d, 'a.pdf'), taille);
      await expect(buffer(vue.ouvrir())).rejects.toThrow('VGM-LOT-005');
    }
  });
});

describe('a hostile ZIP is refused whole', () => {
  const lot = { nom: 'lot.csv', octets: CSV };
  const a = { nom: 'a.pdf', octets: Buffer.from('A'.repeat(100)) };

  test.each<[string, EntreeEssai[], RegExp]>([
    ['a path out of it', [{ ...a, nom: '../a.pdf' }], /abîmé, tronqué ou hostile|sort du lot/],
    ['an absolute path', [{ ...a, nom: '/etc/a.pdf' }], /abîmé, tronqué ou hostile|sort du lot/],
    ['a path of Windows', [{ ...a, nom: '..\\..\\a.pdf' }], /abîmé, tronqué ou hostile|sort du lot/],
    ['a password', [{ ...a, comprimer: true, bits: 0x801 }], /protégé par un mot de passe/],
    ['a compression of another kind', [{ ...a, methode: 14 }], /comprimé d’une façon/],
    ['a name twice', [a, a], /« a\.pdf » y est deux fois/],
    [
      'a bomb',
      [{ nom: 'a.pdf', octets: Buffer.alloc(20_000_000), comprimer: true }],
      /gonflerait de plus de 500 fois/,
    ],
    ['files one over another', [a, { ...a, nom: 'b.pdf', debut: 0 }], /s’y recouvrent/],
    ['a stored file that lies on its size', [{ ...a, taille: 7 }], /abîmé, tronqué ou hostile/],
  ])('%s', async (_nom, entrees, attendu) => {
    const chemin = await zip(lot, ...entrees);
    await expect(ouvrirLot(chemin)).rejects.toThrow(/VGM-LOT-002/);
    await expect(ouvrirLot(chemin)).rejects.toThrow(attendu);
  });

  test('cut anywhere, it is no ZIP', async () => {
    const octets = zipEssai([lot, a]);
    for (let n = 4; n < octets.length; n += 7) {
      await writeFile(join(d, 'c.zip'), octets.subarray(0, n));
      await expect(ouvrirLot(join(d, 'c.zip'))).rejects.toThrow('VGM-LOT-002');
    }
  });

  test.each<[string, Partial<EntreeEssai>]>([
    ['damaged bytes', { crc: 1 }],
    ['a size too small', { comprimer: true, taille: 99 }],
    ['a size too big', { comprimer: true, taille: 101 }],
  ])('%s are found as they are read, before the form is closed', async (_nom, defaut) => {
    await expect(chercher(await zip(lot, { ...a, ...defaut }), 'a.pdf')).rejects.toThrow('VGM-LOT-005');
  });

  test('a link is not followed, a name in an old encoding is read', async () => {
    const chemin = await zip(
      lot,
      { nom: 'lien.pdf', octets: Buffer.from('/etc/passwd'), mode: 0o120777 },
      { nom: Buffer.from('d\x82lib.pdf', 'latin1'), octets: Buffer.from('A'), bits: 0 },
    );
    const [lien, vieux, casse] = await chercher(chemin, 'lien.pdf', 'délib.pdf', 'DELIB.PDF');
    expect(lien).toMatch(/^ce fichier est absent/);
    expect(vieux).toBe('A');
    expect(casse).toContain('Écrire « délib.pdf »');
  });
});
