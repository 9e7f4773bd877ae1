import { link, lstat, mkdir, open, readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Config } from '../../config/manifest.ts';
import { erreurReception } from '../../metier/catalogue/reception.ts';
import type { Log } from '../../ports/log.ts';
import type { Consigner, Mailbox } from '../../ports/mailbox.ts';
import { type EnAttente, faireTournee, surveiller, type Tournee, Tri } from './lots.ts';

type ConfigMaildir = Config['reception']['maildir'][number];

/** Maildir++ folder of what was filed here. */
const TRAITES = '.Traites';

/**
 * Mailbox that a local delivery agent fills (Maildir). `tmp/` is never looked at: a file is complete once it is in
 * `new/`. A filed message goes to the Maildir++ folder `.Traites`, never overwriting another.
 */
export function ouvrirMaildir(config: ConfigMaildir, deps: { readonly log: Log }): Mailbox {
  const nom = `maildir:${config.nom}`;
  const tri = new Tri(nom, deps.log);
  return {
    nom,
    async relever(consigner) {
      const messages = tri.recevables(await attente(config));
      if (messages.length === 0) return 0;
      const garde = surveiller(consigner);
      try {
        await preparerTraites(config.dossier);
        return await faireTournee(messages, tournee(config.dossier, nom, garde.consigner));
      } catch (erreur) {
        if (garde.enCause(erreur)) throw erreur;
        throw erreurReception('VGM-ACC-014', { boite: config.nom, dossier: TRAITES }, erreur);
      }
    },
    async sonder() {
      for (const sous of ['new', 'cur']) await lister(config, sous);
    },
  };
}

/** Messages of `new/` then `cur/`, oldest name first; a key is the path inside the mailbox. */
async function attente(config: ConfigMaildir): Promise<EnAttente[]> {
  const trouves: EnAttente[] = [];
  for (const sous of ['new', 'cur']) {
    for (const fichier of await lister(config, sous)) {
      const cle = join(sous, fichier);
      const etat = await lstat(join(config.dossier, cle)).catch(() => null); // moved by a mail reader meanwhile
      if (etat?.isFile()) trouves.push({ cle, taille: etat.size });
    }
  }
  return trouves;
}

async function lister(config: ConfigMaildir, sous: string): Promise<string[]> {
  try {
    const noms = await readdir(join(config.dossier, sous));
    return noms.filter((n) => !n.startsWith('.')).toSorted();
  } catch (origine) {
    const details = { boite: config.nom, dossier: join(config.dossier, sous) };
    throw erreurReception('VGM-ACC-013', details, origine);
  }
}

async function preparerTraites(dossier: string): Promise<void> {
  for (const sous of ['tmp', 'new', 'cur']) await mkdir(join(dossier, TRAITES, sous), { recursive: true });
  // Maildir++: this empty file tells mail readers and delivery agents that the folder is one.
  await writeFile(join(dossier, TRAITES, 'maildirfolder'), '', { flag: 'a' });
  await synchroniser(join(dossier, TRAITES));
  await synchroniser(dossier);
}

function tournee(dossier: string, nom: string, consigner: Consigner): Tournee {
  return {
    async consigner(message) {
      const fichier = await open(join(dossier, message.cle)).catch(ignorerAbsence);
      if (fichier === undefined) return false; // taken away by another node, or a mail reader, meanwhile
      const flot = fichier.createReadStream();
      try {
        await consigner(flot, nom);
        return true;
      } finally {
        flot.destroy();
      }
    },
    async ranger(cles) {
      for (const cle of cles) await lier(dossier, cle);
      await synchroniser(join(dossier, TRAITES, 'cur'));
      for (const cle of cles) await unlink(join(dossier, cle)).catch(ignorerAbsence);
      for (const sous of ['new', 'cur']) await synchroniser(join(dossier, sous));
    },
  };
}

/** Second name first, old name removed after: at no moment has the message none. */
async function lier(dossier: string, cle: string): Promise<void> {
  const source = join(dossier, cle);
  const [racine = ''] = basename(cle).split(':2,');
  for (let essai = 0; ; essai += 1) {
    const cible = join(dossier, TRAITES, 'cur', `${racine}${essai === 0 ? '' : `_${essai}`}:2,S`);
    try {
      await link(source, cible);
      return;
    } catch (erreur) {
      const { code } = erreur as NodeJS.ErrnoException;
      if (code === 'ENOENT') return; // a mail reader took it away; it is filed here
      if (code !== 'EEXIST') throw erreur;
      if (await memeFichier(source, cible)) return; // linked by a round that a crash cut short
    }
  }
}

async function memeFichier(a: string, b: string): Promise<boolean> {
  const [un, deux] = await Promise.all([stat(a).catch(() => null), stat(b).catch(() => null)]);
  return un !== null && deux !== null && un.ino === deux.ino && un.dev === deux.dev;
}

async function synchroniser(dossier: string): Promise<void> {
  const poignee = await open(dossier);
  try {
    await poignee.sync();
  } finally {
    await poignee.close();
  }
}

function ignorerAbsence(erreur: NodeJS.ErrnoException): void {
  if (erreur.code !== 'ENOENT') throw erreur;
}
