import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import { type Etat, estTerminal, LIBERE_IDENTITE } from '../../../metier/etats.ts';
import { fileDeProtocole } from '../../../metier/files.ts';
import type { Flux, Piece } from '../../../metier/flux.ts';
import type { FluxId, Instant, Sha256, Siren } from '../../../metier/identifiants.ts';
import type {
  ChangementFlux,
  LectureFlux,
  NouveauFlux,
  Portee,
  ResultatCreation,
} from '../../../ports/store.ts';
import { nomDefinitif, resumer } from '../changement.ts';
import { type Condition, conditionsFiltre, LIBRES, MEME_CONTENU } from '../conditions.ts';
import {
  COLONNES_FLUX,
  ecrireErreur,
  type LigneFlux,
  type LignePiece,
  lireFlux,
  lirePiece,
} from '../lignes.ts';
import { rendre } from './compteurs.ts';
import { conditionPortee, conditionPorteeDerriere } from './portees.ts';
import { lirePage } from './pages.ts';
import type { Base } from './pilote.ts';

/** Flux that holds an identity; the condition on states is, word for word, the one of the unique index. */
const TENANT = `SELECT ${COLONNES_FLUX} FROM flux
  WHERE protocole = :protocole AND identite = :identite AND collectivite = :collectivite
    AND etat NOT IN (${LIBRES})`;

const INSERTION = `INSERT INTO flux
  (id, protocole, collectivite, etat, ver, due, tentatives, identite, resume, cite, depose, modifie,
   solde, contenu, cle_idempotence, empreinte_demande, file)
  VALUES (:id, :protocole, :collectivite, :etat, 1, :due, 0, :identite, :resume, :cite, :quand, :quand,
   :solde, :contenu, :cle, :empreinte, :file)`;

const CHANGEMENT = `UPDATE flux SET
  etat = :etat, ver = ver + 1, due = :due, tentatives = :tentatives, alerte = :alerte, erreur = :erreur,
  nom_envoi = :nomEnvoi, resume = :resume, modifie = :quand,
  transmis = coalesce(:transmis, transmis), solde = coalesce(:solde, solde), file = coalesce(:file, file),
  bail = CASE WHEN :garder THEN coalesce(:jusqua, bail) END, bail_par = CASE WHEN :garder THEN bail_par END
  WHERE id = :id AND ver = :ver`;

const AJOUT_PIECE = `INSERT INTO pieces (flux, rang, role, nom, sha256, sha512, taille, type, ajoutee)
  VALUES (:flux, (SELECT coalesce(max(rang) + 1, 0) FROM pieces WHERE flux = :flux),
   :role, :nom, :sha256, :sha512, :taille, :type, :quand)`;

function parId(base: Base, id: FluxId): LigneFlux | undefined {
  return base.ligne<LigneFlux>(`SELECT ${COLONNES_FLUX} FROM flux WHERE id = :id`, { id });
}

function ajouterPieces(base: Base, flux: FluxId, ajout: { pieces: readonly Piece[]; quand: Instant }): void {
  for (const { role, nom, sha256, sha512, taille, type } of ajout.pieces) {
    base.ecrire(AJOUT_PIECE, { flux, role, nom, sha256, sha512, taille, type, quand: ajout.quand });
  }
}

/** A freed identity cannot be taken back once another flux stands under it. */
function reprendIdentitePrise(base: Base, avant: LigneFlux, vers: Etat): boolean {
  if (!LIBERE_IDENTITE.includes(avant.etat) || LIBERE_IDENTITE.includes(vers)) return false;
  const { protocole, identite, collectivite } = avant;
  return base.ligne<LigneFlux>(TENANT, { protocole, identite, collectivite }) !== undefined;
}

/** Throws VGM-NOY-008 when the one who writes no longer holds the row. */
function exigerTenu(base: Base, { id, tenu }: ChangementFlux): void {
  if (tenu === undefined) return;
  const bail = base.ligne<{ par: string | null }>('SELECT bail_par AS par FROM flux WHERE id = :id', { id });
  if (bail?.par !== tenu.par) throw erreurNoyau('VGM-NOY-008', { flux: id });
}

/**
 * Applies one change inside the caller's transaction. Throws VGM-NOY-001 (version, or identity that another flux has
 * taken meanwhile), VGM-NOY-003 (unknown), VGM-NOY-008 (held by another one).
 */
export function changerFlux(base: Base, c: ChangementFlux, quand: Instant): void {
  const avant = parId(base, c.id);
  if (avant === undefined) throw erreurNoyau('VGM-NOY-003', { flux: c.id });
  if (avant.ver !== c.ver || reprendIdentitePrise(base, avant, c.etat))
    throw erreurNoyau('VGM-NOY-001', { flux: c.id });
  exigerTenu(base, c);
  const garder = c.tenu === undefined ? c.garderBail === true : c.tenu.jusqua !== null;
  base.ecrire(CHANGEMENT, {
    id: c.id,
    ver: c.ver,
    etat: c.etat,
    due: c.due,
    tentatives: c.tentatives,
    alerte: c.alerte,
    erreur: ecrireErreur(c.erreur),
    nomEnvoi: nomDefinitif(avant, c),
    resume: resumer(avant, c.complement),
    transmis: c.transmis ?? null,
    solde: c.solde ?? null,
    garder: garder ? 1 : 0,
    jusqua: c.tenu?.jusqua ?? null,
    file: c.file ?? null,
    quand,
  });
  if (c.pieces !== undefined) ajouterPieces(base, c.id, { pieces: c.pieces, quand });
  if (c.rendre === true) rendre(base, c.id, quand);
}

function parCle(
  base: Base,
  collectivite: Siren,
  cle: string,
): { flux: Flux; empreinteDemande: Sha256 } | undefined {
  const connu = base.ligne<LigneFlux & { empreinte_demande: Sha256 }>(
    `SELECT ${COLONNES_FLUX}, empreinte_demande FROM flux
      WHERE collectivite = :collectivite AND cle_idempotence = :cle`,
    { collectivite, cle },
  );
  if (connu === undefined) return undefined;
  const { empreinte_demande: empreinteDemande, ...ligne } = connu;
  return { flux: lireFlux(ligne), empreinteDemande };
}

/** The flux that already answers this deposit, if any: same key first, then same identity, then same content. */
function dejaLa(base: Base, n: NouveauFlux): ResultatCreation | undefined {
  const connu = n.cleIdempotence === null ? undefined : parCle(base, n.collectivite, n.cleIdempotence);
  if (connu !== undefined) {
    return { type: connu.empreinteDemande === n.empreinteDemande ? 'rejeu' : 'cle_prise', flux: connu.flux };
  }
  const { protocole, identite, collectivite, contenu } = n;
  const tenant = base.ligne<LigneFlux>(TENANT, { protocole, identite, collectivite });
  if (tenant !== undefined) return { type: 'doublon', par: 'identite', flux: lireFlux(tenant) };
  const jumeau =
    contenu === null ? undefined : base.ligne<LigneFlux>(MEME_CONTENU, { contenu, collectivite, protocole });
  return jumeau === undefined ? undefined : { type: 'doublon', par: 'contenu', flux: lireFlux(jumeau) };
}

function inserer(base: Base, n: NouveauFlux, quand: Instant): void {
  base.ecrire(INSERTION, {
    id: n.id,
    protocole: n.protocole,
    collectivite: n.collectivite,
    etat: n.etat,
    due: estTerminal(n.etat) ? null : n.due,
    solde: estTerminal(n.etat) ? quand : null,
    contenu: n.contenu,
    identite: n.identite,
    resume: JSON.stringify(n.resume),
    cite: n.cite,
    quand,
    cle: n.cleIdempotence,
    empreinte: n.empreinteDemande,
    file: fileDeProtocole(n.protocole),
  });
  ajouterPieces(base, n.id, { pieces: n.pieces, quand });
}

/** Creates a flux unless one stands already; `apres` writes the rest of the event, only when it is created. */
export function creerFlux(
  base: Base,
  n: NouveauFlux,
  suite: { readonly quand: Instant; readonly apres: () => void },
): ResultatCreation {
  const connu = dejaLa(base, n);
  if (connu !== undefined) return connu;
  if (n.cite !== null && parId(base, n.cite)?.collectivite !== n.collectivite) {
    throw erreurNoyau('VGM-NOY-003', { flux: n.cite });
  }
  inserer(base, n, suite.quand);
  suite.apres();
  const ligne = parId(base, n.id);
  if (ligne === undefined) throw erreurNoyau('VGM-NOY-003', { flux: n.id });
  return { type: 'cree', flux: lireFlux(ligne) };
}

function dans(portee: Portee, condition: Condition): Condition {
  const bornes = conditionPorteeDerriere(portee);
  return { sql: `${condition.sql} AND ${bornes.sql}`, valeurs: { ...condition.valeurs, ...bornes.valeurs } };
}

export function creerLectureFlux(base: Base): LectureFlux {
  const toutes = (condition: Condition, ordre: string) =>
    base
      .lignes<LigneFlux>(
        `SELECT ${COLONNES_FLUX} FROM flux WHERE ${condition.sql} ${ordre}`,
        condition.valeurs,
      )
      .map(lireFlux);
  return {
    async trouver(portee, id) {
      return toutes(dans(portee, { sql: 'id = :id', valeurs: { id } }), '')[0];
    },
    async lister(portee, filtre) {
      return lirePage<LigneFlux>(base, {
        table: 'flux',
        colonnes: COLONNES_FLUX,
        conditions: [conditionPortee(portee), ...conditionsFiltre(filtre, 'LIKE')],
        etats: filtre.etats,
        avant: filtre.avant,
        limite: filtre.limite,
      }).map(lireFlux);
    },
    async pieces(portee, id) {
      if (toutes(dans(portee, { sql: 'id = :id', valeurs: { id } }), '').length === 0) return [];
      return base
        .lignes<LignePiece>(
          `SELECT rang, role, nom, sha256, sha512, taille, type, ajoutee FROM pieces
            WHERE flux = :id ORDER BY rang`,
          { id },
        )
        .map(lirePiece);
    },
    async parIdentite(portee, identite) {
      return toutes(dans(portee, { sql: 'identite = :identite', valeurs: { identite } }), 'ORDER BY id DESC');
    },
    async parContenu(collectivite, protocole, contenu) {
      const ligne = base.ligne<LigneFlux>(MEME_CONTENU, { contenu, collectivite, protocole });
      return ligne === undefined ? undefined : lireFlux(ligne);
    },
    async citants(portee, id) {
      return toutes(dans(portee, { sql: 'cite = :id', valeurs: { id } }), 'ORDER BY id');
    },
    async parNomEnvoi(portee, nom) {
      return toutes(dans(portee, { sql: 'nom_envoi = :nom', valeurs: { nom } }), '')[0];
    },
    async parCle(collectivite, cle) {
      return parCle(base, collectivite, cle);
    },
    async compter(portee) {
      const bornes = conditionPortee(portee);
      const lignes = base.lignes<{ etat: Etat; nombre: number }>(
        `SELECT etat, sum(nombre) AS nombre FROM decompte WHERE ${bornes.sql} GROUP BY etat`,
        bornes.valeurs,
      );
      const compte: Partial<Record<Etat, number>> = {};
      for (const { etat, nombre } of lignes) if (nombre > 0) compte[etat] = nombre;
      return compte;
    },
  };
}
