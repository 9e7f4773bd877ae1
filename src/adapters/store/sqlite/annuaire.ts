import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type {
  Classification,
  Collectivite,
  FicheActes,
  FicheHelios,
  PointNotification,
} from '../../../metier/collectivite.ts';
import type { Instant, Sha256, Siren } from '../../../metier/identifiants.ts';
import {
  type Collectivites,
  type Ecriture,
  type Jeton,
  type Jetons,
  OPERATEUR,
} from '../../../ports/store.ts';
import type { EcrireJournal } from './journal.ts';
import type { FileEcriture } from './lot.ts';
import type { Base } from './pilote.ts';

interface LigneCollectivite {
  readonly siren: Siren;
  readonly nom: string;
  readonly actif: number;
  readonly actes: string | null;
  readonly helios: string | null;
  readonly creee: Instant;
  readonly ver: number;
}

interface LignePoint {
  readonly id: string;
  readonly canal: 'webhook' | 'courriel';
  readonly cible: string;
  readonly evenements: string;
  readonly actif: number;
  readonly motif: string | null;
}

const COLONNES = 'siren, nom, actif, actes, helios, creee, ver';

function lirePoint(ligne: LignePoint): PointNotification {
  const { id, canal, cible, motif } = ligne;
  return {
    id,
    canal,
    cible,
    motif,
    actif: ligne.actif === 1,
    evenements: JSON.parse(ligne.evenements) as readonly string[],
  };
}

/** The column `secrets` is named nowhere here: a secret never comes out with its point. */
function lireCollectivite(base: Base, ligne: LigneCollectivite): Collectivite {
  const { siren, nom, creee, ver } = ligne;
  const points = base.lignes<LignePoint>(
    'SELECT id, canal, cible, evenements, actif, motif FROM points WHERE siren = :siren ORDER BY rang',
    { siren },
  );
  return {
    siren,
    nom,
    actif: ligne.actif === 1,
    actes: ligne.actes === null ? null : (JSON.parse(ligne.actes) as FicheActes),
    helios: ligne.helios === null ? null : (JSON.parse(ligne.helios) as FicheHelios),
    points: points.map(lirePoint),
    creee,
    ver,
  };
}

function poserFiche(base: Base, c: Collectivite): void {
  const valeurs = {
    siren: c.siren,
    nom: c.nom,
    actif: c.actif ? 1 : 0,
    actes: c.actes === null ? null : JSON.stringify(c.actes),
    helios: c.helios === null ? null : JSON.stringify(c.helios),
  };
  const ecrites =
    c.ver === 0
      ? base.ecrire(
          `INSERT INTO collectivites (siren, nom, actif, actes, helios, creee, ver)
            VALUES (:siren, :nom, :actif, :actes, :helios, :creee, 1) ON CONFLICT (siren) DO NOTHING`,
          { ...valeurs, creee: c.creee },
        )
      : base.ecrire(
          `UPDATE collectivites SET nom = :nom, actif = :actif, actes = :actes, helios = :helios, ver = ver + 1
            WHERE siren = :siren AND ver = :ver`,
          { ...valeurs, ver: c.ver },
        );
  if (ecrites === 0) throw erreurNoyau('VGM-NOY-001', { flux: c.siren });
}

/** Of a collectivité that is no more, or that holds a newer one, nothing changes. */
export function poserClassification(base: Base, siren: Siren, classification: Classification): void {
  const ligne = base.ligne<{ actes: string | null }>('SELECT actes FROM collectivites WHERE siren = :siren', {
    siren,
  });
  if (ligne === undefined || ligne.actes === null) return;
  const fiche = JSON.parse(ligne.actes) as FicheActes;
  if (fiche.classification !== null && fiche.classification.date > classification.date) return;
  const actes = JSON.stringify({ ...fiche, classification });
  base.ecrire('UPDATE collectivites SET actes = :actes, ver = ver + 1 WHERE siren = :siren', {
    siren,
    actes,
  });
}

/** Points listed are kept or added, the others removed with their secrets; a kept point keeps its own. */
function poserPoints(base: Base, c: Collectivite): void {
  base.ecrire('DELETE FROM points WHERE siren = :siren AND id NOT IN (SELECT value FROM json_each(:ids))', {
    siren: c.siren,
    ids: JSON.stringify(c.points.map((p) => p.id)),
  });
  for (const [rang, p] of c.points.entries()) {
    base.ecrire(
      `INSERT INTO points (siren, id, rang, canal, cible, evenements, actif, motif)
        VALUES (:siren, :id, :rang, :canal, :cible, :evenements, :actif, :motif)
        ON CONFLICT (siren, id) DO UPDATE SET rang = excluded.rang, canal = excluded.canal,
          cible = excluded.cible, evenements = excluded.evenements, actif = excluded.actif, motif = excluded.motif`,
      {
        siren: c.siren,
        id: p.id,
        rang,
        canal: p.canal,
        cible: p.cible,
        evenements: JSON.stringify(p.evenements),
        actif: p.actif ? 1 : 0,
        motif: p.motif,
      },
    );
  }
}

function poserSecrets(base: Base, siren: Siren, point: { id: string; secrets: readonly string[] }): void {
  const ecrits = base.ecrire('UPDATE points SET secrets = :secrets WHERE siren = :siren AND id = :id', {
    siren,
    id: point.id,
    secrets: JSON.stringify(point.secrets),
  });
  if (ecrits === 0) throw erreurNoyau('VGM-NOY-004', { etape: 'secret d’un point inconnu' });
}

/**
 * Switches a point on or off inside the caller's transaction. The version of the collectivité moves, so that a
 * form filled before cannot switch it back unseen. A point removed meanwhile is no fault: its debts outlive it.
 */
export function basculerPoint(base: Base, p: NonNullable<Ecriture['points']>[number]): void {
  const { siren, id, motif } = p;
  const actif = p.actif ? 1 : 0;
  const change = base.ecrire(
    'UPDATE points SET actif = :actif, motif = :motif WHERE siren = :siren AND id = :id',
    { siren, id, motif, actif },
  );
  if (change > 0) base.ecrire('UPDATE collectivites SET ver = ver + 1 WHERE siren = :siren', { siren });
}

export interface OutilsAnnuaire {
  readonly base: Base;
  readonly ecriture: FileEcriture;
  readonly journal: EcrireJournal;
}

export function creerCollectivites({ base, ecriture, journal }: OutilsAnnuaire): Collectivites {
  return {
    async trouver(siren) {
      const ligne = base.ligne<LigneCollectivite>(
        `SELECT ${COLONNES} FROM collectivites WHERE siren = :siren`,
        { siren },
      );
      return ligne === undefined ? undefined : lireCollectivite(base, ligne);
    },
    async lister() {
      return base
        .lignes<LigneCollectivite>(`SELECT ${COLONNES} FROM collectivites ORDER BY siren`)
        .map((ligne) => lireCollectivite(base, ligne));
    },
    enregistrer(c, suite) {
      return ecriture.soumettre(() => {
        poserFiche(base, c);
        poserPoints(base, c);
        for (const point of suite.secrets ?? []) poserSecrets(base, c.siren, point);
        journal(suite.journal, suite.quand);
      });
    },
    async secrets(siren, point) {
      const ligne = base.ligne<{ secrets: string }>(
        'SELECT secrets FROM points WHERE siren = :siren AND id = :point',
        { siren, point },
      );
      return ligne === undefined ? [] : (JSON.parse(ligne.secrets) as string[]);
    },
  };
}

interface LigneJeton {
  readonly nom: string;
  readonly sha256: Sha256;
  readonly collectivite: Siren | null;
  readonly cree: Instant;
}

function lireJeton({ nom, sha256, collectivite, cree }: LigneJeton): Jeton {
  return { nom, sha256, cree, portee: collectivite === null ? OPERATEUR : { collectivite } };
}

/** Tokens by name: registering a name again replaces its token. */
export function creerJetons(base: Base, ecriture: FileEcriture): Jetons {
  const champs = 'nom, sha256, collectivite, cree';
  return {
    async trouver(sha256) {
      const ligne = base.ligne<LigneJeton>(`SELECT ${champs} FROM jetons WHERE sha256 = :sha256`, { sha256 });
      return ligne === undefined ? undefined : lireJeton(ligne);
    },
    async lister() {
      return base.lignes<LigneJeton>(`SELECT ${champs} FROM jetons ORDER BY nom`).map(lireJeton);
    },
    enregistrer({ nom, sha256, portee, cree }) {
      const collectivite = 'operateur' in portee ? null : portee.collectivite;
      return ecriture.soumettre(() => {
        base.ecrire(
          `INSERT INTO jetons (nom, sha256, collectivite, cree) VALUES (:nom, :sha256, :collectivite, :cree)
            ON CONFLICT (nom) DO UPDATE SET
              sha256 = excluded.sha256, collectivite = excluded.collectivite, cree = excluded.cree`,
          { nom, sha256, collectivite, cree },
        );
      });
    },
    revoquer(nom) {
      return ecriture.soumettre(() => base.ecrire('DELETE FROM jetons WHERE nom = :nom', { nom }) > 0);
    },
  };
}
