import type { Instant } from '../metier/identifiants.ts';

/** The only source of time. Nothing else in the program asks the system. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms` milliseconds, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
