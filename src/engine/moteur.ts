import type { OutilsAccuse } from '../etapes/accuse-lot.ts';
import type { Etapes } from '../etapes/etape.ts';
import type { OutilsNotification } from '../etapes/notification.ts';
import { FILE_LIVRAISONS, FILE_RETOURS, fileDeDestination, fileDeProtocole } from '../metier/files.ts';
import type { Flux, NomProtocole } from '../metier/flux.ts';
import type { Livraison } from '../metier/notifications.ts';
import type { Retour } from '../metier/retours.ts';
import type { Limites, Repartition } from '../ports/repartition.ts';
import { creerBalayage } from './balayage.ts';
import { creerBaux } from './baux.ts';
import { executerFlux } from './executer-flux.ts';
import { executerLivraison } from './executer-livraison.ts';
import { executerRetour } from './executer-retour.ts';
import type { OutilsMoteur } from './outils.ts';
import { creerRonde } from './ronde.ts';
import { type Couloir, creerWorker, type Liens, type Worker } from './worker.ts';

export interface Moteur {
  /** Drops the leases of the worker that is no more (ours, before the restart), then takes work. */
  demarrer(): Promise<void>;
  arreter(): Promise<void>;
}

/** A door of the State, as orders name it. */
export interface DestinationServie {
  readonly nom: string;
  /** Flux that this node hands over there at once. */
  readonly places: number;
  /** Of all nodes together; null = none. */
  readonly limites: Limites | null;
}

export interface ReglageMoteur {
  readonly etapes: Etapes;
  readonly destinations: readonly DestinationServie[];
  readonly accuse: OutilsAccuse;
  readonly notification: OutilsNotification;
  /** Notifications under way at once. */
  readonly placesNotification: number;
  /** Name of the node: its leases bear it. */
  readonly proprietaire: string;
  /** How long it may stand still before another daemon takes its name (presence.ts); Infinity: none can. Milliseconds. */
  readonly absence: number;
  readonly repartition: Repartition;
}

/** Returns analysed at once: CPU work, little to gain beyond. */
const PLACES_RETOURS = 8;
/** Flux of a door that the settings no longer know, worked on at once. */
const PLACES_ORPHELINES = 2;
/** Between two looks for queues that nobody serves. Milliseconds. */
const RONDE = 60_000;

/**
 * Queues that never hold one another up: the work on flux, by protocol; each door of the State; its answers; the debts to the
 * collectivités.
 */
export function creerMoteur(outils: OutilsMoteur, reglage: ReglageMoteur): Moteur {
  const { file } = outils.store;
  const { proprietaire, absence, repartition } = reglage;
  const baux = creerBaux(outils, proprietaire, absence);
  const balayage = creerBalayage(outils.clock, outils.signaux.arret);
  const liens: Liens = { proprietaire, baux, balayage, repartition };
  const workers = new Map<string, Worker>();

  const ouvrir = <T extends { readonly id: string }>(couloir: Couloir<T>): void => {
    const worker = creerWorker(outils, couloir, liens);
    workers.set(couloir.nom, worker);
    worker.demarrer();
  };
  /** The settings of another node, or of before: nothing that waits is left aside. */
  const ouvrirOrphelines = async (): Promise<void> => {
    for (const nom of await file.files()) {
      if (workers.has(nom)) continue;
      outils.log.warn('file que les réglages ne connaissent pas', { file: nom });
      ouvrir(couloirFlux(outils, reglage, { nom, places: PLACES_ORPHELINES, limites: null }));
    }
  };
  const ronde = creerRonde(outils, { nom: 'files', periode: RONDE, faire: ouvrirOrphelines });

  return {
    demarrer: async () => {
      await file.libererBaux(proprietaire);
      baux.demarrer();
      for (const capacite of filesDeFlux(outils, reglage)) ouvrir(couloirFlux(outils, reglage, capacite));
      ouvrir(couloirRetours(outils, reglage));
      ouvrir(couloirLivraisons(outils, reglage));
      await ouvrirOrphelines();
      ronde.demarrer();
    },
    arreter: async () => {
      await ronde.arreter();
      await Promise.all([...workers.values()].map((w) => w.arreter()));
      await baux.arreter();
    },
  };
}

type Capacite = Pick<Couloir<Flux>, 'nom' | 'places' | 'limites'>;

function filesDeFlux({ reglage: { concurrence: places } }: OutilsMoteur, reglage: ReglageMoteur): Capacite[] {
  const protocoles = Object.keys(reglage.etapes) as NomProtocole[];
  return [
    ...protocoles.map((protocole) => ({ nom: fileDeProtocole(protocole), places, limites: null })),
    ...reglage.destinations.map((d) => ({ ...d, nom: fileDeDestination(d.nom) })),
  ];
}

function couloirFlux(outils: OutilsMoteur, { etapes }: ReglageMoteur, capacite: Capacite): Couloir<Flux> {
  const { nom: file } = capacite;
  return {
    ...capacite,
    table: 'flux',
    reclamer: (d) => outils.store.file.reclamerFlux({ ...d, file }),
    executer: (flux, prise) => executerFlux(outils, etapes, { flux, prise, file }),
  };
}

function couloirRetours(outils: OutilsMoteur, { accuse }: ReglageMoteur): Couloir<Retour> {
  return {
    nom: FILE_RETOURS,
    table: 'retours',
    places: PLACES_RETOURS,
    limites: null,
    reclamer: (d) => outils.store.file.reclamerRetours(d),
    executer: (retour) => executerRetour(outils, accuse, retour),
  };
}

function couloirLivraisons(
  outils: OutilsMoteur,
  { notification, placesNotification: places }: ReglageMoteur,
): Couloir<Livraison> {
  return {
    nom: FILE_LIVRAISONS,
    table: 'livraisons',
    places,
    limites: null,
    reclamer: (d) => outils.store.file.reclamerLivraisons(d),
    executer: (livraison) => executerLivraison(outils, notification, livraison),
  };
}
