import { tirage } from '../../../src/banc/scenarios.ts';
import type { Postgres } from '../../serveurs/postgres.ts';
import { jusqua } from './attente.ts';
import type { Campagne } from './campagne.ts';
import { type Chantier, mener } from './mener.ts';

/** How long the server is away; then how long it works. Milliseconds. */
const ABSENCE = [50, 1_200] as const;
const SERVICE = [300, 1_500] as const;
const CODE = 'VGM-NOY-005';
/** What a daemon may take to be back in service once the server is. */
const RETOUR_MAX_MS = 30_000;

/** Sessions of the daemons alone, not ours. */
const TUER = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'essai%'`;

type Geste = (serveur: Postgres, absence: () => Promise<unknown>) => Promise<unknown>;

const GESTES: Readonly<Record<string, Geste>> = {
  arret_immediat: async (serveur, absence) => {
    await serveur.couper();
    await absence();
    await serveur.relancer();
  },
  sessions_tuees: (serveur) => serveur.sql(TUER),
  arret_rapide: async (serveur, absence) => {
    await serveur.arreter();
    await absence();
    await serveur.relancer();
  },
  /** Taken over elsewhere on the same data, under the same address; twice in a row, as a fail-over that hesitates. */
  bascule: async (serveur, absence) => {
    for (let fois = 0; fois < 2; fois += 1) {
      await serveur.couper();
      await serveur.relancer();
    }
    await absence();
  },
};

async function frapper(c: Chantier, rang: number): Promise<void> {
  const { clock, conditions, magasin, noeuds } = c.terrain;
  const { serveur } = magasin;
  if (serveur === null) throw new TypeError('no server');
  const hasard = (quoi: string): number => tirage(conditions.graine, `${quoi} ${rang}`);
  const duree = ([court, long]: readonly [number, number], quoi: string) =>
    clock.sleep(court + (long - court) * hasard(quoi));
  const noms = Object.keys(GESTES);
  const nom = noms[rang % noms.length] ?? '';
  await duree(SERVICE, 'service');
  await GESTES[nom]?.(serveur, () => duree(ABSENCE, 'absence'));
  c.compter(nom);
  for (const noeud of noeuds) {
    if (!noeud.demon.vivant()) c.fauter(`${nom} : ${noeud.nom} n’y a pas survécu`);
    const revenu = async () => (await noeud.client.lire('/etats')).statut === 200;
    if (!(await jusqua(revenu, RETOUR_MAX_MS))) c.fauter(`${nom} : ${noeud.nom} ne retrouve pas le serveur`);
  }
}

function examiner({ charge: { refus } }: Chantier): string[] {
  return [...refus.keys()]
    .filter((code) => code !== CODE)
    .map((code) => `dépôts refusés par ${code}, et non ${CODE}`);
}

export const postgres: Campagne = {
  nom: 'postgres',
  panne:
    'PostgreSQL est arrêté net ou proprement sous la charge puis relancé, bascule deux fois de suite sur les mêmes données, ou perd toutes ses sessions.',
  attendu:
    'Les démons vivent et retrouvent le serveur d’eux-mêmes. Ce qui n’a pu être écrit est refusé par VGM-NOY-005, et rien n’en reste que le déposant ne retrouve sous sa clé ; ce qui a été accusé finit dans son état, remis une fois.',
  exige: { magasin: 'postgres' },
  mener: (conditions) =>
    mener(
      { nom: 'postgres', charge: { deposants: { actes: 3, pes: 2 }, pause: 200 }, frapper, examiner },
      conditions,
    ),
};
