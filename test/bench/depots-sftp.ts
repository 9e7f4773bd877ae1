import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import ssh2 from 'ssh2';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerPasserelleSftp } from '../../src/adapters/passerelle/sftp.ts';
import type { EnvoiPes, Passerelle } from '../../src/ports/passerelle.ts';
import { demarrerSshd, type Sshd } from '../serveurs/sshd.ts';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';

/** Deposits of 20 kB in OpenSSH's own server, by our gateway and by the bare library, over as many connections. */

const OCTETS = Buffer.alloc(20_000, '<PES V="1"/>');
const LIGNES = 8;
const DEPOTS = 600;
const CHAUFFE = 100;
const TOURS = 7;
/** Generous: a limit reached would be a defect of the measure. Milliseconds. */
const DELAIS = {
  connexionMs: 20_000,
  reponseMs: 20_000,
  silenceMs: 20_000,
  debitMin: 1_000,
  reposMs: 20_000,
} as const;
const METADONNEES = { dest: 'VHPCE11', appli: 'THELPES2', msg: 'PES#123#034079#00' };

type Deposer = (rang: number) => Promise<void>;

function nommer(rang: number): string {
  return rang.toString(16).padStart(40, '0');
}

/** Look, write aside, have it put on the disk, measure, rename. */
function parNous(passerelle: Passerelle): Deposer {
  const { signal } = new AbortController();
  return async (rang) => {
    const envoi: EnvoiPes = {
      nomDistant: nommer(rang),
      metadonnees: METADONNEES,
      taille: OCTETS.length,
      ouvrir: async () => Readable.from([OCTETS]),
    };
    const issue = await passerelle.deposer(envoi, signal);
    if (issue.type !== 'prise' || issue.deja) throw new TypeError(JSON.stringify(issue));
  };
}

function ouvrirPasserelle(sshd: Sshd): Passerelle {
  return creerPasserelleSftp(
    {
      nom: 'banc',
      hote: '127.0.0.1',
      port: sshd.port,
      utilisateur: sshd.utilisateur,
      dossierDepot: 'entree',
      dossierRetrait: 'sortie',
      provisoire: '{nom}.part',
      retrait: 'client',
      delais: DELAIS,
      empreintes: [sshd.empreinte],
      metadonnees: 'nom',
      secret: { type: 'cle', fichier: sshd.cle },
      battementMs: 15_000,
    },
    { clock: creerClockSysteme() },
  );
}

type Rendre<T = void> = (erreur?: Error | null, valeur?: T) => void;

function tenir<T = void>(demander: (rendre: Rendre<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    demander((erreur, valeur) => (erreur ? reject(erreur) : resolve(valeur as T)));
  });
}

/** One connection of the bare library, on a socket that does not wait to fill its packets. */
async function ouvrirNue(sshd: Sshd): Promise<{ sftp: ssh2.SFTPWrapper; fermer(): void }> {
  const client = new ssh2.Client();
  client.connect({
    sock: connect({ port: sshd.port, host: '127.0.0.1', noDelay: true }),
    username: sshd.utilisateur,
    privateKey: readFileSync(sshd.cle),
  });
  await once(client, 'ready');
  return { sftp: await tenir((rendre) => client.sftp(rendre)), fermer: () => client.end() };
}

/** Write aside, rename: nothing is looked at, nothing is put on the disk. */
async function deposerNu(sftp: ssh2.SFTPWrapper, rang: number): Promise<void> {
  const nom = `entree/nu-${nommer(rang)}`;
  const poignee = await tenir<Buffer>((rendre) => sftp.open(`${nom}.part`, 'w', rendre));
  await tenir((rendre) => sftp.write(poignee, OCTETS, 0, OCTETS.length, 0, rendre));
  await tenir((rendre) => sftp.close(poignee, rendre));
  await tenir((rendre) => sftp.rename(`${nom}.part`, nom, rendre));
}

/** @returns deposits per second. */
async function mesurer(
  ouvriers: readonly Deposer[],
  { de, nombre }: { readonly de: number; readonly nombre: number },
): Promise<number> {
  let rang = de;
  const debut = performance.now();
  const deposer = async (ouvrier: Deposer): Promise<void> => {
    while (rang < de + nombre) {
      rang += 1;
      await ouvrier(rang);
    }
  };
  await Promise.all(ouvriers.map(deposer));
  return (nombre / (performance.now() - debut)) * 1000;
}

async function alterner(sshd: Sshd, nous: readonly Deposer[], nus: readonly Deposer[]) {
  await mesurer(nous, { de: 0, nombre: CHAUFFE });
  await mesurer(nus, { de: 0, nombre: CHAUFFE });
  const tours: { readonly nous: number; readonly nu: number }[] = [];
  for (let tour = 1; tour <= TOURS; tour += 1) {
    const lot = { de: tour * DEPOTS, nombre: DEPOTS };
    tours.push({ nous: await mesurer(nous, lot), nu: await mesurer(nus, lot) });
    const entree = join(sshd.racine, 'entree');
    for (const nom of readdirSync(entree)) rmSync(join(entree, nom));
  }
  return tours;
}

export async function mesurerDepotsSftp(dire: Dire): Promise<Figures> {
  const sshd = await demarrerSshd();
  const passerelle = ouvrirPasserelle(sshd);
  const lignes = await Promise.all(Array.from({ length: LIGNES }, () => ouvrirNue(sshd)));
  try {
    const nous = Array.from({ length: LIGNES }, () => parNous(passerelle));
    const nus = lignes.map(
      ({ sftp }): Deposer =>
        (rang) =>
          deposerNu(sftp, rang),
    );
    const tours = await alterner(sshd, nous, nus);
    const debit = mediane(tours.map((t) => t.nous));
    const rapport = mediane(tours.map((t) => t.nous / t.nu));
    dire(
      `Dépôts SFTP de 20 ko par seconde, ${LIGNES} connexions à l’sshd d’OpenSSH : ${Math.round(debit)}, mis sur disque et ` +
        `mesurés ; ${arrondi(rapport, 2)} de ce que fait ssh2 nu, qui n’en fait rien.`,
    );
    return { sftp_depots_par_s: arrondi(debit, 1), sftp_depots_sur_ssh2: arrondi(rapport) };
  } finally {
    for (const ligne of lignes) ligne.fermer();
    await passerelle.fermer();
    await sshd.arreter();
  }
}
