import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { erreurTar } from '../../metier/catalogue/tar.ts';
import { BLOC, type EnTete, lireEnTete } from './entete.ts';

export interface EntreeTar {
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  /** May be read once, in part or not at all, before the next entry is asked for. */
  readonly contenu: AsyncIterable<Uint8Array>;
}

export interface LimitesTar {
  /** Decompressed bytes, headers included. */
  readonly octets: number;
  readonly entrees: number;
}

/** Only zlib's own failures are turned into a refusal; a broken source stays what it is. */
function traduire(e: unknown): unknown {
  const code = String((Object(e) as { readonly code?: unknown }).code);
  if (code === 'Z_BUF_ERROR') return erreurTar('VGM-TAR-005', {}, e);
  return code.startsWith('Z_') ? erreurTar('VGM-TAR-004', {}, e) : e;
}

/** The budget stops a bomb while it unfolds, some kilobytes beyond the limit at most. */
async function* decompresser(source: AsyncIterable<Uint8Array>, limite: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const alimente = pipeline(source, gunzip);
  alimente.catch(() => undefined);
  let total = 0;
  try {
    for await (const morceau of gunzip) {
      total += (morceau as Buffer).byteLength;
      if (total > limite) throw erreurTar('VGM-TAR-011', { limite });
      yield morceau as Buffer;
    }
    await alimente;
  } catch (e) {
    throw traduire(e);
  }
}

/** Takes bytes from a stream in the portions wanted. */
class Flot {
  readonly #source: AsyncGenerator<Buffer>;
  #reste: Buffer = Buffer.alloc(0);

  constructor(source: AsyncGenerator<Buffer>) {
    this.#source = source;
  }

  /** @returns between 1 and `max` bytes, or null at the end. */
  async prendre(max: number): Promise<Buffer | null> {
    while (this.#reste.byteLength === 0) {
      const suite = await this.#source.next();
      if (suite.done === true) return null;
      this.#reste = suite.value;
    }
    const pris = this.#reste.subarray(0, max);
    this.#reste = this.#reste.subarray(pris.byteLength);
    return pris;
  }

  /** @returns one block, null when the stream ends exactly here. Throws VGM-TAR-005 when it ends inside. */
  async bloc(): Promise<Buffer | null> {
    const morceaux: Buffer[] = [];
    for (let manque = BLOC; manque > 0; ) {
      const morceau = await this.prendre(manque);
      if (morceau === null && manque === BLOC) return null;
      if (morceau === null) throw erreurTar('VGM-TAR-005');
      morceaux.push(morceau);
      manque -= morceau.byteLength;
    }
    return Buffer.concat(morceaux);
  }

  async fermer(): Promise<void> {
    await this.#source.return(undefined);
  }
}

/** Content of one entry: what is left of it, then the padding up to the next block. */
class Contenu {
  readonly #flot: Flot;
  readonly #nom: string;
  readonly #bourrage: number;
  #reste: number;
  #passe = false;

  constructor(flot: Flot, entete: EnTete) {
    this.#flot = flot;
    this.#nom = entete.nom;
    this.#reste = entete.taille;
    this.#bourrage = (BLOC - (entete.taille % BLOC)) % BLOC;
  }

  async *lire(): AsyncGenerator<Uint8Array> {
    while (this.#reste > 0) {
      if (this.#passe) throw erreurTar('VGM-TAR-015', { nom: this.#nom });
      yield await this.#prendre(this.#reste);
    }
  }

  async #prendre(max: number): Promise<Buffer> {
    const morceau = await this.#flot.prendre(max);
    if (morceau === null) throw erreurTar('VGM-TAR-005');
    this.#reste -= morceau.byteLength;
    return morceau;
  }

  /** Skips what the consumer left. */
  async passer(): Promise<void> {
    this.#passe = this.#reste > 0;
    this.#reste += this.#bourrage;
    while (this.#reste > 0) await this.#prendre(this.#reste);
    // A reader that comes late must fail rather than see an empty file.
    if (this.#passe) this.#reste = 1;
  }
}

function estNul(octets: Buffer): boolean {
  return octets.every((o) => o === 0);
}

/** POSIX ends an archive with two blocks of zeros; more zeros may follow, nothing else. */
async function verifierFin(flot: Flot): Promise<void> {
  const second = await flot.bloc();
  if (second === null || !estNul(second)) throw erreurTar('VGM-TAR-013');
  for (let suite = await flot.prendre(65_536); suite !== null; suite = await flot.prendre(65_536)) {
    if (!estNul(suite)) throw erreurTar('VGM-TAR-014');
  }
}

/** Regular files only, base names only: nothing here can be taken for a path, whoever writes the file down. */
function verifierEntree(bloc: Buffer, rang: number): EnTete {
  const lecture = lireEnTete(bloc);
  if (lecture.type === 'somme') throw erreurTar('VGM-TAR-006', { rang });
  if (lecture.type === 'format') throw erreurTar('VGM-TAR-007', { rang });
  const { entete } = lecture;
  if (entete.type !== '0') throw erreurTar('VGM-TAR-008', { nom: entete.nom });
  const simple = entete.nom !== '' && entete.nom !== '.' && entete.nom !== '..';
  if (!simple || /[/\\\p{Cc}]/u.test(entete.nom)) {
    throw erreurTar('VGM-TAR-009', { nom: JSON.stringify(entete.nom).slice(1, -1) });
  }
  return entete;
}

/**
 * Reads a gzipped ustar archive as a stream, in bounded memory. Refused, each with its own code: broken gzip (004),
 * truncation (005), wrong checksum (006), other format (007), anything but a regular file (008), a path (009),
 * a name seen twice (010), too many bytes (011) or entries (012), no end mark (013), bytes after it (014).
 */
export async function* lireTarGz(
  source: AsyncIterable<Uint8Array>,
  limites: LimitesTar,
): AsyncGenerator<EntreeTar> {
  const flot = new Flot(decompresser(source, limites.octets));
  const noms = new Set<string>();
  try {
    for (let bloc = await flot.bloc(); ; bloc = await flot.bloc()) {
      if (bloc === null) throw erreurTar('VGM-TAR-013');
      if (estNul(bloc)) return await verifierFin(flot);
      if (noms.size >= limites.entrees) throw erreurTar('VGM-TAR-012', { limite: limites.entrees });
      const entete = verifierEntree(bloc, noms.size + 1);
      if (noms.has(entete.nom)) throw erreurTar('VGM-TAR-010', { nom: entete.nom });
      noms.add(entete.nom);
      const contenu = new Contenu(flot, entete);
      yield { nom: entete.nom, taille: entete.taille, contenu: contenu.lire() };
      await contenu.passer();
    }
  } finally {
    await flot.fermer();
  }
}
