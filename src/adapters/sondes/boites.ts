import { dureeEnMots } from '../../metier/durees.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Mailbox } from '../../ports/mailbox.ts';
import type { Constat, Sonde } from '../../ports/sonde.ts';

interface DerniereReleve {
  readonly nombre: number;
  readonly erreur: string | null;
  /** Milliseconds since 1970. */
  readonly quand: number;
}

export interface BoiteSondee {
  readonly boite: Mailbox;
  /** Milliseconds between two fetches. */
  readonly periode: number;
  readonly derniere: () => DerniereReleve | undefined;
}

/** Fetches missed in a row, and shortest silence in milliseconds, before the loop is said to be stuck. */
const MANQUEES = 10;
const SILENCE_MIN = 600_000;

function recit(derniere: DerniereReleve | undefined, clock: Clock): string {
  if (derniere === undefined) return 'pas encore relevée';
  const il = `il y a ${dureeEnMots(clock.now() - derniere.quand)}`;
  if (derniere.erreur !== null) return `dernière relève ${il}, en échec : ${derniere.erreur}`;
  const s = derniere.nombre > 1 ? 's' : '';
  return `dernière relève ${il} : ${derniere.nombre} message${s}`;
}

/** One mailbox: what its last fetch gave, and a connection tried now. */
export function sondeBoite({ boite, periode, derniere }: BoiteSondee, clock: Clock): Sonde {
  const sujet = `boîte ${boite.nom}`;
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const vue = derniere();
      const passe = recit(vue, clock);
      try {
        await boite.sonder();
      } catch (cause) {
        const fiche = cause instanceof ErreurVgm ? cause.fiche : null;
        const detail = `${fiche?.message ?? 'Erreur inattendue.'} ${passe}`;
        const remede = fiche?.remede ?? 'Lire le journal technique.';
        return { sujet, etat: 'panne', detail, remede };
      }
      const detail = `répond ; ${passe}`;
      if (vue?.erreur !== undefined && vue.erreur !== null) {
        const remede = 'Lancer « vaguemestre relever » ; si l’échec demeure, suivre ce qu’il dit.';
        return { sujet, etat: 'attention', detail, remede };
      }
      if (vue !== undefined && clock.now() - vue.quand > Math.max(MANQUEES * periode, SILENCE_MIN)) {
        const remede = 'La relève ne tourne plus : redémarrer le démon.';
        return { sujet, etat: 'attention', detail, remede };
      }
      return { sujet, etat: 'bon', detail, remede: '' };
    },
  };
}
