import { styleText } from 'node:util';
import type { Etat } from '../metier/etats.ts';
import type { Clock } from '../ports/clock.ts';
import type { Dgfip } from './dgfip/dgfip.ts';
import type { Laboratoire, ProcessusDemon } from './laboratoire.ts';
import type { Receveur } from './receveur.ts';
import type { DepotDuRecit } from './recit.ts';

/** What the chapters of the demonstration share: the world that they act in, and how to look at a flux. */

export interface Scene {
  readonly labo: Laboratoire;
  readonly dgfip: Dgfip;
  readonly clock: Clock;
  readonly receveur: Receveur;
  /** One line of the story. */
  readonly dire: (ligne: string) => void;
  demon: ProcessusDemon;
}

/** A deposit that was taken. */
export interface Suivi {
  readonly depot: DepotDuRecit;
  readonly id: string;
}

export interface FluxVu {
  readonly etat: Etat;
  readonly identite: string;
  readonly nomEnvoi: string | null;
  readonly erreur: { readonly message: string } | null;
}

export interface PieceVue {
  readonly role: string;
  readonly sha256: string;
}

/** The whole story must end well before a minute; each wait is bounded. Milliseconds. */
const ATTENTE_MAX = 20_000;
const PAS_MS = 60;

export const SIREN = '213400016';
export const SIRET = `${SIREN}00019`;

export async function voir(scene: Scene, id: string): Promise<{ flux: FluxVu; pieces: readonly PieceVue[] }> {
  const { corps } = await scene.labo.client.lire(`/flux/${id}`);
  return corps as unknown as { flux: FluxVu; pieces: readonly PieceVue[] };
}

/** Looks until it is so, or until patience ends. */
export async function patienter(clock: Clock, fini: () => Promise<boolean> | boolean): Promise<boolean> {
  const limite = clock.now() + ATTENTE_MAX;
  while (!(await fini())) {
    if (clock.now() > limite) return false;
    await clock.sleep(PAS_MS);
  }
  return true;
}

/** @returns the state in which the flux is found: one of those awaited, or where it stays. */
export async function attendre(scene: Scene, id: string, etats: readonly Etat[]): Promise<Etat> {
  let { etat } = (await voir(scene, id)).flux;
  await patienter(scene.clock, async () => {
    etat = (await voir(scene, id)).flux.etat;
    return etats.includes(etat);
  });
  return etat;
}

/** SHA-256 of what left, or is about to leave, for the State; null before. */
export async function empreinteEnvoyee(scene: Scene, id: string): Promise<string | null> {
  const { pieces } = await voir(scene, id);
  return pieces.find((p) => p.role === 'archive')?.sha256 ?? null;
}

export const vert = (t: string): string => styleText('green', t);
export const jaune = (t: string): string => styleText('yellow', t);
export const rouge = (t: string): string => styleText('red', t);
export const gris = (t: string): string => styleText('gray', t);
