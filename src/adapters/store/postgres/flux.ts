import type { Etat } from '../../../metier/etats.ts';
import type { Flux } from '../../../metier/flux.ts';
import type { Sha256 } from '../../../metier/identifiants.ts';
import type { LectureFlux, Portee } from '../../../ports/store.ts';
import { type Condition, conditionsFiltre, MEME_CONTENU } from '../conditions.ts';
import { COLONNES_FLUX, type LigneFlux, type LignePiece, lireFlux, lirePiece } from '../lignes.ts';
import { conditionPortee, conditionPorteeDerriere, lirePage, sousPortee } from './pages.ts';
import type { Base } from './requetes.ts';

const PIECES = `SELECT rang, role, nom, sha256, sha512, taille, type, ajoutee FROM pieces
  WHERE flux = (SELECT id FROM flux WHERE id = :id AND `;

async function lister(
  base: Base,
  portee: Portee,
  filtre: Parameters<LectureFlux['lister']>[1],
): Promise<Flux[]> {
  const { etats, avant, limite } = filtre;
  // Alerts are few, and have an index of their own.
  const enAlerte = filtre.alerte === true && etats === undefined;
  const lignes = await lirePage<LigneFlux>(base, {
    table: 'flux',
    colonnes: COLONNES_FLUX,
    sous: enAlerte ? {} : sousPortee(portee),
    conditions: [
      ...(enAlerte ? [conditionPorteeDerriere(portee)] : []),
      ...conditionsFiltre(filtre, 'ILIKE'),
    ],
    etats,
    avant,
    limite,
  });
  return lignes.map(lireFlux);
}

async function compter(base: Base, portee: Portee): Promise<Partial<Record<Etat, number>>> {
  const scope = conditionPortee(portee);
  const lignes = await base.lignes<{ etat: Etat; nombre: number }>(
    `SELECT etat, sum(nombre)::bigint AS nombre FROM decompte WHERE ${scope.sql} GROUP BY etat`,
    scope.valeurs,
  );
  const compte: Partial<Record<Etat, number>> = {};
  for (const { etat, nombre } of lignes) if (nombre > 0) compte[etat] = nombre;
  return compte;
}

export function creerLectureFlux(base: Base): LectureFlux {
  const tous = async (portee: Portee, condition: Condition, ordre = '') => {
    const scope = conditionPorteeDerriere(portee);
    const sql = `SELECT ${COLONNES_FLUX} FROM flux WHERE ${condition.sql} AND ${scope.sql} ${ordre}`;
    const lignes = await base.lignes<LigneFlux>(sql, { ...condition.valeurs, ...scope.valeurs });
    return lignes.map(lireFlux);
  };
  return {
    async trouver(portee, id) {
      return (await tous(portee, { sql: 'id = :id', valeurs: { id } }))[0];
    },
    lister: (portee, filtre) => lister(base, portee, filtre),
    async pieces(portee, id) {
      const scope = conditionPorteeDerriere(portee);
      const sql = `${PIECES}${scope.sql}) ORDER BY rang`;
      return (await base.lignes<LignePiece>(sql, { ...scope.valeurs, id })).map(lirePiece);
    },
    parIdentite: (portee, identite) =>
      tous(portee, { sql: 'identite = :identite', valeurs: { identite } }, 'ORDER BY id DESC'),
    async parContenu(collectivite, protocole, contenu) {
      const ligne = await base.ligne<LigneFlux>(MEME_CONTENU, { contenu, collectivite, protocole });
      return ligne === undefined ? undefined : lireFlux(ligne);
    },
    citants: (portee, id) => tous(portee, { sql: 'cite = :id', valeurs: { id } }, 'ORDER BY id'),
    async parNomEnvoi(portee, nom) {
      return (await tous(portee, { sql: 'nom_envoi = :nom', valeurs: { nom } }))[0];
    },
    async parCle(collectivite, cle) {
      const connu = await base.ligne<LigneFlux & { empreinte_demande: Sha256 }>(
        `SELECT ${COLONNES_FLUX}, empreinte_demande FROM flux
          WHERE collectivite = :collectivite AND cle_idempotence = :cle`,
        { collectivite, cle },
      );
      if (connu === undefined) return undefined;
      const { empreinte_demande: empreinteDemande, ...ligne } = connu;
      return { flux: lireFlux(ligne), empreinteDemande };
    },
    compter: (portee) => compter(base, portee),
  };
}
