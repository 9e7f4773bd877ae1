import { abime, demesure } from './analyseur.ts';
import { adresse, MARGE, QUEUE } from './faits.ts';
import { type Dictionnaire, enEntier } from './objets.ts';
import type { Octets } from './octets.ts';
import { lireFluxReferences } from './references-flux.ts';
import { lireTable } from './references-table.ts';
import type { Entree, Section } from './section.ts';

/** Where each object is (ISO 32000-1, 7.5.4 to 7.5.8): the sections of a file, from the newest to the oldest. */

/** A file that was updated as many times would take minutes in any reader. */
const SECTIONS_MAX = 2000;
/** Bytes of all cross-reference streams, decoded: ten million objects. */
const POIDS_MAX = 64_000_000;
/** Largest number of an object (annex C), with room for ours. */
export const NUMERO_MAX = 8_388_607;
const ENTETE = '%PDF-';

const introuvable = (): Error => abime('sa table des références n’est pas où le fichier l’annonce');

function lireSection(octets: Octets, position: number, limite = POIDS_MAX): Section | null {
  if (position <= 0 || position >= octets.taille) return null;
  return lireTable(octets, position) ?? lireFluxReferences(octets, position, limite);
}

/** A table of a hybrid file leads to a stream for what readers of old must not see (7.5.8.4). */
class Hybride implements Section {
  readonly trailer: Dictionnaire;
  readonly enFlux = false;
  readonly fin: number;
  readonly poids: number;
  readonly #table: Section;
  readonly #flux: Section;

  constructor(table: Section, flux: Section) {
    this.#table = table;
    this.#flux = flux;
    this.trailer = table.trailer;
    this.fin = Math.max(table.fin, flux.fin);
    this.poids = flux.poids;
  }

  chercher(numero: number): Entree | null {
    const vue = this.#table.chercher(numero);
    return vue?.type === 'place' ? vue : (this.#flux.chercher(numero) ?? vue);
  }
}

export class References {
  /** What is to be added to an offset written in the file: bytes before its header shift all of them. */
  readonly origine: number;
  /** Offset of the newest section, as written. */
  readonly depart: number;
  readonly sections: readonly Section[];
  readonly #connues = new Map<number, Entree>();

  private constructor(origine: number, depart: number, sections: readonly Section[]) {
    this.origine = origine;
    this.depart = depart;
    this.sections = sections;
  }

  /** Throws VGM-PDF-001 and -003. */
  static lire(octets: Octets): References {
    const entete = octets.texte(0, MARGE + ENTETE.length - 1).indexOf(ENTETE);
    if (entete < 0) throw abime('ce n’est pas un PDF');
    const depart = adresse(octets.texte(octets.taille - QUEUE, octets.taille));
    if (depart === null) throw abime('sa fin manque ou est abîmée');
    for (const origine of new Set([0, entete])) {
      const premiere = lireSection(octets, depart + origine);
      if (premiere === null) continue;
      return new References(origine, depart, remonter(octets, origine, { premiere, depart }));
    }
    throw introuvable();
  }

  get trailer(): Dictionnaire {
    const [premiere] = this.sections;
    if (premiere === undefined) throw introuvable();
    return premiere.trailer;
  }

  chercher(numero: number): Entree {
    const connue = this.#connues.get(numero);
    if (connue !== undefined) return connue;
    let entree: Entree | null = null;
    for (const section of this.sections) {
      entree = section.chercher(numero);
      if (entree !== null) break;
    }
    if (this.#connues.size > 10_000) this.#connues.clear();
    const trouvee: Entree = entree ?? { type: 'libre' };
    this.#connues.set(numero, trouvee);
    return trouvee;
  }

  /** The first number that no object has, nor any trailer counts. Throws VGM-PDF-003. */
  premierLibre(): number {
    const tailles = this.sections.map(({ trailer, fin }) =>
      Math.max(fin, enEntier(trailer.entrees.get('Size')) ?? 0),
    );
    const libre = tailles.reduce((a, b) => Math.max(a, b), 1);
    if (libre > NUMERO_MAX - 1_000_000) throw demesure('ses objets sont trop nombreux');
    return libre;
  }
}

/** From a section to those before it. Throws VGM-PDF-001 (a loop) and -003. */
function remonter(
  octets: Octets,
  origine: number,
  { premiere, depart }: { readonly premiere: Section; readonly depart: number },
): readonly Section[] {
  const vues = new Set([depart]);
  let reste = POIDS_MAX - premiere.poids;
  const suivre = (position: number): Section => {
    if (vues.has(position)) throw abime('ses tables de références tournent en rond');
    if (vues.size >= SECTIONS_MAX) throw demesure('il compte trop de révisions');
    vues.add(position);
    const section = lireSection(octets, position + origine, reste);
    if (section === null) throw introuvable();
    reste -= section.poids;
    return section;
  };
  const sections: Section[] = [];
  let suivante: Section | null = premiere;
  while (suivante !== null) {
    const section: Section = suivante;
    const { entrees } = section.trailer;
    const cache = section.enFlux ? null : enEntier(entrees.get('XRefStm'));
    sections.push(cache === null ? section : new Hybride(section, suivre(cache)));
    // some writers say 0 for « none »
    const avant = enEntier(entrees.get('Prev')) ?? 0;
    suivante = avant === 0 ? null : suivre(avant);
  }
  return sections;
}
