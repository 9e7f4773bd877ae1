import type { Config } from '../../config/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Mailbox } from '../../ports/mailbox.ts';
import type { Releveur } from '../../ports/passerelle.ts';
import { ouvrirImap } from './imap.ts';
import { ouvrirMaildir } from './maildir.ts';
import { ouvrirBoitePasserelle } from './passerelle.ts';

export interface OutilsBoites {
  readonly passerelles: readonly {
    readonly config: Config['helios']['passerelles'][number];
    readonly passerelle: Releveur;
  }[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Every place where the State's answers are fetched, and the milliseconds between two rounds. */
export function ouvrirBoites(
  { imap, maildir }: Config['reception'],
  { passerelles, clock, log }: OutilsBoites,
): { readonly boite: Mailbox; readonly periode: number }[] {
  return [
    ...imap.map((c) => ({ boite: ouvrirImap(c, { log }), periode: c.periode_s * 1000 })),
    ...maildir.map((c) => ({ boite: ouvrirMaildir(c, { log }), periode: c.periode_s * 1000 })),
    ...passerelles
      .filter((p) => p.config.releve)
      .map(({ config, passerelle: releveur }) => ({
        boite: ouvrirBoitePasserelle(
          { nom: config.nom, stabiliteMs: config.stabilite_s * 1000, concurrence: config.concurrence },
          { releveur, clock, log },
        ),
        periode: config.periode_s * 1000,
      })),
  ];
}
