import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tirage } from '../../../src/banc/scenarios.ts';
import type { Campagne, Conditions } from './campagne.ts';
import { type Chantier, mener, type Panne } from './mener.ts';
import type { Bilan } from './verdict.ts';

/** Bytes left free while the disk is full: from « not even a row » to « a document does not fit ». */
const RESTES = [0, 4_096, 40_000, 120_000, 300_000, 700_000];
/** Bytes left free otherwise. */
const AISE = 256_000_000;
const DUREE_MS = [500, 1_500] as const;
/** One disk in so many is full while a daemon starts. */
const DEPART_UN_SUR = 3;
const CODE = 'VGM-NOY-005';

function occupes(donnees: string): number {
  const { blocks, bfree, bsize } = statfsSync(donnees);
  return (blocks - bfree) * bsize;
}

/** Leaves `libre` bytes, of what is used at this very moment. */
function laisser(donnees: string, libre: number): void {
  for (let essai = 0; ; essai += 1) {
    try {
      const taille = occupes(donnees) + libre + essai * 4_096;
      execFileSync('mount', ['-o', `remount,size=${taille}`, donnees], { stdio: 'ignore' });
      return;
    } catch (refus) {
      // It grew meanwhile: no file system may be smaller than what it holds.
      if (essai > 50) throw refus;
    }
  }
}

async function frapper(c: Chantier, rang: number): Promise<void> {
  const { clock, conditions, premier, magasin } = c.terrain;
  const donnees = magasin.donnees(0);
  const hasard = (quoi: string): number => tirage(conditions.graine, `${quoi} ${rang}`);
  laisser(donnees, RESTES[rang % RESTES.length] ?? 0);
  const depart = rang % DEPART_UN_SUR === 2;
  if (depart) {
    await premier.tuer();
    await premier.lancer();
    c.compter('departs');
  }
  const [court, long] = DUREE_MS;
  await clock.sleep(court + (long - court) * hasard('plein'));
  if (!depart && !premier.demon.vivant()) c.fauter('le démon n’a pas survécu au disque plein');
  laisser(donnees, AISE);
  // A start that the full disk refused is made again, as by a supervisor.
  if (!(await premier.repond())) await premier.demarrer();
  await clock.sleep(court);
}

/** Nothing else was ever said than that the disk is full, and it was said. */
function examiner({ charge }: Chantier): string[] {
  const codes = [...charge.refus.keys()];
  const autres = codes
    .filter((code) => code !== CODE)
    .map((code) => `dépôts refusés par ${code}, et non ${CODE}`);
  return codes.length === 0 ? ['aucun dépôt refusé : le disque n’a jamais été plein'] : autres;
}

async function menerPlein(conditions: Conditions): Promise<Bilan> {
  const donnees = join(conditions.dossier, 'donnees');
  await mkdir(donnees);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${AISE},mode=700`, 'vaguemestre-essai', donnees]);
  try {
    const panne: Panne = {
      nom: 'disque_plein',
      charge: { deposants: { actes: 3, pes: 2 }, pause: 200 },
      frapper,
      examiner: (c) => {
        c.compter(
          'refus',
          [...c.charge.refus.values()].reduce((somme, n) => somme + n, 0),
        );
        return examiner(c);
      },
    };
    return await mener(panne, conditions);
  } finally {
    execFileSync('umount', ['-l', donnees]);
  }
}

export const disquePlein: Campagne = {
  nom: 'disque_plein',
  panne:
    'Le disque des données est plein, à quelques octets près, puis de la place est faite ; parfois le démon démarre pendant ce temps.',
  attendu:
    'Le démon vit. Ce qu’il ne peut pas garder est refusé par VGM-NOY-005, et rien n’en reste ; ce qu’il a accusé finit dans son état ; aucun brouillon ne traîne.',
  exige: { noeuds: 1 },
  mener: menerPlein,
};
