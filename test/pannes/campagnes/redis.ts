import { tirage } from '../../../src/banc/scenarios.ts';
import { demarrerRedis, type ServeurRedis } from '../../serveurs/redis.ts';
import { jusqua } from './attente.ts';
import type { Campagne, Conditions } from './campagne.ts';
import { type Noeud, relever } from './demons.ts';
import { type Chantier, mener } from './mener.ts';
import type { Bilan } from './verdict.ts';

/** How long Redis is away or still; then how long it works. Milliseconds. */
const ABSENCE = [100, 2_000] as const;
const SERVICE = [200, 1_200] as const;
/** The sweep of the nodes takes the place of what Redis does not tell: deposits must go on leaving. */
const DEPARTS_MAX_MS = 15_000;

interface Frappe {
  readonly redis: ServeurRedis;
  readonly noeud: Noeud;
  readonly absence: () => Promise<unknown>;
}

const GESTES: Readonly<Record<string, (frappe: Frappe) => Promise<unknown>>> = {
  vide: ({ redis }) => redis.client.flushall(),
  tue: async ({ redis, absence }) => {
    await redis.tuer();
    await absence();
    await redis.redemarrer();
  },
  fige: async ({ redis, absence }) => {
    redis.figer();
    await absence();
    redis.liberer();
  },
  /** What it was given to do goes to another; it comes back in its own time. */
  noeud_tue: async ({ noeud }) => {
    if (!noeud.enService) return;
    await noeud.tuer();
    await noeud.lancer();
    void noeud.repond();
  },
  tue_et_vide: async ({ redis, absence }) => {
    await redis.tuer();
    await absence();
    await redis.redemarrer();
    await redis.client.flushall();
  },
};

async function frapper(c: Chantier, redis: ServeurRedis, rang: number): Promise<void> {
  const { clock, conditions, noeuds, etat } = c.terrain;
  const hasard = (quoi: string): number => tirage(conditions.graine, `${quoi} ${rang}`);
  const duree = ([court, long]: readonly [number, number], quoi: string) =>
    clock.sleep(court + (long - court) * hasard(quoi));
  const noms = Object.keys(GESTES);
  const nom = noms[rang % noms.length] ?? '';
  await duree(SERVICE, 'service');
  const noeud = noeuds[rang % noeuds.length] as Noeud;
  await GESTES[nom]?.({ redis, noeud, absence: () => duree(ABSENCE, 'absence') });
  c.compter(nom);
  for (const n of noeuds) if (!n.demon.vivant()) c.fauter(`${nom} : ${n.nom} n’y a pas survécu`);
  const prises = (): number => etat.ministere.registre.compter('accepte');
  const avant = prises();
  if (!(await jusqua(() => prises() > avant, DEPARTS_MAX_MS))) c.fauter(`${nom} : plus rien ne part`);
}

function examiner({ charge: { refus } }: Chantier): string[] {
  return [...refus.keys()].map((code) => `dépôts refusés par ${code} alors que seul Redis est en panne`);
}

async function menerRedis(conditions: Conditions): Promise<Bilan> {
  const redis = await demarrerRedis();
  try {
    return await mener(
      {
        nom: 'redis',
        terrain: { reglages: { repartition: { type: 'bullmq', redis: { adresse: redis.adresse } } } },
        charge: { deposants: { actes: 3, pes: 2 }, pause: 200 },
        frapper: (c, rang) => frapper(c, redis, rang),
        reparer: ({ terrain }) => relever(terrain.noeuds),
        examiner,
      },
      conditions,
    );
  } finally {
    await redis.fermer();
  }
}

export const redis: Campagne = {
  nom: 'redis',
  panne:
    'Trois nœuds se partagent le travail par Redis, qui est vidé (FLUSHALL), tué et relancé, figé, ou tué puis vidé sous la charge ; un nœud est tué de temps en temps.',
  attendu:
    'Aucun dépôt n’est refusé ni perdu ; le travail continue par le balayage de la base, un peu plus tard ; rien n’est remis deux fois.',
  exige: { magasin: 'postgres', noeuds: 3 },
  mener: menerRedis,
};
