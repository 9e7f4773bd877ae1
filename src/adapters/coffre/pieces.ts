import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { raisonDe } from '../../config/fichiers.ts';
import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import type { Coffre } from '../../ports/coffre.ts';
import { codeSysteme, panneDisque, surDisque } from './disque.ts';
import { estPiece, type Inventaire, type PieceListee } from './inventaire.ts';

/** Folder of a piece: 256 folders, made once. Ten million pieces put 40 000 in each, which file systems index well. */
export function dossierDe(sha256: Sha256): string {
  return sha256.slice(0, 2);
}

/** Is this an absent or altered piece? */
export function estAbsente(erreur: unknown): boolean {
  return erreur instanceof ErreurVgm && erreur.fiche.code === 'VGM-NOY-006';
}

async function ouvrirPiece(chemin: string, empreinte: Sha256): Promise<FileHandle> {
  try {
    return await open(chemin, 'r');
  } catch (origine) {
    if (codeSysteme(origine) === 'ENOENT') throw erreurNoyau('VGM-NOY-006', { empreinte }, origine);
    throw panneDisque(origine);
  }
}

/** Bytes [debut, fin[ of a file, cut at its end. Throws VGM-NOY-006 when it is not there. */
export async function lirePlage(
  chemin: string,
  quoi: { readonly sha256: Sha256; readonly debut: number; readonly fin: number },
): Promise<Uint8Array> {
  const voulu = Math.max(quoi.fin - quoi.debut, 0);
  const poignee = await ouvrirPiece(chemin, quoi.sha256);
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

/** Are these the bytes that the digest names? Throws what the stream throws. */
export async function estFidele(flot: Readable, sha256: Sha256): Promise<boolean> {
  const hache = createHash('sha256');
  for await (const morceau of flot as AsyncIterable<Uint8Array>) hache.update(morceau);
  return hache.digest('hex') === sha256;
}

/** The pieces of a folder, as they are read: nothing here writes. */
export class PiecesDossier implements Pick<Coffre, 'ouvrir' | 'verifier'>, Inventaire {
  readonly #racine: string;

  constructor(racine: string) {
    this.#racine = racine;
  }

  chemin(sha256: Sha256): string {
    return join(this.#racine, dossierDe(sha256), sha256);
  }

  async ouvrir(sha256: Sha256, plage?: { readonly debut: number; readonly fin: number }): Promise<Readable> {
    const poignee = await ouvrirPiece(this.chemin(sha256), sha256);
    // Its end is told in every case: a stream that must find it asks for a block more, however small the piece.
    const { debut, fin } = plage ?? { debut: 0, fin: await this.#tailleDe(poignee) };
    if (fin <= debut) {
      await poignee.close();
      return Readable.from([]);
    }
    return poignee.createReadStream({ start: debut, end: fin - 1 });
  }

  async verifier(sha256: Sha256): Promise<boolean> {
    let flot: Readable;
    try {
      flot = await this.ouvrir(sha256);
    } catch (erreur) {
      if (estAbsente(erreur)) return false;
      throw erreur;
    }
    return surDisque(() => estFidele(flot, sha256));
  }

  async *lister(): AsyncGenerator<PieceListee> {
    const dossiers = await surDisque(() => readdir(this.#racine));
    for (const dossier of dossiers.filter((nom) => /^[0-9a-f]{2}$/.test(nom)).toSorted()) {
      const noms = await surDisque(() => readdir(join(this.#racine, dossier)));
      for (const nom of noms.toSorted()) {
        if (!estPiece(nom) || dossierDe(nom) !== dossier) continue;
        const { size } = await surDisque(() => stat(this.chemin(nom)));
        yield { sha256: nom, taille: size };
      }
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
}

/** Opens a folder of pieces that must be there, to read only. Throws VGM-COF-005. */
export async function ouvrirPieces(dossier: string): Promise<PiecesDossier> {
  const refus = (raison: string, origine?: unknown) =>
    erreurCoffre('VGM-COF-005', { dossier, raison }, origine);
  const vu = await stat(dossier).catch((origine: unknown) => {
    throw refus(codeSysteme(origine) === 'ENOENT' ? 'dossier absent' : raisonDe(origine), origine);
  });
  if (!vu.isDirectory()) throw refus('ce n’est pas un dossier');
  return new PiecesDossier(dossier);
}
