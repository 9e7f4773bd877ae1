import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { creerClockSysteme } from '../adapters/clock/system.ts';
import { creerVigie, type Vigie } from '../adapters/clock/vigie.ts';
import { chargerConfiance, type Confiance } from '../adapters/confiance/reglages.ts';
import { creerLogPino } from '../adapters/log/pino.ts';
import { creerRandomSysteme } from '../adapters/random/system.ts';
import { ouvrirPaquets } from '../adapters/schemas/paquets.ts';
import { dossierSchemas } from '../config/chemins.ts';
import { preparerDonnees, verifierFichiers, verifierSchemas } from '../config/fichiers.ts';
import type { Config } from '../config/manifest.ts';
import type { Role } from '../metier/roles.ts';
import { creerDiffusion } from '../engine/diffusion.ts';
import type { OutilsMoteur } from '../engine/outils.ts';
import { creerAnnuaire } from '../etapes/annuaire.ts';
import { creerDestinations } from '../etapes/destinations.ts';
import { type JeuSchemas, ouvrirSchemas } from '../formats/xsd/jeu.ts';
import type { Paquets } from '../formats/xsd/paquets.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Repartition } from '../ports/repartition.ts';
import type { Store } from '../ports/store.ts';
import { type CoffreAssemble, ouvrirCoffre } from './coffre.ts';
import { identifierNoeud, type MoiNoeud } from './noeud.ts';
import { ouvrirRepartition } from './repartition.ts';
import { ouvrirStore } from './store.ts';

/** Things opened by the assembly, in the order in which they must be closed. */
export interface Base {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly vigie: Vigie;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly coffre: CoffreAssemble['coffre'];
  readonly sondeCoffre: CoffreAssemble['sondeCoffre'];
  readonly schemas: JeuSchemas;
  readonly paquets: Paquets;
  readonly confiance: Confiance;
  readonly outils: OutilsMoteur;
  readonly arret: AbortController;
  readonly coupure: AbortController;
  readonly repartition: Repartition;
  readonly noeud: MoiNoeud;
}

const RACINE = join(import.meta.dirname, '..', '..');
const SCHEMAS = join(RACINE, 'schemas', 'actes');
export const SCHEMAS_HELIOS = join(RACINE, 'schemas', 'helios');

async function lireVersion(): Promise<string> {
  const paquet = JSON.parse(await readFile(join(RACINE, 'package.json'), 'utf8')) as { version: string };
  return paquet.version;
}

/** What fails to open closes what was opened before it. */
async function ouFermer<T>(ouverture: Promise<T>, ...avant: { fermer(): Promise<unknown> }[]): Promise<T> {
  try {
    return await ouverture;
  } catch (cause) {
    for (const ouvert of avant) await ouvert.fermer();
    throw cause;
  }
}

/** What every part of the engine works with. */
function outilsDe(
  config: Config,
  base: Pick<Base, 'store' | 'clock' | 'random' | 'log' | 'arret' | 'coupure'>,
): OutilsMoteur {
  const { store, clock, random, log, arret, coupure } = base;
  const annuaire = creerAnnuaire(store.collectivites, () => clock.now());
  const passerelles = config.helios.passerelles.map((p) => p.nom);
  return {
    store,
    annuaire,
    clock,
    random,
    log,
    diffusion: creerDiffusion(),
    reglage: config.moteur,
    signaux: { arret: arret.signal, coupure: coupure.signal },
    destinationDe: creerDestinations(annuaire, passerelles),
  };
}

/** @param roles those of the command line; those of the settings when undefined. */
export async function ouvrirBase(config: Config, roles?: readonly Role[]): Promise<Base> {
  await verifierFichiers(config);
  await verifierSchemas(SCHEMAS);
  await verifierSchemas(SCHEMAS_HELIOS);
  await preparerDonnees(config.donnees);
  const confiance = await chargerConfiance(config);
  const version = await lireVersion();
  const systeme = creerClockSysteme();
  const log = creerLogPino({ clock: systeme, niveau: config.journal_technique });
  for (const famille of confiance.manquantes)
    log.warn('famille de confiance absente du magasin', { famille });
  const vigie = creerVigie(systeme, log);
  const { clock } = vigie;
  const random = creerRandomSysteme(clock);
  const repartition = await ouvrirRepartition(config, { clock, log });
  const store = await ouFermer(ouvrirStore(config, { clock, random, version, repartition }), repartition);
  const pieces = await ouFermer(ouvrirCoffre(config, { clock, random, log }), store, repartition);
  const schemas = ouvrirSchemas(SCHEMAS);
  const paquets = ouvrirPaquets(dossierSchemas(config), { clock, log });
  const [arret, coupure] = [new AbortController(), new AbortController()];
  const outils = outilsDe(config, { store, clock, random, log, arret, coupure });
  return {
    config,
    version,
    clock,
    vigie,
    random,
    log,
    store,
    ...pieces,
    schemas,
    paquets,
    confiance,
    outils,
    arret,
    coupure,
    repartition,
    // The folder of the embedded store is locked: nobody else is there.
    noeud: identifierNoeud(config, { roles, version, seul: config.stockage.type === 'sqlite' }),
  };
}
