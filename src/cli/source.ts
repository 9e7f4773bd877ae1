import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { erreurCli } from '../metier/catalogue/cli.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { raison } from './fichiers.ts';

/** Files that are read several times, from their start, without ever being held in memory. */

/** Large enough that the system calls cost nothing beside the reading of the bytes. */
const BLOC = 1 << 17;

export interface Source {
  readonly fichier: string;
  readonly taille: number;
  /** For whoever reads by places; closed with the source. */
  readonly descripteur: number;
  /** Each call reads from the start. A block is rewritten by the next one. */
  readonly lire: () => Generator<Uint8Array, void, undefined>;
  /** Whole, for what is known to be small. */
  readonly entier: () => Buffer;
  /** Throws VGM-HLG-002 when somebody wrote in the file since it was opened. */
  readonly exigerInchange: () => void;
  readonly fermer: () => void;
}

/** A document that cannot be read is a failure (1), not a command badly written: the verbs without daemon say so. */
function illisible(fichier: string, motif: string, origine?: unknown): ErreurVgm {
  const { fiche, http } = erreurCli('VGM-CLI-003', { fichier, raison: motif });
  return new ErreurVgm(fiche, { http, sortie: 1 }, origine);
}

function ouvrir(fichier: string): number {
  try {
    // a FIFO without writer would keep an ordinary opening waiting for ever
    return openSync(fichier, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (origine) {
    throw illisible(fichier, raison(origine), origine);
  }
}

function sorte(faits: BigIntStats): string {
  return faits.isDirectory() ? 'c’est un dossier' : 'ce n’est pas un fichier';
}

const CHANGEANTS = ['size', 'mtimeNs'] as const;

function* blocs(
  fichier: string,
  descripteur: number,
  taille: number,
): Generator<Uint8Array, void, undefined> {
  const bloc = Buffer.allocUnsafe(Math.max(1, Math.min(BLOC, taille)));
  // no further than the size seen at the opening: a file that grows for ever is not read for ever
  for (let place = 0; place < taille; ) {
    let lus = 0;
    try {
      lus = readSync(descripteur, bloc, 0, Math.min(bloc.length, taille - place), place);
    } catch (origine) {
      throw illisible(fichier, raison(origine), origine);
    }
    if (lus === 0) return;
    place += lus;
    yield bloc.subarray(0, lus);
  }
}

/**
 * Opens a regular file; to be closed by the caller. Throws VGM-CLI-003, exit code 1.
 * @param tailleMax bytes, beyond which it is no file of the kind awaited.
 */
export function ouvrirSource(fichier: string, tailleMax = Number.MAX_SAFE_INTEGER): Source {
  const descripteur = ouvrir(fichier);
  const faits = fstatSync(descripteur, { bigint: true });
  const taille = Number(faits.size);
  const refus = faits.isFile() ? (taille > tailleMax ? 'il est beaucoup trop gros' : null) : sorte(faits);
  if (refus !== null) {
    closeSync(descripteur);
    throw illisible(fichier, refus);
  }
  const lire = (): ReturnType<Source['lire']> => blocs(fichier, descripteur, taille);
  return {
    fichier,
    taille,
    descripteur,
    lire,
    // each block is copied before the next one is read over it
    entier: () => Buffer.concat(Array.from(lire(), (bloc) => Buffer.from(bloc))),
    exigerInchange: () => {
      const apres = fstatSync(descripteur, { bigint: true });
      if (CHANGEANTS.some((c) => apres[c] !== faits[c])) throw erreurHorsLigne('VGM-HLG-002', { fichier });
    },
    fermer: () => closeSync(descripteur),
  };
}

/** True when both paths lead to one existing file, by whatever links. */
export function memeFichier(a: string, b: string): boolean {
  try {
    const [un, autre] = [statSync(a, { bigint: true }), statSync(b, { bigint: true })];
    return un.dev === autre.dev && un.ino === autre.ino;
  } catch {
    return false;
  }
}

/** The bytes of a small file. Throws VGM-CLI-003, exit code 1. @param tailleMax bytes. */
export function lirePetit(fichier: string, tailleMax: number): Buffer {
  const source = ouvrirSource(fichier, tailleMax);
  try {
    return source.entier();
  } finally {
    source.fermer();
  }
}
