import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What befalls a connection once `apres` bytes went through in one direction. */
export interface Panne {
  /** `aller`: from the client to the server. */
  readonly sens: 'aller' | 'retour';
  /** Bytes let through first. */
  readonly apres: number;
  /**
   * - couper: both sides are hung up, at once;
   * - figer: nothing passes any more, either way, and nobody is told (half-open line);
   * - goutte: this direction gives one byte a second.
   */
  readonly geste: 'couper' | 'figer' | 'goutte';
  /** Befalls the next connection alone. */
  readonly uneFois?: true;
}

export interface Relais {
  readonly port: number;
  /** For the connections to come; null = none. */
  regler(panne: Panne | null): void;
  /** Bytes that went through in each direction, all connections since the last `regler`. */
  passes(): { readonly aller: number; readonly retour: number };
  /** Resolves when none of the connections made since the last `regler` is left: the server has done with all that it was given. */
  calme(): Promise<void>;
  /** Hangs up everything, half-open lines too. */
  trancher(): void;
  fermer(): Promise<void>;
}

export interface OptionsRelais {
  readonly cible: { readonly hote: string; readonly port: number };
  /** Default: any free port of 127.0.0.1. */
  readonly port?: number;
}

const GOUTTE_MS = 1_000;

/** A TCP relay between a client and a real server, which breaks where it is told. */
export async function ouvrirRelais({ cible, port = 0 }: OptionsRelais): Promise<Relais> {
  let panne: Panne | null = null;
  let compte: Compte = { aller: 0, retour: 0 };
  const toutes = new Set<Socket>();
  /** Those of the connections made since the last `regler`. */
  let prises = new Set<Socket>();
  const serveur = createServer({ allowHalfOpen: true }, (client) => {
    const distante = connect({ host: cible.hote, port: cible.port, noDelay: true, allowHalfOpen: true });
    client.setNoDelay(true);
    const siennes = prises;
    for (const prise of [client, distante]) {
      for (const ou of [toutes, siennes]) ou.add(prise);
      prise.on('error', () => undefined);
      prise.on('close', () => toutes.delete(prise) && siennes.delete(prise));
    }
    const ligne = new Ligne([client, distante], panne, compte);
    if (panne?.uneFois === true) panne = null;
    ligne.relier('aller');
    ligne.relier('retour');
  }).listen(port, '127.0.0.1');
  await once(serveur, 'listening');
  const trancher = () => {
    for (const prise of toutes) prise.destroy();
  };
  return {
    port: (serveur.address() as AddressInfo).port,
    regler(suivante) {
      panne = suivante;
      compte = { aller: 0, retour: 0 };
      prises = new Set();
    },
    passes: () => compte,
    async calme() {
      await Promise.all([...prises].map((prise) => new Promise((resolve) => prise.once('close', resolve))));
    },
    trancher,
    async fermer() {
      trancher();
      serveur.close();
      await once(serveur, 'close');
    },
  };
}

/** Bytes that went through. */
type Compte = Record<Panne['sens'], number>;

class Ligne {
  readonly #bouts: Readonly<Record<Panne['sens'], readonly [Socket, Socket]>>;
  readonly #panne: Panne | null;
  readonly #compte: Compte;
  readonly #passes = { aller: 0, retour: 0 };
  #figee = false;

  constructor(bouts: readonly [Socket, Socket], panne: Panne | null, compte: Compte) {
    const [client, distante] = bouts;
    this.#bouts = { aller: [client, distante], retour: [distante, client] };
    this.#panne = panne;
    this.#compte = compte;
  }

  relier(sens: Panne['sens']): void {
    const [de, vers] = this.#bouts[sens];
    de.on('data', (octets: Buffer) => this.#passer(sens, octets));
    de.on('end', () => {
      if (!this.#figee) vers.end();
    });
    de.on('close', (casse) => {
      if (!this.#figee && casse) vers.destroy();
    });
    vers.on('drain', () => de.resume());
    if (this.#panne?.sens === sens && this.#panne.apres === 0) this.#frapper(sens);
  }

  #passer(sens: Panne['sens'], octets: Buffer): void {
    if (this.#figee) return;
    const [de, vers] = this.#bouts[sens];
    const reste = this.#panne?.sens === sens ? this.#panne.apres - this.#passes[sens] : Infinity;
    const bons = octets.subarray(0, Math.max(reste, 0));
    this.#passes[sens] += bons.length;
    this.#compte[sens] += bons.length;
    if (bons.length > 0 && vers.writable && !vers.write(bons)) de.pause();
    if (this.#passes[sens] < (this.#panne?.sens === sens ? this.#panne.apres : Infinity)) return;
    this.#frapper(sens, octets.subarray(bons.length));
  }

  #frapper(sens: Panne['sens'], retenus: Buffer = Buffer.alloc(0)): void {
    const [de, vers] = this.#bouts[sens];
    switch (this.#panne?.geste) {
      case 'couper':
        // What was let through must arrive; nothing comes back.
        this.#figee = true;
        vers.end();
        de.destroy();
        break;
      case 'figer':
        this.#figee = true;
        break;
      case 'goutte':
        de.removeAllListeners('data');
        if (retenus.length > 0) de.unshift(retenus);
        this.#egoutter(de, vers);
        break;
      default:
    }
  }

  #egoutter(de: Socket, vers: Socket): void {
    de.pause();
    const goutte = setInterval(() => {
      const octet: Buffer | null = de.read(1);
      if (octet !== null) vers.write(octet);
      if (de.destroyed || vers.destroyed) clearInterval(goutte);
    }, GOUTTE_MS);
    de.on('close', () => clearInterval(goutte));
  }
}

/** Relays on several ports of 127.0.0.1, to the same ports of another address, as one. */
export async function ouvrirEventail(hote: string, ports: readonly number[]): Promise<Omit<Relais, 'port'>> {
  const relais = await Promise.all(ports.map((port) => ouvrirRelais({ cible: { hote, port }, port })));
  const somme = (sens: Panne['sens']) => relais.reduce((total, r) => total + r.passes()[sens], 0);
  return {
    regler: (panne) => relais.forEach((r) => r.regler(panne)),
    passes: () => ({ aller: somme('aller'), retour: somme('retour') }),
    calme: async () => void (await Promise.all(relais.map((r) => r.calme()))),
    trancher: () => relais.forEach((r) => r.trancher()),
    fermer: async () => void (await Promise.all(relais.map((r) => r.fermer()))),
  };
}
