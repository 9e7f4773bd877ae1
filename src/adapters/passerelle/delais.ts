import type { Clock } from '../../ports/clock.ts';
import { FautePair } from './fautes.ts';

/** Time limits of a gateway. Milliseconds but where said. */
export interface Delais {
  /** Name, connection, handshake and login together. */
  readonly connexionMs: number;
  /** Longest wait for the answer to one request. */
  readonly reponseMs: number;
  /** Longest time without a byte moving during a transfer. */
  readonly silenceMs: number;
  /** Bytes per second below which a transfer is given up: with the silence, it bounds the whole. */
  readonly debitMin: number;
  /** An idle connection is closed after that; 0 = none is kept. */
  readonly reposMs: number;
}

/** `0,4 s`: French decimal mark. */
function enSecondes(ms: number): string {
  return `${String(ms / 1000).replace('.', ',')} s`;
}

/** A reason of our own: the default one would build an exception at each answer that comes in time. */
const FINI = 'fini';

/** Fails as a fault of the line when `promesse` takes longer than `ms`. What was asked goes on: the caller hangs up. */
export async function borner<T>(
  promesse: Promise<T>,
  limite: { readonly clock: Clock; readonly ms: number; readonly quoi: string },
): Promise<T> {
  const fin = new AbortController();
  const delai = limite.clock.sleep(limite.ms, fin.signal).then(() => {
    if (fin.signal.aborted) return undefined as never;
    throw new FautePair('ligne', `${limite.quoi} : rien en ${enSecondes(limite.ms)}`);
  });
  // The loser of the race must not be reported as unhandled.
  promesse.catch(() => undefined);
  try {
    return await Promise.race([promesse, delai]);
  } finally {
    fin.abort(FINI);
    delai.catch(() => undefined);
  }
}

export interface Transfert {
  readonly clock: Clock;
  readonly delais: Delais;
  /** Bytes. */
  readonly taille: number;
  /** A number that grows with the bytes moved; null while the peer owes nothing (our side is slow, or all has left). */
  readonly progres: () => number | null;
}

/** Looks at a silence are this many: a stall is told between `silenceMs` and a quarter more. */
const REGARDS = 4;

/**
 * Follows `travail` and fails as a fault of the line when nothing moves for `silenceMs`, or when the whole lasts longer
 * than the slowest rate allows.
 */
export async function surveiller<T>(travail: Promise<T>, transfert: Transfert): Promise<T> {
  const fin = new AbortController();
  const garde = veiller(transfert, fin.signal);
  travail.catch(() => undefined);
  try {
    return await Promise.race([travail, garde]);
  } finally {
    fin.abort(FINI);
    garde.catch(() => undefined);
  }
}

/** Time is counted by its own sleeps: a clock set forward is no silence of the peer. */
async function veiller({ clock, delais, taille, progres }: Transfert, fin: AbortSignal): Promise<never> {
  const { silenceMs, debitMin } = delais;
  const totalMs = silenceMs + (taille / debitMin) * 1000;
  const pas = silenceMs / REGARDS;
  let vu = progres();
  let calmes = 0;
  for (let ecoule = pas; ; ecoule += pas) {
    await clock.sleep(pas, fin);
    if (fin.aborted) return new Promise<never>(() => undefined);
    const maintenant = progres();
    calmes = maintenant !== null && maintenant === vu ? calmes + 1 : 0;
    vu = maintenant;
    if (calmes >= REGARDS) throw new FautePair('ligne', `plus rien ne passe depuis ${enSecondes(silenceMs)}`);
    if (ecoule >= totalMs) throw new FautePair('ligne', `moins de ${debitMin} octets par seconde`);
  }
}
