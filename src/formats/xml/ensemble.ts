import type { Balise, Fermante, Passage, Recepteur, SessionXml } from './evenements.ts';

/** Several receivers on one pass, told in the order given. A receiver alone is handed to the tokeniser as it is. */
export class Ensemble implements Recepteur {
  readonly #recepteurs: readonly Recepteur[];

  constructor(recepteurs: readonly Recepteur[]) {
    this.#recepteurs = recepteurs;
  }

  commencer(session: SessionXml): void {
    for (const r of this.#recepteurs) r.commencer(session);
  }

  ouvrir(balise: Balise): void {
    for (const r of this.#recepteurs) r.ouvrir(balise);
  }

  fermer(fermante: Fermante): void {
    for (const r of this.#recepteurs) r.fermer(fermante);
  }

  texte(passage: Passage): void {
    for (const r of this.#recepteurs) r.texte(passage);
  }

  caractere(code: number, indice: number): void {
    for (const r of this.#recepteurs) r.caractere(code, indice);
  }

  commentaire(passage: Passage): void {
    for (const r of this.#recepteurs) r.commentaire(passage);
  }

  instruction(cible: string, passage: Passage): void {
    for (const r of this.#recepteurs) r.instruction(cible, passage);
  }

  finir(): void {
    for (const r of this.#recepteurs) r.finir();
  }
}
