import { expect, test } from 'vitest';
import { compter, ouvrirBilan } from './modele/bilan.ts';
import type { Geste } from './modele/gestes.ts';
import { eprouver, raconter } from './modele/jouer.ts';

/**
 * The flux as a machine of states, held against a small model of what the world knows (modele/carnet.ts): two engines over one
 * store, the doors of both protocols, a receiver, persons, and the hour. Every durable effect and every answer waits for the
 * story: between two of them anything may happen, deaths included. `modele/observateur.ts` says what must hold at every
 * instant, `modele/denouement.ts` what must hold once the faults end and time passes.
 *
 * TOURS=3000 for more stories, GRAINE=… for others; `npm run fuzz -- --campagne modele` for as long as wanted.
 */

const GRAINE = Number(process.env['GRAINE'] ?? 20261122);
const TOURS = Number(process.env['TOURS'] ?? 150);

test(`whatever happens, in any order, the rules of a flux hold (${TOURS} stories, seed ${GRAINE})`, async () => {
  const bilan = ouvrirBilan();
  const vu = await eprouver({ graine: GRAINE, tours: TOURS, voir: (s, gestes) => compter(bilan, s, gestes) });
  console.log(`model: ${JSON.stringify({ graine: GRAINE, ...bilan })}`);
  expect(vu?.faute.message ?? 'every story keeps the rules').toBe('every story keeps the rules');
  expect(bilan.histoires).toBe(TOURS);
  // A check that meets nothing checks nothing.
  for (const vus of [bilan.morts, bilan.aDeux, bilan.ordres, bilan.messages, bilan.notifications])
    expect(vus).toBeGreaterThan(TOURS / 10);
}, 3_600_000);

/** Stories that once broke a rule. */
const HISTOIRES: readonly { readonly nom: string; readonly gestes: readonly Geste[] }[] = [
  {
    nom: 'two engines that wrote the same alert late do not take the row from one another for ever',
    gestes: [
      ['depot', 0, 0, 0],
      ['pas', 17, 0],
      ['nuit', 0],
      ['naissance', 1],
      ['nuit', 1],
      ['calme', 0],
    ],
  },
];

test.each(HISTOIRES)('$nom', async ({ gestes }) => {
  expect(await raconter(gestes)).toEqual([]);
});
