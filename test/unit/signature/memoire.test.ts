import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ENFANT = join(import.meta.dirname, 'gros.ts');
const Mo = 1_000_000;

interface Mesure {
  readonly motif: string;
  readonly depose: number;
  readonly signe: number;
  /** Largest resident size of the process, before and after, in KiB. */
  readonly avant: number;
  readonly apres: number;
}

async function mesurer(octets: number): Promise<Mesure> {
  const { stdout } = await promisify(execFile)(process.execPath, [ENFANT, String(octets)]);
  return JSON.parse(stdout) as Mesure;
}

test('a PES of 60 MB is verified, signed, proved and verified again in the memory of one of 10 MB (ARCHITECTURE § 2.11)', async () => {
  const petit = await mesurer(10 * Mo);
  const gros = await mesurer(60 * Mo);
  expect(gros.motif).toMatch(/^20 signatures/);
  expect(gros.depose).toBeGreaterThan(60 * Mo);
  expect(gros.signe).toBeGreaterThan(gros.depose);
  const [pour10, pour60] = [petit, gros].map((m) => Math.round((m.apres - m.avant) / 1024));
  console.log(`resident memory taken: ${pour10} MiB for 10 MB, ${pour60} MiB for 60 MB`);
  // one copy of the file would be 60 MB more
  expect((pour60 ?? 0) - (pour10 ?? 0)).toBeLessThan(45);
}, 120_000);
