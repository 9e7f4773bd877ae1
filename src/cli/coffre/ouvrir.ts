import { creerClockSysteme } from '../../adapters/clock/system.ts';
import { PiecesS3 } from '../../adapters/coffre/s3.ts';
import { lireReglageS3 } from '../../adapters/coffre/s3-reglage.ts';
import { creerRandomSysteme } from '../../adapters/random/system.ts';
import { chargerConfig } from '../../config/charger.ts';
import { dossierCoffre } from '../../config/chemins.ts';
import type { Config } from '../../config/manifest.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type Sorties, texte } from '../monde.ts';
import { sur } from '../rendu.ts';

/** What the settings say of the pieces, opened for a command. */

/** Throws VGM-CFG-001 to 003. */
export function configDe({ options, monde }: Appel): Config {
  const fichier = texte(options, 'config');
  return chargerConfig({ env: monde.env, ...(fichier === undefined ? {} : { fichier }) }).config;
}

/** Throws VGM-CLI-004. */
export function dossierDe({ options, verbe }: Appel, config: Config): string {
  const nomme = texte(options, 'dossier');
  if (nomme === '') throw erreurUsage('L’option « --dossier » attend un nom de dossier.', verbe);
  const { secours } = config.coffre;
  return nomme ?? (secours === '' ? dossierCoffre(config) : secours);
}

export type Lieu = Config['coffre']['type'];

/** Throws VGM-CLI-004. */
export function lireLieu({ options, verbe }: Appel, option: 'sur' | 'vers'): Lieu | undefined {
  const lieu = texte(options, option);
  if (lieu === undefined || lieu === 'dossier' || lieu === 's3') return lieu;
  throw erreurUsage(`L’option « --${option} » attend dossier ou s3, et on lit « ${lieu} ».`, verbe);
}

/** What goes wrong without ending the command is written on the error output. */
function logDe(sorties: Sorties): Log {
  const dire: Log['warn'] = (message, champs = {}) => {
    const details = Object.entries(champs).map(([nom, valeur]) => `${nom} ${String(valeur)}`);
    sorties.erreur(sur(`Avertissement : ${[message, ...details].join(', ')}`));
  };
  return { info: () => undefined, warn: dire, error: dire };
}

export interface StockageOuvert extends AsyncDisposable {
  readonly pieces: PiecesS3;
  readonly random: Random;
  readonly taillePartie: number;
  /** French, for people. */
  readonly nom: string;
}

/** The object store of the settings, whether the daemon uses it or not. Throws VGM-CFG-003, -004, VGM-COF-002 to -004. */
export async function ouvrirStockage({ monde: { sorties } }: Appel, config: Config): Promise<StockageOuvert> {
  const reglage = await lireReglageS3(config);
  const clock = creerClockSysteme();
  const random = creerRandomSysteme(clock);
  const pieces = new PiecesS3(reglage, { clock, random, log: logDe(sorties) });
  const { adresse, compartiment, prefixe, taillePartie } = reglage;
  return {
    pieces,
    random,
    taillePartie,
    nom: `${adresse}, compartiment ${compartiment}${prefixe === '' ? '' : `, préfixe ${prefixe}`}`,
    [Symbol.asyncDispose]: () => pieces.fermer(),
  };
}
