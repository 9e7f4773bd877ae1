import { stripVTControlCharacters } from 'node:util';
import type { Sorties } from './monde.ts';
import { peindre, sur } from './rendu.ts';

function large(texte: string): number {
  return [...stripVTControlCharacters(texte)].length;
}

/** Foreign text is made safe; colours written by us (a whole cell) are kept. */
function propre(cellule: string): string {
  const nu = stripVTControlCharacters(cellule);
  return nu === cellule ? sur(cellule) : cellule;
}

/** Columns aligned on their widest cell, titles in bold; the last column is left unpadded. */
export function tableau(sorties: Sorties, titres: readonly string[], lignes: readonly (readonly string[])[]): void {
  const propres = lignes.map((ligne) => ligne.map(propre));
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
    sorties.ecrire(`${titre}${' '.repeat(largeur - large(nom))}  ${propre(valeur)}`.trimEnd());
  }
}
