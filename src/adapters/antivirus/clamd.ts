import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Config } from '../../config/manifest.ts';
import { erreurControle } from '../../metier/catalogue/controle.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Antivirus, VerdictAntivirus } from '../../ports/antivirus.ts';
import type { Sondable, Sondage } from '../../ports/sonde.ts';

type ConfigClamd = Pick<Config['antivirus'], 'adresse' | 'delai_s'>;
type Appel = ConfigClamd & { readonly signal?: AbortSignal };

/** Largest chunk of an INSTREAM exchange, bytes. */
const MORCEAU = 256 * 1024;
/** A reply is one short line. */
const REPONSE_MAX = 4096;
/** Longest wait of a look, seconds. */
const SONDAGE_S = 8;

/**
 * Antivirus by clamd (clamd(8): `z` commands, INSTREAM). The piece is streamed, never written to disk here.
 * `adresse`: `host:port`, or the path of a socket.
 */
export function ouvrirClamd(config: ConfigClamd): Antivirus & Sondable {
  return {
    async analyser(contenu, signal, moteur) {
      const appel: Appel = signal === undefined ? config : { ...config, signal };
      try {
        return await passer(appel, moteur ?? (await version(appel)), contenu);
      } finally {
        contenu.destroy();
      }
    },
    sonder: () => sonder({ ...config, delai_s: Math.min(config.delai_s, SONDAGE_S) }),
  };
}

async function sonder(appel: Appel): Promise<Sondage> {
  try {
    const reponse = await commander(appel, 'PING');
    if (reponse !== 'PONG') return { joignable: false, detail: `réponse inattendue : ${reponse}` };
    return { joignable: true, detail: await version(appel) };
  } catch (erreur) {
    const detail = erreur instanceof ErreurVgm ? erreur.fiche.message : String(erreur);
    return { joignable: false, detail };
  }
}

function cible(
  adresse: string,
): { readonly path: string } | { readonly host: string; readonly port: number } {
  if (adresse.includes('/')) return { path: adresse };
  const deux = adresse.lastIndexOf(':');
  return { host: adresse.slice(0, deux).replace(/^\[|\]$/g, ''), port: Number(adresse.slice(deux + 1)) };
}

/** Engine and signature versions, `ClamAV 1.4.3/27800/…`; plain `ClamAV` when clamd hides them. */
async function version(appel: Appel): Promise<string> {
  const reponse = await commander(appel, 'VERSION');
  return reponse.startsWith('ClamAV') ? reponse : 'ClamAV';
}

async function commander(appel: Appel, commande: 'PING' | 'VERSION'): Promise<string> {
  const echange = new Echange(appel);
  try {
    await echange.ecrire(Buffer.from(`z${commande}\0`));
    return await echange.reponse();
  } finally {
    echange.fermer();
  }
}

async function passer(config: Appel, moteur: string, contenu: Readable): Promise<VerdictAntivirus> {
  const echange = new Echange(config);
  let envoyes = 0;
  try {
    await echange.ecrire(Buffer.from('zINSTREAM\0'));
    for await (const lu of contenu) {
      for (const morceau of decouper(lu as Uint8Array)) {
        await echange.ecrire(morceau);
        envoyes += morceau.length - 4;
      }
      // clamd answers before the end when the piece is too long for it: no use sending the rest.
      if (echange.repondu) break;
    }
    if (!echange.repondu) await echange.ecrire(Buffer.alloc(4));
    return lire(await echange.reponse(), { config, moteur, envoyes });
  } catch (erreur) {
    // clamd closes right after its refusal: the write may break before its answer has been looked at.
    if (echange.repondu) return lire(await echange.reponse(), { config, moteur, envoyes });
    throw echange.coupe && envoyes > 0 ? await interpreterCoupure(config, envoyes, erreur) : erreur;
  } finally {
    echange.fermer();
  }
}

/**
 * A reset in the middle of a piece loses the answer when it comes with it (TCP). If clamd is still there,
 * it was its length limit: the only reason it has to hang up on a piece.
 */
async function interpreterCoupure(config: Appel, envoyes: number, erreur: unknown): Promise<unknown> {
  const vivant = await version(config).catch(() => '');
  if (vivant === '') return erreur;
  return erreurControle('VGM-CTL-002', { adresse: config.adresse, octets: envoyes }, erreur);
}

function* decouper(lu: Uint8Array): Generator<Buffer> {
  for (let debut = 0; debut < lu.length; debut += MORCEAU) {
    const morceau = lu.subarray(debut, debut + MORCEAU);
    const taille = Buffer.alloc(4);
    taille.writeUInt32BE(morceau.length);
    yield Buffer.concat([taille, morceau]);
  }
}

interface Passage {
  readonly config: ConfigClamd;
  readonly moteur: string;
  readonly envoyes: number;
}

function lire(reponse: string, passage: Passage): VerdictAntivirus {
  const { moteur, envoyes } = passage;
  const { adresse } = passage.config;
  if (/^stream: OK$/.test(reponse)) return { type: 'sain', moteur };
  const signature = /^stream: (.+) FOUND$/.exec(reponse)?.[1];
  if (signature !== undefined) return { type: 'infecte', moteur, signature };
  if (/size limit exceeded/i.test(reponse)) throw erreurControle('VGM-CTL-002', { adresse, octets: envoyes });
  throw erreurControle('VGM-CTL-003', { adresse, detail: reponse });
}

/** One connection: written under backpressure, its one answer gathered as it comes. */
class Echange {
  readonly #prise: Socket;
  readonly #adresse: string;
  readonly #signal: AbortSignal | undefined;
  readonly #interrompre = (): void => this.#echouer('analyse interrompue par l’arrêt du démon');
  readonly #fin = Promise.withResolvers<string>();
  #recu = '';
  #panne: Error | null = null;
  #reveil: (() => void) | null = null;
  repondu = false;
  /** Hung up by the other side while we were writing. */
  coupe = false;

  constructor(config: Appel) {
    this.#adresse = config.adresse;
    this.#signal = config.signal;
    this.#fin.promise.catch(() => undefined);
    this.#prise = connect({ ...cible(config.adresse), noDelay: true });
    this.#prise.setTimeout(config.delai_s * 1000, () =>
      this.#echouer(`aucune réponse en ${config.delai_s} s`),
    );
    this.#prise.setEncoding('utf8');
    this.#prise.on('data', (texte: string) => this.#entendre(texte));
    this.#prise.on('drain', () => this.#reveiller());
    this.#prise.on('error', (e: NodeJS.ErrnoException) => {
      this.coupe = e.code === 'EPIPE' || e.code === 'ECONNRESET';
      this.#echouer(e.code ?? e.message, e);
    });
    this.#prise.on('close', () => this.#echouer('connexion fermée avant la réponse'));
    if (this.#signal?.aborted === true) this.#interrompre();
    else this.#signal?.addEventListener('abort', this.#interrompre, { once: true });
  }

  /** Resolves when more may be written. Throws VGM-CTL-001 once the connection is broken. */
  async ecrire(octets: Uint8Array): Promise<void> {
    if (this.#panne !== null) throw this.#panne;
    if (this.repondu || this.#prise.write(octets)) return;
    await new Promise<void>((resolve) => {
      this.#reveil = resolve;
    });
    if (this.#panne !== null) throw this.#panne;
  }

  reponse(): Promise<string> {
    return this.#fin.promise;
  }

  fermer(): void {
    this.#signal?.removeEventListener('abort', this.#interrompre);
    this.#prise.destroy();
  }

  #entendre(texte: string): void {
    this.#recu += texte;
    const zero = this.#recu.indexOf('\0');
    if (zero >= 0) {
      this.repondu = true;
      this.#fin.resolve(this.#recu.slice(0, zero).trim());
      this.#reveiller();
    } else if (this.#recu.length > REPONSE_MAX) {
      this.#echouer('réponse incompréhensible');
    }
  }

  #echouer(detail: string, origine?: Error): void {
    if (!this.repondu) {
      this.#panne ??= erreurControle('VGM-CTL-001', { adresse: this.#adresse, detail }, origine);
      this.#fin.reject(this.#panne);
    }
    this.#prise.destroy();
    this.#reveiller();
  }

  #reveiller(): void {
    this.#reveil?.();
    this.#reveil = null;
  }
}
