import { type Affaire, affaireDe } from './affaire.ts';
import type { FaitsActe } from './faits.ts';
import { type Jalon, le } from './jalon.ts';
import { jalonsControle } from './jalons-controle.ts';
import { jalonsTransmission } from './jalons-transmission.ts';
import { trierParJour } from './jours.ts';

/** The legal calendar of one acte, from what is known of it; no clock: the same facts give the same calendar. */

/** Dated first, in order of date; what has no date yet last. Of the same day, in the order in which they were made. */
function parDate(jalons: readonly Jalon[]): readonly Jalon[] {
  const dates = jalons.filter(({ date }) => date !== null);
  const sansDate = jalons.filter(({ date }) => date === null);
  return [...trierParJour(dates, ({ date }) => date ?? ''), ...sansDate];
}

/** Once the transmission is cancelled (6-2), only what had happened by then remains. */
function arreter(jalons: readonly Jalon[], { textes, faits: { annulation } }: Affaire): readonly Jalon[] {
  if (annulation === null) return jalons;
  const restent = jalons.filter(
    ({ code, date }) => date !== null && date <= annulation && code !== 'validable' && code !== 'versable',
  );
  const phrase = `La transmission de l’acte a été annulée ${le(annulation)} : les délais du contrôle sont sans objet.`;
  const titre = 'Annulation de la transmission (6-2)';
  const { executoire: reference } = textes;
  return [...restent, { code: 'annulation', titre, date: annulation, provisoire: false, reference, phrase }];
}

/** Milestones of an acte, in order of date; total: facts that contradict each other give a calendar too. */
export function calendrierActe(faits: FaitsActe): readonly Jalon[] {
  const affaire = affaireDe(faits);
  const jalons = [...jalonsTransmission(affaire), ...jalonsControle(affaire)];
  return parDate(arreter(jalons, affaire));
}
