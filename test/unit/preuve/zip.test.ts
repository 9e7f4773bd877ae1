import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { array, assert, asyncProperty, stringMatching, uint8Array, uniqueArray } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lireZip } from '../../../src/formats/asic/lire-zip.ts';
import { defautDeNom, ecrireZip, type EntreeZip, tailleZip } from '../../../src/formats/asic/zip.ts';

const executer = promisify(execFile);
const QUAND = Date.UTC(2026, 10, 21, 10, 15, 2);
let dossier = '';

beforeAll(async () => {
  dossier = await mkdtemp(join(tmpdir(), 'zip-'));
});
afterAll(() => rm(dossier, { recursive: true }));

type Fichiers = readonly (readonly [string, Uint8Array])[];

async function* enMorceaux(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < octets.length; i += 7) yield octets.subarray(i, i + 7);
}

async function zipper(fichiers: Fichiers, flot = false): Promise<Buffer> {
  const entrees = fichiers.map(([nom, contenu]): EntreeZip => {
    const taille = contenu.byteLength;
    return flot
      ? { nom, contenu: enMorceaux(contenu), taille, crc: crc32(contenu) }
      : { nom, contenu, taille };
  });
  const morceaux: Uint8Array[] = [];
  for await (const m of ecrireZip(entrees, QUAND)) morceaux.push(m);
  return Buffer.concat(morceaux);
}

async function poser(octets: Uint8Array, nom = 'a.zip'): Promise<string> {
  const chemin = join(dossier, nom);
  await writeFile(chemin, octets);
  return chemin;
}

async function relire(octets: Uint8Array): Promise<Map<string, Buffer>> {
  const zip = await lireZip(await poser(octets));
  const lus = new Map<string, Buffer>();
  try {
    for (const entree of zip.entrees) {
      const morceaux: Uint8Array[] = [];
      for await (const m of zip.ouvrir(entree)) morceaux.push(m);
      lus.set(entree.nom, Buffer.concat(morceaux));
    }
  } finally {
    await zip.fermer();
  }
  return lus;
}

const ici = (texte: string): Uint8Array => Buffer.from(texte);
const DEUX: Fichiers = [
  ['mimetype', ici('application/vnd.etsi.asic-e+zip')],
  ['pièces/délibération n° 1.txt', ici('Le conseil décide.')],
];

const noms = uniqueArray(stringMatching(/^[a-zé0-9_]{1,12}(\/[a-z0-9]{1,8}){0,2}\.[a-z]{3}$/), {
  minLength: 1,
  maxLength: 8,
}).filter((liste) => liste.every((nom) => defautDeNom(nom) === undefined));
const contenus = uint8Array({ maxLength: 300 });

const ecrire = async (entree: EntreeZip) => {
  for await (const _ of ecrireZip([entree], QUAND));
};

describe('ZIP writer: what any reader opens', () => {
  test('round trip, streamed or not, same bytes, announced size (APPNOTE 4.3)', async () => {
    await assert(
      asyncProperty(noms, array(contenus, { minLength: 8, maxLength: 8 }), async (liste, corps) => {
        const fichiers = liste.map((nom, i) => [nom, corps[i] as Uint8Array] as const);
        const octets = await zipper(fichiers);
        expect(octets.length).toBe(tailleZip(fichiers.map(([nom, c]) => ({ nom, taille: c.length }))));
        expect(octets.equals(await zipper(fichiers, true))).toBe(true);
        const lus = await relire(octets);
        expect([...lus.keys()]).toEqual(liste);
        for (const [nom, c] of fichiers) expect(lus.get(nom)?.equals(c)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('unzip -t and python zipfile read it, accents and dates included', async () => {
    await assert(
      asyncProperty(noms, contenus, async (liste, corps) => {
        const chemin = await poser(await zipper(liste.map((nom) => [nom, corps] as const)), 'tiers.zip');
        await executer('unzip', ['-tqq', chemin]);
        const script =
          'import json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n' +
          'print(json.dumps([[i.filename,z.read(i).hex(),list(i.date_time)] for i in z.infolist()]))';
        const { stdout } = await executer('python3', ['-c', script, chemin]);
        const attendu = liste.map((nom) => [
          nom,
          Buffer.from(corps).toString('hex'),
          [2026, 11, 21, 10, 15, 2],
        ]);
        expect(JSON.parse(stdout)).toEqual(attendu);
      }),
      { numRuns: 15 },
    );
  });

  test('mimetype lies at byte 38, without extra field (ETSI EN 319 162-1 annex A.1)', async () => {
    const octets = await zipper(DEUX);
    expect(octets.subarray(30, 69).toString()).toBe('mimetypeapplication/vnd.etsi.asic-e+zip');
    expect(octets.readUInt16LE(28)).toBe(0);
  });

  test('beyond 4 GiB it says so instead of writing zip64', async () => {
    const gros: EntreeZip = { nom: 'gros', contenu: enMorceaux(ici('')), taille: 2 ** 32, crc: 0 };
    const tout = async () => {
      for await (const _ of ecrireZip([gros], QUAND));
    };
    await expect(tout()).rejects.toThrow(/^VGM-PRV-001/);
    expect(() => tailleZip([gros])).toThrow(/^VGM-PRV-001/);
  });

  test.each(['../x', '/x', 'a/../b', 'a\\b', 'a\0b', '', 'c:x', 'a//b', './a'])(
    'name %j is refused',
    async (nom) => {
      await expect(zipper([[nom, ici('x')]])).rejects.toThrow(/^VGM-PRV-002/);
    },
  );

  test('bytes that are not those announced never end in a whole ZIP', async () => {
    const crc = crc32(ici('abc'));
    const flot = (t: string) => enMorceaux(ici(t));
    await expect(ecrire({ nom: 'a', contenu: flot('abd'), taille: 3, crc })).rejects.toThrow(/^VGM-PRV-002/);
    await expect(ecrire({ nom: 'a', contenu: flot('ab'), taille: 3, crc })).rejects.toThrow(/^VGM-PRV-002/);
    await expect(ecrire({ nom: 'a', contenu: flot('abcd'), taille: 3, crc })).rejects.toThrow(/^VGM-PRV-002/);
  });
});

const changer = async (faire: (b: Buffer, central: number) => void, fichiers = DEUX): Promise<Buffer> => {
  const b = await zipper(fichiers);
  faire(b, b.readUInt32LE(b.length - 6));
  return b;
};

describe('ZIP reader: hostile bytes', () => {
  test('a ZIP of another maker, deflated and with data descriptors, is read', async () => {
    const chemin = join(dossier, 'python.zip');
    const script =
      'import sys,zipfile\nclass F:\n def __init__(s,f): s.f=f\n def write(s,b): return s.f.write(b)\n def flush(s): pass\n' +
      'z=zipfile.ZipFile(F(open(sys.argv[1],"wb")),"w",zipfile.ZIP_DEFLATED)\n' +
      'z.writestr("a.txt","a"*100000)\nz.writestr("b.txt","b",zipfile.ZIP_STORED)\nz.close()';
    await executer('python3', ['-c', script, chemin]);
    const lus = await relire(await readFile(chemin));
    expect(lus.get('a.txt')?.toString()).toBe('a'.repeat(100_000));
    expect(lus.get('b.txt')?.toString()).toBe('b');
  });

  test('every cut is refused', async () => {
    const octets = await zipper(DEUX);
    for (let i = 0; i < octets.length; i += 1) {
      await expect(relire(octets.subarray(0, i))).rejects.toThrow(/^VGM-PRV-00[34]/);
    }
  });

  test('any byte changed is refused or leaves names, order and contents as they were', async () => {
    const octets = await zipper(DEUX);
    const avant = JSON.stringify([...(await relire(octets))]);
    for (let i = 0; i < octets.length; i += 1) {
      for (const masque of [0x01, 0x40, 0xff]) {
        const faux = Buffer.from(octets);
        faux[i] = (faux[i] as number) ^ masque;
        const lu = await relire(faux).then(
          (m) => JSON.stringify([...m]),
          (e: Error) => e.message,
        );
        if (!/^VGM-PRV-00[34]/.test(lu)) expect(lu).toBe(avant);
      }
    }
  });

  test('a name that climbs, written by another tool, is refused', async () => {
    const faux = await changer(
      (b) => {
        for (let i = b.indexOf('xx/a'); i >= 0; i = b.indexOf('xx/a')) b.write('../a', i);
      },
      [['xx/a', ici('x')]],
    );
    await expect(relire(faux)).rejects.toThrow('chemin qui sort du dossier ("../a")');
  });

  test('two names that a file system would merge are refused', async () => {
    const faux = await zipper([
      ['a.txt', ici('1')],
      ['A.txt', ici('2')],
    ]);
    await expect(relire(faux)).rejects.toThrow('nom en double ("A.txt")');
  });

  test('local and central headers that disagree are refused', async () => {
    const faux = await changer((b) => b.write('mimetyqe', 30));
    await expect(relire(faux)).rejects.toThrow('deux en-têtes contraires pour « mimetype »');
  });

  test('overlapping entries are refused', async () => {
    const faux = await changer(
      (b, central) => {
        const second = central + 46 + 1;
        b.writeUInt32LE(0, second + 42);
        b.write('a', second + 46);
        b.write('b', central + 46);
        b.write('b', 30);
      },
      [
        ['b', ici('1')],
        ['c', ici('1')],
      ],
    );
    await expect(relire(faux)).rejects.toThrow(/deux en-têtes contraires|superposés/);
  });

  test('bytes before, between or after the entries are refused', async () => {
    const bon = await zipper(DEUX);
    await expect(relire(Buffer.concat([ici('x'), bon]))).rejects.toThrow(/^VGM-PRV-003/);
    await expect(relire(Buffer.concat([bon, ici('x')]))).rejects.toThrow(/^VGM-PRV-003/);
    const central = bon.readUInt32LE(bon.length - 6);
    const trou = Buffer.concat([bon.subarray(0, central), ici('cache'), bon.subarray(central)]);
    trou.writeUInt32LE(central + 5, trou.length - 6);
    await expect(relire(trou)).rejects.toThrow('octets cachés ou superposés avant le répertoire');
  });

  test('a bomb stops at its declared size, and a declared size beyond the budget is not even opened', async () => {
    const chemin = join(dossier, 'bombe.zip');
    const script =
      'import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)\nz.writestr("z",b"\\0"*20000000)\nz.close()';
    await executer('python3', ['-c', script, chemin]);
    await expect(lireZip(chemin, { entrees: 10, octets: 1_000_000 })).rejects.toThrow('contenu démesuré');
    const menteur = await readFile(chemin);
    const central = menteur.readUInt32LE(menteur.length - 6);
    menteur.writeUInt32LE(1000, 22);
    menteur.writeUInt32LE(1000, central + 24);
    await expect(relire(menteur)).rejects.toThrow('« z » est plus long qu’annoncé');
  });

  test('too many entries are refused', async () => {
    const chemin = await poser(
      await zipper(Array.from({ length: 11 }, (_, i) => [`f${i}`, ici('')] as const)),
    );
    await expect(lireZip(chemin, { entrees: 10, octets: 1000 })).rejects.toThrow('trop de fichiers');
  });

  test('bytes hidden after the end of a compressed content are refused', async () => {
    const script =
      'import sys,zlib,struct\nd=b"bonjour"*9\nc=zlib.compressobj(9,8,-15);x=c.compress(d)+c.flush()+b"cache"\n' +
      'h=struct.pack("<HHHHHIIIHH",20,0,8,0,33,zlib.crc32(d),len(x),len(d),1,0)\n' +
      'l=b"PK\\3\\4"+h+b"a"+x\nk=b"PK\\1\\2"+struct.pack("<H",20)+h+struct.pack("<HHHII",0,0,0,0,0)+b"a"\n' +
      'open(sys.argv[1],"wb").write(l+k+b"PK\\5\\6"+struct.pack("<HHHHIIH",0,0,1,1,len(k),len(l),0))';
    const chemin = join(dossier, 'cache.zip');
    await executer('python3', ['-c', script, chemin]);
    await expect(relire(await readFile(chemin))).rejects.toThrow('octets cachés après « a »');
  });

  test('absent file, folder and other formats are unreadable, with their path', async () => {
    await expect(lireZip(join(dossier, 'absent'))).rejects.toThrow('absent');
    await expect(lireZip(dossier)).rejects.toThrow(/^VGM-PRV-003/);
    await expect(relire(ici('%PDF-1.7 et la suite du fichier'))).rejects.toThrow('ce n’est pas un ZIP');
  });
});
