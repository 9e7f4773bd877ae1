import type { NomProtocole, Flux, ObjetJson } from '../metier/flux.ts';
import type { Issue } from '../metier/issues.ts';

/** What the engine lends to a step while it works. */
export interface Poste {
  /**
   * Writes `en_ligne`, durably, just before the first byte leaves. From then on a crash leaves the fate unknown.
   * `complement` is kept with the flux. Throws VGM-NOY-001 when the flux changed meanwhile: nothing must leave.
   */
  mettreEnLigne(motif: string, complement?: ObjetJson): Promise<void>;
  /** Cuts what is under way. */
  readonly signal: AbortSignal;
  /** A stop is asked for: what has not left must not leave any more. */
  readonly arret: AbortSignal;
}

/** A step looks at one flux and gives an outcome back; it never writes state. */
export type Etape = (flux: Flux, poste: Poste) => Promise<Issue>;

export const NOMS_ETAPE = [
  'controle',
  'signature',
  'enveloppe',
  'transmission',
  'reprise',
  'attente',
] as const;
export type NomEtape = (typeof NOMS_ETAPE)[number];

export type Etapes = Readonly<Partial<Record<NomProtocole, Readonly<Partial<Record<NomEtape, Etape>>>>>>;
