import type { Descente, Migration } from '../marche.ts';
import { RESTAURATIONS } from './schema-restauration.ts';
import { INDEX_TRAVAIL, PREMIER, RETOURS, TRAVAIL } from './schema-tables.ts';
import { MIGRATION_LOTS } from './schema-lots.ts';

/** Each step of the schema after the first (schema-tables.ts), and its way back: a base put back at a version is as if made by it. */

const compter = (table: string, ou = 'true') => `SELECT count(*) AS nombre FROM ${table} WHERE ${ou}`;

/** Debts are claimed per point of notification: a receiver that hangs must not hold the places of the others. */
const LIVRAISONS_PAR_POINT = `
DROP INDEX livraisons_tour;
CREATE INDEX livraisons_tour ON livraisons (collectivite, point, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX livraisons_echec ON livraisons (collectivite, point) WHERE tentatives > 0 AND echeance IS NOT NULL;`;
const SANS_POINT: Descente = {
  perd: '',
  retient: [],
  sql: `
DROP INDEX livraisons_echec;
DROP INDEX livraisons_tour;
CREATE INDEX livraisons_tour ON livraisons (collectivite, echeance, id) WHERE echeance IS NOT NULL;`,
};

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
const SANS_HELIOS: Descente = {
  perd: '',
  retient: [
    { fait: 'flux d’HELIOS', compte: compter('flux', "protocole = 'HELIOS'") },
    {
      fait: 'flux signés, à signer, reçus ou acquittés en partie',
      compte: compter('flux', "etat IN ('a_signer', 'signe', 'recu', 'acquitte_partiel')"),
    },
    { fait: 'flux reconnus à leur contenu', compte: compter('flux', 'contenu IS NOT NULL') },
    {
      fait: 'identités portées dans plusieurs collectivités',
      compte: `SELECT count(*) AS nombre FROM (SELECT 1 FROM flux
        WHERE etat NOT IN ('refuse', 'anomalie', 'abandonne') GROUP BY protocole, identite HAVING count(*) > 1)`,
    },
    { fait: 'réponses nommées de la DGFiP', compte: compter('retours', 'nom IS NOT NULL') },
    { fait: 'fiches HELIOS de collectivités', compte: compter('collectivites', 'helios IS NOT NULL') },
  ],
  sql: `
DROP INDEX flux_contenu_tenu;
DROP INDEX flux_identite_tenue;
ALTER TABLE flux DROP COLUMN contenu;
CREATE UNIQUE INDEX flux_identite_tenue ON flux (protocole, identite)
  WHERE etat NOT IN ('refuse', 'anomalie', 'abandonne');
ALTER TABLE retours DROP COLUMN nom;
ALTER TABLE collectivites DROP COLUMN helios;`,
};

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
const COLONNES_RETOURS =
  'seq, id, sha256, sha512, taille, source, nom, recu, etat, motif, due, bail, bail_par, tentatives, ver';
const RETOURS_UNIQUES: Descente = {
  perd: '',
  retient: [
    {
      fait: 'réponses de mêmes octets sous des noms différents',
      compte: 'SELECT count(*) AS nombre FROM (SELECT 1 FROM retours GROUP BY sha256 HAVING count(*) > 1)',
    },
  ],
  sql: `
DROP INDEX retours_octets;
DROP INDEX retours_etat;
DROP INDEX retours_echeance;
DROP INDEX retours_bail;
DROP INDEX retours_flux_flux;
DROP INDEX retours_flux_collectivite;
ALTER TABLE retours_flux RENAME TO retours_flux_anciens;
ALTER TABLE retours RENAME TO retours_anciens;
${RETOURS}
ALTER TABLE retours ADD COLUMN nom TEXT;
INSERT INTO retours (${COLONNES_RETOURS}) SELECT ${COLONNES_RETOURS} FROM retours_anciens;
INSERT INTO retours_flux SELECT retour, rang, flux, collectivite FROM retours_flux_anciens;
DROP TABLE retours_flux_anciens;
DROP TABLE retours_anciens;`,
};

/** Destinations to which a person holds sendings back. */
const SUSPENSIONS = `
CREATE TABLE suspensions (
  destination TEXT NOT NULL PRIMARY KEY,
  motif TEXT NOT NULL,
  acteur TEXT NOT NULL,
  depuis INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`;
const SANS_SUSPENSIONS: Descente = {
  perd: '',
  retient: [{ fait: 'envois suspendus, qui repartiraient', compte: compter('suspensions') }],
  sql: 'DROP TABLE suspensions;',
};

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
/** What the blanks were is not known any more, and nothing needs it. */
const IDENTITES_GARDEES: Descente = {
  perd: 'les identités d’HELIOS restent sans leurs blancs superflus : une réponse qui les porterait serait à trancher',
  retient: [],
  sql: '',
};

/** Numbers of flux that ended before they left, to be drawn again first. */
const NUMEROS_RENDUS = `
CREATE TABLE numeros_rendus (
  serie TEXT NOT NULL,
  numero INTEGER NOT NULL,
  PRIMARY KEY (serie, numero)
) STRICT, WITHOUT ROWID;
CREATE INDEX debits_flux ON debits (flux);`;
const SANS_NUMEROS_RENDUS: Descente = {
  perd: 'les numéros rendus par des flux arrêtés avant leur départ ne sont plus redonnés : la série a un trou',
  // Came with the exchanges, that no table tells.
  retient: [
    { fait: 'actes validés ou annulés', compte: compter('flux', "etat IN ('valide', 'annule')") },
    {
      fait: 'échanges avec la préfecture : courriers, réponses, annulations',
      compte: compter('flux', "protocole = 'ACTES' AND coalesce(resume ->> 'message', '1-1') <> '1-1'"),
    },
  ],
  sql: `
DROP INDEX debits_flux;
DROP TABLE numeros_rendus;`,
};

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
const SANS_NOEUDS: Descente = {
  perd: 'les signes de vie et les tours de démons, tous arrêtés',
  retient: [],
  sql: `
DROP TABLE noeuds;
DROP TABLE tours;`,
};

/** Queue in which a flux waits (metier/files.ts): claimed by the queue, so that one that stands still holds up no other. */
const FILES = `
ALTER TABLE flux ADD COLUMN file TEXT NOT NULL DEFAULT '';
UPDATE flux SET file = 'flux-' || protocole WHERE due IS NOT NULL;
DROP INDEX flux_echeance;
DROP INDEX flux_tour;
CREATE INDEX flux_echeance ON flux (file, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX flux_tour ON flux (file, collectivite, echeance, id) WHERE echeance IS NOT NULL;`;
const SANS_FILES: Descente = {
  perd: 'la file où attend chaque flux, que le programme retrouve en remontant',
  retient: [],
  sql: `
DROP INDEX flux_tour;
DROP INDEX flux_echeance;
ALTER TABLE flux DROP COLUMN file;
CREATE INDEX flux_tour ON flux (collectivite, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX flux_echeance ON flux (echeance, id) WHERE echeance IS NOT NULL;`,
};

const SANS_RESTAURATIONS: Descente = {
  perd: '',
  retient: [
    {
      fait: 'restaurations, et ce qu’elles empêchent d’envoyer deux fois',
      compte: compter('restaurations'),
    },
  ],
  sql: `
DROP TABLE identites_perdues;
DROP TABLE orphelins;
DROP TABLE sources_lues;
DROP TABLE restaurations;`,
};

/** Where this base goes, or went: docs/decisions/0019-changer-de-magasin.md. At most one row. */
const DEMENAGEMENT = `
CREATE TABLE demenagement (
  seul INTEGER NOT NULL PRIMARY KEY CHECK (seul = 1),
  essai TEXT NOT NULL,
  etat TEXT NOT NULL,
  vers TEXT NOT NULL,
  quand INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`;
const SANS_DEMENAGEMENT: Descente = {
  perd: 'le début d’un passage à PostgreSQL, qui reprendra de zéro',
  retient: [
    {
      fait: 'passage à PostgreSQL : cette base n’est plus celle qui sert',
      compte: compter('demenagement', "etat = 'parti'"),
    },
  ],
  sql: 'DROP TABLE demenagement;',
};

/** One migration per number, from 1; a published one is never edited, only followed by another. */
export const MIGRATIONS: readonly Migration[] = [
  { apporte: 'flux, pièces, journal, réponses, notifications, annuaire', monte: PREMIER, descend: null },
  {
    apporte: 'notifications réclamées par point : un récepteur muet n’en retient pas d’autre',
    monte: LIVRAISONS_PAR_POINT,
    descend: SANS_POINT,
  },
  { apporte: 'HELIOS', monte: HELIOS, descend: SANS_HELIOS },
  {
    apporte: 'réponses de mêmes octets, de noms différents',
    monte: RETOURS_NOMMES,
    descend: RETOURS_UNIQUES,
  },
  { apporte: 'envois suspendus par une personne', monte: SUSPENSIONS, descend: SANS_SUSPENSIONS },
  {
    apporte: 'identités d’HELIOS comparées sans blancs superflus',
    monte: IDENTITES_NORMALES,
    descend: IDENTITES_GARDEES,
  },
  {
    apporte: 'échanges avec la préfecture ; numéros rendus, redonnés les premiers',
    monte: NUMEROS_RENDUS,
    descend: SANS_NUMEROS_RENDUS,
  },
  { apporte: 'plusieurs démons : nœuds et tours', monte: NOEUDS, descend: SANS_NOEUDS },
  { apporte: 'files d’attente par protocole et par porte', monte: FILES, descend: SANS_FILES },
  { apporte: 'restauration et réconciliation', monte: RESTAURATIONS, descend: SANS_RESTAURATIONS },
  { apporte: 'passage de cette base à PostgreSQL', monte: DEMENAGEMENT, descend: SANS_DEMENAGEMENT },
  MIGRATION_LOTS,
];
