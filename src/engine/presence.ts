import { erreurNoeud } from '../metier/catalogue/noeud.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Noeud } from '../ports/store.ts';
import type { OutilsMoteur } from './outils.ts';

/** This daemon, as the others know it. */
export interface IdentiteNoeud extends Pick<Noeud, 'nom' | 'roles' | 'version'> {
  /** The store lets nobody else in: no other daemon can bear our name. */
  readonly seul: boolean;
}

/** What this daemon says of itself to the others that share its store. */
export interface Presence {
  /** Makes sure that the name is free, then says again and again that we are there. Throws VGM-NOE-001. */
  entrer(): Promise<void>;
  sortir(): Promise<void>;
  /** When a live daemon of the same name was last seen; null when none was. */
  jumeau(): Instant | null;
}

/** Between two signs of life. Milliseconds. */
const BATTEMENT = 5_000;
/** Two of them, and what a busy machine takes: a daemon that gave none meanwhile is dead. Milliseconds. */
const GUET = 12_000;
const REGARD = 500;
/** Beyond, it is dead without being watched, even if the clocks of two machines differ somewhat. Milliseconds. */
export const SILENCE = 60_000;

/**
 * Two daemons of one name would drop each other's leases. A name found in the store is watched: its owner gives a sign of life,
 * and we do not start; or none, and it was our own life before, or a machine that is no more. What counts is that the sign
 * changes, not the hour it bears, which is that of another clock.
 */
export function creerPresence(outils: OutilsMoteur, moi: IdentiteNoeud): Presence {
  const { clock, log, store } = outils;
  const { nom, roles, version, seul } = moi;
  const demarre = clock.now();
  const fin = new AbortController();
  let boucle: Promise<void> = Promise.resolve();
  let jumeau: Instant | null = null;

  const trouver = async (): Promise<Noeud | undefined> =>
    (await store.noeuds.lister(0 as Instant)).find((n) => n.nom === nom);

  const guetter = async (connu: Noeud): Promise<void> => {
    for (let attente = 0; attente < GUET; attente += REGARD) {
      await clock.sleep(REGARD, fin.signal);
      const vu = await trouver();
      if (vu !== undefined && (vu.vu !== connu.vu || vu.demarre !== connu.demarre))
        throw erreurNoeud('VGM-NOE-001', { nom });
    }
  };

  const battre = async (): Promise<void> => {
    const vu = await trouver();
    if (vu !== undefined && vu.demarre !== demarre) {
      jumeau = clock.now();
      log.error('un autre démon porte le nom de ce nœud', { noeud: nom });
    }
    await store.noeuds.annoncer({ nom, roles, version, demarre, vu: clock.now() });
  };

  const tourner = async (): Promise<void> => {
    while (!fin.signal.aborted) {
      await clock.sleep(BATTEMENT, fin.signal);
      if (fin.signal.aborted) return;
      await battre().catch((cause: unknown) => log.warn('signe de vie non écrit', { detail: String(cause) }));
    }
  };

  return {
    entrer: async () => {
      const connu = seul ? undefined : await trouver();
      if (connu !== undefined && clock.now() - connu.vu < SILENCE) await guetter(connu);
      await store.noeuds.annoncer({ nom, roles, version, demarre, vu: clock.now() });
      boucle = tourner();
    },
    sortir: async () => {
      fin.abort();
      await boucle;
      await store.noeuds.retirer(nom);
    },
    jumeau: () => jumeau,
  };
}
