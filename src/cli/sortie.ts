import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as rendreLaMain } from 'node:timers/promises';
import { erreurCli } from '../metier/catalogue/cli.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { raison } from './fichiers.ts';

/** A file made by a command: whole and on the disk under its name, or not there at all. */

export interface DemandeSortie {
  readonly fichier: string;
  /** An existing file of this name is replaced; refused otherwise. */
  readonly remplacer: boolean;
  /** Part of the name while it is being written: two commands at once do not meet. */
  readonly marque: string;
  /** The command is asked to stop. */
  readonly interruption: () => AbortSignal;
}

const EXISTE = 'il existe déjà ; --remplacer permet de l’écraser';
const ABSENT = 'le dossier n’existe pas';
const MENE_A_RIEN = 'c’est un lien symbolique qui ne mène à rien';

function refus(fichier: string, motif: string, origine?: unknown): ErreurVgm {
  return erreurCli('VGM-CLI-005', { fichier, raison: motif }, origine);
}

function codeDe(erreur: unknown): string {
  return erreur instanceof Error && 'code' in erreur ? String(erreur.code) : '';
}

/** French reason of a writing; what is missing is the folder, never the file that is being made. */
function motifDe(erreur: unknown): string {
  const code = codeDe(erreur);
  if (code === 'EEXIST') return EXISTE;
  return code === 'ENOENT' ? ABSENT : raison(erreur);
}

/** What a link leads to. */
function suivre(lien: string): string {
  try {
    return realpathSync(lien);
  } catch (erreur) {
    throw codeDe(erreur) === 'ENOENT' ? refus(lien, MENE_A_RIEN, erreur) : erreur;
  }
}

/**
 * The path to write: a symbolic link to a file stays, what it leads to is replaced. Devices, pipes and folders are
 * refused, for renaming over them would destroy them.
 */
function viser({ fichier, remplacer }: DemandeSortie): string {
  if (fichier === '') throw refus('(sans nom)', 'le nom est vide');
  if (fichier.endsWith('/')) throw refus(fichier, 'c’est un dossier');
  const vu = lstatSync(fichier, { throwIfNoEntry: false });
  if (vu === undefined) return fichier;
  const cible = vu.isSymbolicLink() ? suivre(fichier) : fichier;
  const faits = lstatSync(cible);
  if (faits.isDirectory()) throw refus(fichier, 'c’est un dossier');
  if (!faits.isFile()) throw refus(fichier, 'ce n’est pas un fichier');
  if (!remplacer) throw refus(fichier, EXISTE);
  return cible;
}

/** Puts the finished file under its name. Without `remplacer`, a file born meanwhile is never overwritten. */
function nommer(provisoire: string, cible: string, remplacer: boolean): void {
  if (!remplacer) {
    try {
      linkSync(provisoire, cible);
      rmSync(provisoire);
      return;
    } catch (erreur) {
      if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP'].includes(codeDe(erreur))) throw erreur;
      // a volume without hard links (vfat, some network shares): the name is taken first
      closeSync(openSync(cible, 'wx'));
    }
  }
  renameSync(provisoire, cible);
}

/** The name itself must survive a power cut. Some network volumes cannot sync a folder, and say so. */
function scellerDossier(dossier: string): void {
  const descripteur = openSync(dossier, 'r');
  try {
    fsyncSync(descripteur);
  } catch (erreur) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeDe(erreur))) throw erreur;
  } finally {
    closeSync(descripteur);
  }
}

/** The file being written, under a name of its own beside the final one. */
class Brouillon {
  readonly #demande: DemandeSortie;
  readonly #cible: string;
  readonly #provisoire: string;
  #descripteur: number | null = null;
  #arret: AbortSignal | null = null;

  constructor(demande: DemandeSortie, cible: string) {
    this.#demande = demande;
    this.#cible = cible;
    this.#provisoire = join(dirname(cible), `.vaguemestre-${demande.marque}.partiel`);
  }

  /** Opened by the first bytes only: what is refused before leaves no trace, even if the machine stops. */
  #ouvrir(): number {
    this.#descripteur ??= openSync(this.#provisoire, 'wx');
    this.#arret ??= this.#demande.interruption();
    return this.#descripteur;
  }

  ecrire(octets: Uint8Array): void {
    const descripteur = this.#ouvrir();
    for (let place = 0; place < octets.length; ) place += writeSync(descripteur, octets, place);
  }

  /** Lets the order to stop be heard between two writings. */
  async respirer(): Promise<void> {
    await rendreLaMain();
    if (this.#arret?.aborted === true) {
      throw erreurHorsLigne('VGM-HLG-004', { fichier: this.#demande.fichier });
    }
  }

  garder(): void {
    const descripteur = this.#ouvrir();
    fsyncSync(descripteur);
    this.#descripteur = null;
    closeSync(descripteur);
    nommer(this.#provisoire, this.#cible, this.#demande.remplacer);
    scellerDossier(dirname(this.#cible));
  }

  jeter(): void {
    if (this.#descripteur !== null) closeSync(this.#descripteur);
    this.#descripteur = null;
    if (this.#arret !== null) rmSync(this.#provisoire, { force: true });
  }
}

/** What is handed to the one who makes the bytes. Nothing given is kept after the call. */
export interface Ecriture {
  readonly ecrire: (octets: Uint8Array) => void;
  readonly respirer: () => Promise<void>;
}

/** Says at once what would keep the file from being written at the end. Throws VGM-CLI-005. */
export function exigerInscriptible(demande: DemandeSortie): void {
  essayer(demande, () => {
    const cible = viser(demande);
    accessSync(dirname(cible), constants.W_OK | constants.X_OK);
  });
}

function essayer<T>({ fichier }: DemandeSortie, faire: () => T): T {
  try {
    return faire();
  } catch (erreur) {
    throw erreur instanceof ErreurVgm ? erreur : refus(fichier, motifDe(erreur), erreur);
  }
}

/**
 * Writes a file whose bytes `produire` gives, then names it; fsynced, folder included.
 * Throws VGM-CLI-005 and VGM-HLG-004, and what `produire` throws: nothing is then left, and a file of this name that
 * was there is as it was.
 */
export async function ecrireSortie<T>(
  demande: DemandeSortie,
  produire: (ecriture: Ecriture) => Promise<T>,
): Promise<T> {
  const brouillon = new Brouillon(
    demande,
    essayer(demande, () => viser(demande)),
  );
  try {
    const fait = await produire({
      ecrire: (octets) => essayer(demande, () => brouillon.ecrire(octets)),
      respirer: () => brouillon.respirer(),
    });
    essayer(demande, () => brouillon.garder());
    return fait;
  } catch (erreur) {
    brouillon.jeter();
    throw erreur;
  }
}
