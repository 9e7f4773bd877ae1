/** Tables of the first schema; what came after is in schema.ts. */

/**
 * Columns that make a row a job. `echeance`: when it may next be claimed (due, and its lease over): one
 * indexed column, so that claiming and « what is next » are index seeks.
 */
export const TRAVAIL = `
  due INTEGER,
  bail INTEGER,
  bail_par TEXT,
  echeance INTEGER GENERATED ALWAYS AS (CASE WHEN bail IS NULL THEN due ELSE max(due, bail + 1) END) VIRTUAL,
  tentatives INTEGER NOT NULL,
  ver INTEGER NOT NULL`;

export const INDEX_TRAVAIL = (table: string) => `
CREATE INDEX ${table}_echeance ON ${table} (echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX ${table}_bail ON ${table} (bail_par) WHERE bail_par IS NOT NULL;`;

const FLUX = `
CREATE TABLE flux (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  protocole TEXT NOT NULL,
  collectivite TEXT NOT NULL,
  etat TEXT NOT NULL,
  identite TEXT NOT NULL,
  resume TEXT NOT NULL,
  nom_envoi TEXT,
  cite TEXT REFERENCES flux (id),
  depose INTEGER NOT NULL,
  modifie INTEGER NOT NULL,
  transmis INTEGER,
  solde INTEGER,
  alerte TEXT,
  erreur TEXT,
  cle_idempotence TEXT,
  empreinte_demande TEXT NOT NULL,
  ${TRAVAIL}
) STRICT;
-- States that free the identity: metier/etats.ts, LIBERE_IDENTITE (held equal by a test).
CREATE UNIQUE INDEX flux_identite_tenue ON flux (protocole, identite)
  WHERE etat NOT IN ('refuse', 'anomalie', 'abandonne');
CREATE UNIQUE INDEX flux_cle ON flux (collectivite, cle_idempotence) WHERE cle_idempotence IS NOT NULL;
CREATE UNIQUE INDEX flux_nom_envoi ON flux (nom_envoi) WHERE nom_envoi IS NOT NULL;
CREATE INDEX flux_identite ON flux (identite, id);
CREATE INDEX flux_page ON flux (collectivite, id);
CREATE INDEX flux_etat ON flux (etat, id);
CREATE INDEX flux_page_etat ON flux (collectivite, etat, id);
-- Foreign keys are looked up from both ends: without an index on the child, each insertion might read it whole.
CREATE INDEX flux_cite ON flux (cite);
CREATE INDEX flux_alerte ON flux (id) WHERE alerte IS NOT NULL;
CREATE INDEX flux_tour ON flux (collectivite, echeance, id) WHERE echeance IS NOT NULL;
${INDEX_TRAVAIL('flux')}

CREATE TABLE pieces (
  flux TEXT NOT NULL REFERENCES flux (id),
  rang INTEGER NOT NULL,
  role TEXT NOT NULL,
  nom TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  sha512 TEXT NOT NULL,
  taille INTEGER NOT NULL,
  type TEXT NOT NULL,
  ajoutee INTEGER NOT NULL,
  PRIMARY KEY (flux, rang)
) STRICT, WITHOUT ROWID;

-- Number of flux per state, kept by triggers: counting must not read every finished flux.
CREATE TABLE decompte (
  collectivite TEXT NOT NULL,
  etat TEXT NOT NULL,
  nombre INTEGER NOT NULL,
  PRIMARY KEY (collectivite, etat)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER flux_compte AFTER INSERT ON flux BEGIN
  INSERT INTO decompte VALUES (new.collectivite, new.etat, 1)
    ON CONFLICT (collectivite, etat) DO UPDATE SET nombre = nombre + 1;
END;
CREATE TRIGGER flux_recompte AFTER UPDATE OF etat ON flux WHEN old.etat <> new.etat BEGIN
  UPDATE decompte SET nombre = nombre - 1 WHERE collectivite = old.collectivite AND etat = old.etat;
  INSERT INTO decompte VALUES (new.collectivite, new.etat, 1)
    ON CONFLICT (collectivite, etat) DO UPDATE SET nombre = nombre + 1;
END;`;

const JOURNAL = `
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  org TEXT NOT NULL,
  n INTEGER NOT NULL,
  tx TEXT NOT NULL,
  ligne TEXT NOT NULL,
  sha256 TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_chaine ON journal (org, n);
CREATE INDEX journal_tx ON journal (tx, seq) WHERE tx <> '';
CREATE TRIGGER journal_fige BEFORE UPDATE ON journal BEGIN
  SELECT raise(ABORT, 'le journal ne se modifie pas');
END;
CREATE TRIGGER journal_garde BEFORE DELETE ON journal BEGIN
  SELECT raise(ABORT, 'le journal ne s''efface pas');
END;`;

export const RETOURS = `
CREATE TABLE retours (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL UNIQUE,
  sha512 TEXT NOT NULL,
  taille INTEGER NOT NULL,
  source TEXT NOT NULL,
  recu INTEGER NOT NULL,
  etat TEXT NOT NULL,
  motif TEXT,
  ${TRAVAIL}
) STRICT;
CREATE INDEX retours_etat ON retours (etat, id);
${INDEX_TRAVAIL('retours')}

CREATE TABLE retours_flux (
  retour TEXT NOT NULL REFERENCES retours (id),
  rang INTEGER NOT NULL,
  flux TEXT NOT NULL REFERENCES flux (id),
  collectivite TEXT NOT NULL,
  PRIMARY KEY (retour, rang)
) STRICT, WITHOUT ROWID;
CREATE INDEX retours_flux_flux ON retours_flux (flux);
CREATE INDEX retours_flux_collectivite ON retours_flux (collectivite, retour);`;

const LIVRAISONS = `
CREATE TABLE livraisons (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  collectivite TEXT NOT NULL,
  flux TEXT NOT NULL REFERENCES flux (id),
  point TEXT NOT NULL,
  canal TEXT NOT NULL,
  type TEXT NOT NULL,
  charge TEXT NOT NULL,
  etat TEXT NOT NULL,
  creee INTEGER NOT NULL,
  ${TRAVAIL}
) STRICT;
CREATE INDEX livraisons_flux ON livraisons (flux, id);
CREATE INDEX livraisons_page ON livraisons (collectivite, id);
CREATE INDEX livraisons_etat ON livraisons (etat, id);
CREATE INDEX livraisons_page_etat ON livraisons (collectivite, etat, id);
CREATE INDEX livraisons_tour ON livraisons (collectivite, echeance, id) WHERE echeance IS NOT NULL;
${INDEX_TRAVAIL('livraisons')}

CREATE TABLE essais (
  livraison TEXT NOT NULL REFERENCES livraisons (id),
  rang INTEGER NOT NULL,
  quand INTEGER NOT NULL,
  resultat TEXT NOT NULL,
  statut INTEGER NOT NULL,
  duree REAL NOT NULL,
  motif TEXT NOT NULL,
  PRIMARY KEY (livraison, rang)
) STRICT, WITHOUT ROWID;`;

const COMPTEURS = `
CREATE TABLE series (serie TEXT NOT NULL PRIMARY KEY, dernier INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE numeros (
  flux TEXT NOT NULL PRIMARY KEY REFERENCES flux (id),
  serie TEXT NOT NULL,
  jour TEXT NOT NULL,
  numero INTEGER NOT NULL,
  UNIQUE (serie, numero)
) STRICT, WITHOUT ROWID;
CREATE TABLE debits_heures (
  destination TEXT NOT NULL,
  heure INTEGER NOT NULL,
  total INTEGER NOT NULL,
  PRIMARY KEY (destination, heure)
) STRICT, WITHOUT ROWID;
CREATE TABLE debits (
  destination TEXT NOT NULL,
  heure INTEGER NOT NULL,
  flux TEXT NOT NULL,
  octets INTEGER NOT NULL,
  PRIMARY KEY (destination, heure, flux)
) STRICT, WITHOUT ROWID;`;

const ANNUAIRE = `
CREATE TABLE collectivites (
  siren TEXT NOT NULL PRIMARY KEY,
  nom TEXT NOT NULL,
  actif INTEGER NOT NULL,
  actes TEXT,
  creee INTEGER NOT NULL,
  ver INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE points (
  siren TEXT NOT NULL REFERENCES collectivites (siren),
  id TEXT NOT NULL,
  rang INTEGER NOT NULL,
  canal TEXT NOT NULL,
  cible TEXT NOT NULL,
  evenements TEXT NOT NULL,
  actif INTEGER NOT NULL,
  motif TEXT,
  secrets TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (siren, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE jetons (
  nom TEXT NOT NULL PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  collectivite TEXT,
  cree INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`;

export const PREMIER = [FLUX, JOURNAL, RETOURS, LIVRAISONS, COMPTEURS, ANNUAIRE].join('\n');
