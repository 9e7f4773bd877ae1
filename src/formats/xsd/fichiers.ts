import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { RefusSchema } from './artefact.ts';
import { lireCatalogue, SANS_CATALOGUE, trouverCatalogue } from './catalogue.ts';
import type { LireFichier } from './sources.ts';

/** How many folders above its own a schema may draw on: those of the PES (`PES_V2/Rev0`) import from two above. */
const MONTEE = '../..';
/** Schemas weigh some tens of kilobytes. */
const TAILLE_MAX = 16_000_000;

/** The files that a schema somewhere on the disk may draw on; nothing comes from the network. */
export interface FichiersSchema {
  /** Name of the main schema in the set. */
  readonly principal: string;
  readonly lire: LireFichier;
  /** A file of the set as people name it: relative to the folder of the main schema, or its address. */
  readonly afficher: (nom: string) => string;
}

export type OuvertureFichiers =
  | { readonly type: 'ouverts'; readonly fichiers: FichiersSchema }
  | { readonly type: 'refus'; readonly refus: RefusSchema };

const ADRESSE = /^[a-z][a-z0-9+.-]*:/i;

/** A regular file under `base`, links followed; null for anything else. */
function lireSous(base: string, chemin: string): Uint8Array | null {
  try {
    const reel = realpathSync(chemin);
    const racine = realpathSync(base);
    if (!reel.startsWith(racine.endsWith(sep) ? racine : racine + sep)) return null;
    const faits = statSync(reel);
    return faits.isFile() && faits.size <= TAILLE_MAX ? readFileSync(reel) : null;
  } catch {
    return null;
  }
}

/** Where the links that lead to the main schema lead; as given when nothing is there. */
function suivreLiens(schema: string): string {
  try {
    return realpathSync(schema);
  } catch {
    return schema;
  }
}

/**
 * @param schema absolute path of the main schema, links followed, for somebody chose it: its includes and imports are
 * read in its folder, below it, and at most two folders above.
 * @param catalogue path of the one that maps addresses (`http:`…) to files under its own folder; the nearest
 * `catalog.xml` by default.
 */
export function ouvrirFichiers(schema: string, catalogue?: string): OuvertureFichiers {
  const reel = suivreLiens(schema);
  const dossier = dirname(reel);
  const base = resolve(dossier, MONTEE);
  const trouve = catalogue ?? trouverCatalogue(dossier, base);
  const lu = trouve === null ? SANS_CATALOGUE : lireCatalogue(trouve);
  if (lu.type === 'refus') return lu;
  const lire: LireFichier = (nom) => {
    if (!ADRESSE.test(nom)) return lireSous(base, join(base, nom));
    const chemin = lu.chemins.get(nom);
    return chemin === undefined || trouve === null ? null : lireSous(dirname(trouve), chemin);
  };
  const afficher = (nom: string): string => (ADRESSE.test(nom) ? nom : relative(dossier, join(base, nom)));
  const principal = join(relative(base, dossier), basename(reel)).split(sep).join('/');
  return { type: 'ouverts', fichiers: { principal, lire, afficher } };
}
