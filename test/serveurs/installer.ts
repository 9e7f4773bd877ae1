import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const executer = promisify(execFile);

/** What proves that a package is there. */
const PREUVES: Readonly<Record<string, readonly string[]>> = {
  'dovecot-imapd': ['dovecot', '/usr/lib/dovecot/imap'],
  'clamav-daemon': ['clamd'],
  'default-jdk-headless': ['java', 'javac'],
  'libxml2-utils': ['xmllint'],
  'openssh-server': ['sshd', 'ssh-keygen'],
  vsftpd: ['vsftpd'],
  'python3-pyftpdlib': ['/usr/lib/python3/dist-packages/pyftpdlib', 'python3'],
  postgresql: ['/usr/lib/postgresql/15/bin/postgres', '/usr/lib/postgresql/15/bin/initdb'],
  'redis-server': ['redis-server'],
  xmlsec1: ['xmlsec1'],
  'poppler-utils': ['pdftoppm', 'pdftotext', 'pdfinfo', 'pdfsig'],
  unzip: ['unzip'],
  openssl: ['openssl'],
};

const DOSSIERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'];

/** Full path of a program, or undefined: /usr/sbin is not on everybody's PATH. */
export function trouver(programme: string): string | undefined {
  const candidats = programme.startsWith('/') ? [programme] : DOSSIERS.map((d) => join(d, programme));
  return candidats.find((c) => {
    try {
      accessSync(c, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function manquants(paquets: readonly string[]): string[] {
  return paquets.filter((p) => (PREUVES[p] ?? [p]).some((programme) => trouver(programme) === undefined));
}

/**
 * Makes sure that real servers are installed. A test is never skipped for want of one: as root they are installed,
 * otherwise the error tells the command to type.
 */
export async function assurerPaquets(paquets: readonly string[]): Promise<void> {
  const absents = manquants(paquets);
  if (absents.length === 0) return;
  const commande = `apt-get install -y --no-install-recommends ${absents.join(' ')}`;
  if (process.getuid?.() !== 0) {
    throw new Error(
      `Serveurs d’essai manquants. À exécuter une fois : sudo apt-get update && sudo ${commande}`,
    );
  }
  // 101 keeps packages from starting their service (invoke-rc.d, Debian policy §9.3.3).
  const script = `
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; }
    installer() { apt-get -qq update && ${commande.replace('apt-get', 'apt-get -qq -o DPkg::Lock::Timeout=300')}; }
    installer || { sleep 5; installer; }`;
  const verrou = join(tmpdir(), 'vaguemestre-paquets.verrou');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await executer('flock', [verrou, 'sh', '-c', script], { env, maxBuffer: 64 * 1024 * 1024 });
  const restes = manquants(absents);
  if (restes.length > 0) throw new Error(`Paquets introuvables après installation : ${restes.join(', ')}`);
}

/** Folder where servers may keep their files: root-owned parents, as dovecot and sshd want. */
export function racineServeurs(): string {
  return process.getuid?.() === 0 && existsSync('/srv') ? '/srv' : tmpdir();
}
