import type { LectureJournal } from '../../../ports/store.ts';
import type { Base } from './requetes.ts';

/** One row of the heads per tenant; one that was never written to has no journal. */
const CHAINES = 'SELECT org FROM chaines WHERE n > 0 ORDER BY org';

export function creerLectureJournal(base: Base): LectureJournal {
  return {
    lignesDuFlux(portee, id) {
      // A tenant sees its own chain only, even where the operator's speaks of its flux.
      const org = 'operateur' in portee ? null : portee.collectivite;
      return base.lignes<{ ligne: string; sha256: string }>(
        `SELECT ligne, sha256 FROM journal WHERE tx = :tx AND tx <> '' ${org === null ? '' : 'AND org = :org'}
          ORDER BY seq`,
        { tx: id, org },
      );
    },
    async lignes(org, depuis, limite) {
      const lignes = await base.lignes<{ ligne: string }>(
        'SELECT ligne FROM journal WHERE org = :org AND n >= :depuis ORDER BY n LIMIT :limite',
        { org, depuis, limite },
      );
      return lignes.map((l) => l.ligne);
    },
    async chaines() {
      return (await base.lignes<{ org: string }>(CHAINES)).map((l) => l.org);
    },
  };
}
