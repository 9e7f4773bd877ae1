import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { creerClockSysteme } from '../adapters/clock/system.ts';
import { creerVigie, type Vigie } from '../adapters/clock/vigie.ts';
import { ouvrirCoffreDossier } from '../adapters/coffre/dossier.ts';
import { chargerConfiance, type Confiance } from '../adapters/confiance/reglages.ts';
import { creerLogPino } from '../adapters/log/pino.ts';
import { creerRandomSysteme } from '../adapters/random/system.ts';
import { ouvrirPaquets } from '../adapters/schemas/paquets.ts';
import { ouvrirStoreSqlite } from '../adapters/store/sqlite/store.ts';
import { dossierSchemas } from '../config/chemins.ts';
import { preparerDonnees, verifierFichiers, verifierSchemas } from '../config/fichiers.ts';
import type { Config } from '../config/manifest.ts';
import { creerDiffusion } from '../engine/diffusion.ts';
import type { OutilsMoteur } from '../engine/outils.ts';
import { ecritureQuiReveille, type NomCouloir } from '../engine/reveils.ts';
import { creerAnnuaire } from '../etapes/annuaire.ts';
import { type JeuSchemas, ouvrirSchemas } from '../formats/xsd/jeu.ts';
import type { Paquets } from '../formats/xsd/paquets.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';

/** Things opened by the assembly, in the order in which they must be closed. */
export interface Base {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly vigie: Vigie;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly coffre: ReturnType<typeof ouvrirCoffreDossier>;
  readonly schemas: JeuSchemas;
  readonly paquets: Paquets;
  readonly confiance: Confiance;
  readonly outils: OutilsMoteur;
  readonly arret: AbortController;
  readonly coupure: AbortController;
  readonly brancher: (reveiller: (couloir: NomCouloir) => void) => void;
}

const RACINE = join(import.meta.dirname, '..', '..');
const SCHEMAS = join(RACINE, 'schemas', 'actes');
export const SCHEMAS_HELIOS = join(RACINE, 'schemas', 'helios');

async function lireVersion(): Promise<string> {
  const paquet = JSON.parse(await readFile(join(RACINE, 'package.json'), 'utf8')) as { version: string };
  return paquet.version;
}

/** The store, whose writes wake the engine up once there is one. */
function ouvrirStore(
  { donnees }: Config,
  deps: Pick<Base, 'clock' | 'random' | 'version'>,
): Pick<Base, 'store' | 'brancher'> {
  const brut = ouvrirStoreSqlite({ fichier: join(donnees, 'vaguemestre.sqlite'), ...deps });
  const prise: { reveiller: (couloir: NomCouloir) => void } = { reveiller: () => undefined };
  const store: Store = {
    ...brut,
    ecriture: ecritureQuiReveille(brut.ecriture, (c) => prise.reveiller(c)),
    fermer: () => brut.fermer(),
  };
  const brancher: Base['brancher'] = (reveiller) => {
    prise.reveiller = reveiller;
  };
  return { store, brancher };
}

export async function ouvrirBase(config: Config): Promise<Base> {
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
  const { store, brancher } = ouvrirStore(config, { clock, random, version });
  const coffre = await ouvrirCoffreDossier({ dossier: join(config.donnees, 'coffre'), random });
  const schemas = ouvrirSchemas(SCHEMAS);
  const paquets = ouvrirPaquets(dossierSchemas(config), { clock, log });
  const [arret, coupure] = [new AbortController(), new AbortController()];
  const outils: OutilsMoteur = {
    store,
    annuaire: creerAnnuaire(store.collectivites, () => clock.now()),
    clock,
    random,
    log,
    diffusion: creerDiffusion(),
    reglage: config.moteur,
    signaux: { arret: arret.signal, coupure: coupure.signal },
  };
  return {
    config,
    version,
    clock,
    vigie,
    random,
    log,
    store,
    coffre,
    schemas,
    paquets,
    confiance,
    outils,
    arret,
    coupure,
    brancher,
  };
}
