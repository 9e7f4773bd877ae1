import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Clock } from '../../ports/clock.ts';
import type { Envoi, ReponseTransport } from '../../ports/transport.ts';
import { alertePoignee, causeDe, enSecondes } from './causes.ts';
import { type AgentMinistere, EchecConnexion } from './connexion.ts';
import type { Cadre } from './multipart.ts';

export interface Demande {
  readonly url: string;
  readonly envoi: Envoi;
  readonly cadre: Cadre;
  readonly agentUtilisateur: string;
  /** Connection included. */
  readonly delaiTotalMs: number;
}

export interface Moyens {
  readonly agent: AgentMinistere;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Characters kept of an answer, for people. */
const EXTRAIT_MAX = 500;
/** Beyond that many bytes the rest of an answer is not worth a kept connection. */
const REPONSE_MAX = 65_536;

/** One POST, followed to its end. Throws only if the archive itself cannot be opened. */
export async function poster(demande: Demande, moyens: Moyens): Promise<ReponseTransport> {
  const source = await demande.envoi.ouvrir();
  const remise = new Remise(demande, source, moyens);
  try {
    return await remise.mener();
  } finally {
    source.destroy();
  }
}

/** State of one POST: what left, what came back. */
class Remise {
  readonly #demande: Demande;
  readonly #source: Readable;
  readonly #moyens: Moyens;
  readonly #issue = Promise.withResolvers<ReponseTransport>();
  readonly #fin = new AbortController();
  #requete: ClientRequest | undefined;
  #socket: Socket | undefined;
  /** Bytes the connection had carried before us. */
  #depart = 0;
  #reponse: IncomingMessage | undefined;
  #corps: Buffer[] = [];
  #recus = 0;
  #corpsParti = false;

  constructor(demande: Demande, source: Readable, moyens: Moyens) {
    this.#demande = demande;
    this.#source = source;
    this.#moyens = moyens;
  }

  async mener(): Promise<ReponseTransport> {
    const { signal } = this.#moyens;
    if (signal.aborted) return this.#nonParti('arrêt demandé');
    const arret = () => this.#renoncer('arrêt demandé avant la réponse');
    signal.addEventListener('abort', arret, { once: true });
    this.#surveiller();
    try {
      this.#requete = this.#preparer();
      return await this.#issue.promise;
    } finally {
      signal.removeEventListener('abort', arret);
      this.#fin.abort();
      if (!this.#corpsParti) this.#requete?.destroy();
    }
  }

  #surveiller(): void {
    const { delaiTotalMs } = this.#demande;
    void this.#moyens.clock.sleep(delaiTotalMs, this.#fin.signal).then(() => {
      if (!this.#fin.signal.aborted) this.#renoncer(`pas de réponse en ${enSecondes(delaiTotalMs)}`);
    });
  }

  #preparer(): ClientRequest {
    const { url, cadre, envoi, agentUtilisateur } = this.#demande;
    const requete = request(new URL(url), {
      method: 'POST',
      agent: this.#moyens.agent,
      headers: {
        'User-Agent': agentUtilisateur,
        Accept: '*/*',
        'Content-Type': cadre.typeContenu,
        'Content-Length': cadre.avant.length + envoi.taille + cadre.apres.length,
      },
    });
    requete.once('socket', (socket) => this.#surSocket(requete, socket));
    requete.once('response', (reponse) => this.#surReponse(reponse));
    requete.on('error', (erreur) => this.#surErreur(erreur));
    requete.once('close', () => this.#surErreur(new EchecMuet('connexion fermée sans réponse')));
    return requete;
  }

  #surSocket(requete: ClientRequest, socket: Socket): void {
    this.#depart = socket.bytesWritten;
    this.#socket = socket;
    this.#ecrire(requete).then(
      (complet) => {
        this.#corpsParti = complet;
      },
      (erreur: unknown) => {
        // Only the archive may fail here (the line reports through 'error'): half a request must not stay open.
        this.#surErreur(erreur);
        requete.destroy();
      },
    );
  }

  /** @returns whether the whole body was handed to the connection. */
  async #ecrire(requete: ClientRequest): Promise<boolean> {
    const { cadre, envoi } = this.#demande;
    let passes = 0;
    const source: AsyncIterable<Uint8Array> = this.#source;
    requete.write(cadre.avant);
    for await (const bloc of source) {
      passes += bloc.length;
      if (passes > envoi.taille) break;
      if (this.#fin.signal.aborted || requete.destroyed || this.#reponse !== undefined) return false;
      if (!requete.write(bloc)) await this.#ecoulement(requete);
    }
    if (passes !== envoi.taille) {
      this.#renoncer(`l’archive relue ne fait pas ${envoi.taille} octets`);
      return false;
    }
    requete.end(cadre.apres);
    return true;
  }

  #ecoulement(requete: ClientRequest): Promise<void> {
    return new Promise((resoudre) => {
      const suite = () => {
        requete.off('drain', suite).off('close', suite).off('response', suite);
        resoudre();
      };
      requete.once('drain', suite).once('close', suite).once('response', suite);
    });
  }

  /** The status line and headers are complete: whatever happens now, the peer has answered (even before the end: 413). */
  #surReponse(reponse: IncomingMessage): void {
    this.#reponse = reponse;
    reponse.on('data', (bloc: Buffer) => {
      this.#recus += bloc.length;
      if (this.#recus <= REPONSE_MAX) this.#corps.push(bloc);
      else reponse.destroy();
    });
    const finir = () => this.#conclure(reponse);
    reponse.once('end', finir).once('error', finir).once('close', finir);
  }

  #surErreur(erreur: unknown): void {
    if (this.#reponse !== undefined) this.#conclure(this.#reponse);
    else this.#issue.resolve(this.#classer(erreur));
  }

  #renoncer(motif: string): void {
    this.#surErreur(new EchecMuet(motif));
    this.#requete?.destroy();
  }

  #classer(erreur: unknown): ReponseTransport {
    if (erreur instanceof EchecConnexion) return this.#nonParti(erreur.message);
    const cause = erreur instanceof EchecMuet ? erreur.message : causeDe(erreur);
    if (alertePoignee(erreur) !== undefined || this.#partis() === 0) return this.#nonParti(cause);
    return { type: 'sort_inconnu', cause, url: this.#demande.url };
  }

  /** Bytes of this request given to the connection: counted at the latest on the safe side (queued ones included). */
  #partis(): number {
    return this.#socket === undefined ? 0 : this.#socket.bytesWritten - this.#depart;
  }

  #nonParti(cause: string): ReponseTransport {
    return { type: 'non_parti', cause, url: this.#demande.url };
  }

  #conclure(reponse: IncomingMessage): void {
    const texte = new TextDecoder('utf-8').decode(Buffer.concat(this.#corps));
    this.#issue.resolve({
      type: 'reponse',
      statut: reponse.statusCode ?? 0,
      extrait: texte
        .replaceAll(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, EXTRAIT_MAX),
      url: this.#demande.url,
    });
  }
}

/** A failure with a French wording and no technical origin. */
class EchecMuet extends Error {
  override readonly name = 'EchecMuet';
}
