/** The simulated DGFiP, in a process of its own: its SFTP door, and what it counts when asked. */
import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { demarrerDgfip } from '../../src/banc/dgfip/dgfip.ts';

export interface CompteDgfip {
  readonly utilisateur: string;
  readonly motDePasse: string;
}

/** Where it answers. */
export interface PorteDgfip extends CompteDgfip {
  readonly port: number;
  /** Host key, as `ssh-keygen -l` prints it. */
  readonly empreinte: string;
}

const COMPTE: CompteDgfip = { utilisateur: 'tdt', motDePasse: 'secret-d-essai' };
const [dossier = ''] = process.argv.slice(2);

function empreinteDe(publique: string): string {
  const octets = Buffer.from(publique.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(octets).digest('base64').replace(/=+$/, '')}`;
}

const cles = ssh2.utils.generateKeyPairSync('ed25519');
const dgfip = await demarrerDgfip({
  dossier,
  clock: creerClockSysteme(),
  graine: 1,
  delaiReponseMs: 0,
  scenarios: false,
  sftp: { port: 0, cleHote: cles.private, clePublique: '', ...COMPTE },
});
process.on('message', () => {
  process.send?.(dgfip.registre.compter('lu'));
});
process.on('disconnect', () => void dgfip.arreter());
const porte: PorteDgfip = { port: dgfip.portSftp, empreinte: empreinteDe(cles.public), ...COMPTE };
process.send?.(porte);
