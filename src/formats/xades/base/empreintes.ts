import { createHash, type Hash } from 'node:crypto';
import { Canonisation } from '../../xml/c14n/canonisation.ts';
import type { Cible } from '../../xml/c14n/cible.ts';
import type { Balise, Fermante, Passage, PositionXml, Recepteur, SessionXml } from '../../xml/evenements.ts';
import { LIMITES_SIGNATURE } from '../arbre.ts';

/** The second pass over a file: the canonical forms that its signatures ask, digested as they go by. */

export interface DemandeEmpreinte {
  /** Offset of the `<` of the element; null for the whole document, which may be asked once. */
  readonly debut: number | null;
  readonly mode: 'exclusive' | 'inclusive';
  /** Comments are part of the form. */
  readonly commentaires: boolean;
  /** The `ds:Signature` children of the element are left out. */
  readonly sansSignature: boolean;
  /** As node:crypto names it; null to have the bytes themselves, of a small element. */
  readonly hachage: string | null;
}

export interface EmpreinteFaite {
  /** The digest, or the canonical bytes; null when these are too many. */
  readonly octets: Uint8Array | null;
  /** As written, prefix included; empty for the document. */
  readonly nom: string;
  readonly id: string | null;
  readonly position: PositionXml;
  /** Met inside, whether the form keeps them or not. */
  readonly commentaires: number;
  readonly instructions: number;
}

/** Canonical bytes of a small element. */
class Blocs {
  readonly #blocs: Uint8Array[] = [];
  #taille = 0;

  update(octets: Uint8Array): void {
    this.#taille += octets.length;
    if (this.#taille <= LIMITES_SIGNATURE.caracteres) this.#blocs.push(Uint8Array.from(octets));
  }

  digest(): Uint8Array | null {
    return this.#taille <= LIMITES_SIGNATURE.caracteres ? Buffer.concat(this.#blocs) : null;
  }
}

interface EnCours extends Cible {
  readonly demande: DemandeEmpreinte;
  readonly produit: Hash | Blocs;
  readonly nom: string;
  readonly position: PositionXml;
  commentairesVus: number;
  instructionsVues: number;
}

const DEBUT: PositionXml = { octet: 0, ligne: 1, colonne: 1 };

/** Results by the demand itself, worth reading only after the pass ended well. */
export class Empreintes implements Recepteur {
  readonly faites = new Map<DemandeEmpreinte, EmpreinteFaite>();
  readonly #demandes = new Map<number, DemandeEmpreinte[]>();
  readonly #canonisation: Canonisation<EnCours>;
  readonly #ouvertes = new Set<EnCours>();

  constructor(demandes: readonly DemandeEmpreinte[]) {
    for (const demande of demandes) {
      const { debut } = demande;
      if (debut !== null) this.#demandes.set(debut, [...(this.#demandes.get(debut) ?? []), demande]);
    }
    const entier = demandes.find((d) => d.debut === null);
    this.#canonisation = new Canonisation<EnCours>({
      choisir: (balise, session) => this.#choisir(balise, session),
      ...(entier === undefined ? {} : { document: this.#suivre(entier, '', DEBUT) }),
      termine: ({ cible, id }) => this.#terminer(cible, id),
    });
  }

  #suivre(demande: DemandeEmpreinte, nom: string, position: PositionXml): EnCours {
    const { mode, commentaires, sansSignature, hachage } = demande;
    const produit = hachage === null ? new Blocs() : createHash(hachage);
    const commun = { demande, produit, nom, position, commentairesVus: 0, instructionsVues: 0 };
    const enCours: EnCours = { mode, commentaires, sansSignature, puits: [produit], ...commun };
    this.#ouvertes.add(enCours);
    return enCours;
  }

  #choisir(balise: Balise, session: SessionXml): EnCours[] | null {
    const siennes = this.#demandes.get(session.base + balise.debut);
    if (siennes === undefined) return null;
    const nom = session.noms.qualifieDe(balise.qualifie);
    const position = session.situer(balise.debut);
    return siennes.map((demande) => this.#suivre(demande, nom, position));
  }

  #terminer(cible: EnCours, id: string | null): void {
    this.#ouvertes.delete(cible);
    const { demande, produit, nom, position, commentairesVus, instructionsVues } = cible;
    const octets = produit.digest();
    const vus = { commentaires: commentairesVus, instructions: instructionsVues };
    this.faites.set(demande, { octets, nom, id, position, ...vus });
  }

  commencer(session: SessionXml): void {
    this.#canonisation.commencer(session);
  }

  ouvrir(balise: Balise): void {
    this.#canonisation.ouvrir(balise);
  }

  fermer(fermante: Fermante): void {
    this.#canonisation.fermer(fermante);
  }

  texte(passage: Passage): void {
    this.#canonisation.texte(passage);
  }

  caractere(code: number): void {
    this.#canonisation.caractere(code);
  }

  commentaire(passage: Passage): void {
    for (const enCours of this.#ouvertes) enCours.commentairesVus += 1;
    this.#canonisation.commentaire(passage);
  }

  instruction(cible: string, passage: Passage): void {
    for (const enCours of this.#ouvertes) enCours.instructionsVues += 1;
    this.#canonisation.instruction(cible, passage);
  }

  finir(): void {
    this.#canonisation.finir();
  }
}
