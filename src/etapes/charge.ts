import type { Collectivite, PointNotification } from '../metier/collectivite.ts';
import type { Flux, ObjetJson } from '../metier/flux.ts';
import type { Instant, LivraisonId } from '../metier/identifiants.ts';
import type { TypeEvenement } from '../metier/notifications.ts';
import type { Random } from '../ports/random.ts';
import type { NouvelleLivraison } from '../ports/store.ts';
import { messageNomme } from '../protocoles/actes/echanges/resume.ts';

function enIso(instant: Instant | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

/**
 * The payload of Standard Webhooks: thin, under 20 kB, and without personal data. It says which flux moved and where
 * it stands; never its objet, a file name, an alert or an error in free words. The receiver asks the API for the rest.
 * @param quand instant of the event; the last change of the flux by default.
 */
export function composerCharge(type: TypeEvenement, flux: Flux, quand: Instant = flux.modifie): ObjetJson {
  return {
    type,
    timestamp: enIso(quand),
    data: {
      flux: flux.id,
      protocole: flux.protocole,
      collectivite: flux.collectivite,
      identite: flux.identite,
      etat: flux.etat,
      message: messageNomme(flux),
      nomEnvoi: flux.nomEnvoi,
      cite: flux.cite,
      depose: enIso(flux.depose),
      transmis: enIso(flux.transmis),
      solde: enIso(flux.solde),
      alerte: flux.alerte !== null,
      erreur: flux.erreur === null ? null : { code: flux.erreur.code, nature: flux.erreur.nature },
    },
  };
}

/** @returns whether a point wants to hear of this type of event (an empty list wants all). */
export function veut(point: PointNotification, type: TypeEvenement): boolean {
  return point.actif && (point.evenements.length === 0 || point.evenements.includes(type));
}

/** One debt per active point that wants this type; each has its `webhook-id` before anything leaves. */
export function expandre(
  type: TypeEvenement,
  flux: Flux,
  deps: { readonly collectivite: Collectivite; readonly random: Random; readonly quand: Instant },
): NouvelleLivraison[] {
  const { collectivite } = deps;
  const charge = composerCharge(type, flux, deps.quand);
  return collectivite.points
    .filter((point) => veut(point, type))
    .map((point) => ({
      id: deps.random.uuid() as LivraisonId,
      collectivite: collectivite.siren,
      flux: flux.id,
      point: point.id,
      canal: point.canal,
      type,
      charge,
      due: deps.quand,
    }));
}
