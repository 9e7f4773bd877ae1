import type { Instant } from '../metier/identifiants.ts';
import type { Consigner, Mailbox } from '../ports/mailbox.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { OutilsMoteur } from './outils.ts';
import { noterSourceLue } from './restauration.ts';
import { creerTour, type TourDuNoeud } from './tour.ts';

export interface BoiteReglee {
  readonly boite: Mailbox;
  /** Milliseconds between the end of a fetch and the next. */
  readonly periode: number;
}

export interface ReleveFaite {
  readonly source: string;
  readonly nombre: number;
  readonly erreur: string | null;
}

/** The last fetch of a mailbox, and when it ended. */
export interface DerniereReleve extends ReleveFaite {
  readonly quand: Instant;
}

export interface Releve {
  demarrer(): void;
  /** Fetches every mailbox now, whoever has the turn; a fetch that runs already is waited for, not doubled. */
  relever(): Promise<readonly ReleveFaite[]>;
  /** @returns undefined before the first fetch of this mailbox by this node. */
  derniere(source: string): DerniereReleve | undefined;
  arreter(): Promise<void>;
}

/** How much longer than its period a mailbox is left to the node that fetches it. Milliseconds. */
const MARGE = 30_000;
/** Between two looks of the nodes that wait for their turn, at most. Milliseconds. */
const ATTENTE = 15_000;

/**
 * Fetches each mailbox in its own loop: one that is down does not hold the others. Of the nodes that share a store one at a time
 * fetches a mailbox; two that believe it is their turn file the same messages, which are kept once, and each takes away what it
 * has filed (a message that is no longer there is no fault).
 */
export function creerReleve(
  outils: OutilsMoteur,
  boites: readonly BoiteReglee[],
  { consigner, proprietaire }: { readonly consigner: Consigner; readonly proprietaire: string },
): Releve {
  const cours = new Map<string, Promise<ReleveFaite>>();
  const dernieres = new Map<string, DerniereReleve>();
  const boucles: Promise<void>[] = [];

  const releverUne = (boite: Mailbox): Promise<ReleveFaite> => {
    const deja = cours.get(boite.nom);
    if (deja !== undefined) return deja;
    const promesse = tenter(outils, boite, consigner)
      .then((faite) => {
        dernieres.set(boite.nom, { ...faite, quand: outils.clock.now() });
        return faite;
      })
      .finally(() => cours.delete(boite.nom));
    cours.set(boite.nom, promesse);
    return promesse;
  };

  const boucler = async ({ boite, periode }: BoiteReglee): Promise<void> => {
    const { clock, signaux } = outils;
    const tour: TourDuNoeud = creerTour(outils, { nom: boite.nom, proprietaire, duree: periode + MARGE });
    while (!signaux.arret.aborted) {
      const notre = await tour.tenir();
      if (notre) await tour.pendant(() => releverUne(boite));
      await clock.sleep(notre ? periode : Math.min(periode, ATTENTE), signaux.arret);
    }
    await tour.rendre();
  };

  return {
    demarrer: () => {
      boucles.push(...boites.map(boucler));
    },
    relever: () => Promise.all(boites.map(({ boite }) => releverUne(boite))),
    derniere: (source) => dernieres.get(source),
    arreter: async () => {
      await Promise.all(boucles);
    },
  };
}

async function tenter(outils: OutilsMoteur, boite: Mailbox, consigner: Consigner): Promise<ReleveFaite> {
  try {
    const nombre = await boite.relever(consigner);
    await noterSourceLue(outils, boite.nom);
    return { source: boite.nom, nombre, erreur: null };
  } catch (cause) {
    const fiche = cause instanceof ErreurVgm ? cause.fiche : null;
    outils.log.warn('relève impossible', {
      boite: boite.nom,
      code: fiche?.code ?? 'inconnu',
      detail: fiche?.message ?? String(cause),
    });
    return {
      source: boite.nom,
      nombre: 0,
      erreur: fiche === null ? 'erreur inattendue' : `${fiche.message} ${fiche.remede}`,
    };
  }
}
