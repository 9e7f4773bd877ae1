import type { Balise, Fermante, Passage, Recepteur, SessionXml } from '../xml/evenements.ts';
import { AttributsValideur } from './attributs-valideur.ts';
import type { Cadre } from './cadres.ts';
import { type BilanXsd, extrait } from './constats.ts';
import { A_SAUTER, Contenus, SANS_DECLARATION } from './contenus.ts';
import { RANG_ANYTYPE } from './predefinis.ts';
import { CONTENU, type ElementPret, type SchemaXsd } from './schema.ts';
import { Suivi } from './suivi.ts';
import { TextesValideur } from './textes-valideur.ts';
import { TypesXsi } from './types-xsi.ts';

export interface OptionsValideur {
  /** Findings kept; once one more is found, nothing is judged any further. Default: the limit of the reading. */
  readonly constats?: number;
  /** Longest text, in characters, of a type that must see it whole (pattern, list, date). Default: one million. */
  readonly texte?: number;
}

const TEXTE_MAX = 1_000_000;

/** The parts of one reading. */
interface Parties {
  readonly suivi: Suivi;
  readonly attributs: AttributsValideur;
  readonly contenus: Contenus;
  readonly textes: TextesValideur;
  readonly xsi: TypesXsi;
}

/**
 * Validates a document against a schema as it is read. One object per document; memory depends on the depth and on
 * the number of identifiers, not on the size.
 */
export class ValideurXsd implements Recepteur {
  readonly #schema: SchemaXsd;
  readonly #options: OptionsValideur;
  #parties: Parties | null = null;
  /** Depth of the element whose content is not judged, 0 when all is. */
  #saut = 0;
  #fini = false;

  constructor(schema: SchemaXsd, options: OptionsValideur = {}) {
    this.#schema = schema;
    this.#options = options;
  }

  bilan(): BilanXsd {
    const suivi = this.#parties?.suivi;
    const constats = suivi?.constats ?? [];
    return { valide: this.#fini && constats.length === 0, constats, tronque: suivi?.tronque ?? false };
  }

  commencer(lecture: SessionXml): void {
    const suivi = new Suivi(this.#schema, lecture, this.#options.constats ?? lecture.limites.erreurs);
    const attributs = new AttributsValideur(suivi);
    this.#parties = {
      suivi,
      attributs,
      contenus: new Contenus(suivi),
      textes: new TextesValideur(suivi, this.#options.texte ?? TEXTE_MAX),
      xsi: new TypesXsi(suivi, attributs),
    };
  }

  ouvrir(balise: Balise): void {
    if (this.#saut > 0) return;
    const { suivi, contenus } = this.#parties as Parties;
    const parent = suivi.pile.sommet();
    const declare = parent === null ? this.#racine(balise) : contenus.avancer(parent, balise);
    if (declare === A_SAUTER || suivi.tronque) this.#saut = balise.profondeur;
    else
      this.#entrer(
        balise,
        declare === SANS_DECLARATION ? null : (this.#schema.elements[declare] as ElementPret),
      );
  }

  #entrer(balise: Balise, element: ElementPret | null): void {
    const { suivi, attributs, contenus, textes, xsi } = this.#parties as Parties;
    const declare = element === null ? this.#schema.type(RANG_ANYTYPE) : element.type;
    // no prefix, so neither xsi:type nor xsi:nil
    const special = !balise.soignee && attributs.aXsi(balise);
    const type = special ? xsi.type(balise, declare, element) : declare;
    const cadre = suivi.pile.empiler(type, element);
    cadre.qualifie = balise.qualifie;
    cadre.octet = suivi.lecture.base + balise.debut;
    cadre.rang = suivi.pile.hauteur > 1 ? contenus.rang : 0;
    if (type.abstrait || element?.artefact.abstrait === true) this.#abstrait(balise, cadre);
    if (special) xsi.nil(balise, cadre);
    attributs.juger(balise, type);
    if (type.contenu === CONTENU.simple) textes.commencer(cadre, balise.debut);
  }

  #abstrait(balise: Balise, cadre: Cadre): void {
    const { suivi } = this.#parties as Parties;
    const nom = suivi.lecture.noms.qualifieDe(balise.qualifie);
    const quoi = cadre.type.abstrait ? `Le type « ${cadre.type.nom} »` : `L’élément « ${nom} »`;
    suivi.constater({
      code: 'XSD-011',
      message: `${quoi} est abstrait : il ne s’emploie pas tel quel.`,
      ou: balise.debut,
      element: cadre.octet,
    });
  }

  #racine(balise: Balise): number {
    const { suivi } = this.#parties as Parties;
    const declare = this.#schema.racines.get(suivi.rangDe(balise.nom));
    if (declare !== undefined) return declare;
    const nom = suivi.lecture.noms.qualifieDe(balise.qualifie);
    const uri = suivi.uriDe(balise.nom);
    const espace = uri === '' ? 'sans espace de noms' : `dans l’espace « ${extrait(uri)} »`;
    suivi.constater({
      code: 'XSD-001',
      message: `La racine « ${nom} », ${espace}, n’est déclarée dans aucun schéma.`,
      ou: balise.debut,
      element: suivi.lecture.base + balise.debut,
      suite: `/${nom}`,
    });
    return A_SAUTER;
  }

  fermer(fermante: Fermante): void {
    if (this.#saut > 0) {
      if (fermante.profondeur === this.#saut) this.#saut = 0;
      return;
    }
    const { suivi, contenus, textes } = this.#parties as Parties;
    const cadre = suivi.pile.sommet() as Cadre;
    if (cadre.type.contenu === CONTENU.simple) textes.juger(cadre, fermante);
    else if (!contenus.complet(cadre)) this.#incomplet(cadre, fermante);
    suivi.pile.depiler();
  }

  #incomplet(cadre: Cadre, fermante: Fermante): void {
    const { suivi, contenus } = this.#parties as Parties;
    const attendu = contenus.attendus(cadre);
    const nom = suivi.lecture.noms.qualifieDe(cadre.qualifie);
    suivi.constater({
      code: 'XSD-003',
      message: `« ${nom} » est incomplet ; attendu : ${attendu}.`,
      ou: fermante.debut,
      element: cadre.octet,
      attendu,
    });
  }

  texte(passage: Passage): void {
    if (this.#saut > 0) return;
    const { suivi, textes } = this.#parties as Parties;
    textes.ajouter(suivi.pile.sommet() as Cadre, passage);
  }

  caractere(code: number, indice: number): void {
    if (this.#saut > 0) return;
    const { suivi, textes } = this.#parties as Parties;
    textes.ajouterCaractere(suivi.pile.sommet() as Cadre, code, indice);
  }

  commentaire(): void {
    // comments are no content (XSD Structures, 3.4.4)
  }

  instruction(): void {
    // nor are processing instructions
  }

  finir(): void {
    (this.#parties as Parties).suivi.conclure();
    this.#fini = true;
  }
}
