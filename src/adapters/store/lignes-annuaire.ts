import type {
  Classification,
  Collectivite,
  FicheActes,
  FicheHelios,
  PointNotification,
} from '../../metier/collectivite.ts';
import type { Instant, Sha256, Siren } from '../../metier/identifiants.ts';
import { type Jeton, type Noeud, OPERATEUR } from '../../ports/store.ts';

/** Rows of the tenants, their tokens and the daemons, as both bases give them, and the way to the domain. */

export const COLONNES_COLLECTIVITE = 'siren, nom, actif, actes, helios, creee, ver';

export interface LigneCollectivite {
  readonly siren: Siren;
  readonly nom: string;
  readonly actif: number;
  readonly actes: string | null;
  readonly helios: string | null;
  readonly creee: Instant;
  readonly ver: number;
}

/** The column `secrets` is named nowhere here: a secret never comes out with its point. */
export const COLONNES_POINT = 'id, canal, cible, evenements, actif, motif';

export interface LignePoint {
  readonly id: string;
  readonly canal: 'webhook' | 'courriel';
  readonly cible: string;
  readonly evenements: string;
  readonly actif: number;
  readonly motif: string | null;
}

function lirePoint(ligne: LignePoint): PointNotification {
  const { id, canal, cible, motif } = ligne;
  return {
    id,
    canal,
    cible,
    motif,
    actif: ligne.actif === 1,
    evenements: JSON.parse(ligne.evenements) as readonly string[],
  };
}

/** @param points in their order. */
export function lireCollectivite(ligne: LigneCollectivite, points: readonly LignePoint[]): Collectivite {
  const { siren, nom, creee, ver } = ligne;
  return {
    siren,
    nom,
    actif: ligne.actif === 1,
    actes: ligne.actes === null ? null : (JSON.parse(ligne.actes) as FicheActes),
    helios: ligne.helios === null ? null : (JSON.parse(ligne.helios) as FicheHelios),
    points: points.map(lirePoint),
    creee,
    ver,
  };
}

/** What a card writes, its date and its version apart. */
export function colonnesFiche(c: Collectivite): Omit<LigneCollectivite, 'creee' | 'ver'> {
  return {
    siren: c.siren,
    nom: c.nom,
    actif: c.actif ? 1 : 0,
    actes: c.actes === null ? null : JSON.stringify(c.actes),
    helios: c.helios === null ? null : JSON.stringify(c.helios),
  };
}

export function colonnesPoint(p: PointNotification, rang: number): LignePoint & { readonly rang: number } {
  const { id, canal, cible, motif } = p;
  return {
    id,
    rang,
    canal,
    cible,
    evenements: JSON.stringify(p.evenements),
    actif: p.actif ? 1 : 0,
    motif,
  };
}

/**
 * @param actes the card as it is written; null when there is none.
 * @returns the card with this classification; null when nothing changes: no card, or one that holds a newer one.
 */
export function classer(actes: string | null, classification: Classification): string | null {
  if (actes === null) return null;
  const fiche = JSON.parse(actes) as FicheActes;
  if (fiche.classification !== null && fiche.classification.date > classification.date) return null;
  return JSON.stringify({ ...fiche, classification });
}

export interface LigneJeton {
  readonly nom: string;
  readonly sha256: Sha256;
  readonly collectivite: Siren | null;
  readonly cree: Instant;
}

export function lireJeton({ nom, sha256, collectivite, cree }: LigneJeton): Jeton {
  return { nom, sha256, cree, portee: collectivite === null ? OPERATEUR : { collectivite } };
}

export type LigneNoeud = Omit<Noeud, 'roles'> & { readonly roles: string };

export function lireNoeud(ligne: LigneNoeud): Noeud {
  return { ...ligne, roles: JSON.parse(ligne.roles) as string[] };
}

/** A turn that was left keeps its row, its lease over: the number never goes back. */
export const TOUR_LIBRE = 0;
