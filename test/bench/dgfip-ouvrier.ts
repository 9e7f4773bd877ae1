/** The simulated DGFiP, in a process of its own: its SFTP door, and what it counts when asked. */
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { tirerCleSsh } from '../../src/banc/dgfip/cle-ssh.ts';
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

const { privee: cleHote, empreinte } = tirerCleSsh();
const dgfip = await demarrerDgfip({
  dossier,
  clock: creerClockSysteme(),
  graine: 1,
  delaiReponseMs: 0,
  scenarios: false,
  sftp: { port: 0, cleHote, clePublique: '', ...COMPTE },
});
process.on('message', () => {
  process.send?.(dgfip.registre.compter('lu'));
});
process.on('disconnect', () => void dgfip.arreter());
const porte: PorteDgfip = { port: dgfip.portSftp, empreinte, ...COMPTE };
process.send?.(porte);
