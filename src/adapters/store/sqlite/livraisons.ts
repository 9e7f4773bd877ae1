import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { EssaiLivraison } from '../../../metier/notifications.ts';
import type { ChangementLivraison, LectureLivraisons, NouvelleLivraison } from '../../../ports/store.ts';
import { COLONNES_LIVRAISON, type LigneLivraison, lireLivraison } from '../lignes.ts';
import { conditionPortee } from './portees.ts';
import { lirePage } from './pages.ts';
import type { Base } from './pilote.ts';

const CHANGEMENT = `UPDATE livraisons SET
  etat = :etat, ver = ver + 1, due = :due, tentatives = :tentatives, bail = NULL, bail_par = NULL
  WHERE id = :id AND ver = :ver`;

const INSERTION = `INSERT INTO livraisons
  (id, collectivite, flux, point, canal, type, charge, etat, due, tentatives, creee, ver)
  VALUES (:id, :collectivite, :flux, :point, :canal, :type, :charge, 'a_faire', :due, 0, :quand, 1)`;

const ESSAI = `INSERT INTO essais (livraison, rang, quand, resultat, statut, duree, motif)
  VALUES (:livraison, (SELECT coalesce(max(rang) + 1, 0) FROM essais WHERE livraison = :livraison),
   :quand, :resultat, :statut, :duree, :motif)`;

/** Applies one change inside the caller's transaction. Throws VGM-NOY-001 when the version is not the one named. */
export function changerLivraison(base: Base, c: ChangementLivraison): void {
  const { id, ver, etat, due, tentatives, essai } = c;
  if (base.ecrire(CHANGEMENT, { id, ver, etat, due, tentatives }) === 0) {
    throw erreurNoyau('VGM-NOY-001', { flux: id });
  }
  if (essai === undefined) return;
  const { quand, resultat, statut, duree, motif } = essai;
  base.ecrire(ESSAI, { livraison: id, quand, resultat, statut, duree, motif });
}

export function creerLivraison(base: Base, n: NouvelleLivraison, quand: Instant): void {
  const { id, collectivite, flux, point, canal, type, due } = n;
  const charge = JSON.stringify(n.charge);
  base.ecrire(INSERTION, { id, collectivite, flux, point, canal, type, charge, due, quand });
}

export function creerLectureLivraisons(base: Base): LectureLivraisons {
  return {
    async trouver(portee, id) {
      const bornes = conditionPortee(portee);
      const ligne = base.ligne<LigneLivraison>(
        `SELECT ${COLONNES_LIVRAISON} FROM livraisons WHERE id = :id AND ${bornes.sql}`,
        { ...bornes.valeurs, id },
      );
      return ligne === undefined ? undefined : lireLivraison(ligne);
    },
    async lister(portee, filtre) {
      const duFlux =
        filtre.flux === undefined ? [] : [{ sql: 'flux = :flux', valeurs: { flux: filtre.flux } }];
      return lirePage<LigneLivraison>(base, {
        table: 'livraisons',
        colonnes: COLONNES_LIVRAISON,
        conditions: [conditionPortee(portee), ...duFlux],
        etats: filtre.etats,
        limite: filtre.limite,
      }).map(lireLivraison);
    },
    async essais(portee, id) {
      const bornes = conditionPortee(portee);
      return base
        .lignes<EssaiLivraison>(
          `SELECT quand, resultat, statut, duree, motif FROM essais
            WHERE livraison = :id AND EXISTS (SELECT 1 FROM livraisons WHERE id = :id AND ${bornes.sql})
            ORDER BY rang`,
          { ...bornes.valeurs, id },
        )
        .map((essai) => ({ ...essai }));
    },
  };
}
