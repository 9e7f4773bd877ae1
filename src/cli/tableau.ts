import { stripVTControlCharacters } from 'node:util';
import type { Sorties } from './monde.ts';
import { peindre, sur } from './rendu.ts';

function large(texte: string): number {
  return [...stripVTControlCharacters(texte)].length;
}

const ESC = '\u001b';

/**
 * Foreign text is made safe. A colour that wraps a whole cell is ours (`peindre`); were it forged, it could only
 * colour its own cell.
 */
function propre(sorties: Sorties, cellule: string): string {
  const [avant, debut = '', fin = '', ...trop] = cellule.split(ESC);
  const [, ouvre, texte = ''] = /^(\[[0-9]+m)([^]*)$/.exec(debut) ?? [];
  const peinte = avant === '' && ouvre !== undefined && /^\[[0-9]+m$/.test(fin) && trop.length === 0;
  return sorties.couleur && peinte ? `${ESC}${ouvre}${sur(texte)}${ESC}${fin}` : sur(cellule);
}

/** Columns aligned on their widest cell, titles in bold; the last column is left unpadded. */
export function tableau(
  sorties: Sorties,
  titres: readonly string[],
  lignes: readonly (readonly string[])[],
): void {
  const propres = lignes.map((ligne) => ligne.map((c) => propre(sorties, c)));
  const largeurs = titres.map((titre, i) =>
    propres.reduce((max, ligne) => Math.max(max, large(ligne[i] ?? '')), large(titre)),
  );
  const ecrire = (cellules: readonly string[]): string =>
    cellules
      .map((c, i) => (i === cellules.length - 1 ? c : c + ' '.repeat((largeurs[i] ?? 0) - large(c))))
      .join('  ')
      .trimEnd();
  sorties.ecrire(ecrire(titres.map((t) => peindre(sorties, 'bold', t))));
  for (const ligne of propres) sorties.ecrire(ecrire(ligne));
}

/** `name: value` lines, values aligned. */
export function fiche(sorties: Sorties, paires: readonly (readonly [string, string])[]): void {
  const largeur = Math.max(0, ...paires.map(([nom]) => large(nom)));
  for (const [nom, valeur] of paires) {
    const titre = peindre(sorties, 'bold', nom);
    sorties.ecrire(`${titre}${' '.repeat(largeur - large(nom))}  ${propre(sorties, valeur)}`.trimEnd());
  }
}
