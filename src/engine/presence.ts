import { erreurNoeud } from '../metier/catalogue/noeud.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Noeud } from '../ports/store.ts';
import type { OutilsMoteur } from './outils.ts';

/** This daemon, as the others know it. */
export type IdentiteNoeud = Pick<Noeud, 'nom' | 'roles' | 'version'>;

/** What this daemon says of itself to the others that share its store. */
export interface Presence {
  /** Takes the name, then says again and again that we are there. Throws VGM-NOE-001. */
  entrer(): Promise<void>;
  /** Never rejects: a daemon stops, whatever the store. */
  sortir(): Promise<void>;
  /** When a live daemon of the same name was last seen; null when none was. */
  jumeau(): Instant | null;
}

/** Between two signs of life. Milliseconds. */
const BATTEMENT = 5_000;
/** Two of them, and what a busy machine takes: a daemon that gave none meanwhile is dead. Milliseconds. */
const GUET = 12_000;
const REGARD = 500;
/** Left to the store to part a name from the one that was cut off. Milliseconds. */
const EVICTION = 3_000;
/** Beyond, it is no longer in service, even if the clocks of two machines differ somewhat. Milliseconds. */
export const SILENCE = 60_000;
/**
 * A daemon that stood still for so long may find that it was taken for dead, and its name given to another: watched for `GUET`,
 * it gave no sign after the last one that it could have given in time. Milliseconds.
 */
export const ABSENCE = GUET - BATTEMENT;

type Outils = Pick<OutilsMoteur, 'clock' | 'log' | 'store'>;

export function creerPresence(outils: Outils, { nom, roles, version }: IdentiteNoeud): Presence {
  const { clock, log, store } = outils;
  const demarre = clock.now();
  const fin = new AbortController();
  let boucle: Promise<void> = Promise.resolve();
  let jumeau: Instant | null = null;

  const signer = (): Promise<void> =>
    store.noeuds.annoncer({ nom, roles, version, demarre, vu: clock.now() });

  const battre = async (): Promise<void> => {
    const vu = await trouver(store, nom);
    await signer();
    const notre = await store.noeuds.tenirNom(nom);
    if (notre && (vu === undefined || vu.demarre === demarre)) return;
    jumeau = clock.now();
    log.error('un autre démon porte le nom de ce nœud', { noeud: nom });
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
      await prendreNom(outils, nom);
      await signer();
      boucle = tourner();
    },
    sortir: async () => {
      fin.abort();
      await boucle;
      await store.noeuds
        .retirer(nom)
        .catch((cause: unknown) => log.warn('départ non écrit', { noeud: nom, detail: String(cause) }));
    },
    jumeau: () => jumeau,
  };
}

async function trouver({ noeuds }: Outils['store'], nom: string): Promise<Noeud | undefined> {
  return (await noeuds.lister(0 as Instant)).find((n) => n.nom === nom);
}

/**
 * Two daemons of one name would drop each other's leases: the store gives the name to one of them. One that was killed has left
 * it, and its next start waits for nothing. A name that is held is watched: its owner gives a sign of life, and we do not start;
 * or none, and it stands still, or its machine is no more: we take the name from it. Throws VGM-NOE-001.
 */
async function prendreNom(outils: Outils, nom: string): Promise<void> {
  const { log, store } = outils;
  if (await store.noeuds.tenirNom(nom)) return;
  const connu = await trouver(store, nom);
  if (await guetter(outils, { nom, connu, duree: GUET })) return;
  log.warn('le nom de ce nœud est repris à un démon qui ne donne plus signe de vie', { noeud: nom });
  await store.noeuds
    .evincer(nom)
    .catch((cause: unknown) => log.warn('nom non repris', { noeud: nom, detail: String(cause) }));
  if (!(await guetter(outils, { nom, connu, duree: EVICTION }))) throw erreurNoeud('VGM-NOE-001', { nom });
}

interface Guet {
  readonly nom: string;
  /** As its owner last said it was there; undefined: it never did. */
  readonly connu: Noeud | undefined;
  readonly duree: number;
}

/**
 * What counts is that the sign changes, not the hour it bears, which is that of another clock.
 * @returns whether the name is ours before `duree` is over. Throws VGM-NOE-001 when its owner gives a sign of life.
 */
async function guetter({ clock, store }: Outils, { nom, connu, duree }: Guet): Promise<boolean> {
  for (let attente = 0; attente < duree; attente += REGARD) {
    await clock.sleep(REGARD);
    if (await store.noeuds.tenirNom(nom)) return true;
    const vu = await trouver(store, nom);
    if (vu !== undefined && (vu.vu !== connu?.vu || vu.demarre !== connu.demarre))
      throw erreurNoeud('VGM-NOE-001', { nom });
  }
  return false;
}
