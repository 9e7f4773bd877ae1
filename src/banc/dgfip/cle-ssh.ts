import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';

/** The SSH keys of the simulated DGFiP, servers and clients. */

export interface CleSsh {
  /** OpenSSH private key. */
  readonly privee: string;
  /** `ssh-ed25519 AAAA…`: its public half. */
  readonly texte: string;
  /** Of its public half, as `ssh-keygen -l` shows it. */
  readonly empreinte: string;
}

/** @returns why it is no key, as ssh2 says it. */
export function lireCleSsh(privee: string): CleSsh | Error {
  const cle = ssh2.utils.parseKey(privee);
  if (cle instanceof Error) return cle;
  const octets = cle.getPublicSSH();
  const condense = createHash('sha256').update(octets).digest('base64').replace(/=+$/, '');
  return { privee, texte: `${cle.type} ${octets.toString('base64')}`, empreinte: `SHA256:${condense}` };
}

/** One in some 250 of the keys that ssh2 makes cannot be read again, by itself first: another is then drawn. */
export function tirerCleSsh(): CleSsh {
  for (;;) {
    const cle = lireCleSsh(ssh2.utils.generateKeyPairSync('ed25519').private);
    if (!(cle instanceof Error)) return cle;
  }
}
