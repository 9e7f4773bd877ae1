/**
 * A daemon at a steady pace for a long while: is its memory flat? Asked for by name only: it lasts `--minutes` (an hour by default).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane, memoireMib } from './mesures.ts';
import { creerMonde } from './monde.ts';

const clock = creerClockSysteme();
/** Actes in a second: far from what the machine carries, so that a busy one keeps the pace. */
const RYTHME = 20;
const SECONDE = 1000;
const DIRE_CHAQUE_S = 120;

/** Median of one part of the samples. @param de @param a as fractions of the whole. */
function part(valeurs: readonly number[], de: number, a: number): number {
  return mediane(valeurs.slice(Math.floor(valeurs.length * de), Math.ceil(valeurs.length * a)));
}

export async function mesurerEndurance(dire: Dire, minutes: number): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-endurance-'));
  const monde = await creerMonde(join(dossier, 'monde'));
  const releves: number[] = [];
  let flux = 0;
  try {
    const fin = performance.now() + minutes * 60 * SECONDE;
    while (performance.now() < fin) {
      const debut = performance.now();
      await Promise.all(Array.from({ length: RYTHME }, () => monde.deposer()));
      flux += RYTHME;
      releves.push(memoireMib(monde.demon().pid, 'presente'));
      if (releves.length % DIRE_CHAQUE_S === 0)
        dire(`  ${flux} actes, ${Math.round(releves.at(-1) ?? Number.NaN)} Mio`);
      await clock.sleep(Math.max(0, SECONDE - (performance.now() - debut)));
    }
    await monde.vider();
  } finally {
    await monde.fermer();
    await rm(dossier, { recursive: true, force: true });
  }
  // The first quarter warms up: code is compiled, caches fill.
  const [avant, apres] = [part(releves, 0.25, 0.5), part(releves, 0.75, 1)];
  dire(
    `${flux} actes en ${minutes} min : ${Math.round(avant)} Mio au deuxième quart, ${Math.round(apres)} Mio au dernier ` +
      `(au plus haut ${Math.round(Math.max(...releves))} Mio).`,
  );
  return {
    endurance_flux: flux,
    endurance_rss_mib: Math.round(apres),
    endurance_croissance_mib: arrondi(apres - avant, 1),
    endurance_dernier_sur_deuxieme: arrondi(apres / avant, 3),
  };
}
