import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { assurerPaquets, racineServeurs, trouver } from './installer.ts';
import { lancer, portLibre } from './processus.ts';

export interface Sshd {
  readonly port: number;
  readonly utilisateur: string;
  /** Private keys: the one that is let in, and another. */
  readonly cle: string;
  readonly autreCle: string;
  /** Host key, `SHA256:…`, as OpenSSH itself prints it. */
  readonly empreinte: string;
  /** Where the login lands: holds `entree` and `sortie`. */
  readonly racine: string;
  arreter(): Promise<void>;
}

export interface OptionsSshd {
  /** Requests of the SFTP protocol that are refused, as `sftp-server -P` names them: `rename`… */
  readonly refus?: readonly string[];
  /** Default: a folder of its own. */
  readonly racine?: string;
}

function nouvelleCle(fichier: string): void {
  execFileSync(trouver('ssh-keygen') ?? 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', fichier]);
}

function empreinteDe(fichier: string): string {
  const dite = execFileSync(trouver('ssh-keygen') ?? 'ssh-keygen', ['-l', '-f', `${fichier}.pub`]).toString();
  return /SHA256:\S+/.exec(dite)?.[0] ?? '';
}

/** OpenSSH's own server on a loopback port, SFTP only, for the account that runs the tests. */
export async function demarrerSshd(options: OptionsSshd = {}): Promise<Sshd> {
  await assurerPaquets(['openssh-server']);
  const dossier = mkdtempSync(join(racineServeurs(), 'vaguemestre-sshd-'));
  const racine = options.racine ?? join(dossier, 'racine');
  for (const sous of ['entree', 'sortie']) mkdirSync(join(racine, sous), { recursive: true });
  const [hote, cle, autreCle] = ['hote', 'client', 'autre'].map((nom) => join(dossier, nom)) as [
    string,
    string,
    string,
  ];
  for (const fichier of [hote, cle, autreCle]) nouvelleCle(fichier);
  const autorisees = join(dossier, 'autorisees');
  writeFileSync(autorisees, readFileSync(`${cle}.pub`));
  const port = await portLibre();
  const refus = (options.refus ?? []).length === 0 ? '' : ` -P ${options.refus?.join(',')}`;
  const reglages = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hote}`,
    'PidFile none',
    `AuthorizedKeysFile ${autorisees}`,
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'MaxStartups 200',
    'Subsystem sftp internal-sftp',
    `ForceCommand internal-sftp -d ${racine}${refus}`,
  ];
  writeFileSync(join(dossier, 'sshd_config'), `${reglages.join('\n')}\n`);
  // Where a privileged sshd locks up its unprivileged half; the package makes it at boot only.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const args = ['-D', '-e', '-f', join(dossier, 'sshd_config')];
  const processus = await lancer(trouver('sshd') ?? 'sshd', args, port);
  return {
    port,
    utilisateur: userInfo().username,
    cle,
    autreCle,
    empreinte: empreinteDe(hote),
    racine,
    async arreter() {
      await processus.arreter();
      rmSync(dossier, { recursive: true, force: true });
    },
  };
}
