import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

/** Bytes at hand in any order, wherever they are kept. */
export interface OctetsLot {
  /** Bytes. */
  readonly taille: number;
  /** Bytes of the range [debut, fin[, cut at the size. */
  lire(debut: number, fin: number): Promise<Uint8Array>;
}

/** Read at once where reading goes on: a directory of 50,000 entries is asked for entry by entry. Bytes. */
const BLOC = 128 * 1024;
/** Read at once elsewhere: the header of one file. Bytes. */
const ENTETE = 1024;

/** What the reader of ZIPs asks, answered by blocks: what follows is most often asked next. */
export class LecteurOctets extends RandomAccessReader {
  readonly #octets: OctetsLot;
  #bloc = { debut: 0, octets: new Uint8Array() };

  constructor(octets: OctetsLot) {
    super();
    this.#octets = octets;
  }

  override _readStreamForRange(debut: number, fin: number): Readable {
    return Readable.from(this.#suite(debut, fin), { objectMode: false });
  }

  override read(
    ...[tampon, offset, longueur, position, repondre]: Parameters<RandomAccessReader['read']>
  ): void {
    this.#tranche(position, position + longueur).then((octets) => {
      tampon.set(octets, offset);
      repondre(null);
    }, repondre);
  }

  async *#suite(debut: number, fin: number): AsyncGenerator<Uint8Array> {
    for (let ici = debut; ici < fin; ) {
      const octets = await this.#octets.lire(ici, Math.min(fin, ici + BLOC));
      // cut: the one who counts the bytes says so
      if (octets.length === 0) return;
      ici += octets.length;
      yield octets;
    }
  }

  async #tranche(debut: number, fin: number): Promise<Uint8Array> {
    const tenu = this.#bloc;
    if (debut >= tenu.debut && fin <= tenu.debut + tenu.octets.length)
      return tenu.octets.subarray(debut - tenu.debut, fin - tenu.debut);
    const suit = debut >= tenu.debut && debut <= tenu.debut + tenu.octets.length;
    const octets = await this.#octets.lire(debut, Math.max(fin, debut + (suit ? BLOC : ENTETE)));
    this.#bloc = { debut, octets: new Uint8Array(octets) };
    return this.#bloc.octets.subarray(0, fin - debut);
  }
}
