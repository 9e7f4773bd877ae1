import type { Instant } from '../metier/identifiants.ts';
import { erreurUsage } from './erreurs.ts';
import { type Appel, texte } from './monde.ts';

const FORME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * The instant typed: `2026-06-15T12:00:00Z`, another offset, or a day alone, which is its first instant in universal
 * time. Undefined when the option is not given. Throws VGM-CLI-004.
 */
export function lireInstant(appel: Appel, nom: string): Instant | undefined {
  const brut = texte(appel.options, nom);
  if (brut === undefined) return undefined;
  try {
    if (!FORME.test(brut)) throw new RangeError(brut);
    // unlike Date.parse, refuses the 30th of February
    return Temporal.Instant.from(brut.includes('T') ? brut : `${brut}T00:00Z`).epochMilliseconds as Instant;
  } catch {
    const detail = `L’option « --${nom} » attend une date (2026-06-15T12:00:00Z ou 2026-06-15), et on lit « ${brut} ».`;
    throw erreurUsage(detail, appel.verbe);
  }
}

/** `2026-06-15T12:00:00Z`: whole seconds where there are no others. */
export function enIso(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
