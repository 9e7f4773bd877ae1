import { FUSEAU, ajouterJoursOuvres, instantDe, jourDe } from '../metier/echeances.ts';
import type { Flux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import type { Etape } from './etape.ts';

/** Hour of the working day at which a standing wait is looked at again. */
const HEURE_RAPPEL = 9;

function jourLisible(instant: Instant): string {
  const quand = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(FUSEAU);
  return quand.toLocaleString('fr-FR', { dateStyle: 'long', timeStyle: 'short' });
}

/**
 * Waiting step: the delay is over and nothing came. Receipts are given on working days (D.4), so the
 * deadline was counted in jours ouvrés; the alert stands until the state changes and is looked at again
 * every working morning.
 */
export function creerEtapeAttente(maintenant: () => Instant): Etape {
  return (flux: Flux): Promise<Issue> => {
    const prochaine = instantDe(ajouterJoursOuvres(jourDe(maintenant()), 1), HEURE_RAPPEL);
    const depuis = flux.transmis ?? flux.modifie;
    // A standing alert is left as it was worded: each look changes `modifie`, not the day since when it stands.
    if (flux.alerte !== null) return Promise.resolve({ type: 'alerte', alerte: flux.alerte, prochaine });
    const alerte =
      flux.etat === 'incertain'
        ? `Sort toujours inconnu depuis le ${jourLisible(flux.modifie)} : demander à la préfecture si elle détient ${flux.nomEnvoi ?? 'l’envoi'}, puis « vaguemestre trancher ».`
        : `Aucun accusé depuis la transmission du ${jourLisible(depuis)} : relever la boîte, puis appeler la préfecture.`;
    return Promise.resolve({ type: 'alerte', alerte, prochaine });
  };
}
