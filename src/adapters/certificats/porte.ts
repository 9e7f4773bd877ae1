import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { lireReglage } from '../../config/fichiers.ts';
import { autosigne as emettreAutosigne } from '../../formats/certificats/emettre.ts';
import { erreurConfig } from '../../metier/catalogue/config.ts';
import type { Clock } from '../../ports/clock.ts';

export interface ReglagePorte {
  /** PEM files of the operator; empty = a self-signed pair is made. */
  readonly certificat: string;
  readonly cle: string;
  /** Data folder, where the self-signed pair is kept. */
  readonly dossier: string;
  readonly clock: Clock;
}

export interface PairePorte {
  readonly cert: string;
  readonly key: string;
  /** Where the certificate was read or written. */
  readonly fichier: string;
  readonly autosigne: boolean;
}

type Paire = Pick<PairePorte, 'cert' | 'key'>;

const JOURS = 825;

const DEFAUTS: Readonly<Record<string, string>> = {
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'la clé n’est pas celle du certificat',
  ERR_OSSL_PEM_NO_START_LINE: 'un des fichiers ne contient ni certificat ni clé au format PEM',
  ERR_OSSL_UNSUPPORTED: 'la clé n’est pas au format PEM',
  ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED: 'la clé est chiffrée',
};

async function lirePaire({ certificat, cle }: Pick<ReglagePorte, 'certificat' | 'cle'>): Promise<Paire> {
  return { cert: await lireReglage('api.certificat', certificat), key: await lireReglage('api.cle', cle) };
}

function verifierPaire(paire: Paire, fichiers: Pick<ReglagePorte, 'certificat' | 'cle'>): void {
  try {
    createSecureContext(paire);
  } catch (origine) {
    const code = origine instanceof Error && 'code' in origine ? String(origine.code) : '';
    const detail = DEFAUTS[code] ?? (code === '' ? 'contenu illisible' : code);
    const { certificat, cle } = fichiers;
    throw erreurConfig('VGM-CFG-005', { certificat, cle, detail }, origine);
  }
}

/**
 * The pair of the HTTPS door: the one configured, or a self-signed one made once in the data folder.
 * Throws VGM-CFG-004 (file), VGM-CFG-005 (pair that cannot serve).
 */
export async function pairePorte(reglage: ReglagePorte): Promise<PairePorte> {
  const autosigne = reglage.certificat === '';
  const fichiers = autosigne
    ? { certificat: join(reglage.dossier, 'api.pem'), cle: join(reglage.dossier, 'api.cle.pem') }
    : reglage;
  const paire = autosigne ? await paireMaison(fichiers, reglage.clock) : await lirePaire(fichiers);
  verifierPaire(paire, fichiers);
  return { ...paire, fichier: fichiers.certificat, autosigne };
}

async function paireMaison(fichiers: Pick<ReglagePorte, 'certificat' | 'cle'>, clock: Clock): Promise<Paire> {
  const { certificat, cle } = fichiers;
  const faite = await lirePaire(fichiers).catch(() => null);
  if (faite !== null) return faite;
  const dns = ['localhost', hostname()];
  const quand = clock.now();
  const paire = await emettreAutosigne({
    nom: 'vaguemestre',
    dns,
    ip: ['127.0.0.1', '::1'],
    jours: JOURS,
    quand,
  });
  await writeFile(cle, paire.cle, { mode: 0o600 });
  await writeFile(certificat, paire.certificat);
  return { cert: paire.certificat, key: paire.cle };
}
