import { createHash } from 'node:crypto';
import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import type { Depot, Source } from '../../ports/coffre.ts';

/** A large buffer goes by slices: hashing it whole would hold the event loop. */
const TRANCHE = 1024 * 1024;

/** Both digests and the size of bytes as they pass, under a limit. */
export class Compteur {
  readonly #sha256 = createHash('sha256');
  readonly #sha512 = createHash('sha512');
  readonly #limite: number;
  #taille = 0;

  constructor(limite: number | undefined) {
    this.#limite = limite ?? Number.MAX_SAFE_INTEGER;
  }

  /** Throws VGM-COF-001 as soon as the limit is passed. */
  voir(octets: Uint8Array): void {
    this.#taille += octets.length;
    if (this.#taille > this.#limite) throw erreurCoffre('VGM-COF-001', { limite: this.#limite });
    this.#sha256.update(octets);
    this.#sha512.update(octets);
  }

  conclure(): Depot {
    return {
      sha256: this.#sha256.digest('hex') as Sha256,
      sha512: this.#sha512.digest('hex'),
      taille: this.#taille,
    };
  }
}

/** @returns the source by slices that may be hashed without holding the event loop. */
export function* trancher(octets: Uint8Array): Generator<Uint8Array> {
  for (let debut = 0; debut < octets.length; debut += TRANCHE) yield octets.subarray(debut, debut + TRANCHE);
}

export function parTranches(source: Source): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return source instanceof Uint8Array ? trancher(source) : source;
}
