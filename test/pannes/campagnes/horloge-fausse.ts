import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The clock of a daemon, set by libfaketime: wall time only, timers run as they must. */
export interface HorlogeFausse {
  /** Environment of the daemons that live by it. */
  readonly env: Readonly<Record<string, string>>;
  /** Epoch milliseconds, as the daemons have it. */
  maintenant(): number;
  /** Sets it so many milliseconds off the real one. */
  decaler(ms: number): void;
  /** Sets it to this instant; it runs on from there. */
  regler(instant: number): void;
  readonly decalage: number;
}

const DOSSIERS = ['/usr/lib/x86_64-linux-gnu/faketime', '/usr/lib/aarch64-linux-gnu/faketime'];

function bibliotheque(): string {
  const trouvee = DOSSIERS.map((d) => join(d, 'libfaketimeMT.so.1')).find((f) => existsSync(f));
  if (trouvee === undefined) throw new TypeError(`no libfaketime in ${DOSSIERS.join(', ')}`);
  return trouvee;
}

/** @param dossier where its file is kept. */
export function fausserHorloge(dossier: string): HorlogeFausse {
  const fichier = join(dossier, 'decalage');
  let decalage = 0;
  const decaler = (ms: number): void => {
    decalage = ms;
    // It is read at each call: never half-written.
    writeFileSync(`${fichier}.neuf`, `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)}\n`);
    renameSync(`${fichier}.neuf`, fichier);
  };
  decaler(0);
  return {
    env: {
      LD_PRELOAD: bibliotheque(),
      FAKETIME_TIMESTAMP_FILE: fichier,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    maintenant: () => Date.now() + decalage,
    decaler,
    regler: (instant) => decaler(instant - Date.now()),
    get decalage() {
      return decalage;
    },
  };
}
