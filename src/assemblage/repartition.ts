import { creerRepartitionLocale } from '../adapters/repartition/locale.ts';
import { lireReglage } from '../config/fichiers.ts';
import type { Config } from '../config/manifest.ts';
import type { DestinationServie } from '../engine/moteur.ts';
import { destinationDe } from '../etapes/remise-passerelle.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Limites, Repartition } from '../ports/repartition.ts';

/** Throws VGM-REP-001 or -003 when the server answers and cannot serve; one that is down stops nothing. */
export async function ouvrirRepartition(
  { repartition }: Config,
  outils: { readonly clock: Clock; readonly log: Log },
): Promise<Repartition> {
  if (repartition.type === 'locale') return creerRepartitionLocale(outils);
  const lire = (nom: 'secret_fichier' | 'autorites') =>
    lireReglage(`repartition.redis.${nom}`, repartition.redis[nom]);
  const [secret, autorites] = [(await lire('secret_fichier')).trimEnd(), await lire('autorites')];
  // A daemon that is alone loads neither the client of Redis nor what stands on it.
  const { ouvrirRepartitionBullmq } = await import('../adapters/repartition/bullmq.ts');
  return ouvrirRepartitionBullmq({ ...repartition.redis, secret, autorites }, outils);
}

function limitesDe({ repartition }: Config, nom: string): Limites | null {
  const reglees = repartition.destinations.find((d) => d.nom === nom);
  if (reglees === undefined) return null;
  const { ensemble, nombre, periode_s } = reglees;
  return { ensemble, nombre, periode: periode_s * 1000 };
}

/** The doors of the State, as the settings describe them. */
export function destinationsServies(config: Config): DestinationServie[] {
  const { actes, helios } = config;
  const portes = [
    { nom: 'ACTES', places: actes.ministere.concurrence },
    ...helios.passerelles.map((p) => ({ nom: destinationDe(p.nom), places: p.concurrence })),
  ];
  return portes.map((porte) => ({ ...porte, limites: limitesDe(config, porte.nom) }));
}
