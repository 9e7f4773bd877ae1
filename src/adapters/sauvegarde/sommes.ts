import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ecrivant, lisant } from './disque.ts';
import type { FichierSauve } from './manifeste.ts';

/** `SHA256SUMS`: what `sha256sum -c` reads. Written and read line by line, whatever the number of pieces. */

const TAMPON = 1 << 16;

export class Sommes {
  readonly #fichier: string;
  readonly #poignee: FileHandle;
  readonly #hache = createHash('sha256');
  #attente: string[] = [];
  #longueur = 0;
  #taille = 0;

  private constructor(fichier: string, poignee: FileHandle) {
    this.#fichier = fichier;
    this.#poignee = poignee;
  }

  static async ouvrir(fichier: string): Promise<Sommes> {
    return new Sommes(fichier, await ecrivant(dirname(fichier), () => open(fichier, 'wx', 0o400)));
  }

  async ajouter(sha256: string, chemin: string): Promise<void> {
    const ligne = `${sha256}  ${chemin}\n`;
    this.#attente.push(ligne);
    this.#longueur += ligne.length;
    if (this.#longueur >= TAMPON) await this.#vider();
  }

  /** Synced and closed. */
  async finir(): Promise<FichierSauve> {
    await this.#vider();
    await ecrivant(dirname(this.#fichier), () => this.#poignee.sync());
    await this.#poignee.close();
    return { fichier: basename(this.#fichier), taille: this.#taille, sha256: this.#hache.digest('hex') };
  }

  /** After a failure. */
  async abandonner(): Promise<void> {
    await this.#poignee.close().catch(() => undefined);
  }

  async #vider(): Promise<void> {
    const octets = Buffer.from(this.#attente.join(''));
    this.#attente = [];
    this.#longueur = 0;
    this.#hache.update(octets);
    this.#taille += octets.length;
    await ecrivant(dirname(this.#fichier), async () => {
      for (let reste = octets; reste.length > 0; ) {
        const { bytesWritten } = await this.#poignee.write(reste);
        reste = reste.subarray(bytesWritten);
      }
    });
  }
}

/** Digests that a list gives, by path; what is not such a line is passed over. */
export async function* lireSommes(
  fichier: string,
): AsyncGenerator<{ readonly sha256: string; readonly chemin: string }> {
  const poignee = await lisant(fichier, () => open(fichier, 'r'));
  try {
    for await (const ligne of poignee.readLines()) {
      const [, sha256 = '', chemin = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(ligne) ?? [];
      if (sha256 !== '') yield { sha256, chemin };
    }
  } finally {
    await poignee.close();
  }
}
