import { executerLivraison as livrer, type OutilsNotification } from '../etapes/notification.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { Livraison } from '../metier/notifications.ts';
import type { OutilsMoteur } from './outils.ts';

/** Pays one debt to a collectivité, or writes when to try again. Never touches the state of the flux. */
export async function executerLivraison(
  outils: OutilsMoteur,
  notification: OutilsNotification,
  l: Livraison,
): Promise<void> {
  const issue = await livrer(l, notification);
  const quand = outils.clock.now();
  const { id, ver, collectivite: siren } = l;
  await outils.store.ecriture.ecrire({
    quand,
    livraisons: [
      { id, ver, etat: issue.etat, due: issue.due, tentatives: l.tentatives + 1, essai: issue.essai },
    ],
    points:
      issue.desactiver === null ? [] : [{ siren, id: l.point, actif: false, motif: issue.desactiver.motif }],
    journal: issue.etat === 'a_faire' ? [] : [entree(l, issue.etat, issue.essai.motif)],
  });
  if (issue.desactiver !== null) outils.annuaire.oublier(siren);
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
