import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { panneLigne, panneServeur } from './s3-causes.ts';
import { Patience } from './s3-patience.ts';
import type { ReglageS3 } from './s3-reglage.ts';
import { lireCode } from './s3-reponses.ts';
import { type Corps, type Demande, signer } from './s3-signature.ts';

/** Signed requests (AWS Signature Version 4), each tried several times: all that we ask may be asked twice. */

interface Tete {
  readonly statut: number;
  /** @returns the value of a header; undefined when it is not there. */
  entete(nom: string): string | undefined;
}

/** An answer read whole. */
export interface Reponse extends Tete {
  readonly octets: Buffer;
  /** Code of the error (`NoSuchKey`), when the body tells one; empty otherwise. */
  readonly code: string;
}

/** The body of a success, as it comes. Throws VGM-COF-002 when the line fails. */
export interface Flot {
  /** null: the end. */
  suivant(): Promise<Uint8Array | null>;
  couper(): void;
}

export interface ReponseOuverte extends Tete {
  readonly flot: Flot;
}

export interface DependancesS3 {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Resolver of names; the system's by default. */
  readonly resoudre?: LookupFunction;
}

/** Of an answer that is read whole: a page of 1,000 keys weighs half a megabyte. */
const REPONSE_MAX = 8_000_000;
/** Longest wait between two tries, whatever the server asks. */
const ATTENTE_MAX = 10_000;

const STATUTS_PASSAGERS = new Set([408, 429, 500, 502, 503, 504]);
/** With other statuses; those of digests mean that the bytes were damaged on their way. */
const CODES_PASSAGERS = new Set([
  'RequestTimeout',
  'OperationAborted',
  'BadDigest',
  'IncompleteBody',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
]);

/** Would a new try be answered otherwise? */
function estPassagere({ statut, code }: Reponse): boolean {
  return STATUTS_PASSAGERS.has(statut) || CODES_PASSAGERS.has(code);
}

async function* suivre(corps: Corps, patience: Patience): AsyncGenerator<Uint8Array> {
  for await (const morceau of corps.ouvrir()) {
    patience.avancer(morceau.length);
    yield morceau;
  }
}

export class ClientS3 {
  readonly #reglage: ReglageS3;
  readonly #deps: DependancesS3;
  readonly #agent: Agent;
  /** Signing keys of the day. */
  readonly #cles = new Map<string, ArrayBuffer>();

  constructor(reglage: ReglageS3, deps: DependancesS3) {
    this.#reglage = reglage;
    this.#deps = deps;
    this.#agent = new Agent({
      connect: {
        ...(reglage.autorites === '' ? {} : { ca: reglage.autorites }),
        ...(deps.resoudre === undefined ? {} : { lookup: deps.resoudre }),
        timeout: reglage.delaiMs,
      },
      allowH2: false,
      // Time is ours: see Patience.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 4_000,
    });
  }

  fermer(): Promise<void> {
    return this.#agent.destroy();
  }

  /** @returns any answer but those that a new try may change. Throws VGM-COF-002 after the last try. */
  demander(demande: Demande): Promise<Reponse> {
    return this.#insister(demande, (ouverte) => this.#lire(ouverte));
  }

  /** The same; the body of a success is left to be read. */
  ouvrir(demande: Demande): Promise<Reponse | ReponseOuverte> {
    return this.#insister<Reponse | ReponseOuverte>(demande, async (ouverte) =>
      ouverte.statut < 300 ? ouverte : this.#lire(ouverte),
    );
  }

  /** Waits before the try that follows the one numbered `essai`, from 1. @param voulue by the server; seconds. */
  async pause(essai: number, voulue = 0): Promise<void> {
    const recul = this.#reglage.attenteMs * 2 ** (essai - 1) * (0.5 + this.#deps.random.fraction());
    await this.#deps.clock.sleep(Math.min(ATTENTE_MAX, Math.max(recul, voulue * 1000)));
  }

  async #insister<R extends Reponse | ReponseOuverte>(
    demande: Demande,
    lire: (ouverte: ReponseOuverte) => Promise<R>,
  ): Promise<R> {
    for (let essai = 1; ; essai += 1) {
      let panne: ErreurVgm;
      let voulue = 0;
      try {
        const reponse = await lire(await this.#tenter(demande));
        if ('flot' in reponse || !estPassagere(reponse)) return reponse;
        panne = panneServeur(reponse);
        voulue = Number(reponse.entete('retry-after') ?? 0) || 0;
      } catch (erreur) {
        // A source that cannot be read (its disk) is not the fault of the line.
        if (!(erreur instanceof ErreurVgm) || erreur.fiche.code !== 'VGM-COF-002') throw erreur;
        panne = erreur;
      }
      const { methode, cle } = demande;
      const champs = { methode, cle, essai, detail: panne.fiche.message };
      this.#deps.log.warn('stockage d’objets : essai manqué', champs);
      if (essai >= (demande.essais ?? this.#reglage.essais)) throw panne;
      await this.pause(essai, voulue);
    }
  }

  async #tenter(demande: Demande): Promise<ReponseOuverte> {
    const { clock } = this.#deps;
    const { delaiMs } = this.#reglage;
    const patience = new Patience(clock, delaiMs);
    const panne = (origine: unknown): ErreurVgm =>
      origine instanceof ErreurVgm ? origine : panneLigne(origine, patience.epuisee, delaiMs);
    const { url, entetes } = await signer(this.#reglage, demande, {
      maintenant: clock.now(),
      cles: this.#cles,
    });
    const { corps } = demande;
    let recue: Dispatcher.ResponseData;
    try {
      recue = await patience.pendant(
        this.#agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: demande.methode,
          headers: entetes,
          // undici takes any iterable of bytes.
          body: corps === undefined ? null : (suivre(corps, patience) as unknown as Buffer),
          signal: patience.signal,
        }),
      );
    } catch (origine) {
      patience.couper();
      throw panne(origine);
    }
    return {
      statut: recue.statusCode,
      entete: (nom) => [recue.headers[nom]].flat()[0],
      flot: ouvrirFlot(recue.body, patience, panne),
    };
  }

  async #lire({ flot, ...tete }: ReponseOuverte): Promise<Reponse> {
    const morceaux: Uint8Array[] = [];
    let taille = 0;
    for (let m = await flot.suivant(); m !== null; m = await flot.suivant()) {
      taille += m.length;
      if (taille > REPONSE_MAX) {
        flot.couper();
        throw erreurCoffre('VGM-COF-003', { detail: 'sa réponse est démesurée' });
      }
      morceaux.push(m);
    }
    const octets = Buffer.concat(morceaux);
    return { ...tete, octets, code: tete.statut < 300 ? '' : lireCode(octets) };
  }
}

function ouvrirFlot(
  corps: Dispatcher.ResponseData['body'],
  patience: Patience,
  panne: (origine: unknown) => ErreurVgm,
): Flot {
  corps.on('error', () => undefined);
  const lecture = (corps as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  return {
    async suivant() {
      try {
        const { done, value } = await patience.pendant(lecture.next());
        if (done === true) return null;
        patience.avancer(value.length);
        return value;
      } catch (origine) {
        throw panne(origine);
      }
    },
    couper() {
      patience.couper();
      corps.destroy();
    },
  };
}
