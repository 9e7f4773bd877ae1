import { expect } from 'vitest';
import { Analyseur } from '../../../../src/formats/pdf/analyseur.ts';
import { decoder } from '../../../../src/formats/pdf/filtres.ts';
import type { Dictionnaire, ObjetPdf } from '../../../../src/formats/pdf/objets.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';

export const lire = (texte: string): ObjetPdf =>
  new Analyseur(new Octets(Buffer.from(texte, 'latin1')), 0).objet();

const dict = (texte: string): Dictionnaire => {
  const objet = lire(texte);
  return objet.type === 'dictionnaire' ? objet : expect.fail(texte);
};

/** What a stream of this dictionary gives, or why it gives nothing. */
export function decode(octets: Uint8Array, dictionnaire: string, limite = 1_000_000): string {
  const lu = decoder(octets, dict(dictionnaire), limite);
  return lu.type === 'decode' ? Buffer.from(lu.octets).toString('latin1') : lu.type;
}
