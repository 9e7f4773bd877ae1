import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { Classification, Collectivite } from '../../../metier/collectivite.ts';
import type { Siren } from '../../../metier/identifiants.ts';
import type { Collectivites, Ecriture, Jetons } from '../../../ports/store.ts';
import {
  classer,
  COLONNES_COLLECTIVITE,
  COLONNES_POINT,
  colonnesFiche,
  colonnesPoint,
  type LigneCollectivite,
  type LigneJeton,
  type LignePoint,
  lireCollectivite,
  lireJeton,
} from '../lignes-annuaire.ts';
import { ecrireTous } from './ensembles.ts';
import type { FileEcriture } from './file-ecriture.ts';
import type { Base } from './requetes.ts';
import type { Reserve } from './reserve.ts';
import { changerRestauration } from './restaurations.ts';

async function poserFiche(base: Base, c: Collectivite): Promise<void> {
  const valeurs = { ...colonnesFiche(c) };
  const ecrites =
    c.ver === 0
      ? await base.ecrire(
          `INSERT INTO collectivites (siren, nom, actif, actes, helios, creee, ver)
            VALUES (:siren, :nom, :actif, :actes, :helios, :creee, 1) ON CONFLICT (siren) DO NOTHING`,
          { ...valeurs, creee: c.creee },
        )
      : await base.ecrire(
          `UPDATE collectivites SET nom = :nom, actif = :actif, actes = :actes, helios = :helios, ver = ver + 1
            WHERE siren = :siren AND ver = :ver`,
          { ...valeurs, ver: c.ver },
        );
  if (ecrites === 0) throw erreurNoyau('VGM-NOY-001', { flux: c.siren });
}

/** Of a collectivité that is no more, or that holds a newer one, nothing changes. */
async function poserClassification(base: Base, siren: Siren, classification: Classification): Promise<void> {
  const ligne = await base.ligne<{ actes: string | null }>(
    'SELECT actes FROM collectivites WHERE siren = :siren FOR UPDATE',
    { siren },
  );
  const actes = classer(ligne?.actes ?? null, classification);
  if (actes === null) return;
  await base.ecrire('UPDATE collectivites SET actes = :actes, ver = ver + 1 WHERE siren = :siren', {
    siren,
    actes,
  });
}

const POINTS = `INSERT INTO points (siren, id, rang, canal, cible, evenements, actif, motif)
  SELECT siren, id, rang, canal, cible, evenements, actif, motif FROM json_to_recordset(:lignes)
    AS p (siren text, id text, rang integer, canal text, cible text, evenements text, actif integer, motif text)
  ON CONFLICT (siren, id) DO UPDATE SET rang = excluded.rang, canal = excluded.canal,
    cible = excluded.cible, evenements = excluded.evenements, actif = excluded.actif, motif = excluded.motif`;

/** Points listed are kept or added, the others removed with their secrets; a kept point keeps its own. */
async function poserPoints(base: Base, { siren, points }: Collectivite): Promise<void> {
  await base.ecrire('DELETE FROM points WHERE siren = :siren AND id <> ALL(:ids)', {
    siren,
    ids: points.map((p) => p.id),
  });
  await Promise.all(
    ecrireTous(
      base,
      POINTS,
      points.map((p, rang) => ({ siren, ...colonnesPoint(p, rang) })),
    ),
  );
}

async function poserSecrets(
  base: Base,
  siren: Siren,
  point: { readonly id: string; readonly secrets: readonly string[] },
): Promise<void> {
  const ecrits = await base.ecrire('UPDATE points SET secrets = :secrets WHERE siren = :siren AND id = :id', {
    siren,
    id: point.id,
    secrets: JSON.stringify(point.secrets),
  });
  if (ecrits === 0) throw erreurNoyau('VGM-NOY-004', { etape: 'secret d’un point inconnu' });
}

/**
 * Switches a point on or off. The version of the collectivité moves, so that a form filled before cannot switch it back
 * unseen. A point removed meanwhile is no fault: its debts outlive it.
 */
async function basculerPoint(base: Base, p: NonNullable<Ecriture['points']>[number]): Promise<void> {
  const { siren, id, motif } = p;
  const change = await base.ecrire(
    'UPDATE points SET actif = :actif, motif = :motif WHERE siren = :siren AND id = :id',
    { siren, id, motif, actif: p.actif ? 1 : 0 },
  );
  if (change > 0) await base.ecrire('UPDATE collectivites SET ver = ver + 1 WHERE siren = :siren', { siren });
}

/** Holds back or lets go; an order given twice keeps the first instant. */
async function basculerSuspension(base: Base, e: Ecriture): Promise<void> {
  for (const { destination, motif, acteur } of e.suspensions ?? []) {
    await (motif === null
      ? base.ecrire('DELETE FROM suspensions WHERE destination = :destination', { destination })
      : base.ecrire(
          `INSERT INTO suspensions (destination, motif, acteur, depuis)
            VALUES (:destination, :motif, :acteur, :quand)
            ON CONFLICT (destination) DO UPDATE SET motif = excluded.motif, acteur = excluded.acteur`,
          { destination, motif, acteur, quand: e.quand },
        ));
  }
}

/** What an event changes outside the flux, rare and small: statement by statement. Undefined when it changes none of it. */
export function enPropre(e: Ecriture): ((base: Base) => Promise<void>) | undefined {
  const { classifications = [], points = [], suspensions = [], restauration } = e;
  if (classifications.length + points.length + suspensions.length === 0 && restauration === undefined)
    return undefined;
  return async (base) => {
    for (const c of classifications) await poserClassification(base, c.siren, c.classification);
    for (const p of points) await basculerPoint(base, p);
    await basculerSuspension(base, e);
    if (restauration !== undefined) await changerRestauration(base, restauration, e.quand);
  };
}

export function creerCollectivites(base: Base, ecriture: FileEcriture): Collectivites {
  const points = async (sirens: readonly Siren[]): Promise<Map<Siren, (LignePoint & { siren: Siren })[]>> => {
    const lignes = await base.lignes<LignePoint & { siren: Siren }>(
      `SELECT siren, ${COLONNES_POINT} FROM points WHERE siren = ANY(:sirens) ORDER BY rang`,
      { sirens },
    );
    return Map.groupBy(lignes, (p) => p.siren);
  };
  const completer = async (lignes: readonly LigneCollectivite[]): Promise<Collectivite[]> => {
    const parSiren = await points(lignes.map((l) => l.siren));
    return lignes.map((l) => lireCollectivite(l, parSiren.get(l.siren) ?? []));
  };
  return {
    async trouver(siren) {
      const sql = `SELECT ${COLONNES_COLLECTIVITE} FROM collectivites WHERE siren = :siren`;
      return (await completer(await base.lignes<LigneCollectivite>(sql, { siren })))[0];
    },
    async lister() {
      return completer(
        await base.lignes<LigneCollectivite>(
          `SELECT ${COLONNES_COLLECTIVITE} FROM collectivites ORDER BY siren`,
        ),
      );
    },
    enregistrer: (c, { journal, quand, secrets = [] }) =>
      ecriture.soumettre({
        prevoir: (lot) => lot.besoins({ quand, journal }),
        faire: (lot) => lot.appliquer({ quand, journal }),
        enPropre: async (transaction) => {
          await poserFiche(transaction, c);
          await poserPoints(transaction, c);
          for (const point of secrets) await poserSecrets(transaction, c.siren, point);
        },
      }),
    async secrets(siren, point) {
      const ligne = await base.ligne<{ secrets: string }>(
        'SELECT secrets FROM points WHERE siren = :siren AND id = :point',
        { siren, point },
      );
      return ligne === undefined ? [] : (JSON.parse(ligne.secrets) as string[]);
    },
  };
}

/** Tokens by name: registering a name again replaces its token. */
export function creerJetons(base: Reserve): Jetons {
  const champs = 'nom, sha256, collectivite, cree';
  return {
    async trouver(sha256) {
      const ligne = await base.ligne<LigneJeton>(`SELECT ${champs} FROM jetons WHERE sha256 = :sha256`, {
        sha256,
      });
      return ligne === undefined ? undefined : lireJeton(ligne);
    },
    async lister() {
      return (await base.lignes<LigneJeton>(`SELECT ${champs} FROM jetons ORDER BY nom`)).map(lireJeton);
    },
    async enregistrer({ nom, sha256, portee, cree }) {
      const collectivite = 'operateur' in portee ? null : portee.collectivite;
      await base.ecrire(
        `INSERT INTO jetons (nom, sha256, collectivite, cree) VALUES (:nom, :sha256, :collectivite, :cree)
          ON CONFLICT (nom) DO UPDATE SET
            sha256 = excluded.sha256, collectivite = excluded.collectivite, cree = excluded.cree`,
        { nom, sha256, collectivite, cree },
      );
    },
    async revoquer(nom) {
      return (await base.ecrire('DELETE FROM jetons WHERE nom = :nom', { nom })) > 0;
    },
  };
}
