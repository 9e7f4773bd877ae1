import { tirage } from '../../../src/banc/scenarios.ts';
import { jusqua } from './attente.ts';
import type { Campagne } from './campagne.ts';
import { type Noeud, relever } from './demons.ts';
import { couperLesLignes } from './coupeur.ts';
import { type Chantier, mener, type Panne } from './mener.ts';

/** Life of a daemon between its first answer and its death, milliseconds: in turn hardly awake, and at work. */
const VIES = [
  [60, 900],
  [900, 4_000],
] as const;
/** One start in so many is killed before its end, by that many milliseconds at most. */
const MORT_NE_UN_SUR = 4;
const NAISSANCE_MS = 1_500;
const RETOUR_MAX_MS = 120_000;
/** Of several daemons, one blow in so many falls on the last one in service; the others leave one to take its work over. */
const DERNIER_UN_SUR = 4;

/** A daemon in service; waits for one when there are too few. */
async function vivant({ terrain }: Chantier, hasard: number, rang: number): Promise<Noeud> {
  const vivants = (): Noeud[] => terrain.noeuds.filter((n) => n.enService);
  const voulus = terrain.noeuds.length === 1 || rang % DERNIER_UN_SUR === 3 ? 1 : 2;
  await jusqua(() => vivants().length >= voulus, RETOUR_MAX_MS);
  const choisi = vivants()[Math.floor(hasard * vivants().length)];
  if (choisi === undefined) throw new TypeError('no daemon comes back');
  return choisi;
}

async function frapper(c: Chantier, rang: number): Promise<void> {
  const { noeuds, clock, conditions } = c.terrain;
  const hasard = (quoi: string): number => tirage(conditions.graine, `${quoi} ${rang}`);
  const [court, long] = VIES[rang % 2] ?? VIES[0];
  await clock.sleep(court + (long - court) * hasard('vie'));
  const noeud = await vivant(c, hasard('noeud'), rang);
  await noeud.tuer();
  if (rang % MORT_NE_UN_SUR === 1) {
    await noeud.lancer();
    await clock.sleep(NAISSANCE_MS * hasard('naissance'));
    await noeud.tuer();
    c.compter('au_demarrage');
  }
  // The others go on meanwhile; alone, nothing does.
  if (noeuds.length === 1) await noeud.demarrer();
  else {
    await noeud.lancer();
    void noeud.repond();
  }
}

const panne: Panne = {
  nom: 'kill9',
  charge: { deposants: { actes: 8, pes: 3 }, pause: 100 },
  accompagner: couperLesLignes,
  frapper,
  reparer: ({ terrain }) => relever(terrain.noeuds),
};

export const kill9: Campagne = {
  nom: 'kill9',
  panne:
    'Un démon est tué (kill -9) à des instants tirés au sort, pendant son démarrage aussi, et relancé ; les lignes vers la DGFiP sont coupées en même temps.',
  attendu:
    'Chaque dépôt accusé finit dans son état, remis une fois ; chaque lettre de la préfecture est rangée une fois et reçoit son accusé ; aucune chaîne n’est rompue.',
  mener: (conditions) => mener(panne, conditions),
};
