import { dirname } from 'node:path';
import { type Appel, chaines, chemins, dernierNombre, descripteurs } from './appels.ts';

/**
 * What a recording did to a folder: entries made, moved and removed, bytes written, and what was asked to be kept. From it the
 * folder may be had at any instant, as it was or as a power cut might leave it (`image.ts`).
 */

/** Something done; `fin` infinite when its author was killed in the middle. */
interface Fait {
  readonly debut: number;
  readonly fin: number;
}

export interface Ecrit extends Fait {
  /** Place of the first byte; null: the file gets this length. */
  readonly place: number | null;
  readonly octets: Buffer;
  readonly taille: number;
}

/** A file, whatever its names. */
export interface Fichier {
  readonly nom: string;
  readonly ecrits: Ecrit[];
  readonly syncs: Fait[];
  /** Where a write without a place goes. */
  position: number;
}

/** A change of the names; kept once the folder in which it ends is synced. */
export interface Entree extends Fait {
  readonly quoi: 'fichier' | 'dossier' | 'retrait';
  readonly chemin: string;
  readonly fichier: Fichier | null;
  /** The name that it had. */
  readonly ancien: string | null;
}

const ECRITURES: ReadonlySet<string> = new Set(['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2']);
const RENOMS: ReadonlySet<string> = new Set(['rename', 'renameat', 'renameat2']);
/** Ways to change a file that are not rebuilt: the recording must not hold any. */
const INCONNUS = /^(?:open|creat|symlink|symlinkat|truncate|fallocate|copy_file_range|sendfile|splice)$/;
/** The memory that the connections share: rebuilt by whoever opens the base first. */
export const PARTAGE = /-shm$/;

export class Disque {
  readonly racine: string;
  readonly entrees: Entree[] = [];
  /** Syncs of folders. */
  readonly syncs: (Fait & { readonly chemin: string })[] = [];
  /** Names as the process saw them. */
  readonly #noms = new Map<string, Fichier>();

  constructor(racine: string) {
    this.racine = racine;
  }

  voir(appel: Appel): void {
    const { nom } = appel;
    if (nom === 'openat') this.#ouvrir(appel);
    else if (nom === 'mkdir' || nom === 'mkdirat') this.#dossier(appel);
    else if (RENOMS.has(nom)) this.#renommer(appel);
    else if (nom === 'unlink' || nom === 'unlinkat' || nom === 'rmdir') this.#retirer(appel);
    else if (nom === 'link' || nom === 'linkat') this.#lier(appel);
    else if (ECRITURES.has(nom)) this.#ecrire(appel);
    else if (nom === 'ftruncate') this.#tronquer(appel);
    else if (nom === 'fsync' || nom === 'fdatasync') this.#synchroniser(appel);
    else if (nom === 'mmap') this.#projeter(appel);
    else if (INCONNUS.test(nom) && [...descripteurs(appel), ...chemins(appel)].some((c) => this.#ici(c)))
      throw new TypeError(`${nom} in ${this.racine}: the recorder does not know it`);
  }

  #ici(chemin: string): boolean {
    return chemin === this.racine || chemin.startsWith(`${this.racine}/`);
  }

  #nouveau(chemin: string, { debut, fin }: Fait): Fichier {
    const fichier: Fichier = { nom: chemin, ecrits: [], syncs: [], position: 0 };
    this.#noms.set(chemin, fichier);
    this.entrees.push({ quoi: 'fichier', chemin, fichier, ancien: null, debut, fin });
    return fichier;
  }

  #ouvrir(appel: Appel): void {
    const [chemin = ''] = chemins(appel);
    if (!this.#ici(chemin) || !/O_(?:WRONLY|RDWR)/.test(appel.texte)) return;
    const connu = this.#noms.get(chemin);
    if (connu === undefined) {
      if (appel.texte.includes('O_CREAT')) this.#nouveau(chemin, appel);
      return;
    }
    if (appel.texte.includes('O_TRUNC')) connu.ecrits.push(longueur(appel, 0));
    connu.position = appel.texte.includes('O_APPEND') ? Number.NaN : 0;
  }

  #dossier(appel: Appel): void {
    const [chemin = ''] = chemins(appel);
    if (!this.#ici(chemin)) return;
    this.entrees.push({ quoi: 'dossier', chemin, fichier: null, ancien: null, ...temps(appel) });
  }

  #renommer(appel: Appel): void {
    const [ancien = '', chemin = ''] = chemins(appel);
    if (!this.#ici(chemin)) return;
    const fichier = this.#noms.get(ancien);
    // The socket of the daemon is no file.
    if (fichier === undefined) return;
    this.#noms.delete(ancien);
    this.#noms.set(chemin, fichier);
    this.entrees.push({ quoi: 'fichier', chemin, fichier, ancien, ...temps(appel) });
  }

  #lier(appel: Appel): void {
    const [ancien = '', chemin = ''] = chemins(appel);
    const fichier = this.#noms.get(ancien);
    if (!this.#ici(chemin) || fichier === undefined) return;
    this.#noms.set(chemin, fichier);
    this.entrees.push({ quoi: 'fichier', chemin, fichier, ancien: null, ...temps(appel) });
  }

  #retirer(appel: Appel): void {
    const [chemin = ''] = chemins(appel);
    const fichier = this.#noms.get(chemin) ?? null;
    if (!this.#ici(chemin) || (fichier === null && appel.nom !== 'rmdir')) return;
    this.#noms.delete(chemin);
    this.entrees.push({ quoi: 'retrait', chemin, fichier, ancien: null, ...temps(appel) });
  }

  #ecrire(appel: Appel): void {
    const [chemin = ''] = descripteurs(appel);
    const fichier = this.#noms.get(chemin);
    if (fichier === undefined) return;
    const octets = Buffer.concat(chaines(appel)).subarray(0, appel.retour);
    const place = appel.nom.startsWith('p') ? dernierNombre(appel) : fichier.position;
    if (Number.isNaN(place)) throw new TypeError(`${chemin}: written at its end, which is not followed`);
    if (!appel.nom.startsWith('p')) fichier.position += octets.length;
    fichier.ecrits.push({ place, octets, taille: octets.length, ...temps(appel) });
  }

  #tronquer(appel: Appel): void {
    const [chemin = ''] = descripteurs(appel);
    this.#noms.get(chemin)?.ecrits.push(longueur(appel, dernierNombre(appel)));
  }

  #synchroniser(appel: Appel): void {
    const [chemin = ''] = descripteurs(appel);
    if (!this.#ici(chemin)) return;
    const fichier = this.#noms.get(chemin);
    if (fichier === undefined) this.syncs.push({ chemin, ...temps(appel) });
    else fichier.syncs.push(temps(appel));
  }

  /** Bytes written through memory leave no trace here. */
  #projeter(appel: Appel): void {
    const [chemin = ''] = descripteurs(appel);
    if (!this.#ici(chemin) || PARTAGE.test(chemin)) return;
    if (appel.texte.includes('MAP_SHARED') && appel.texte.includes('PROT_WRITE'))
      throw new TypeError(`${chemin} is written through memory: the recorder does not see it`);
  }
}

const temps = ({ debut, fin }: Fait): Fait => ({ debut, fin });

function longueur(fait: Fait, taille: number): Ecrit {
  return { place: null, octets: Buffer.alloc(0), taille, ...temps(fait) };
}

/** Folder that holds a name. */
export const parent = (chemin: string): string => dirname(chemin);
