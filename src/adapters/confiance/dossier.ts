import { open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { creerDossiers } from '../../config/dossiers.ts';
import { raisonDe } from '../../config/fichiers.ts';
import { sha256 } from '../../formats/certificats/certificat.ts';
import type { MagasinConfiance } from '../../formats/certificats/magasin.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { chargerMagasin, type FichierMagasin } from './charger.ts';
import { empreintes, etatDe, inscrire, type NouvelleLigne } from './registre.ts';
import { verrouiller } from './verrou.ts';

/** Changes of the trust folder: one at a time, whole or not at all, each with its line in the register. */

export interface EtatDossier {
  readonly donnees: MagasinConfiance;
  readonly fichiers: readonly FichierMagasin[];
}

export interface Changement<T> {
  /** Name of each file, and what it must hold; null: no longer there. */
  readonly fichiers: ReadonlyMap<string, MagasinConfiance | null>;
  readonly ligne: Pick<NouvelleLigne, 'geste' | 'objet' | 'resume'>;
  readonly rendu: T;
}

export interface Auteur {
  readonly qui: string;
  readonly quand: NouvelleLigne['quand'];
}

/** Files being written, swept by the next change when a command was cut short. */
const PROVISOIRE = /^\.[a-z0-9-]+\.json\.nouveau$/;

async function synchroniser(chemin: string): Promise<void> {
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

async function balayer(dossier: string): Promise<void> {
  for (const nom of await readdir(dossier)) if (PROVISOIRE.test(nom)) await unlink(join(dossier, nom));
}

const ecrireMagasin = (magasin: MagasinConfiance): Buffer =>
  Buffer.from(`${JSON.stringify(magasin, null, 1)}\n`);

/** Readable by all: it holds public certificates, and the daemon often runs under another account. */
async function ecrireProvisoire(chemin: string, octets: Buffer): Promise<void> {
  const poignee = await open(chemin, 'wx', 0o644);
  try {
    await poignee.chmod(0o644);
    await poignee.writeFile(octets);
    await poignee.sync();
  } finally {
    await poignee.close();
  }
}

interface Travail {
  readonly dossier: string;
  readonly auteur: Auteur;
}

async function appliquer<T>(
  { dossier, auteur }: Travail,
  etat: EtatDossier,
  c: Changement<T>,
): Promise<void> {
  const provisoire = (nom: string): string => join(dossier, `.${nom}.nouveau`);
  const [avant, apres] = [empreintes(etat.fichiers), empreintes(etat.fichiers)];
  for (const [nom, magasin] of c.fichiers) {
    if (magasin === null) apres.delete(nom);
    else {
      const octets = ecrireMagasin(magasin);
      await ecrireProvisoire(provisoire(nom), octets);
      apres.set(nom, sha256(octets));
    }
  }
  await inscrire(dossier, { ...c.ligne, ...auteur, avant: etatDe(avant), apres: etatDe(apres) });
  for (const [nom, magasin] of c.fichiers) {
    if (magasin === null) await unlink(join(dossier, nom));
    else await rename(provisoire(nom), join(dossier, nom));
  }
  await synchroniser(dossier);
}

/**
 * Reads the folder, asks what must change, writes it. @param decider null: nothing changes; what it throws leaves the
 * folder as it was. Throws VGM-CNF-001 (folder that cannot be read), 005 (busy), 006 (disk, rights).
 */
export async function changerDossier<T>(
  chemin: string,
  auteur: Auteur,
  decider: (etat: EtatDossier) => Changement<T> | { readonly fichiers: null; readonly rendu: T },
): Promise<T> {
  const dossier = resolve(chemin);
  let lacher: (() => void) | undefined;
  try {
    await preparer(dossier);
    lacher = verrouiller(dossier);
    await balayer(dossier);
    const charge = await chargerMagasin(dossier);
    if (charge.type === 'refuse') {
      throw erreurConfiance('VGM-CNF-001', { problemes: charge.problemes.map((p) => `- ${p}`).join('\n') });
    }
    const changement = decider(charge);
    if (changement.fichiers !== null) await appliquer({ dossier, auteur }, charge, changement);
    return changement.rendu;
  } catch (origine) {
    if (lacher !== undefined) await balayer(dossier).catch(() => undefined);
    if (origine instanceof ErreurVgm) throw origine;
    throw erreurConfiance('VGM-CNF-006', { dossier, raison: raisonDe(origine) }, origine);
  } finally {
    lacher?.();
  }
}
