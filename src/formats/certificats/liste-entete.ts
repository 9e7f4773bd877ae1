import type { Instant } from '../../metier/identifiants.ts';
import type { ElementXml } from '../xml/lire.ts';
import { enDate } from './defauts.ts';
import { enfant, ESPACES, texte } from './liste-xml.ts';

/** The head of a trusted list or of the list of lists (TS 119 612 § 5.3): which one it is, and until when. */

/** Largest national list seen: some 6 MB. */
export const TAILLE_LISTE_MAX = 20_000_000;

export interface Entete {
  readonly genre: 'liste' | 'liste_des_listes';
  readonly territoire: string;
  /** As it is written. */
  readonly numero: string;
  readonly emise: Instant;
  /** null: a closed list (§ 5.3.15). */
  readonly prochaine: Instant | null;
}

/** null: not a list of trust services, or one of a structure that this program does not know. */
export function lireEntete(racine: ElementXml): Entete | null {
  if (racine.espace !== ESPACES.tsl || racine.nom !== 'TrustServiceStatusList') return null;
  const infos = enfant(racine, 'SchemeInformation');
  const version = texte(enfant(infos, 'TSLVersionIdentifier'));
  const genre = lireGenre(texte(enfant(infos, 'TSLType')));
  const emise = Date.parse(texte(enfant(infos, 'ListIssueDateTime')));
  if (!['5', '6'].includes(version) || genre === null || Number.isNaN(emise)) return null;
  const prochaine = Date.parse(texte(enfant(enfant(infos, 'NextUpdate'), 'dateTime')));
  return {
    genre,
    territoire: texte(enfant(infos, 'SchemeTerritory')),
    numero: texte(enfant(infos, 'TSLSequenceNumber')),
    emise: emise as Instant,
    prochaine: Number.isNaN(prochaine) ? null : (prochaine as Instant),
  };
}

/** TSLType, as its last word (annex D.2). */
export function lireGenre(type: string): Entete['genre'] | null {
  if (type.endsWith('/TSLType/EUgeneric')) return 'liste';
  return type.endsWith('/TSLType/EUlistofthelists') ? 'liste_des_listes' : null;
}

export interface Reserve {
  readonly code: 'non_verifiee' | 'perimee';
  /** French, with the remedy. */
  readonly motif: string;
}

/** What keeps a list from being taken in at an instant; the operator may force some of it. */
export function examinerEntete(
  { prochaine, emise }: Entete,
  { verifiee, instant }: { readonly verifiee: boolean; readonly instant: Instant },
): Reserve[] {
  const reserves: Reserve[] = [];
  if (!verifiee) {
    const motif =
      'La signature de la liste n’a pas été vérifiée. Vérifier la liste, ou forcer l’import en connaissance de cause.';
    reserves.push({ code: 'non_verifiee', motif });
  }
  if (prochaine !== null && prochaine < instant) {
    const motif = `La liste devait être remplacée le ${enDate(prochaine)}. Télécharger la liste en vigueur.`;
    reserves.push({ code: 'perimee', motif });
  }
  if (emise > instant) {
    const motif = `La liste est datée du ${enDate(emise)}, à venir. Vérifier l’horloge de cette machine.`;
    reserves.push({ code: 'perimee', motif });
  }
  return reserves;
}
