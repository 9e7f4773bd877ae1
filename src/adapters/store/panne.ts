import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';

/** A failure of the storage itself, not of the one who asked: it concerns the whole transaction. */
export function panneStockage(detail: string, origine?: unknown): ErreurVgm {
  return erreurNoyau('VGM-NOY-005', { detail }, origine);
}

export function estPanne(erreur: unknown): erreur is ErreurVgm {
  return erreur instanceof ErreurVgm && erreur.fiche.code === 'VGM-NOY-005';
}

export const FERMEE = 'le stockage est fermé';
