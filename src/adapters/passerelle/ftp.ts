import { getCACertificates } from 'node:tls';
import { Client, FTPError } from 'basic-ftp';
import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Passerelle } from '../../ports/passerelle.ts';
import { assembler } from './assemblage.ts';
import { borner } from './delais.ts';
import { causeCertificat, causeReseau, parolesDuPair } from './fautes.ts';
import { type LigneFtp, SessionFtp } from './ftp-session.ts';
import { lireSecret } from './secrets.ts';
import type { ReglagesPasserelle, Session } from './session.ts';

export interface OptionsFtp extends ReglagesPasserelle {
  /** `aucun`: in clear, for the legacy gateway inside its IPSec tunnel (CDC-H 2-4) and nowhere else. */
  readonly tls: 'explicite' | 'aucun';
  /** Authorities of the server, PEM (contents, not path); empty = those of the runtime. */
  readonly autorites: string;
  readonly secretFichier: string;
  /** `site`: one command per datum (GATEWAY); `site_meta`: all in one (PASSTRANS_FTPS). */
  readonly metadonnees: 'site' | 'site_meta' | 'aucune';
}

/** Answers that judge the account (RFC 959 § 5.4; 430 is a usual addition). */
const COMPTE_REFUSE: ReadonlySet<number> = new Set([332, 430, 530, 532]);

/** TCP keep-alives of the control connection, idle during a transfer: address translators forget it otherwise. */
const BATTEMENT_MS = 30_000;

/** The gateways over FTP: explicit TLS (PASSTRANS_FTPS), or clear (GATEWAY). Passive mode and binary, always. */
export function creerPasserelleFtp(options: OptionsFtp, deps: { readonly clock: Clock }): Passerelle {
  return assembler({
    reglages: options,
    dansLeNom: false,
    ouvrir: () => ouvrir(options, deps.clock),
    clock: deps.clock,
  });
}

async function ouvrir(options: OptionsFtp, clock: Clock): Promise<Session> {
  const secret = await lireSecret(options.secretFichier, options.nom);
  // No timer of the library: time is the clock's, and each phase has its own limit.
  const client = new Client(0);
  // Byte for byte, both ways: the names of the peer may be in any character set.
  client.ftp.encoding = 'latin1';
  try {
    const ms = options.delais.connexionMs;
    const ligne = await borner(saluer(client, options, secret), { clock, ms, quoi: 'connexion' });
    return new SessionFtp(ligne, clock, options.delais);
  } catch (erreur) {
    client.close();
    if (erreur instanceof ErreurVgm) throw erreur;
    throw traduireConnexion(erreur, options.nom);
  }
}

/** Bytes of UTF-8 as the characters that the latin1 line carries. */
function enOctets(texte: string): string {
  return Buffer.from(texte, 'utf8').toString('latin1');
}

async function saluer(client: Client, options: OptionsFtp, secret: string): Promise<LigneFtp> {
  const { hote, port, tls, metadonnees } = options;
  await client.connect(hote, port);
  client.ftp.socket.setNoDelay(true).setKeepAlive(true, BATTEMENT_MS);
  if (tls === 'explicite') await chiffrer(client, options);
  await identifier(client, options, secret);
  const mlsd = (await client.features()).has('MLST');
  await client.send('TYPE I');
  if (tls === 'explicite') await protegerDonnees(client, options);
  return { client, accueil: tls === 'explicite' ? 'FTPS' : 'FTP en clair', metadonnees, mlsd };
}

/** RFC 4217 § 9: without PROT P the files would pass in clear. */
async function protegerDonnees(client: Client, { nom: passerelle }: OptionsFtp): Promise<void> {
  try {
    await client.send('PBSZ 0');
    await client.send('PROT P');
  } catch (erreur) {
    if (!(erreur instanceof FTPError)) throw erreur;
    throw erreurPasserelle('VGM-PAS-022', { passerelle, detail: parolesDuPair(erreur.message) }, erreur);
  }
}

async function chiffrer(client: Client, { nom: passerelle, hote, autorites }: OptionsFtp): Promise<void> {
  const ca = autorites === '' ? getCACertificates('default') : autorites;
  try {
    await client.useTLS({ ca, host: hote, minVersion: 'TLSv1.2' });
  } catch (erreur) {
    if (!(erreur instanceof FTPError)) throw erreur;
    throw erreurPasserelle('VGM-PAS-022', { passerelle, detail: parolesDuPair(erreur.message) }, erreur);
  }
}

async function identifier(client: Client, options: OptionsFtp, secret: string): Promise<void> {
  const { nom: passerelle, utilisateur } = options;
  try {
    await client.login(enOctets(utilisateur), enOctets(secret));
  } catch (erreur) {
    // Any other answer is no judgement on the account: the server cannot tell now.
    if (!(erreur instanceof FTPError) || !COMPTE_REFUSE.has(erreur.code)) throw erreur;
    const detail = parolesDuPair(erreur.message);
    throw erreurPasserelle('VGM-PAS-004', { passerelle, utilisateur, detail }, erreur);
  }
}

function traduireConnexion(erreur: unknown, passerelle: string): Error {
  const certificat = causeCertificat(erreur);
  if (certificat !== undefined) {
    return erreurPasserelle('VGM-PAS-003', { passerelle, detail: certificat }, erreur);
  }
  const detail = erreur instanceof FTPError ? parolesDuPair(erreur.message) : causeReseau(erreur);
  return erreurPasserelle('VGM-PAS-001', { passerelle, detail }, erreur);
}
