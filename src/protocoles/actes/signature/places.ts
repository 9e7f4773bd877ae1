import { NS_DS } from '../../../formats/xades/espaces.ts';
import type { ElementXml } from '../../../formats/xml/lire.ts';
import { ESPACE_ACTES } from '../codes.ts';

/** Where a message or an envelope carries signatures. */

/** One place of the norm that is not empty. */
export interface PlaceSignature {
  /** Element that names the file: `Document`, `Annexe`, `Formulaire`. */
  readonly genre: string;
  /** The file that the signature goes with. */
  readonly nomFichier: string;
  /** Ranks, from 1 in the order of the file, of the XML signatures that it holds. */
  readonly rangs: readonly number[];
  /** Its text, when it holds no element. */
  readonly texte: string;
}

export interface PlacesLues {
  readonly places: readonly PlaceSignature[];
  /** Ranks of the XML signatures that stand elsewhere. */
  readonly egarees: readonly number[];
}

const estSignature = ({ espace, nom }: ElementXml): boolean => espace === NS_DS && nom === 'Signature';
const estPlace = ({ espace, nom }: ElementXml): boolean => espace === ESPACE_ACTES && nom === 'Signature';

/** Ranks are those that the verification of the same file gives: a signature inside another has none. */
export function lirePlaces(racine: ElementXml): PlacesLues {
  const places: PlaceSignature[] = [];
  const egarees: number[] = [];
  let rang = 0;
  const compter = (e: ElementXml): number[] => {
    if (!estSignature(e)) return e.enfants.flatMap(compter);
    rang += 1;
    return [rang];
  };
  const parcourir = (e: ElementXml): void => {
    const nomFichier = e.enfants.find((x) => x.nom === 'NomFichier')?.texte.trim();
    for (const enfant of e.enfants) {
      if (nomFichier !== undefined && estPlace(enfant)) {
        const [rangs, texte] = [enfant.enfants.flatMap(compter), enfant.texte.trim()];
        places.push({ genre: e.nom, nomFichier, rangs, texte });
      } else if (estSignature(enfant)) egarees.push(...compter(enfant));
      else parcourir(enfant);
    }
  };
  parcourir(racine);
  return { places, egarees };
}
