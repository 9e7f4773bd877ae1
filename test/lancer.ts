/**
 * `npm test [-- vitest arguments]`: runs vitest and prints, alone on the last line, `N passed, N failed`.
 * A run that executed no test, or that could not start, fails. What the tests and their servers write in the folder of temporary
 * files goes with the run, whatever became of it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Rapport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly { readonly status: string; readonly name: string }[];
}

const dossier = mkdtempSync(join(tmpdir(), 'vgm-tests-'));
// Some servers refuse to be root: they go through it, and may not list it.
chmodSync(dossier, 0o711);
const temporaires = join(dossier, 't');
mkdirSync(temporaires);
chmodSync(temporaires, 0o1777);
const sortie = join(dossier, 'rapport.json');
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${sortie}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, TMPDIR: temporaires } },
);

let passes = 0;
let echecs = 1;
try {
  const rapport = JSON.parse(readFileSync(sortie, 'utf8')) as Rapport;
  passes = rapport.numPassedTests;
  // A file that could not be loaded has no failed test, yet it failed.
  const illisibles = rapport.testResults.filter((r) => r.status === 'failed').length;
  echecs = Math.max(rapport.numFailedTests, illisibles);
  // Reference data of the norms live outside the repository; without them their tests cannot run, and only then.
  if (existsSync(join('..', 'shared'))) echecs += rapport.numPendingTests;
  else if (rapport.numPendingTests > 0)
    console.log(`${rapport.numPendingTests} tests need ../shared, which is absent here.`);
  if (rapport.numTotalTests === 0 || (status !== 0 && echecs === 0)) echecs += 1;
} catch (cause) {
  console.error('vitest gave no report:', cause instanceof Error ? cause.message : cause);
} finally {
  rmSync(dossier, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${passes} passed, ${echecs} failed`);
process.exitCode = echecs === 0 ? 0 : 1;
