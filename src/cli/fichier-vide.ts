import { createReadStream } from 'node:fs';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import type { ErreurVgm } from '../metier/erreurs.ts';

/** Space, tabulation, ends of line; then the byte-order mark of UTF-8, where an editor saved nothing else. */
const BLANC = /^(?:\xef\xbb\xbf)?[ \t\r\n]*$/;
const SUITE = /^[ \t\r\n]*$/;

/** Reads no further than the first byte that says something. @returns why nothing can be said of the file, or null. */
async function constater(chemin: string): Promise<string | null> {
  let lus = 0;
  for await (const bloc of createReadStream(chemin)) {
    const texte = (bloc as Buffer).toString('latin1');
    if (!(lus === 0 ? BLANC : SUITE).test(texte)) return null;
    lus += texte.length;
  }
  return lus === 0
    ? 'il pèse 0 octet'
    : 'il ne contient que des blancs (espaces, tabulations, fins de ligne)';
}

/** A file that holds nothing is of no protocol: VGM-HLG-010, exit code 3; null when it holds something. */
export async function fichierVide(fichier: string): Promise<ErreurVgm | null> {
  const detail = await constater(fichier);
  return detail === null ? null : erreurHorsLigne('VGM-HLG-010', { fichier, detail });
}
