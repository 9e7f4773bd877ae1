import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Postgres } from '../../serveurs/postgres.ts';
import type { Conditions } from './campagne.ts';
import { type Coffre, lireCoffre } from './coffre.ts';
import { ouvrirPartage } from './magasin-partage.ts';

/** Where the daemons of a campaign keep what they know, read without them once they are stopped. */
export interface Magasin {
  /** Settings of the node of this rank, from 0. */
  reglages(rang: number): Record<string, unknown>;
  /** Data folder of a node. */
  donnees(rang: number): string;
  /** Lines of all the chains, each in its order. @param orgs chains to read; all when absent. */
  journal(orgs?: readonly string[]): AsyncIterable<LigneLue> | Iterable<LigneLue>;
  coffre(arret: number): Promise<Coffre>;
  /** The server that keeps the state; null when it is a file of the data folder. */
  readonly serveur: Postgres | null;
  fermer(): Promise<void>;
}

/** One line of the journal as it is stored. */
export interface LigneLue {
  readonly org: string;
  readonly ligne: string;
}

export async function ouvrirMagasin({ dossier, magasin, noeuds }: Conditions): Promise<Magasin> {
  if (magasin === 'postgres') return ouvrirPartage({ dossier, noeuds });
  if (noeuds > 1) throw new TypeError('a file is of one daemon');
  const donnees = join(dossier, 'donnees');
  return {
    donnees: () => donnees,
    reglages: () => ({ donnees }),
    journal: (orgs) => lireJournalSqlite(join(donnees, 'vaguemestre.sqlite'), orgs),
    coffre: (arret) => lireCoffre(join(donnees, 'coffre'), arret),
    serveur: null,
    fermer: () => Promise.resolve(),
  };
}

/** The journal of a base, read by nothing of the product. */
export function* lireJournalSqlite(fichier: string, orgs?: readonly string[]): Generator<LigneLue> {
  const base = new DatabaseSync(fichier, { readOnly: true });
  try {
    const noms =
      orgs ??
      base
        .prepare('SELECT DISTINCT org FROM journal')
        .all()
        .map(({ org }) => String(org));
    const lignes = base.prepare('SELECT org, ligne FROM journal WHERE org = ? ORDER BY n');
    for (const org of noms) yield* lignes.iterate(org) as unknown as Iterable<LigneLue>;
  } finally {
    base.close();
  }
}
