import { statfs } from 'node:fs/promises';
import type { Constat, Sonde } from '../../ports/sonde.ts';

const MIO = 1024 ** 2;
const GIO = 1024 ** 3;
/** Below: attention, then failure. Two working days of buffer are owed (CDC-H 1-3); bytes. */
const ATTENTION = 10 * GIO;
const PANNE = GIO;

/** `12,4 Gio libres`, `310 Mio libres`: the unit that does not round the little that is left to nothing. */
export function espaceLibre(octets: number): string {
  const [valeur, unite] = octets < GIO ? [octets / MIO, 'Mio'] : [octets / GIO, 'Gio'];
  const maximumFractionDigits = unite === 'Gio' || valeur < 10 ? 1 : 0;
  const nombre = valeur.toLocaleString('fr-FR', { maximumFractionDigits });
  return `${nombre} ${unite} ${valeur < 2 ? 'libre' : 'libres'}`;
}

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
        return { sujet, etat, detail: espaceLibre(libre), remede };
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
