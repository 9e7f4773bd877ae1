import { describe, expect, test } from 'vitest';
import { lignesEntre } from '../../../src/gestes/journal-periode.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import type { LectureJournal } from '../../../src/ports/store.ts';

/** A chain told by the hours of its lines; what was read of it is kept. */
function chaine(heures: readonly string[]) {
  const lectures: string[] = [];
  const lignes: LectureJournal['lignes'] = async (_org, depuis, limite) => {
    lectures.push(`${depuis}+${limite}`);
    return heures.slice(depuis - 1, depuis - 1 + limite).map((t, k) => JSON.stringify({ n: depuis + k, t }));
  };
  return { lectures, journal: { lignes } as unknown as LectureJournal };
}

const heure = (ms: number): string => new Date(ms).toISOString();

async function numeros(heures: readonly string[], debut: number, fin: number) {
  const { journal, lectures } = chaine(heures);
  const periode = { debut: debut as Instant, fin: fin as Instant };
  const vues = await Array.fromAsync(lignesEntre(journal, 'x', periode));
  return { n: vues.map((l) => l.n), pages: lectures.filter((l) => !l.endsWith('+1')) };
}

describe('lines of a period, in a chain that is found by its numbers', () => {
  test('the first instant is in, the last is out', async () => {
    const quatre = [0, 10, 20, 30].map(heure);
    expect((await numeros(quatre, 10, 30)).n).toEqual([2, 3]);
    expect((await numeros(quatre, 31, 99)).n).toEqual([]);
    expect((await numeros([], 0, 99)).n).toEqual([]);
  });

  test('pages out of the period are stepped over', async () => {
    const longue = Array.from({ length: 10_000 }, (_, k) => heure(k));
    expect(await numeros(longue, 4_500, 4_502)).toEqual({ n: [4_501, 4_502], pages: ['4001+1000'] });
    // a period that begins on the first line of a page
    expect((await numeros(longue, 3_999, 4_001)).n).toEqual([4_000, 4_001]);
    expect((await numeros(longue, 0, 1)).n).toEqual([1]);
    expect((await numeros(longue, 9_999, 20_000)).n).toEqual([10_000]);
  });

  test('lines written while the clock was set back are found by the hour they bear', async () => {
    const recul = Array.from({ length: 4_000 }, (_, k) => heure(k >= 1_500 && k < 2_500 ? k - 1_400 : k));
    // 1 501 to 1 520 bear the hours of 101 to 120 again, one page further
    const { n } = await numeros(recul, 100, 120);
    expect(n.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, k) => 101 + k));
    expect(n.slice(20)).toEqual(Array.from({ length: 20 }, (_, k) => 1_501 + k));
  });
});
