import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { inscrire } from '../../src/banc/collectivite-essai.ts';
import { creerLaboratoire, type Laboratoire, type ProcessusDemon } from '../../src/banc/laboratoire.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import { memoireMib, processeurMs } from './mesures.ts';

/** A daemon, its simulated State and depositors, all on this machine: what the figures are taken on. */
export interface Monde {
  readonly labo: Laboratoire;
  /** The present one. */
  demon(): ProcessusDemon;
  /** Deposits `nombre` actes and waits for their receipts. @returns per second: deposits answered, circuits closed. */
  tour(nombre: number): Promise<{ depots: number; circuits: number }>;
  /** Deposits one acte. @returns its flux, once answered. */
  deposer(): Promise<string>;
  /** Waits until no flux is under way. */
  vider(): Promise<void>;
  /** Starts the daemon again, after a death. */
  relancer(): Promise<void>;
  /** Processor time spent by the daemon so far, milliseconds: what a noisy machine disturbs least. */
  cpu(): number;
  /** Peak resident memory of the daemon, MiB. */
  rss(): number;
  fermer(): Promise<void>;
}

const clock = creerClockSysteme();
const DEPOSANTS = 32;
const TAILLE_PDF = 300;

function sirenDe(rang: number): string {
  return String(213_400_000 + (rang % 10));
}

/** @param avant fills the data folder before the daemon opens it. */
export async function creerMonde(
  dossier: string,
  avant: (donnees: string) => Promise<void> = async () => undefined,
): Promise<Monde> {
  await avant(join(dossier, 'donnees'));
  const labo = await creerLaboratoire({
    dossier,
    clock,
    graine: 1,
    ministere: { scenarios: false, delaiReponseMs: 0 },
  });
  let demon = await labo.demarrerDemon();
  for (let rang = 0; rang < 10; rang += 1) await inscrire(labo.client, sirenDe(rang), `Commune ${rang}`);
  const octets = creerPdf(
    Array.from({ length: TAILLE_PDF }, (_, n) => `Article ${n} : le conseil adopte la disposition.`),
  );
  let serie = 0;

  const deposer = async (rang: number): Promise<string> => {
    const metadonnees = {
      numero: `B${rang}`,
      date: '2026-03-02',
      objet: 'Décision modificative',
      nature: '1',
      matiere: '7.1',
      document: { typologie: '99_DE' },
      annexes: [],
    };
    const { statut, corps } = await labo.client.deposer({
      siren: sirenDe(rang),
      metadonnees,
      fichiers: [{ role: 'document', nom: 'acte.pdf', octets }],
    });
    if (statut !== 201) throw new TypeError(`deposit refused: ${statut}`);
    return (corps['flux'] as { id: string }).id;
  };

  const tour: Monde['tour'] = async (nombre) => {
    const debut = serie;
    serie += nombre;
    let prochain = debut;
    const attendus = labo.ministere.registre.compter('courriel') + nombre;
    const depart = performance.now();
    const deposant = async (): Promise<void> => {
      while (prochain < serie) {
        prochain += 1;
        await deposer(prochain - 1);
      }
    };
    await Promise.all(Array.from({ length: DEPOSANTS }, deposant));
    const depose = performance.now();
    while (labo.ministere.registre.compter('courriel') < attendus) await clock.sleep(5);
    await vider(labo);
    const fini = performance.now();
    return { depots: (nombre / (depose - depart)) * 1000, circuits: (nombre / (fini - depart)) * 1000 };
  };

  return {
    labo,
    demon: () => demon,
    tour,
    deposer: () => {
      serie += 1;
      return deposer(serie - 1);
    },
    vider: () => vider(labo),
    relancer: async () => {
      demon = await labo.demarrerDemon();
    },
    cpu: () => processeurMs(demon.pid),
    rss: () => memoireMib(demon.pid, 'pic'),
    fermer: async () => {
      await demon.arreter();
      await labo.fermer();
    },
  };
}

/** Waits until no flux is under way: the mails are delivered, their receipts are being filed. */
async function vider(labo: Laboratoire): Promise<void> {
  for (let essai = 0; essai < 6_000; essai += 1) {
    const reponses = await Promise.all(
      ['depose', 'controle', 'pret', 'en_ligne', 'transmis'].map((etat) =>
        labo.client.lire(`/flux?etat=${etat}&limite=1`),
      ),
    );
    if (reponses.every((r) => (r.corps['flux'] as unknown as unknown[]).length === 0)) return;
    await clock.sleep(5);
  }
  throw new TypeError('some flux never ended');
}

/** Yardstick: bare « write 4 kB, fsync » per second on the same disk. */
export function etalonFsync(dossier: string, nombre: number): number {
  const fichier = join(dossier, 'etalon');
  const fd = openSync(fichier, 'w');
  const bloc = Buffer.alloc(4096, 1);
  const depart = performance.now();
  for (let n = 0; n < nombre; n += 1) {
    writeSync(fd, bloc);
    fsyncSync(fd);
  }
  const duree = performance.now() - depart;
  closeSync(fd);
  rmSync(fichier);
  return (nombre / duree) * 1000;
}
