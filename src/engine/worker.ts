import type { Instant } from '../metier/identifiants.ts';
import type { FileOuverte, Limites, Repartition } from '../ports/repartition.ts';
import type { DemandeTravail, TableTravail } from '../ports/store.ts';
import { BALAYAGE, type Balayage } from './balayage.ts';
import type { Baux, Prise } from './baux.ts';
import { type Cadence, creerCadence } from './cadence.ts';
import type { OutilsMoteur } from './outils.ts';
import { creerTour, type TourDuNoeud } from './tour.ts';

/** One queue: how to claim its rows and how to do the work. `places` bounds what runs at once. */
export interface Couloir<T extends { readonly id: string }> {
  readonly nom: string;
  readonly table: TableTravail;
  readonly places: number;
  /** Of all nodes together; null = none. */
  readonly limites: Limites | null;
  reclamer(demande: DemandeTravail): Promise<readonly T[]>;
  executer(travail: T, prise: Prise): Promise<void>;
}

/** What a worker shares with the others of its node. */
export interface Liens {
  readonly proprietaire: string;
  readonly baux: Baux;
  readonly balayage: Balayage;
  readonly repartition: Repartition;
}

export interface Worker {
  demarrer(): void;
  /** Takes nothing new and waits for what runs. */
  arreter(): Promise<void>;
}

/** Left to announcements before the sweep takes, or tells again, what is due. Milliseconds. */
const REPIT = 2_000;
/** By how much the clocks of two nodes may differ without a row that was announced being found not due yet. Milliseconds. */
const ECART = 500;
/** A queue with limits that nobody announces anything of for so long, though rows are due, is served as if alone. Milliseconds. */
const SECOURS = 600_000;
/** How long the others wait for the node that serves alone a queue with limits. Milliseconds. */
const TOUR = 15_000;
/** A reason of our own: the default one would build an exception at each wake-up. */
const REVEIL = 'reveil';
/** Most rows claimed in one go. */
const LOT = 64;

/**
 * Works on the rows of one queue, at most `places` at once. The rows are the truth: an announcement that is lost costs a
 * sweep, a dead worker a lease.
 *
 * Alone (`repartit` false), it claims whatever is due and sleeps until something is. When the work is shared out, it claims one
 * row for each announcement that it is given, never the row announced but the one whose collectivité it is the turn of: an
 * announcement is leave to work, and a depositor with ten thousand of them passes no other. The sweep then takes what has been
 * due for some time while a place is free; where there are limits that only announcements count, it tells it again.
 */
export function creerWorker<T extends { readonly id: string }>(
  outils: OutilsMoteur,
  couloir: Couloir<T>,
  liens: Liens,
): Worker {
  const ouvrage = new Ouvrage(outils, couloir, liens);
  return { demarrer: () => ouvrage.demarrer(), arreter: () => ouvrage.arreter() };
}

type Permis = () => void;

/** What may be claimed now. */
interface Vouloir {
  readonly nombre: number;
  /** Due since. */
  readonly quand: Instant;
  /** Announcements that it answers; a later one may be of a row that it does not see. */
  readonly presents: number;
}

class Ouvrage<T extends { readonly id: string }> {
  readonly #outils: OutilsMoteur;
  readonly #couloir: Couloir<T>;
  readonly #liens: Liens;
  readonly #tour: TourDuNoeud;
  readonly #cadence: Cadence | null;
  readonly #enMain = new Map<string, Promise<void>>();
  /** Announcements that wait for a row: each is told once its work is done, or when there is none. */
  readonly #permis: Permis[] = [];
  #file: FileOuverte | null = null;
  #reveil = new AbortController();
  #boucle: Promise<void> = Promise.resolve();
  #fermeture: Promise<void> | undefined;
  #balaye = 0;
  /** When an announcement was last given to this node. */
  #annonce: number;

  constructor(outils: OutilsMoteur, couloir: Couloir<T>, liens: Liens) {
    this.#outils = outils;
    this.#couloir = couloir;
    this.#liens = liens;
    this.#annonce = outils.clock.now();
    const { proprietaire } = liens;
    this.#tour = creerTour(outils, { nom: couloir.nom, proprietaire, duree: TOUR });
    const { limites } = couloir;
    this.#cadence =
      limites === null ? null : creerCadence(limites, { clock: outils.clock, tour: this.#tour });
  }

  demarrer(): void {
    const { nom, places, limites } = this.#couloir;
    this.#file = this.#liens.repartition.servir({
      nom,
      places,
      limites,
      travailler: () => this.#travailler(),
      reveiller: () => this.#reveiller(),
    });
    this.#boucle = this.#tourner();
  }

  async arreter(): Promise<void> {
    await this.#boucle;
    await Promise.all(this.#enMain.values());
    await this.#tour.rendre();
    await this.#fermeture;
  }

  #reveiller(): void {
    this.#reveil.abort(REVEIL);
  }

  #travailler(): Promise<void> {
    if (this.#outils.signaux.arret.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#permis.push(resolve);
    this.#annonce = this.#outils.clock.now();
    this.#reveiller();
    return promise;
  }

  get #repartit(): boolean {
    return this.#file?.repartit() === true;
  }

  async #tourner(): Promise<void> {
    const { log, signaux } = this.#outils;
    while (!signaux.arret.aborted) {
      this.#reveil = new AbortController();
      const pris = await this.#prendre().catch((cause: unknown) => {
        log.error('le stockage ne donne pas de travail', { file: this.#couloir.nom }, cause);
        return 0;
      });
      if (pris === 0 && !signaux.arret.aborted) await this.#dormir();
    }
    // At once: what is announced from here on is for other nodes.
    this.#fermeture = this.#file?.fermer();
    for (const rien of this.#permis.splice(0)) rien();
  }

  async #dormir(): Promise<void> {
    const attente = this.#cadence?.attente() ?? 0;
    const { signal } = this.#reveil;
    if (attente === 0 || attente > BALAYAGE) return this.#liens.balayage.attendre(signal);
    return this.#outils.clock.sleep(attente, AbortSignal.any([signal, this.#outils.signaux.arret]));
  }

  async #vouloir(): Promise<Vouloir> {
    const quand = this.#outils.clock.now();
    const presents = this.#permis.length;
    const libres = this.#couloir.places - this.#enMain.size;
    if (!this.#repartit) return { nombre: await this.#seul(libres), quand, presents };
    // The one who announced it may have a clock ahead of ours.
    if (presents > 0)
      return { nombre: Math.min(libres, presents), quand: (quand + ECART) as Instant, presents };
    if (Math.abs(quand - this.#balaye) < BALAYAGE) return { nombre: 0, quand, presents };
    this.#balaye = quand;
    const avant = (quand - REPIT) as Instant;
    if (this.#cadence === null) return { nombre: libres, quand: avant, presents };
    return { nombre: (await this.#redire(avant)) ? await this.#seul(libres) : 0, quand, presents };
  }

  async #seul(libres: number): Promise<number> {
    return (await this.#cadence?.permettre(libres, this.#enMain.size)) ?? libres;
  }

  /** Tells again what nobody took. @returns whether it is of no use. */
  async #redire(avant: Instant): Promise<boolean> {
    const { clock, store } = this.#outils;
    const { nom: file, table } = this.#couloir;
    const quand = clock.now();
    const dues = await store.file.dues({ table, file, avant, limite: LOT });
    this.#liens.repartition.annoncer(dues.map(({ id, ver }) => ({ file, id, ver, due: quand })));
    return dues.length > 0 && quand - this.#annonce > SECOURS;
  }

  /** @returns the number of rows taken. */
  async #prendre(): Promise<number> {
    const { nombre: voulu, quand, presents } = await this.#vouloir();
    const nombre = Math.min(LOT, voulu);
    if (nombre <= 0) return 0;
    const { clock, reglage } = this.#outils;
    const { proprietaire } = this.#liens;
    const bail = (clock.now() + reglage.bail_s * 1000) as Instant;
    // A row in hand that somebody changed is due again: it will be taken once our hand is off it.
    const sauf = [...this.#enMain.keys()];
    const travaux = await this.#couloir.reclamer({ quand, nombre, proprietaire, bail, sauf });
    const donnes = this.#permis.splice(0, Math.min(presents, travaux.length));
    const vains = travaux.length < nombre ? this.#permis.splice(0, presents - donnes.length) : [];
    for (const rien of vains) rien();
    this.#cadence?.noter(travaux.length);
    for (const [rang, travail] of travaux.entries()) this.#lancer(travail, bail, donnes[rang]);
    return travaux.length;
  }

  #lancer(travail: T, bail: Instant, permis: Permis | undefined): void {
    const couloir = this.#couloir;
    const { baux } = this.#liens;
    const prise = baux.prendre(couloir.table, travail.id, bail);
    const cours = couloir
      .executer(travail, prise)
      .catch((cause: unknown) =>
        this.#outils.log.error('travail interrompu', { file: couloir.nom, id: travail.id }, cause),
      )
      .finally(() => {
        baux.lacher(prise);
        this.#enMain.delete(travail.id);
        if (permis !== undefined) this.#rendre(permis);
        this.#reveiller();
      });
    this.#enMain.set(travail.id, cours);
  }

  /** Without limits to count, leave is kept until nothing is due: what the claim held back a moment ago may be free now. */
  #rendre(permis: Permis): void {
    if (this.#couloir.limites === null && !this.#outils.signaux.arret.aborted) this.#permis.push(permis);
    else permis();
  }
}
