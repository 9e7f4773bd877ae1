import { createReadStream } from 'node:fs';
import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import {
  absente,
  cleDeNom,
  DEHORS,
  lireChemin,
  type Manque,
  type PieceLot,
  type Pieces,
} from '../../formats/lot/pieces.ts';
import { illisible, raison } from '../fichiers.ts';

/** Files of a folder, with all that is under it. */

async function* lirePiece(fichier: string, taille: number): AsyncGenerator<Uint8Array> {
  const change = () =>
    erreurLot('VGM-LOT-005', { piece: basename(fichier), raison: 'sa taille a changé pendant sa lecture' });
  let lus = 0;
  const source: AsyncIterable<Buffer> = createReadStream(fichier);
  try {
    for await (const bloc of source) {
      lus += bloc.length;
      if (lus > taille) break;
      yield bloc;
    }
  } catch (e) {
    throw illisible(fichier, e);
  }
  if (lus !== taille) throw change();
}

class Dossier implements Pieces {
  readonly #racine: string;
  /** Names of each folder, read once. */
  readonly #noms = new Map<string, readonly string[]>();

  constructor(racine: string) {
    this.#racine = racine;
  }

  async #lister(dossier: string): Promise<readonly string[]> {
    const connus = this.#noms.get(dossier) ?? (await readdir(dossier));
    this.#noms.set(dossier, connus);
    return connus;
  }

  /** Follows a path name by name: a name may be written decomposed on the disk and composed in the manifest. */
  async #suivre(segments: readonly string[]): Promise<string | Manque> {
    let ici = this.#racine;
    for (const segment of segments) {
      const noms = await this.#lister(ici);
      const nom = noms.find((n) => n === segment) ?? noms.find((n) => n.normalize('NFC') === segment);
      if (nom === undefined) return absente(noms.find((n) => cleDeNom(n) === cleDeNom(segment)));
      ici = join(ici, nom);
    }
    return ici;
  }

  async #ouvrir(fichier: string): Promise<PieceLot | Manque> {
    // a link may lead anywhere
    const reel = await realpath(fichier);
    if (!reel.startsWith(this.#racine.endsWith(sep) ? this.#racine : this.#racine + sep)) return DEHORS;
    const faits = await stat(reel);
    if (!faits.isFile())
      return { motif: 'ce n’est pas un fichier', remede: 'Nommer un fichier, et non un dossier.' };
    await access(reel, constants.R_OK);
    const { size: taille } = faits;
    return { nom: basename(fichier), taille, ouvrir: () => lirePiece(reel, taille) };
  }

  async trouver(brut: string): Promise<PieceLot | Manque> {
    const chemin = lireChemin(brut);
    if (typeof chemin !== 'string') return chemin;
    try {
      const fichier = await this.#suivre(chemin.split('/').filter((s) => s !== '' && s !== '.'));
      return typeof fichier === 'string' ? await this.#ouvrir(fichier) : fichier;
    } catch (e) {
      return {
        motif: `ce fichier ne peut pas être lu (${raison(e)})`,
        remede: 'Corriger le chemin ou les droits.',
      };
    }
  }

  fermer(): Promise<void> {
    return Promise.resolve();
  }
}

/** @param racine folder of the manifest. */
export async function ouvrirDossier(racine: string): Promise<Pieces> {
  return new Dossier(await realpath(racine));
}
