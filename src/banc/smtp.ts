import { connect, type Socket } from 'node:net';
import type { Clock } from '../ports/clock.ts';

/**
 * A lean pooled SMTP client (RFC 5321, PIPELINING of RFC 2920): the bench mails its answers by hundreds a second from
 * the process that also plays the ministry, about twice what nodemailer gives on the same relay (measured).
 */

export interface Courriel {
  readonly de: string;
  readonly a: string;
  /** Whole message, CRLF lines. */
  readonly octets: Buffer;
}

export type IssueCourriel =
  | { readonly type: 'remis' }
  | { readonly type: 'refuse'; readonly motif: string }
  | { readonly type: 'abandonne' };

export interface Postier {
  /** Tries again as long as the relay is away or says 4xx; gives up only on 5xx or at `fermer`. */
  envoyer(courriel: Courriel): Promise<IssueCourriel>;
  fermer(): Promise<void>;
}

interface Reponse {
  /** 0: the connection is gone. */
  readonly code: number;
  readonly texte: string;
}

const PERDUE: Reponse = { code: 0, texte: 'connexion perdue' };
const NOM_LOCAL = 'ministere.invalid';
const REPRISE = { min: 100, max: 3_000 };

/** One connection to the relay, one mail at a time. */
class Session {
  readonly #socket: Socket;
  readonly #attentes: ((reponse: Reponse) => void)[] = [];
  #tampon = '';
  #ouverte = true;
  #enRafale = false;

  constructor(relais: { hote: string; port: number }) {
    this.#socket = connect({ host: relais.hote, port: relais.port, noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (texte: unknown) => this.#lire(String(texte)));
    this.#socket.on('error', () => undefined);
    this.#socket.once('close', () => {
      this.#ouverte = false;
      for (const rendre of this.#attentes.splice(0)) rendre(PERDUE);
    });
  }

  get ouverte(): boolean {
    return this.#ouverte;
  }

  async saluer(): Promise<boolean> {
    if ((await this.#reponse()).code !== 220) return false;
    const accueil = await this.#dire(`EHLO ${NOM_LOCAL}`);
    this.#enRafale = /^250[ -]PIPELINING\s*$/im.test(accueil.texte);
    return accueil.code === 250;
  }

  /** @returns the reply that decides the fate of this mail. */
  async remettre(courriel: Courriel): Promise<Reponse> {
    const commandes = [`MAIL FROM:<${courriel.de}>`, `RCPT TO:<${courriel.a}>`, 'DATA'];
    const reponses = this.#enRafale ? await this.#rafale(commandes) : await this.#suite(commandes);
    const echec = reponses.find((r) => r.code < 200 || r.code >= 400);
    const pret = reponses[2]?.code === 354;
    if (echec !== undefined) {
      // RFC 2920 § 3.1: DATA accepted without a valid recipient must be ended by an empty message.
      if (pret) await this.#dire('.');
      else await this.#dire('RSET');
      return echec;
    }
    this.#socket.write(protegerPoints(courriel.octets));
    return this.#dire('.');
  }

  fermer(): void {
    if (this.#ouverte) this.#socket.end('QUIT\r\n');
    this.#socket.destroySoon();
  }

  async #rafale(commandes: readonly string[]): Promise<Reponse[]> {
    this.#socket.write(`${commandes.join('\r\n')}\r\n`);
    return Promise.all(commandes.map(() => this.#reponse()));
  }

  async #suite(commandes: readonly string[]): Promise<Reponse[]> {
    const reponses: Reponse[] = [];
    for (const commande of commandes) {
      const reponse = await this.#dire(commande);
      reponses.push(reponse);
      if (reponse.code < 200 || reponse.code >= 400) break;
    }
    return reponses;
  }

  #dire(commande: string): Promise<Reponse> {
    this.#socket.write(`${commande}\r\n`);
    return this.#reponse();
  }

  #reponse(): Promise<Reponse> {
    if (!this.#ouverte) return Promise.resolve(PERDUE);
    return new Promise((resoudre) => void this.#attentes.push(resoudre));
  }

  /** A reply ends with a line whose code is followed by a space (RFC 5321 § 4.2.1). */
  #lire(texte: string): void {
    this.#tampon += texte;
    for (;;) {
      const fin = /^[0-9]{3}(?: .*)?\r?\n/m.exec(this.#tampon);
      if (fin === null) return;
      const limite = fin.index + fin[0].length;
      const reponse = { code: Number(fin[0].slice(0, 3)), texte: this.#tampon.slice(0, limite) };
      this.#tampon = this.#tampon.slice(limite);
      this.#attentes.shift()?.(reponse);
    }
  }
}

/** Dot-stuffing (RFC 5321 § 4.5.2); the message ends with CRLF. */
function protegerPoints(octets: Buffer): Buffer {
  const source = octets.subarray(-2).equals(Buffer.from('\r\n'))
    ? octets
    : Buffer.concat([octets, Buffer.from('\r\n')]);
  if (source[0] !== 0x2e && !source.includes('\r\n.')) return source;
  return Buffer.from(source.toString('latin1').replace(/^\./gm, '..'), 'latin1');
}

interface Tache {
  readonly courriel: Courriel;
  readonly rendre: (issue: IssueCourriel) => void;
}

/** @param relais.connexions how many connections at most are kept open to the relay. */
export function creerPostier(
  relais: { readonly hote: string; readonly port: number; readonly connexions: number },
  clock: Clock,
): Postier {
  const file: Tache[] = [];
  const libres: Session[] = [];
  const ouvertes = new Set<Session>();
  const fin = new AbortController();
  const ouvriers = new Set<Promise<void>>();

  const travailler = async () => {
    let session = libres.pop();
    let attente = REPRISE.min;
    for (let tache = file.shift(); tache !== undefined; tache = file.shift()) {
      session = session?.ouverte === true ? session : await ouvrirSession(relais, ouvertes);
      const reponse = session === undefined ? PERDUE : await session.remettre(tache.courriel);
      const issue = juger(reponse, fin.signal);
      if (issue !== undefined) {
        attente = REPRISE.min;
        tache.rendre(issue);
      } else {
        file.push(tache);
        await clock.sleep(attente, fin.signal);
        attente = Math.min(attente * 2, REPRISE.max);
      }
    }
    if (session?.ouverte === true) libres.push(session);
  };

  return {
    envoyer: (courriel) =>
      new Promise((rendre) => {
        if (fin.signal.aborted) return rendre({ type: 'abandonne' });
        file.push({ courriel, rendre });
        if (ouvriers.size >= relais.connexions) return;
        const ouvrier: Promise<void> = travailler().finally(() => ouvriers.delete(ouvrier));
        ouvriers.add(ouvrier);
      }),
    async fermer() {
      fin.abort();
      for (const tache of file.splice(0)) tache.rendre({ type: 'abandonne' });
      for (const session of ouvertes) session.fermer();
      await Promise.all(ouvriers);
    },
  };
}

/** @returns undefined when it must be tried again. */
function juger(reponse: Reponse, signal: AbortSignal): IssueCourriel | undefined {
  if (reponse.code >= 200 && reponse.code < 300) return { type: 'remis' };
  if (reponse.code >= 500) return { type: 'refuse', motif: reponse.texte.trim() };
  return signal.aborted ? { type: 'abandonne' } : undefined;
}

/** @param ouvertes kept exact, to hang up at the end whatever each one is doing. */
async function ouvrirSession(
  relais: { readonly hote: string; readonly port: number },
  ouvertes: Set<Session>,
): Promise<Session | undefined> {
  for (const morte of ouvertes) if (!morte.ouverte) ouvertes.delete(morte);
  const session = new Session(relais);
  ouvertes.add(session);
  if (await session.saluer()) return session;
  session.fermer();
  return undefined;
}
