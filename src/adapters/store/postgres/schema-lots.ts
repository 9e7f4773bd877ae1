import type { Migration } from '../marche.ts';

/** The batches of the embedded base (sqlite/schema-lots.ts), under the same names and columns. */
const LOTS = `
CREATE TABLE lots (
  id TEXT NOT NULL PRIMARY KEY,
  collectivite TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  sha512 TEXT NOT NULL,
  taille BIGINT NOT NULL,
  manifeste TEXT NOT NULL,
  lignes INTEGER NOT NULL,
  acteur TEXT NOT NULL,
  cle TEXT,
  recu BIGINT NOT NULL,
  termine BIGINT,
  abandon TEXT,
  erreur TEXT,
  deposes INTEGER NOT NULL DEFAULT 0,
  deja INTEGER NOT NULL DEFAULT 0,
  refuses INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX lots_cle ON lots (collectivite, cle) WHERE cle IS NOT NULL;
CREATE INDEX lots_page ON lots (collectivite, id);
CREATE INDEX lots_en_cours ON lots (id) WHERE termine IS NULL;
CREATE TABLE lots_lignes (
  lot TEXT NOT NULL REFERENCES lots (id),
  ligne INTEGER NOT NULL,
  cle TEXT NOT NULL,
  acte TEXT NOT NULL,
  sort TEXT,
  flux TEXT,
  anomalies TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (lot, ligne)
);`;

export const MIGRATION_LOTS: Migration = {
  apporte: 'lots d’actes reçus entiers',
  monte: LOTS,
  descend: {
    perd: 'la liste des lots finis, et pourquoi des lignes en ont été refusées (les actes déposés restent)',
    retient: [
      { fait: 'lots inachevés', compte: 'SELECT count(*) AS nombre FROM lots WHERE termine IS NULL' },
    ],
    sql: 'DROP TABLE lots_lignes; DROP TABLE lots;',
  },
};
