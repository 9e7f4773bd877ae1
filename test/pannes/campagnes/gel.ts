import { tirage } from '../../../src/banc/scenarios.ts';
import { jusqua } from './attente.ts';
import type { Campagne } from './campagne.ts';
import { type Chantier, mener } from './mener.ts';

/** How long a daemon stands still: one time in three for longer than its leases (10 s, terrain.ts). Milliseconds. */
const COURT = [50, 4_000] as const;
const LONG = [10_500, 14_000] as const;
const LONG_UN_SUR = 3;
/** Between two of them. Milliseconds. */
const SERVICE = [100, 900] as const;
/** What a daemon that woke may take to answer. Milliseconds. */
const RETOUR_MAX_MS = 30_000;

async function frapper(c: Chantier, rang: number): Promise<void> {
  const { clock, conditions, noeuds } = c.terrain;
  const hasard = (quoi: string): number => tirage(conditions.graine, `${quoi} ${rang}`);
  const duree = ([court, long]: readonly [number, number], quoi: string) =>
    clock.sleep(court + (long - court) * hasard(quoi));
  await duree(SERVICE, 'service');
  const noeud = noeuds[Math.floor(hasard('noeud') * noeuds.length)];
  if (noeud === undefined) throw new TypeError('no daemon');
  const { pid } = noeud.demon;
  process.kill(pid, 'SIGSTOP');
  try {
    const long = rang % LONG_UN_SUR === 0;
    await duree(long ? LONG : COURT, 'gel');
    c.compter(long ? 'plus_que_le_bail' : 'moins_que_le_bail');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  if (!noeud.demon.vivant()) c.fauter(`${noeud.nom} n’y a pas survécu`);
  const revenu = async () => (await noeud.client.lire('/etats')).statut === 200;
  if (!(await jusqua(revenu, RETOUR_MAX_MS))) c.fauter(`${noeud.nom} ne répond plus`);
}

function examiner({ charge: { refus } }: Chantier): string[] {
  return [...refus.keys()].map((code) => `dépôts refusés par ${code} alors que le stockage répond`);
}

export const gel: Campagne = {
  nom: 'gel',
  panne:
    'Trois nœuds partagent une base ; l’un est figé (SIGSTOP), parfois plus longtemps que ses baux, puis repart là où il en était, pendant que les autres reprennent son travail.',
  attendu:
    'Rien n’est remis deux fois : ce que le nœud figé avait en main est repris ou reste incertain jusqu’à une preuve, et ce qu’il croit encore tenir à son réveil est refusé.',
  exige: { magasin: 'postgres', noeuds: 3 },
  mener: (conditions) =>
    mener(
      { nom: 'gel', charge: { deposants: { actes: 4, pes: 3 }, pause: 150 }, frapper, examiner },
      conditions,
    ),
};
