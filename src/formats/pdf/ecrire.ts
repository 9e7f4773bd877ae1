import { chaine, octetsDe } from './chaines.ts';
import type { ObjetPdf } from './objets.ts';

/** What a string becomes where it is written: encrypted, in an encrypted document. */
export type Chiffrer = (octets: Uint8Array) => Uint8Array;

function ecrireNom(nom: string): string {
  // regular characters only (7.3.5); those that a name was read with under another form say the same name
  return `/${nom.replace(/[^!-~]|[#()<>[\]{}/%]/g, (c) => `#${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
}

/**
 * @param chiffrer null: strings are left as they are.
 * @returns the object in PDF syntax, as Latin-1, without line feed.
 */
export function ecrireObjet(objet: ObjetPdf, chiffrer: Chiffrer | null): string {
  switch (objet.type) {
    case 'nombre':
      return objet.texte;
    case 'mot':
      // a word that means nothing is read as null (7.3.9), and written so
      return ['true', 'false'].includes(objet.texte) ? objet.texte : 'null';
    case 'chaine':
      return chiffrer === null ? objet.texte : chaine(chiffrer(octetsDe(objet))).texte;
    case 'nom':
      return ecrireNom(objet.nom);
    case 'reference':
      return `${objet.numero} ${objet.generation} R`;
    case 'tableau':
      return `[${objet.elements.map((e) => ecrireObjet(e, chiffrer)).join(' ')}]`;
    case 'dictionnaire': {
      const entrees = [...objet.entrees].map(([c, v]) => `${ecrireNom(c)} ${ecrireObjet(v, chiffrer)}`);
      return `<<${entrees.join(' ')}>>`;
    }
    default:
      return objet satisfies never;
  }
}
