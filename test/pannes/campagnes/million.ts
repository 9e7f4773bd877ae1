import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { peuplerVite } from '../../bench/peupler.ts';
import { delaiPremierPas } from '../../bench/premier-pas.ts';
import type { Campagne, Conditions } from './campagne.ts';
import { COLLECTIVITES } from './collectivites.ts';
import { type Chantier, mener, type Panne } from './mener.ts';
import { MELANGE_ACTES, prevoirActe, type Prevu } from './prevus.ts';
import type { Bilan, Temoins } from './verdict.ts';

/** Between the start of the process and the first step that goes on (dependances.md §11, target 2). */
const REPRISE_MAX_MS = 2_000;
/** On a machine that has no time, no more than that many times what an empty store takes there. */
const RAPPORT_MAX = 1.5;
const COUPS_A_VIDE = 3;
/** Deposits at once, then death: what they left is what the next start takes up. */
const RAFALE = 40;
/** Identifiers of the finished flux are older. */
const PLANCHER = '019a0001';
const SIRENS_ANCIENS = ['213400000', '213400010'] as const;

class Reprises {
  /** Instants at which a daemon was started on what a dead one had left. */
  readonly #departs: number[] = [];
  #rang = 0;

  async frapper({ terrain, charge }: Chantier): Promise<void> {
    const { premier, clock } = terrain;
    const prevus = Array.from({ length: RAFALE }, (): Prevu => prevoirActe((this.#rang += 1), MELANGE_ACTES));
    const ids = await Promise.all(prevus.map((prevu, rang) => charge.insister(prevu, rang)));
    for (const [rang, id] of ids.entries()) if (id !== null) charge.noter(prevus[rang] as Prevu, id);
    await premier.tuer();
    this.#departs.push(clock.now());
    await premier.demarrer();
    await clock.sleep(REPRISE_MAX_MS);
  }

  /** Milliseconds to the first step of each start, by the journal; in order of length. */
  mesurer({ journal }: Temoins): readonly number[] {
    const faits = [...journal.histoires.values()].flat();
    return this.#departs.map((depart) => delaiPremierPas(faits, depart)).toSorted((a, b) => a - b);
  }
}

const median = (mesures: readonly number[]): number =>
  mesures[Math.floor(mesures.length / 2)] ?? Number.POSITIVE_INFINITY;

/** Rows of the finished flux, their pieces, their lines. */
function compterAnciens(fichier: string): readonly number[] {
  const base = new DatabaseSync(fichier, { readOnly: true });
  const [de, a] = SIRENS_ANCIENS;
  const compter = (quoi: string): number =>
    Number(base.prepare(`SELECT count(*) AS n FROM ${quoi}`).get(de, a)?.['n']);
  try {
    return [
      compter(`flux WHERE etat = 'acquitte' AND collectivite >= ? AND collectivite < ?`),
      compter(`pieces p JOIN flux f ON f.id = p.flux WHERE f.collectivite >= ? AND f.collectivite < ?`),
      compter('journal WHERE org >= ? AND org < ?'),
    ];
  } finally {
    base.close();
  }
}

function panneDe(reprises: Reprises, suite: Pick<Panne, 'examiner' | 'portee'>): Panne {
  return {
    nom: 'million',
    charge: { deposants: { actes: 0, pes: 0 }, pause: 0 },
    frapper: (c) => reprises.frapper(c),
    ...suite,
  };
}

/** The same starts on an empty store: what this machine takes today. */
async function aVide({ dossier, ...reste }: Conditions): Promise<number> {
  const reprises = new Reprises();
  let vues: readonly number[] = [];
  const examiner = (_c: Chantier, temoins: Temoins): string[] => {
    vues = reprises.mesurer(temoins);
    return [];
  };
  const vide = join(dossier, 'vide');
  await mkdir(vide);
  await mener(panneDe(reprises, { examiner }), { ...reste, dossier: vide, mesure: { coups: COUPS_A_VIDE } });
  return median(vues);
}

async function menerMillion(nombre: number, conditions: Conditions): Promise<Bilan> {
  const vide = await aVide(conditions);
  const donnees = join(conditions.dossier, 'donnees');
  const fichier = join(donnees, 'vaguemestre.sqlite');
  await mkdir(donnees);
  await peuplerVite(fichier, nombre);
  const avant = compterAnciens(fichier);
  const reprises = new Reprises();
  const examiner = (c: Chantier, temoins: Temoins): string[] => {
    const vues = reprises.mesurer(temoins);
    c.compter('anciens', nombre);
    c.compter('reprise_ms', Math.round(median(vues)));
    c.compter('reprise_pire_ms', Math.round(vues.at(-1) ?? Number.NaN));
    c.compter('reprise_a_vide_ms', Math.round(vide));
    const apres = compterAnciens(fichier);
    return [
      ...(median(vues) > Math.max(REPRISE_MAX_MS, RAPPORT_MAX * vide)
        ? [`${median(vues)} ms jusqu’au premier pas repris, ${vide} ms sur une base vide`]
        : []),
      ...(apres.join() === avant.join()
        ? []
        : [`les anciens flux ont changé : ${avant.join()} puis ${apres.join()}`]),
    ];
  };
  const portee = { plancher: PLANCHER, chaines: [...COLLECTIVITES.map((c) => c.siren), 'operateur'] };
  return mener(panneDe(reprises, { examiner, portee }), conditions);
}

/** @param nombre finished flux in the store. */
export function surAnciens(nombre: number): Campagne {
  return {
    nom: 'million',
    panne: `Le démon, sur une base de ${nombre.toLocaleString('fr-FR')} flux finis, est tué en pleine rafale de dépôts et relancé.`,
    attendu:
      'Le premier pas est repris en 2 s (sur une machine chargée : en une fois et demie ce que prend une base vide) ; les flux finis, leurs pièces et leurs lignes de journal sont toujours là, en même nombre.',
    minutes: 10,
    exige: { magasin: 'sqlite', noeuds: 1 },
    mener: (conditions) => menerMillion(nombre, conditions),
  };
}
