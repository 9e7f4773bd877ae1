import { expect, test } from 'vitest';
import { DEFAUTS } from './modele/defauts.ts';
import { eprouver, raconter } from './modele/jouer.ts';

/** The check of modele.test.ts can fail: what a hurried hand might write is seen, and told as a short story. */

const TOURS = 400;
/** Enough to make a story short, not to make it the shortest. */
const ESSAIS = 60;

test.each(DEFAUTS)(
  'the model sees a planted defect: $nom',
  async ({ nom, plant, attendu, graine }) => {
    const vu = await eprouver({ graine, tours: TOURS, plant, essais: ESSAIS });
    if (vu === null) return expect.fail(`never seen in ${TOURS} stories`);
    const { faute, tours } = vu;
    console.log(`planted: ${nom}\nseen after ${tours} stories, seed ${graine}; ${faute.message}`);
    expect(faute.message).toMatch(attendu);
    expect(faute.gestes.length).toBeLessThanOrEqual(16);
    // The story is the defect's: without it, it keeps the rules.
    expect(await raconter(faute.gestes)).toEqual([]);
  },
  600_000,
);
