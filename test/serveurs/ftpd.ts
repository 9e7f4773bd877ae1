import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { assurerPaquets, racineServeurs, trouver } from './installer.ts';
import { lancer, portLibre } from './processus.ts';

export interface Ftpd {
  readonly port: number;
  readonly utilisateur: string;
  /** File that holds the password. */
  readonly secretFichier: string;
  /** A file that holds another one. */
  readonly mauvaisSecret: string;
  /** Where the login lands: holds `entree` and `sortie`. */
  readonly racine: string;
  arreter(): Promise<void>;
}

export interface OptionsFtpd {
  /** Certificate and key of the server, PEM files; absent = no TLS. */
  readonly tls?: { readonly certificat: string; readonly cle: string };
  /** Address announced by PASV, wrong as behind an address translation; EPSV is then unknown. */
  readonly adresseFausse?: string;
  /** Commands refused with 550. */
  readonly refus?: readonly string[];
  /** Loopback address, control port and data ports; default: 127.0.0.1 and free ones. */
  readonly lieu?: { readonly hote: string; readonly port: number; readonly donnees: readonly number[] };
  readonly racine?: string;
}

const MOT_DE_PASSE = 'secret-d-essai';

interface Atelier {
  readonly dossier: string;
  readonly racine: string;
  readonly secretFichier: string;
  readonly mauvaisSecret: string;
}

function preparer(prefixe: string, options: OptionsFtpd): Atelier {
  const dossier = mkdtempSync(join(racineServeurs(), prefixe));
  execFileSync('chmod', ['755', dossier]);
  const racine = options.racine ?? join(dossier, 'racine');
  for (const sous of ['entree', 'sortie']) mkdirSync(join(racine, sous), { recursive: true });
  const secretFichier = join(dossier, 'secret');
  const mauvaisSecret = join(dossier, 'mauvais');
  writeFileSync(secretFichier, `${MOT_DE_PASSE}\n`);
  writeFileSync(mauvaisSecret, 'un-autre\n');
  return { dossier, racine, secretFichier, mauvaisSecret };
}

/**
 * vsftpd: knows no MLSD, and with TLS wants the data connection to take up the session of the control connection
 * (`require_ssl_reuse`). Its anonymous account, kept by a list of passwords, needs neither PAM nor a system account.
 */
export async function demarrerVsftpd(options: OptionsFtpd = {}): Promise<Ftpd> {
  await assurerPaquets(['vsftpd']);
  const atelier = preparer('vaguemestre-vsftpd-', options);
  const { dossier, racine } = atelier;
  const root = process.getuid?.() === 0;
  const compte = root ? 'ftp' : userInfo().username;
  const uid = Number(execFileSync('id', ['-u', compte]).toString());
  for (const sous of ['entree', 'sortie']) if (root) chownSync(join(racine, sous), uid, uid);
  mkdirSync(join(dossier, 'vide'));
  const { hote, port, donnees } = options.lieu ?? { hote: '127.0.0.1', port: await portLibre(), donnees: [] };
  const reglages = {
    listen: 'YES',
    listen_address: hote,
    listen_port: port,
    background: 'NO',
    anonymous_enable: 'YES',
    local_enable: 'NO',
    write_enable: 'YES',
    anon_upload_enable: 'YES',
    anon_other_write_enable: 'YES',
    anon_world_readable_only: 'NO',
    anon_root: racine,
    anon_umask: '022',
    ftp_username: compte,
    secure_email_list_enable: 'YES',
    email_password_file: atelier.secretFichier,
    secure_chroot_dir: join(dossier, 'vide'),
    ...(root ? { nopriv_user: 'nobody' } : { run_as_launching_user: 'YES' }),
    seccomp_sandbox: 'NO',
    isolate: 'NO',
    isolate_network: 'NO',
    xferlog_enable: 'NO',
    // Sessions outlive the server that is stopped: not for long.
    accept_timeout: 5,
    idle_session_timeout: 30,
    data_connection_timeout: 30,
    ...(donnees.length === 0 ? {} : { pasv_min_port: donnees[0], pasv_max_port: donnees.at(-1) }),
    ...(options.adresseFausse === undefined ? {} : { pasv_address: options.adresseFausse }),
    ...refusees(options),
    ...tls(options),
  };
  const fichier = join(dossier, 'vsftpd.conf');
  writeFileSync(
    fichier,
    Object.entries(reglages)
      .map(([cle, valeur]) => `${cle}=${valeur}\n`)
      .join(''),
  );
  const processus = await lancer(trouver('vsftpd') ?? 'vsftpd', [fichier], { hote, port });
  return {
    port,
    utilisateur: 'anonymous',
    ...atelier,
    async arreter() {
      await processus.arreter();
      rmSync(dossier, { recursive: true, force: true });
    },
  };
}

function refusees({ refus = [], adresseFausse }: OptionsFtpd): Readonly<Record<string, string>> {
  const commandes = adresseFausse === undefined ? refus : [...refus, 'EPSV'];
  return commandes.length === 0 ? {} : { cmds_denied: commandes.join(',') };
}

function tls({ tls: paire }: OptionsFtpd): Readonly<Record<string, string>> {
  if (paire === undefined) return {};
  return {
    ssl_enable: 'YES',
    allow_anon_ssl: 'YES',
    force_anon_logins_ssl: 'YES',
    force_anon_data_ssl: 'YES',
    require_ssl_reuse: 'YES',
    ssl_ciphers: 'HIGH',
    rsa_cert_file: paire.certificat,
    rsa_private_key_file: paire.cle,
  };
}

/** Arguments: address, port, root, user, password, announced address or ''. */
const PYFTPD = `
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
hote, port, racine, utilisateur, secret, fausse = sys.argv[1:7]
compte = DummyAuthorizer()
compte.add_user(utilisateur, secret, racine, perm='elradfmwMT')
FTPHandler.authorizer = compte
FTPHandler.masquerade_address = fausse or None
FTPHandler.auth_failed_timeout = 0
FTPHandler.tcp_no_delay = True
FTPServer((hote, int(port)), FTPHandler).serve_forever()
`;

/** pyftpdlib: knows MLSD (RFC 3659), in clear. */
export async function demarrerPyftpd(
  options: Pick<OptionsFtpd, 'adresseFausse' | 'racine'> = {},
): Promise<Ftpd> {
  await assurerPaquets(['python3-pyftpdlib']);
  const atelier = preparer('vaguemestre-pyftpd-', options);
  const port = await portLibre();
  const utilisateur = 'essai';
  const suite = [utilisateur, MOT_DE_PASSE, options.adresseFausse ?? ''];
  const args = ['-c', PYFTPD, '127.0.0.1', String(port), atelier.racine, ...suite];
  const processus = await lancer('/usr/bin/python3', args, port);
  return {
    port,
    utilisateur,
    ...atelier,
    async arreter() {
      await processus.arreter();
      rmSync(atelier.dossier, { recursive: true, force: true });
    },
  };
}
