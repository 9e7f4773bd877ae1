import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config/manifest.ts';
import type { Role } from '../metier/roles.ts';
import type { IdentiteNoeud } from '../engine/presence.ts';

/** This daemon among those that share its store. */
export interface MoiNoeud extends IdentiteNoeud {
  readonly roles: readonly Role[];
  /** The store lets nobody else in: no other daemon can bear our name. */
  readonly seul: boolean;
}

const LETTRES_MARQUE = 6;

/** Stable from one start to the next; two daemons of one machine have two data folders. */
function nomParDefaut(donnees: string): string {
  const marque = createHash('sha256').update(donnees).digest('hex').slice(0, LETTRES_MARQUE);
  return `${hostname().replace(/[^A-Za-z0-9._-]/g, '-')}-${marque}`;
}

/** @param roles those of the command line, that win over the settings. */
export function identifierNoeud(
  { noeud, donnees }: Config,
  {
    roles,
    version,
    seul,
  }: { readonly roles?: readonly Role[] | undefined } & Pick<MoiNoeud, 'version' | 'seul'>,
): MoiNoeud {
  const nom = noeud.nom === '' ? nomParDefaut(donnees) : noeud.nom;
  return { nom, roles: [...new Set(roles ?? noeud.roles)], version, seul };
}
