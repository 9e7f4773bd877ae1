/**
 * `npm test [-- vitest arguments]`: runs vitest and prints, alone on the last line, `N passed, N failed`.
 * A run that executed no test, or that could not start, fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Rapport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly { readonly status: string; readonly name: string }[];
}

const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-tests-'));
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
  { stdio: 'inherit' },
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
  rmSync(dossier, { recursive: true, force: true });
}
console.log(`${passes} passed, ${echecs} failed`);
process.exitCode = echecs === 0 ? 0 : 1;
