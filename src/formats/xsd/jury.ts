import { Ensemble } from '../xml/ensemble.ts';
import type { Balise, Fermante, Passage, Recepteur, SessionXml } from '../xml/evenements.ts';
import { Muet } from '../xml/muet.ts';
import type { BilanXsd } from './constats.ts';
import type { SchemaXsd } from './schema.ts';
import { type OptionsValideur, ValideurXsd } from './valideur.ts';

/** Expanded name of a root element. */
export interface RacineXml {
  /** Namespace URI, empty when none. */
  readonly espace: string;
  readonly nom: string;
}

/** A schema called to judge, and in whose name. */
export interface Jure<P> {
  readonly pour: P;
  readonly schema: SchemaXsd;
}

export interface BilanJure<P> {
  readonly pour: P;
  readonly bilan: BilanXsd;
}

/**
 * Several schemas judge one reading. Which ones hangs on the root, so that they are called when it is met; an element
 * that nobody is called for is listened to by nobody. One object per document.
 */
export class JuryXsd<P> implements Recepteur {
  readonly #convoquer: (racine: RacineXml) => readonly Jure<P>[];
  readonly #options: OptionsValideur;
  #session: SessionXml | null = null;
  #juges: readonly { readonly pour: P; readonly valideur: ValideurXsd }[] = [];
  #ecoute: Recepteur = new Muet();
  #racine: RacineXml | null = null;
  #fini = false;

  /** @param convoquer asked once, within the reading. */
  constructor(convoquer: (racine: RacineXml) => readonly Jure<P>[], options: OptionsValideur = {}) {
    this.#convoquer = convoquer;
    this.#options = options;
  }

  /** Null as long as the document was not read to its end: what was told of it until then is to be forgotten. */
  bilans(): { readonly racine: RacineXml; readonly jures: readonly BilanJure<P>[] } | null {
    if (!this.#fini || this.#racine === null) return null;
    const jures = this.#juges.map(({ pour, valideur }) => ({ pour, bilan: valideur.bilan() }));
    return { racine: this.#racine, jures };
  }

  commencer(session: SessionXml): void {
    this.#session = session;
  }

  #ouvrirRacine(balise: Balise, session: SessionXml): void {
    const { noms } = session;
    const racine = { espace: noms.uri(noms.espaceDe(balise.nom)), nom: noms.localDe(balise.nom) };
    this.#racine = racine;
    this.#juges = this.#convoquer(racine).map(({ pour, schema }) => ({
      pour,
      valideur: new ValideurXsd(schema, this.#options),
    }));
    const valideurs = this.#juges.map((j) => j.valideur);
    const [seul] = valideurs;
    if (seul !== undefined) this.#ecoute = valideurs.length === 1 ? seul : new Ensemble(valideurs);
    this.#ecoute.commencer(session);
  }

  ouvrir(balise: Balise): void {
    if (this.#racine === null) this.#ouvrirRacine(balise, this.#session as SessionXml);
    this.#ecoute.ouvrir(balise);
  }

  fermer(fermante: Fermante): void {
    this.#ecoute.fermer(fermante);
  }

  texte(passage: Passage): void {
    this.#ecoute.texte(passage);
  }

  caractere(code: number, indice: number): void {
    this.#ecoute.caractere(code, indice);
  }

  commentaire(): void {
    // no schema has anything to say of a comment
  }

  instruction(): void {
    // nor of a processing instruction
  }

  finir(): void {
    this.#ecoute.finir();
    this.#fini = true;
  }
}
