import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import type { ClientApi } from '../../src/banc/client.ts';
import { inscrire } from '../../src/banc/collectivite-essai.ts';
import {
  type Confrontation,
  confronterEchanges,
  type EchangeVu,
  listerEchanges,
} from '../../src/banc/echanges/confrontation.ts';
import { creerLaboratoire, type Laboratoire, type ProcessusDemon } from '../../src/banc/laboratoire.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import { tirage } from '../../src/banc/scenarios.ts';
import type { Etat } from '../../src/metier/etats.ts';

/** A campaign of kill -9 at random instants on a daemon under load, with the simulated State in front. */
export interface OptionsCampagne {
  readonly dossier: string;
  readonly actes: number;
  readonly coups: number;
  readonly graine: number;
  /** Deposits under way at once. */
  readonly deposants: number;
  /** Bounds of the life of a daemon between its first answer and its death, milliseconds. */
  readonly vie: readonly [number, number];
}

export interface BilanCampagne {
  readonly coups: number;
  readonly flux: number;
  readonly acquittes: number;
  readonly anomalies: number;
  /** Letters of the préfecture filed, and their receipts gone by themselves. */
  readonly courriers: number;
  readonly accuses: number;
  /** Acknowledged deposits that did not reach their end, exchanges that one side has not. */
  readonly perdus: number;
  /** Archive names that the State took twice, actes it holds under two names, exchanges there once too often. */
  readonly doubles: number;
  /** Breaks of the journal chains. */
  readonly ruptures: number;
  /** Fates that a person had to settle. */
  readonly tranches: number;
  /** Deposits repeated because their answer was lost. */
  readonly repetitions: number;
  readonly parques: number;
}

const SIRENS = ['213400016', '213400024', '213400032'];
/** One acte in some is not a quiet one; the préfecture writes about one in four. */
const SUFFIXES = [
  '',
  '',
  '_C31',
  '_C41',
  '_C31BIS',
  '_UTF8',
  '_DOUBLE',
  '_COUPE',
  '_COUPEA',
  '_H500P',
  '_H503',
  '_ANO13',
];
const clock = creerClockSysteme();
const ATTENTE_MAX = 120_000;

interface Chantier {
  readonly labo: Laboratoire;
  readonly options: OptionsCampagne;
  /** Flux identifier by acte number, once acknowledged. */
  readonly accuses: Map<string, string>;
  demon: ProcessusDemon;
  repetitions: number;
  tranches: number;
}

export async function mener(options: OptionsCampagne): Promise<BilanCampagne> {
  const labo = await creerLaboratoire({
    dossier: options.dossier,
    clock,
    graine: options.graine,
    reglages: { moteur: { reprise_min_s: 0.1, reprise_max_s: 1 } },
    ministere: { delaiReponseMs: [0, 60], tardMs: 500 },
  });
  const chantier: Chantier = {
    labo,
    options,
    accuses: new Map(),
    demon: await labo.demarrerDemon(),
    repetitions: 0,
    tranches: 0,
  };
  try {
    for (const siren of SIRENS) await inscrire(labo.client, siren, `Commune ${siren}`);
    await Promise.all([deposerTout(chantier), frapper(chantier)]);
    await denouer(chantier);
    return await compter(chantier);
  } finally {
    await chantier.demon.arreter();
    await labo.fermer();
  }
}

function numeroDe(rang: number): string {
  return `A${rang}${SUFFIXES[rang % SUFFIXES.length] ?? ''}`;
}

async function deposerTout(c: Chantier): Promise<void> {
  let rang = 0;
  const deposant = async (): Promise<void> => {
    while (rang < c.options.actes) {
      const mien = rang;
      rang += 1;
      await deposerUn(c, mien);
    }
  };
  await Promise.all(Array.from({ length: c.options.deposants }, deposant));
}

/** As a depositing software must do: the same key until an answer comes. */
async function deposerUn(c: Chantier, rang: number): Promise<void> {
  const numero = numeroDe(rang);
  const siren = SIRENS[rang % SIRENS.length] ?? '';
  const metadonnees = {
    numero,
    date: '2026-03-02',
    objet: `Acte ${rang}`,
    nature: '1',
    matiere: '7.1',
    document: { typologie: '99_DE' },
    annexes: [],
  };
  const octets = creerPdf([`Acte ${rang}`, ...Array.from({ length: rang % 40 }, (_, n) => `ligne ${n}`)]);
  for (let essai = 0; ; essai += 1) {
    const reponse = await c.labo.client
      .deposer({ siren, metadonnees, cle: numero, fichiers: [{ role: 'document', nom: 'acte.pdf', octets }] })
      .catch(() => null);
    if (reponse !== null && (reponse.statut === 201 || reponse.statut === 200)) {
      c.accuses.set(numero, (reponse.corps['flux'] as { id: string }).id);
      return;
    }
    if (reponse !== null && reponse.statut < 500)
      throw new TypeError(`deposit of ${numero}: ${JSON.stringify(reponse)}`);
    if (essai > 2_000) throw new TypeError(`deposit of ${numero} never answered`);
    c.repetitions += 1;
    await clock.sleep(20);
  }
}

async function frapper(c: Chantier): Promise<void> {
  const [court, long] = c.options.vie;
  for (let coup = 0; coup < c.options.coups; coup += 1) {
    await clock.sleep(court + (long - court) * tirage(c.options.graine, `coup ${coup}`));
    await c.demon.tuer();
    c.demon = await c.labo.demarrerDemon();
  }
}

async function lister(client: ClientApi, requete: string): Promise<EchangeVu[]> {
  const { corps } = await client.lire(`/flux?${requete}&limite=1000`);
  return corps['flux'] as unknown as EchangeVu[];
}

/** A receipt has none of its own: the State, asked, says that it has it; the fate of an acte is told by its own. */
async function trancher(c: Chantier): Promise<void> {
  const { client, ministere } = c.labo;
  for (const { id, nomEnvoi, message } of await lister(client, 'etat=incertain')) {
    const tient = nomEnvoi !== null && ministere.registre.compter('accepte', nomEnvoi) > 0;
    if (tient && message.code === '1-1') continue;
    await client.envoyer('POST', `/flux/${id}/trancher`, {
      decision: tient ? 'recu' : 'non_recu',
      motif: 'la préfecture l’a dit',
    });
    c.tranches += 1;
  }
}

async function confronter({ labo }: Chantier): Promise<Confrontation> {
  return confronterEchanges(await listerEchanges(labo.client), labo.ministere.registre.evenements());
}

/** The receipts settle most fates; for the others a person asks the State, whose register answers. */
async function denouer(c: Chantier): Promise<void> {
  const limite = clock.now() + ATTENTE_MAX;
  const { client, ministere } = c.labo;
  while (clock.now() < limite) {
    await ministere.attendreVide();
    await trancher(c);
    const { corps } = await client.lire('/etats');
    const etats = corps['etats'] as Partial<Record<Etat, number>>;
    const finis = (etats.acquitte ?? 0) + (etats.anomalie ?? 0) >= c.accuses.size;
    if (finis && (await confronter(c)).perdus.length === 0) return;
    await clock.sleep(100);
  }
}

function attendu(numero: string): Etat {
  return numero.endsWith('_ANO13') ? 'anomalie' : 'acquitte';
}

async function compter(c: Chantier): Promise<BilanCampagne> {
  const { client, ministere } = c.labo;
  const fins = await Promise.all(
    [...c.accuses].map(async ([numero, id]) => {
      const { corps } = await client.lire(`/flux/${id}`);
      const flux = corps['flux'] as { etat: Etat; nomEnvoi: string };
      return { numero, etat: flux.etat, nom: flux.nomEnvoi };
    }),
  );
  const { corps } = await client.lire('/journal/verification');
  const chaines = corps['chaines'] as unknown as { ruptures: unknown[] }[];
  const retours = await client.lire('/retours?etat=a_trancher&limite=1000');
  const noms = new Set(fins.map((f) => f.nom));
  const { comptes, perdus, doubles } = await confronter(c);
  return {
    coups: c.options.coups,
    flux: fins.length,
    acquittes: fins.filter((f) => f.etat === 'acquitte').length,
    anomalies: fins.filter((f) => f.etat === 'anomalie').length,
    courriers: comptes.courriers,
    accuses: comptes.accuses,
    perdus: c.options.actes - fins.filter((f) => f.etat === attendu(f.numero)).length + perdus.length,
    doubles: ministere.registre.compter('double') + (fins.length - noms.size) + doubles.length,
    ruptures: chaines.reduce((somme, chaine) => somme + chaine.ruptures.length, 0),
    tranches: c.tranches,
    repetitions: c.repetitions,
    parques: (retours.corps['retours'] as unknown as unknown[]).length,
  };
}
