import type { Migration } from '../marche.ts';
import { MIGRATION_LOTS } from './schema-lots.ts';

/**
 * The tables of the embedded base (sqlite/schema.ts), under the same names and columns, but for:
 * - `chaines`: the head of each journal, and the lock of all that is written about a collectivité;
 * - `ecrivains`: the last batch that each daemon wrote, by which one whose COMMIT got no answer learns its fate;
 * - the row number of SQLite, which only the journal and the restorations keep;
 * - `demenagement`: there where a base went, here where it came from.
 * JSON stays text, as it was written. Texts are ordered by their bytes, whatever the language of the base.
 */

/** Columns that make a row a job; `greatest` ignores what is null, unlike the `max` of SQLite. */
const TRAVAIL = `
  due BIGINT,
  bail BIGINT,
  bail_par TEXT,
  echeance BIGINT GENERATED ALWAYS AS (
    CASE WHEN due IS NULL THEN NULL WHEN bail IS NULL THEN due ELSE greatest(due, bail + 1) END) STORED,
  tentatives INTEGER NOT NULL,
  ver INTEGER NOT NULL`;

/** Rows that change at each step: their dead versions are swept long before a fifth of the table is dead. */
const BALAYEE = 'WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)';
/** A few rows written at each batch: room is left in their page, so that no index is touched. */
const SUR_PLACE = 'WITH (fillfactor = 50)';

const INDEX_TRAVAIL = (table: string) => `
CREATE INDEX ${table}_echeance ON ${table} (echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX ${table}_bail ON ${table} (bail_par) WHERE bail_par IS NOT NULL;`;

const FLUX = `
CREATE TABLE flux (
  id TEXT NOT NULL PRIMARY KEY,
  protocole TEXT NOT NULL,
  collectivite TEXT NOT NULL,
  etat TEXT NOT NULL,
  file TEXT NOT NULL,
  identite TEXT NOT NULL,
  contenu TEXT,
  resume TEXT NOT NULL,
  nom_envoi TEXT,
  cite TEXT REFERENCES flux (id),
  depose BIGINT NOT NULL,
  modifie BIGINT NOT NULL,
  transmis BIGINT,
  solde BIGINT,
  alerte TEXT,
  erreur TEXT,
  cle_idempotence TEXT,
  empreinte_demande TEXT NOT NULL,
  ${TRAVAIL}
) ${BALAYEE};
-- States that free the identity: metier/etats.ts, LIBERE_IDENTITE (held equal by a test).
CREATE UNIQUE INDEX flux_identite_tenue ON flux (protocole, identite, collectivite)
  WHERE etat NOT IN ('refuse', 'anomalie', 'abandonne');
CREATE UNIQUE INDEX flux_contenu_tenu ON flux (contenu, collectivite, protocole)
  WHERE contenu IS NOT NULL AND etat NOT IN ('refuse', 'anomalie', 'abandonne');
CREATE UNIQUE INDEX flux_cle ON flux (collectivite, cle_idempotence) WHERE cle_idempotence IS NOT NULL;
CREATE UNIQUE INDEX flux_nom_envoi ON flux (nom_envoi) WHERE nom_envoi IS NOT NULL;
CREATE INDEX flux_identite ON flux (identite, id);
CREATE INDEX flux_page ON flux (collectivite, id);
CREATE INDEX flux_etat ON flux (etat, id);
CREATE INDEX flux_page_etat ON flux (collectivite, etat, id);
CREATE INDEX flux_cite ON flux (cite) WHERE cite IS NOT NULL;
CREATE INDEX flux_alerte ON flux (id) WHERE alerte IS NOT NULL;
CREATE INDEX flux_echeance ON flux (file, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX flux_tour ON flux (file, collectivite, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX flux_bail ON flux (bail_par) WHERE bail_par IS NOT NULL;

CREATE TABLE pieces (
  flux TEXT NOT NULL REFERENCES flux (id),
  rang INTEGER NOT NULL,
  role TEXT NOT NULL,
  nom TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  sha512 TEXT NOT NULL,
  taille BIGINT NOT NULL,
  type TEXT NOT NULL,
  ajoutee BIGINT NOT NULL,
  PRIMARY KEY (flux, rang)
);

-- Number of flux per state, kept by triggers: counting must not read every finished flux. One statement at a time, its rows in
-- order; the collectivités that it changes are locked by the batch (\`chaines\`). The schema is named: a hand inside the base has
-- its own.
CREATE TABLE decompte (
  collectivite TEXT NOT NULL,
  etat TEXT NOT NULL,
  nombre BIGINT NOT NULL,
  PRIMARY KEY (collectivite, etat)
) ${SUR_PLACE};
CREATE FUNCTION flux_compter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {schema}.decompte AS d (collectivite, etat, nombre)
    SELECT collectivite, etat, count(*) FROM apres GROUP BY collectivite, etat ORDER BY collectivite, etat
    ON CONFLICT (collectivite, etat) DO UPDATE SET nombre = d.nombre + excluded.nombre;
  RETURN NULL;
END $$;
CREATE FUNCTION flux_recompter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {schema}.decompte AS d (collectivite, etat, nombre)
    SELECT collectivite, etat, sum(ecart) FROM (
      SELECT collectivite, etat, 1 AS ecart FROM apres UNION ALL SELECT collectivite, etat, -1 FROM avant) AS ecarts
    GROUP BY collectivite, etat HAVING sum(ecart) <> 0 ORDER BY collectivite, etat
    ON CONFLICT (collectivite, etat) DO UPDATE SET nombre = d.nombre + excluded.nombre;
  RETURN NULL;
END $$;
CREATE TRIGGER flux_compte AFTER INSERT ON flux
  REFERENCING NEW TABLE AS apres FOR EACH STATEMENT EXECUTE FUNCTION flux_compter();
CREATE TRIGGER flux_recompte AFTER UPDATE ON flux
  REFERENCING OLD TABLE AS avant NEW TABLE AS apres FOR EACH STATEMENT EXECUTE FUNCTION flux_recompter();`;

const JOURNAL = `
CREATE TABLE journal (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org TEXT NOT NULL,
  n BIGINT NOT NULL,
  tx TEXT NOT NULL,
  ligne TEXT NOT NULL,
  sha256 TEXT NOT NULL
);
CREATE UNIQUE INDEX journal_chaine ON journal (org, n);
CREATE INDEX journal_tx ON journal (tx, seq) WHERE tx <> '';
CREATE FUNCTION journal_figer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'le journal ne se modifie ni ne s''efface';
END $$;
CREATE TRIGGER journal_fige BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION journal_figer();

CREATE TABLE chaines (
  org TEXT NOT NULL PRIMARY KEY,
  n BIGINT NOT NULL,
  sha256 TEXT NOT NULL
) ${SUR_PLACE};
CREATE TABLE ecrivains (
  ecrivain TEXT NOT NULL PRIMARY KEY,
  lot BIGINT NOT NULL,
  quand BIGINT NOT NULL
) ${SUR_PLACE};`;

const RETOURS = `
CREATE TABLE retours (
  id TEXT NOT NULL PRIMARY KEY,
  sha256 TEXT NOT NULL,
  sha512 TEXT NOT NULL,
  taille BIGINT NOT NULL,
  source TEXT NOT NULL,
  nom TEXT,
  recu BIGINT NOT NULL,
  etat TEXT NOT NULL,
  motif TEXT,
  ${TRAVAIL}
) ${BALAYEE};
CREATE UNIQUE INDEX retours_octets ON retours (sha256, coalesce(nom, ''));
CREATE INDEX retours_etat ON retours (etat, id);
${INDEX_TRAVAIL('retours')}

CREATE TABLE retours_flux (
  retour TEXT NOT NULL REFERENCES retours (id),
  rang INTEGER NOT NULL,
  flux TEXT NOT NULL REFERENCES flux (id),
  collectivite TEXT NOT NULL,
  PRIMARY KEY (retour, rang)
);
CREATE INDEX retours_flux_flux ON retours_flux (flux);
CREATE INDEX retours_flux_collectivite ON retours_flux (collectivite, retour);`;

const LIVRAISONS = `
CREATE TABLE livraisons (
  id TEXT NOT NULL PRIMARY KEY,
  collectivite TEXT NOT NULL,
  flux TEXT NOT NULL REFERENCES flux (id),
  point TEXT NOT NULL,
  canal TEXT NOT NULL,
  type TEXT NOT NULL,
  charge TEXT NOT NULL,
  etat TEXT NOT NULL,
  creee BIGINT NOT NULL,
  ${TRAVAIL}
) ${BALAYEE};
CREATE INDEX livraisons_flux ON livraisons (flux, id);
CREATE INDEX livraisons_page ON livraisons (collectivite, id);
CREATE INDEX livraisons_etat ON livraisons (etat, id);
CREATE INDEX livraisons_page_etat ON livraisons (collectivite, etat, id);
CREATE INDEX livraisons_tour ON livraisons (collectivite, point, echeance, id) WHERE echeance IS NOT NULL;
CREATE INDEX livraisons_echec ON livraisons (collectivite, point) WHERE tentatives > 0 AND echeance IS NOT NULL;
${INDEX_TRAVAIL('livraisons')}

CREATE TABLE essais (
  livraison TEXT NOT NULL REFERENCES livraisons (id),
  rang INTEGER NOT NULL,
  quand BIGINT NOT NULL,
  resultat TEXT NOT NULL,
  statut INTEGER NOT NULL,
  duree DOUBLE PRECISION NOT NULL,
  motif TEXT NOT NULL,
  PRIMARY KEY (livraison, rang)
);`;

const COMPTEURS = `
CREATE TABLE series (serie TEXT NOT NULL PRIMARY KEY, dernier INTEGER NOT NULL) ${SUR_PLACE};
CREATE TABLE numeros (
  flux TEXT NOT NULL PRIMARY KEY REFERENCES flux (id),
  serie TEXT NOT NULL,
  jour TEXT NOT NULL,
  numero INTEGER NOT NULL,
  UNIQUE (serie, numero)
);
CREATE TABLE numeros_rendus (
  serie TEXT NOT NULL,
  numero INTEGER NOT NULL,
  PRIMARY KEY (serie, numero)
);
CREATE TABLE debits_heures (
  destination TEXT NOT NULL,
  heure BIGINT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (destination, heure)
) ${SUR_PLACE};
CREATE TABLE debits (
  destination TEXT NOT NULL,
  heure BIGINT NOT NULL,
  flux TEXT NOT NULL,
  octets BIGINT NOT NULL,
  PRIMARY KEY (destination, heure, flux)
);
CREATE INDEX debits_flux ON debits (flux);`;

const ANNUAIRE = `
CREATE TABLE collectivites (
  siren TEXT NOT NULL PRIMARY KEY,
  nom TEXT NOT NULL,
  actif INTEGER NOT NULL,
  actes TEXT,
  helios TEXT,
  creee BIGINT NOT NULL,
  ver INTEGER NOT NULL
);
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
);
CREATE TABLE jetons (
  nom TEXT NOT NULL PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  collectivite TEXT,
  cree BIGINT NOT NULL
);
CREATE TABLE suspensions (
  destination TEXT NOT NULL PRIMARY KEY,
  motif TEXT NOT NULL,
  acteur TEXT NOT NULL,
  depuis BIGINT NOT NULL
);
CREATE TABLE tours (
  nom TEXT NOT NULL PRIMARY KEY,
  proprietaire TEXT NOT NULL,
  bail BIGINT NOT NULL,
  numero BIGINT NOT NULL
);
CREATE TABLE noeuds (
  nom TEXT NOT NULL PRIMARY KEY,
  roles TEXT NOT NULL,
  version TEXT NOT NULL,
  demarre BIGINT NOT NULL,
  vu BIGINT NOT NULL
);`;

const RESTAURATIONS = `
CREATE TABLE restaurations (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sauvegarde BIGINT NOT NULL,
  restauree BIGINT NOT NULL,
  preparee BIGINT,
  close BIGINT
);
CREATE TABLE sources_lues (
  restauration TEXT NOT NULL REFERENCES restaurations (id),
  source TEXT NOT NULL,
  lue BIGINT NOT NULL,
  PRIMARY KEY (restauration, source)
);
CREATE TABLE orphelins (
  sha256 TEXT NOT NULL PRIMARY KEY,
  sha512 TEXT NOT NULL,
  taille BIGINT NOT NULL,
  ajoutee BIGINT NOT NULL,
  genre TEXT NOT NULL,
  libelle TEXT NOT NULL,
  protocole TEXT,
  collectivite TEXT,
  identite TEXT,
  nom TEXT,
  restauration TEXT NOT NULL REFERENCES restaurations (id)
);
CREATE INDEX orphelins_restauration ON orphelins (restauration, sha256);
CREATE INDEX orphelins_identite ON orphelins (identite) WHERE identite IS NOT NULL;
CREATE INDEX orphelins_nom ON orphelins (nom) WHERE nom IS NOT NULL;
CREATE TABLE identites_perdues (
  protocole TEXT NOT NULL,
  identite TEXT NOT NULL,
  restauration TEXT NOT NULL REFERENCES restaurations (id),
  preuve TEXT NOT NULL,
  PRIMARY KEY (protocole, identite)
);
CREATE INDEX identites_perdues_restauration ON identites_perdues (restauration);`;

/** The embedded base that was moved here: docs/decisions/0019-changer-de-magasin.md. At most one row. */
const DEMENAGEMENT = `
CREATE TABLE demenagement (
  seul INTEGER NOT NULL PRIMARY KEY CHECK (seul = 1),
  essai TEXT NOT NULL,
  etat TEXT NOT NULL,
  origine TEXT NOT NULL,
  avancement TEXT NOT NULL,
  quand BIGINT NOT NULL
);`;

/** One migration per number, from 1; a published one is never edited, only followed by another. */
export const MIGRATIONS: readonly Migration[] = [
  {
    apporte: 'toutes les tables',
    monte: [FLUX, JOURNAL, RETOURS, LIVRAISONS, COMPTEURS, ANNUAIRE, RESTAURATIONS].join('\n'),
    descend: null,
  },
  {
    apporte: 'arrivée d’une base SQLite',
    monte: DEMENAGEMENT,
    descend: {
      perd: 'le nom de la base SQLite d’où celle-ci est venue',
      retient: [
        {
          fait: 'passage inachevé ou repris : cette base n’est pas celle qui sert',
          compte: "SELECT count(*) AS nombre FROM demenagement WHERE etat <> 'complet'",
        },
      ],
      sql: 'DROP TABLE demenagement;',
    },
  },
  MIGRATION_LOTS,
];
