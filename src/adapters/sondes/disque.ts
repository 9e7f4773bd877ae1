import { statfs } from 'node:fs/promises';
import type { Constat, Sonde } from '../../ports/sonde.ts';

const GIO = 1024 ** 3;
/** Below: attention, then failure. Two working days of buffer are owed (CDC-H 1-3); bytes. */
const ATTENTION = 10 * GIO;
const PANNE = GIO;

/** Free space of the data folder. */
export function sondeDisque(dossier: string): Sonde {
  const sujet = 'disque';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      try {
        const { bavail, bsize } = await statfs(dossier);
        const libre = bavail * bsize;
        const etat = libre < PANNE ? 'panne' : libre < ATTENTION ? 'attention' : 'bon';
        const remede = etat === 'bon' ? '' : 'Libérer de l’espace ou agrandir le volume des données.';
        return { sujet, etat, detail: `${(libre / GIO).toFixed(1).replace('.', ',')} Gio libres`, remede };
      } catch {
        return {
          sujet,
          etat: 'panne',
          detail: 'le dossier de données ne répond pas',
          remede: 'Vérifier le volume des données.',
        };
      }
    },
  };
}
