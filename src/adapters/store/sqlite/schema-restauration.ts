/** What a base that was put back from a backup knows of it, and what is settled before anything leaves again. */
export const RESTAURATIONS = `
CREATE TABLE restaurations (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sauvegarde INTEGER NOT NULL,
  restauree INTEGER NOT NULL,
  preparee INTEGER,
  close INTEGER
) STRICT;
CREATE TABLE sources_lues (
  restauration TEXT NOT NULL REFERENCES restaurations (id),
  source TEXT NOT NULL,
  lue INTEGER NOT NULL,
  PRIMARY KEY (restauration, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE orphelins (
  sha256 TEXT NOT NULL PRIMARY KEY,
  sha512 TEXT NOT NULL,
  taille INTEGER NOT NULL,
  ajoutee INTEGER NOT NULL,
  genre TEXT NOT NULL,
  libelle TEXT NOT NULL,
  protocole TEXT,
  collectivite TEXT,
  identite TEXT,
  nom TEXT,
  restauration TEXT NOT NULL REFERENCES restaurations (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX orphelins_restauration ON orphelins (restauration, sha256);
CREATE INDEX orphelins_identite ON orphelins (identite) WHERE identite IS NOT NULL;
CREATE INDEX orphelins_nom ON orphelins (nom) WHERE nom IS NOT NULL;
CREATE TABLE identites_perdues (
  protocole TEXT NOT NULL,
  identite TEXT NOT NULL,
  restauration TEXT NOT NULL REFERENCES restaurations (id),
  preuve TEXT NOT NULL,
  PRIMARY KEY (protocole, identite)
) STRICT, WITHOUT ROWID;
CREATE INDEX identites_perdues_restauration ON identites_perdues (restauration);`;
