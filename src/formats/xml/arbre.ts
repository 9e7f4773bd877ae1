import type { Balise, Passage, SessionXml } from './evenements.ts';
import { Muet } from './muet.ts';
import { decoder, valeurAttribut } from './valeurs.ts';

/** An element that was read: plain data, nothing of the parser is kept. */
export interface ElementXml {
  /** Namespace URI, empty when none. */
  readonly espace: string;
  /** Local name. */
  readonly nom: string;
  /** Key `{namespace}local`, or `local` without namespace. Namespace declarations are not attributes. */
  readonly attributs: ReadonlyMap<string, string>;
  readonly enfants: readonly ElementXml[];
  /** Direct text, concatenated across comments and processing instructions; the text of children is not part of it. */
  readonly texte: string;
}

interface ElementOuvert extends ElementXml {
  readonly enfants: ElementOuvert[];
  texte: string;
}

/** Beyond it a tree costs hundreds of megabytes; the French trusted list has some 30 000 elements. */
const ELEMENTS_MAX = 500_000;

const SANS_ATTRIBUT: ReadonlyMap<string, string> = new Map();

/**
 * Keeps a small document whole, as a tree. Comments and processing instructions are left out and do not cut the text
 * around them: `<a>x<?p?>y</a>` reads « xy », as the string value of XPath.
 */
export class ConstructeurArbre extends Muet {
  readonly #ouverts: ElementOuvert[] = [
    { espace: '', nom: '', attributs: SANS_ATTRIBUT, enfants: [], texte: '' },
  ];
  /** Keys of attributes, by expanded name. */
  readonly #cles: string[] = [];
  #lecture: SessionXml | null = null;
  #elements = 0;

  /** To be asked once the document was read whole. */
  get racine(): ElementXml {
    return this.#sommet().enfants[0] as ElementXml;
  }

  #sommet(): ElementOuvert {
    return this.#ouverts.at(-1) as ElementOuvert;
  }

  override commencer(lecture: SessionXml): void {
    this.#lecture = lecture;
  }

  override ouvrir(balise: Balise): void {
    const lecture = this.#lecture as SessionXml;
    const { noms } = lecture;
    this.#elements += 1;
    if (this.#elements > ELEMENTS_MAX) {
      lecture.arreter('XML-100', `Le fichier contient plus de ${ELEMENTS_MAX} éléments.`, balise.debut);
    }
    const element: ElementOuvert = {
      espace: noms.uri(noms.espaceDe(balise.nom)),
      nom: noms.localDe(balise.nom),
      attributs: balise.nombre === 0 ? SANS_ATTRIBUT : this.#attributs(balise, lecture),
      enfants: [],
      texte: '',
    };
    this.#sommet().enfants.push(element);
    this.#ouverts.push(element);
  }

  #attributs(balise: Balise, lecture: SessionXml): ReadonlyMap<string, string> {
    const attributs = new Map<string, string>();
    for (let k = 0; k < balise.nombre; k += 1) {
      attributs.set(
        this.#cle(balise.attNom[k] as number, lecture),
        valeurAttribut(balise, k, lecture.unicode),
      );
    }
    return attributs;
  }

  #cle(nom: number, { noms }: SessionXml): string {
    const connue = this.#cles[nom];
    if (connue !== undefined) return connue;
    const uri = noms.uri(noms.espaceDe(nom));
    const cle = uri === '' ? noms.localDe(nom) : `{${uri}}${noms.localDe(nom)}`;
    this.#cles[nom] = cle;
    return cle;
  }

  override fermer(): void {
    this.#ouverts.pop();
  }

  override texte({ octets, debut, fin }: Passage): void {
    this.#sommet().texte += decoder(octets.subarray(debut, fin), (this.#lecture as SessionXml).unicode);
  }

  override caractere(code: number): void {
    this.#sommet().texte += String.fromCodePoint(code);
  }
}
