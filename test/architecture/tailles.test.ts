import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const fichiers = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));

const REFUSES = ['utils', 'helpers', 'common', 'misc', 'manager', 'service', 'processor', 'data'];
/** Tables of the norm and the assembly are exempt from the aim, not from the stop. */
const MAX = 400;

describe('ARCHITECTURE §7: sizes and names', () => {
  test('no file exceeds 400 lines', () => {
    const longs = fichiers
      .map((f) => ({ f, lignes: readFileSync(join(SRC, f), 'utf8').split('\n').length }))
      .filter(({ lignes }) => lignes > MAX);
    expect(longs).toEqual([]);
    expect(fichiers.length).toBeGreaterThan(50);
  });

  test('refused names are not used for files nor folders', () => {
    const mauvais = fichiers.filter((f) =>
      f.split('/').some((partie) => REFUSES.includes(partie.replace(/\.ts$/, ''))),
    );
    expect(mauvais).toEqual([]);
  });

  test('no bare Error, no system clock, no system randomness outside their adapters', () => {
    const fautes: string[] = [];
    for (const f of fichiers) {
      const texte = readFileSync(join(SRC, f), 'utf8');
      if (/throw new Error\(/.test(texte)) fautes.push(`${f}: throw new Error`);
      if (/\bDate\.now\(\)|new Date\(\)|Temporal\.Now/.test(texte) && !f.startsWith('adapters/clock/'))
        fautes.push(`${f}: clock`);
      if (/Math\.random\(\)|randomUUID|randomBytes/.test(texte) && !f.startsWith('adapters/random/'))
        fautes.push(`${f}: randomness`);
    }
    expect(fautes).toEqual([]);
  });

  test('S2LOW words live in http/s2low and nowhere else', () => {
    const fautes = fichiers.filter(
      (f) => !f.startsWith('http/s2low/') && /s2low/i.test(readFileSync(join(SRC, f), 'utf8')),
    );
    expect(fautes).toEqual([]);
  });
});
