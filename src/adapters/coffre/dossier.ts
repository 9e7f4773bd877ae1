import { createHash } from 'node:crypto';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import type { Coffre, Depot, PieceEnAttente, Source } from '../../ports/coffre.ts';
import type { Random } from '../../ports/random.ts';
import {
  codeSysteme,
  creerFichier,
  Dossiers,
  ecrireTout,
  effacer,
  panneDisque,
  preparer,
  surDisque,
} from './disque.ts';
import { Compteur, parTranches } from './empreintes.ts';

/** Up to that size a buffer is written in one go. */
const PETIT = 1024 * 1024;

/** Folder of a piece: 256 folders, made once. Ten million pieces put 40 000 in each, which file systems index well. */
function dossierDe(sha256: Sha256): string {
  return sha256.slice(0, 2);
}

/** A file of `tmp/`, written and synced, with what was seen of it. */
interface Brouillon {
  readonly chemin: string;
  readonly depot: Depot;
}

/**
 * The coffre as a folder: `ab/<sha256>`, files written apart, synced, then renamed into place and the folder
 * synced: a piece is there whole or not at all. One process at a time (the store's lock guards the data folder).
 */
class CoffreDossier implements Coffre {
  readonly #racine: string;
  readonly #tmp: string;
  readonly #random: Random;
  readonly #dossiers: Dossiers;
  readonly #tours = new Map<Sha256, Promise<unknown>>();

  constructor(racine: string, random: Random) {
    this.#racine = racine;
    this.#tmp = join(racine, 'tmp');
    this.#random = random;
    this.#dossiers = new Dossiers(racine);
    preparer(racine, this.#tmp);
  }

  async ajouter(source: Source, limite?: number): Promise<Depot> {
    if (source instanceof Uint8Array && source.length <= PETIT) return this.#ajouterPetit(source, limite);
    const brouillon = await this.#ecrire(source, limite);
    await this.#placer(brouillon);
    return brouillon.depot;
  }

  async recevoir(source: Source, limite?: number): Promise<PieceEnAttente> {
    const brouillon = await this.#ecrire(source, limite);
    const { depot } = brouillon;
    let ou: string | undefined = brouillon.chemin;
    let gardee: Promise<void> | undefined;
    const garder = async () => {
      if (ou === undefined) throw erreurNoyau('VGM-NOY-006', { empreinte: depot.sha256 });
      await this.#placer(brouillon);
      ou = this.#chemin(depot.sha256);
    };
    return {
      ...depot,
      lire: (debut, fin) => this.#lire(ou, { sha256: depot.sha256, debut, fin: Math.min(fin, depot.taille) }),
      garder: () => {
        // A failed attempt (full disk) may be made again: the draft is still there.
        gardee ??= garder().catch((erreur: unknown) => {
          gardee = undefined;
          throw erreur;
        });
        return gardee;
      },
      jeter: async () => {
        await gardee?.catch(() => undefined);
        if (ou !== brouillon.chemin) return;
        ou = undefined;
        await effacer(brouillon.chemin);
      },
    };
  }

  /** Closes the folders kept open; nothing is to be added afterwards. */
  async fermer(): Promise<void> {
    await this.#dossiers.fermer();
  }

  async ouvrir(sha256: Sha256, plage?: { readonly debut: number; readonly fin: number }): Promise<Readable> {
    const poignee = await this.#ouvrirPiece(this.#chemin(sha256), sha256);
    // Its end is told in every case: a stream that must find it asks for a block more, however small the piece.
    const { debut, fin } = plage ?? { debut: 0, fin: await this.#tailleDe(poignee) };
    if (fin <= debut) {
      await poignee.close();
      return Readable.from([]);
    }
    return poignee.createReadStream({ start: debut, end: fin - 1 });
  }

  async verifier(sha256: Sha256): Promise<boolean> {
    const flot = await this.#ouvrirSiPresente(sha256);
    if (flot === undefined) return false;
    return surDisque(async () => {
      const hache = createHash('sha256');
      for await (const morceau of flot as AsyncIterable<Uint8Array>) hache.update(morceau);
      return hache.digest('hex') === sha256;
    });
  }

  async #ouvrirSiPresente(sha256: Sha256): Promise<Readable | undefined> {
    try {
      return await this.ouvrir(sha256);
    } catch (erreur) {
      if (erreur instanceof ErreurVgm && erreur.fiche.code === 'VGM-NOY-006') return undefined;
      throw erreur;
    }
  }

  #chemin(sha256: Sha256): string {
    return join(this.#racine, dossierDe(sha256), sha256);
  }

  async #ajouterPetit(octets: Uint8Array, limite: number | undefined): Promise<Depot> {
    const compteur = new Compteur(limite);
    compteur.voir(octets);
    const depot = compteur.conclure();
    await this.#chacunSonTour(depot.sha256, async () => {
      const chemin = this.#brouillon();
      try {
        await surDisque(() => this.#ecrireFichier(chemin, octets));
        await this.#installer(chemin, depot);
      } catch (erreur) {
        await effacer(chemin);
        throw erreur;
      }
    });
    return depot;
  }

  #brouillon(): string {
    return join(this.#tmp, this.#random.hex(16));
  }

  async #ecrireFichier(chemin: string, octets: Uint8Array): Promise<void> {
    const poignee = await creerFichier(chemin);
    try {
      await ecrireTout(poignee, octets);
      await poignee.sync();
    } finally {
      await poignee.close();
    }
  }

  /** Streams a source to `tmp/`, hashed and synced. A failure, of the source or of the disk, leaves nothing. */
  async #ecrire(source: Source, limite: number | undefined): Promise<Brouillon> {
    const chemin = this.#brouillon();
    const compteur = new Compteur(limite);
    const poignee = await surDisque(() => creerFichier(chemin));
    let faite = false;
    try {
      for await (const morceau of parTranches(source)) {
        compteur.voir(morceau);
        await surDisque(() => ecrireTout(poignee, morceau));
      }
      await surDisque(() => poignee.sync());
      faite = true;
      return { chemin, depot: compteur.conclure() };
    } finally {
      await poignee.close().catch(() => undefined);
      if (!faite) await effacer(chemin);
    }
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

  async #ouvrirPiece(chemin: string, empreinte: Sha256): Promise<FileHandle> {
    try {
      return await open(chemin, 'r');
    } catch (origine) {
      if (codeSysteme(origine) === 'ENOENT') throw erreurNoyau('VGM-NOY-006', { empreinte }, origine);
      throw panneDisque(origine);
    }
  }

  async #tailleDe(poignee: FileHandle): Promise<number> {
    try {
      return (await poignee.stat()).size;
    } catch (origine) {
      await poignee.close();
      throw panneDisque(origine);
    }
  }

  async #lire(
    chemin: string | undefined,
    quoi: { sha256: Sha256; debut: number; fin: number },
  ): Promise<Uint8Array> {
    if (chemin === undefined) throw erreurNoyau('VGM-NOY-006', { empreinte: quoi.sha256 });
    const voulu = Math.max(quoi.fin - quoi.debut, 0);
    const poignee = await this.#ouvrirPiece(chemin, quoi.sha256);
    return surDisque(async () => {
      try {
        const octets = Buffer.allocUnsafe(voulu);
        let lus = 0;
        while (lus < voulu) {
          const { bytesRead } = await poignee.read(octets, lus, voulu - lus, quoi.debut + lus);
          if (bytesRead === 0) break;
          lus += bytesRead;
        }
        return octets.subarray(0, lus);
      } finally {
        await poignee.close();
      }
    });
  }
}

/** Opens the coffre of a data folder, made if needed; drafts left by an interrupted process are swept. */
export function ouvrirCoffreDossier(options: {
  readonly dossier: string;
  readonly random: Random;
}): Coffre & { fermer(): Promise<void> } {
  return new CoffreDossier(resolve(options.dossier), options.random);
}
