import type { Jour } from '../identifiants.ts';
import type { TermeFranc } from './delais.ts';
import { jourEnMots, jourEntierEnMots } from './jours.ts';

/** One dated step in the life of an acte. */
export interface Jalon {
  /** The same whatever the facts learnt since: `reception`, `demande-pieces-2`. */
  readonly code: string;
  readonly titre: string;
  /** null = not known yet; the sentence says for want of what. */
  readonly date: Jour | null;
  /** A fact still awaited may move this date. */
  readonly provisoire: boolean;
  /** Article of the law, decision of a court, or usage. */
  readonly reference: string;
  /** One French sentence. */
  readonly phrase: string;
}

/** `, terme reporté du samedi 14 mars 2026`; nothing when it was not carried over. */
export function reportEnMots({ fin, terme }: TermeFranc): string {
  return fin === terme ? '' : `, terme reporté du ${jourEntierEnMots(terme)}`;
}

/** `jusqu’au lundi 16 mars 2026 inclus`. */
export function jusquAu({ fin }: TermeFranc): string {
  return `jusqu’au ${jourEntierEnMots(fin)} inclus`;
}

/** `le 16 mars 2026`. */
export function le(jour: Jour): string {
  return `le ${jourEnMots(jour)}`;
}
