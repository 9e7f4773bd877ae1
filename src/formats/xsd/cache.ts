import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ArtefactXsd, VERSION_ARTEFACT } from './artefact.ts';
import { type CompilationXsd, compilerXsd } from './compiler.ts';
import type { LireFichier } from './sources.ts';

/**
 * Compiled schemas kept on the disk, for speed alone: whatever is missing, damaged, of another version or made from other
 * files is compiled again, and nothing is said. An entry is named after the main file and tells the digest of every file
 * that was asked for, those that were not found included; its first line is the digest of the rest.
 */

type Empreintes = readonly (readonly [nom: string, sha256: string | null])[];

interface Entree {
  readonly version: number;
  readonly lus: Empreintes;
  readonly artefact: ArtefactXsd;
}

const sha256 = (octets: Uint8Array | string): string => createHash('sha256').update(octets).digest('hex');

/** Reads each file once, and remembers what was asked. */
class Lectures {
  readonly #source: LireFichier;
  readonly #lus = new Map<string, Uint8Array | null>();

  constructor(source: LireFichier) {
    this.#source = source;
  }

  readonly lire: LireFichier = (nom) => {
    let octets = this.#lus.get(nom);
    if (octets === undefined) this.#lus.set(nom, (octets = this.#source(nom)));
    return octets;
  };

  empreinte(nom: string): string | null {
    const octets = this.lire(nom);
    return octets === null ? null : sha256(octets);
  }

  empreintes(): Empreintes {
    return [...this.#lus.keys()].map((nom) => [nom, this.empreinte(nom)]);
  }
}

function relire(chemin: string, lectures: Lectures): ArtefactXsd | null {
  try {
    const texte = readFileSync(chemin, 'utf8');
    const coupe = texte.indexOf('\n');
    if (texte.slice(0, coupe) !== sha256(texte.slice(coupe + 1))) return null;
    const { version, lus, artefact } = JSON.parse(texte.slice(coupe + 1)) as Entree;
    const memes = version === VERSION_ARTEFACT && lus.every(([nom, vu]) => lectures.empreinte(nom) === vu);
    return memes ? artefact : null;
  } catch {
    return null;
  }
}

/** Written apart, then renamed: never seen half made. Where it cannot be kept, it is compiled again next time. */
function garder(chemin: string, entree: Entree): void {
  const texte = JSON.stringify(entree);
  const brouillon = `${chemin}.${process.pid}`;
  try {
    mkdirSync(dirname(chemin), { recursive: true, mode: 0o700 });
    writeFileSync(brouillon, `${sha256(texte)}\n${texte}`, { mode: 0o600 });
    renameSync(brouillon, chemin);
  } catch {
    effacer(brouillon);
  }
}

function effacer(chemin: string): void {
  try {
    rmSync(chemin);
  } catch {
    // it was not even begun
  }
}

/**
 * Compiles a schema, or takes it from `cache` when not one byte of its files has changed.
 * @param cache folder that only this program writes to; null: nothing is kept.
 */
export function compilerEnCache(fichier: string, lire: LireFichier, cache: string | null): CompilationXsd {
  if (cache === null) return compilerXsd(fichier, lire);
  const lectures = new Lectures(lire);
  const cle = sha256(`${VERSION_ARTEFACT}\n${fichier}\n${lectures.empreinte(fichier)}`);
  const chemin = join(cache, `${cle}.json`);
  const artefact = relire(chemin, lectures);
  if (artefact !== null) return { type: 'compile', artefact };
  const compilation = compilerXsd(fichier, lectures.lire);
  if (compilation.type === 'compile') {
    garder(chemin, {
      version: VERSION_ARTEFACT,
      lus: lectures.empreintes(),
      artefact: compilation.artefact,
    });
  }
  return compilation;
}
