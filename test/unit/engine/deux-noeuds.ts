import type { Antivirus } from '../../../src/ports/antivirus.ts';
import type { Ecriture } from '../../../src/ports/store.ts';
import type { Appel } from '../../parcours/appels.ts';
import {
  type Atelier,
  creerAtelier,
  creerSol,
  type Ports,
  type Sol,
  suivrePorts,
} from '../../parcours/atelier.ts';

/** Two nodes over one world, the first of which may stand still, as a machine does that swaps or whose host pauses it. */
export interface DeuxNoeuds {
  readonly sol: Sol;
  readonly a: Atelier;
  readonly b: Atelier;
  /** Stands still just before, or just after, the first call that is meant. @returns what resolves once it does. */
  figer(ou: Arret): Promise<void>;
  reveiller(): void;
  /** Time passes, less than a third of a lease at once: what is due on the way is done. */
  passer(ms: number): Promise<void>;
  /** Lets those that do not stand still work until they have nothing to do now. */
  calme(): Promise<void>;
  fermer(): Promise<void>;
}

export interface Arret {
  readonly nom: string;
  readonly cote: 'avant' | 'apres';
  /** Of a write: the one meant. */
  readonly ecriture?: (e: Ecriture) => boolean;
}

/** The mark of the line. */
export const MARQUE = (e: Ecriture): boolean => e.flux?.some((c) => c.etat === 'en_ligne') === true;

/** From where it stands still, nothing of a node goes on, timers included: whatever it asks waits. */
class Gel {
  #vise: { readonly arret: Arret; readonly venu: () => void } | null = null;
  #fige: PromiseWithResolvers<void> | null = null;

  get fige(): boolean {
    return this.#fige !== null;
  }

  figer(arret: Arret): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#vise = { arret, venu: resolve };
    return promise;
  }

  reveiller(): void {
    this.#fige?.resolve();
    this.#fige = null;
  }

  envelopper(ports: Ports): Ports {
    const { ecriture } = ports.store;
    const suivis = suivrePorts(ports, this.#appel);
    const ecrire = (e: Ecriture) => this.#passer('ecriture.ecrire', () => ecriture.ecrire(e), e);
    return { ...suivis, store: { ...suivis.store, ecriture: { ...suivis.store.ecriture, ecrire } } };
  }

  readonly #appel: Appel = (nom, faire) => this.#passer(nom, faire);

  async #passer<T>(nom: string, faire: () => Promise<T>, e?: Ecriture): Promise<T> {
    this.#arriver({ nom, cote: 'avant' }, e);
    await this.#attendre();
    const resultat = await faire();
    this.#arriver({ nom, cote: 'apres' }, e);
    await this.#attendre();
    return resultat;
  }

  #arriver(ici: Pick<Arret, 'nom' | 'cote'>, e: Ecriture | undefined): void {
    const { arret, venu } = this.#vise ?? {};
    if (arret === undefined || arret.nom !== ici.nom || arret.cote !== ici.cote) return;
    if (arret.ecriture !== undefined && (e === undefined || !arret.ecriture(e))) return;
    this.#vise = null;
    this.#fige = Promise.withResolvers();
    venu?.();
  }

  async #attendre(): Promise<void> {
    while (this.#fige !== null) await this.#fige.promise;
  }
}

/** Milliseconds. */
const PAS = 50_000;

export async function ouvrirDeuxNoeuds(
  options: { readonly antivirus?: Antivirus; readonly absence?: number } = {},
): Promise<DeuxNoeuds> {
  const sol = await creerSol();
  const gel = new Gel();
  const commun = { sol, ...options };
  const a = await creerAtelier({
    ...commun,
    inscrire: true,
    proprietaire: 'a',
    enrober: (ports) => gel.envelopper(ports),
  });
  const b = await creerAtelier({ ...commun, inscrire: false, proprietaire: 'b' });
  const calme = async (): Promise<void> => {
    for (const noeud of gel.fige ? [b] : [a, b, a]) await noeud.calme();
  };
  return {
    sol,
    a,
    b,
    figer: (arret) => gel.figer(arret),
    reveiller: () => gel.reveiller(),
    calme,
    passer: async (ms) => {
      for (let reste = ms; reste > 0; reste -= PAS) {
        sol.clock.regler(sol.clock.now() + Math.max(0, Math.min(PAS, reste) - 1_000));
        await sol.clock.avancer(Math.min(1_000, reste));
        await calme();
      }
    },
    fermer: async () => {
      gel.reveiller();
      for (const noeud of [a, b]) {
        noeud.couper();
        await noeud.arreter();
      }
      await sol.store.fermer();
    },
  };
}
