import { ecrireLigne, type EntreeJournal, empreinteLigne, PREMIER_PREV } from '../../../metier/journal.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { Random } from '../../../ports/random.ts';
import type { LectureJournal } from '../../../ports/store.ts';
import type { Base } from './pilote.ts';

/** 128 bits, as the journal's format asks. */
const OCTETS_SEL = 16;

export type EcrireJournal = (entrees: readonly EntreeJournal[], quand: Instant) => void;

interface Tete {
  readonly n: number;
  readonly sha256: string;
}

/**
 * Writes entries at the end of their chains, inside the caller's transaction. The head is read from the table
 * each time (one index seek): a head kept in memory would have to follow every savepoint and batch rolled back.
 */
export function creerEcrireJournal(base: Base, outils: { random: Random; version: string }): EcrireJournal {
  const ajouter = (entree: EntreeJournal, t: string) => {
    const tete = base.ligne<Tete>('SELECT n, sha256 FROM journal WHERE org = :org ORDER BY n DESC LIMIT 1', {
      org: entree.org,
    });
    const n = (tete?.n ?? 0) + 1;
    const prev = tete?.sha256 ?? PREMIER_PREV;
    const sel = outils.random.hex(OCTETS_SEL);
    const ligne = ecrireLigne({ ...entree, n, t, ver: outils.version, sel, prev });
    base.ecrire('INSERT INTO journal (org, n, tx, ligne, sha256) VALUES (:org, :n, :tx, :ligne, :sha256)', {
      org: entree.org,
      n,
      tx: entree.tx,
      ligne,
      sha256: empreinteLigne(ligne),
    });
  };
  return (entrees, quand) => {
    const t = new Date(quand).toISOString();
    for (const entree of entrees) ajouter(entree, t);
  };
}

/** Loose index scan: one seek per tenant, however long the chains. */
const CHAINES = `
WITH RECURSIVE suite (org) AS (
  SELECT min(org) FROM journal
  UNION ALL
  SELECT (SELECT min(org) FROM journal WHERE org > suite.org) FROM suite WHERE suite.org IS NOT NULL
)
SELECT org FROM suite WHERE org IS NOT NULL`;

export function creerLectureJournal(base: Base): LectureJournal {
  return {
    async lignesDuFlux(portee, id) {
      // A tenant sees its own chain only, even where the operator's speaks of its flux.
      const org = 'operateur' in portee ? null : portee.collectivite;
      return base
        .lignes<{ ligne: string; sha256: string }>(
          "SELECT ligne, sha256 FROM journal WHERE tx = :tx AND tx <> '' AND (:org IS NULL OR org = :org) ORDER BY seq",
          { tx: id, org },
        )
        .map(({ ligne, sha256 }) => ({ ligne, sha256 }));
    },
    async lignes(org, depuis, limite) {
      return base
        .lignes<{ ligne: string }>(
          'SELECT ligne FROM journal WHERE org = :org AND n >= :depuis ORDER BY n LIMIT :limite',
          { org, depuis, limite },
        )
        .map((l) => l.ligne);
    },
    async chaines() {
      return base.lignes<{ org: string }>(CHAINES).map((l) => l.org);
    },
  };
}
