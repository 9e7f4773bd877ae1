import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/manifest.ts';
import type { Contexte, Gestes } from '../gestes/gestes.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';

/** What every family of routes is given. */
export interface Porte {
  readonly gestes: Gestes;
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  readonly random: Random;
  /** Aborts when the server stops: live answers end on it. */
  readonly arret: AbortSignal;
}

/** Adds one family of routes to an instance already under `/api/v1`. */
export type Famille = (app: FastifyInstance, porte: Porte) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks and what he may see; set before any handler runs. */
    contexte: Contexte;
  }
}
