import type { Antivirus } from '../../src/ports/antivirus.ts';
import { erreurNoyau } from '../../src/metier/catalogue/noyau.ts';
import type { FicheActes, FicheHelios } from '../../src/metier/collectivite.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import type { Appel } from '../parcours/appels.ts';
import { creerDgfipFictive, type DgfipFictive, type OptionsDgfip } from './dgfip-fictive.ts';
import { type Coup, creerEtatFictif, type EtatFictif } from './etat-fictif.ts';
import { type Atelier, creerAtelier, creerSol, CTX, type Sol, suivrePorts } from '../parcours/atelier.ts';

/** What must be durable, or is seen by others: between two of them the process may die. */
export const EFFETS: ReadonlySet<string> = new Set([
  'ecriture.ecrire',
  'ecriture.creerFlux',
  'ecriture.creerRetour',
  'numerotation.reserver',
  'debits.reserver',
  'coffre.ajouter',
  'coffre.recevoir',
  'attente.garder',
  'transport.remettre',
  'passerelle.deposer',
  'passerelle.retirer',
  'session.ecrire',
  'session.bloc',
  'session.renommer',
  'session.effacer',
  'session.lire',
  'webhook.livrer',
]);

/** What a full disk refuses. The start of a process is left out: a supervisor would only try it again. */
const ECRITURES =
  /^(ecriture|numerotation|debits)\.|^file\.reclamer|^coffre\.(ajouter|recevoir)|^attente\.garder/;

/** Longer than the lease of a process that died. */
const QUART_HEURE = 900_000;

/** Messages that no receipt follows (actes.md A.3). */
const SANS_ACCUSE = ['2-2', '3-2', '4-2'];

/** What ends when the State has taken it. */
export function sansAccuse({ resume }: Flux): boolean {
  return SANS_ACCUSE.includes(String(resume['message']));
}

export interface PointDeMort {
  /** From 1: the n-th effect of the world. */
  readonly rang: number;
  readonly cote: 'avant' | 'apres';
}

const MORT = Symbol('mort');

/** One process: it lives until its point of death; from then on nothing that it asked ever answers. */
class Vie {
  readonly mort = Promise.withResolvers<typeof MORT>();
  finie = false;
  readonly atelier: Promise<Atelier>;

  constructor(monde: Monde, sol: Sol, premiere: boolean) {
    const appel: Appel = async (nom, faire) => {
      if (this.finie) return jamais();
      if (monde.disquePlein && ECRITURES.test(nom))
        throw erreurNoyau('VGM-NOY-005', { detail: 'disque plein' });
      const ici = EFFETS.has(nom) ? monde.compter(nom) : null;
      if (ici === 'avant') return this.mourir();
      const [issue] = await Promise.allSettled([faire()]);
      if (ici === 'apres') return this.mourir();
      if (this.finie) return jamais();
      if (issue.status === 'rejected') throw issue.reason;
      return issue.value;
    };
    monde.dgfip.servir(appel);
    this.atelier = creerAtelier({
      ...(premiere ? { inscrire: true, helios: monde.helios, actes: monde.actes } : {}),
      sol,
      ...(monde.antivirus === null ? {} : { antivirus: monde.antivirus }),
      reglages: { actes: { ministere: { octets_par_heure: 1_000_000 } }, ...monde.reglages },
      enrober: (ports) => suivrePorts({ ...ports, transport: monde.etat, passerelle: monde.dgfip }, appel),
    });
  }

  mourir(): Promise<never> {
    this.finie = true;
    this.mort.resolve(MORT);
    void this.atelier.then((a) => a.abandonner());
    return jamais();
  }
}

function jamais(): Promise<never> {
  return new Promise(() => undefined);
}

export interface OptionsMonde {
  readonly coups: readonly Coup[];
  readonly antivirus?: Antivirus;
  readonly reglages?: Record<string, unknown>;
  readonly dgfip?: OptionsDgfip;
  /** On the cards of the collectivités. */
  readonly helios?: Partial<FicheHelios>;
  readonly actes?: Partial<FicheActes>;
}

/** The world around an engine that may die: depositor, State, mailbox, receiver, person. */
export class Monde {
  readonly etat: EtatFictif;
  readonly dgfip: DgfipFictive;
  readonly antivirus: Antivirus | null;
  readonly reglages: Record<string, unknown>;
  readonly helios: Partial<FicheHelios>;
  readonly actes: Partial<FicheActes>;
  readonly sol: Sol;
  /** Flux acknowledged to their depositor, by number. */
  readonly accuses = new Map<string, FluxId>();
  /** Names of the effects seen. */
  readonly effets: string[] = [];
  morts = 0;
  disquePlein = false;
  #point: PointDeMort | null = null;
  #vie: Vie;

  private constructor(sol: Sol, options: OptionsMonde) {
    this.sol = sol;
    this.etat = creerEtatFictif(options.coups);
    this.dgfip = creerDgfipFictive(sol, options.dgfip);
    this.antivirus = options.antivirus ?? null;
    this.reglages = options.reglages ?? {};
    this.helios = options.helios ?? {};
    this.actes = options.actes ?? {};
    this.#vie = new Vie(this, sol, true);
  }

  static async ouvrir(options: OptionsMonde): Promise<Monde> {
    const monde = new Monde(await creerSol(), options);
    await monde.#vie.atelier;
    return monde;
  }

  /** Effects are counted, and the next death is set, from now on. */
  viser(point: PointDeMort | null): void {
    this.effets.length = 0;
    this.#point = point;
  }

  compter(nom: string): 'avant' | 'apres' | null {
    this.effets.push(nom);
    const { rang, cote } = this.#point ?? { rang: 0, cote: null };
    return this.effets.length === rang ? cote : null;
  }

  /** Somebody outside does something; if the process dies meanwhile it is started again and `null` comes back. */
  async essayer<T>(geste: (a: Atelier) => Promise<T>): Promise<T | null> {
    const vie = this.#vie;
    const issue = await Promise.race([vie.atelier.then(geste), vie.mort.promise]);
    if (issue !== MORT) return issue as T;
    await this.#renaitre(vie);
    return null;
  }

  /** Dies now, whatever is under way, and starts again. */
  async tuer(): Promise<void> {
    const vie = this.#vie;
    void vie.mourir();
    await this.#renaitre(vie);
  }

  /** Several may see the same death; it is followed by one start. */
  async #renaitre(morte: Vie): Promise<void> {
    if (this.#vie === morte) {
      this.morts += 1;
      this.#point = null;
      this.#vie = new Vie(this, this.sol, false);
    }
    // It may die in its turn before it has started.
    await Promise.race([this.#vie.atelier, this.#vie.mort.promise]);
  }

  async calme(): Promise<void> {
    while ((await this.essayer(async (a) => a.calme().then(() => true))) === null);
  }

  async passer(ms: number): Promise<void> {
    this.sol.clock.regler(this.sol.clock.now() + ms);
    while ((await this.essayer(async (a) => a.passer(0).then(() => true))) === null);
    await this.calme();
  }

  deposer(numero: string): Promise<FluxId> {
    return this.#insister(numero, (a) => a.depose(numero, { cle: numero }));
  }

  deposerPes(nomFic: string, options: { cle?: string; octets?: Buffer } = {}): Promise<FluxId> {
    const { cle = nomFic } = options;
    return this.#insister(cle, (a) => a.deposePes(nomFic, { ...options, cle }));
  }

  /** As a depositing software must do: the same key until an answer comes. */
  async #insister(numero: string, depot: (a: Atelier) => Promise<Flux>): Promise<FluxId> {
    for (;;) {
      const flux = await this.essayer(depot);
      if (flux === null) continue;
      this.accuses.set(numero, flux.id);
      return flux.id;
    }
  }

  /** The flux of this message, once there; as a person does who looks first, and does not ask twice. */
  async message(code: string, demander?: (a: Atelier) => Promise<unknown>): Promise<Flux> {
    for (let essai = 0; essai < 12; essai += 1) {
      const flux = (await this.flux()).find((f) => f.resume['message'] === code);
      if (flux !== undefined) return flux;
      if (demander === undefined) await this.passer(essai === 0 ? 0 : QUART_HEURE);
      else await this.essayer(demander);
    }
    throw new TypeError(`no ${code}: ${JSON.stringify(await this.flux())}`);
  }

  /** As a mail source does: the same mail until it is filed. */
  async recevoir(courriel: Buffer): Promise<void> {
    while ((await this.essayer(async (a) => a.recevoir(courriel).then(() => true))) === null);
  }

  /** What the DGFiP leaves at its gateway is fetched until nothing waits there. */
  async relever(): Promise<void> {
    while ((await this.essayer(async (a) => a.relever().then(() => true))) === null);
  }

  /** As a person does: looks at the flux first, and does not give twice an order that is already written. */
  async ordonner(id: FluxId, ev: string, ordre: (a: Atelier) => Promise<unknown>): Promise<void> {
    const deja = (await this.lignes(id)).filter((l) => l.includes(`"ev":"${ev}"`)).length;
    for (;;) {
      const fait = await this.essayer(async (a) => ordre(a).then(() => true));
      if (fait !== null) return;
      if ((await this.lignes(id)).filter((l) => l.includes(`"ev":"${ev}"`)).length > deja) return;
    }
  }

  async lignes(id: FluxId): Promise<string[]> {
    return (await this.sol.store.journal.lignesDuFlux(OPERATEUR, id)).map((l) => l.ligne);
  }

  flux(): Promise<readonly Flux[]> {
    return this.sol.store.flux.lister(OPERATEUR, { limite: 1000 });
  }

  async etatDe(id: FluxId): Promise<Etat | undefined> {
    return (await this.sol.store.flux.trouver(OPERATEUR, id))?.etat;
  }

  /** Are all the debts paid? */
  async quitte(): Promise<boolean> {
    const livraisons = await this.sol.store.livraisons.lister(OPERATEUR, { limite: 200 });
    return livraisons.every((l) => l.etat === 'livree');
  }

  /** What the State counts of a flux: times taken, times presented. */
  compte({ protocole, nomEnvoi }: Flux): { readonly prises: number; readonly presentees: number } {
    const { registre, presentees } = protocole === 'ACTES' ? this.etat : this.dgfip;
    const nom = nomEnvoi ?? '';
    return { prises: registre.get(nom) ?? 0, presentees: presentees.get(nom) ?? 0 };
  }

  /** The chains of the journal, followed to their end. */
  async verifier() {
    return (await this.essayer((a) => a.gestes.verifierJournal(CTX))) ?? [];
  }

  tient(flux: Flux): boolean {
    return this.compte(flux).prises > 0;
  }

  /** Only its receipt is still to come: the State holds it, and the norm has a receipt for it. */
  attendAccuse(flux: Flux): boolean {
    return this.tient(flux) && !sansAccuse(flux);
  }

  /** A person asks the State about each uncertain fate, unless its receipt will tell. */
  async trancher(): Promise<void> {
    for (const flux of await this.flux()) {
      if (flux.etat !== 'incertain' || this.attendAccuse(flux)) continue;
      const [decision, ev] = this.tient(flux)
        ? (['recu', 'TRANCHE_RECU'] as const)
        : (['non_recu', 'TRANCHE_NON_RECU'] as const);
      await this.ordonner(flux.id, ev, (a) =>
        a.gestes.trancher(CTX, flux.id, { decision, motif: 'l’État l’a dit' }),
      );
    }
  }

  async fermer(): Promise<void> {
    await (await this.#vie.atelier).fermer();
  }
}
