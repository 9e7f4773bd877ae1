import type { PoliceTrueType } from './truetype.ts';

/** Words set in lines. */

const REMPLACEMENT = '\u{FFFD}';

/**
 * What can be drawn: characters of control and of format go, those that the font has not become a sign that is seen.
 * Line feeds stay.
 */
export function nettoyerTexte(texte: string, police: PoliceTrueType): string {
  const net = texte
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/\p{Cf}/gu, '')
    .replace(/[^\P{Cc}\n]/gu, ' ');
  return Array.from(net, (c) =>
    c === '\n' || police.glyphe(c.codePointAt(0) ?? 0) !== 0 ? c : REMPLACEMENT,
  ).join('');
}

/** Width of a text, points. */
export type Mesurer = (texte: string) => number;

function couperParLettres(mot: string, largeur: number, mesurer: Mesurer): string[] {
  const morceaux: string[] = [];
  let morceau = '';
  for (const c of mot) {
    if (morceau !== '' && mesurer(morceau + c) > largeur) {
      morceaux.push(morceau);
      morceau = '';
    }
    morceau += c;
  }
  return [...morceaux, morceau];
}

/**
 * A word too long for a line (an identifier, a digest, an address) is cut at its signs, or wherever it must be. Never after
 * a hyphen: those who copy the text out would have it without.
 */
function couperMot(mot: string, largeur: number, mesurer: Mesurer): string[] {
  const morceaux: string[] = [];
  let morceau = '';
  for (const partie of mot.split(/(?<=[_/.,:;@?&=])|(?=-)/)) {
    if (mesurer(morceau + partie) <= largeur) {
      morceau += partie;
      continue;
    }
    if (morceau !== '') morceaux.push(morceau);
    const suite = couperParLettres(partie, largeur, mesurer);
    morceau = suite.pop() ?? '';
    morceaux.push(...suite);
  }
  return [...morceaux, morceau];
}

function couperParagraphe(texte: string, largeur: number, mesurer: Mesurer): string[] {
  const lignes: string[] = [];
  let ligne = '';
  for (const mot of texte.split(/[ \t]+/).filter((m) => m !== '')) {
    const suite = ligne === '' ? mot : `${ligne} ${mot}`;
    if (mesurer(suite) <= largeur) {
      ligne = suite;
      continue;
    }
    if (ligne !== '') lignes.push(ligne);
    const morceaux = couperMot(mot, largeur, mesurer);
    ligne = morceaux.pop() ?? '';
    lignes.push(...morceaux);
  }
  return [...lignes, ligne];
}

/** @returns the lines of a text, one at least. */
export function couperEnLignes(texte: string, largeur: number, mesurer: Mesurer): readonly string[] {
  return texte.split('\n').flatMap((paragraphe) => couperParagraphe(paragraphe, largeur, mesurer));
}
