import type { Instant } from '../metier/identifiants.ts';
import type { OutilsMoteur } from './outils.ts';

/**
 * Next try of a transient failure: doubling wait between the two bounds of the settings, with ±20 % of jitter so
 * that a peer that comes back is not met by all at once.
 */
export function reculer(
  outils: Pick<OutilsMoteur, 'clock' | 'random' | 'reglage'>,
  tentatives: number,
): Instant {
  const { reprise_min_s: min, reprise_max_s: max } = outils.reglage;
  const attente = Math.min(max, min * 2 ** Math.min(tentatives, 20)) * 1000;
  return Math.round(outils.clock.now() + attente * (0.8 + 0.4 * outils.random.fraction())) as Instant;
}
