import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importerPaquet } from '../../src/adapters/schemas/importer.ts';
import type { PolitiqueSchemas } from '../../src/formats/xsd/paquets.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { type Clamd, demarrerClamd } from '../serveurs/clamd.ts';
import { PARTAGE, partagePresent } from '../unit/formats/chemins.ts';
import { importerEssai } from './paquets-essai.ts';
import { type DemandeGros, grosPes } from './pes-gros.ts';

/** Every control of a large PES in a process of its own: the door, two schema packs, a real clamd on each attached piece. */

const ENFANT = join(import.meta.dirname, 'helios-memoire-enfant.ts');
const SIRET = '21340001600012';
const Mo = 1_000_000;
const Mio = 1024 * 1024;

interface Mesure {
  /** What the door refuses. */
  readonly refus: readonly string[];
  readonly schemas: readonly string[];
  readonly issue: string;
  readonly analyse: string;
  /** Largest resident size of the process, in bytes, up to each moment. */
  readonly memoire: { readonly repos: number; readonly depot: number; readonly fin: number };
}

let clamd: Clamd;
let base: string;
let paquets: string;

/** The official sets when they are beside the repository: theirs are the largest schemas. */
function importer(version: string, politique: PolitiqueSchemas) {
  const officiel = `normes/helios/schemas_pes_v${version}`;
  if (!partagePresent(officiel))
    return importerEssai(base, paquets, { nom: version, longueur: 100, politique });
  const auteur = { qui: 'essai', quand: 0 as Instant };
  const source = `${PARTAGE}${officiel}`;
  return importerPaquet({ source, politique, remplacer: false, dossier: paquets, auteur });
}

beforeAll(async () => {
  clamd = await demarrerClamd();
  base = mkdtempSync(join(tmpdir(), 'vgm-helios-gros-'));
  paquets = join(base, 'paquets');
  await importer('5.17', 'bloquer');
  await importer('5.12', 'avertir');
}, 120_000);
afterAll(async () => {
  rmSync(base, { recursive: true, force: true });
  await clamd.arreter();
});

async function mesurer(pieces: DemandeGros['pieces'], mandats: number): Promise<Mesure> {
  const fichier = join(base, 'pes.xml');
  writeFileSync(fichier, grosPes({ nomFic: 'GROS', siret: SIRET, mandats, pieces }));
  const suite = [ENFANT, fichier, paquets, clamd.adresse, SIRET];
  const { stdout } = await promisify(execFile)(process.execPath, suite);
  return JSON.parse(stdout) as Mesure;
}

test('150 MB are controlled in 300 MiB, packs and antivirus included, and hardly more than 10 MB (ARCHITECTURE § 2.11)', async () => {
  const petit = await mesurer([{ taille: 6 * Mo }], Mo);
  const gros = await mesurer(
    [{ taille: 60 * Mo }, { taille: 20 * Mo }, { taille: 17 * Mo }, { taille: 100 * Mo, vide: true }],
    20 * Mo,
  );
  for (const { refus, schemas, issue, analyse } of [petit, gros]) {
    expect({ refus, schemas, issue }).toEqual({
      refus: [],
      schemas: ['oui', 'oui', 'oui'],
      issue: 'controle_favorable',
    });
    expect(analyse).toMatch(/"code":"CTL-VIR-02".*ClamAV.*"reponse":"oui"/);
  }
  for (const [nom, { memoire }] of Object.entries({ '10 MB': petit, '150 MB': gros })) {
    const [repos, depot, fin] = [memoire.repos, memoire.depot, memoire.fin].map((o) => Math.round(o / Mio));
    console.log(`${nom}: ${repos} MiB at rest, ${depot} once judged at the door, ${fin} once analysed`);
  }
  expect(gros.memoire.fin).toBeLessThan(300 * Mio);
  // one copy of the file would be 143 MiB more
  expect(gros.memoire.fin - petit.memoire.fin).toBeLessThan(110 * Mio);
}, 180_000);
