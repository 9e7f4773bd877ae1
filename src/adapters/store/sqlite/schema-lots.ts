import type { Migration } from '../marche.ts';

/**
 * Batches of actes received whole. A line of which nothing is written is to be done, unless a flux bears its key: the deposit
 * itself says that it took place (metier/lots.ts).
 */
const LOTS = `
CREATE TABLE lots (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  collectivite TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  sha512 TEXT NOT NULL,
  taille INTEGER NOT NULL,
  manifeste TEXT NOT NULL,
  lignes INTEGER NOT NULL,
  acteur TEXT NOT NULL,
  cle TEXT,
  recu INTEGER NOT NULL,
  termine INTEGER,
  abandon TEXT,
  erreur TEXT,
  deposes INTEGER NOT NULL DEFAULT 0,
  deja INTEGER NOT NULL DEFAULT 0,
  refuses INTEGER NOT NULL DEFAULT 0
) STRICT;
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
) STRICT, WITHOUT ROWID;`;

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
