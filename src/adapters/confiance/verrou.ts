import { prendreVerrou } from '../../config/verrou.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';

/** Milliseconds left to another command: an import takes less than one second. */
const PATIENCE = 10_000;

/** One change of the trust folder at a time, across processes. Throws VGM-CNF-005, VGM-CNF-006. @returns what lets go of the lock. */
export function verrouiller(dossier: string, patience: number = PATIENCE): () => void {
  return prendreVerrou(dossier, {
    patience,
    refus: (empechement, origine) =>
      empechement === 'occupe'
        ? erreurConfiance('VGM-CNF-005', { dossier }, origine)
        : erreurConfiance('VGM-CNF-006', { dossier, raison: 'droits insuffisants' }, origine),
  });
}
