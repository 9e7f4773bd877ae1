import { setTimeout } from 'node:timers/promises';
import { FILE_LIVRAISONS, FILE_RETOURS } from '../../../metier/files.ts';
import { nomsDesFiles } from './files.ts';
import type { Base } from './requetes.ts';
import { type OutilsSession, Session } from './session.ts';

/** Wake-ups between nodes. One that is lost costs a sweep, never a flux. */

/** One channel per schema: several stores may share a base. */
const CANAL = `'vaguemestre:' || current_schema()`;
const ANNONCE = `SELECT pg_notify(${CANAL}, f) FROM unnest(:files::text[]) AS f`;
const NOM_DU_CANAL = `SELECT quote_ident(${CANAL}) AS canal`;

/** Heard by the others at COMMIT, and only then. */
export async function annoncer(base: Base, files: readonly string[]): Promise<void> {
  if (files.length > 0) await base.lignes(ANNONCE, { files });
}

/** A line that is half open says nothing: it is asked now and then. Milliseconds. */
const RONDE_MS = 20_000;
const ATTENTE_MIN_MS = 100;
const ATTENTE_MAX_MS = 5_000;

export interface OutilsEcoute extends OutilsSession {
  /** Something is due in this queue (metier/files.ts). */
  readonly surAnnonce: (file: string) => void;
  /** Process of the server that announces for us: who wrote knows already. */
  readonly nous: () => number;
}

/** Listens on a connection of its own, opened again for as long as it takes. */
export class Ecoute {
  readonly #outils: OutilsEcoute;
  readonly #arret = new AbortController();
  readonly #boucle: Promise<void>;

  constructor(outils: OutilsEcoute) {
    this.#outils = outils;
    this.#boucle = this.#tourner();
  }

  async #tourner(): Promise<void> {
    const { signal } = this.#arret;
    for (let attente = ATTENTE_MIN_MS; !signal.aborted; attente = Math.min(attente * 2, ATTENTE_MAX_MS)) {
      try {
        const session = await Session.ouvrir(this.#outils, 'vaguemestre écoute');
        attente = ATTENTE_MIN_MS;
        await this.#ecouter(session);
      } catch {
        // The server is away: whoever writes says so.
      }
      await dormir(attente, signal);
    }
  }

  async #ecouter(session: Session): Promise<void> {
    const { surAnnonce, nous } = this.#outils;
    session.surAnnonce(({ pid, texte }) => {
      if (pid !== nous()) surAnnonce(texte);
    });
    try {
      const nom = await session.ligne<{ canal: string }>(NOM_DU_CANAL);
      await session.executer(`LISTEN ${nom?.canal ?? ''}`);
      // What was announced meanwhile was heard by nobody.
      for (const file of [...(await nomsDesFiles(session)), FILE_RETOURS, FILE_LIVRAISONS]) surAnnonce(file);
      for (const fin = AbortSignal.any([this.#arret.signal, session.fin]); !fin.aborted; ) {
        await dormir(RONDE_MS, fin);
        await session.ligne('SELECT 1 AS un');
      }
    } finally {
      session.abandonner();
    }
  }

  async fermer(): Promise<void> {
    this.#arret.abort();
    await this.#boucle;
  }
}

async function dormir(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
