import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a command and the daemon: answers can be held there, so that a test stops either at a moment it chose. */
export class RelaisApi {
  readonly #serveur: Server;
  readonly #lignes = new Set<Socket>();
  #demandes = 0;
  #seuil = Number.POSITIVE_INFINITY;
  #retenue = Promise.withResolvers<void>();
  #lachee = Promise.withResolvers<void>();

  constructor(demon: string) {
    this.#serveur = createServer({ allowHalfOpen: true }, (client) => this.#relier(client, connect(demon)));
  }

  #relier(client: Socket, demon: Socket): void {
    this.#demandes += 1;
    const retenir = this.#demandes >= this.#seuil;
    for (const ligne of [client, demon]) {
      this.#lignes.add(ligne);
      ligne.on('error', () => this.couper(client, demon));
      ligne.once('close', () => this.#lignes.delete(ligne));
    }
    client.pipe(demon);
    if (!retenir) {
      demon.pipe(client);
      return;
    }
    demon.once('readable', () => {
      // the daemon has done its part, and nobody knows it yet
      this.#retenue.resolve();
      void this.#lachee.promise.then(() => demon.pipe(client));
    });
  }

  couper(...lignes: readonly Socket[]): void {
    for (const ligne of lignes) ligne.destroy();
  }

  async ouvrir(socket: string): Promise<this> {
    this.#serveur.listen(socket);
    await once(this.#serveur, 'listening');
    return this;
  }

  /** Holds the answers from the n-th request on, counted from now. @returns resolves when the first of them is held. */
  retenir(n: number): Promise<void> {
    this.#demandes = 0;
    this.#seuil = n;
    this.#retenue = Promise.withResolvers();
    this.#lachee = Promise.withResolvers();
    return this.#retenue.promise;
  }

  /** Gives what is held, and holds nothing more. */
  lacher(): void {
    this.#seuil = Number.POSITIVE_INFINITY;
    this.#lachee.resolve();
  }

  async fermer(): Promise<void> {
    this.couper(...this.#lignes);
    this.#serveur.close();
    await once(this.#serveur, 'close');
  }
}
