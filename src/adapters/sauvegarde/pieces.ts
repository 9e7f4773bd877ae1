import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import type { PieceCitee } from '../../ports/sauvegarde.ts';
import {
  copier,
  ecrivant,
  existe,
  lier,
  lisant,
  nomsDe,
  type Provisoires,
  relever,
  scellerDossier,
  tailleDe,
} from './disque.ts';

/** Pieces from one folder to another: `ab/<sha256>` in both, each held against its own name. */

/** Pieces under way at once. */
const DE_FRONT = 16;
/** Between two words to the one who waits: pieces. */
const PAS = 256;

export function cheminPiece(racine: string, sha256: string): string {
  return join(racine, sha256.slice(0, 2), sha256);
}

/** A cited piece that could not be had. */
export interface Defaut {
  readonly sha256: Sha256;
  readonly defaut: 'absente' | 'alteree';
}

export interface BilanPieces {
  readonly nombre: number;
  readonly octets: number;
  /** Put there by this passage. */
  readonly nouvelles: number;
  readonly octetsNouveaux: number;
  readonly defauts: readonly Defaut[];
}

export interface Transport {
  readonly de: string;
  readonly vers: string;
  readonly provisoires: Provisoires;
  /** Give a second name to the same bytes where the volume allows it: at once, but what spoils one spoils the other. */
  readonly lier: boolean;
  /** Pieces found there already are read again; one that is not itself any more goes to this folder. Null: their size is enough. */
  readonly ecart: string | null;
  readonly signal: AbortSignal;
  readonly suivre: (fait: { readonly pieces: number; readonly octets: number }) => void;
  /** Told of each piece that is there, in the order in which they were given. */
  readonly surPiece?: (sha256: Sha256) => Promise<void>;
}

type Sort = 'deja' | 'nouvelle' | Defaut['defaut'];

class Porteur {
  readonly #transport: Transport;
  readonly #dossiers = new Map<string, Promise<unknown>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async porter({ sha256, taille }: PieceCitee): Promise<Sort> {
    const { vers, signal } = this.#transport;
    if (signal.aborted) throw erreurSauvegarde('VGM-SAU-011');
    const cible = cheminPiece(vers, sha256);
    if (await this.#tient(cible, { sha256, taille })) return 'deja';
    const source = cheminPiece(this.#transport.de, sha256);
    if (!(await lisant(source, () => existe(source)))) return 'absente';
    await this.#assurer(dirname(cible));
    return (await this.#poser(source, cible, sha256)) ? 'nouvelle' : 'alteree';
  }

  /** Makes the names given survive a power cut. */
  async sceller(): Promise<void> {
    const { vers } = this.#transport;
    for (const dossier of this.#dossiers.keys()) await ecrivant(vers, () => scellerDossier(dossier));
    if (this.#dossiers.size > 0) await ecrivant(vers, () => scellerDossier(vers));
  }

  async #tient(cible: string, { sha256, taille }: PieceCitee): Promise<boolean> {
    const { ecart, signal } = this.#transport;
    const vue = await tailleDe(cible);
    if (vue === null) return false;
    if (ecart === null) return vue === taille;
    if ((await relever(cible, signal)).sha256 === sha256) return true;
    await ecrivant(ecart, async () => {
      await mkdir(ecart, { recursive: true, mode: 0o700 });
      await rename(cible, join(ecart, sha256));
    });
    return false;
  }

  /** A copy, or a second name; never of bytes that are not themselves any more. */
  async #poser(source: string, cible: string, sha256: Sha256): Promise<boolean> {
    const { provisoires, signal } = this.#transport;
    const admettre = (lu: { readonly sha256: string }) => lu.sha256 === sha256;
    const brouillon = join(provisoires.dossier, provisoires.random.hex(16));
    const liee = this.#transport.lier && (await ecrivant(provisoires.dossier, () => lier(source, brouillon)));
    if (!liee) {
      return (await copier({ de: source, vers: cible }, provisoires, { admettre, signal })) !== null;
    }
    try {
      if (!admettre(await relever(brouillon, signal))) return false;
      await ecrivant(dirname(cible), () => rename(brouillon, cible));
      return true;
    } finally {
      // two names of the same bytes: renaming one to the other leaves both
      await rm(brouillon, { force: true });
    }
  }

  #assurer(dossier: string): Promise<unknown> {
    const connu = this.#dossiers.get(dossier);
    if (connu !== undefined) return connu;
    const fait = ecrivant(dossier, () => mkdir(dossier, { recursive: true, mode: 0o700 }));
    this.#dossiers.set(dossier, fait);
    return fait;
  }
}

type Pieces = Iterable<PieceCitee> | AsyncIterable<PieceCitee>;

async function* parLots(pieces: Pieces): AsyncGenerator<PieceCitee[]> {
  let lot: PieceCitee[] = [];
  for await (const piece of pieces) {
    lot.push(piece);
    if (lot.length < DE_FRONT) continue;
    yield lot;
    lot = [];
  }
  if (lot.length > 0) yield lot;
}

/**
 * Brings pieces where they are not yet; durable when it resolves. Interrupted at any point, what is there is whole, and the same
 * call goes on. Throws VGM-SAU-003 (the disk that is written), VGM-NOY-005 (the one that is read), VGM-SAU-011.
 */
export async function porterPieces(pieces: Pieces, transport: Transport): Promise<BilanPieces> {
  const porteur = new Porteur(transport);
  const defauts: Defaut[] = [];
  const faits = { nombre: 0, octets: 0, nouvelles: 0, octetsNouveaux: 0 };
  for await (const lot of parLots(pieces)) {
    const sorts = await Promise.all(lot.map((piece) => porteur.porter(piece)));
    for (const [rang, { sha256, taille }] of lot.entries()) {
      const sort = sorts[rang] ?? 'absente';
      faits.nombre += 1;
      faits.octets += taille;
      if (sort === 'absente' || sort === 'alteree') defauts.push({ sha256, defaut: sort });
      else await transport.surPiece?.(sha256);
      if (sort !== 'nouvelle') continue;
      faits.nouvelles += 1;
      faits.octetsNouveaux += taille;
    }
    if (faits.nombre % PAS < DE_FRONT) transport.suivre({ pieces: faits.nombre, octets: faits.octets });
  }
  await porteur.sceller();
  return { ...faits, defauts };
}

/** A piece found in a folder. */
export interface PieceTrouvee extends PieceCitee {
  /** When the coffre took it, epoch milliseconds. */
  readonly ajoutee: number;
}

/** Every piece of a folder, by digest; what bears another name is passed over. */
export async function* listerPieces(racine: string): AsyncGenerator<PieceTrouvee> {
  for (const dossier of await nomsDe(racine)) {
    if (!/^[0-9a-f]{2}$/.test(dossier)) continue;
    const noms = (await readdir(join(racine, dossier))).toSorted();
    for (const nom of noms) {
      if (!/^[0-9a-f]{64}$/.test(nom) || !nom.startsWith(dossier)) continue;
      const { size, mtimeMs } = await stat(join(racine, dossier, nom));
      yield { sha256: nom as Sha256, taille: size, ajoutee: Math.round(mtimeMs) };
    }
  }
}

/** Pieces of a folder that nothing cites; both are read in the order of the digests, so that neither is held in memory. */
export async function* orphelinesDe(
  racine: string,
  citees: Generator<PieceCitee>,
): AsyncGenerator<PieceTrouvee> {
  let citee = citees.next();
  for await (const piece of listerPieces(racine)) {
    while (citee.done !== true && citee.value.sha256 < piece.sha256) citee = citees.next();
    if (citee.done === true || citee.value.sha256 !== piece.sha256) yield piece;
  }
}
