import type { Config } from '../../config/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Mailbox } from '../../ports/mailbox.ts';
import type { Releveur } from '../../ports/passerelle.ts';
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

/** Every place where the State's answers are fetched, and the milliseconds between two rounds. Loads only what the settings name. */
export async function ouvrirBoites(
  { imap, maildir }: Config['reception'],
  { passerelles, clock, log }: OutilsBoites,
): Promise<{ readonly boite: Mailbox; readonly periode: number }[]> {
  const imaps = imap.map(async (c) => {
    const { ouvrirImap } = await import('./imap.ts');
    return { boite: ouvrirImap(c, { log }), periode: c.periode_s * 1000 };
  });
  return [
    ...(await Promise.all(imaps)),
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
