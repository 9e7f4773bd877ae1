import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import Client from 'ssh2-sftp-client';
import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Passerelle } from '../../ports/passerelle.ts';
import { assembler } from './assemblage.ts';
import { borner } from './delais.ts';
import { causeReseau, enFaute } from './fautes.ts';
import { lireSecret } from './secrets.ts';
import type { ReglagesPasserelle, Session } from './session.ts';
import { SessionSftp } from './sftp-session.ts';

export interface OptionsSftp extends ReglagesPasserelle {
  /** `SHA256:…` as `ssh-keygen -l` prints them; several during a change of key. */
  readonly empreintes: readonly string[];
  /** Do the metadata travel in the remote name, as Passtrans wants? */
  readonly metadonnees: 'nom' | 'aucune';
  readonly secret:
    | { readonly type: 'cle'; readonly fichier: string; readonly phraseFichier?: string }
    | { readonly type: 'mot_de_passe'; readonly fichier: string };
  /** Between two keep-alives; the line is given up after three unanswered. Milliseconds. */
  readonly battementMs: number;
}

const BATTEMENTS_MANQUES = 3;

/** What is offered and accepted: no SHA-1, no CBC, no small groups, whatever the defaults of the library become. */
const ALGORITHMES = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} satisfies ssh2.Algorithms;

const EMPREINTE = /^SHA256:[A-Za-z0-9+/]{43}$/;

/**
 * The Passtrans gateway over SFTP. The host key is pinned: any other is refused before the login. Throws VGM-PAS-005 at
 * once when no connection could ever be made with these settings.
 */
export function creerPasserelleSftp(options: OptionsSftp, deps: { readonly clock: Clock }): Passerelle {
  const { nom: passerelle, empreintes } = options;
  const mauvaise = empreintes.find((e) => !EMPREINTE.test(e));
  if (mauvaise !== undefined || empreintes.length === 0) {
    const detail =
      mauvaise === undefined
        ? 'aucune empreinte de clé d’hôte n’est réglée'
        : `« ${mauvaise} » n’est pas une empreinte SHA256`;
    throw erreurPasserelle('VGM-PAS-005', { passerelle, detail });
  }
  return assembler({
    reglages: options,
    dansLeNom: options.metadonnees === 'nom',
    ouvrir: () => ouvrir(options, deps.clock),
    clock: deps.clock,
  });
}

type Secrets = Pick<ssh2.ConnectConfig, 'password' | 'privateKey' | 'passphrase'>;

async function ouvrir(options: OptionsSftp, clock: Clock): Promise<Session> {
  const secrets = await lireSecrets(options);
  // A socket of ours: the one of the library leaves Nagle on, and each small request would cost 40 ms.
  const prise = connect({ host: options.hote, port: options.port, noDelay: true });
  prise.on('error', () => undefined);
  const ms = options.delais.connexionMs;
  try {
    return await borner(saluer(options, { prise, secrets, clock }), { clock, ms, quoi: 'connexion' });
  } catch (erreur) {
    prise.destroy();
    if (erreur instanceof ErreurVgm) throw erreur;
    const detail = enFaute(erreur).message;
    throw erreurPasserelle('VGM-PAS-001', { passerelle: options.nom, detail }, erreur);
  }
}

/** The library writes to the console what nobody listens to. */
function taire(): void {}

async function saluer(
  options: OptionsSftp,
  moyens: { readonly prise: Socket; readonly secrets: Secrets; readonly clock: Clock },
): Promise<Session> {
  const { prise, secrets, clock } = moyens;
  const { nom: passerelle, utilisateur, empreintes } = options;
  await once(prise, 'connect');
  const client = new Client(passerelle, { error: taire, end: taire, close: taire });
  let presentee = '';
  let niveau: unknown;
  client.on('error', (erreur: { level?: unknown }) => {
    niveau ??= erreur.level;
  });
  try {
    const sftp = await client.connect({
      sock: prise,
      username: utilisateur,
      ...secrets,
      hostVerifier: (cle: Buffer) => {
        presentee = empreinteDe(cle);
        return empreintes.includes(presentee);
      },
      algorithms: ALGORITHMES,
      readyTimeout: 0,
      keepaliveInterval: options.battementMs,
      keepaliveCountMax: BATTEMENTS_MANQUES,
    });
    const accueil = `SFTP, clé d’hôte ${presentee}`;
    return new SessionSftp({ client, sftp, prise, accueil }, clock, options.delais);
  } catch (erreur) {
    if (presentee !== '' && !empreintes.includes(presentee)) {
      const attendue = empreintes.join(' ou ');
      throw erreurPasserelle('VGM-PAS-002', { passerelle, presentee, attendue }, erreur);
    }
    if (niveau !== 'client-authentication') throw erreur;
    const detail = secrets.password === undefined ? 'clé refusée' : 'mot de passe refusé';
    throw erreurPasserelle('VGM-PAS-004', { passerelle, utilisateur, detail }, erreur);
  }
}

function empreinteDe(cle: Buffer): string {
  return `SHA256:${createHash('sha256').update(cle).digest('base64').replace(/=+$/, '')}`;
}

/** Throws VGM-PAS-006 (file) or VGM-PAS-005 (a key that cannot be opened). */
async function lireSecrets({ nom: passerelle, secret }: OptionsSftp): Promise<Secrets> {
  const contenu = await lireSecret(secret.fichier, passerelle);
  if (secret.type === 'mot_de_passe') return { password: contenu };
  const { phraseFichier = '' } = secret;
  const phrase = phraseFichier === '' ? {} : { passphrase: await lireSecret(phraseFichier, passerelle) };
  const cle = ssh2.utils.parseKey(contenu, phrase.passphrase);
  if (cle instanceof Error) {
    const detail = `la clé « ${secret.fichier} » ne s’ouvre pas (${causeReseau(cle)})`;
    throw erreurPasserelle('VGM-PAS-005', { passerelle, detail }, cle);
  }
  return { privateKey: contenu, ...phrase };
}
