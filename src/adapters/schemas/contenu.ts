import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { raisonDe } from '../../config/fichiers.ts';
import type { ArtefactXsd, RefusSchema } from '../../formats/xsd/artefact.ts';
import { compilerEnCache } from '../../formats/xsd/cache.ts';
import { lireCatalogue, SANS_CATALOGUE } from '../../formats/xsd/catalogue.ts';
import type { FichePaquet } from '../../formats/xsd/paquets.ts';
import { empreinteDe } from './empreinte.ts';

/**
 * The files of a pack on the disk. `SHA256SUMS` is what `sha256sum` would say in `fichiers`, and its own digest is that
 * of the pack: a file is read only as it was imported. Nothing but these files is ever read, and nothing from the
 * network: an address leads to one of them by the catalogue of the pack, or to nothing.
 */

export const SOMMES = 'SHA256SUMS';
export const FICHIERS = 'fichiers';
export const CACHE = 'cache';
export const CATALOGUE = 'catalog.xml';

/** Under the name of the pack: another content of the same name stands beside it until the inventory has turned. */
export function cheminContenu(
  dossier: string,
  { nom, empreinte }: Pick<FichePaquet, 'nom' | 'empreinte'>,
): string {
  return join(dossier, nom, nomContenu(empreinte));
}

export function nomContenu(empreinte: string): string {
  return empreinte.slice(0, 16);
}

/** Text of `SHA256SUMS`. @param fichiers by path from the top of the set. */
export function sommesDe(fichiers: ReadonlyMap<string, Uint8Array>): string {
  const noms = [...fichiers.keys()].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return noms.map((nom) => `${empreinteDe(fichiers.get(nom) ?? '')}  ${nom}\n`).join('');
}

export type CompilationPaquet =
  | { readonly type: 'compile'; readonly artefact: ArtefactXsd }
  | { readonly type: 'refus'; readonly refus: readonly RefusSchema[] }
  /** Not the files that were imported, or they cannot be read: nothing is said of the schema. */
  | { readonly type: 'inutilisable'; readonly motif: string };

const ADRESSE = /^[a-z][a-z0-9+.-]*:/i;
/** Neither the links nor the pipes that somebody would put there are followed. */
const LECTURE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function lireOrdinaire(chemin: string): Buffer | null {
  const descripteur = openSync(chemin, LECTURE);
  try {
    return fstatSync(descripteur).isFile() ? readFileSync(descripteur) : null;
  } finally {
    closeSync(descripteur);
  }
}

export class ContenuPaquet {
  readonly #dossier: string;
  readonly #sommes: ReadonlyMap<string, string>;
  /** First thing found wrong on the disk, in French. */
  #defaut: string | null = null;

  private constructor(dossier: string, sommes: ReadonlyMap<string, string>) {
    this.#dossier = dossier;
    this.#sommes = sommes;
  }

  /** @returns in French, why it cannot be opened. */
  static ouvrir(dossier: string, empreinte: string): ContenuPaquet | string {
    try {
      const octets = lireOrdinaire(join(dossier, SOMMES));
      if (octets === null || empreinteDe(octets) !== empreinte)
        return `${SOMMES} a été modifié depuis l’import`;
      const lignes = octets.toString('utf8').matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm);
      return new ContenuPaquet(dossier, new Map([...lignes].map(([, somme = '', nom = '']) => [nom, somme])));
    } catch (origine) {
      return `${SOMMES} ne se lit pas (${raisonDe(origine)})`;
    }
  }

  /** A file as it was imported; null when the pack has none by that name, or not that one any more. */
  #lire(nom: string): Uint8Array | null {
    const somme = this.#sommes.get(nom);
    if (somme === undefined) return null;
    try {
      const octets = lireOrdinaire(join(this.#dossier, FICHIERS, nom));
      if (octets !== null && empreinteDe(octets) === somme) return octets;
      this.#defaut ??= `${nom} a été modifié depuis l’import`;
    } catch (origine) {
      this.#defaut ??= `${nom} ne se lit pas (${raisonDe(origine)})`;
    }
    return null;
  }

  /** The nearest catalogue, from the folder of a schema up to the top of the set. */
  #catalogue(principal: string): string | null {
    for (let ici = posix.dirname(principal); ; ici = posix.dirname(ici)) {
      const nom = posix.join(ici, CATALOGUE);
      if (this.#sommes.has(nom)) return nom;
      if (ici === posix.dirname(ici)) return null;
    }
  }

  /** Throws nothing; takes what was compiled before from the cache of the pack. @param principal main schema. */
  compiler(principal: string): CompilationPaquet {
    const base = join(this.#dossier, FICHIERS);
    const catalogue = this.#catalogue(principal);
    const lu =
      catalogue === null || this.#lire(catalogue) === null
        ? SANS_CATALOGUE
        : lireCatalogue(join(base, catalogue));
    if (lu.type === 'refus') return { type: 'refus', refus: [{ ...lu.refus, fichier: catalogue ?? '' }] };
    const vains = new Set<string>();
    const lire = (nom: string): Uint8Array | null => {
      const cible = ADRESSE.test(nom) ? lu.chemins.get(nom) : undefined;
      const octets = this.#lire(cible === undefined ? nom : relative(base, cible).split(sep).join('/'));
      if (octets === null) vains.add(nom);
      return octets;
    };
    const compilation = compilerEnCache(principal, lire, join(this.#dossier, CACHE));
    if (this.#defaut !== null) return { type: 'inutilisable', motif: this.#defaut };
    if (compilation.type === 'compile') return compilation;
    return { type: 'refus', refus: [...compilation.refus, ...absents(compilation.refus, vains)] };
  }

  /** Reads every file. @returns in French, what is not as it was imported; null when all is. */
  verifier(): string | null {
    for (const nom of this.#sommes.keys()) this.#lire(nom);
    return this.#defaut;
  }
}

/** @returns in French, why the content of a pack is not as it was imported; null when every file is. */
export function defautDe(dossier: string, paquet: Pick<FichePaquet, 'nom' | 'empreinte'>): string | null {
  const contenu = ContenuPaquet.ouvrir(cheminContenu(dossier, paquet), paquet.empreinte);
  return typeof contenu === 'string' ? contenu : contenu.verifier();
}

/** An import without its file is legal, and may be why something is not declared. */
function absents(refus: readonly RefusSchema[], vains: ReadonlySet<string>): readonly RefusSchema[] {
  const tus = [...vains].filter((nom) => !refus.some((r) => r.message.includes(`« ${nom} »`)));
  return tus.map((fichier) => {
    const message = ADRESSE.test(fichier)
      ? `cette adresse est importée ; rien n’est demandé au réseau, un catalogue (${CATALOGUE}) doit la mener à un fichier du jeu`
      : 'ce fichier est importé et n’est pas dans le jeu';
    return { genre: 'absent', fichier, ligne: 0, message };
  });
}
