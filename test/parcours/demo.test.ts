import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RACINE } from '../unit/formats/chemins.ts';

/** `vaguemestre demo`, as typed. */

let temporaire: string;
beforeAll(() => {
  temporaire = mkdtempSync(join(tmpdir(), 'vgm-demo-'));
});
afterAll(() => rmSync(temporaire, { recursive: true, force: true }));

interface Fin {
  readonly code: number | null;
  readonly sortie: string;
  readonly erreur: string;
}

function lancer(...argv: readonly string[]): {
  readonly processus: ChildProcess;
  readonly fin: Promise<Fin>;
} {
  const processus = spawn(process.execPath, [join(RACINE, 'bin', 'vaguemestre'), 'demo', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporaire, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  const code = new Promise<number | null>((resolve) => processus.once('exit', resolve));
  const [sortie, erreur] = [text(processus.stdout), text(processus.stderr)];
  const fin = Promise.all([code, sortie, erreur]).then(([c, s, e]) => ({ code: c, sortie: s, erreur: e }));
  return { processus, fin };
}

describe('the demonstration', () => {
  test('--json: one line, every figure as the story announces, nothing left behind', async () => {
    const { code, sortie, erreur } = await lancer('--json').fin;
    expect({ code, erreur }).toEqual({ code: 0, erreur: '' });
    expect(sortie.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(sortie)).toEqual({
      actes: { deposes: 22, acquittes: 19, refuses_depot: 1, anomalies: 1 },
      pes: { deposes: 9, acquittes: 7, partiels: 1, refuses_depot: 1 },
      echanges: { courriers: 5, accuses: 5, reponses: 2, annulations: 1, classifications: 1 },
      preuves: { verifiees: 43, fausses: 0 },
      webhooks: { livres: 39 },
      perdus: 0,
      doubles: 0,
    });
    expect(readdirSync(temporaire)).toEqual([]);
  }, 120_000);

  test('interrupted in mid-story: it says so, stops its daemon, removes its folder', async () => {
    const { processus, fin } = lancer();
    processus.stdout?.on('data', (morceau: Buffer) => {
      if (morceau.includes('déposé')) processus.kill('SIGINT');
    });
    const { code, erreur } = await fin;
    expect({ code, erreur }).toMatchObject({ code: 1, erreur: expect.stringContaining('interrompue') });
    expect(readdirSync(temporaire)).toEqual([]);
  }, 60_000);

  test.each([
    ['that cannot be', join(RACINE, 'package.json', 'demo'), 'n’est pas un dossier'],
    ['where something is already', RACINE, 'il n’est pas vide'],
    ['that the system would hold', '/proc/vaguemestre', 'le système n’y admet aucun dossier'],
  ])('a folder %s: told in French, exit code 1', async (_, dossier, raison) => {
    const { code, erreur } = await lancer('--dossier', dossier).fin;
    expect([code, erreur]).toEqual([1, expect.stringContaining('VGM-BAN-005')]);
    expect(erreur).toContain(raison);
  });
});
