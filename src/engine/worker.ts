import type { Instant } from '../metier/identifiants.ts';
import type { DemandeTravail } from '../ports/store.ts';
import type { OutilsMoteur } from './outils.ts';

/** One kind of work: how to claim it and how to do it. `places` bounds what runs at once. */
export interface Couloir<T extends { readonly id: string }> {
  readonly nom: string;
  readonly places: number;
  reclamer(demande: DemandeTravail): Promise<readonly T[]>;
  executer(travail: T): Promise<void>;
}

export interface Worker {
  demarrer(): void;
  /** Something may be due now. */
  reveiller(): void;
  /** Takes nothing new and waits for what runs. */
  arreter(): Promise<void>;
}

/** Longest sleep: the sweep on `due` that finds what no wake-up announced. Milliseconds. */
const BALAYAGE = 1_000;
/** A reason of our own: the default one would build an exception at each wake-up. */
const REVEIL = 'reveil';
/** Most rows claimed in one go. */
const LOT = 64;

/**
 * Claims due rows of one kind and runs them, at most `places` at once. The rows are the truth: a lost wake-up
 * costs at most one sweep, a dead worker at most one lease.
 */
export function creerWorker<T extends { readonly id: string }>(
  outils: OutilsMoteur,
  couloir: Couloir<T>,
  proprietaire: string,
): Worker {
  const enMain = new Map<string, Promise<void>>();
  const { signaux, clock, reglage, log } = outils;
  let reveil: AbortController = new AbortController();
  let boucle: Promise<void> = Promise.resolve();

  const lancer = (travail: T): void => {
    const cours = couloir
      .executer(travail)
      .catch((cause: unknown) =>
        log.error('travail interrompu', { couloir: couloir.nom, id: travail.id }, cause),
      )
      .finally(() => {
        enMain.delete(travail.id);
        reveil.abort(REVEIL);
      });
    enMain.set(travail.id, cours);
  };

  const reclamer = async (): Promise<number> => {
    const nombre = Math.min(LOT, couloir.places - enMain.size);
    if (nombre <= 0) return 0;
    const quand = clock.now();
    const bail = (quand + reglage.bail_s * 1000) as Instant;
    // A row in hand that somebody changed is due again: it will be taken once our hand is off it.
    const sauf = [...enMain.keys()];
    const travaux = await couloir.reclamer({ quand, nombre, proprietaire, bail, sauf });
    for (const travail of travaux) lancer(travail);
    return travaux.length;
  };

  const tourner = async (): Promise<void> => {
    while (!signaux.arret.aborted) {
      reveil = new AbortController();
      const pris = await reclamer().catch((cause: unknown) => {
        log.error('le stockage ne donne pas de travail', { couloir: couloir.nom }, cause);
        return 0;
      });
      if (pris === 0 && !signaux.arret.aborted)
        await clock.sleep(BALAYAGE, AbortSignal.any([reveil.signal, signaux.arret]));
    }
  };

  return {
    demarrer: () => {
      boucle = tourner();
    },
    reveiller: () => reveil.abort(REVEIL),
    arreter: async () => {
      await boucle;
      await Promise.all(enMain.values());
    },
  };
}
