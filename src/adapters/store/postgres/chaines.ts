import type { Instant } from '../../../metier/identifiants.ts';
import { ecrireLigne, empreinteLigne, type EntreeJournal, PREMIER_PREV } from '../../../metier/journal.ts';
import type { Random } from '../../../ports/random.ts';
import { Ajouts, type Partie } from './brouillon.ts';
import { ecrireChacun, ecrireTous } from './ensembles.ts';
import { Course } from './erreurs.ts';
import type { Base } from './requetes.ts';

/** 128 bits, as the journal's format asks. */
const OCTETS_SEL = 16;

interface Tete {
  readonly org: string;
  readonly n: number;
  readonly sha256: string;
}

/**
 * Who writes about a collectivité holds its chain, from the first statement to the COMMIT, and takes all of those it needs in
 * the order of their names: batches of several nodes wait for one another and never cross. What the base knows of the flux of
 * a collectivité therefore does not move while a batch decides.
 */
const VERROU = `SELECT org, n, sha256 FROM chaines
  WHERE org = ANY(ARRAY(SELECT unnest(:orgs::text[]) UNION SELECT collectivite FROM flux WHERE id = ANY(:flux)))
  ORDER BY org FOR UPDATE`;

/** Apart and beforehand, in a transaction of its own: a chain that is being created cannot be waited for in order. */
const OUVERTURE = `INSERT INTO chaines (org, n, sha256)
  SELECT org, 0, :prev FROM unnest(:orgs::text[]) AS o (org) ORDER BY org COLLATE "C" ON CONFLICT (org) DO NOTHING`;

const LIGNES = `INSERT INTO journal (org, n, tx, ligne, sha256)
  SELECT org, n, tx, ligne, sha256 FROM json_to_recordset(:lignes)
    AS l (rang integer, org text, n bigint, tx text, ligne text, sha256 text) ORDER BY rang`;

const TETES = `UPDATE chaines AS c SET n = t.n, sha256 = t.sha256
  FROM json_to_recordset(:lignes) AS t (org text, n bigint, sha256 text) WHERE c.org = t.org`;

export interface OutilsChaines {
  readonly random: Random;
  /** Version of the program, written in each line. */
  readonly version: string;
  /** Chains known to stand; lives as long as the store. */
  readonly ouvertes: Set<string>;
}

/** The journals that a batch writes. */
export class Chaines implements Partie {
  readonly #outils: OutilsChaines;
  readonly #orgs = new Set<string>();
  readonly #entrees = new Ajouts<{ readonly entree: EntreeJournal; readonly quand: Instant }>();
  #tetes = new Map<string, Tete>();

  constructor(outils: OutilsChaines) {
    this.#outils = outils;
  }

  /** Will be written about. */
  besoin(org: string): void {
    this.#orgs.add(org);
  }

  /** Before the transaction. */
  async ouvrir(base: Base): Promise<void> {
    const { ouvertes } = this.#outils;
    const orgs = [...this.#orgs].filter((org) => !ouvertes.has(org));
    if (orgs.length === 0) return;
    await base.ecrire(OUVERTURE, { orgs, prev: PREMIER_PREV });
    for (const org of orgs) ouvertes.add(org);
  }

  /** @param flux those that the batch may change, whose collectivités are locked too. */
  async verrouiller(base: Base, flux: readonly string[]): Promise<void> {
    const tetes = await base.lignes<Tete>(VERROU, { orgs: [...this.#orgs], flux });
    this.#tetes = new Map(tetes.map((t) => [t.org, t]));
    if (this.#orgs.isSubsetOf(new Set(this.#tetes.keys()))) return;
    // The base is not the one that was known: put back from a backup, perhaps.
    this.#outils.ouvertes.clear();
    throw new Course();
  }

  /** The last line of a chain, as the base has it. */
  tete(org: string): Tete | undefined {
    return this.#tetes.get(org);
  }

  ajouter(entrees: readonly EntreeJournal[], quand: Instant): void {
    this.#entrees.ajouter(...entrees.map((entree) => ({ entree, quand })));
  }

  garder(): void {
    this.#entrees.garder();
  }

  oublier(): void {
    this.#entrees.oublier();
  }

  /** Numbers, salts and chains the lines of the accepted writes. */
  ecrire(base: Base): Promise<unknown>[] {
    const { random, version: ver } = this.#outils;
    const tetes = new Map<string, Tete>();
    const lignes = this.#entrees.faits.map(({ entree, quand }, rang) => {
      const { org, tx } = entree;
      const tete = tetes.get(org) ?? this.#tetes.get(org);
      if (tete === undefined) throw new Course();
      const n = tete.n + 1;
      const t = new Date(quand).toISOString();
      const ligne = ecrireLigne({ ...entree, n, t, ver, sel: random.hex(OCTETS_SEL), prev: tete.sha256 });
      const sha256 = empreinteLigne(ligne);
      tetes.set(org, { org, n, sha256 });
      return { rang, org, n, tx, ligne, sha256 };
    });
    return [...ecrireTous(base, LIGNES, lignes), ...ecrireChacun(base, TETES, [...tetes.values()])];
  }
}
