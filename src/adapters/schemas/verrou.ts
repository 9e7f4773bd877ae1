import { prendreVerrou } from '../../config/verrou.ts';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';

/** Milliseconds left to another command: an import takes some seconds. */
const PATIENCE = 30_000;

/** One change of the packs at a time, across processes. Throws VGM-SCH-004, VGM-SCH-005. @returns what lets go of the lock. */
export function verrouiller(dossier: string, patience: number = PATIENCE): () => void {
  return prendreVerrou(dossier, {
    patience,
    refus: (empechement, origine) =>
      empechement === 'occupe'
        ? erreurSchemas('VGM-SCH-004', { dossier }, origine)
        : erreurSchemas('VGM-SCH-005', { dossier, raison: 'droits insuffisants' }, origine),
  });
}
