/**
 * `npm run check`: format, lint, types, dependency rules, dead code. Every tool runs even when one fails, so that
 * a single run tells all.
 */
import { spawnSync } from 'node:child_process';

const node = process.execPath;
const TOURS: readonly (readonly [string, readonly string[]])[] = [
  ['format', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--linter-enabled=false', '.']],
  ['lint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings', 'src', 'test', 'bin']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', '.']],
  [
    'dependances',
    [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      'src',
    ],
  ],
  ['code mort', ['node_modules/knip/bin/knip.js', '--no-progress']],
];

let echecs = 0;
for (const [nom, commande] of TOURS) {
  const debut = performance.now();
  const { status } = spawnSync(node, [...commande], { stdio: 'inherit' });
  const secondes = ((performance.now() - debut) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✔' : '✘'} ${nom} (${secondes} s)`);
  if (status !== 0) echecs += 1;
}
process.exitCode = echecs === 0 ? 0 : 1;
