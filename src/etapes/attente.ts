import { ajouterJoursOuvres } from '../metier/calendrier/ouvres.ts';
import { FUSEAU, instantDe, jourDe } from '../metier/echeances.ts';
import { ETAT_EN_MOTS, type Flux, nomPourEtat } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Protocole } from '../protocoles/protocole.ts';
import type { Etape } from './etape.ts';
import { estVu, type OutilsConstat } from './reprise.ts';

/** Hour of the working day at which a standing wait is looked at again. */
const HEURE_RAPPEL = 9;

function jourLisible(instant: Instant): string {
  const quand = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(FUSEAU);
  return quand.toLocaleString('fr-FR', { dateStyle: 'long', timeStyle: 'short' });
}

function alerteDe(flux: Flux): string {
  const { qui, accuse } = ETAT_EN_MOTS[flux.protocole];
  if (flux.etat === 'incertain') {
    const nom = nomPourEtat(flux);
    return `Sort toujours inconnu depuis le ${jourLisible(flux.modifie)} : demander à ${qui} si elle détient ${nom}, puis « vaguemestre trancher ».`;
  }
  if (flux.etat === 'a_signer') {
    const attendu =
      flux.resume['signatureAttendue'] === 'accord'
        ? 'l’accord de la collectivité (« vaguemestre confirmer »)'
        : 'le fichier signé (« vaguemestre apporter »)';
    return `À signer depuis le ${jourLisible(flux.modifie)} : relancer qui doit donner ${attendu}, ou « vaguemestre abandonner ».`;
  }
  const depuis = jourLisible(flux.transmis ?? flux.modifie);
  return `Aucun ${accuse} depuis la transmission du ${depuis} : « vaguemestre relever », puis appeler ${qui}.`;
}

/**
 * Waiting step: the delay is over and nothing came, neither from the State nor, for a signature, from the collectivité.
 * An uncertain fate is settled when the State's door shows the file.
 * Otherwise an alert: receipts are given on working days (D.4), so the deadline was counted in jours ouvrés; the alert
 * stands until the state changes and is looked at again every working morning.
 */
export function creerEtapeAttente(protocole: Protocole, outils: OutilsConstat): Etape {
  return async (flux) => {
    const maintenant = outils.maintenant();
    if (flux.etat === 'incertain' && (await estVu(flux, outils))) {
      const due = protocole.accuse.echeance(flux, maintenant, outils.alerteJoursOuvres);
      return { type: 'avance', evenement: 'remise_constatee', motif: nomPourEtat(flux), due };
    }
    const prochaine = instantDe(ajouterJoursOuvres(jourDe(maintenant), 1, 'metropole'), HEURE_RAPPEL);
    // A standing alert is left as it was worded: each look changes `modifie`, not the day since when it stands.
    return { type: 'alerte', alerte: flux.alerte ?? alerteDe(flux), prochaine };
  };
}
