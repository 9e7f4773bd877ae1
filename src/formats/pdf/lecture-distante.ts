import { demesure } from './analyseur.ts';
import type { SourceTenue } from './octets.ts';

/** Bytes [debut, fin[ of a file that is elsewhere: a coffre, another thread. */
export type LireOctets = (debut: number, fin: number) => Promise<Uint8Array>;

/** Bytes that are not here yet. Thrown to whoever fetches them, never seen outside of this file. */
class Manque extends Error {
  readonly debut: number;
  readonly fin: number;

  constructor(debut: number, fin: number) {
    super('bytes to be fetched');
    this.debut = debut;
    this.fin = fin;
  }
}

/** A reader touches the ends of a file and a few places of it: large blocks make few journeys. */
const BLOC = 262_144;
/** Bytes kept, whatever the file: the largest stream that is read, and room. */
const GARDES_MAX = 96_000_000;
/** Of one piece of work: all that is kept, and as much again. */
const VOYAGES_MAX = 800;

/**
 * A file read by its places, synchronously, though its bytes come from afar: what asks for bytes that are not here is
 * stopped, and begun again once they are. Memory is bounded: each piece of work must need less than is kept.
 */
export class LectureDistante {
  readonly taille: number;
  readonly #lire: LireOctets;
  readonly #blocs = new Map<number, Uint8Array>();

  constructor(lire: LireOctets, taille: number) {
    this.#lire = lire;
    this.taille = taille;
  }

  /** The first bytes of the file, as if it ended there. */
  source(taille = this.taille): SourceTenue {
    return { taille, lire: (debut, fin) => this.#tenir(debut, fin) };
  }

  /** @param travail reads from `source`, and may be run many times. Throws VGM-PDF-003 when it wants too much. */
  async faire<T>(travail: () => T): Promise<T> {
    for (let voyages = 0; ; voyages += 1) {
      try {
        return travail();
      } catch (e) {
        if (!(e instanceof Manque)) throw e;
        if (voyages > VOYAGES_MAX) throw demesure('sa structure est démesurée');
        await this.#charger(e);
      }
    }
  }

  #tenir(debut: number, fin: number): Uint8Array {
    const morceaux: Uint8Array[] = [];
    for (let place = debut - (debut % BLOC); place < fin; place += BLOC) {
      const bloc = this.#blocs.get(place);
      if (bloc === undefined) throw new Manque(place, fin);
      morceaux.push(bloc.subarray(Math.max(0, debut - place), fin - place));
      // put last: the first of the map is the one that has not served for longest
      this.#blocs.delete(place);
      this.#blocs.set(place, bloc);
    }
    const [seul = new Uint8Array(), ...autres] = morceaux;
    return autres.length === 0 ? seul : Buffer.concat(morceaux);
  }

  async #charger({ debut, fin }: Manque): Promise<void> {
    for (let place = debut; place < fin; place += BLOC) {
      if (this.#blocs.has(place)) continue;
      this.#blocs.set(place, await this.#lire(place, Math.min(place + BLOC, this.taille)));
    }
    for (const ancien of this.#blocs.keys()) {
      if (this.#blocs.size * BLOC <= GARDES_MAX) break;
      this.#blocs.delete(ancien);
    }
  }
}
