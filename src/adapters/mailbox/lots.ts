import { erreurReception } from '../../metier/catalogue/reception.ts';
import type { Log } from '../../ports/log.ts';
import type { Consigner } from '../../ports/mailbox.ts';

/**
 * Largest message taken from a mailbox, bytes. Answers of the State stay under a few megabytes; a message beyond
 * is left at the source and reported: nothing is lost, and nothing foreign fills the coffre.
 */
export const MESSAGE_MAX = 50_000_000;

/** Messages filed together: their fsyncs are shared. */
const LOT_MESSAGES = 50;
const LOT_OCTETS = 8_000_000;

/** What a source says of a waiting message before it is read. */
export interface EnAttente {
  /** Name at the source: UID or file name. */
  readonly cle: string;
  /** Bytes. */
  readonly taille: number;
}

/** Leaves aside what cannot be taken, saying so once per process and per message. */
export class Tri {
  readonly #boite: string;
  readonly #log: Log;
  readonly #dits = new Set<string>();

  constructor(boite: string, log: Log) {
    this.#boite = boite;
    this.#log = log;
  }

  recevables(messages: readonly EnAttente[]): EnAttente[] {
    return messages.filter((m) => {
      if (m.taille > 0 && m.taille <= MESSAGE_MAX) return true;
      this.#signaler(m);
      return false;
    });
  }

  #signaler(message: EnAttente): void {
    if (this.#dits.has(message.cle)) return;
    this.#dits.add(message.cle);
    const code = message.taille === 0 ? 'VGM-ACC-016' : 'VGM-ACC-015';
    const details = { boite: this.#boite, message: message.cle, limite: MESSAGE_MAX };
    const { fiche } = erreurReception(code, details);
    this.#log.error(fiche.message, { code, remede: fiche.remede });
  }
}

/** Groups messages, in order: at most 50 and 8 MB, a bigger one alone. */
export function* enLots(messages: readonly EnAttente[]): Generator<EnAttente[]> {
  let lot: EnAttente[] = [];
  let octets = 0;
  for (const message of messages) {
    if (lot.length > 0 && (lot.length >= LOT_MESSAGES || octets + message.taille > LOT_OCTETS)) {
      yield lot;
      lot = [];
      octets = 0;
    }
    lot.push(message);
    octets += message.taille;
  }
  if (lot.length > 0) yield lot;
}

/** What became of a lot: the keys durably filed, and the first failure. */
export interface BilanLot {
  readonly consignes: string[];
  readonly echec: unknown;
}

/** Files the messages of a lot together; one failure does not hold back the others. */
export async function consignerLot(
  lot: readonly EnAttente[],
  consigner: (message: EnAttente) => Promise<boolean>,
): Promise<BilanLot> {
  const resultats = await Promise.allSettled(lot.map(consigner));
  const consignes = lot.filter((_, i) => {
    const r = resultats[i];
    return r?.status === 'fulfilled' && r.value;
  });
  const echec: unknown = resultats.find((r) => r.status === 'rejected')?.reason;
  return { consignes: consignes.map((m) => m.cle), echec };
}

/** Operations of one round on a source. */
export interface Tournee {
  /** @returns false when the message is no longer there. */
  consigner(message: EnAttente): Promise<boolean>;
  /** Takes filed messages away from the source. Called only with durable ones. */
  ranger(cles: readonly string[]): Promise<void>;
  /** Called before a lot, to read it in one go. */
  preparer?(lot: readonly EnAttente[]): Promise<void>;
}

/**
 * Files then takes away, lot by lot. A message that cannot be filed stays at its source; the round goes on while
 * at least one message of each lot gets through, then its first failure is thrown.
 * @returns the number of messages filed.
 */
export async function faireTournee(messages: readonly EnAttente[], tournee: Tournee): Promise<number> {
  let total = 0;
  let premierEchec: unknown;
  for (const lot of enLots(messages)) {
    await tournee.preparer?.(lot);
    const { consignes, echec } = await consignerLot(lot, (m) => tournee.consigner(m));
    if (consignes.length > 0) await tournee.ranger(consignes);
    total += consignes.length;
    premierEchec ??= echec;
    if (echec !== undefined && consignes.length === 0) break;
  }
  if (premierEchec !== undefined) throw premierEchec;
  return total;
}

/** Tells failures of the filing (ours, passed on unchanged) from failures of the source (translated). */
export function surveiller(consigner: Consigner): {
  readonly consigner: Consigner;
  readonly enCause: (erreur: unknown) => boolean;
} {
  const echecs = new WeakSet();
  return {
    async consigner(brut, source) {
      try {
        await consigner(brut, source);
      } catch (erreur) {
        if (erreur instanceof Error) echecs.add(erreur);
        throw erreur;
      }
    },
    enCause: (erreur) => erreur instanceof Error && echecs.has(erreur),
  };
}
