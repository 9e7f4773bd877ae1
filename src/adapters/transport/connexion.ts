import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import { causeDe, enSecondes } from './causes.ts';

/** A connection that never became one: marks, on its way through the HTTP client, that no request byte left. */
export class EchecConnexion extends Error {
  constructor(cause: string, origine?: unknown) {
    super(cause, { cause: origine });
    this.name = 'EchecConnexion';
  }
}

export interface OptionsConnexion {
  readonly contexte: SecureContext;
  readonly delaiConnexionMs: number;
}

/**
 * With TLS 1.3 the client is done before the server has looked at its certificate (RFC 8446 § 4.4.4), so a refusal
 * would arrive while the archive leaves. A session ticket is only sent once the server has accepted: we wait for it
 * before the first byte. A server that issues none costs this wait, once per connection.
 */
const ATTENTE_TICKET_MS = 500;
/** Some servers (Node, Java) look at the certificate just after the ticket and hang up without an alert. */
const CALME_MS = 15;
/** Idle connections are dropped before any usual server does (5 s): a request must not cross its hang-up. */
const REPOS_MS = 2_000;

type CreationConnexion = (erreur: Error | null, flux: Duplex) => void;

/** Keep-alive pool of connections that have been through a whole, confirmed handshake. */
export class AgentMinistere extends Agent {
  readonly #options: OptionsConnexion;
  readonly #clock: Clock;

  constructor(options: OptionsConnexion, clock: Clock) {
    super({ keepAlive: true, timeout: REPOS_MS, scheduling: 'lifo' });
    this.#options = options;
    this.#clock = clock;
  }

  override createConnection(cible: object, suite?: CreationConnexion): null {
    const { host, port } = cible as { host: string; port: number | string };
    const rendre = suite as (erreur: Error | null, flux?: Duplex) => void;
    this.#etablir(host, Number(port)).then(
      (socket) => rendre(null, socket),
      (erreur: unknown) => rendre(erreur instanceof Error ? erreur : new EchecConnexion(String(erreur))),
    );
    return null;
  }

  async #etablir(hote: string, port: number): Promise<TLSSocket> {
    const fin = new AbortController();
    const { delaiConnexionMs, contexte } = this.#options;
    const socket = connect({ ...cibleTls(hote, port), secureContext: contexte });
    socket.setNoDelay(true);
    try {
      const panne = attendrePanne(socket, fin.signal);
      const delai = this.#clock.sleep(delaiConnexionMs, fin.signal).then(() => {
        throw new EchecConnexion(`délai de connexion dépassé (${enSecondes(delaiConnexionMs)})`);
      });
      await Promise.race([panne, delai, this.#confirmer(socket, fin.signal)]);
      return socket;
    } catch (erreur) {
      socket.destroy();
      throw erreur;
    } finally {
      fin.abort();
    }
  }

  /** Resolves once the peer cannot refuse our certificate any more, as far as it can be known. */
  async #confirmer(socket: TLSSocket, signal: AbortSignal): Promise<void> {
    await evenement(socket, 'secureConnect', signal);
    if (socket.getProtocol() !== 'TLSv1.3') return;
    await Promise.race([evenement(socket, 'session', signal), this.#clock.sleep(ATTENTE_TICKET_MS, signal)]);
    await this.#clock.sleep(CALME_MS, signal);
  }
}

/** Where to connect; SNI is for names only (RFC 6066 § 3). */
export function cibleTls(hote: string, port: number): ConnectionOptions {
  const nu = hote.replace(/^\[|\]$/g, '');
  return { host: nu, port, servername: isIP(nu) === 0 ? nu : '', ALPNProtocols: ['http/1.1'] };
}

function evenement(socket: TLSSocket, nom: string, signal: AbortSignal): Promise<void> {
  return new Promise((resoudre) => {
    const finir = () => {
      socket.off(nom, finir);
      signal.removeEventListener('abort', finir);
      resoudre();
    };
    socket.once(nom, finir);
    signal.addEventListener('abort', finir, { once: true });
  });
}

/** Rejects when the socket fails or closes before `signal`; never resolves otherwise. */
function attendrePanne(socket: TLSSocket, signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const surErreur = (erreur: unknown) => reject(new EchecConnexion(causeDe(erreur), erreur));
  const surFin = () =>
    reject(new EchecConnexion('connexion fermée par le serveur pendant la poignée de main TLS'));
  socket.once('error', surErreur).once('end', surFin).once('close', surFin);
  signal.addEventListener('abort', () => {
    socket.off('error', surErreur).off('end', surFin).off('close', surFin);
    // A destroyed socket may still report: nobody else listens to it.
    socket.on('error', () => undefined);
  });
  return promise;
}
