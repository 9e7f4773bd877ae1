import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { erreurBanc } from '../../metier/catalogue/banc.ts';
import type { Random } from '../../ports/random.ts';
import { type CleSsh, lireCleSsh, tirerCleSsh } from './cle-ssh.ts';
import type { Dgfip } from './dgfip.ts';
import type { OptionsServeurFtp, OptionsServeurSftp } from './serveurs.ts';

/** The account of a client at the simulated DGFiP: keys and password on disk, and the settings that name them. */

export interface AccesDgfip {
  readonly utilisateur: string;
  readonly motDePasse: string;
  /** OpenSSH private key of the SFTP server. */
  readonly cleHote: string;
  /** Of the server's key, as `ssh-keygen -l` shows it. */
  readonly empreinte: string;
  /** The server's key as a line of `known_hosts`, the address left aside. */
  readonly cleHotePublique: string;
  /** Key of the client that the SFTP server lets in, OpenSSH text. */
  readonly clePublique: string;
  readonly fichiers: {
    /** Holds the password and nothing else. */
    readonly secret: string;
    /** Private key of the client. */
    readonly cle: string;
  };
}

const UTILISATEUR = 'tdt';
const OCTETS_SECRET = 12;
const CLE_CLIENT = 'client.key';

/** What is there is kept, so that a restart changes neither the password nor the fingerprint. */
async function lireOuFaire(fichier: string, faire: () => string): Promise<string> {
  const present = await readFile(fichier, 'utf8').catch(() => '');
  if (present !== '') return present;
  const contenu = faire();
  await writeFile(fichier, contenu, { mode: 0o600 });
  return contenu;
}

/** Throws VGM-BAN-005. */
async function ouvrirCle(dossier: string, nom: string): Promise<CleSsh> {
  const cle = lireCleSsh(await lireOuFaire(join(dossier, nom), () => tirerCleSsh().privee));
  if (!(cle instanceof Error)) return cle;
  throw erreurBanc('VGM-BAN-005', { dossier, raison: `${nom} n’est pas une clé` }, cle);
}

/**
 * Opens the account kept in `dossier`, or makes it: `hote.key`, `client.key`, `mot-de-passe`, all of mode 0600.
 * Throws VGM-BAN-005 when one of them is no key.
 */
export async function ouvrirAcces(
  dossier: string,
  { random }: { readonly random: Random },
): Promise<AccesDgfip> {
  await mkdir(dossier, { recursive: true });
  const fichiers = { secret: join(dossier, 'mot-de-passe'), cle: join(dossier, CLE_CLIENT) };
  const motDePasse = await lireOuFaire(fichiers.secret, () => random.hex(OCTETS_SECRET));
  const hote = await ouvrirCle(dossier, 'hote.key');
  return {
    utilisateur: UTILISATEUR,
    motDePasse: motDePasse.trim(),
    cleHote: hote.privee,
    empreinte: hote.empreinte,
    cleHotePublique: hote.texte,
    clePublique: (await ouvrirCle(dossier, CLE_CLIENT)).texte,
    fichiers,
  };
}

export function porteSftp(acces: AccesDgfip, port: number): OptionsServeurSftp {
  const { utilisateur, motDePasse, cleHote, clePublique } = acces;
  return { port, cleHote, clePublique, utilisateur, motDePasse };
}

/** With a certificate: PASSTRANS_FTPS; in clear: GATEWAY, as inside the tunnel. */
export function porteFtp(
  { utilisateur, motDePasse }: AccesDgfip,
  { port, tls }: Pick<OptionsServeurFtp, 'port' | 'tls'>,
): OptionsServeurFtp {
  return { port, tls, utilisateur, motDePasse, metadonnees: tls === null ? 'site' : 'site_meta' };
}

/** A row of `helios.passerelles`. */
export type ReglagePasserelle = {
  readonly nom: string;
  readonly mode: string;
  readonly port: number;
} & Readonly<Record<string, unknown>>;

export interface DemandeReglages {
  readonly acces: AccesDgfip;
  readonly portes: Pick<Dgfip, 'portSftp' | 'portFtp' | 'portFtps'>;
  /** Authorities of the certificate of the FTPS door, PEM file. */
  readonly autorites: string;
  /** How a file is named by the settings: the paths of `acces`, made relative or absolute. */
  readonly chemin: (fichier: string) => string;
}

/** One row per door that is open. One folder of answers for all: it is fetched by the first of them alone. */
export function reglagesPasserelles({
  acces,
  portes,
  autorites,
  chemin,
}: DemandeReglages): ReglagePasserelle[] {
  const { utilisateur, empreinte, fichiers } = acces;
  const secret = { secret_fichier: chemin(fichiers.secret) };
  const lignes = [
    {
      nom: 'sftp',
      mode: 'passtrans_sftp',
      port: portes.portSftp,
      suite: { cle_fichier: chemin(fichiers.cle), empreintes: [empreinte] },
    },
    {
      nom: 'ftps',
      mode: 'passtrans_ftps',
      port: portes.portFtps,
      suite: { ...secret, autorites: chemin(autorites) },
    },
    { nom: 'ftp', mode: 'gateway', port: portes.portFtp, suite: secret },
  ];
  return lignes
    .filter(({ port }) => port !== 0)
    .map(({ nom, mode, port, suite }, rang) => ({
      nom,
      mode,
      hote: '127.0.0.1',
      port,
      utilisateur,
      ...suite,
      dossier_depot: 'entree',
      dossier_retrait: 'sortie',
      ...(rang === 0 ? { periode_s: 5, stabilite_s: 1 } : { releve: false }),
    }));
}
