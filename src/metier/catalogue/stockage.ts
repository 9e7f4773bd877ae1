import { type Catalogue, fabrique } from '../erreurs.ts';

/** What the store finds when it opens its files. Failures while it runs are VGM-NOY-005. */
export const CATALOGUE_STOCKAGE = {
  'VGM-STO-001': {
    nature: 'definitive',
    message:
      'La base {fichier} a été écrite par une version plus récente du programme (schéma {trouve}, connu : {connu}).',
    cause: 'Le programme a été ramené à une version antérieure après une mise à jour.',
    remede:
      'L’exploitant réinstalle la version la plus récente, ou restaure la sauvegarde faite avant la mise à jour.',
    http: 500,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurStockage = fabrique(CATALOGUE_STOCKAGE);
