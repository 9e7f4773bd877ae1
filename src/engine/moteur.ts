import type { OutilsAccuse } from '../etapes/accuse-lot.ts';
import type { Etapes } from '../etapes/etape.ts';
import type { OutilsNotification } from '../etapes/notification.ts';
import type { Flux } from '../metier/flux.ts';
import type { Livraison } from '../metier/notifications.ts';
import type { Retour } from '../metier/retours.ts';
import { executerFlux } from './executer-flux.ts';
import { executerLivraison } from './executer-livraison.ts';
import { executerRetour } from './executer-retour.ts';
import type { OutilsMoteur } from './outils.ts';
import type { NomCouloir } from './reveils.ts';
import { creerWorker, type Worker } from './worker.ts';

export interface Moteur {
  /** Drops the leases of the worker that is no more (ours, before the restart), then takes work. */
  demarrer(): Promise<void>;
  reveiller(couloir: NomCouloir): void;
  arreter(): Promise<void>;
}

export interface ReglageMoteur {
  readonly etapes: Etapes;
  readonly accuse: OutilsAccuse;
  readonly notification: OutilsNotification;
  /** Notifications under way at once. */
  readonly placesNotification: number;
  readonly proprietaire: string;
}

/** Returns analysed at once: CPU work, little to gain beyond. */
const PLACES_RETOURS = 8;

/** Three lanes that never hold one another: the leg to the State, its answers, the debts to the collectivités. */
export function creerMoteur(outils: OutilsMoteur, reglage: ReglageMoteur): Moteur {
  const { file } = outils.store;
  const workers: Readonly<Record<NomCouloir, Worker>> = {
    flux: creerWorker<Flux>(
      outils,
      {
        nom: 'flux',
        places: outils.reglage.concurrence,
        reclamer: (d) => file.reclamerFlux(d),
        executer: (f) => executerFlux(outils, reglage.etapes, f),
      },
      reglage.proprietaire,
    ),
    retours: creerWorker<Retour>(
      outils,
      {
        nom: 'retours',
        places: PLACES_RETOURS,
        reclamer: (d) => file.reclamerRetours(d),
        executer: (r) => executerRetour(outils, reglage.accuse, r),
      },
      reglage.proprietaire,
    ),
    livraisons: creerWorker<Livraison>(
      outils,
      {
        nom: 'livraisons',
        places: reglage.placesNotification,
        reclamer: (d) => file.reclamerLivraisons(d),
        executer: (l) => executerLivraison(outils, reglage.notification, l),
      },
      reglage.proprietaire,
    ),
  };
  return {
    demarrer: async () => {
      await file.libererBaux(reglage.proprietaire);
      for (const worker of Object.values(workers)) worker.demarrer();
    },
    reveiller: (couloir) => workers[couloir].reveiller(),
    arreter: async () => {
      await Promise.all(Object.values(workers).map((w) => w.arreter()));
    },
  };
}
