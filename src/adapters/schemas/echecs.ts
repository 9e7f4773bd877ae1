import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** What a process that runs for long lends: failures are told once, and tried again now and then. */
export interface SuiviPaquets {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Before a pack that could not be opened is tried again: a try costs as much as a compilation. Milliseconds. */
const REPOS = 30_000;

/** Packs that could not be opened, by digest and main schema. Without anybody to follow them, nothing is remembered. */
export class EchecsPaquets {
  readonly #suivi: SuiviPaquets | null;
  readonly #echecs = new Map<string, { readonly motif: string; readonly jusqua: number }>();

  constructor(suivi: SuiviPaquets | null) {
    this.#suivi = suivi;
  }

  /** Why it could not be opened a moment ago; null when it is to be tried. */
  recent(cle: string): string | null {
    const echec = this.#echecs.get(cle);
    if (this.#suivi === null || echec === undefined) return null;
    return this.#suivi.clock.now() < echec.jusqua ? echec.motif : null;
  }

  noter(cle: string, paquet: string, motif: string): void {
    if (this.#suivi === null) return;
    const { clock, log } = this.#suivi;
    if (this.#echecs.get(cle)?.motif !== motif) log.warn('paquet de schémas inutilisable', { paquet, motif });
    this.#echecs.set(cle, { motif, jusqua: clock.now() + REPOS });
  }

  /** It opens. */
  lever(cle: string, paquet: string): void {
    if (this.#echecs.delete(cle))
      this.#suivi?.log.info('paquet de schémas de nouveau utilisable', { paquet });
  }

  /** The packs changed: an import may have put back what was missing. @param reste tells the keys still of use. */
  relancer(reste: (cle: string) => boolean): void {
    for (const [cle, { motif }] of this.#echecs) {
      if (reste(cle)) this.#echecs.set(cle, { motif, jusqua: 0 });
      else this.#echecs.delete(cle);
    }
  }

  inventaireIllisible(motif: string): void {
    this.#suivi?.log.warn('inventaire des paquets de schémas illisible', { motif });
  }
}
