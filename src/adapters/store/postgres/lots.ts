import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { ObjetJson } from '../../../metier/flux.ts';
import type { LotId, Sha256, Siren } from '../../../metier/identifiants.ts';
import type { Lot } from '../../../metier/lots.ts';
import type { Lots, NouveauLot, SuiteLot } from '../../../ports/lots.ts';
import {
  A_FAIRE,
  COLONNES_LOT,
  colonnesFait,
  colonnesLignes,
  colonnesLot,
  DECOMPTE,
  type Decompte,
  type LigneLots,
  type LigneLotsLignes,
  LIGNES_LOT,
  lireLigneDeLot,
  lireLot,
  SORT_LIGNE,
} from '../lignes-lots.ts';
import { ecrireTous } from './ensembles.ts';
import type { FileEcriture } from './file-ecriture.ts';
import { conditionPorteeDerriere, lirePage, sousPortee } from './pages.ts';
import type { Base } from './requetes.ts';
import type { Reserve } from './reserve.ts';

const INSERTION = `INSERT INTO lots (id, collectivite, sha256, sha512, taille, manifeste, lignes, acteur, cle, recu)
  VALUES (:id, :collectivite, :sha256, :sha512, :taille, :manifeste, :lignes, :acteur, :cle, :recu)
  ON CONFLICT DO NOTHING`;

const INSERTION_LIGNES = `INSERT INTO lots_lignes (lot, ligne, cle, acte, sort, anomalies)
  SELECT lot, ligne, cle, acte, sort, anomalies FROM json_to_recordset(:lignes)
    AS l (lot text, ligne integer, cle text, acte text, sort text, anomalies text)`;

/** Lines sent at once. */
const PAQUET = 1000;

async function inserer(base: Base, nouveau: NouveauLot, { quand }: SuiteLot): Promise<void> {
  exiger(await base.ecrire(INSERTION, colonnesLot(nouveau, quand)), nouveau.id);
  const lignes = colonnesLignes(nouveau);
  for (let ici = 0; ici < lignes.length; ici += PAQUET)
    await Promise.all(ecrireTous(base, INSERTION_LIGNES, lignes.slice(ici, ici + PAQUET)));
}

/** Throws VGM-NOY-001 when nothing was changed. */
function exiger(ecrites: number, lot: LotId): void {
  if (ecrites === 0) throw erreurNoyau('VGM-NOY-001', { flux: lot });
}

async function completer(base: Base, ligne: LigneLots): Promise<Lot> {
  return lireLot(ligne, await base.ligne<Decompte>(DECOMPTE, { id: ligne.id }));
}

function lectures(base: Base): Pick<Lots, 'trouver' | 'parCle' | 'lister' | 'lignes' | 'enCours' | 'aFaire'> {
  return {
    async trouver(portee, id) {
      const scope = conditionPorteeDerriere(portee);
      const sql = `SELECT ${COLONNES_LOT} FROM lots WHERE id = :id AND ${scope.sql}`;
      const ligne = await base.ligne<LigneLots>(sql, { ...scope.valeurs, id });
      return ligne === undefined ? undefined : completer(base, ligne);
    },
    parCle: (collectivite, cle) =>
      base.ligne<{ id: LotId; sha256: Sha256 }>(
        'SELECT id, sha256 FROM lots WHERE collectivite = :collectivite AND cle = :cle',
        { collectivite, cle },
      ),
    async lister(portee, { enCours, avant, limite }) {
      // so written, the index of those in progress does not tempt the planner away from that of the pages
      const fini = enCours === undefined ? [] : [`coalesce(termine, 0) ${enCours ? '=' : '<>'} 0`];
      const lignes = await lirePage<LigneLots>(base, {
        table: 'lots',
        colonnes: COLONNES_LOT,
        sous: sousPortee(portee),
        conditions: fini.map((sql) => ({ sql, valeurs: {} })),
        avant,
        limite,
      });
      return Promise.all(lignes.map((l) => (l.termine === null ? completer(base, l) : lireLot(l))));
    },
    async lignes(portee, id, { sorts, apres = 0, limite }) {
      const bornes = 'operateur' in portee ? '' : `AND t.collectivite || '' = :collectivite`;
      const valeurs = 'operateur' in portee ? {} : { collectivite: portee.collectivite };
      const parmi = sorts === undefined ? 'true' : 'sort = ANY(:sorts)';
      const sql = `SELECT ligne, acte, sort, flux, anomalies FROM (
          SELECT l.ligne AS ligne, l.acte AS acte, ${SORT_LIGNE} AS sort, coalesce(f.id, l.flux) AS flux,
            l.anomalies AS anomalies ${LIGNES_LOT} ${bornes} AND l.ligne > :apres) AS lues
        WHERE ${parmi} ORDER BY ligne LIMIT :limite`;
      const lignes = await base.lignes<LigneLotsLignes>(sql, {
        ...valeurs,
        ...(sorts === undefined ? {} : { sorts }),
        id,
        apres,
        limite: Math.min(Math.max(limite, 1), 1000),
      });
      return lignes.map(lireLigneDeLot);
    },
    enCours: () =>
      base.lignes<{ id: LotId; collectivite: Siren }>(
        'SELECT id, collectivite FROM lots WHERE termine IS NULL ORDER BY id LIMIT 1000',
      ),
    async aFaire(id, { apres, limite }) {
      const lignes = await base.lignes<{ ligne: number; acte: string }>(A_FAIRE, { id, apres, limite });
      return lignes.map(({ ligne, acte }) => ({ ligne, acte: JSON.parse(acte) as ObjetJson }));
    },
  };
}

export function creerLots(base: Reserve, ecriture: FileEcriture): Lots {
  /** With its lines of the journal, in one transaction. */
  const avec = (suite: SuiteLot, enPropre: (transaction: Base) => Promise<void>): Promise<void> =>
    ecriture.soumettre({
      prevoir: (lot) => lot.besoins(suite),
      faire: (lot) => lot.appliquer(suite),
      enPropre,
    });
  return {
    ...lectures(base),
    creer: (nouveau, suite) => avec(suite, (transaction) => inserer(transaction, nouveau, suite)),
    async noter(id, ligne, fait) {
      await base.ecrire(
        `UPDATE lots_lignes SET sort = :sort, flux = :flux, anomalies = :anomalies
          WHERE lot = :id AND ligne = :ligne AND sort IS NULL`,
        { id, ligne, ...colonnesFait(fait) },
      );
    },
    async noterErreur(id, erreur) {
      await base.ecrire('UPDATE lots SET erreur = :erreur WHERE id = :id AND termine IS NULL', {
        id,
        erreur: erreur === null ? null : JSON.stringify(erreur),
      });
    },
    abandonner: (id, motif, suite) =>
      avec(suite, async (transaction) => {
        const sql = `UPDATE lots SET abandon = :motif, erreur = NULL
          WHERE id = :id AND termine IS NULL AND abandon IS NULL`;
        exiger(await transaction.ecrire(sql, { id, motif }), id);
      }),
    terminer: (id, { deposes, deja, refuses }, suite) =>
      avec(suite, async (transaction) => {
        const sql = `UPDATE lots SET termine = :quand, deposes = :deposes, deja = :deja, refuses = :refuses, erreur = NULL
          WHERE id = :id AND termine IS NULL`;
        exiger(await transaction.ecrire(sql, { id, quand: suite.quand, deposes, deja, refuses }), id);
      }),
  };
}
