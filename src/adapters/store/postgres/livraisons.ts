import type { EssaiLivraison } from '../../../metier/notifications.ts';
import type { LectureLivraisons } from '../../../ports/store.ts';
import { COLONNES_LIVRAISON, type LigneLivraison, lireLivraison } from '../lignes.ts';
import { conditionPorteeDerriere, lirePage, sousPortee } from './pages.ts';
import type { Base } from './requetes.ts';

export function creerLectureLivraisons(base: Base): LectureLivraisons {
  return {
    async trouver(portee, id) {
      const scope = conditionPorteeDerriere(portee);
      const ligne = await base.ligne<LigneLivraison>(
        `SELECT ${COLONNES_LIVRAISON} FROM livraisons WHERE id = :id AND ${scope.sql}`,
        { ...scope.valeurs, id },
      );
      return ligne === undefined ? undefined : lireLivraison(ligne);
    },
    async lister(portee, filtre) {
      const { flux, etats, limite } = filtre;
      const page = { table: 'livraisons', colonnes: COLONNES_LIVRAISON, limite };
      if (flux === undefined)
        return (await lirePage<LigneLivraison>(base, { ...page, sous: sousPortee(portee), etats })).map(
          lireLivraison,
        );
      // Those of one flux are few.
      const parmi = etats === undefined ? [] : [{ sql: 'etat = ANY(:etats)', valeurs: { etats } }];
      const conditions = [conditionPorteeDerriere(portee), ...parmi];
      return (await lirePage<LigneLivraison>(base, { ...page, sous: { flux }, conditions })).map(
        lireLivraison,
      );
    },
    essais(portee, id) {
      const scope = conditionPorteeDerriere(portee);
      return base.lignes<EssaiLivraison>(
        `SELECT quand, resultat, statut, duree, motif FROM essais
          WHERE livraison = (SELECT id FROM livraisons WHERE id = :id AND ${scope.sql}) ORDER BY rang`,
        { ...scope.valeurs, id },
      );
    },
  };
}
