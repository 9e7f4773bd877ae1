import type { FluxId, RetourId } from '../../../metier/identifiants.ts';
import type { Retour } from '../../../metier/retours.ts';
import { type LectureRetours, OPERATEUR, type Portee } from '../../../ports/store.ts';
import { COLONNES_RETOUR, type LigneRetour, lireRetour } from '../lignes.ts';
import { bornes, lirePage } from './pages.ts';
import type { Base, Parametres } from './requetes.ts';

/** Adds to each return the flux that the reader may see: one mail may speak of several tenants. */
export async function avecFlux(
  base: Base,
  portee: Portee,
  lignes: readonly LigneRetour[],
): Promise<readonly Retour[]> {
  if (lignes.length === 0) return [];
  const collectivite = 'operateur' in portee ? null : portee.collectivite;
  const liens = await base.lignes<{ retour: RetourId; flux: FluxId }>(
    `SELECT retour, flux FROM retours_flux
      WHERE retour = ANY(:ids) ${collectivite === null ? '' : 'AND collectivite = :collectivite'} ORDER BY rang`,
    { ids: lignes.map((l) => l.id), collectivite },
  );
  const parRetour = Map.groupBy(liens, (l) => l.retour);
  return lignes.map((ligne) =>
    lireRetour(
      ligne,
      (parRetour.get(ligne.id) ?? []).map((l) => l.flux),
    ),
  );
}

const QUALIFIEES = COLONNES_RETOUR.replaceAll(/\w+/g, (colonne) => `r.${colonne}`);

/** A tenant sees the returns attributed to one of its flux, and no other: read from what hangs on them. */
const DU_TENANT = `SELECT ${QUALIFIEES} FROM (
    SELECT DISTINCT retour FROM retours_flux WHERE collectivite = :collectivite AND retour < :avant ORDER BY retour DESC
  ) AS l JOIN retours r ON r.id = l.retour`;

type Filtre = Parameters<LectureRetours['lister']>[1];

function lister(base: Base, portee: Portee, filtre: Filtre): Promise<LigneRetour[]> {
  if ('operateur' in portee) {
    return lirePage<LigneRetour>(base, { table: 'retours', colonnes: COLONNES_RETOUR, ...filtre });
  }
  const valeurs: Parametres = {
    ...bornes(filtre),
    collectivite: portee.collectivite,
    ...(filtre.etats === undefined ? {} : { etats: filtre.etats }),
  };
  const condition = filtre.etats === undefined ? '' : 'WHERE r.etat = ANY(:etats)';
  return base.lignes<LigneRetour>(`${DU_TENANT} ${condition} ORDER BY r.id DESC LIMIT :limite`, valeurs);
}

export function creerLectureRetours(base: Base): LectureRetours {
  const premier = async (portee: Portee, lignes: readonly LigneRetour[]) =>
    (await avecFlux(base, portee, lignes))[0];
  return {
    async parEmpreinte(sha256, nom) {
      const lignes = await base.lignes<LigneRetour>(
        `SELECT ${COLONNES_RETOUR} FROM retours WHERE sha256 = :sha256 AND coalesce(nom, '') = :nom`,
        { sha256, nom: nom ?? '' },
      );
      return premier(OPERATEUR, lignes);
    },
    async trouver(portee, id) {
      const sien =
        'operateur' in portee
          ? ''
          : 'AND EXISTS (SELECT 1 FROM retours_flux WHERE collectivite = :collectivite AND retour = :id)';
      const collectivite = 'operateur' in portee ? null : portee.collectivite;
      const sql = `SELECT ${COLONNES_RETOUR} FROM retours WHERE id = :id ${sien}`;
      return premier(portee, await base.lignes<LigneRetour>(sql, { id, collectivite }));
    },
    lister: async (portee, filtre) => avecFlux(base, portee, await lister(base, portee, filtre)),
  };
}
