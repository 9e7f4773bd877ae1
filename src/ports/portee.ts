import type { Siren } from '../metier/identifiants.ts';

/**
 * Whose rows a query may see. Every read names it: a query without its collectivité does not type-check.
 */
export type Portee = { readonly collectivite: Siren } | { readonly operateur: true };
export const OPERATEUR: Portee = { operateur: true };
