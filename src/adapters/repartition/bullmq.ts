import { type ConnectionOptions, Queue, Worker } from 'bullmq';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type {
  Annonce,
  AnnoncesEnFile,
  ConstatRepartition,
  FileOuverte,
  FileServie,
  Repartition,
} from '../../ports/repartition.ts';
import { Liaison, type ReglageRedis } from './liaison.ts';

/**
 * Announcements by BullMQ: a queue of Redis for each of ours, whose jobs say that a row is, or will be, due. A job gives leave to
 * work on one row; what it names is only what keeps it from being told twice. Redis holds nothing that the store does not: a job
 * that BullMQ calls failed, doubled or lost says nothing of a flux.
 */

/** Further ahead, the sweep will tell. Milliseconds. */
const HORIZON = 3_600_000;
/** Announcements kept while others leave, then told in one go; beyond, the sweep finds them. */
const TAMPON = 2_000;
const LOT = 500;
/** A worker that gives no sign for so long is dead, and what it was given goes to another. Milliseconds. */
const VERROU = 10_000;
const CONTROLE = 2_000;
/** Between two times that limits are written: what Redis forgets, it is told again. Milliseconds. */
const ENTRETIEN = 2_000;
/** Left to a server to answer when all is closed. Milliseconds. */
const FERMETURE = 2_000;
const POLITESSE = 50;

/** BullMQ takes no `:` in a name. */
function nomRedis(file: string): string {
  return file.replaceAll(':', '.');
}

/** Throws VGM-REP-001 or -003 when the server answers and cannot serve; one that is down is waited for, in the background. */
export async function ouvrirRepartitionBullmq(
  reglage: ReglageRedis,
  outils: { readonly clock: Clock; readonly log: Log },
): Promise<Repartition> {
  const liaison = new Liaison(reglage, outils);
  try {
    await liaison.connaitre();
  } catch (cause) {
    await liaison.fermer();
    throw cause;
  }
  return new RepartitionBullmq(liaison, { prefixe: reglage.prefixe, clock: outils.clock });
}

class RepartitionBullmq implements Repartition {
  readonly #liaison: Liaison;
  readonly #prefixe: string;
  readonly #clock: Clock;
  readonly #files = new Map<string, Queue>();
  readonly #servies = new Set<ServiceBullmq>();
  readonly #fin = new AbortController();
  readonly #entretien: Promise<void>;
  #tampon: Annonce[] = [];
  #envoi: Promise<void> | null = null;

  constructor(liaison: Liaison, { prefixe, clock }: { readonly prefixe: string; readonly clock: Clock }) {
    this.#liaison = liaison;
    this.#prefixe = prefixe;
    this.#clock = clock;
    this.#entretien = this.#entretenir();
  }

  annoncer(annonces: readonly Annonce[]): void {
    if (!this.#liaison.prete) return;
    const bientot = this.#clock.now() + HORIZON;
    const proches = annonces.filter(({ due }) => due <= bientot);
    this.#tampon.push(...proches.slice(0, TAMPON - this.#tampon.length));
    if (this.#tampon.length > 0) this.#envoi ??= this.#envoyer();
  }

  servir(file: FileServie): FileOuverte {
    const service = new ServiceBullmq(file, this.#liaison, {
      prefixe: this.#prefixe,
      limiter: () => this.#limiter(file),
      clock: this.#clock,
    });
    this.#servies.add(service);
    return {
      repartit: () => service.repartit(),
      fermer: async () => {
        await service.fermer();
        this.#servies.delete(service);
      },
    };
  }

  async constater(): Promise<ConstatRepartition> {
    const noms = new Set([...this.#files.keys(), ...[...this.#servies].map((s) => s.file.nom)]);
    const files = this.#liaison.prete
      ? await Promise.all([...noms].toSorted().map((nom) => this.#compter(nom)))
      : [];
    return { type: 'bullmq', erreur: this.#liaison.erreur, files: files.filter((f) => f !== null) };
  }

  async fermer(): Promise<void> {
    this.#fin.abort();
    await this.#entretien;
    await this.#auPlus(this.#envoi ?? Promise.resolve());
    // Left open, a worker whose line is closed for good would try again without end.
    const servies = [...this.#servies];
    await this.#auPlus(Promise.all(servies.map((s) => s.fermer())));
    await Promise.all(servies.map((s) => s.couper()));
    await this.#auPlus(Promise.all([...this.#files.values()].map((q) => q.close())));
    await this.#liaison.fermer();
  }

  async #auPlus(fin: Promise<unknown>): Promise<void> {
    const assez = new AbortController();
    await Promise.race([fin.catch(() => undefined), this.#clock.sleep(FERMETURE, assez.signal)]);
    assez.abort();
  }

  #queue(file: string): Queue {
    const connue = this.#files.get(file);
    if (connue !== undefined) return connue;
    const queue = new Queue(nomRedis(file), {
      connection: this.#liaison.redis as ConnectionOptions,
      prefix: this.#prefixe,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    // The line says itself what ails it.
    queue.on('error', () => undefined);
    this.#files.set(file, queue);
    return queue;
  }

  /** What is announced meanwhile leaves with the next lot. */
  async #envoyer(): Promise<void> {
    await Promise.resolve();
    while (this.#tampon.length > 0 && this.#liaison.prete) {
      const lot = this.#tampon.splice(0, LOT);
      const parFile = Map.groupBy(lot, (a) => a.file);
      await Promise.all(
        [...parFile].map(([file, annonces]) => this.#dire(file, annonces).catch(() => undefined)),
      );
    }
    this.#tampon = [];
    this.#envoi = null;
  }

  async #dire(file: string, annonces: readonly Annonce[]): Promise<void> {
    const maintenant = this.#clock.now();
    await this.#queue(file).addBulk(
      annonces.map(({ id, ver, due }) => ({
        name: file,
        data: { id, ver },
        opts: { jobId: `${id}-${ver}`, ...(due > maintenant ? { delay: due - maintenant } : {}) },
      })),
    );
  }

  async #compter(file: string): Promise<AnnoncesEnFile | null> {
    try {
      const n = await this.#queue(file).getJobCounts('waiting', 'prioritized', 'active', 'delayed');
      const enAttente = (n['waiting'] ?? 0) + (n['prioritized'] ?? 0);
      return { file, enAttente, enCours: n['active'] ?? 0, plusTard: n['delayed'] ?? 0 };
    } catch {
      return null;
    }
  }

  async #entretenir(): Promise<void> {
    const { signal } = this.#fin;
    while (!signal.aborted) {
      for (const service of this.#liaison.prete ? this.#servies : []) {
        await this.#limiter(service.file).catch(() => undefined);
        service.entretenir();
      }
      await this.#clock.sleep(ENTRETIEN, signal);
    }
  }

  async #limiter({ nom, limites }: FileServie): Promise<void> {
    const ensemble = limites?.ensemble ?? 0;
    if (ensemble > 0) await this.#queue(nom).setGlobalConcurrency(ensemble);
    else await this.#queue(nom).removeGlobalConcurrency();
  }
}

/** One queue served by this node, from the first time that Redis answers. */
class ServiceBullmq {
  readonly file: FileServie;
  readonly #liaison: Liaison;
  readonly #prefixe: string;
  readonly #limiter: () => Promise<void>;
  readonly #clock: Clock;
  readonly #taire: () => void;
  readonly #enCours = new Set<Promise<void>>();
  #worker: Promise<Worker | null> | null = null;
  #recrute = false;
  #ferme = false;

  constructor(
    file: FileServie,
    liaison: Liaison,
    outils: { readonly prefixe: string; readonly limiter: () => Promise<void>; readonly clock: Clock },
  ) {
    const { prefixe, limiter, clock } = outils;
    this.file = file;
    this.#liaison = liaison;
    this.#prefixe = prefixe;
    this.#limiter = limiter;
    this.#clock = clock;
    this.#taire = liaison.ecouter(() => this.#suivre());
    this.#suivre();
  }

  repartit(): boolean {
    return this.#liaison.prete && this.#recrute && !this.#ferme;
  }

  /** Forced, or a server that is down would hold it, and the process, for ever; what was under way is over by then. */
  async fermer(): Promise<void> {
    this.#ferme = true;
    this.#taire();
    const worker = await this.#worker;
    if (worker === null) return;
    await worker.pause(true);
    await Promise.all(this.#enCours);
    // Left to what says that a work is over; lost, it costs another look.
    await this.#clock.sleep(POLITESSE);
    await this.couper();
  }

  /** Whatever is under way. */
  async couper(): Promise<void> {
    await (await this.#worker)?.close(true);
  }

  #travailler(): Promise<void> {
    const cours = this.file.travailler();
    this.#enCours.add(cours);
    return cours.finally(() => this.#enCours.delete(cours));
  }

  /** To be called again and again: what failed is tried anew. */
  entretenir(): void {
    if (this.#liaison.prete && !this.#ferme) this.#worker ??= this.#embaucher();
  }

  #suivre(): void {
    this.entretenir();
    this.file.reveiller();
  }

  /** Limits first: nothing is taken before they hold. @returns null when the line was cut meanwhile. */
  async #embaucher(): Promise<Worker | null> {
    try {
      await this.#limiter();
    } catch {
      this.#worker = null;
      return null;
    }
    if (this.#ferme) return null;
    this.#recrute = true;
    return this.#recruter();
  }

  #recruter(): Worker {
    const { nom, places, limites } = this.file;
    const worker = new Worker(nomRedis(nom), () => this.#travailler(), {
      connection: this.#liaison.options() as ConnectionOptions,
      prefix: this.#prefixe,
      concurrency: places,
      ...(limites !== null && limites.nombre > 0
        ? { limiter: { max: limites.nombre, duration: limites.periode } }
        : {}),
      lockDuration: VERROU,
      stalledInterval: CONTROLE,
      runRetryDelay: 1_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', () => undefined);
    return worker;
  }
}
