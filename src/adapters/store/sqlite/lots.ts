import type { LigneDeLot, Lot } from '../../../metier/lots.ts';
import type { Lots, NouveauLot } from '../../../ports/lots.ts';
import type { Instant, LotId, Siren, Sha256 } from '../../../metier/identifiants.ts';
import type { ObjetJson } from '../../../metier/flux.ts';
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
import { conditionPortee } from './portees.ts';
import type { EcrireJournal } from './journal.ts';
import type { FileEcriture } from './lot.ts';
import { lirePage } from './pages.ts';
import type { Base } from './pilote.ts';

/** All of them by one statement: a batch holds up to 20,000. */
const INSERTION_LIGNES = `INSERT INTO lots_lignes (lot, ligne, cle, acte, sort, anomalies)
  SELECT value ->> 'lot', value ->> 'ligne', value ->> 'cle', value ->> 'acte', value ->> 'sort', value ->> 'anomalies'
  FROM json_each(:lignes)`;

function inserer(base: Base, nouveau: NouveauLot, quand: Instant): void {
  exigerChange(base.ecrire(INSERTION_LOT, colonnesLot(nouveau, quand)), nouveau.id);
  base.ecrire(INSERTION_LIGNES, { lignes: JSON.stringify(colonnesLignes(nouveau)) });
}

function completer(base: Base, ligne: LigneLots): Lot {
  return lireLot(ligne, base.ligne<Decompte>(DECOMPTE, { id: ligne.id }));
}

function lectures(base: Base): Pick<Lots, 'trouver' | 'parCle' | 'lister' | 'lignes' | 'enCours' | 'aFaire'> {
  return {
    async trouver(portee, id) {
      const bornes = conditionPortee(portee);
      const sql = `SELECT ${COLONNES_LOT} FROM lots WHERE id = :id AND ${bornes.sql}`;
      const ligne = base.ligne<LigneLots>(sql, { ...bornes.valeurs, id });
      return ligne === undefined ? undefined : completer(base, ligne);
    },
    async parCle(collectivite, cle) {
      return base.ligne<{ id: LotId; sha256: Sha256 }>(LOT_PAR_CLE, { collectivite, cle });
    },
    async lister(portee, { enCours, avant, limite }) {
      const fini = enCours === undefined ? [] : [`termine IS ${enCours ? '' : 'NOT '}NULL`];
      return lirePage<LigneLots>(base, {
        table: 'lots',
        colonnes: COLONNES_LOT,
        conditions: [conditionPortee(portee), ...fini.map((sql) => ({ sql, valeurs: {} }))],
        avant,
        limite,
      }).map((ligne) => (ligne.termine === null ? completer(base, ligne) : lireLot(ligne)));
    },
    async lignes(portee, id, { sorts, apres = 0, limite }) {
      const bornes = 'operateur' in portee ? '' : 'AND t.collectivite = :collectivite';
      const valeurs = 'operateur' in portee ? {} : { collectivite: portee.collectivite };
      const parmi = sorts === undefined ? '1' : 'sort IN (SELECT value FROM json_each(:sorts))';
      const sql = `SELECT ligne, acte, sort, flux, anomalies FROM (
          SELECT l.ligne AS ligne, l.acte AS acte, ${SORT_LIGNE} AS sort, coalesce(f.id, l.flux) AS flux,
            l.anomalies AS anomalies ${LIGNES_LOT} ${bornes} AND l.ligne > :apres)
        WHERE ${parmi} ORDER BY ligne LIMIT :limite`;
      const lignes = base.lignes<LigneLotsLignes>(sql, {
        ...valeurs,
        ...(sorts === undefined ? {} : { sorts: JSON.stringify(sorts) }),
        id,
        apres,
        limite: Math.min(Math.max(limite, 1), 1000),
      });
      return lignes.map(lireLigneDeLot);
    },
    async enCours() {
      return base.lignes<{ id: LotId; collectivite: Siren }>(
        "SELECT id, collectivite FROM lots WHERE termine IS NULL AND id > '' ORDER BY id LIMIT 1000",
      );
    },
    async aFaire(id, { apres, limite }) {
      const lignes = base.lignes<{ ligne: number; acte: string }>(A_FAIRE, { id, apres, limite });
      return lignes.map(({ ligne, acte }): Pick<LigneDeLot, 'ligne' | 'acte'> => {
        return { ligne, acte: JSON.parse(acte) as ObjetJson };
      });
    },
  };
}

export function creerLots(
  base: Base,
  { ecriture, journal }: { readonly ecriture: FileEcriture; readonly journal: EcrireJournal },
): Lots {
  return {
    ...lectures(base),
    creer: (nouveau, suite) =>
      ecriture.soumettre(() => {
        inserer(base, nouveau, suite.quand);
        journal(suite.journal, suite.quand);
      }),
    noter: (id, ligne, fait) =>
      ecriture.soumettre(() => {
        base.ecrire(NOTER_LIGNE, { id, ligne, ...colonnesFait(fait) });
      }),
    noterErreur: (id, erreur) =>
      ecriture.soumettre(() => {
        base.ecrire(NOTER_ERREUR, { id, erreur: ecrireErreur(erreur) });
      }),
    abandonner: (id, motif, suite) =>
      ecriture.soumettre(() => {
        exigerChange(base.ecrire(ABANDONNER_LOT, { id, motif }), id);
        journal(suite.journal, suite.quand);
      }),
    terminer: (id, { deposes, deja, refuses }, suite) =>
      ecriture.soumettre(() => {
        exigerChange(base.ecrire(TERMINER_LOT, { id, quand: suite.quand, deposes, deja, refuses }), id);
        journal(suite.journal, suite.quand);
      }),
  };
}
