import { estTerminal } from '../../../metier/etats.ts';
import { fileDeProtocole } from '../../../metier/files.ts';
import type { Flux } from '../../../metier/flux.ts';
import type { Instant, Sha256 } from '../../../metier/identifiants.ts';
import type { ChangementFlux, NouveauFlux } from '../../../ports/store.ts';
import { LIBRES } from '../conditions.ts';
import { COLONNES_FLUX, type LigneFlux, lireFlux } from '../lignes.ts';

/** Rows of flux as a batch holds them, and the statements that read and write them by sets. */

/** A row with the columns that are not the domain's. */
export interface LigneTenue extends LigneFlux {
  readonly contenu: Sha256 | null;
  readonly cle_idempotence: string | null;
  readonly empreinte_demande: Sha256;
  readonly file: string;
  readonly bail: Instant | null;
  readonly bail_par: string | null;
}

const TENUES = `${COLONNES_FLUX}, contenu, cle_idempotence, empreinte_demande, file, bail, bail_par`;
const QUALIFIEES = TENUES.replaceAll(/\w+/g, (colonne) => `f.${colonne}`);

/** Word for word the condition of the unique indexes. */
const TIENT = `f.etat NOT IN (${LIBRES})`;

export const VERROU = `SELECT ${TENUES} FROM flux WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE`;

/** What already answers a deposit, by each of its names. */
export const SEMBLABLES = `
WITH d AS (SELECT * FROM json_to_recordset(:lignes)
  AS n (protocole text, collectivite text, identite text, contenu text, cle text))
SELECT ${QUALIFIEES} FROM d JOIN flux f
  ON f.collectivite = d.collectivite AND f.cle_idempotence = d.cle
UNION ALL
SELECT ${QUALIFIEES} FROM d JOIN flux f
  ON f.protocole = d.protocole AND f.identite = d.identite AND f.collectivite = d.collectivite AND ${TIENT}
UNION ALL
SELECT ${QUALIFIEES} FROM d JOIN flux f
  ON f.contenu = d.contenu AND f.collectivite = d.collectivite AND f.protocole = d.protocole AND ${TIENT}`;

const TYPES = `protocole text, collectivite text, etat text, file text, ver integer, due bigint, tentatives integer,
  identite text, contenu text, resume text, nom_envoi text, cite text, depose bigint, modifie bigint, transmis bigint,
  solde bigint, alerte text, erreur text, cle_idempotence text, empreinte_demande text, bail bigint, bail_par text`;
const COLONNES = TYPES.replaceAll(/ (text|bigint|integer)/g, '');

export const INSERTION = `INSERT INTO flux (id, ${COLONNES})
  SELECT id, ${COLONNES} FROM json_to_recordset(:lignes) AS n (id text, ${TYPES}) ORDER BY id`;

export const CHANGEMENT = `UPDATE flux AS f SET
  etat = c.etat, file = c.file, ver = c.ver, due = c.due, tentatives = c.tentatives, alerte = c.alerte, erreur = c.erreur,
  nom_envoi = c.nom_envoi, resume = c.resume, modifie = c.modifie, transmis = c.transmis, solde = c.solde,
  bail = c.bail, bail_par = c.bail_par
  FROM json_to_recordset(:lignes) AS c (id text, avant integer, ${TYPES})
  WHERE f.id = c.id AND f.ver = c.avant`;

/** `rang` counts from 1 among the pieces that this batch adds to a flux. */
export const AJOUT_PIECES = `INSERT INTO pieces (flux, rang, role, nom, sha256, sha512, taille, type, ajoutee)
  SELECT flux, coalesce((SELECT max(p.rang) FROM pieces p WHERE p.flux = a.flux), -1) + a.rang,
    role, nom, sha256, sha512, taille, type, ajoutee
  FROM json_to_recordset(:lignes) AS a (flux text, rang integer, role text, nom text, sha256 text, sha512 text,
    taille bigint, type text, ajoutee bigint)`;

export const cleIdentite = (l: Pick<LigneFlux, 'protocole' | 'identite' | 'collectivite'>): string =>
  `i ${l.protocole} ${l.collectivite} ${l.identite}`;
export const cleIdempotence = (collectivite: string, cle: string): string => `k ${collectivite} ${cle}`;
export const cleContenu = (l: Pick<LigneTenue, 'protocole' | 'contenu' | 'collectivite'>): string =>
  `c ${l.protocole} ${l.collectivite} ${l.contenu}`;

/** Every name by which a deposit may meet this flux. */
export function nomsDe(ligne: LigneTenue): string[] {
  const { collectivite, cle_idempotence: cle, contenu } = ligne;
  const noms = [cleIdentite(ligne)];
  if (cle !== null) noms.push(cleIdempotence(collectivite, cle));
  if (contenu !== null) noms.push(cleContenu(ligne));
  return noms;
}

/** The flux of a row that bears more than it. */
export function lireTenue(ligne: LigneTenue): Flux {
  const {
    contenu: _c,
    cle_idempotence: _k,
    empreinte_demande: _e,
    file: _f,
    bail: _b,
    bail_par: _p,
    ...reste
  } = ligne;
  return lireFlux(reste);
}

export function naissance(n: NouveauFlux, quand: Instant): LigneTenue {
  const finie = estTerminal(n.etat);
  return {
    id: n.id,
    protocole: n.protocole,
    collectivite: n.collectivite,
    etat: n.etat,
    file: fileDeProtocole(n.protocole),
    ver: 1,
    due: finie ? null : n.due,
    tentatives: 0,
    identite: n.identite,
    contenu: n.contenu,
    resume: JSON.stringify(n.resume),
    nom_envoi: null,
    cite: n.cite,
    depose: quand,
    modifie: quand,
    transmis: null,
    solde: finie ? quand : null,
    alerte: null,
    erreur: null,
    cle_idempotence: n.cleIdempotence,
    empreinte_demande: n.empreinteDemande,
    bail: null,
    bail_par: null,
  };
}

/** The lease that a change leaves. */
export function bailApres(avant: LigneTenue, c: ChangementFlux): Pick<LigneTenue, 'bail' | 'bail_par'> {
  if (c.tenu !== undefined) {
    return c.tenu.jusqua === null
      ? { bail: null, bail_par: null }
      : { bail: c.tenu.jusqua, bail_par: c.tenu.par };
  }
  if (c.garderBail === true) return { bail: avant.bail, bail_par: avant.bail_par };
  return { bail: null, bail_par: null };
}
