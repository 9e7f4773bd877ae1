import type { FluxId, Instant, LivraisonId, Siren } from './identifiants.ts';
import type { ObjetJson } from './flux.ts';

/** Types of events told to the collectivité; dotted, stable, part of the public contract of webhooks. */
export const TYPES_EVENEMENT = [
  'flux.depose',
  'flux.refuse',
  'flux.a_signer',
  'flux.transmis',
  'flux.acquitte',
  'flux.acquitte_partiel',
  'flux.anomalie',
  'flux.incertain',
  'flux.echec',
  'flux.alerte',
  'flux.abandonne',
  'flux.annule',
  'flux.recu',
] as const;
export type TypeEvenement = (typeof TYPES_EVENEMENT)[number];

/** `a_faire` until delivered or given up; `abandonnee` after the last try or HTTP 410. */
export type EtatLivraison = 'a_faire' | 'livree' | 'abandonnee';

/** One debt: one event owed to one notification point. */
export interface Livraison {
  readonly id: LivraisonId;
  readonly collectivite: Siren;
  readonly flux: FluxId;
  readonly point: string;
  readonly canal: 'webhook' | 'courriel';
  readonly type: TypeEvenement;
  /** Thin payload: identifiers and states, no personal data. */
  readonly charge: ObjetJson;
  readonly etat: EtatLivraison;
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly creee: Instant;
  readonly ver: number;
}

/** One line of the delivery log. */
export interface EssaiLivraison {
  readonly quand: Instant;
  readonly resultat: 'livree' | 'echec';
  /** HTTP status or SMTP code, 0 when no answer. */
  readonly statut: number;
  readonly duree: number;
  readonly motif: string;
}
