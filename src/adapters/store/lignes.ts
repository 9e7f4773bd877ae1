import type { FicheErreur } from '../../metier/erreurs.ts';
import type { Flux, ObjetJson, PieceDuFlux, RolePiece } from '../../metier/flux.ts';
import type { FluxId, Instant, Sha256 } from '../../metier/identifiants.ts';
import type { Livraison } from '../../metier/notifications.ts';
import type { Retour } from '../../metier/retours.ts';

/**
 * Rows as both bases give them, and the way to the domain. Only this program writes these tables, so that the
 * shapes are taken as written; what comes from outside was checked before it was stored.
 */

export const COLONNES_FLUX =
  'id, protocole, collectivite, etat, ver, due, tentatives, identite, resume, nom_envoi, cite, depose, modifie, transmis, solde, alerte, erreur';

export function lireErreur(erreur: string | null): FicheErreur | null {
  return erreur === null ? null : (JSON.parse(erreur) as FicheErreur);
}

export function ecrireErreur(erreur: FicheErreur | null): string | null {
  return erreur === null ? null : JSON.stringify(erreur);
}

export type LigneFlux = Omit<Flux, 'nomEnvoi' | 'resume' | 'erreur'> & {
  readonly nom_envoi: string | null;
  readonly resume: string;
  readonly erreur: string | null;
};

export function lireFlux(ligne: LigneFlux): Flux {
  const { nom_envoi: nomEnvoi, resume, erreur, ...reste } = ligne;
  return {
    ...reste,
    nomEnvoi,
    resume: JSON.parse(resume) as ObjetJson,
    erreur: lireErreur(erreur),
  };
}

export interface LignePiece {
  readonly rang: number;
  readonly role: RolePiece;
  readonly nom: string;
  readonly sha256: Sha256;
  readonly sha512: string;
  readonly taille: number;
  readonly type: string;
  readonly ajoutee: Instant;
}

export function lirePiece(ligne: LignePiece): PieceDuFlux {
  return { ...ligne };
}

export const COLONNES_RETOUR =
  'id, sha256, sha512, taille, source, nom, recu, etat, due, tentatives, motif, ver';

/** The flux are in a table of their own. */
export type LigneRetour = Omit<Retour, 'flux'>;

export function lireRetour(ligne: LigneRetour, flux: readonly FluxId[]): Retour {
  return { ...ligne, flux };
}

export const COLONNES_LIVRAISON =
  'id, collectivite, flux, point, canal, type, charge, etat, due, tentatives, creee, ver';

export type LigneLivraison = Omit<Livraison, 'charge'> & { readonly charge: string };

export function lireLivraison(ligne: LigneLivraison): Livraison {
  return { ...ligne, charge: JSON.parse(ligne.charge) as ObjetJson };
}
