import { lireReglage } from '../../config/fichiers.ts';
import type { Config } from '../../config/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { creerTransportHttps, type TransportHttps } from './https.ts';

/** The ministry's door as the settings give it, and the client certificate it took into memory (PEM). */
export interface GuichetMinistere {
  readonly transport: TransportHttps;
  readonly certificat: string;
}

/** @returns null when no address is configured. Throws VGM-CFG-004 (file), VGM-TRP-001, VGM-TRP-002. */
export async function ouvrirGuichetMinistere(
  m: Config['actes']['ministere'],
  deps: { readonly log: Log; readonly clock: Clock },
): Promise<GuichetMinistere | null> {
  if (m.url === '') return null;
  const lire = (nom: 'certificat' | 'cle' | 'secret_fichier' | 'autorites') =>
    lireReglage(`actes.ministere.${nom}`, m[nom]);
  const certificat = await lire('certificat');
  const transport = creerTransportHttps(
    {
      url: m.url,
      urlSecours: m.url_secours,
      champ: m.champ,
      agentUtilisateur: m.agent_utilisateur,
      certificat,
      cle: await lire('cle'),
      phrase: (await lire('secret_fichier')).trimEnd(),
      autorites: await lire('autorites'),
      delaiConnexionMs: m.delai_connexion_s * 1000,
      delaiTotalMs: m.delai_total_s * 1000,
    },
    deps,
  );
  return { transport, certificat };
}
