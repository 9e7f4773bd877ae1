import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fichiersSous, type FichierNomme } from '../../adapters/sauvegarde/fichiers.ts';
import { chargerConfig, type ConfigChargee } from '../../config/charger.ts';
import { fichiersRegles } from '../../config/fichiers-regles.ts';
import { creerClockSysteme } from '../../adapters/clock/system.ts';
import { creerRandomSysteme } from '../../adapters/random/system.ts';
import { type Appel, texte } from '../monde.ts';
import { octets, pluriel } from '../rendu.ts';

/** What the verbs of backup work with. */

export function reglagesDe({ options, monde }: Appel): ConfigChargee {
  const fichier = texte(options, 'config');
  return chargerConfig({ env: monde.env, ...(fichier === undefined ? {} : { fichier }) });
}

export function outilsDe() {
  const clock = creerClockSysteme();
  return { clock, random: creerRandomSysteme(clock), version: lireVersion() };
}

function lireVersion(): string {
  const paquet = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(paquet) as { version: string }).version;
}

/** Says how far a long command is. */
export function suivreDe({ monde }: Appel) {
  return ({ pieces, octets: lus }: { readonly pieces: number; readonly octets: number }): void =>
    monde.sorties.avancer?.(`${pluriel(pieces, 'pièce')}, ${octets(lus)}`);
}

/** Folders of the data that are neither its base nor its coffre, and that a daemon needs to judge as before. */
const LIEUX = ['confiance', 'schemas'] as const;
/** The self-signed pair of the HTTPS door. */
const PAIRE = ['api.pem', 'api.cle.pem'] as const;

/** Settings, trust store, schema packs; keys and passwords only when they are asked for. */
export async function fichiersASauver(
  { config, fichier }: ConfigChargee,
  avecSecrets: boolean,
): Promise<readonly FichierNomme[]> {
  const { donnees } = config;
  const lieux = await Promise.all(LIEUX.map((lieu) => fichiersSous(join(donnees, lieu), `donnees/${lieu}`)));
  const secrets = avecSecrets
    ? [
        ...PAIRE.map((nom) => ({ de: join(donnees, nom), fichier: `donnees/${nom}` })),
        ...fichiersRegles(config).map(({ reglage, fichier: de }) => ({ de, fichier: `secrets/${reglage}` })),
      ]
    : [];
  const reglages = fichier === null ? [] : [{ de: fichier, fichier: 'reglages/vaguemestre.toml' }];
  return [...reglages, ...lieux.flat(), ...secrets];
}
