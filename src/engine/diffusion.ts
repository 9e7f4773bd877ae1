import type { Flux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';

export interface Nouvelle {
  readonly quand: Instant;
  readonly flux: Flux;
  readonly ev: string;
}

/** Live news of what the engine has committed; who listens late hears nothing of the past. */
export interface Diffusion {
  publier(nouvelle: Nouvelle): void;
  ecouter(signal: AbortSignal): AsyncIterable<Nouvelle>;
}

/** A listener that reads too slowly loses the oldest news: it must never hold the engine's memory. */
const RETENUES_MAX = 10_000;

export function creerDiffusion(): Diffusion {
  const oreilles = new Set<(n: Nouvelle) => void>();
  return {
    publier: (nouvelle) => {
      for (const oreille of oreilles) oreille(nouvelle);
    },
    async *ecouter(signal) {
      const retenues: Nouvelle[] = [];
      let reveil: (() => void) | undefined;
      const oreille = (n: Nouvelle): void => {
        if (retenues.length >= RETENUES_MAX) retenues.shift();
        retenues.push(n);
        reveil?.();
      };
      const fin = (): void => reveil?.();
      oreilles.add(oreille);
      signal.addEventListener('abort', fin);
      try {
        while (!signal.aborted) {
          const suivante = retenues.shift();
          if (suivante !== undefined) yield suivante;
          else await new Promise<void>((r) => (reveil = r));
        }
      } finally {
        oreilles.delete(oreille);
        signal.removeEventListener('abort', fin);
      }
    },
  };
}
