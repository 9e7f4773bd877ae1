import type { Instant } from '../metier/identifiants.ts';
import type { OutilsMoteur } from './outils.ts';

/** A turn of this node (ports/noeuds.ts): it spares work, it protects nothing. */
export interface TourDuNoeud {
  /** Takes the turn, or keeps it. @returns false when another node has it, or when the store does not say. */
  tenir(): Promise<boolean>;
  /** Keeps it as long as something lasts. */
  pendant<T>(faire: () => Promise<T>): Promise<T>;
  /** Leaves it to the others at once. Never rejects. */
  rendre(): Promise<void>;
}

export interface DemandeTour {
  readonly nom: string;
  readonly proprietaire: string;
  /** How long the others wait for a node that died; milliseconds. */
  readonly duree: number;
}

export function creerTour(
  { store, clock, log }: Pick<OutilsMoteur, 'store' | 'clock' | 'log'>,
  { nom, proprietaire, duree }: DemandeTour,
): TourDuNoeud {
  let bail: number | null = null;

  const prendre = async (): Promise<boolean> => {
    const quand = clock.now();
    try {
      const tour = await store.tours.prendre({
        nom,
        proprietaire,
        quand,
        bail: (quand + duree) as Instant,
      });
      bail = tour?.bail ?? null;
    } catch (cause) {
      bail = null;
      log.warn('le stockage ne donne pas de tour', { tour: nom, detail: String(cause) });
    }
    return bail !== null;
  };

  return {
    tenir: async () => (bail !== null && bail - clock.now() > duree / 2) || prendre(),
    pendant: async (faire) => {
      const fin = new AbortController();
      const garder = async (): Promise<void> => {
        while (!fin.signal.aborted) {
          await clock.sleep(duree / 3, fin.signal);
          if (!fin.signal.aborted) await prendre();
        }
      };
      const garde = garder();
      try {
        return await faire();
      } finally {
        fin.abort();
        await garde;
      }
    },
    rendre: async () => {
      if (bail === null) return;
      bail = null;
      await store.tours
        .rendre(nom, proprietaire)
        .catch((cause: unknown) => log.warn('tour non rendu', { tour: nom, detail: String(cause) }));
    },
  };
}
