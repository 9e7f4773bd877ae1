import type { Instant } from '../../../metier/identifiants.ts';
import type { Noeuds, Suspension, Suspensions, Tour, Tours } from '../../../ports/store.ts';
import { type LigneNoeud, lireNoeud, TOUR_LIBRE } from '../lignes-annuaire.ts';
import type { NomTenu } from './nom-tenu.ts';
import type { Reserve } from './reserve.ts';

const PRISE = `INSERT INTO tours AS t (nom, proprietaire, bail, numero) VALUES (:nom, :proprietaire, :bail, 1)
  ON CONFLICT (nom) DO UPDATE SET
    numero = t.numero + CASE WHEN t.proprietaire <> excluded.proprietaire OR t.bail = ${TOUR_LIBRE} THEN 1 ELSE 0 END,
    proprietaire = excluded.proprietaire,
    bail = excluded.bail
  WHERE t.proprietaire = excluded.proprietaire OR t.bail < :quand
  RETURNING nom, proprietaire, bail, numero`;

export function creerTours(base: Reserve): Tours {
  return {
    async prendre({ nom, proprietaire, quand, bail }) {
      const [tour] = await base.changer<Tour>(PRISE, { nom, proprietaire, quand, bail });
      return tour ?? null;
    },
    async rendre(nom, proprietaire) {
      await base.ecrire(
        `UPDATE tours SET bail = ${TOUR_LIBRE} WHERE nom = :nom AND proprietaire = :proprietaire`,
        { nom, proprietaire },
      );
    },
    lister: () =>
      base.lignes<Tour>(
        `SELECT nom, proprietaire, bail, numero FROM tours WHERE bail <> ${TOUR_LIBRE} ORDER BY nom`,
      ),
  };
}

export function creerNoeuds(base: Reserve, nomTenu: NomTenu): Noeuds {
  return {
    async annoncer(noeud) {
      await base.ecrire(
        `INSERT INTO noeuds (nom, roles, version, demarre, vu) VALUES (:nom, :roles, :version, :demarre, :vu)
          ON CONFLICT (nom) DO UPDATE SET roles = excluded.roles, version = excluded.version,
            demarre = excluded.demarre, vu = excluded.vu`,
        { ...noeud, roles: JSON.stringify(noeud.roles) },
      );
    },
    async lister(depuis: Instant) {
      const lignes = await base.lignes<LigneNoeud>(
        'SELECT nom, roles, version, demarre, vu FROM noeuds WHERE vu >= :depuis ORDER BY nom',
        { depuis },
      );
      return lignes.map(lireNoeud);
    },
    async retirer(nom) {
      await base.ecrire('DELETE FROM noeuds WHERE nom = :nom', { nom });
      await nomTenu.laisser();
    },
    tenirNom: (nom) => nomTenu.tenir(nom),
    evincer: (nom) => nomTenu.evincer(nom),
  };
}

export function creerSuspensions(base: Reserve): Suspensions {
  return {
    lister: () =>
      base.lignes<Suspension>(
        'SELECT destination, motif, acteur, depuis FROM suspensions ORDER BY destination',
      ),
  };
}
