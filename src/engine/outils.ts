import type { Config } from '../config/manifest.ts';
import type { Annuaire } from '../etapes/annuaire.ts';
import type { Flux } from '../metier/flux.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { Diffusion } from './diffusion.ts';

/** What every part of the engine works with. */
export interface OutilsMoteur {
  readonly store: Store;
  readonly annuaire: Annuaire;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly diffusion: Diffusion;
  readonly reglage: Config['moteur'];
  readonly signaux: Signaux;
  /** By which door of the State a flux leaves (`ACTES`, `HELIOS:<gateway>`); null when none is set for it. */
  readonly destinationDe: (flux: Flux) => Promise<string | null>;
}

/** How the engine is asked to stop: first take nothing new, then (after `arret_s`) cut what still runs. */
export interface Signaux {
  readonly arret: AbortSignal;
  readonly coupure: AbortSignal;
}
