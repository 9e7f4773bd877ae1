import { jourDe } from '../metier/echeances.ts';
import { erreurTransmission } from '../metier/catalogue/transmission.ts';
import { ETAT_EN_MOTS, type Flux, nomPourEtat, type ObjetJson, type Piece } from '../metier/flux.ts';
import type { Instant, Jour } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import { apresRestauration } from '../metier/series.ts';
import type { Restauration, Restaurations } from '../ports/restauration.ts';

/**
 * What the steps ask once a base was put back from a backup (docs/decisions/0018-sauvegarde.md): nothing leaves before a
 * person has settled it, and then nothing that the world may already hold leaves by itself.
 */

/** Wait before asking again: a person has to act. Milliseconds. */
const ATTENTE = 60_000;
/** An answer that waits at its source is read within the hour; then a person is told. Milliseconds. */
const RAPPEL = 3_600_000;

/** Kept with a flux: the restoration for which its fate was doubted, once. */
const DOUTE = 'sortPerdu';
/** Kept with a flux that an answer read again may have started a second time. */
export const RELU: ObjetJson = { relu: true };

type Perte = Extract<Issue, { type: 'avance' }>;

/** The move of a flux that may have left since the backup. From then on an answer of the State may settle it. */
export function perdre(flux: Flux, restauration: Restauration, maintenant: Instant): Perte {
  const { qui: etat } = ETAT_EN_MOTS[flux.protocole];
  const erreur = erreurTransmission('VGM-TRA-010', { nom: nomPourEtat(flux), etat }).fiche;
  const misEnLigne = flux.resume['misEnLigne'] ?? new Date(restauration.sauvegarde).toISOString();
  return {
    type: 'avance',
    evenement: 'sort_perdu',
    erreur,
    motif: erreur.code,
    due: (maintenant + RAPPEL) as Instant,
    complement: { [DOUTE]: restauration.id, misEnLigne },
  };
}

/** The flux, and what would leave. */
export interface Partant {
  readonly flux: Flux;
  readonly archive: Pick<Piece, 'nom' | 'sha256'>;
}

/** Why a flux may not leave by itself; null: nothing of a restoration is in its way. */
export async function retenirApresRestauration(
  restaurations: Restaurations,
  { flux, archive }: Partant,
  maintenant: Instant,
): Promise<Issue | null> {
  const derniere = await restaurations.derniere();
  if (derniere === null) return null;
  const jusqua = (maintenant + ATTENTE) as Instant;
  if (derniere.close === null) {
    return { type: 'patiente', jusqua, erreur: erreurTransmission('VGM-TRA-011').fiche };
  }
  if (await restaurations.nomDonne(archive.nom, archive.sha256)) {
    return {
      type: 'patiente',
      jusqua,
      erreur: erreurTransmission('VGM-TRA-012', { nom: archive.nom }).fiche,
    };
  }
  const tranche = flux.resume[DOUTE] === derniere.id;
  const double = !tranche && (flux.resume['relu'] === true || (await restaurations.connue(flux)));
  return double ? perdre(flux, derniere, maintenant) : null;
}

/** Number after which the series of this day go on; 0 where the base was not put back on that day. */
export async function departDeSerie(
  restaurations: Restaurations,
  { jour, limite }: { readonly jour: Jour; readonly limite: number },
): Promise<number> {
  const derniere = await restaurations.derniere();
  if (derniere === null || jourDe(derniere.restauree) !== jour) return 0;
  return apresRestauration(derniere.restauree, limite);
}
