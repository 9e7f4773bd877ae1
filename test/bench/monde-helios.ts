import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerLaboratoire, type Laboratoire } from '../../src/banc/laboratoire.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import type { PorteDgfip } from './dgfip-ouvrier.ts';
import { memoireMib, processeurMs } from './mesures.ts';
import { type PesSigne, siretDe } from './pes-signes.ts';

/** A daemon and the DGFiP, each in its process, SFTP between them; the depositors are here. */
export interface MondeHelios {
  /** @returns the identifier of the flux, once it is durable. */
  deposer(pes: PesSigne): Promise<string>;
  /** Waits for this state, or a later one. @returns when the file had left, epoch milliseconds. */
  partir(id: string): Promise<number>;
  /** Waits until every flux deposited so far has its acquittement. Throws when one ended otherwise. */
  vider(): Promise<void>;
  /** Processor time spent by the daemon so far, milliseconds. */
  cpu(): number;
  /** Peak resident memory of the daemon, MiB. */
  rss(): number;
  fermer(): Promise<void>;
}

export const SIRENS: readonly string[] = Array.from({ length: 10 }, (_, n) => String(213_400_000 + n));
const clock = creerClockSysteme();
const FAMILLE = 'essai';
const EN_COURS = ['depose', 'controle', 'signe', 'pret', 'en_ligne', 'transmis'];
const MANQUES = ['refuse', 'incertain', 'echec', 'anomalie', 'acquitte_partiel', 'a_signer'];
const PARTIS = ['transmis', 'acquitte'];

interface Dgfip extends PorteDgfip {
  /** Answers that were fetched so far. */
  lus(): Promise<number>;
  fermer(): Promise<void>;
}

async function ouvrirDgfip(dossier: string): Promise<Dgfip> {
  const enfant = fork(new URL('./dgfip-ouvrier.ts', import.meta.url), [dossier]);
  const [porte] = (await once(enfant, 'message')) as [PorteDgfip];
  return {
    ...porte,
    async lus() {
      enfant.send('lus');
      const [nombre] = (await once(enfant, 'message')) as [number];
      return nombre;
    },
    async fermer() {
      enfant.disconnect();
      await once(enfant, 'exit');
    },
  };
}

function reglagesDe(dossier: string, dgfip: Dgfip): Record<string, unknown> {
  const secret = join(dossier, 'secret-dgfip');
  writeFileSync(secret, dgfip.motDePasse);
  const passerelle = {
    nom: 'dgfip',
    mode: 'passtrans_sftp',
    hote: '127.0.0.1',
    port: dgfip.port,
    utilisateur: dgfip.utilisateur,
    secret_fichier: secret,
    empreintes: [dgfip.empreinte],
    dossier_depot: 'entree',
    dossier_retrait: 'sortie',
    concurrence: 4,
    // Real ones are minutes: the circuit would measure the wait.
    stabilite_s: 0,
    periode_s: 0.1,
  };
  // Nobody publishes the revocations of these certificates.
  return { helios: { passerelles: [passerelle] }, confiance: { revocation: { active: false } } };
}

/** @param racine PEM file of the authority whose signatures are trusted. */
export async function creerMondeHelios(dossier: string, racine: string): Promise<MondeHelios> {
  const dgfip = await ouvrirDgfip(join(dossier, 'dgfip'));
  const labo = await creerLaboratoire({ dossier, clock, graine: 1, reglages: reglagesDe(dossier, dgfip) });
  const lanceur = [join(RACINE, 'bin', 'vaguemestre'), 'confiance', 'importer', racine];
  const ou = ['--famille', FAMILLE, '--niveau', 'Essai', '--config', labo.configFichier];
  execFileSync(process.execPath, [...lanceur, ...ou], { stdio: 'ignore' });
  const demon = await labo.demarrerDemon();
  for (const siren of SIRENS) await inscrire(labo, siren);
  let deposes = 0;
  return {
    deposer: async (pes) => {
      const id = await deposer(labo, pes);
      deposes += 1;
      return id;
    },
    partir: (id) => partir(labo, id),
    vider: async () => {
      // Asked of the other side: a question to the daemon would cost it what is measured.
      while ((await dgfip.lus()) < deposes) await clock.sleep(5);
      await vider(labo);
    },
    cpu: () => processeurMs(demon.pid),
    rss: () => memoireMib(demon.pid, 'pic'),
    fermer: async () => {
      await demon.arreter();
      await labo.fermer();
      await dgfip.fermer();
    },
  };
}

async function inscrire({ client }: Laboratoire, siren: string): Promise<void> {
  const helios = { sirets: [siretDe(siren)], destination: 'VHPCE11', signature: 'transmettre' };
  const { statut, corps } = await client.envoyer('PUT', `/collectivites/${siren}`, {
    nom: `Commune ${siren}`,
    helios,
    ver: 0,
  });
  if (statut !== 201) throw new TypeError(JSON.stringify(corps));
}

async function deposer({ client }: Laboratoire, { siren, nom, octets }: PesSigne): Promise<string> {
  const fichiers = [{ role: 'pes', nom, octets }] as const;
  const { statut, corps } = await client.deposer({ siren, protocole: 'HELIOS', metadonnees: {}, fichiers });
  if (statut !== 201) throw new TypeError(`deposit refused: ${statut} ${JSON.stringify(corps)}`);
  return (corps['flux'] as { id: string }).id;
}

async function partir({ client }: Laboratoire, id: string): Promise<number> {
  for (let essai = 0; essai < 60_000; essai += 1) {
    const { corps } = await client.lire(`/flux/${id}`);
    const flux = corps['flux'] as { etat: string; transmis: string | null };
    if (PARTIS.includes(flux.etat) && flux.transmis !== null) return Date.parse(flux.transmis);
    if (MANQUES.includes(flux.etat)) throw new TypeError(JSON.stringify(corps));
    await clock.sleep(50);
  }
  throw new TypeError('it never left');
}

async function vider({ client }: Laboratoire): Promise<void> {
  const aucun = async (etat: string): Promise<boolean> => {
    const { corps } = await client.lire(`/flux?etat=${etat}&limite=1`);
    return (corps['flux'] as unknown as unknown[]).length === 0;
  };
  const tous = async (etats: readonly string[]): Promise<boolean> =>
    (await Promise.all(etats.map(aucun))).every(Boolean);
  for (let essai = 0; essai < 12_000; essai += 1) {
    if (await tous(EN_COURS)) {
      if (await tous(MANQUES)) return;
      throw new TypeError('some flux ended without its acquittement');
    }
    await clock.sleep(5);
  }
  throw new TypeError('some flux never ended');
}
