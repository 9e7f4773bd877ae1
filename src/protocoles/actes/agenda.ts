import type { EvenementAgenda } from '../../formats/encodages/icalendar.ts';
import type { Jalon } from '../../metier/calendrier/jalon.ts';

/**
 * Milestones as events of an agenda; those that have no date yet give none.
 * @param acte its IDActe, or what else names it and no other: an agenda moves the events of the same acte it already has.
 */
export function evenementsAgenda(jalons: readonly Jalon[], acte: string): readonly EvenementAgenda[] {
  return jalons.flatMap(({ code, titre, date, provisoire, phrase, reference }) => {
    if (date === null) return [];
    const uid = `${acte}.${code}@vaguemestre`;
    return [{ uid, jour: date, titre: `${titre} (${acte})`, texte: `${phrase}\n${reference}`, provisoire }];
  });
}
