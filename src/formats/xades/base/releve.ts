import type { Balise, Fermante, Passage, PositionXml, Recepteur, SessionXml } from '../../xml/evenements.ts';
import { ESPACE } from '../../xml/octets.ts';
import { valeurAttribut } from '../../xml/valeurs.ts';
import { Arbre, type Noeud } from '../arbre.ts';
import { NS_DS, versionXades } from '../espaces.ts';

/** The first of the two passes over a file: what its signatures ask. The second one makes the digests they ask. */

const NS_XML = 'http://www.w3.org/XML/1998/namespace';
/** Identifiers in other attributes are remembered to be named in a refusal; beyond this many, nobody reads them. */
const AUTRES_MAX = 1000;
/** Signatures of one file. */
export const SIGNATURES_MAX = 100;

/** The element that holds a signature. */
export interface Porteur {
  /** Offset of its `<` in the file. */
  readonly debut: number;
  readonly id: string | null;
  /** 1 for the root. */
  readonly profondeur: number;
  /** `ds:Signature` children. */
  signatures: number;
}

/** A ds:Object, and what it carries besides the XAdES properties. */
export interface ObjetReleve {
  readonly debut: number;
  readonly id: string | null;
  readonly contenus: { readonly espace: string; readonly nom: string }[];
  /** Text of its own, other than white space. */
  texte: boolean;
  proprietes: boolean;
  /** Comments and processing instructions that stand directly in it. */
  ecarts: number;
}

export interface SignatureRelevee {
  /** From 1, in the order of the file. */
  readonly rang: number;
  readonly position: PositionXml;
  /** null when the signature is the root. */
  readonly porteur: Porteur | null;
  /** Without the contents of its objects, nor what the unsigned properties hold. */
  readonly racine: Noeud;
  readonly objets: readonly ObjetReleve[];
  /** Outside of its objects. */
  readonly commentaires: number;
  readonly instructions: number;
  readonly suivie: boolean;
  readonly imbriquee: boolean;
  readonly tropGrosse: boolean;
}

type EnCours = { -readonly [K in keyof SignatureRelevee]: SignatureRelevee[K] };

interface Capture {
  readonly arbre: Arbre;
  readonly profondeur: number;
  readonly relevee: EnCours;
  readonly objets: ObjetReleve[];
  /** Depth of the element that is open. */
  courante: number;
  /** The ds:Object that is open. */
  objet: ObjetReleve | null;
  /** Depth of the element of which the tree keeps nothing more, 0 when none. */
  omis: number;
  /** Depth of the UnsignedProperties that is open, 0 when none. */
  nonSignees: number;
}

export class ReleveBase implements Recepteur {
  readonly signatures: SignatureRelevee[] = [];
  readonly ids = new Set<string>();
  /** Values of `ID`, `id` and `xml:id`. */
  readonly autresIds = new Set<string>();
  /** Processing instructions outside of the root. */
  instructionsHors = 0;
  tropDeSignatures = false;
  encodage: SessionXml['encodage'] = 'UTF-8';
  /** Offset of the root element. */
  racine = 0;
  /** Of the open elements, by depth. */
  readonly #debuts: number[] = [];
  readonly #ids: (string | null)[] = [];
  readonly #porteurs: (Porteur | null)[] = [];
  #session: SessionXml | null = null;
  #nomSignature = -1;
  #nomsId: readonly number[] = [];
  #capture: Capture | null = null;
  /** The signature that ended last: what opens before anything ends follows it in its holder. */
  #derniere: EnCours | null = null;
  #profondeur = 0;
  readonly #signaturesMax: number;

  constructor(signaturesMax: number = SIGNATURES_MAX) {
    this.#signaturesMax = signaturesMax;
  }

  commencer(session: SessionXml): void {
    this.#session = session;
    this.encodage = session.encodage;
    this.#nomSignature = session.noms.nom(NS_DS, 'Signature');
    this.#nomsId = [session.noms.nom('', 'ID'), session.noms.nom('', 'id'), session.noms.nom(NS_XML, 'id')];
  }

  ouvrir(balise: Balise): void {
    const { profondeur } = balise;
    this.#profondeur = profondeur;
    if (profondeur === 1) this.racine = (this.#session?.base ?? 0) + balise.debut;
    if (balise.id !== null) this.ids.add(balise.id);
    if (balise.nombre > 0) this.#autres(balise);
    if (this.#derniere !== null) this.#derniere.suivie = true;
    if (this.#capture !== null) this.#dansSignature(this.#capture, balise);
    else if (balise.nom === this.#nomSignature && !this.tropDeSignatures) this.#capturer(balise);
    else {
      this.#debuts[profondeur] = (this.#session?.base ?? 0) + balise.debut;
      this.#ids[profondeur] = balise.id;
      this.#porteurs[profondeur] = null;
    }
  }

  #autres(balise: Balise): void {
    for (let k = 0; k < balise.nombre; k += 1) {
      if (!this.#nomsId.includes(balise.attNom[k] ?? -1) || this.autresIds.size >= AUTRES_MAX) continue;
      this.autresIds.add(valeurAttribut(balise, k, this.#session?.unicode ?? null));
    }
  }

  #porteur(profondeur: number): Porteur | null {
    if (profondeur === 0) return null;
    const debut = this.#debuts[profondeur] ?? 0;
    const id = this.#ids[profondeur] ?? null;
    const porteur = this.#porteurs[profondeur] ?? { debut, id, profondeur, signatures: 0 };
    this.#porteurs[profondeur] = porteur;
    porteur.signatures += 1;
    return porteur;
  }

  #capturer(balise: Balise): void {
    const session = this.#session;
    if (session === null) return;
    const { profondeur } = balise;
    const porteur = this.#porteur(profondeur - 1);
    if (this.signatures.length >= this.#signaturesMax) {
      this.tropDeSignatures = true;
      return;
    }
    const arbre = new Arbre(balise, session);
    const objets: ObjetReleve[] = [];
    const relevee: EnCours = {
      rang: this.signatures.length + 1,
      position: session.situer(balise.debut),
      porteur,
      racine: arbre.racine,
      objets,
      commentaires: 0,
      instructions: 0,
      suivie: false,
      imbriquee: false,
      tropGrosse: false,
    };
    const etat = { courante: profondeur, objet: null, omis: 0, nonSignees: 0 };
    this.#capture = { arbre, profondeur, relevee, objets, ...etat };
    this.signatures.push(relevee);
  }

  #dansSignature(capture: Capture, balise: Balise): void {
    const { profondeur } = balise;
    capture.courante = profondeur;
    if (balise.nom === this.#nomSignature) capture.relevee.imbriquee = true;
    if (capture.omis > 0) return;
    const noms = this.#session?.noms;
    const espace = noms?.uri(noms.espaceDe(balise.nom)) ?? '';
    const nom = noms?.localDe(balise.nom) ?? '';
    const niveau = profondeur - capture.profondeur;
    if (niveau === 1 && nom === 'Object' && espace === NS_DS) this.#ouvrirObjet(capture, balise);
    else if (niveau === 2 && capture.objet !== null) {
      const proprietes = nom === 'QualifyingProperties' && versionXades(espace) !== null;
      if (proprietes) capture.objet.proprietes = true;
      else {
        capture.objet.contenus.push({ espace, nom });
        capture.omis = profondeur;
        return;
      }
    } else if (niveau === 3 && nom === 'UnsignedProperties' && capture.objet !== null) {
      capture.nonSignees = profondeur;
    }
    capture.arbre.ouvrir(balise);
    // what stands below a property that nothing signs is neither judged nor kept
    if (capture.nonSignees > 0 && profondeur === capture.nonSignees + 2) capture.omis = profondeur;
  }

  #ouvrirObjet(capture: Capture, balise: Balise): void {
    const debut = (this.#session?.base ?? 0) + balise.debut;
    const objet = { debut, id: balise.id, contenus: [], texte: false, proprietes: false, ecarts: 0 };
    capture.objet = objet;
    capture.objets.push(objet);
  }

  fermer({ profondeur }: Fermante): void {
    this.#profondeur = profondeur - 1;
    if (this.#capture !== null) this.#fermerDans(this.#capture, profondeur);
    else this.#derniere = null;
  }

  #fermerDans(capture: Capture, profondeur: number): void {
    capture.courante = profondeur - 1;
    if (capture.omis > 0) {
      if (profondeur !== capture.omis) return;
      capture.omis = 0;
      // the content of an object never entered the tree
      if (capture.nonSignees === 0) return;
    }
    if (profondeur === capture.nonSignees) capture.nonSignees = 0;
    if (profondeur === capture.profondeur + 1) capture.objet = null;
    if (profondeur > capture.profondeur) {
      capture.arbre.fermer();
      return;
    }
    if (capture.arbre.tropGros) capture.relevee.tropGrosse = true;
    this.#derniere = capture.relevee;
    this.#capture = null;
  }

  /** Inside an object, but not inside the properties that it may hold. */
  #dansObjet(capture: Capture): boolean {
    return capture.objet !== null && capture.courante === capture.profondeur + 1;
  }

  texte(passage: Passage): void {
    const capture = this.#capture;
    if (capture === null || capture.omis > 0) return;
    if (!this.#dansObjet(capture)) {
      capture.arbre.texte(passage);
      return;
    }
    const { objet } = capture;
    if (objet === null || objet.texte) return;
    const { octets, debut, fin } = passage;
    for (let i = debut; i < fin && !objet.texte; i += 1) objet.texte = ESPACE[octets[i] as number] === 0;
  }

  caractere(code: number): void {
    const capture = this.#capture;
    if (capture === null || capture.omis > 0) return;
    if (!this.#dansObjet(capture)) capture.arbre.caractere(code);
    else if (capture.objet !== null && (code > 0xff || ESPACE[code] === 0)) capture.objet.texte = true;
  }

  commentaire(): void {
    this.#ecart('commentaires');
  }

  instruction(): void {
    if (this.#profondeur === 0) this.instructionsHors += 1;
    this.#ecart('instructions');
  }

  #ecart(quoi: 'commentaires' | 'instructions'): void {
    const capture = this.#capture;
    if (capture === null) return;
    const contenu = capture.omis > 0 && capture.nonSignees === 0;
    if (this.#dansObjet(capture) && capture.objet !== null) capture.objet.ecarts += 1;
    else if (!contenu) capture.relevee[quoi] += 1;
  }

  finir(): void {
    this.#capture = null;
  }
}
