import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import type { Config } from '../../config/manifest.ts';
import { erreurReception } from '../../metier/catalogue/reception.ts';
import type { Log } from '../../ports/log.ts';
import type { Consigner, Recepteur } from '../../ports/mailbox.ts';

type ConfigSmtp = Config['reception']['smtp'];
type Suite = (erreur?: Error | null, message?: string) => void;

export interface DependancesSmtp {
  /** Addresses served when the settings name none: the return address of the operator. */
  readonly destinataires: readonly string[];
  readonly log: Log;
  /** Milliseconds without a byte before a client is dropped; RFC 5321 §4.5.3.2 asks for five minutes. */
  readonly inactivite?: number;
  /** Milliseconds left to the transactions in progress when stopping. */
  readonly delaiArret?: number;
}

const CLIENTS_MAX = 200;
const INACTIVITE = 300_000;
const DELAI_ARRET = 15_000;
/** How messages of this door are named in errors. */
const ICI = { boite: 'smtp', message: 'en cours' } as const;

/** A reply of the SMTP dialogue. Its text is US-ASCII by RFC 5321 §4.2: French, in words without accents. */
function refus(code: number, texte: string): Error {
  return Object.assign(new Error(texte), { responseCode: code });
}

/**
 * The door where the State's mail servers push their answers. 250 is said only once the message is durable
 * here (RFC 5321 §6.1: from then on it is ours to keep); anything else leaves it to the sender's queue.
 */
export function creerRecepteurSmtp(config: ConfigSmtp, deps: DependancesSmtp): Recepteur {
  const servis = config.destinataires.length > 0 ? config.destinataires : deps.destinataires;
  const porte = new PorteSmtp(config, deps, new Set(servis.map((a) => a.toLowerCase())));
  return {
    get adresse() {
      return porte.adresse;
    },
    demarrer: (consigner) => porte.demarrer(consigner),
    arreter: () => porte.arreter(),
  };
}

class PorteSmtp {
  readonly #config: ConfigSmtp;
  readonly #deps: DependancesSmtp;
  readonly #servis: ReadonlySet<string>;
  /** Sessions between DATA and its reply: a stop waits for them. */
  readonly #enCours = new Set<string>();
  #serveur: SMTPServer | null = null;
  #arret = false;
  adresse: string;

  constructor(config: ConfigSmtp, deps: DependancesSmtp, servis: ReadonlySet<string>) {
    this.#config = config;
    this.#deps = deps;
    this.#servis = servis;
    this.adresse = `${config.adresse}:${config.port}`;
  }

  async demarrer(consigner: Consigner): Promise<void> {
    this.#arret = false;
    try {
      const serveur = await this.#creer(consigner);
      // Faults of single connections come here too: unheard, they would bring the daemon down.
      serveur.on('error', (e: Error) => this.#deps.log.warn('incident SMTP', { detail: e.message }));
      const ecoute = serveur.listen(this.#config.port, this.#config.adresse);
      await once(ecoute, 'listening');
      this.#serveur = serveur;
      this.adresse = `${this.#config.adresse}:${(ecoute.address() as AddressInfo).port}`;
    } catch (origine) {
      const detail = origine instanceof Error ? origine.message : String(origine);
      throw erreurReception('VGM-ACC-018', { adresse: this.adresse, detail }, origine);
    }
    this.#deps.log.info('récepteur SMTP ouvert', { adresse: this.adresse });
  }

  /** Idle clients are told 421 at once; a message being received is taken to its reply. */
  async arreter(): Promise<void> {
    const serveur = this.#serveur;
    if (serveur === null) return;
    this.#serveur = null;
    this.#arret = true;
    const ferme = new Promise<void>((resolve) => serveur.close(resolve));
    for (const connexion of serveur.connections) this.#congedier(serveur, connexion.session.id);
    await ferme;
    this.#deps.log.info('récepteur SMTP fermé', { adresse: this.adresse });
  }

  async #creer(consigner: Consigner): Promise<SMTPServer> {
    const { certificat, cle, taille_max_octets } = this.#config;
    const tls = certificat === '' ? {} : { cert: await readFile(certificat), key: await readFile(cle) };
    const serveur: SMTPServer = new SMTPServer({
      ...tls,
      banner: 'vaguemestre',
      size: taille_max_octets,
      authOptional: true,
      disabledCommands: certificat === '' ? ['AUTH', 'STARTTLS'] : ['AUTH'],
      disableReverseLookup: true,
      logger: false,
      maxClients: CLIENTS_MAX,
      maxRecipients: 100,
      socketTimeout: this.#deps.inactivite ?? INACTIVITE,
      closeTimeout: this.#deps.delaiArret ?? DELAI_ARRET,
      onConnect: (_session, suite) => suite(this.#arret ? refus(421, 'Service en cours de fermeture') : null),
      onMailFrom: (_adresse, _session, suite) =>
        suite(this.#arret ? refus(421, 'Service en cours de fermeture') : null),
      onRcptTo: (adresse, _session, suite) => this.#destinataire(adresse, suite),
      onData: (flot, session, suite) => {
        void this.#recevoir({ flot, session, consigner, serveur }).then((erreur) =>
          suite(erreur, 'Courriel pris en charge'),
        );
      },
    });
    return serveur;
  }

  #destinataire(adresse: SMTPServerAddress, suite: Suite): void {
    const connu = this.#servis.has(adresse.address.toLowerCase());
    suite(connu ? null : refus(550, 'Adresse inconnue ici'));
  }

  /** @returns the refusal, or null once the message is durable. Never rejects. */
  async #recevoir(transaction: Transaction): Promise<Error | null> {
    const { flot, session, consigner, serveur } = transaction;
    this.#enCours.add(session.id);
    const entree = new Entree(flot, this.#config.taille_max_octets);
    try {
      await consigner(entree.octets(), 'smtp');
      return null;
    } catch (origine) {
      return this.#refuser(entree, origine);
    } finally {
      await entree.vider();
      this.#enCours.delete(session.id);
      // The reply is written in this turn of the loop; a stop in progress lets it go first.
      if (this.#arret) setImmediate(() => this.#congedier(serveur, session.id));
    }
  }

  #refuser(entree: Entree, origine: unknown): Error {
    if (entree.tropGros) {
      const limite = this.#config.taille_max_octets;
      this.#deps.log.warn('courriel refusé, trop volumineux', { limite });
      return refus(552, `Courriel trop volumineux : ${limite} octets au plus`);
    }
    this.#deps.log.error('courriel non consigné, laissé à son expéditeur', {}, origine);
    return refus(451, "Consignation impossible pour l'instant, merci de renvoyer plus tard");
  }

  #congedier(serveur: SMTPServer, id: string): void {
    if (this.#enCours.has(id)) return;
    for (const connexion of serveur.connections) {
      if (connexion.session.id !== id) continue;
      connexion.send(421, 'Service en cours de fermeture');
      connexion.close();
    }
  }
}

interface Transaction {
  readonly flot: SMTPServerDataStream;
  readonly session: SMTPServerSession;
  readonly consigner: Consigner;
  readonly serveur: SMTPServer;
}

/**
 * One message on its way in. The stream is never destroyed early: the rest of a refused message must be read
 * to its final dot, or the server would take the remaining lines for commands.
 */
class Entree {
  readonly #flot: SMTPServerDataStream;
  readonly #limite: number;
  #coupure: Error | null = null;
  tropGros = false;

  constructor(flot: SMTPServerDataStream, limite: number) {
    this.#flot = flot;
    this.#limite = limite;
    flot.on('error', (e) => {
      this.#coupure = e;
    });
  }

  async *octets(): AsyncGenerator<Uint8Array> {
    let lus = 0;
    for await (const morceau of this.#flot.iterator({ destroyOnReturn: false })) {
      lus += (morceau as Buffer).length;
      if (lus > this.#limite) this.tropGros = true;
      if (this.tropGros) throw erreurReception('VGM-ACC-015', { ...ICI, limite: this.#limite });
      yield morceau as Buffer;
    }
    // A connection cut before the final dot must not pass for the end of the message.
    if (this.#coupure !== null || !this.#flot.readableEnded) {
      throw erreurReception('VGM-ACC-017', {}, this.#coupure ?? undefined);
    }
  }

  /** Reads what is left to the final dot, or to the cut. */
  async vider(): Promise<void> {
    if (this.#flot.readableEnded || this.#flot.destroyed) return;
    this.#flot.resume();
    await Promise.race([once(this.#flot, 'end'), once(this.#flot, 'close')]).catch(() => undefined);
  }
}
