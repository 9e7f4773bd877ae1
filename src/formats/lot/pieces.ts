import { posix } from 'node:path';

/** The files that a manifest names, wherever they are kept. */

/** A file ready to be sent: its size is known before its bytes. */
export interface PieceLot {
  /** Last part of its path. */
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  /** Throws VGM-LOT-005 when the bytes are not as many as were announced. */
  ouvrir(): AsyncIterable<Uint8Array>;
}

/** What is said when there is none, as the end of a sentence, and what to do. */
export interface Manque {
  readonly motif: string;
  readonly remede: string;
}

export interface Pieces {
  /** @param chemin relative to the manifest. */
  trouver(chemin: string): Promise<PieceLot | Manque>;
  fermer(): Promise<void>;
}

export const DEHORS: Manque = {
  motif: 'ce chemin sort du lot',
  remede:
    'Mettre le fichier à côté du manifeste, ou dans un sous-dossier, et écrire son chemin à partir de là.',
};

export function absente(voisin: string | undefined): Manque {
  return {
    motif: 'ce fichier est absent',
    remede:
      voisin === undefined
        ? 'Le joindre à côté du manifeste, ou corriger son nom.'
        : `Écrire « ${voisin} », qui ne diffère que par les majuscules ou les accents.`,
  };
}

/** Names that differ only by what some systems do not see. */
export function cleDeNom(nom: string): string {
  return nom.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/**
 * A path written by a person or by another system, as `dossier/nom` in composed form. A path that leads out of the batch is
 * refused: whoever wrote the manifest must not choose which files of this machine are sent.
 */
export function lireChemin(brut: string): string | Manque {
  const barres = brut.replaceAll('\\', '/').normalize('NFC');
  const chemin = posix.normalize(barres);
  const dehors = posix.isAbsolute(chemin) || /^[A-Za-z]:/.test(chemin) || /^\.\.(\/|$)/.test(chemin);
  return dehors || chemin.includes('\0') ? DEHORS : chemin;
}
