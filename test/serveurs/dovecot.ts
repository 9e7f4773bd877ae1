import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { assurerPaquets, racineServeurs, trouver } from './installer.ts';
import { lancer, portLibre } from './processus.ts';

export interface Dovecot {
  readonly port: number;
  /** Same mailboxes over TLS, certificate `autorites` for `localhost`. */
  readonly portTls: number;
  readonly autorites: string;
  readonly utilisateur: string;
  readonly motDePasse: string;
  /** File that holds the password. */
  readonly secretFichier: string;
  /** Maildir of the user. */
  readonly boite: string;
  arreter(): Promise<void>;
}

const NOBODY = 65534;

function configuration(dossier: string, ports: { readonly clair: number; readonly tls: number }): string {
  const root = process.getuid?.() === 0;
  const moi = userInfo();
  const [uid, gid] = root ? [NOBODY, NOBODY] : [moi.uid, moi.gid];
  return `
base_dir = ${dossier}/run
state_dir = ${dossier}/run
log_path = ${dossier}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${dossier}/certificat.pem
ssl_key = <${dossier}/cle.pem
disable_plaintext_auth = no
default_internal_user = ${root ? 'dovecot' : moi.username}
default_login_user = ${root ? 'dovenull' : moi.username}
${root ? '' : `default_internal_group = ${execFileSync('id', ['-gn']).toString().trim()}`}
mail_location = maildir:${dossier}/boites/%u
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = 1
mail_max_userip_connections = 100
passdb {
  driver = static
  args = password=${MOT_DE_PASSE}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${dossier}/boites/%u
}
service imap-login {
  ${root ? '' : 'chroot ='}
  inet_listener imap {
    port = ${ports.clair}
  }
  inet_listener imaps {
    port = ${ports.tls}
  }
}
service anvil {
  ${root ? '' : 'chroot ='}
}
service stats {
  ${root ? '' : 'chroot ='}
}
`;
}

const MOT_DE_PASSE = 'secret-d-essai';

function certificat(dossier: string): void {
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '30',
  ];
  const sujet = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const sortie = ['-keyout', join(dossier, 'cle.pem'), '-out', join(dossier, 'certificat.pem')];
  execFileSync('openssl', [...args, ...sujet, ...sortie], { stdio: 'ignore' });
}

/** A real IMAP server with one user (any name passes), in its own folder and on free ports. */
export async function demarrerDovecot(utilisateur = 'actes'): Promise<Dovecot> {
  await assurerPaquets(['dovecot-imapd', 'openssl']);
  const dossier = mkdtempSync(join(racineServeurs(), 'vaguemestre-dovecot-'));
  chmodSync(dossier, 0o755);
  const boites = join(dossier, 'boites');
  mkdirSync(boites);
  if (process.getuid?.() === 0) chownSync(boites, NOBODY, NOBODY);
  certificat(dossier);
  const ports = { clair: await portLibre(), tls: await portLibre() };
  writeFileSync(join(dossier, 'dovecot.conf'), configuration(dossier, ports));
  writeFileSync(join(dossier, 'secret'), `${MOT_DE_PASSE}\n`);
  const programme = trouver('dovecot') ?? 'dovecot';
  const nettoyer = (): void => rmSync(dossier, { recursive: true, force: true });
  const args = ['-F', '-c', join(dossier, 'dovecot.conf')];
  const processus = await lancer(programme, args, ports.clair).catch((erreur: unknown) => {
    nettoyer();
    throw erreur;
  });
  return {
    port: ports.clair,
    portTls: ports.tls,
    autorites: join(dossier, 'certificat.pem'),
    utilisateur,
    motDePasse: MOT_DE_PASSE,
    secretFichier: join(dossier, 'secret'),
    boite: join(boites, utilisateur),
    async arreter() {
      await processus.arreter();
      nettoyer();
    },
  };
}
