import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ouvrirZip, type ZipLot } from '../../../../src/formats/lot/zip.ts';
import { erreurNoyau } from '../../../../src/metier/catalogue/noyau.ts';
import { type EntreeEssai, zipEssai } from '../../lot/zip-essai.ts';

/** A ZIP read where it is: what is a file, what is refused, what is found damaged. */

const A = { nom: 'a.pdf', octets: Buffer.from('A'.repeat(100)) };

function ouvrir(...entrees: readonly EntreeEssai[]): Promise<ZipLot> {
  return ouvrirOctets(zipEssai(entrees));
}

function ouvrirOctets(octets: Buffer): Promise<ZipLot> {
  return ouvrirZip('essai.zip', {
    taille: octets.length,
    lire: async (debut, fin) => octets.subarray(debut, fin),
  });
}

async function lire(zip: ZipLot, chemin: string): Promise<Buffer> {
  const piece = zip.trouver(chemin);
  if (!('ouvrir' in piece)) throw new TypeError(piece.motif);
  return buffer(piece.ouvrir());
}

describe('what is a file', () => {
  test('neither folders, nor what the system adds for itself, nor links', async () => {
    const zip = await ouvrir(
      A,
      { nom: 'sous/', octets: Buffer.alloc(0) },
      { nom: 'sous/.DS_Store', octets: Buffer.from('x') },
      { nom: '__MACOSX/._a.pdf', octets: Buffer.from('x') },
      { nom: 'lien.pdf', octets: Buffer.from('a.pdf'), mode: 0o120777 },
      { nom: 'sous/__MACOSX/b.pdf', octets: Buffer.from('B') },
      { nom: 'x.DS_Store', octets: Buffer.from('X') },
    );
    expect(zip.noms).toEqual(['a.pdf', 'sous/__MACOSX/b.pdf', 'x.DS_Store']);
    expect(await lire(zip, 'a.pdf')).toEqual(A.octets);
    expect(zip.trouver('a.pdf')).toMatchObject({ nom: 'a.pdf', taille: 100 });
    expect(zip.trouver('sous/__MACOSX/b.pdf')).toMatchObject({ nom: 'b.pdf', taille: 1 });
    zip.fermer();
  });

  test('made elsewhere than on Unix, the same bits say nothing of links', async () => {
    const octets = zipEssai([{ ...A, mode: 0o120777 }]);
    const madeBy = octets.indexOf('PK\x01\x02') + 5;
    octets[madeBy] = 0;
    expect((await ouvrirOctets(octets)).noms).toEqual(['a.pdf']);
    octets[madeBy] = 3;
    expect((await ouvrirOctets(octets)).noms).toEqual([]);
  });
});

describe('made to harm', () => {
  const raison = async (...entrees: readonly EntreeEssai[]): Promise<string> => {
    const erreur: unknown = await ouvrir(...entrees).catch((e: unknown) => e);
    if (!(erreur instanceof Error)) throw new TypeError('opened');
    return erreur.message;
  };
  const zeros = (taille: number): EntreeEssai => ({
    nom: 'a.pdf',
    octets: Buffer.alloc(taille),
    comprimer: true,
  });

  test('a file that inflates more than five hundred times, beyond ten million bytes', async () => {
    expect(await raison(zeros(10_000_001))).toContain('« a.pdf » gonflerait de plus de 500 fois');
    expect((await ouvrir(zeros(10_000_000))).noms).toEqual(['a.pdf']);
    const dense = { nom: 'b.pdf', octets: Buffer.alloc(10_000_001, 'B') };
    expect((await ouvrir(dense)).noms).toEqual(['b.pdf']);
    // 25,000 bytes that say 12,500,000: five hundred times, and not more
    const juste = { nom: 'c.pdf', octets: Buffer.alloc(25_000), methode: 8 };
    expect((await ouvrir({ ...juste, taille: 12_500_000 })).noms).toEqual(['c.pdf']);
    expect(await raison({ ...juste, taille: 12_500_001 })).toContain('gonflerait');
  });

  test('files one over another, in whatever order they are told', async () => {
    const b = { ...A, nom: 'b.pdf', octets: Buffer.from('B'.repeat(100)) };
    expect(await raison(A, b, { ...A, nom: 'c.pdf', debut: 20 })).toContain('recouvrent');
    const octets = zipEssai([A, b]);
    const dernier = octets.lastIndexOf('PK\x01\x02');
    const premier = octets.indexOf('PK\x01\x02');
    const fin = octets.lastIndexOf('PK\x05\x06');
    const inverse = Buffer.concat([
      octets.subarray(0, premier),
      octets.subarray(dernier, fin),
      octets.subarray(premier, dernier),
      octets.subarray(fin),
    ]);
    const zip = await ouvrirOctets(inverse);
    expect(zip.noms).toEqual(['b.pdf', 'a.pdf']);
    expect([await lire(zip, 'a.pdf'), await lire(zip, 'b.pdf')]).toEqual([A.octets, b.octets]);
  });

  test('a path out of it is told by its name', async () => {
    // the drive is not seen as such by the library
    expect(await raison({ ...A, nom: 'x/../../a.pdf' })).toMatch(/hostile|sort du lot/);
    expect(await raison({ ...A, nom: 'a\0.pdf' })).toContain('sort du lot');
  });

  test('more than fifty thousand files', async () => {
    const un = { octets: Buffer.alloc(0) };
    const noms = Array.from({ length: 50_001 }, (_, i) => ({ ...un, nom: `${i}` }));
    expect(await raison(...noms)).toContain('plus de 50000 fichiers');
    expect((await ouvrir(...noms.slice(1))).noms).toHaveLength(50_000);
  });
});

describe('damaged bytes', () => {
  test.each<[string, Partial<EntreeEssai>]>([
    ['another digest', { crc: 1 }],
    ['another digest, compressed', { crc: 1, comprimer: true }],
    ['another size, compressed', { taille: 99, comprimer: true }],
  ])('%s: the piece is named', async (_nom, defaut) => {
    const zip = await ouvrir({ ...A, ...defaut });
    await expect(lire(zip, 'a.pdf')).rejects.toThrow(/VGM-LOT-005.*a\.pdf.*abîmés dans le ZIP/);
  });

  test('what keeps the ZIP is out of reach: nothing is said of its bytes', async () => {
    const octets = zipEssai([A]);
    let panne = false;
    const zip = await ouvrirZip('essai.zip', {
      taille: octets.length,
      lire: async (debut, fin) => {
        if (panne) throw erreurNoyau('VGM-NOY-005', { detail: 'essai' });
        return octets.subarray(debut, fin);
      },
    });
    panne = true;
    await expect(lire(zip, 'a.pdf')).rejects.toThrow('VGM-NOY-005');
  });
});

test('once closed, nothing more is read', async () => {
  const zip = await ouvrir(A);
  zip.fermer();
  await expect(lire(zip, 'a.pdf')).rejects.toThrow();
});
