import { calendrierActe } from '../../../src/metier/calendrier/acte.ts';
import type { Courrier, FaitsActe } from '../../../src/metier/calendrier/faits.ts';
import type { Jalon } from '../../../src/metier/calendrier/jalon.ts';
import type { Jour } from '../../../src/metier/identifiants.ts';

/** An acte of a commune of metropolitan France, received on a Tuesday, of which nothing else is known. */
export const FAITS: FaitsActe = {
  territoire: 'metropole',
  natureCollectivite: '31',
  decision: null,
  transmission: null,
  reception: '2026-01-13' as Jour,
  publication: null,
  nature: null,
  matiere: null,
  budgetaire: null,
  papier: null,
  courriers: [],
  defere: null,
  annulation: null,
};

/** `courrier('3-1', '2026-02-01', '3-4', '2026-02-10')`; an answer without a day was sent, and not received yet. */
export function courrier(
  message: Courrier['message'],
  recu: string,
  ...[reponse, recue]: readonly [string?, string?]
): Courrier {
  if (reponse === undefined) return { message, recu: recu as Jour, reponse: null };
  return { message, recu: recu as Jour, reponse: { message: reponse, recue: recue ?? null } } as Courrier;
}

export const j = (jour: string): Jour => jour as Jour;

export function jalons(faits: Partial<FaitsActe> = {}): readonly Jalon[] {
  return calendrierActe({ ...FAITS, ...faits });
}

/** The milestone of this code; a text that no calendar holds when there is none. */
export function jalon(code: string, faits: Partial<FaitsActe> = {}): Partial<Jalon> {
  return jalons(faits).find((un) => un.code === code) ?? { phrase: `no milestone ${code}` };
}

/** `2026-03-16`, `~2026-06-02` when it may still move, `?` when it is not known. */
export function dates(faits: Partial<FaitsActe>): Record<string, string> {
  return Object.fromEntries(
    jalons(faits).map(({ code, date, provisoire }) => [code, `${provisoire ? '~' : ''}${date ?? '?'}`]),
  );
}
