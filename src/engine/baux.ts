import type { Instant } from '../metier/identifiants.ts';
import type { ChangementFlux, TableTravail } from '../ports/store.ts';
import type { OutilsMoteur } from './outils.ts';

/**
 * Leases of the work in hand. A node holds a row until `moteur.bail_s` after it last said so, and says so again at a third of
 * it. A lease never protects by itself: a machine may stand still for longer than its lease at any instruction. What protects
 * is the write: a move of a flux names the version it was read in, and, as long as nothing left, the holder of its lease.
 *
 * A holds the row; B is the node that takes it over.
 *
 * | A stands still…                              | and meanwhile                    | once awake                          |
 * |----------------------------------------------|----------------------------------|-------------------------------------|
 * | less than its lease                          | nobody takes the row             | goes on                             |
 * | longer, in a step, and nobody is there       | the lease is over                | renews it and goes on               |
 * | longer, in a step                            | B has the row, unchanged         | its writes are refused (VGM-NOY-008): it stops before the first byte |
 * | longer, in a step                            | B has changed the row            | its writes are refused (VGM-NOY-001): the same |
 * | longer, between the mark and the first byte  | nothing, or B has the row `en_ligne` | sends nothing; written back in line, or without effect if B has judged |
 * | longer, between that look at its lease and the first byte, or while it leaves | B found it `en_ligne`: `incertain`, or seen at the door | its answer is written whoever holds the row: evidence, that settles `incertain`, or a line without effect |
 * | longer, the answer of the State in hand      | the same                         | the same                            |
 * | longer, over a return or a notification      | B does it too                    | the version refuses the second write; the same bytes, the same `webhook-id` |
 * | less than its lease, but long enough to be taken for dead, after the mark | another daemon took its name, and its leases with it | sends nothing, as above |
 * | its process dies                             | nobody, until the lease is over  | its next start drops its own leases, and no others |
 * | the store is out of reach                    | nobody can take the row either   | renews when the store is back       |
 *
 * The last passage that nothing closes is the sixth: the peers of the State know no lease. It takes a pause longer than the
 * lease within a few instructions, and a second sending then takes the order of a person (`trancher`), under the same name.
 */
export interface Prise {
  readonly table: TableTravail;
  readonly id: string;
  /** Aborts once another node has the row, unless something of it is on the line. */
  readonly perdue: AbortSignal;
  /** Is it on the line by this very hand? */
  partie(): boolean;
  /** Is the lease over by our clock, or was our last write asked for so long ago that we may have been taken for dead? */
  echue(): boolean;
  /**
   * Who may write: the holder alone as long as nothing left; whoever knows something afterwards (undefined).
   * @param garder the hand goes on with the row; otherwise the lease is dropped.
   */
  tenu(garder: boolean): ChangementFlux['tenu'];
  /** From now on what is learnt counts whoever holds the row, and losing it cuts nothing. */
  partir(): void;
}

export interface Baux {
  /** To be called with what was claimed. @param bail end of the lease that the claim gave. */
  prendre(table: TableTravail, id: string, bail: Instant): Prise;
  lacher(prise: Prise): void;
  demarrer(): void;
  arreter(): Promise<void>;
}

type Outils = Pick<OutilsMoteur, 'store' | 'clock' | 'log' | 'reglage'>;

/** Whose leases they are. */
interface Porteur {
  readonly proprietaire: string;
  /** Standing still for longer, this node may have been taken for dead, and its leases dropped with its name; milliseconds. */
  readonly absence: number;
}

/** @param absence see presence.ts; Infinity where no other daemon can bear our name. */
export function creerBaux(outils: Outils, proprietaire: string, absence = Infinity): Baux {
  return new BauxTenus(outils, { proprietaire, absence });
}

class BauxTenus implements Baux {
  readonly #outils: Outils;
  readonly #porteur: Porteur;
  readonly #prises = new Set<PriseTenue>();
  readonly #fin = new AbortController();
  #boucle: Promise<void> = Promise.resolve();

  constructor(outils: Outils, porteur: Porteur) {
    this.#outils = outils;
    this.#porteur = porteur;
  }

  prendre(table: TableTravail, id: string, bail: Instant): Prise {
    const prise = new PriseTenue({ table, id, bail }, this.#outils, this.#porteur);
    this.#prises.add(prise);
    return prise;
  }

  lacher(prise: Prise): void {
    this.#prises.delete(prise as PriseTenue);
  }

  demarrer(): void {
    this.#boucle = this.#tourner();
  }

  async arreter(): Promise<void> {
    this.#fin.abort();
    await this.#boucle;
  }

  async #tourner(): Promise<void> {
    const { clock, log, reglage } = this.#outils;
    const { signal } = this.#fin;
    while (!signal.aborted) {
      await clock.sleep((reglage.bail_s * 1000) / 3, signal);
      if (signal.aborted) return;
      for (const table of ['flux', 'retours', 'livraisons'] as const)
        await this.#renouveler(table).catch((cause: unknown) =>
          log.warn('baux non renouvelés', { table, detail: String(cause) }),
        );
    }
  }

  async #renouveler(table: TableTravail): Promise<void> {
    const { store, clock, reglage } = this.#outils;
    const miennes = [...this.#prises].filter((p) => p.table === table);
    if (miennes.length === 0) return;
    const bail = (clock.now() + reglage.bail_s * 1000) as Instant;
    const ids = miennes.map((p) => p.id);
    const { proprietaire } = this.#porteur;
    const tenues = new Set(await store.file.renouveler({ table, ids, proprietaire, bail }));
    for (const prise of miennes) {
      if (tenues.has(prise.id)) prise.prolonger(bail);
      else prise.perdre();
    }
  }
}

class PriseTenue implements Prise {
  readonly table: TableTravail;
  readonly id: string;
  readonly #perte = new AbortController();
  readonly #outils: Outils;
  readonly #porteur: Porteur;
  #bail: Instant;
  /** When the last write that keeps the row was asked for. */
  #ecrit = Infinity;
  #partie = false;

  constructor(
    { table, id, bail }: { readonly table: TableTravail; readonly id: string; readonly bail: Instant },
    outils: Outils,
    porteur: Porteur,
  ) {
    this.table = table;
    this.id = id;
    this.#bail = bail;
    this.#outils = outils;
    this.#porteur = porteur;
  }

  get perdue(): AbortSignal {
    return this.#perte.signal;
  }

  partie(): boolean {
    return this.#partie;
  }

  echue(): boolean {
    const maintenant = this.#outils.clock.now();
    return maintenant > this.#bail || maintenant - this.#ecrit > this.#porteur.absence;
  }

  tenu(garder: boolean): ChangementFlux['tenu'] {
    if (this.#partie) return undefined;
    const { clock, reglage } = this.#outils;
    if (garder) {
      this.#ecrit = clock.now();
      this.#bail = (this.#ecrit + reglage.bail_s * 1000) as Instant;
    }
    return { par: this.#porteur.proprietaire, jusqua: garder ? this.#bail : null };
  }

  partir(): void {
    this.#partie = true;
  }

  prolonger(bail: Instant): void {
    this.#bail = bail;
  }

  perdre(): void {
    if (!this.#partie) this.#perte.abort();
  }
}
