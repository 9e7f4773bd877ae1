import type { Branche } from './carte.ts';
import type { ElementAcquitRetour, Modifiable } from './faits.ts';

/** A file names some PES Retour, seldom more than one. */
const ELEMENTS_MAX = 10_000;

/** `ACQUIT_RETOUR`: which PES Retour were taken in. */
export function lectureAcquitRetour(elements: ElementAcquitRetour[]): Branche {
  let element: Modifiable<ElementAcquitRetour> | null = null;
  const prendre = (cle: keyof ElementAcquitRetour): Branche => ({
    champ: ({ valeur }) => {
      if (element !== null) element[cle] ??= valeur;
    },
  });
  return {
    enfants: {
      ElementACQUIT_RETOUR: {
        ouvrir: () => {
          element = { domaine: null, nomFichierRetour: null, typRestit: null, dateAcquit: null };
          if (elements.length < ELEMENTS_MAX) elements.push(element);
        },
        enfants: {
          DomaineAckRetour: prendre('domaine'),
          NomFichierRetour: prendre('nomFichierRetour'),
          TypRestit: prendre('typRestit'),
          DateAcquit: prendre('dateAcquit'),
        },
      },
    },
  };
}
