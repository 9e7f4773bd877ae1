import type { ObjetJson } from '../../../metier/flux.ts';
import type { LotId, Sha256, Siren } from '../../../metier/identifiants.ts';
import type { Lot } from '../../../metier/lots.ts';
import type { Lots, NouveauLot, SuiteLot } from '../../../ports/lots.ts';
import { ecrireErreur } from '../lignes.ts';
import {
  A_FAIRE,
  ABANDONNER_LOT,
  COLONNES_LOT,
  colonnesFait,
  colonnesLignes,
  colonnesLot,
  DECOMPTE,
  type Decompte,
  exigerChange,
  INSERTION_LOT,
  type LigneLots,
  type LigneLotsLignes,
  LIGNES_LOT,
  lireLigneDeLot,
  lireLot,
  LOT_PAR_CLE,
  NOTER_ERREUR,
  NOTER_LIGNE,
  SORT_LIGNE,
  TERMINER_LOT,
} from '../lignes-lots.ts';
import { ecrireTous } from './ensembles.ts';
import type { FileEcriture } from './file-ecriture.ts';
import { conditionPorteeDerriere, lirePage, sousPortee } from './pages.ts';
import type { Base } from './requetes.ts';
import type { Reserve } from './reserve.ts';

const INSERTION_LIGNES = `INSERT INTO lots_lignes (lot, ligne, cle, acte, sort, anomalies)
  SELECT lot, ligne, cle, acte, sort, anomalies FROM json_to_recordset(:lignes)
    AS l (lot text, ligne integer, cle text, acte text, sort text, anomalies text)`;

/** Lines sent at once. */
const PAQUET = 1000;

async function inserer(base: Base, nouveau: NouveauLot, { quand }: SuiteLot): Promise<void> {
  exigerChange(await base.ecrire(INSERTION_LOT, colonnesLot(nouveau, quand)), nouveau.id);
  const lignes = colonnesLignes(nouveau);
  for (let ici = 0; ici < lignes.length; ici += PAQUET)
    await Promise.all(ecrireTous(base, INSERTION_LIGNES, lignes.slice(ici, ici + PAQUET)));
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
      base.ligne<{ id: LotId; sha256: Sha256 }>(LOT_PAR_CLE, { collectivite, cle }),
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
      await base.ecrire(NOTER_LIGNE, { id, ligne, ...colonnesFait(fait) });
    },
    async noterErreur(id, erreur) {
      await base.ecrire(NOTER_ERREUR, { id, erreur: ecrireErreur(erreur) });
    },
    abandonner: (id, motif, suite) =>
      avec(suite, async (transaction) => {
        exigerChange(await transaction.ecrire(ABANDONNER_LOT, { id, motif }), id);
      }),
    terminer: (id, { deposes, deja, refuses }, suite) =>
      avec(suite, async (transaction) => {
        exigerChange(
          await transaction.ecrire(TERMINER_LOT, { id, quand: suite.quand, deposes, deja, refuses }),
          id,
        );
      }),
  };
}
