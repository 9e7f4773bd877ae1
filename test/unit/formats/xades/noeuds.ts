import { Arbre, type Noeud } from '../../../../src/formats/xades/arbre.ts';
import { Cahier } from '../../../../src/formats/xades/constats.ts';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import type { Balise, Passage, SessionXml } from '../../../../src/formats/xml/evenements.ts';
import { Muet } from '../../../../src/formats/xml/muet.ts';

/** Small trees from their text, for the tests of what reads them: no file, no key. */

export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const EXC = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPPEE = `${DS}enveloped-signature`;
export const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
export const PLUS = 'http://www.w3.org/2001/04/xmldsig-more#';

class Pousse extends Muet {
  arbre: Arbre | null = null;
  #session: SessionXml | null = null;

  override commencer(session: SessionXml): void {
    this.#session = session;
  }

  override ouvrir(balise: Balise): void {
    if (this.arbre !== null) this.arbre.ouvrir(balise);
    else if (this.#session !== null) this.arbre = new Arbre(balise, this.#session);
  }

  override fermer(): void {
    this.arbre?.fermer();
  }

  override texte(passage: Passage): void {
    this.arbre?.texte(passage);
  }

  override caractere(code: number): void {
    this.arbre?.caractere(code);
  }
}

/** The tree of a whole document. @param octets text is written in UTF-8. */
export function arbreDe(octets: string | Uint8Array): Arbre {
  const pousse = new Pousse();
  const analyseur = new AnalyseurXml(pousse, { ids: 'libres' });
  analyseur.ecrire(typeof octets === 'string' ? Buffer.from(octets, 'utf8') : octets);
  const refus = analyseur.finir();
  if (pousse.arbre === null || refus !== null) throw new TypeError(refus?.message);
  return pousse.arbre;
}

export const noeudDe = (octets: string | Uint8Array): Noeud => arbreDe(octets).racine;

/** What a reading gives, and the codes of what it noted, in order. */
export function lire<T>(lecture: (cahier: Cahier) => T): { readonly lu: T; readonly codes: string[] } {
  const cahier = new Cahier();
  const lu = lecture(cahier);
  return { lu, codes: cahier.constats.map((c) => c.code) };
}
