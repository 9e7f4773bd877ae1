import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** bin/vaguemestre gives the daemon its settings of Node: fewer waits on the disk, less memory held. */

const LANCEUR = join(resolve(import.meta.dirname, '../../..'), 'bin/vaguemestre');
let dossier: string;
let temoin: string;

beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-lanceur-'));
  temoin = join(dossier, 'temoin.cjs');
  const dire = 'JSON.stringify([process.pid, process.execArgv, process.env.UV_THREADPOOL_SIZE ?? null])';
  writeFileSync(temoin, `require('node:fs').writeSync(1, ${dire} + '\\n');`);
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

type Demarrage = [pid: number, options: string[], fils: string | null];

/** Each start of Node that the command makes. */
function lancer(args: readonly string[], env: Readonly<Record<string, string>> = {}): Demarrage[] {
  const options = `--require ${temoin} ${env['NODE_OPTIONS'] ?? ''}`;
  const { UV_THREADPOOL_SIZE: _, ...reste } = process.env;
  const { stdout } = spawnSync(process.execPath, [LANCEUR, ...args], {
    encoding: 'utf8',
    env: { ...reste, ...env, NODE_OPTIONS: options },
  });
  return stdout
    .split('\n')
    .filter((ligne) => ligne.startsWith('['))
    .map((ligne) => JSON.parse(ligne) as Demarrage);
}

const DEMARRER = ['demarrer', '--config', '/nulle-part.toml'];

test('the daemon starts again, once, in the same process, under its own settings of Node', () => {
  const [premier, second, ...autres] = lancer(DEMARRER);
  expect(autres).toEqual([]);
  expect(premier?.slice(1)).toEqual([[], null]);
  expect(second).toEqual([premier?.[0], ['--max-semi-space-size=4'], '16']);
});

test('what the environment says stands', () => {
  expect(lancer(DEMARRER, { NODE_OPTIONS: '--max-semi-space-size=32' })).toHaveLength(1);
  const [, second] = lancer(DEMARRER, { UV_THREADPOOL_SIZE: '5' });
  expect(second?.[2]).toBe('5');
});

test('the other verbs start once', () => {
  expect(lancer(['--version'])).toHaveLength(1);
});
