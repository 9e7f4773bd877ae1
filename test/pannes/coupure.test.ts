import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tirage } from '../conformite/mutants-xml.ts';
import { couper, type Film, lireFilm } from './coupure/campagne.ts';
import { relever } from './coupure/demon.ts';
import { PARTAGE } from './coupure/disque.ts';
import { type Enregistrement, enregistrer } from './coupure/enregistrer.ts';
import { type Defaut, poser, poserTout } from './coupure/image.ts';

/**
 * A power cut. A real daemon is recorded (strace) with the State and the depositors around it; from the calls of the system the
 * data folder is rebuilt as a cut at any instant may leave it: what was synced is there, the rest is there, or not, or in part,
 * in any order. Each such folder is opened again and worked on, and held against what the world knew at that instant.
 *
 * What it does not prove: that the disk keeps what it says that it keeps (a cache without battery that lies, a sector that
 * rots); that a file system survives its own metadata (a rename is taken for whole or nothing, a sector of 512 bytes too);
 * anything of a write through memory (the recorder refuses all but the `-shm` of SQLite, which it replaces by anything), of a
 * sync that fails (test/unit/store), of PostgreSQL and of an object store; and nothing of what the recorded life did not do.
 * Calls are taken in the order in which strace saw them end.
 *
 * COUPURES=300 for more instants, GRAINE=… for others.
 */

const GRAINE = Number(process.env['GRAINE'] ?? 20261122);
const INSTANTS = Number(process.env['COUPURES'] ?? 30);
const IMAGES = 2;
/** More of everything when more cuts are asked for. */
const DEMANDE = INSTANTS > 100 ? { actes: 120, pes: 60 } : { actes: 14, pes: 8 };

let dossier: string;
let enregistrement: Enregistrement;
let film: Film;

beforeAll(async () => {
  dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-film-'));
  enregistrement = await enregistrer({ dossier, graine: GRAINE, ...DEMANDE });
  film = await lireFilm(enregistrement.journal, enregistrement.donnees);
}, 600_000);

afterAll(() => rm(dossier, { recursive: true, force: true }));

/** Every file under a folder, but what the recorder does not follow: the memory shared, the socket. */
async function fichiersDe(racine: string): Promise<Map<string, Buffer>> {
  const entrees = await readdir(racine, { recursive: true, withFileTypes: true });
  const chemins = entrees.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const suivis = chemins.filter((c) => !PARTAGE.test(c));
  return new Map(
    await Promise.all(suivis.map(async (c) => [c.slice(racine.length), await readFile(c)] as const)),
  );
}

test('what the recorder rebuilds is, byte for byte, what the daemon left on the disk', async () => {
  const ou = join(dossier, 'tout');
  poserTout(film.disque, ou);
  const [rebati, laisse] = [await fichiersDe(ou), await fichiersDe(enregistrement.donnees)];
  expect([...rebati.keys()].toSorted()).toEqual([...laisse.keys()].toSorted());
  const autres = [...laisse].filter(([chemin, octets]) => rebati.get(chemin)?.equals(octets) !== true);
  expect(autres.map(([chemin]) => chemin)).toEqual([]);
  expect(laisse.size).toBeGreaterThan(100);
});

test(`a power cut loses nothing that was told, breaks nothing, and sends nothing twice (${INSTANTS} instants × ${IMAGES} images, seed ${GRAINE})`, async () => {
  const { perdus, casses, doubles, ...comptes } = await couper(film, {
    graine: GRAINE,
    instants: INSTANTS,
    images: IMAGES,
  });
  const fautes = { perdus: perdus.length, casses: casses.length, doubles: doubles.length };
  console.log(
    `power cut: ${JSON.stringify({ graine: GRAINE, lignes: film.longueur, ...comptes, ...fautes })}`,
  );
  expect([...perdus, ...casses, ...doubles]).toEqual([]);
  expect(comptes.images).toBe(INSTANTS * IMAGES);
  expect(comptes.connus).toBeGreaterThan(comptes.images * 10);
}, 3_600_000);

const DEFAUTS: readonly { readonly nom: string; readonly defaut: Defaut }[] = [
  { nom: 'the log of the base is not synced', defaut: { ou: /-wal$/ } },
  { nom: 'the log is synced once the answer has left', defaut: { ou: /-wal$/, retard: 200 } },
  { nom: 'the base is not synced when the log is put back into it', defaut: { ou: /\.sqlite$/ } },
  { nom: 'the data folder is not synced', defaut: { ou: /\/donnees$/ } },
  { nom: 'a piece is not synced before it gets its name', defaut: { ou: /\/coffre\/tmp\// } },
  { nom: 'the folder of a piece is not synced', defaut: { ou: /\/coffre\/[0-9a-f]{2}$/ } },
  { nom: 'the folder of the folders is not synced', defaut: { ou: /\/coffre$/ } },
];

test.each(DEFAUTS)(
  'the check sees that $nom',
  async ({ nom, defaut }) => {
    const bilan = await couper(film, { graine: GRAINE, instants: 60, images: IMAGES, defaut, assez: 1 });
    const { images, perdus, casses, doubles } = bilan;
    const vues = [...perdus, ...casses, ...doubles];
    console.log(`planted: ${nom}: seen at image ${images}, ${vues.length} faults: ${vues[0] ?? ''}`);
    expect(vues.length).toBeGreaterThan(0);
  },
  300_000,
);

test('the daemon itself starts on what a cut has left', async () => {
  const donnees = join(dossier, 'releve');
  const de = tirage(GRAINE);
  const rang = film.instants[Math.floor(film.instants.length * 0.9)] ?? 0;
  poser(film.disque, { rang, de }, donnees);
  const { etats, ruptures, code } = await relever(dossier, donnees);
  const accuses = new Set(film.faits.avant(rang).flatMap((m) => (m.quoi === 'accuse' ? [m.flux] : [])));
  const nombre = Object.values(etats).reduce((somme, n) => somme + n, 0);
  expect({ ruptures, code }).toEqual({ ruptures: 0, code: 0 });
  expect(nombre).toBeGreaterThanOrEqual(accuses.size);
}, 120_000);
