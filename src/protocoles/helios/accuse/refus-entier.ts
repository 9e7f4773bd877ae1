import { type ElementXml, lireXml } from '../../../formats/xml/lire.ts';
import { refusDe } from '../codes.ts';
import type { ErreurAck } from './faits.ts';

/**
 * PES_NonAcquit and PES_Nack: forms given up before 5.11, of which no schema is at hand. Whatever looks like an error
 * is taken, wherever it stands.
 */

const ERREURS_MAX = 1000;
const CODE = /^NumAno/i;
const LIBELLE = /^(?:LibelleAno|Libelle$|Message|Motif)/i;

function valeur(element: ElementXml | undefined): string | null {
  if (element === undefined) return null;
  const lue = (element.attributs.get('V') ?? element.texte).trim();
  return lue === '' ? null : lue.slice(0, 500);
}

function erreurDe(element: ElementXml): ErreurAck[] {
  const code = valeur(element.enfants.find((e) => CODE.test(e.nom)));
  const libelle = valeur(element.enfants.find((e) => LIBELLE.test(e.nom)));
  if (code === null && libelle === null) return [];
  return [{ niveau: 'element', piece: null, ligne: null, code, libelle, sens: refusDe(code, libelle).sens }];
}

/** Walks with its own stack: depth is the sender's choice. */
export function lireRefusEntier(octets: Uint8Array): readonly ErreurAck[] {
  const lu = lireXml(octets);
  if (lu.type !== 'lu') return [];
  const erreurs: ErreurAck[] = [];
  const pile: ElementXml[] = [lu.racine];
  for (let e = pile.pop(); e !== undefined && erreurs.length < ERREURS_MAX; e = pile.pop()) {
    erreurs.push(...erreurDe(e));
    for (let k = e.enfants.length - 1; k >= 0; k -= 1) pile.push(e.enfants[k] as ElementXml);
  }
  return erreurs;
}
