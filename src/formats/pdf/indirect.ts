import { Analyseur, demesure } from './analyseur.ts';
import type { ObjetPdf } from './objets.ts';
import type { Octets } from './octets.ts';

/** Indirect objects and the bytes of their streams, where they stand in the file (ISO 32000-1, 7.3.8 and 7.3.10). */

export interface Indirect {
  readonly numero: number;
  readonly generation: number;
  readonly objet: ObjetPdf;
  /** Where the bytes of its stream begin; null for what is no stream. */
  readonly donnees: number | null;
}

const ENTIER = /^[0-9]{1,10}$/;
const FIN = 'endstream';
/** A stream whose length is wrong is looked for its end no further. */
const RECHERCHE_MAX = 32_000_000;
const PAS = 65_536;

const LF = 0x0a;
const CR = 0x0d;

/** The data follow one end of line; writers of old put a CR alone. */
function debutDonnees(octets: Octets, position: number): number {
  if (octets.a(position) === LF) return position + 1;
  if (octets.a(position) !== CR) return position;
  return position + (octets.a(position + 1) === LF ? 2 : 1);
}

/** @returns null when no `n g obj` stands there. Throws VGM-PDF-001 and -003. */
export function lireIndirect(octets: Octets, position: number): Indirect | null {
  const a = new Analyseur(octets, position);
  const [numero, generation] = [a.mot(), a.mot()];
  if (!ENTIER.test(numero) || !ENTIER.test(generation) || a.mot() !== 'obj') return null;
  const objet = a.objet();
  const flux = objet.type === 'dictionnaire' && a.passer('stream');
  const donnees = flux ? debutDonnees(octets, a.position) : null;
  return { numero: Number(numero), generation: Number(generation), objet, donnees };
}

function finitBien(octets: Octets, fin: number): boolean {
  if (fin > octets.taille) return false;
  return /^[\0\t\n\f\r ]*endstream/.test(octets.texte(fin, fin + FIN.length + 8));
}

/**
 * @param longueur as the stream says, null when it does not.
 * @returns end of the data: there when `endstream` follows, or else where that word is first found.
 */
export function finFlux(octets: Octets, debut: number, longueur: number | null): number | null {
  if (longueur !== null && longueur >= 0 && finitBien(octets, debut + longueur)) return debut + longueur;
  for (let i = debut; i < Math.min(octets.taille, debut + RECHERCHE_MAX); i += PAS) {
    const trouve = octets.texte(i, i + PAS + FIN.length).indexOf(FIN);
    if (trouve >= 0) return i + trouve;
  }
  if (octets.taille - debut > RECHERCHE_MAX) throw demesure('un flux y est sans fin');
  return null;
}
