import type { Config } from '../../config/manifest.ts';
import type { PointNotification } from '../../metier/collectivite.ts';
import { creerGarde } from './garde.ts';

/** @returns what says in French why an address may not receive notifications; null when it may. */
export function refuserCible({
  webhook,
  courriel,
}: Config['notification']): (canal: PointNotification['canal'], cible: string) => string | null {
  const garde = creerGarde(webhook);
  return (canal, cible) => {
    if (canal === 'courriel') {
      if (courriel.hote === '') return 'aucun relais de courriel n’est réglé (notification.courriel.hote).';
      return /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(cible) ? null : 'ce n’est pas une adresse de courriel.';
    }
    const verdict = garde.verifierUrl(cible);
    return verdict.type === 'permise' ? null : verdict.motif;
  };
}
