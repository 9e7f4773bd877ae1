import { creerTour } from '../../engine/tour.ts';
import type { OutilsTravail, Travail } from './travailler.ts';

/** Between two looks when there is nothing to do. Milliseconds. */
const REGARD = 1_000;
/** How long the others wait for a node that died. Milliseconds. */
const TOUR = 30_000;

/** What reads ZIP and CSV is loaded once a batch is there. */
async function ouvrirTravail(outils: OutilsTravail): Promise<Travail> {
  const { Travail } = await import('./travailler.ts');
  return new Travail(outils);
}

/**
 * Works on batches as long as the daemon runs, one node at a time; two that believe it is their turn deposit the same lines, and
 * the key of each admits one. Nothing is deposited before a restoration is settled: what left since the backup may not be known
 * here. @returns what ends what is under way, once a stop is asked.
 */
export function demarrerLots(outils: OutilsTravail, proprietaire: string): () => Promise<void> {
  const { moteur } = outils;
  const { store, clock, log, signaux } = moteur;
  const tour = creerTour(moteur, { nom: 'lots', proprietaire, duree: TOUR });
  let travail: Travail | null = null;
  const regarder = async (): Promise<boolean> => {
    if ((await store.lots.enCours()).length === 0) return false;
    const restauration = await store.restaurations.derniere();
    if (restauration !== null && restauration.close === null) return false;
    if (!(await tour.tenir())) return false;
    const enMain = (travail ??= await ouvrirTravail(outils));
    return tour.pendant(() => enMain.passer());
  };
  const boucler = async (): Promise<void> => {
    while (!signaux.arret.aborted) {
      const fait = await regarder().catch((cause: unknown) => {
        log.error('lots interrompus', {}, cause);
        return false;
      });
      if (!fait) await clock.sleep(REGARD, signaux.arret);
    }
    await travail?.fermer();
    await tour.rendre();
  };
  const boucle = boucler();
  return () => boucle;
}
