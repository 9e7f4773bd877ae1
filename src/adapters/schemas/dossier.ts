import { open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { creerDossiers } from '../../config/dossiers.ts';
import { raisonDe } from '../../config/fichiers.ts';
import type { FichePaquet } from '../../formats/xsd/paquets.ts';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { nomContenu } from './contenu.ts';
import { empreinteDe } from './empreinte.ts';
import { ecrireInventaire, lireInventaire, NOM_INVENTAIRE, NOM_PAQUET } from './inventaire.ts';
import { type LigneTrace, tracer } from './trace.ts';
import { verrouiller } from './verrou.ts';

/**
 * Changes of the folder of packs: one at a time, whole or not at all, each with its line in the register. The contents
 * come first and count for nothing until the inventory, renamed into place, names them; what it names no longer is
 * swept after, or by the next change when a command was cut short.
 */

export interface Auteur {
  readonly qui: string;
  readonly quand: Instant;
}

export interface EtatDossier {
  readonly dossier: string;
  readonly paquets: readonly FichePaquet[];
}

export type Changement<T> =
  | {
      readonly paquets: readonly FichePaquet[];
      readonly trace: Pick<LigneTrace, 'geste' | 'paquet' | 'empreinte' | 'resume'>;
      readonly rendu: T;
    }
  /** Nothing changes. */
  | { readonly paquets: null; readonly rendu: T };

/** Content being made, on the same volume as its place. */
export const BROUILLON = '.nouveau';
const CONTENU = /^[0-9a-f]{16}$/;

/** What is written under a name must outlive a power cut with that name. */
export async function synchroniser(chemin: string): Promise<void> {
  const poignee = await open(chemin, 'r');
  try {
    await poignee.sync();
  } finally {
    await poignee.close();
  }
}

/** Makes the folder; each new directory is a new entry of its parent. */
async function preparer(dossier: string): Promise<void> {
  const premier = creerDossiers(dossier, 0o755);
  if (premier === undefined) return;
  for (let d = dossier; d.length >= premier.length; d = dirname(d)) await synchroniser(dirname(d));
}

/** Throws VGM-SCH-008. */
function paquetsDe(dossier: string): readonly FichePaquet[] {
  const lu = lireInventaire(dossier);
  if (lu.type === 'lu') return lu.paquets;
  throw erreurSchemas('VGM-SCH-008', { fichier: join(dossier, NOM_INVENTAIRE), raison: lu.raison });
}

/** Takes away the contents that the inventory does not name, and no file of anybody else. Throws VGM-SCH-008. */
async function balayer(dossier: string): Promise<void> {
  const gardes = new Set(paquetsDe(dossier).map((p) => `${p.nom}/${nomContenu(p.empreinte)}`));
  await rm(join(dossier, `.${NOM_INVENTAIRE}`), { force: true });
  for (const entree of await readdir(dossier, { withFileTypes: true })) {
    if (!entree.isDirectory()) continue;
    const chemin = join(dossier, entree.name);
    if (entree.name === BROUILLON) await rm(chemin, { recursive: true, force: true });
    if (!NOM_PAQUET.test(entree.name)) continue;
    const contenus = await readdir(chemin);
    const perimes = contenus.filter((c) => CONTENU.test(c) && !gardes.has(`${entree.name}/${c}`));
    for (const c of perimes) await rm(join(chemin, c), { recursive: true, force: true });
    if (perimes.length === contenus.length) await rmdir(chemin);
  }
}

/** Readable by all: schemas are public, and the daemon often runs under another account. */
async function ecrireBrouillon(brouillon: string, texte: string): Promise<void> {
  const poignee = await open(brouillon, 'wx', 0o644);
  try {
    await poignee.chmod(0o644);
    await poignee.writeFile(texte);
    await poignee.sync();
  } finally {
    await poignee.close();
  }
}

/** The inventory is ready before its line of trace is written: after that, only its name is missing. */
async function appliquer<T>(dossier: string, auteur: Auteur, c: Changement<T>): Promise<void> {
  if (c.paquets === null) return;
  const texte = ecrireInventaire(c.paquets);
  const brouillon = join(dossier, `.${NOM_INVENTAIRE}`);
  await ecrireBrouillon(brouillon, texte);
  const quand = new Date(auteur.quand).toISOString();
  await tracer(dossier, { quand, qui: auteur.qui, ...c.trace, inventaire: empreinteDe(texte) });
  await rename(brouillon, join(dossier, NOM_INVENTAIRE));
  await synchroniser(dossier);
}

/**
 * Reads the inventory, lets `faire` bring the contents, writes the inventory that it gives.
 * @param faire what it throws leaves the packs as they were.
 * Throws VGM-SCH-004 (busy), 005 (disk, rights), 008 (inventory).
 */
export async function changerPaquets<T>(
  chemin: string,
  auteur: Auteur,
  faire: (etat: EtatDossier) => Promise<Changement<T>>,
): Promise<T> {
  const dossier = resolve(chemin);
  let lacher: (() => void) | undefined;
  try {
    await preparer(dossier);
    lacher = verrouiller(dossier);
    await balayer(dossier);
    const changement = await faire({ dossier, paquets: paquetsDe(dossier) });
    await appliquer(dossier, auteur, changement);
    return changement.rendu;
  } catch (origine) {
    if (origine instanceof ErreurVgm) throw origine;
    throw erreurSchemas('VGM-SCH-005', { dossier, raison: raisonDe(origine) }, origine);
  } finally {
    // What cannot be swept now is by the next change.
    if (lacher !== undefined) await balayer(dossier).catch(() => undefined);
    lacher?.();
  }
}
