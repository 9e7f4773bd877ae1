/** Signals that ask the command to stop. */

const SIGNAUX = ['SIGINT', 'SIGTERM'] as const;
export type SignalArret = (typeof SIGNAUX)[number];

/**
 * One order often comes twice: the terminal (or systemd) signals the whole process group, and the launcher that
 * stands above us under an old Node forwards its own copy. Closer than this, it is the same order. Milliseconds.
 */
const MEME_ORDRE_MS = 1000;

export interface OutilsInterruption {
  /** Milliseconds, monotonic: a clock set right meanwhile must not make one order of two. */
  readonly chronometre: () => number;
  readonly surSignal: (signal: SignalArret, reagir: () => void) => void;
  /** Ends the process by this signal, as if nobody had listened to it. */
  readonly couper: (signal: SignalArret) => void;
}

/** @returns what aborts at the first order; a second one, at least one second later, stops at once. */
export function ecouterInterruption(outils: OutilsInterruption): AbortSignal {
  const fin = new AbortController();
  let premier: number | undefined;
  for (const signal of SIGNAUX) {
    outils.surSignal(signal, () => {
      const instant = outils.chronometre();
      if (premier === undefined) {
        premier = instant;
        fin.abort();
      } else if (instant - premier >= MEME_ORDRE_MS) outils.couper(signal);
    });
  }
  return fin.signal;
}
