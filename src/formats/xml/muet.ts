import type { Balise, Fermante, Passage, Recepteur, SessionXml } from './evenements.ts';

/** Listens to nothing: what the tokeniser checks by itself is checked. Those who want a few events extend it. */
export class Muet implements Recepteur {
  commencer(_lecture: SessionXml): void {}
  ouvrir(_balise: Balise): void {}
  fermer(_fermante: Fermante): void {}
  texte(_passage: Passage): void {}
  caractere(_code: number, _indice: number): void {}
  commentaire(_passage: Passage): void {}
  instruction(_cible: string, _passage: Passage): void {}
  finir(): void {}
}
