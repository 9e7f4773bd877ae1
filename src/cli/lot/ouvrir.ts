import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OctetsLot } from '../../formats/lot/octets.ts';
import type { Pieces } from '../../formats/lot/pieces.ts';
import { erreurCli } from '../../metier/catalogue/cli.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import {
  choisirManifeste,
  type LotOuvert,
  ouvrirLotZip,
  tropGros,
} from '../../protocoles/actes/lot/archive.ts';
import { MANIFESTE_MAX } from '../../protocoles/actes/lot/tableau.ts';
import { illisible } from '../fichiers.ts';
import { ouvrirDossier } from './dossier.ts';

/** A batch, wherever it is: its manifest read, its files at hand. */
export interface Lot extends LotOuvert {
  /** Where its results are written when nobody says otherwise. */
  readonly resultats: string;
}

function resultatsDe(fichier: string): string {
  return `${fichier.replace(/\.(csv|zip|txt)$/i, '')}.resultats.csv`;
}

async function lireFichierManifeste(fichier: string): Promise<Uint8Array> {
  const { size } = await stat(fichier);
  if (size > MANIFESTE_MAX) throw tropGros(fichier);
  return readFile(fichier);
}

async function deTable(fichier: string): Promise<Lot> {
  const octets = await lireFichierManifeste(fichier);
  const pieces = await ouvrirDossier(dirname(fichier));
  return { manifeste: { nom: basename(fichier), octets }, resultats: resultatsDe(fichier), pieces };
}

function octetsDe(poignee: FileHandle, taille: number): OctetsLot {
  return {
    taille,
    lire: async (debut, fin) => {
      const tampon = Buffer.alloc(Math.max(0, Math.min(fin, taille) - debut));
      const { bytesRead } = await poignee.read(tampon, 0, tampon.length, debut);
      return tampon.subarray(0, bytesRead);
    },
  };
}

async function deZip(fichier: string): Promise<Lot> {
  const poignee = await open(fichier);
  try {
    const { manifeste, pieces } = await ouvrirLotZip(fichier, octetsDe(poignee, (await poignee.stat()).size));
    const fermer: Pieces['fermer'] = async () => {
      await pieces.fermer();
      await poignee.close();
    };
    return { manifeste, resultats: resultatsDe(fichier), pieces: { ...pieces, fermer } };
  } catch (e) {
    await poignee.close();
    throw e;
  }
}

async function estZip(fichier: string): Promise<boolean> {
  const tete = Buffer.alloc(2);
  const poignee = await open(fichier);
  try {
    await poignee.read(tete, 0, 2, 0);
  } finally {
    await poignee.close();
  }
  return tete.toString('latin1') === 'PK';
}

/**
 * @param chemin a folder, a ZIP or a CSV file, told by its content.
 * Throws VGM-CLI-003, VGM-LOT-002.
 */
export async function ouvrirLot(chemin: string): Promise<Lot> {
  try {
    const faits = await stat(chemin);
    if (faits.isDirectory()) {
      const noms = await readdir(chemin);
      return await deTable(join(chemin, choisirManifeste(chemin, noms)));
    }
    if (!faits.isFile())
      throw erreurCli('VGM-CLI-003', { fichier: chemin, raison: 'ce n’est pas un fichier' });
    return (await estZip(chemin)) ? await deZip(chemin) : await deTable(chemin);
  } catch (e) {
    throw e instanceof ErreurVgm ? e : illisible(chemin, e);
  }
}
