import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import { refusServeur } from './s3-causes.ts';
import type { ClientS3, Flot, ReponseOuverte } from './s3-client.ts';

/** Reading of objects, whole or by ranges; a line that is cut is taken up again where it stopped. */

/** New starts in a row that bring less than this many bytes each; bytes. */
const REPRISES_MAX = 5;
const PROGRES = 1024 * 1024;
/** Times that an object said to be absent is asked again: some stores show what was written a moment later. */
const ABSENCES = 3;

export interface Plage {
  readonly debut: number;
  readonly fin: number;
}

/** Bytes on their way, of [debut, fin[ as the server announced it. */
interface Lancee extends Plage {
  readonly flot: Flot;
}

/** The range that an answer gives. Throws VGM-COF-003 when it does not begin where it was asked. */
function plageDe(reponse: ReponseOuverte, voulue: Plage | undefined): Plage {
  const taille = Number(reponse.entete('content-length') ?? Number.NaN);
  const [, premier = '0'] = /^bytes (\d+)-/.exec(reponse.entete('content-range') ?? '') ?? [];
  const debut = Number(premier);
  if (debut === (voulue?.debut ?? 0) && Number.isInteger(taille)) {
    // Some servers give more than a short range asks for.
    return { debut, fin: Math.min(debut + taille, voulue?.fin ?? Number.MAX_SAFE_INTEGER) };
  }
  reponse.flot.couper();
  throw erreurCoffre('VGM-COF-003', { detail: 'il ne donne pas la plage d’octets demandée' });
}

/** @returns null when the object is absent; `vide` beyond its end. */
async function lancer(
  client: ClientS3,
  cle: string,
  plage: Plage | undefined,
): Promise<Lancee | 'vide' | null> {
  const entetes = plage === undefined ? {} : { range: `bytes=${plage.debut}-${plage.fin - 1}` };
  const reponse = await client.ouvrir({
    methode: 'GET',
    cle,
    entetes: { ...entetes, 'accept-encoding': 'identity' },
  });
  if ('flot' in reponse) return { flot: reponse.flot, ...plageDe(reponse, plage) };
  // NoSuchBucket is a 404 too, and says nothing of a piece.
  if (reponse.statut === 404 && reponse.code === 'NoSuchKey') return null;
  if (reponse.statut === 416) return 'vide';
  throw refusServeur(reponse);
}

class FlotRepris extends Readable {
  readonly #client: ClientS3;
  readonly #cle: string;
  #lancee: Lancee;
  #position: number;
  readonly #fin: number;
  #reprises = 0;
  /** Where the line was last taken up. */
  #depart: number;

  constructor(client: ClientS3, cle: string, lancee: Lancee) {
    super({ highWaterMark: 256 * 1024 });
    this.#client = client;
    this.#cle = cle;
    this.#lancee = lancee;
    this.#position = lancee.debut;
    this.#depart = lancee.debut;
    this.#fin = lancee.fin;
  }

  override _read(): void {
    this.#suivant().then(
      (morceau) => {
        if (!this.destroyed) this.push(morceau);
      },
      (erreur: unknown) => this.destroy(erreur as Error),
    );
  }

  override _destroy(erreur: Error | null, suite: (erreur: Error | null) => void): void {
    this.#lancee.flot.couper();
    suite(erreur);
  }

  async #suivant(): Promise<Uint8Array | null> {
    for (;;) {
      let panne = erreurCoffre('VGM-COF-002', { detail: 'réponse interrompue' });
      if (this.#position === this.#fin) return null;
      try {
        const morceau = await this.#lancee.flot.suivant();
        if (morceau !== null) {
          const utile = morceau.subarray(0, this.#fin - this.#position);
          this.#position += utile.length;
          return utile;
        }
      } catch (erreur) {
        if (!(erreur instanceof ErreurVgm)) throw erreur;
        panne = erreur;
      }
      if (this.destroyed) return null;
      await this.#reprendre(panne);
    }
  }

  async #reprendre(panne: ErreurVgm): Promise<void> {
    this.#lancee.flot.couper();
    this.#reprises = this.#position - this.#depart >= PROGRES ? 1 : this.#reprises + 1;
    if (this.#reprises > REPRISES_MAX) throw panne;
    await this.#client.pause(this.#reprises);
    this.#depart = this.#position;
    const lancee = await lancer(this.#client, this.#cle, { debut: this.#position, fin: this.#fin });
    if (lancee === null || lancee === 'vide' || lancee.fin !== this.#fin) {
      throw erreurCoffre('VGM-COF-002', { detail: 'l’objet a changé pendant sa lecture' }, panne);
    }
    this.#lancee = lancee;
    if (this.destroyed) lancee.flot.couper();
  }
}

export interface Lecture {
  readonly cle: string;
  readonly sha256: Sha256;
  readonly plage?: Plage | undefined;
  /** Ask again for what is said to be absent. */
  readonly insister: boolean;
}

/** Throws VGM-NOY-006 when the object is absent, VGM-COF-002 and -003; the stream throws VGM-COF-002. */
export async function ouvrirObjet(
  client: ClientS3,
  { cle, sha256, plage, insister }: Lecture,
): Promise<Readable> {
  // An empty range is asked for as one byte: it must be known whether the piece is there.
  const vide = plage !== undefined && plage.fin <= plage.debut;
  const voulue = vide ? { debut: 0, fin: 1 } : plage;
  for (let essai = 1; ; essai += 1) {
    const lancee = await lancer(client, cle, voulue);
    if (lancee === 'vide') return Readable.from([]);
    if (lancee !== null) {
      if (!vide) return new FlotRepris(client, cle, lancee);
      lancee.flot.couper();
      return Readable.from([]);
    }
    if (!insister || essai > ABSENCES) throw erreurNoyau('VGM-NOY-006', { empreinte: sha256 });
    await client.pause(essai);
  }
}

/** Has the object the bytes that the digest names? Throws VGM-COF-002, -003. */
export async function relireEntier(client: ClientS3, cle: string, sha256: Sha256): Promise<boolean> {
  const lancee = await lancer(client, cle, undefined);
  if (lancee === null || lancee === 'vide') return false;
  const hache = createHash('sha256');
  for await (const morceau of new FlotRepris(client, cle, lancee)) hache.update(morceau as Uint8Array);
  return hache.digest('hex') === sha256;
}
