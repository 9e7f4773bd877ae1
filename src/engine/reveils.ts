import { estTerminal } from '../metier/etats.ts';
import type { ChangementFlux, Ecriture, EcritureStore } from '../ports/store.ts';

/** The lanes of the engine. */
export type NomCouloir = 'flux' | 'retours' | 'livraisons';

function flagrant(c: { readonly due: number | null; readonly garderBail?: boolean }, quand: number): boolean {
  return c.due !== null && c.due <= quand && c.garderBail !== true;
}

function annoncer(e: Ecriture, reveiller: (couloir: NomCouloir) => void): void {
  const nes = e.nouveauxFlux?.some((n) => !estTerminal(n.etat) && n.due <= e.quand);
  if (nes === true || e.flux?.some((c: ChangementFlux) => flagrant(c, e.quand))) reveiller('flux');
  if (e.retours?.some((c) => flagrant(c, e.quand))) reveiller('retours');
  if ((e.nouvellesLivraisons?.length ?? 0) > 0 || e.livraisons?.some((c) => flagrant(c, e.quand)))
    reveiller('livraisons');
}

/** The same writes, that wake the lane concerned once they are durable. A wake-up that is lost costs one sweep. */
export function ecritureQuiReveille(
  ecriture: EcritureStore,
  reveiller: (couloir: NomCouloir) => void,
): EcritureStore {
  return {
    ecrire: async (e) => {
      await ecriture.ecrire(e);
      annoncer(e, reveiller);
    },
    creerFlux: async (nouveau, suite) => {
      const resultat = await ecriture.creerFlux(nouveau, suite);
      if (resultat.type === 'cree') reveiller('flux');
      annoncer(suite, reveiller);
      return resultat;
    },
    creerRetour: async (nouveau, suite) => {
      const resultat = await ecriture.creerRetour(nouveau, suite);
      if (resultat === 'cree') reveiller('retours');
      return resultat;
    },
  };
}
