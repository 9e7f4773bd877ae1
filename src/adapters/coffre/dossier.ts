import { rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Sha256 } from '../../metier/identifiants.ts';
import type { Coffre, CoffreOuvert, Depot, PieceEnAttente, Source } from '../../ports/coffre.ts';
import type { Random } from '../../ports/random.ts';
import { type Brouillon, Brouillons, mettreEnAttente } from './brouillons.ts';
import { Dossiers, effacer, preparer, surDisque } from './disque.ts';
import { Compteur } from './empreintes.ts';
import { dossierDe, lirePlage, PiecesDossier } from './pieces.ts';

/** Up to that size a buffer is written in one go. */
const PETIT = 1024 * 1024;

/**
 * The coffre as a folder: `ab/<sha256>`, files written apart, synced, then renamed into place and the folder
 * synced: a piece is there whole or not at all. One process at a time (the store's lock guards the data folder).
 */
class CoffreDossier implements Coffre {
  readonly #racine: string;
  readonly #pieces: PiecesDossier;
  readonly #brouillons: Brouillons;
  readonly #dossiers: Dossiers;
  readonly #tours = new Map<Sha256, Promise<unknown>>();

  constructor({ dossier, random, balayer = true }: OptionsDossier) {
    this.#racine = resolve(dossier);
    const tmp = join(this.#racine, 'tmp');
    this.#pieces = new PiecesDossier(this.#racine);
    this.#brouillons = new Brouillons(tmp, random);
    this.#dossiers = new Dossiers(this.#racine);
    preparer(this.#racine, tmp, balayer);
  }

  async ajouter(source: Source, limite?: number): Promise<Depot> {
    if (source instanceof Uint8Array && source.length <= PETIT) return this.#ajouterPetit(source, limite);
    const brouillon = await this.#brouillons.ecrire(source, limite);
    await this.#placer(brouillon);
    return brouillon.depot;
  }

  async recevoir(source: Source, limite?: number): Promise<PieceEnAttente> {
    const brouillon = await this.#brouillons.ecrire(source, limite);
    const { sha256 } = brouillon.depot;
    return mettreEnAttente(brouillon, {
      garder: () => this.#placer(brouillon),
      lire: (debut, fin) => lirePlage(this.#pieces.chemin(sha256), { sha256, debut, fin }),
    });
  }

  /** Closes the folders kept open; nothing is to be added afterwards. */
  async fermer(): Promise<void> {
    await this.#dossiers.fermer();
  }

  ouvrir(sha256: Sha256, plage?: { readonly debut: number; readonly fin: number }): Promise<Readable> {
    return this.#pieces.ouvrir(sha256, plage);
  }

  verifier(sha256: Sha256): Promise<boolean> {
    return this.#pieces.verifier(sha256);
  }

  async #ajouterPetit(octets: Uint8Array, limite: number | undefined): Promise<Depot> {
    const compteur = new Compteur(limite);
    compteur.voir(octets);
    const depot = compteur.conclure();
    await this.#chacunSonTour(depot.sha256, async () => {
      const chemin = await this.#brouillons.ecrirePetit(octets);
      try {
        await this.#installer(chemin, depot);
      } catch (erreur) {
        await effacer(chemin);
        throw erreur;
      }
    });
    return depot;
  }

  /** Moves a draft to its place; in every case but a failure of the disk, the draft is gone afterwards. */
  #placer({ chemin, depot }: Brouillon): Promise<void> {
    return this.#chacunSonTour(depot.sha256, () => this.#installer(chemin, depot));
  }

  /**
   * Puts a draft in its place. Bytes already there are replaced by the same bytes: no reader sees a difference, and
   * a piece that a power cut had left half-written is made whole.
   */
  async #installer(brouillon: string, { sha256 }: Depot): Promise<void> {
    await surDisque(async () => {
      const nom = dossierDe(sha256);
      await rename(brouillon, join(await this.#dossiers.assurer(nom), sha256));
      await this.#dossiers.synchroniser(nom);
    });
  }

  /** Two additions of the same bytes go one after the other: the second must not answer before the first is durable. */
  async #chacunSonTour<T>(sha256: Sha256, geste: () => Promise<T>): Promise<T> {
    const avant = this.#tours.get(sha256);
    const tour = avant === undefined ? geste() : avant.then(geste, geste);
    this.#tours.set(sha256, tour);
    try {
      return await tour;
    } finally {
      if (this.#tours.get(sha256) === tour) this.#tours.delete(sha256);
    }
  }
}

interface OptionsDossier {
  readonly dossier: string;
  readonly random: Random;
  /** Default true. False where a daemon may be using the folder: its drafts are left alone. */
  readonly balayer?: boolean;
}

/** Opens the coffre of a data folder, made if needed; drafts left by an interrupted process are swept. */
export function ouvrirCoffreDossier(options: OptionsDossier): CoffreOuvert {
  return new CoffreDossier(options);
}
