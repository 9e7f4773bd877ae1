import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import type { Base } from './pilote.ts';
import { RESTAURATIONS } from './schema-restauration.ts';

/**
 * Columns that make a row a job. `echeance`: when it may next be claimed (due, and its lease over): one
 * indexed column, so that claiming and « what is next » are index seeks.
 */
const TRAVAIL = `
  due INTEGER,
  bail INTEGER,
  bail_par TEXT,
  echeance INTEGER GENERATED ALWAYS AS (CASE WHEN bail IS NULL THEN due ELSE max(due, bail + 1) END) VIRTUAL,
  tentatives INTEGER NOT NULL,
  ver INTEGER NOT NULL`;

const INDEX_TRAVAIL = (table: string) => `
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

const RETOURS = `
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

/** Debts are claimed per point of notification: a receiver that hangs must not hold the places of the others. */
const LIVRAISONS_PAR_POINT = `
DROP INDEX livraisons_tour;
CREATE INDEX livraisons_tour ON livraisons (collectivite, point, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX livraisons_echec ON livraisons (collectivite, point) WHERE tentatives > 0 AND echeance IS NOT NULL;`;

/**
 * HELIOS: a flux is also recognised by its content; an identity is unique within a collectivité (two of them may name
 * their files alike); what DGFiP leaves is a named file; a collectivité has an HELIOS card.
 */
const HELIOS = `
ALTER TABLE flux ADD COLUMN contenu TEXT;
DROP INDEX flux_identite_tenue;
-- States that free the identity: metier/etats.ts, LIBERE_IDENTITE (held equal by a test).
CREATE UNIQUE INDEX flux_identite_tenue ON flux (protocole, identite, collectivite)
  WHERE etat NOT IN ('refuse', 'anomalie', 'abandonne');
CREATE UNIQUE INDEX flux_contenu_tenu ON flux (contenu, collectivite, protocole)
  WHERE contenu IS NOT NULL AND etat NOT IN ('refuse', 'anomalie', 'abandonne');
ALTER TABLE retours ADD COLUMN nom TEXT;
ALTER TABLE collectivites ADD COLUMN helios TEXT;`;

/**
 * A file of the gateway is told from another by its name too: Hélios may say the very same words of two sendings. The
 * tables are made anew: SQLite lets nobody take a constraint away.
 */
const RETOURS_NOMMES = `
CREATE TABLE retours_neufs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL,
  sha512 TEXT NOT NULL,
  taille INTEGER NOT NULL,
  source TEXT NOT NULL,
  nom TEXT,
  recu INTEGER NOT NULL,
  etat TEXT NOT NULL,
  motif TEXT,
  ${TRAVAIL}
) STRICT;
INSERT INTO retours_neufs
  (seq, id, sha256, sha512, taille, source, nom, recu, etat, motif, due, bail, bail_par, tentatives, ver)
  SELECT seq, id, sha256, sha512, taille, source, nom, recu, etat, motif, due, bail, bail_par, tentatives, ver
  FROM retours;
CREATE TABLE retours_flux_neufs (
  retour TEXT NOT NULL REFERENCES retours_neufs (id),
  rang INTEGER NOT NULL,
  flux TEXT NOT NULL REFERENCES flux (id),
  collectivite TEXT NOT NULL,
  PRIMARY KEY (retour, rang)
) STRICT, WITHOUT ROWID;
INSERT INTO retours_flux_neufs SELECT retour, rang, flux, collectivite FROM retours_flux;
DROP TABLE retours_flux;
DROP TABLE retours;
ALTER TABLE retours_neufs RENAME TO retours;
ALTER TABLE retours_flux_neufs RENAME TO retours_flux;
CREATE UNIQUE INDEX retours_octets ON retours (sha256, coalesce(nom, ''));
CREATE INDEX retours_etat ON retours (etat, id);
${INDEX_TRAVAIL('retours')}
CREATE INDEX retours_flux_flux ON retours_flux (flux);
CREATE INDEX retours_flux_collectivite ON retours_flux (collectivite, retour);`;

/** Destinations to which a person holds sendings back. */
const SUSPENSIONS = `
CREATE TABLE suspensions (
  destination TEXT NOT NULL PRIMARY KEY,
  motif TEXT NOT NULL,
  acteur TEXT NOT NULL,
  depuis INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`;

/** The name inside an identity of HELIOS, `123/NAME`, without the blanks that an acquittement may lose (`normaliserNom`). */
const NOM_NORMAL = ["substr(identite, instr(identite, '/') + 1)"]
  .map((nom) => `replace(replace(replace(${nom}, char(9), ' '), char(10), ' '), char(13), ' ')`)
  .map((nom) => `trim(replace(${nom}, char(160), ' '))`)
  .map((nom) => `replace(replace(replace(${nom}, ' ', ' ' || char(1)), char(1) || ' ', ''), char(1), '')`)
  .join('');

/**
 * Identities of HELIOS are compared without the blanks that an acquittement may lose. A flux whose normal identity
 * another one bears already keeps its own, and its answer waits for a person.
 */
const IDENTITES_NORMALES = `
UPDATE OR IGNORE flux SET identite = substr(identite, 1, instr(identite, '/')) || ${NOM_NORMAL}
  WHERE protocole = 'HELIOS' AND etat <> 'recu' AND instr(identite, '/') > 0;`;

/** Numbers of flux that ended before they left, to be drawn again first. */
const NUMEROS_RENDUS = `
CREATE TABLE numeros_rendus (
  serie TEXT NOT NULL,
  numero INTEGER NOT NULL,
  PRIMARY KEY (serie, numero)
) STRICT, WITHOUT ROWID;
CREATE INDEX debits_flux ON debits (flux);`;

/** Daemons that share the store, and what one of them at a time does for all. */
const NOEUDS = `
CREATE TABLE tours (
  nom TEXT NOT NULL PRIMARY KEY,
  proprietaire TEXT NOT NULL,
  bail INTEGER NOT NULL,
  numero INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE noeuds (
  nom TEXT NOT NULL PRIMARY KEY,
  roles TEXT NOT NULL,
  version TEXT NOT NULL,
  demarre INTEGER NOT NULL,
  vu INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`;

/** Queue in which a flux waits (metier/files.ts): claimed by the queue, so that one that stands still holds up no other. */
const FILES = `
ALTER TABLE flux ADD COLUMN file TEXT NOT NULL DEFAULT '';
UPDATE flux SET file = 'flux-' || protocole WHERE due IS NOT NULL;
DROP INDEX flux_echeance;
DROP INDEX flux_tour;
CREATE INDEX flux_echeance ON flux (file, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX flux_tour ON flux (file, collectivite, echeance, id) WHERE echeance IS NOT NULL;`;

/** One migration per number, from 1; a published one is never edited, only followed by another. */
export const MIGRATIONS: readonly string[] = [
  [FLUX, JOURNAL, RETOURS, LIVRAISONS, COMPTEURS, ANNUAIRE].join('\n'),
  LIVRAISONS_PAR_POINT,
  HELIOS,
  RETOURS_NOMMES,
  SUSPENSIONS,
  IDENTITES_NORMALES,
  NUMEROS_RENDUS,
  NOEUDS,
  FILES,
  RESTAURATIONS,
];

/** Brings the file to the present schema. Throws VGM-STO-001 when a newer program wrote it. */
export function migrer(base: Base, fichier: string): void {
  const trouve = base.ligne<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  const connu = MIGRATIONS.length;
  if (trouve > connu) throw erreurStockage('VGM-STO-001', { fichier, trouve, connu });
  for (let numero = trouve + 1; numero <= connu; numero += 1) {
    base.executer('BEGIN IMMEDIATE');
    try {
      base.executer(`${MIGRATIONS[numero - 1] ?? ''}; PRAGMA user_version = ${numero};`);
      base.executer('COMMIT');
    } finally {
      if (base.enTransaction) base.executer('ROLLBACK');
    }
  }
}
