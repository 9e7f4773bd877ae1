import type { Instant } from '../../../metier/identifiants.ts';
import type { Noeuds, Tour, Tours } from '../../../ports/store.ts';
import { type LigneNoeud, lireNoeud, TOUR_LIBRE } from '../lignes-annuaire.ts';
import type { FileEcriture } from './lot.ts';
import type { Base } from './pilote.ts';

type DemandeTour = Parameters<Tours['prendre']>[0];

function prendre(base: Base, { nom, proprietaire, quand, bail }: DemandeTour): Tour | null {
  const tour = base.ligne<Tour>(
    `INSERT INTO tours (nom, proprietaire, bail, numero) VALUES (:nom, :proprietaire, :bail, 1)
      ON CONFLICT (nom) DO UPDATE SET
        numero = numero + (proprietaire <> excluded.proprietaire OR bail = ${TOUR_LIBRE}),
        proprietaire = excluded.proprietaire,
        bail = excluded.bail
      WHERE proprietaire = excluded.proprietaire OR bail < :quand
      RETURNING nom, proprietaire, bail, numero`,
    { nom, proprietaire, quand, bail },
  );
  return tour ?? null;
}

export function creerTours(base: Base, ecriture: FileEcriture): Tours {
  return {
    prendre: (demande) => ecriture.soumettre(() => prendre(base, demande)),
    rendre: (nom, proprietaire) =>
      ecriture.soumettre(() => {
        base.ecrire(
          `UPDATE tours SET bail = ${TOUR_LIBRE} WHERE nom = :nom AND proprietaire = :proprietaire`,
          {
            nom,
            proprietaire,
          },
        );
      }),
    async lister() {
      return base.lignes<Tour>(
        `SELECT nom, proprietaire, bail, numero FROM tours WHERE bail <> ${TOUR_LIBRE} ORDER BY nom`,
      );
    },
  };
}

export function creerNoeuds(base: Base, ecriture: FileEcriture): Noeuds {
  return {
    annoncer: (noeud) =>
      ecriture.soumettre(() => {
        base.ecrire(
          `INSERT INTO noeuds (nom, roles, version, demarre, vu) VALUES (:nom, :roles, :version, :demarre, :vu)
            ON CONFLICT (nom) DO UPDATE SET roles = excluded.roles, version = excluded.version,
              demarre = excluded.demarre, vu = excluded.vu`,
          { ...noeud, roles: JSON.stringify(noeud.roles) },
        );
      }),
    async lister(depuis: Instant) {
      const lignes = base.lignes<LigneNoeud>(
        'SELECT nom, roles, version, demarre, vu FROM noeuds WHERE vu >= :depuis ORDER BY nom',
        { depuis },
      );
      return lignes.map(lireNoeud);
    },
    retirer: (nom) =>
      ecriture.soumettre(() => {
        base.ecrire('DELETE FROM noeuds WHERE nom = :nom', { nom });
      }),
    // The file is locked: nobody else is in.
    tenirNom: async () => true,
    evincer: async () => undefined,
  };
}
