import type { FicheErreur } from '../metier/erreurs.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Repos } from './remise.ts';

export interface ReglagesRepos {
  readonly maintenant: () => Instant;
  /** First and longest rest, milliseconds. */
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Rest of a door that fails for everybody: a thousand flux must not knock a thousand times at a gateway that is down, nor
 * lock an account that it refuses.
 */
export interface ReposDeGuichet {
  etat(): Repos | null;
  /** It failed, and would fail for any file. */
  noterPanne(erreur: FicheErreur): void;
  /** It answered: whatever it said of the file, it works. */
  noterReponse(): void;
}

/** One failure may be bad luck: the rest begins at the second in a row, and doubles; at once, and whole, when nothing will pass before a person acts. */
export function creerRepos({ maintenant, minMs, maxMs }: ReglagesRepos): ReposDeGuichet {
  let pannes = 0;
  let repos: Repos | null = null;
  return {
    etat: () => (repos !== null && maintenant() < repos.jusqua ? repos : null),
    noterPanne: (erreur) => {
      pannes += 1;
      const attente = erreur.nature === 'definitive' ? maxMs : Math.min(maxMs, minMs * 2 ** (pannes - 2));
      if (pannes > 1 || erreur.nature === 'definitive') {
        repos = { jusqua: (maintenant() + attente) as Instant, erreur };
      }
    },
    noterReponse: () => {
      pannes = 0;
      repos = null;
    },
  };
}
