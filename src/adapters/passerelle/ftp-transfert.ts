import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type FTPContext, FTPError, type FTPResponse } from 'basic-ftp';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import { borner, type Delais } from './delais.ts';
import { FautePair } from './fautes.ts';
import { prete } from './ftp-donnees.ts';

/** Bytes between the source and the data connection. */
const TAMPON = 262_144;

/** Bytes that may still be on their way, in the buffers of both systems, when all has left us. */
const EN_ROUTE = 8_000_000;

export interface Ordre {
  readonly commande: string;
  /** Bytes. */
  readonly taille: number;
  readonly clock: Clock;
  readonly delais: Delais;
}

/**
 * One transfer command (STOR, RETR, LIST…): its two answers on the control connection, its bytes on the other. What the
 * server answers weighs more than how the data connection ended: a full disk cuts the latter first.
 */
export class Transfert {
  readonly prise: Socket;
  readonly ordre: Ordre;
  readonly #ftp: FTPContext;
  readonly #accepte = Promise.withResolvers<void>();
  #fin: Promise<FTPResponse> | undefined;
  /** Did the server begin? Before that, a refusal is its only answer. */
  entame = false;

  constructor(ftp: FTPContext, prise: Socket, ordre: Ordre) {
    this.#ftp = ftp;
    this.ordre = ordre;
    this.prise = prise;
    // Told by whoever reads or writes.
    prise.on('error', () => undefined);
    this.#accepte.promise.catch(() => undefined);
  }

  /** Resolves when the server has all the bytes and says so. */
  async televerser(contenu: AsyncIterable<Uint8Array>, entamer: () => void): Promise<void> {
    const fin = this.#lancer();
    await this.#accepte.promise;
    entamer();
    await prete(this.prise);
    // Unread TLS tickets would turn our goodbye into a reset, which may overtake the last bytes.
    this.prise.resume();
    const source = Readable.from(contenu, { objectMode: false, highWaterMark: TAMPON });
    const envoi: Promise<unknown> = pipeline(source, this.prise).then(
      () => null,
      (erreur: unknown) => erreur,
    );
    // A refusal on the way ends it at once; a success waits for the bytes all the same.
    const panne = await Promise.race([envoi, fin.then(() => envoi)]);
    if (panne instanceof ErreurVgm) throw panne;
    const { delais, taille } = this.ordre;
    const enRoute = (Math.min(taille, EN_ROUTE) / delais.debitMin) * 1000;
    await this.#conclure(fin, panne, delais.silenceMs + enRoute);
  }

  /** Ends only after the closing answer of the server. */
  async *lire(): AsyncGenerator<Uint8Array> {
    const fin = this.#lancer();
    await this.#accepte.promise;
    let panne: unknown = null;
    try {
      yield* this.prise as AsyncIterable<Uint8Array>;
    } catch (erreur) {
      panne = erreur;
    }
    await this.#conclure(fin, panne, this.ordre.delais.silenceMs);
  }

  /** Bytes that the peer has yet to take; null when it owes nothing but its answer. */
  partis(): number | null {
    const { writableLength, bytesWritten } = this.prise;
    return writableLength === 0 ? null : bytesWritten - writableLength;
  }

  async #conclure(fin: Promise<unknown>, panne: unknown, patience: number): Promise<void> {
    const { clock, delais } = this.ordre;
    const ms = panne === null ? patience : delais.reponseMs;
    await borner(fin, { clock, ms, quoi: 'réponse finale' });
    if (panne !== null) throw new FautePair('ligne', 'connexion de données coupée', panne);
  }

  #lancer(): Promise<FTPResponse> {
    const fin = this.#ftp.handle(this.ordre.commande, (reponse, tache) => {
      if (reponse instanceof Error) tache.reject(reponse);
      else if (reponse.code >= 200) tache.resolve(reponse);
      else {
        this.entame = true;
        this.#accepte.resolve();
      }
    }) as Promise<FTPResponse>;
    this.#fin = fin;
    // A closing answer without an opening one is odd, and still an answer.
    fin.then(
      () => this.#accepte.resolve(),
      (erreur: unknown) => this.#accepte.reject(erreur),
    );
    return fin;
  }

  /** Whatever happened, the data connection is over. @returns whether the control connection is still in step. */
  fermer(erreur: unknown): boolean {
    this.prise.destroy();
    this.#fin?.catch(() => undefined);
    return erreur === null || (!this.entame && erreur instanceof FTPError);
  }
}
