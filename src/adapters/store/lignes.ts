import type { FicheErreur } from '../../metier/erreurs.ts';
import type { Etat } from '../../metier/etats.ts';
import type { Flux, NomProtocole, ObjetJson, PieceDuFlux, RolePiece } from '../../metier/flux.ts';
import type { FluxId, Instant, LivraisonId, RetourId, Sha256, Siren } from '../../metier/identifiants.ts';
import type { EtatLivraison, Livraison, TypeEvenement } from '../../metier/notifications.ts';
import type { EtatRetour, Retour } from '../../metier/retours.ts';

/**
 * Rows as both bases give them, and the way to the domain. Only this program writes these tables, so that the
 * shapes are taken as written; what comes from outside was checked before it was stored.
 */

export const COLONNES_FLUX =
  'id, protocole, collectivite, etat, ver, due, tentatives, identite, resume, nom_envoi, cite, depose, modifie, transmis, solde, alerte, erreur';

export interface LigneFlux {
  readonly id: FluxId;
  readonly protocole: NomProtocole;
  readonly collectivite: Siren;
  readonly etat: Etat;
  readonly ver: number;
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly identite: string;
  readonly resume: string;
  readonly nom_envoi: string | null;
  readonly cite: FluxId | null;
  readonly depose: Instant;
  readonly modifie: Instant;
  readonly transmis: Instant | null;
  readonly solde: Instant | null;
  readonly alerte: string | null;
  readonly erreur: string | null;
}

export function lireFlux(ligne: LigneFlux): Flux {
  const { nom_envoi: nomEnvoi, resume, erreur, ...reste } = ligne;
  return {
    ...reste,
    nomEnvoi,
    resume: JSON.parse(resume) as ObjetJson,
    erreur: erreur === null ? null : (JSON.parse(erreur) as FicheErreur),
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

export interface LigneRetour {
  readonly id: RetourId;
  readonly sha256: Sha256;
  readonly sha512: string;
  readonly taille: number;
  readonly source: string;
  readonly nom: string | null;
  readonly recu: Instant;
  readonly etat: EtatRetour;
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly motif: string | null;
  readonly ver: number;
}

export function lireRetour(ligne: LigneRetour, flux: readonly FluxId[]): Retour {
  return { ...ligne, flux };
}

export const COLONNES_LIVRAISON =
  'id, collectivite, flux, point, canal, type, charge, etat, due, tentatives, creee, ver';

export interface LigneLivraison {
  readonly id: LivraisonId;
  readonly collectivite: Siren;
  readonly flux: FluxId;
  readonly point: string;
  readonly canal: 'webhook' | 'courriel';
  readonly type: TypeEvenement;
  readonly charge: string;
  readonly etat: EtatLivraison;
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly creee: Instant;
  readonly ver: number;
}

export function lireLivraison(ligne: LigneLivraison): Livraison {
  return { ...ligne, charge: JSON.parse(ligne.charge) as ObjetJson };
}
