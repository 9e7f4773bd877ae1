import { jourDe } from '../metier/echeances.ts';
import { LIBERE_IDENTITE, transition } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import { type Instant, lireJour, type Siren } from '../metier/identifiants.ts';
import { OPERATEUR } from '../ports/store.ts';
import type { MessageEtat } from '../protocoles/protocole.ts';
import type { Attribution, Envoi } from './accuse-issue.ts';
import { type Lot, type OutilsAccuse, piecesDe } from './accuse-lot.ts';

/** What a message of the State brings about beside moving its own flux. */

/** The flux that the found one cites moves with it: an acte whose cancellation is registered. */
export async function entrainer(flux: Flux, message: MessageEtat, lot: Lot): Promise<readonly Attribution[]> {
  const { entraine, code, parties } = message;
  if (entraine === undefined || flux.cite === null) return [];
  const cite = await lot.outils.flux.trouver(OPERATEUR, flux.cite);
  if (cite === undefined || transition(cite.etat, entraine.evenement) === undefined) return [];
  const pieces = await piecesDe(lot, { code, parties });
  return [{ flux: cite, message: { ...entraine, erreur: null }, pieces }];
}

/**
 * An answer that names a classification newer than ours: the whole of it is asked for at once, unless it was today
 * (actes.md B.8). An acte deposited with the old one would be refused.
 */
export async function demandesNouvelles(
  attributions: readonly Attribution[],
  outils: OutilsAccuse,
  maintenant: Instant,
): Promise<readonly Envoi[]> {
  const envois: Envoi[] = [];
  for (const { flux, message } of attributions) {
    if (flux.resume['message'] === '7-1' || envois.some((e) => e.collectivite === flux.collectivite))
      continue;
    const enCours = lireJour(String(message.champs['classificationEnCours'] ?? ''));
    const fiche = (await outils.annuaire.trouver(flux.collectivite))?.actes ?? null;
    if (enCours === undefined || fiche === null) continue;
    const detenue = fiche.classification?.date ?? null;
    if (detenue !== null && enCours <= detenue) continue;
    const envoi = await demandeDuJour(flux.collectivite, detenue, { outils, maintenant });
    if (envoi !== null) envois.push(envoi);
  }
  return envois;
}

/** The request of today, unless it stands already. */
export async function demandeDuJour(
  siren: Siren,
  detenue: ReturnType<typeof lireJour> | null,
  ou: { readonly outils: Pick<OutilsAccuse, 'actes' | 'flux'>; readonly maintenant: Instant },
): Promise<Envoi | null> {
  const { outils, maintenant } = ou;
  const amorce = outils.actes.demanderClassification({
    siren,
    jour: jourDe(maintenant),
    detenue: detenue ?? null,
  });
  const deja = await outils.flux.parIdentite({ collectivite: siren }, amorce.identite);
  if (deja.some((f) => !LIBERE_IDENTITE.includes(f.etat))) return null;
  return { protocole: 'ACTES', collectivite: siren, ...amorce };
}
