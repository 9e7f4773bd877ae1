import type { OutilsMoteur } from './outils.ts';

export interface Ronde {
  demarrer(): void;
  arreter(): Promise<void>;
}

/** Does something every `periode` milliseconds, the first time after one; a failure is told, and waits for the next. */
export function creerRonde(
  { clock, log, signaux }: Pick<OutilsMoteur, 'clock' | 'log' | 'signaux'>,
  {
    nom,
    periode,
    faire,
  }: { readonly nom: string; readonly periode: number; readonly faire: () => Promise<void> },
): Ronde {
  let boucle: Promise<void> = Promise.resolve();
  const tourner = async (): Promise<void> => {
    while (!signaux.arret.aborted) {
      await clock.sleep(periode, signaux.arret);
      if (signaux.arret.aborted) return;
      try {
        await faire();
      } catch (cause) {
        log.error('ronde interrompue', { ronde: nom }, cause);
      }
    }
  };
  return {
    demarrer: () => {
      boucle = tourner();
    },
    arreter: () => boucle,
  };
}
