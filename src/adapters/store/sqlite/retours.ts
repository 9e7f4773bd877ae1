import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { FluxId, Instant, RetourId } from '../../../metier/identifiants.ts';
import {
  type ChangementRetour,
  type LectureRetours,
  type NouveauRetour,
  OPERATEUR,
  type Portee,
} from '../../../ports/store.ts';
import { COLONNES_RETOUR, type LigneRetour, lireRetour } from '../lignes.ts';
import type { Condition } from '../conditions.ts';
import { lirePage } from './pages.ts';
import type { Base } from './pilote.ts';

const CHANGEMENT = `UPDATE retours SET
  etat = :etat, ver = ver + 1, due = :due, tentatives = :tentatives, motif = :motif, bail = NULL, bail_par = NULL
  WHERE id = :id AND ver = :ver`;

const RATTACHEMENT = `INSERT INTO retours_flux (retour, rang, flux, collectivite)
  SELECT :retour, :rang, id, collectivite FROM flux WHERE id = :flux`;

/** Applies one change inside the caller's transaction. Throws VGM-NOY-001 when the version is not the one named. */
export function changerRetour(base: Base, c: ChangementRetour): void {
  const { id, ver, etat, due, tentatives, motif } = c;
  if (base.ecrire(CHANGEMENT, { id, ver, etat, due, tentatives, motif }) === 0) {
    throw erreurNoyau('VGM-NOY-001', { flux: id });
  }
  base.ecrire('DELETE FROM retours_flux WHERE retour = :id', { id });
  for (const [rang, flux] of [...new Set(c.flux)].entries()) {
    if (base.ecrire(RATTACHEMENT, { retour: id, rang, flux }) === 0) {
      throw erreurNoyau('VGM-NOY-003', { flux });
    }
  }
}

/** @returns false when the same bytes were already filed, under the same name: what is read twice at its source is kept once. */
export function creerRetour(base: Base, n: NouveauRetour, quand: Instant): boolean {
  const { id, sha256, sha512, taille, source, nom, due } = n;
  const ajoute = base.ecrire(
    `INSERT INTO retours (id, sha256, sha512, taille, source, nom, recu, etat, due, tentatives, ver)
      VALUES (:id, :sha256, :sha512, :taille, :source, :nom, :quand, 'recu', :due, 0, 1)
      ON CONFLICT (sha256, coalesce(nom, '')) DO NOTHING`,
    { id, sha256, sha512, taille, source, nom, due, quand },
  );
  return ajoute === 1;
}

/** Flux of a return that the reader may see: one mail may speak of several tenants. */
export function fluxDuRetour(base: Base, portee: Portee, id: RetourId): FluxId[] {
  const collectivite = 'operateur' in portee ? null : portee.collectivite;
  return base
    .lignes<{ flux: FluxId }>(
      `SELECT flux FROM retours_flux
        WHERE retour = :id AND (:collectivite IS NULL OR collectivite = :collectivite) ORDER BY rang`,
      { id, collectivite },
    )
    .map((l) => l.flux);
}

/** A tenant sees the returns attributed to one of its flux, and no other. */
function conditionRetour(portee: Portee): Condition {
  if ('operateur' in portee) return { sql: '1', valeurs: {} };
  return {
    sql: 'id IN (SELECT retour FROM retours_flux WHERE collectivite = :collectivite)',
    valeurs: { collectivite: portee.collectivite },
  };
}

export function creerLectureRetours(base: Base): LectureRetours {
  const lire = (portee: Portee, ligne: LigneRetour) =>
    lireRetour(ligne, fluxDuRetour(base, portee, ligne.id));
  return {
    async parEmpreinte(sha256, nom) {
      const ligne = base.ligne<LigneRetour>(
        `SELECT ${COLONNES_RETOUR} FROM retours WHERE sha256 = :sha256 AND coalesce(nom, '') = :nom`,
        { sha256, nom: nom ?? '' },
      );
      return ligne === undefined ? undefined : lire(OPERATEUR, ligne);
    },
    async trouver(portee, id) {
      const bornes = conditionRetour(portee);
      const ligne = base.ligne<LigneRetour>(
        `SELECT ${COLONNES_RETOUR} FROM retours WHERE id = :id AND ${bornes.sql}`,
        { ...bornes.valeurs, id },
      );
      return ligne === undefined ? undefined : lire(portee, ligne);
    },
    async lister(portee, filtre) {
      return lirePage<LigneRetour>(base, {
        table: 'retours',
        colonnes: COLONNES_RETOUR,
        conditions: [conditionRetour(portee)],
        etats: filtre.etats,
        avant: filtre.avant,
        limite: filtre.limite,
      }).map((ligne) => lire(portee, ligne));
    },
  };
}
