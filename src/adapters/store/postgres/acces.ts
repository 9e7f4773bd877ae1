import { lireReglage } from '../../../config/fichiers.ts';
import type { Config } from '../../../config/manifest.ts';
import type { AccesPostgres } from './session.ts';

/** Where the settings say that the base is. Throws VGM-CFG-003 for a file that cannot be read. */
export async function accesDe({ stockage }: Config): Promise<AccesPostgres> {
  const { hote, port, base, utilisateur, tls, secret_fichier: secret, autorites } = stockage.postgres;
  const motDePasse = async () => {
    const texte = await lireReglage('stockage.postgres.secret_fichier', secret);
    return texte.replace(/\r?\n$/, '');
  };
  return {
    hote,
    port,
    base,
    utilisateur,
    motDePasse,
    tls: tls === 'aucun' ? null : { autorites: await lireReglage('stockage.postgres.autorites', autorites) },
  };
}
