import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClientApi, creerClientApi } from '../../../src/banc/client.ts';
import type { Clock } from '../../../src/ports/clock.ts';

/** The daemons of a campaign, each a process of its own. */

const RACINE = join(import.meta.dirname, '..', '..', '..');
const PAS_MS = 25;
/** What a start may take on a busy machine, before a campaign gives up. */
const DEMARRAGE_MS = 90_000;

export interface Demon {
  readonly pid: number;
  /** Exit code or signal, once it is gone. */
  readonly fini: Promise<string>;
  vivant(): boolean;
}

interface Place {
  readonly nom: string;
  readonly dossier: string;
  readonly configFichier: string;
  readonly socket: string;
  readonly clock: Clock;
}

/** One daemon and its settings: started, killed and stopped as many times as wanted. */
export class Noeud {
  readonly nom: string;
  readonly client: ClientApi;
  readonly configFichier: string;
  /** Of the starts to come. */
  env: Readonly<Record<string, string>> = {};
  /** Ends that nobody asked for, of a daemon that was in service. */
  readonly mortsSubites: string[] = [];
  readonly #place: Place;
  #processus: ChildProcess | null = null;
  #demon: Demon | null = null;
  #enService = false;
  #ferme = false;

  constructor(place: Place) {
    this.#place = place;
    this.nom = place.nom;
    this.configFichier = place.configFichier;
    this.client = creerClientApi(place.socket, 32);
  }

  get demon(): Demon {
    if (this.#demon === null) throw new TypeError(`${this.nom} was never started`);
    return this.#demon;
  }

  /** The present daemon has answered, and nobody asked it to go. */
  get enService(): boolean {
    return this.#enService;
  }

  get journalTechnique(): string {
    return join(this.#place.dossier, `${this.nom}.log`);
  }

  /** Starts the process and does not wait for it to answer. */
  async lancer(): Promise<Demon> {
    if (this.#ferme) throw new TypeError('the world is closed');
    const journal = await open(this.journalTechnique, 'a');
    const commande = [join(RACINE, 'bin', 'vaguemestre'), 'demarrer', '--config', this.configFichier];
    const processus = spawn(process.execPath, commande, {
      stdio: ['ignore', journal.fd, journal.fd],
      env: { ...process.env, ...this.env },
    });
    await journal.close();
    // Nobody is left behind when the campaign itself is stopped.
    const emporter = (): void => void processus.kill('SIGKILL');
    process.once('exit', emporter);
    this.#processus = processus;
    this.#enService = false;
    const fini = new Promise<string>((resolve) => {
      processus.once('exit', (code, signal) => {
        process.off('exit', emporter);
        if (this.#processus === processus && this.#enService)
          this.mortsSubites.push(`${this.nom}: ${signal ?? code}`);
        resolve(String(signal ?? code));
      });
    });
    const vivant = (): boolean => processus.exitCode === null && processus.signalCode === null;
    this.#demon = { pid: processus.pid ?? 0, fini, vivant };
    return this.#demon;
  }

  /** Waits until the daemon answers. @returns false when it died first. */
  async repond(): Promise<boolean> {
    const { demon } = this;
    const limite = performance.now() + DEMARRAGE_MS;
    while (demon.vivant() && performance.now() < limite) {
      const sante = await this.client.lire('/sante').catch(() => null);
      if (sante?.statut === 200) {
        this.#enService = true;
        return true;
      }
      await this.#place.clock.sleep(PAS_MS);
    }
    return false;
  }

  /** Throws when it does not come into service. */
  async demarrer(): Promise<void> {
    await this.lancer();
    if (!(await this.repond())) throw new TypeError(`${this.nom} does not start: ${this.journalTechnique}`);
  }

  /** kill -9, and waits for the end. */
  async tuer(): Promise<void> {
    this.#enService = false;
    this.#processus?.kill('SIGKILL');
    await this.#demon?.fini;
  }

  /** SIGTERM, and waits for the end. @returns exit code or signal. */
  async arreter(): Promise<string> {
    this.#enService = false;
    this.#processus?.kill('SIGTERM');
    return this.demon.fini;
  }

  async fermer(): Promise<void> {
    this.#ferme = true;
    await this.tuer();
    await this.client.fermer();
  }
}

/** All of them in service: those that were left dead, or on their way, too. */
export async function relever(noeuds: readonly Noeud[]): Promise<void> {
  for (const noeud of noeuds) if (!(await noeud.repond())) await noeud.demarrer();
}
