import type { Etat } from '../metier/etats.ts';

/** States that cannot be reached without what is sent having been made. */
const COMPOSES: readonly Etat[] = [
  'pret',
  'en_ligne',
  'transmis',
  'incertain',
  'echec',
  'acquitte',
  'acquitte_partiel',
  'anomalie',
  'valide',
  'annule',
];

export function aEteCompose(etat: Etat): boolean {
  return COMPOSES.includes(etat);
}
