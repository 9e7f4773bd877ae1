import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lireXml } from '../xml/lire.ts';
import type { RefusSchema } from './artefact.ts';

/** Addresses of schemas, and where their files stand: an OASIS catalogue (XML Catalogs 1.1, §6.5), offline. */

const ESPACE = 'urn:oasis:names:tc:entity:xmlns:xml:catalog';
const NOM = 'catalog.xml';
const TAILLE_MAX = 1_000_000;

/** Which attribute holds the address, by kind of entry. Other entries (rewriting, other catalogues) are not followed. */
const ENTREES: Readonly<Record<string, string>> = { uri: 'name', system: 'systemId' };

export type LectureCatalogue =
  /** Address → absolute path. */
  | { readonly type: 'lu'; readonly chemins: ReadonlyMap<string, string> }
  | { readonly type: 'refus'; readonly refus: RefusSchema };

export const SANS_CATALOGUE: LectureCatalogue = { type: 'lu', chemins: new Map() };

/** A file of a reasonable size; null for anything else, a pipe that would be waited for among them. */
function lireBorne(chemin: string): Buffer | null {
  try {
    const faits = statSync(chemin);
    return faits.isFile() && faits.size <= TAILLE_MAX ? readFileSync(chemin) : null;
  } catch {
    return null;
  }
}

/**
 * @returns the catalogue beside the schema, or in a folder above it as far as `sommet`; null when there is none. A file
 * of that name that does not speak of catalogues is somebody else's.
 */
export function trouverCatalogue(dossier: string, sommet: string): string | null {
  for (let ici = dossier; ; ici = dirname(ici)) {
    const chemin = join(ici, NOM);
    if (lireBorne(chemin)?.includes(ESPACE) === true) return chemin;
    if (ici === sommet || ici === dirname(ici)) return null;
  }
}

function refuser(genre: RefusSchema['genre'], fichier: string, suite: { message: string; ligne: number }) {
  return { type: 'refus', refus: { genre, fichier, ...suite } } as const;
}

export function lireCatalogue(chemin: string): LectureCatalogue {
  const octets = lireBorne(chemin);
  if (octets === null) {
    return refuser('absent', chemin, { message: 'le catalogue ne peut pas être lu', ligne: 0 });
  }
  const lu = lireXml(octets, TAILLE_MAX);
  if (lu.type === 'illisible') return refuser('invalide', chemin, { message: lu.motif, ligne: lu.ligne });
  if (lu.racine.espace !== ESPACE || lu.racine.nom !== 'catalog') {
    return refuser('invalide', chemin, { message: 'ce n’est pas un catalogue XML (OASIS)', ligne: 1 });
  }
  const chemins = new Map<string, string>();
  for (const entree of lu.racine.enfants) {
    const adresse = entree.attributs.get(ENTREES[entree.nom] ?? '');
    const cible = entree.attributs.get('uri');
    // the first entry of an address holds (§7.2.2)
    if (adresse === undefined || cible === undefined || chemins.has(adresse)) continue;
    chemins.set(adresse, join(dirname(chemin), cible));
  }
  return { type: 'lu', chemins };
}
