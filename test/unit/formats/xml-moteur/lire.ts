import { AnalyseurXml, type OptionsXml } from '../../../../src/formats/xml/analyseur.ts';
import type {
  Balise,
  Fermante,
  Passage,
  Recepteur,
  RefusXml,
  SessionXml,
} from '../../../../src/formats/xml/evenements.ts';
import { decoder, valeurAttribut } from '../../../../src/formats/xml/valeurs.ts';

/** Writes down every event as one readable line; neighbouring texts are joined. */
export class Temoin implements Recepteur {
  readonly lignes: string[] = [];
  #session: SessionXml | null = null;
  #texte = '';

  get session(): SessionXml {
    if (this.#session === null) throw new TypeError('nothing read yet');
    return this.#session;
  }

  #dire(ligne: string): void {
    if (this.#texte !== '') this.lignes.push(`texte ${JSON.stringify(this.#texte)}`);
    this.#texte = '';
    if (ligne !== '') this.lignes.push(ligne);
  }

  commencer(session: SessionXml): void {
    this.#session = session;
    this.#dire(`commencer ${session.encodage}`);
  }

  nom(nom: number): string {
    const { noms } = this.session;
    const uri = noms.uri(noms.espaceDe(nom));
    return uri === '' ? noms.localDe(nom) : `{${uri}}${noms.localDe(nom)}`;
  }

  ouvrir(balise: Balise): void {
    const attributs = Array.from({ length: balise.nombre }, (_, k) => {
      const valeur = valeurAttribut(balise, k, this.session.unicode);
      return ` ${this.nom(balise.attNom[k] ?? 0)}=${JSON.stringify(valeur)}`;
    });
    const { base } = this.session;
    const places = `${base + balise.debut}-${base + balise.finNom}-${base + balise.fin}`;
    this.#dire(`ouvrir ${this.nom(balise.nom)}${attributs.join('')} @${places}${balise.vide ? ' vide' : ''}`);
  }

  fermer(fermante: Fermante): void {
    const { base } = this.session;
    this.#dire(`fermer ${this.nom(fermante.nom)} @${base + fermante.debut}-${base + fermante.fin}`);
  }

  texte(passage: Passage): void {
    this.#texte += decoder(passage.octets.subarray(passage.debut, passage.fin), this.session.unicode);
  }

  caractere(code: number): void {
    this.#texte += String.fromCodePoint(code);
  }

  commentaire(passage: Passage): void {
    this.#dire(`commentaire ${this.#brut(passage)}`);
  }

  instruction(cible: string, passage: Passage): void {
    this.#dire(`instruction ${cible} ${this.#brut(passage)}`);
  }

  finir(): void {
    this.#dire('finir');
  }

  #brut(passage: Passage): string {
    return JSON.stringify(decoder(passage.octets.subarray(passage.debut, passage.fin), this.session.unicode));
  }
}

export interface Lecture {
  readonly refus: RefusXml | null;
  readonly lignes: readonly string[];
}

/** Reads the whole in chunks of `pas` bytes. */
export function lire(source: string | Buffer, options: OptionsXml & { readonly pas?: number } = {}): Lecture {
  const octets = typeof source === 'string' ? Buffer.from(source, 'utf8') : source;
  const temoin = new Temoin();
  const analyseur = new AnalyseurXml(temoin, options);
  const pas = options.pas ?? 1 << 20;
  for (let i = 0; i < octets.length; i += pas) analyseur.ecrire(octets.subarray(i, i + pas));
  return { refus: analyseur.finir(), lignes: temoin.lignes };
}
