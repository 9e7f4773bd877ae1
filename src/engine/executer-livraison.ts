import {
  executerLivraison as livrer,
  type IssueLivraison,
  type OutilsNotification,
} from '../etapes/notification.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { Livraison } from '../metier/notifications.ts';
import type { Ecriture } from '../ports/store.ts';
import { estConflit, insister } from './insister.ts';
import type { OutilsMoteur } from './outils.ts';
import { reculer } from './retry.ts';

/** Pays one debt to a collectivité, or writes when to try again. Never touches the state of the flux. */
export async function executerLivraison(
  outils: OutilsMoteur,
  notification: OutilsNotification,
  l: Livraison,
): Promise<void> {
  const issue = await tenter(outils, notification, l);
  try {
    await insister(outils, () => outils.store.ecriture.ecrire(ecritureDe(outils, l, issue)));
  } catch (cause) {
    // Replayed by a person meanwhile: its row and its next look are theirs.
    if (!estConflit(cause)) throw cause;
  }
  if (issue !== null && issue.desactiver !== null) outils.annuaire.oublier(l.collectivite);
}

/** @returns null when our own store or program failed: the receiver was not asked, or its answer is not known. */
async function tenter(
  outils: OutilsMoteur,
  notification: OutilsNotification,
  l: Livraison,
): Promise<IssueLivraison | null> {
  try {
    return await livrer(l, notification);
  } catch (cause) {
    outils.log.error('notification à reprendre', { livraison: l.id, flux: l.flux }, cause);
    return null;
  }
}

function ecritureDe(outils: OutilsMoteur, l: Livraison, issue: IssueLivraison | null): Ecriture {
  const quand = outils.clock.now();
  const { id, ver, etat, collectivite: siren, tentatives } = l;
  // Nothing is counted against the receiver; the next look comes after the first wait.
  if (issue === null)
    return { quand, livraisons: [{ id, ver, etat, due: reculer(outils, 0), tentatives }], journal: [] };
  const { due, essai, desactiver } = issue;
  return {
    quand,
    livraisons: [{ id, ver, etat: issue.etat, due, tentatives: tentatives + 1, essai }],
    points: desactiver === null ? [] : [{ siren, id: l.point, actif: false, motif: desactiver.motif }],
    journal: issue.etat === 'a_faire' ? [] : [entree(l, issue.etat, essai.motif)],
  };
}

function entree(l: Livraison, etat: 'livree' | 'abandonnee', motif: string): EntreeJournal {
  return {
    org: l.collectivite,
    ev: `NOTIFICATION_${etat.toUpperCase()}`,
    tx: l.flux,
    obj: '',
    acteur: 'systeme',
    res: etat === 'livree' ? 'OK' : 'KO',
    motif: `${l.type} ${l.canal} ${etat === 'livree' ? '' : motif}`.trim(),
    corr: l.id,
  };
}
