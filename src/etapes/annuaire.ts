import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import type { Instant, Siren } from '../metier/identifiants.ts';
import type { Collectivites } from '../ports/store.ts';

/** How long a fiche may be served from memory: another node may have changed it. Milliseconds. */
const FRAICHEUR = 5_000;

/** The collectivités as the steps read them: many times per second, so from memory, never staler than a few seconds. */
export interface Annuaire {
  trouver(siren: Siren): Promise<Collectivite | undefined>;
  /** Throws VGM-GES-004 when unknown. */
  exiger(siren: Siren): Promise<Collectivite>;
  /** To be called after each change made by this process. */
  oublier(siren: Siren): void;
}

export function creerAnnuaire(source: Collectivites, maintenant: () => Instant): Annuaire {
  const fiches = new Map<Siren, { lue: Instant; fiche: Collectivite }>();
  const trouver = async (siren: Siren): Promise<Collectivite | undefined> => {
    const connue = fiches.get(siren);
    if (connue !== undefined && Math.abs(maintenant() - connue.lue) < FRAICHEUR) return connue.fiche;
    const lue = maintenant();
    const fiche = await source.trouver(siren);
    if (fiche === undefined) fiches.delete(siren);
    else fiches.set(siren, { lue, fiche });
    return fiche;
  };
  return {
    trouver,
    exiger: async (siren) => {
      const fiche = await trouver(siren);
      if (fiche === undefined) throw erreurGestes('VGM-GES-004', { siren });
      return fiche;
    },
    oublier: (siren) => {
      fiches.delete(siren);
    },
  };
}
