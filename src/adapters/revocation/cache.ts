import type { Instant } from '../../metier/identifiants.ts';
import type { PreuveBrute } from '../../ports/revocation.ts';

/** Evidence that may serve again, bounded in bytes: what was used longest ago goes first. */
export interface Cache {
  /** Evidence still fresh at this instant. */
  prendre(cle: string, instant: Instant): PreuveBrute | undefined;
  /** @param jusqua nextUpdate. */
  garder(cle: string, preuve: PreuveBrute, jusqua: Instant): void;
}

/** An authority may publish before the hour it announced: nothing serves longer than this. Milliseconds. */
const REEMPLOI_MAX = 3_600_000;

interface Entree {
  readonly preuve: PreuveBrute;
  readonly jusqua: number;
}

export function creerCache(octetsMax: number): Cache {
  // A Map keeps the order of insertion: taking an entry puts it back at the end.
  const entrees = new Map<string, Entree>();
  let taille = 0;

  const oter = (cle: string): Entree | undefined => {
    const entree = entrees.get(cle);
    if (entree !== undefined) taille -= entree.preuve.octets.length;
    entrees.delete(cle);
    return entree;
  };
  const poser = (cle: string, entree: Entree): void => {
    oter(cle);
    entrees.set(cle, entree);
    taille += entree.preuve.octets.length;
    for (const ancienne of entrees.keys()) {
      if (taille <= octetsMax) break;
      oter(ancienne);
    }
  };

  return {
    prendre(cle, instant) {
      const entree = oter(cle);
      if (entree === undefined || instant >= entree.jusqua) return undefined;
      poser(cle, entree);
      return entree.preuve;
    },
    garder(cle, preuve, jusqua) {
      poser(cle, { preuve, jusqua: Math.min(jusqua, preuve.obtenue + REEMPLOI_MAX) });
    },
  };
}
