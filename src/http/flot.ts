import type { IncomingMessage, ServerResponse } from 'node:http';
import { erreurApi } from '../metier/catalogue/api.ts';
import type { ErreurVgm } from '../metier/erreurs.ts';

/** Counts the bytes of one request over all its parts, and remembers the first failure of the incoming bytes. */
export interface Compteur {
  octets: number;
  readonly limite: number;
  /** The error to tell, whatever the reader of the bytes made of it. */
  panne: ErreurVgm | undefined;
}

export function compteur(limite: number): Compteur {
  return { octets: 0, limite, panne: undefined };
}

/**
 * Lets bytes through until the limit, then breaks: the reader (the coffre) sees a failing source and leaves nothing.
 * @param lire turns a failure of the source into the error to tell.
 */
export async function* borner(
  source: AsyncIterable<Uint8Array>,
  compte: Compteur,
  lire: (erreur: unknown) => ErreurVgm,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const bloc of source) {
      compte.octets += bloc.length;
      if (compte.octets > compte.limite) {
        compte.panne = erreurApi('VGM-API-004', { limite: compte.limite });
        break;
      }
      yield bloc;
    }
  } catch (erreur) {
    compte.panne = lire(erreur);
  }
  if (compte.panne !== undefined) throw compte.panne;
}

/** Lets bytes through, and breaks at their end when there were none: an empty message is no message. */
export async function* exigerOctets(
  source: AsyncIterable<Uint8Array>,
  compte: Compteur,
): AsyncGenerator<Uint8Array> {
  yield* source;
  if (compte.octets > 0) return;
  compte.panne = erreurApi('VGM-API-018');
  throw compte.panne;
}

/** Bytes still read, and thrown away, from a client that goes on sending after its refusal. */
const PURGE_MAX = 64 * 1024 * 1024;

/**
 * Lets a refused client finish its sending so that it can read the answer (a closed socket would show it a network
 * error instead), but not for ever: beyond 64 MiB the line is cut.
 */
export function purger(requete: IncomingMessage, reponse: ServerResponse): void {
  if (requete.complete || requete.destroyed) return;
  // Whatever « Connection » the client announced: at « close », node hangs up as soon as the answer is written.
  reponse.shouldKeepAlive = true;
  let jetes = 0;
  requete.unpipe();
  requete.on('data', (bloc: Buffer) => {
    jetes += bloc.length;
    if (jetes > PURGE_MAX) requete.destroy();
  });
  requete.on('error', () => undefined);
  requete.resume();
}
