import type { Socket } from 'node:net';
import type { SFTPWrapper } from 'ssh2';
import type Client from 'ssh2-sftp-client';
import type { Clock } from '../../ports/clock.ts';
import { borner, type Delais } from './delais.ts';
import { causeReseau, FautePair, type GenreFaute, parolesDuPair } from './fautes.ts';

export interface LigneSftp {
  readonly client: Client;
  readonly sftp: SFTPWrapper;
  readonly prise: Socket;
  readonly accueil: string;
}

/** Answers of the protocol (draft-ietf-secsh-filexfer-02 § 7). A failure without a reason is usually a full disk. */
const STATUTS: Readonly<Record<number, readonly [GenreFaute, string]>> = {
  2: ['absent', 'fichier ou dossier absent'],
  3: ['refus', 'droits refusés'],
  4: ['passager', 'échec sans précision, disque plein ou quota atteint ?'],
  5: ['refus', 'nom non admis'],
  8: ['refus', 'opération non admise'],
};

/** A courteous goodbye that nobody answers. Milliseconds. */
const ADIEU_MS = 1_000;

/** Asks of the channel what it is given, and hands the answer over. */
type Appel<T> = (sftp: SFTPWrapper, rendre: (erreur?: Error | null, valeur?: T) => void) => void;

/** The requests of one line, each answered in time or taken for a fault of the line; and what broke the line. */
export class RequetesSftp {
  readonly #ligne: LigneSftp;
  readonly #clock: Clock;
  readonly #delais: Delais;
  #panne: string | null = null;

  constructor(ligne: LigneSftp, clock: Clock, delais: Delais) {
    this.#ligne = ligne;
    this.#clock = clock;
    this.#delais = delais;
    const rompre = (panne: string) => {
      this.#panne ??= panne;
    };
    ligne.prise.on('error', (erreur) => rompre(causeReseau(erreur)));
    ligne.prise.on('close', () => rompre('connexion fermée par le serveur'));
    // Keep-alives unanswered, packets that mean nothing: the line is no longer to be trusted.
    ligne.client.on('error', (erreur: unknown) => rompre(causeReseau(erreur)));
    ligne.sftp.on('error', (erreur: unknown) => rompre(causeReseau(erreur)));
  }

  get vive(): boolean {
    return this.#panne === null && this.#ligne.prise.writable;
  }

  /** @param ms longest wait for the answer. */
  async demander<T = void>(quoi: string, appel: Appel<T>, ms?: number): Promise<T> {
    return this.attendre(this.envoyer(appel), quoi, ms);
  }

  /** Leaves at once. The answer is to be waited for; a failure that nobody waits for is nobody's. */
  envoyer<T>(appel: Appel<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    promise.catch(() => undefined);
    if (this.#panne !== null) {
      reject(new FautePair('ligne', this.#panne));
      return promise;
    }
    appel(this.#ligne.sftp, (erreur, valeur) => {
      if (erreur) reject(this.#lireStatut(erreur));
      else resolve(valeur as T);
    });
    return promise;
  }

  attendre<T>(reponse: Promise<T>, quoi: string, ms: number = this.#delais.reponseMs): Promise<T> {
    return borner(reponse, { clock: this.#clock, ms, quoi });
  }

  /** The requests that `demander` sends leave in one packet of the network. */
  ensemble<T>(demander: () => T): T {
    const { prise } = this.#ligne;
    prise.cork();
    try {
      return demander();
    } finally {
      prise.uncork();
    }
  }

  raccrocher(net: boolean): void {
    const { client, prise } = this.#ligne;
    const { vive } = this;
    this.#panne ??= 'connexion fermée par nous';
    if (!net || !vive) {
      prise.destroy();
      return;
    }
    prise.setTimeout(ADIEU_MS, () => prise.destroy());
    client.end().catch(() => prise.destroy());
  }

  #lireStatut(erreur: Error): FautePair {
    const code: unknown = 'code' in erreur ? erreur.code : undefined;
    const statut = typeof code === 'number' ? STATUTS[code] : undefined;
    if (statut === undefined) return new FautePair('ligne', this.#panne ?? causeReseau(erreur), erreur);
    const [genre, phrase] = statut;
    return new FautePair(genre, `${phrase} (${parolesDuPair(erreur.message)})`, erreur);
  }
}
