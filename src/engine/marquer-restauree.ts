import { jourDe } from '../metier/echeances.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import { apresRestauration } from '../metier/series.ts';
import type { NouvelleRestauration } from '../ports/restauration.ts';
import type { OutilsMoteur } from './outils.ts';

/** What says that a base was put back from a backup, whoever put it back (docs/decisions/0018-sauvegarde.md). */

type Annonce = Pick<NouvelleRestauration, 'id' | 'sauvegarde' | 'restauree' | 'series' | 'journal'>;

/** @param origine name of the snapshot; null: made by other tools. */
export function annoncerRestauration(
  { id, sauvegarde, restauree }: Pick<NouvelleRestauration, 'id' | 'sauvegarde' | 'restauree'>,
  origine: string | null,
): Annonce {
  const instantane = origine === null ? '' : `instantane=${origine} `;
  const depuis = `${instantane}sauvegarde=${new Date(sauvegarde).toISOString()}`;
  const journal = (org: string, tete: { readonly n: number; readonly sha256: string }): EntreeJournal => ({
    org,
    ev: 'RESTAURATION',
    tx: '',
    obj: '',
    acteur: 'agent:local',
    res: 'OK',
    motif: `${depuis} derniere=${tete.n} sha256=${tete.sha256}`,
    corr: id,
  });
  const fin = `:${jourDe(restauree).replaceAll('-', '')}`;
  return { id, sauvegarde, restauree, series: { fin, apres: apresRestauration(restauree) }, journal };
}

/**
 * Marks a base that the tools of its own engine put back (pg_restore), before anything else: what the coffre holds is not
 * looked at. Does nothing when the base says already that it came back from this backup.
 */
export async function marquerRestauree(
  { store: { restaurations }, clock, random, log }: OutilsMoteur,
  sauvegarde: Instant,
): Promise<void> {
  if ((await restaurations.derniere())?.sauvegarde === sauvegarde) return;
  const id = random.uuid();
  const annonce = annoncerRestauration({ id, sauvegarde, restauree: clock.now() }, null);
  await restaurations.inscrire({ ...annonce, orphelins: [], perdues: [], numeros: [] });
  log.warn('base dite restaurée', { sauvegarde: new Date(sauvegarde).toISOString() });
}
