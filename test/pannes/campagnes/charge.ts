import type { DepotClient, ReponseClient } from '../../../src/banc/client.ts';
import type { Etat } from '../../../src/metier/etats.ts';
import { MELANGE_ACTES, MELANGE_PES, prevoirActe, prevoirPes, type Prevu } from './prevus.ts';
import type { Terrain } from './terrain.ts';

/** What a depositor was told, and what it remembers of it. */
export interface Accuse extends Pick<Prevu, 'protocole' | 'collectivite' | 'nom' | 'fin' | 'empreinte'> {
  /** Flux, as the answer named it. */
  readonly id: string;
}

export interface OptionsCharge {
  /** Depositors at work at once. */
  readonly deposants: { readonly actes: number; readonly pes: number };
  /** Milliseconds between two deposits of one depositor. */
  readonly pause: number;
  /** Ends of actes and of PES drawn; the usual mix when absent. */
  readonly actes?: typeof MELANGE_ACTES;
  readonly pes?: typeof MELANGE_PES;
  /** Put in one acte in eight. */
  readonly infecte?: Uint8Array;
}

const INFECTE_UN_SUR = 8;
const GARDE_UN_SUR = 10;
const REDEPOSE_UN_SUR = 19;
/** Ends of those that the State holds: what it refused may be deposited again. */
const TENUS: readonly Etat[] = ['acquitte', 'acquitte_partiel'];
/** Wait before the same deposit is made again. Milliseconds. */
const REDITE = 250;
/** A town hall that has no answer asks again: for longer than any campaign keeps killing. */
const PATIENCE_MS = 1_800_000;

/** Depositors: the same key until an answer comes, from one daemon to the next. */
export class Charge {
  readonly accuses: Accuse[] = [];
  /** One deposit in some, kept to be said again at the end. */
  readonly gardes: { readonly prevu: Prevu; readonly id: string }[] = [];
  /** Refusals that nothing called for, deposits that were never answered. */
  readonly fautes: string[] = [];
  /** Deposits made again, for want of an answer. */
  repetitions = 0;
  /** The same PES under another key, refused as it must be. */
  redepots = 0;
  /** Codes of the refusals for the time being (5xx), and how many of each. */
  readonly refus = new Map<string, number>();
  readonly #terrain: Terrain;
  readonly #options: OptionsCharge;
  #fini = false;
  #abandonnee = false;
  #travail: Promise<unknown> = Promise.resolve();

  constructor(terrain: Terrain, options: OptionsCharge) {
    this.#terrain = terrain;
    this.#options = options;
  }

  demarrer(): void {
    const { actes, pes } = this.#options.deposants;
    const { depots } = this.#terrain.conditions;
    this.#travail = Promise.all([
      this.#deposer(actes, depots.actes, (rang) => Promise.resolve(this.#acte(rang))),
      this.#deposer(pes, depots.pes, (rang) =>
        prevoirPes(this.#terrain.mairie, rang, this.#options.pes ?? MELANGE_PES),
      ),
    ]);
    // Awaited by `finir`; until then nothing must be told of it.
    this.#travail.catch(() => undefined);
  }

  /** No new deposit beyond those that the conditions ask for; resolves once each has had its answer. */
  async finir(): Promise<void> {
    this.#fini = true;
    await this.#travail;
  }

  /** Gives up whatever is under way: the world closes. */
  abandonner(): void {
    this.#fini = true;
    this.#abandonnee = true;
  }

  /** Deposits `prevu` until an answer comes. @returns the flux, or null after a refusal, which is a fault. */
  async insister(prevu: Prevu, premier = 0): Promise<string | null> {
    const reponse = await this.#demander(prevu.depot, premier);
    if (reponse === null) this.fautes.push(`${prevu.nom} : jamais de réponse`);
    else if (reponse.statut < 300) return (reponse.corps['flux'] as { id: string }).id;
    else this.fautes.push(`${prevu.nom} : refusé, ${reponse.statut} ${JSON.stringify(reponse.corps)}`);
    return null;
  }

  /** @returns the answer, 5xx left aside; null when none came for a long while. */
  async #demander(depot: DepotClient, premier: number): Promise<ReponseClient | null> {
    const { noeuds, clock } = this.#terrain;
    const limite = performance.now() + PATIENCE_MS;
    for (let essai = premier; performance.now() < limite && !this.#abandonnee; essai += 1) {
      const noeud = noeuds[essai % noeuds.length];
      const reponse = await noeud?.client.deposer(depot).catch(() => null);
      if (reponse != null && reponse.statut < 500) return reponse;
      if (reponse != null) this.#noterRefus(reponse);
      this.repetitions += 1;
      await clock.sleep(REDITE);
    }
    return null;
  }

  async #redeposer({ protocole, depot, nom, fin }: Prevu, rang: number): Promise<void> {
    if (protocole !== 'HELIOS' || !TENUS.includes(fin)) return;
    const reponse = await this.#demander({ ...depot, cle: `${nom}-encore` }, rang);
    if (reponse?.statut !== 422) this.fautes.push(`${nom} : déposé de nouveau, répondu ${reponse?.statut}`);
    else this.redepots += 1;
  }

  /** A deposit was acknowledged. @param garder it is said again at the end. */
  noter(prevu: Prevu, id: string, garder = false): void {
    const { protocole, collectivite, nom, fin, empreinte } = prevu;
    this.accuses.push({ id, protocole, collectivite, nom, fin, empreinte });
    if (garder) this.gardes.push({ prevu, id });
  }

  #noterRefus({ statut, corps }: ReponseClient): void {
    const code = typeof corps['code'] === 'string' ? corps['code'] : String(statut);
    this.refus.set(code, (this.refus.get(code) ?? 0) + 1);
  }

  #acte(rang: number): Prevu {
    const { infecte, actes = MELANGE_ACTES } = this.#options;
    return prevoirActe(rang, actes, rang % INFECTE_UN_SUR === 3 ? infecte : undefined);
  }

  async #deposer(
    deposants: number,
    auMoins: number,
    prevoir: (rang: number) => Promise<Prevu>,
  ): Promise<void> {
    let rang = 0;
    const deposant = async (): Promise<void> => {
      while (!this.#abandonnee && (rang < auMoins || !this.#fini)) {
        const mien = rang;
        rang += 1;
        const prevu = await prevoir(mien);
        const id = await this.insister(prevu, mien);
        if (id !== null) this.noter(prevu, id, mien % GARDE_UN_SUR === 0);
        if (id !== null && mien % REDEPOSE_UN_SUR === 0) await this.#redeposer(prevu, mien);
        await this.#terrain.clock.sleep(this.#options.pause);
      }
    };
    await Promise.all(Array.from({ length: deposants }, deposant));
  }
}
