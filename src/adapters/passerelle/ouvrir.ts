import { lireReglage } from '../../config/fichiers.ts';
import type { Config } from '../../config/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Passerelle } from '../../ports/passerelle.ts';
import type { ReglagesPasserelle } from './session.ts';

type ConfigPasserelle = Config['helios']['passerelles'][number];

/** A gateway as the settings give it. */
export interface PasserelleOuverte {
  readonly config: ConfigPasserelle;
  readonly passerelle: Passerelle;
}

const PORTS = { gateway: 21, passtrans_ftps: 21, passtrans_sftp: 22 } as const;
/** Between two keep-alives of SSH. Milliseconds. */
const BATTEMENT_MS = 15_000;

function reglagesDe(p: ConfigPasserelle): ReglagesPasserelle {
  return {
    nom: p.nom,
    hote: p.hote,
    port: p.port === 0 ? PORTS[p.mode] : p.port,
    utilisateur: p.utilisateur,
    dossierDepot: p.dossier_depot,
    dossierRetrait: p.dossier_retrait,
    provisoire: p.provisoire,
    retrait: p.retrait,
    delais: {
      connexionMs: p.delai_connexion_s * 1000,
      reponseMs: p.delai_reponse_s * 1000,
      silenceMs: p.delai_silence_s * 1000,
      debitMin: p.debit_min_octets,
      reposMs: p.repos_s * 1000,
    },
  };
}

async function sftp(p: ConfigPasserelle, clock: Clock): Promise<Passerelle> {
  const { creerPasserelleSftp } = await import('./sftp.ts');
  const secret =
    p.cle_fichier === ''
      ? ({ type: 'mot_de_passe', fichier: p.secret_fichier } as const)
      : ({ type: 'cle', fichier: p.cle_fichier, phraseFichier: p.secret_fichier } as const);
  const { empreintes } = p;
  return creerPasserelleSftp(
    { ...reglagesDe(p), empreintes, metadonnees: 'nom', secret, battementMs: BATTEMENT_MS },
    { clock },
  );
}

async function ftp(p: ConfigPasserelle, autorites: string, clock: Clock): Promise<Passerelle> {
  const { creerPasserelleFtp } = await import('./ftp.ts');
  const chiffre = p.mode === 'passtrans_ftps';
  return creerPasserelleFtp(
    {
      ...reglagesDe(p),
      secretFichier: p.secret_fichier,
      tls: chiffre ? 'explicite' : 'aucun',
      autorites,
      metadonnees: chiffre ? 'site_meta' : 'site',
    },
    { clock },
  );
}

/**
 * The gateways of the settings, in their order; nothing is connected before it is asked for.
 * Throws VGM-CFG-004 (authorities), VGM-PAS-005 (settings that no connection could use).
 */
export async function ouvrirPasserelles(
  { passerelles }: Config['helios'],
  { clock }: { readonly clock: Clock },
): Promise<readonly PasserelleOuverte[]> {
  return Promise.all(
    passerelles.map(async (config, i) => {
      const autorites = await lireReglage(`helios.passerelles[${i}].autorites`, config.autorites);
      const ouverte =
        config.mode === 'passtrans_sftp' ? await sftp(config, clock) : await ftp(config, autorites, clock);
      return { config, passerelle: ouverte };
    }),
  );
}
