import { type Atelier, creerAtelier, type OptionsAtelier, suivrePorts } from '../../parcours/atelier.ts';
import type { Appel } from '../../parcours/appels.ts';

/** A hand on the calls of the engine: it may hold one, or make some fail. */
export interface Main {
  /** Holds the next call of this name; `attendue` resolves when it came, `lacher` lets it pass. */
  retenir(nom: string): { readonly attendue: Promise<void>; lacher(): void };
  /** While set, the calls for which it gives an error fail with it; `apres` = once they are done. */
  panne: ((nom: string) => unknown) | null;
  panneApres: ((nom: string) => unknown) | null;
}

interface Retenue {
  readonly nom: string;
  readonly venue: () => void;
  readonly libre: Promise<void>;
}

export async function atelierTenu(options: OptionsAtelier = {}): Promise<{ a: Atelier; main: Main }> {
  const retenues: Retenue[] = [];
  const main: Main = {
    panne: null,
    panneApres: null,
    retenir: (nom) => {
      const [venue, libre] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      retenues.push({ nom, venue: venue.resolve, libre: libre.promise });
      return { attendue: venue.promise, lacher: libre.resolve };
    },
  };
  const appel: Appel = async (nom, faire) => {
    const rang = retenues.findIndex((r) => r.nom === nom);
    const [retenue] = rang === -1 ? [] : retenues.splice(rang, 1);
    retenue?.venue();
    await retenue?.libre;
    const faute = main.panne?.(nom);
    if (faute !== undefined && faute !== null) throw faute;
    const resultat = await faire();
    const apres = main.panneApres?.(nom);
    if (apres !== undefined && apres !== null) throw apres;
    return resultat;
  };
  const { enrober = (p) => p, ...autres } = options;
  const a = await creerAtelier({ ...autres, enrober: (p) => suivrePorts(enrober(p), appel) });
  return { a, main };
}

/** A few seconds, many times less than a lease (300 s): what must be taken up again soon is. */
export async function quelquesSecondes(a: Atelier, secondes = 20): Promise<void> {
  for (let reste = secondes; reste > 0; reste -= 5) {
    await a.passer(3_000);
    await a.calme();
  }
}
