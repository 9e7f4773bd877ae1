import type { Clock } from '../../ports/clock.ts';
import type { FileServie, Repartition } from '../../ports/repartition.ts';

/** One process: an announcement wakes the queue concerned, which takes what is due by itself. */
export function creerRepartitionLocale({ clock }: { readonly clock: Clock }): Repartition {
  const servies = new Map<string, FileServie>();
  return {
    annoncer: (annonces) => {
      const maintenant = clock.now();
      const dues = annonces.filter(({ due }) => due <= maintenant);
      for (const file of new Set(dues.map((a) => a.file))) servies.get(file)?.reveiller();
    },
    servir: (file) => {
      servies.set(file.nom, file);
      return {
        repartit: () => false,
        fermer: async () => {
          servies.delete(file.nom);
        },
      };
    },
    constater: async () => ({ type: 'locale', erreur: null, files: [] }),
    fermer: async () => servies.clear(),
  };
}
