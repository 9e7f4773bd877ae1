import type { Anomalie } from '../../metier/anomalies.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import type { ObjetJson } from '../../metier/flux.ts';
import type { Instant, LotId } from '../../metier/identifiants.ts';
import { type ComptesLot, cleDeLigne, type LigneDeLot, type Lot } from '../../metier/lots.ts';
import type { FaitLigne, NouveauLot } from '../../ports/lots.ts';
import { lireErreur } from './lignes.ts';

/** Rows of the batches, as both bases give them, and the way to the domain. */

export const COLONNES_LOT = `id, collectivite, sha256, sha512, taille, manifeste, lignes, acteur, recu, termine, abandon,
  erreur, deposes, deja, refuses`;

export type Decompte = Omit<ComptesLot, 'restants'>;
export type LigneLots = Omit<Lot, 'erreur' | 'comptes'> & Decompte & { readonly erreur: string | null };

/** @param decompte of the lines as they now are; that of the end otherwise. */
export function lireLot(ligne: LigneLots, decompte: Decompte = ligne): Lot {
  const { deposes: _d, deja: _j, refuses: _r, erreur, ...reste } = ligne;
  const { deposes, deja, refuses } = decompte;
  const restants = ligne.lignes - deposes - deja - refuses;
  return {
    ...reste,
    erreur: lireErreur(erreur),
    comptes: { deposes, deja, refuses, restants },
  };
}

export type LigneLotsLignes = Omit<LigneDeLot, 'acte' | 'anomalies'> & {
  readonly acte: string;
  readonly anomalies: string;
};

export function lireLigneDeLot({ acte, anomalies, ...reste }: LigneLotsLignes): LigneDeLot {
  const refusee = reste.sort === 'refuse';
  return {
    ...reste,
    acte: JSON.parse(acte) as ObjetJson,
    anomalies: refusee ? (JSON.parse(anomalies) as Anomalie[]) : [],
  };
}

export function colonnesLot(n: NouveauLot, recu: Instant) {
  const { id, collectivite, sha256, sha512, taille, manifeste, acteur, cle } = n;
  return { id, collectivite, sha256, sha512, taille, manifeste, acteur, cle, recu, lignes: n.lignes.length };
}

export function colonnesLignes({ id, lignes }: NouveauLot) {
  return lignes.map(({ ligne, acte, refus }) => ({
    lot: id,
    ligne,
    cle: cleDeLigne(id, ligne),
    acte: JSON.stringify(acte),
    sort: refus.length === 0 ? null : 'refuse',
    anomalies: JSON.stringify(refus),
  }));
}

export function colonnesFait(fait: FaitLigne) {
  return fait.sort === 'deja'
    ? { sort: fait.sort, flux: fait.flux, anomalies: '[]' }
    : { sort: fait.sort, flux: null, anomalies: JSON.stringify(fait.anomalies) };
}

/** Every line of one batch, with the flux that bears its key: what a line has become is read here and nowhere else. */
export const LIGNES_LOT = `FROM lots AS t
  JOIN lots_lignes AS l ON l.lot = t.id
  LEFT JOIN flux AS f ON f.collectivite = t.collectivite AND f.cle_idempotence = l.cle
  WHERE t.id = :id`;

export const SORT_LIGNE = `CASE WHEN f.id IS NOT NULL THEN 'depose' WHEN l.sort IS NOT NULL THEN l.sort
  WHEN t.abandon IS NOT NULL THEN 'abandonne' ELSE 'a_faire' END`;

export const DECOMPTE = `SELECT count(f.id) AS deposes,
    coalesce(sum(CASE WHEN f.id IS NULL AND l.sort = 'deja' THEN 1 ELSE 0 END), 0) AS deja,
    coalesce(sum(CASE WHEN f.id IS NULL AND l.sort = 'refuse' THEN 1 ELSE 0 END), 0) AS refuses
  ${LIGNES_LOT}`;

export const A_FAIRE = `SELECT l.ligne AS ligne, l.acte AS acte ${LIGNES_LOT}
    AND t.abandon IS NULL AND t.termine IS NULL AND l.ligne > :apres AND l.sort IS NULL AND f.id IS NULL
  ORDER BY l.ligne LIMIT :limite`;

export const INSERTION_LOT = `INSERT INTO lots (id, collectivite, sha256, sha512, taille, manifeste, lignes, acteur, cle, recu)
  VALUES (:id, :collectivite, :sha256, :sha512, :taille, :manifeste, :lignes, :acteur, :cle, :recu)
  ON CONFLICT DO NOTHING`;

export const LOT_PAR_CLE = 'SELECT id, sha256 FROM lots WHERE collectivite = :collectivite AND cle = :cle';

export const NOTER_LIGNE = `UPDATE lots_lignes SET sort = :sort, flux = :flux, anomalies = :anomalies
  WHERE lot = :id AND ligne = :ligne AND sort IS NULL`;

export const NOTER_ERREUR = 'UPDATE lots SET erreur = :erreur WHERE id = :id AND termine IS NULL';

export const ABANDONNER_LOT = `UPDATE lots SET abandon = :motif, erreur = NULL
  WHERE id = :id AND termine IS NULL AND abandon IS NULL`;

export const TERMINER_LOT = `UPDATE lots SET termine = :quand, deposes = :deposes, deja = :deja, refuses = :refuses, erreur = NULL
  WHERE id = :id AND termine IS NULL`;

/** Throws VGM-NOY-001 when nothing was changed. */
export function exigerChange(ecrites: number, lot: LotId): void {
  if (ecrites === 0) throw erreurNoyau('VGM-NOY-001', { flux: lot });
}
