import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { Classification, Collectivite } from '../../../metier/collectivite.ts';
import type { Siren } from '../../../metier/identifiants.ts';
import type { Collectivites, Ecriture, Jetons } from '../../../ports/store.ts';
import {
  classer,
  colonnesFiche,
  colonnesPoint,
  COLONNES_COLLECTIVITE,
  COLONNES_POINT,
  type LigneCollectivite,
  type LigneJeton,
  type LignePoint,
  lireCollectivite,
  lireJeton,
} from '../lignes-annuaire.ts';
import type { EcrireJournal } from './journal.ts';
import type { FileEcriture } from './lot.ts';
import type { Base } from './pilote.ts';

function points(base: Base, siren: Siren): LignePoint[] {
  return base.lignes<LignePoint>(`SELECT ${COLONNES_POINT} FROM points WHERE siren = :siren ORDER BY rang`, {
    siren,
  });
}

function poserFiche(base: Base, c: Collectivite): void {
  const valeurs = { ...colonnesFiche(c) };
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
  const actes = classer(ligne?.actes ?? null, classification);
  if (actes === null) return;
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
      { siren: c.siren, ...colonnesPoint(p, rang) },
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
        `SELECT ${COLONNES_COLLECTIVITE} FROM collectivites WHERE siren = :siren`,
        { siren },
      );
      return ligne === undefined ? undefined : lireCollectivite(ligne, points(base, siren));
    },
    async lister() {
      return base
        .lignes<LigneCollectivite>(`SELECT ${COLONNES_COLLECTIVITE} FROM collectivites ORDER BY siren`)
        .map((ligne) => lireCollectivite(ligne, points(base, ligne.siren)));
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
