import type { ReponseTransport, Transport } from '../../src/ports/transport.ts';

/** What the State's door does of one archive: its answer, and whether the State holds the archive after it. */
export interface Coup {
  readonly reponse: ReponseTransport;
  readonly prise: boolean;
}

const URL = 'https://etat.invalid/';
export const prise = (statut = 201): Coup => ({
  prise: true,
  reponse: { type: 'reponse', statut, extrait: '', url: URL },
});
export const refus = (statut: number): Coup => ({
  prise: false,
  reponse: { type: 'reponse', statut, extrait: 'non', url: URL },
});
export const coupee = (tenue: boolean): Coup => ({
  prise: tenue,
  reponse: { type: 'sort_inconnu', cause: 'ligne coupée', url: URL },
});
export const nonParti: Coup = { prise: false, reponse: { type: 'non_parti', cause: 'refusée', url: URL } };

/** The State: remembers each archive that it took, whatever it answered. */
export interface EtatFictif extends Transport {
  /** Times that each archive name was taken. */
  readonly registre: Map<string, number>;
  /** Archives of each name that reached the door, taken or not. */
  readonly presentees: Map<string, number>;
  readonly programme: Coup[];
  /** From now on the door keeps its answers, until `lacher`. */
  retenir(): void;
  lacher(): void;
}

export function creerEtatFictif(programme: readonly Coup[]): EtatFictif {
  const registre = new Map<string, number>();
  const presentees = new Map<string, number>();
  const file = [...programme];
  let porte: PromiseWithResolvers<void> | null = null;
  return {
    registre,
    presentees,
    programme: file,
    retenir: () => {
      porte ??= Promise.withResolvers<void>();
    },
    lacher: () => {
      porte?.resolve();
      porte = null;
    },
    async remettre(envoi, signal) {
      if (signal.aborted) return nonParti.reponse;
      const coup = file.shift() ?? prise();
      for await (const _ of await envoi.ouvrir());
      presentees.set(envoi.nom, (presentees.get(envoi.nom) ?? 0) + 1);
      if (coup.prise) registre.set(envoi.nom, (registre.get(envoi.nom) ?? 0) + 1);
      await porte?.promise;
      return coup.reponse;
    },
  };
}
