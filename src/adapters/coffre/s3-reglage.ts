import { resolve } from 'node:path';
import { dossierBrouillons } from '../../config/chemins.ts';
import { coherenceS3 } from '../../config/coherence.ts';
import { lireReglage } from '../../config/fichiers.ts';
import type { Config } from '../../config/manifest.ts';
import { erreurConfig } from '../../metier/catalogue/config.ts';

/** An object store, as the adapter needs to know it. */
export interface ReglageS3 {
  /** `https://s3.exemple.fr`: scheme, host and port. */
  readonly adresse: string;
  readonly region: string;
  readonly compartiment: string;
  /** What every key begins with. */
  readonly prefixe: string;
  /** Where the name of the compartiment stands in the address. */
  readonly style: 'chemin' | 'hote';
  readonly cleAcces: string;
  readonly secret: string;
  /** PEM; empty = those of the system. */
  readonly autorites: string;
  /** Folder of the drafts, on this machine. */
  readonly brouillons: string;
  /** Bytes of a part; a piece of `seuil` bytes or more goes by parts, `parallele` of them at once. */
  readonly taillePartie: number;
  readonly seuil: number;
  readonly parallele: number;
  /** null: no object lock is asked for. */
  readonly retention: { readonly mode: 'COMPLIANCE' | 'GOVERNANCE'; readonly jours: number } | null;
  /** Milliseconds without a byte, or nearly, before a line is given up. */
  readonly delaiMs: number;
  /** Tries of one request, and the first wait between two, in milliseconds; it doubles. */
  readonly essais: number;
  readonly attenteMs: number;
}

/** Under that size a piece is sent in one request. */
const SEUIL = 16 * 1024 * 1024;
const PARALLELE = 3;
const ESSAIS = 4;
const ATTENTE_MS = 250;
const MODES = { conformite: 'COMPLIANCE', gouvernance: 'GOVERNANCE' } as const;

/**
 * The settings, with the secret and the authorities that they name. Throws VGM-CFG-004, and VGM-CFG-003 when they are not filled
 * in: a daemon on its folder does not ask for them.
 */
export async function lireReglageS3(config: Config): Promise<ReglageS3> {
  const { s3 } = config.coffre;
  const problemes = coherenceS3(config.coffre);
  if (problemes.length > 0) throw erreurConfig('VGM-CFG-003', { problemes: problemes.join('\n') });
  const secret = await lireReglage('coffre.s3.secret_fichier', s3.secret_fichier);
  return {
    adresse: new URL(s3.adresse).origin,
    region: s3.region,
    compartiment: s3.compartiment,
    prefixe: s3.prefixe,
    style: s3.style,
    cleAcces: s3.cle_acces,
    secret: secret.trim(),
    autorites: await lireReglage('coffre.s3.autorites', s3.autorites),
    brouillons: resolve(dossierBrouillons(config)),
    taillePartie: s3.taille_partie_octets,
    seuil: SEUIL,
    parallele: PARALLELE,
    retention:
      s3.retention_jours === 0 ? null : { mode: MODES[s3.retention_mode], jours: s3.retention_jours },
    delaiMs: s3.delai_s * 1000,
    essais: ESSAIS,
    attenteMs: ATTENTE_MS,
  };
}
