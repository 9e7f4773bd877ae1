import { join } from 'node:path';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import type { Depot, PieceEnAttente, Source } from '../../ports/coffre.ts';
import type { Random } from '../../ports/random.ts';
import { creerFichier, ecrireTout, effacer, surDisque } from './disque.ts';
import { Compteur, parTranches } from './empreintes.ts';
import { lirePlage } from './pieces.ts';

/** A file of the drafts folder, written and synced, with what was seen of it. */
export interface Brouillon {
  readonly chemin: string;
  readonly depot: Depot;
}

/** Writes drafts in a folder that one process uses at a time. */
export class Brouillons {
  readonly #dossier: string;
  readonly #random: Random;

  constructor(dossier: string, random: Random) {
    this.#dossier = dossier;
    this.#random = random;
  }

  /** Streams a source to a file, hashed and synced. A failure, of the source or of the disk, leaves nothing. */
  async ecrire(source: Source, limite: number | undefined): Promise<Brouillon> {
    const chemin = this.#nommer();
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

  /** The same for a few bytes, in one go. @returns its path. */
  async ecrirePetit(octets: Uint8Array): Promise<string> {
    const chemin = this.#nommer();
    try {
      await surDisque(async () => {
        const poignee = await creerFichier(chemin);
        try {
          await ecrireTout(poignee, octets);
          await poignee.sync();
        } finally {
          await poignee.close();
        }
      });
      return chemin;
    } catch (erreur) {
      await effacer(chemin);
      throw erreur;
    }
  }

  #nommer(): string {
    return join(this.#dossier, this.#random.hex(16));
  }
}

/** What becomes of a draft that is kept. */
export interface SortGarde {
  /** Makes it a piece, durable. A failure leaves the draft as it was. */
  garder(): Promise<void>;
  /** Bytes of the piece that was kept. */
  lire(debut: number, fin: number): Promise<Uint8Array>;
  /** Takes away what is left of the draft, once nobody reads it any more. */
  ranger?(): Promise<void>;
}

/** A draft until it is kept or thrown away. */
export function mettreEnAttente({ chemin, depot }: Brouillon, sort: SortGarde): PieceEnAttente {
  let etat: 'brouillon' | 'gardee' | 'jetee' = 'brouillon';
  let gardee: Promise<void> | undefined;
  const absente = () => erreurNoyau('VGM-NOY-006', { empreinte: depot.sha256 });
  const garder = async () => {
    if (etat === 'jetee') throw absente();
    await sort.garder();
    etat = 'gardee';
    await sort.ranger?.();
  };
  return {
    ...depot,
    async lire(debut, fin) {
      const plage = { debut, fin: Math.min(fin, depot.taille) };
      if (etat === 'jetee') throw absente();
      return etat === 'gardee'
        ? sort.lire(plage.debut, plage.fin)
        : lirePlage(chemin, { sha256: depot.sha256, ...plage });
    },
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
      if (etat !== 'brouillon') return;
      etat = 'jetee';
      await effacer(chemin);
    },
  };
}
