import { choisi, noeud, type Sorte } from './sorte.ts';

/** What engines and clocks do: go on, die, stand still, start again; and time passes. */

const HEURE = 3_600_000;
const TEMPS: readonly (readonly [string, number])[] = [
  ['ten seconds pass', 10_000],
  ['four minutes pass', 240_000],
  ['seven minutes pass', 420_000],
  ['an hour passes', HEURE],
  ['a day and two hours pass', 26 * HEURE],
];
/** Just before the hour changes, in Paris: the night that loses an hour, and the one that has it twice. */
const NUITS = [Date.UTC(2026, 2, 29, 0, 59, 50), Date.UTC(2026, 9, 25, 0, 59, 50)];

export const MACHINES = {
  pas: {
    bornes: [24, 4],
    poids: 12,
    dire: ([n = 0, choix = 0]) =>
      `${n + 1} effect${n === 0 ? '' : 's'} let${n === 0 ? 's' : ''} pass${choix === 0 ? '' : `, not in order (${choix})`}`,
    possible: (c) => c.retenus > 0,
    faire: async (s, [n = 0, choix = 0]) => {
      for (let fait = 0; fait <= n; fait += 1) {
        const retenus = s.flotte.retenus();
        const retenu = retenus[(choix * (fait + 1)) % Math.max(retenus.length, 1)];
        if (retenu === undefined) return;
        await s.flotte.passer(retenu);
      }
    },
  },
  calme: {
    bornes: [1],
    poids: 6,
    dire: () => 'everything that may pass passes, until the engines rest',
    possible: (c) => c.retenus > 0,
    faire: (s) => s.flotte.calme(),
  },
  mort: {
    bornes: [2, 2, 3],
    poids: 5,
    dire: ([ou = 0, apres = 0, choix = 0]) =>
      apres === 0
        ? `engine ${ou} dies before its next effect`
        : `engine ${ou} dies as soon as one of its effects is done (${choix})`,
    possible: (c, [ou = 0]) => c.vivants[noeud(ou)],
    faire: async (s, [ou = 0, apres = 0, choix = 0]) => {
      const retenus = s.flotte.retenus(noeud(ou));
      s.carnet.causes.add('mort');
      s.carnet.vivants[noeud(ou)] = false;
      s.carnet.arretes[noeud(ou)] = false;
      await s.flotte.tuer(noeud(ou), apres === 0 ? undefined : retenus[choix % Math.max(retenus.length, 1)]);
    },
  },
  naissance: {
    bornes: [2],
    poids: 6,
    dire: ([ou = 0]) => `engine ${ou} starts`,
    possible: (c, [ou = 0]) => !c.vivants[noeud(ou)],
    faire: async (s, [ou = 0]) => {
      s.carnet.vivants[noeud(ou)] = true;
      await s.flotte.naitre(noeud(ou));
    },
  },
  arret: {
    bornes: [2],
    poids: 2,
    dire: ([ou = 0]) => `engine ${ou} stands still`,
    possible: (c, [ou = 0]) => c.vivants[noeud(ou)] && !c.arretes[noeud(ou)],
    faire: async (s, [ou = 0]) => {
      s.carnet.arretes[noeud(ou)] = true;
      await s.flotte.arreter(noeud(ou), true);
    },
  },
  suite: {
    bornes: [2],
    poids: 3,
    dire: ([ou = 0]) => `engine ${ou} goes on`,
    possible: (c, [ou = 0]) => c.unArret(noeud(ou)),
    faire: async (s, [ou = 0]) => {
      s.carnet.arretes[noeud(ou)] = false;
      await s.flotte.arreter(noeud(ou), false);
    },
  },
  temps: {
    bornes: [TEMPS.length],
    poids: 6,
    dire: ([n = 0]) => choisi(TEMPS, n)[0],
    faire: (s, [n = 0]) => s.passer(choisi(TEMPS, n)[1]),
  },
  nuit: {
    bornes: [NUITS.length],
    poids: 1,
    dire: ([n = 0]) => `the night comes when clocks go ${n === 0 ? 'forward' : 'back'}`,
    faire: async (s, [n = 0]) => {
      const { clock } = s.flotte.sol;
      await s.passer(choisi(NUITS, n) - clock.now());
      await s.passer(12_000);
    },
  },
} satisfies Readonly<Record<string, Sorte>>;
