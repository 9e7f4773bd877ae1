import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import {
  assurerDossier,
  deplacer,
  ecrireEntier,
  ecrivant,
  existe,
  preparerProvisoires,
  type Provisoires,
  scellerDossier,
} from '../../adapters/sauvegarde/disque.ts';
import { copierFichiers, type FichierNomme } from '../../adapters/sauvegarde/fichiers.ts';
import {
  BASE,
  cheminManifeste,
  choisirInstantane,
  ecrireManifeste,
  type FichierSauve,
  FORMAT,
  instantanesDe,
  type InstantaneSauve,
  LIEUX,
  type Manifeste,
  nommerInstantane,
  SOMMES,
} from '../../adapters/sauvegarde/manifeste.ts';
import { type BilanPieces, cheminPiece, porterPieces } from '../../adapters/sauvegarde/pieces.ts';
import { Sommes } from '../../adapters/sauvegarde/sommes.ts';
import { lireBase } from '../../adapters/store/sqlite/instantane.ts';
import { prendreVerrou } from '../../config/verrou.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { BaseLue } from '../../ports/sauvegarde.ts';
import { LISEZMOI } from './lisezmoi.ts';

/** A backup: the base first, at one instant, then every piece that this copy cites, then the manifest. */

export interface DemandeSauvegarde {
  /** Folder of the backups. */
  readonly dossier: string;
  /** Folder of the pieces; null: they are kept elsewhere, and are not copied. */
  readonly coffre: string | null;
  /** Copies the base as it is at one instant; into this folder, or elsewhere. @returns where: it will be taken away from there. */
  readonly copierBase: (dossier: string) => Promise<string>;
  /** Settings, what the data folder holds beside, secrets when they were asked for. */
  readonly fichiers: readonly FichierNomme[];
  readonly trigramme: string;
  readonly programme: string;
  /** Pieces take a second name rather than being copied, where the volume allows it. */
  readonly lier: boolean;
  /** Snapshots kept, this one included; null: all. */
  readonly garder: number | null;
  readonly signal: AbortSignal;
  readonly suivre: (fait: { readonly pieces: number; readonly octets: number }) => void;
}

export interface OutilsSauvegarde {
  readonly clock: Clock;
  readonly random: Random;
}

export interface SauvegardeFaite {
  readonly instantane: InstantaneSauve;
  readonly bilan: BilanPieces;
  /** Snapshots taken away, by name. */
  readonly retires: readonly string[];
}

/** Throws VGM-SAU-001 when the folder holds something else, or is inside what is to be saved. */
async function exigerDossier(dossier: string, coffre: string | null): Promise<void> {
  const refus = (raison: string, origine?: unknown) =>
    erreurSauvegarde('VGM-SAU-001', { dossier, raison }, origine);
  if (coffre !== null && `${dossier}${sep}`.startsWith(`${resolve(coffre)}${sep}`))
    throw refus('il est dans le coffre');
  await ecrivant(dossier, () => assurerDossier(dossier));
  const noms = await readdir(dossier).catch((origine: unknown) => {
    throw refus('ce n’est pas un dossier lisible', origine);
  });
  const ours = noms.includes(LIEUX.instantanes) || noms.every((nom) => nom === '.verrou');
  if (!ours) throw refus('il n’est ni vide ni celui d’une sauvegarde');
}

function verrouiller(dossier: string): () => void {
  return prendreVerrou(dossier, {
    patience: 0,
    refus: (empechement, origine) =>
      empechement === 'occupe'
        ? erreurSauvegarde('VGM-SAU-002', { dossier }, origine)
        : erreurSauvegarde('VGM-SAU-001', { dossier, raison: 'droits insuffisants' }, origine),
  });
}

/** What a backup that was cut short left: no manifest, so no backup. */
async function balayer(dossier: string): Promise<void> {
  const racine = join(dossier, LIEUX.instantanes);
  const complets = await instantanesDe(dossier);
  await ecrivant(dossier, async () => {
    for (const nom of await readdir(racine)) {
      if (!complets.includes(nom)) await rm(join(racine, nom), { recursive: true, force: true });
    }
  });
}

/** Two backups within the same second are two. */
async function nommer(racine: string, quand: Instant): Promise<string> {
  const nom = nommerInstantane(quand);
  for (let rang = 1; ; rang += 1) {
    const libre = rang === 1 ? nom : `${nom}-${String(rang).padStart(3, '0')}`;
    if (!(await existe(join(racine, libre)))) return libre;
  }
}

interface Chantier {
  readonly demande: DemandeSauvegarde;
  readonly outils: OutilsSauvegarde;
  readonly provisoires: Provisoires;
  readonly dossier: string;
  readonly nom: string;
  /** Folder of this snapshot. */
  readonly ici: string;
  readonly debut: Instant;
}

async function prendreBase({ demande, ici, provisoires }: Chantier): Promise<FichierSauve> {
  const de = await demande.copierBase(provisoires.dossier);
  const vers = join(ici, BASE);
  const { taille, sha256 } = await deplacer({ de, vers }, provisoires);
  return { fichier: BASE, taille, sha256 };
}

/** Every piece that the copy of the base cites: pieces are only added, so that what it cites is there. */
async function prendrePieces({ demande, dossier, provisoires }: Chantier, base: BaseLue, sommes: Sommes) {
  if (demande.coffre === null) return compter(base);
  return porterPieces(base.pieces(), {
    de: demande.coffre,
    vers: join(dossier, LIEUX.coffre),
    provisoires,
    lier: demande.lier,
    ecart: null,
    signal: demande.signal,
    suivre: demande.suivre,
    surPiece: (sha256) => sommes.ajouter(sha256, cheminPiece(`../../${LIEUX.coffre}`, sha256)),
  });
}

function compter(base: BaseLue): BilanPieces {
  let [nombre, octets] = [0, 0];
  for (const { taille } of base.pieces()) {
    nombre += 1;
    octets += taille;
  }
  return { nombre, octets, nouvelles: 0, octetsNouveaux: 0, defauts: [] };
}

async function remplir(c: Chantier): Promise<{ manifeste: Manifeste; bilan: BilanPieces }> {
  const { demande, ici, provisoires, outils } = c;
  const base = await prendreBase(c);
  const fichiers = await copierFichiers(demande.fichiers, ici, provisoires);
  const lue = lireBase(join(ici, BASE));
  const sommes = await Sommes.ouvrir(join(ici, SOMMES));
  try {
    for (const { sha256, fichier } of [base, ...fichiers]) await sommes.ajouter(sha256, fichier);
    const bilan = await prendrePieces(c, lue, sommes);
    const manifeste: Manifeste = {
      format: FORMAT,
      programme: demande.programme,
      stockage: 'sqlite',
      schema: lue.schema,
      debut: c.debut,
      fin: outils.clock.now(),
      trigramme: demande.trigramme,
      base,
      sommes: await sommes.finir(),
      fichiers,
      pieces: { nombre: bilan.nombre, octets: bilan.octets, copiees: demande.coffre !== null },
      defauts: [...bilan.defauts],
      journal: [...lue.chaines()],
      flux: { ...lue.compter() } as Record<string, number>,
    };
    return { manifeste, bilan };
  } finally {
    await sommes.abandonner();
    lue.fermer();
  }
}

/** Snapshots beyond those kept, the oldest first: the manifest goes before the rest. Pieces stay: nothing is ever purged. */
async function elaguer(dossier: string, garder: number | null): Promise<readonly string[]> {
  if (garder === null) return [];
  const retires = (await instantanesDe(dossier)).slice(0, -garder);
  await ecrivant(dossier, async () => {
    for (const nom of retires) {
      const ici = join(dossier, LIEUX.instantanes, nom);
      await rm(cheminManifeste(ici), { force: true });
      await rm(ici, { recursive: true, force: true });
    }
  });
  return retires;
}

async function faire(demande: DemandeSauvegarde, outils: OutilsSauvegarde): Promise<SauvegardeFaite> {
  const dossier = resolve(demande.dossier);
  const provisoires = { dossier: join(dossier, LIEUX.provisoires), random: outils.random };
  const racine = join(dossier, LIEUX.instantanes);
  await preparerProvisoires(provisoires.dossier);
  for (const lieu of [LIEUX.coffre, LIEUX.instantanes])
    await ecrivant(dossier, () => assurerDossier(join(dossier, lieu)));
  await balayer(dossier);
  await ecrireEntier(join(dossier, 'LISEZMOI.txt'), LISEZMOI, provisoires);
  const debut = outils.clock.now();
  const nom = await nommer(racine, debut);
  const ici = join(racine, nom);
  await ecrivant(dossier, () => mkdir(ici, { mode: 0o700 }));
  const chantier = { demande, outils, provisoires, dossier, nom, ici, debut };
  const { manifeste, bilan } = await remplir(chantier);
  await ecrivant(dossier, async () => {
    for (const lieu of [ici, racine, dossier]) await scellerDossier(lieu);
  });
  await ecrireEntier(cheminManifeste(ici), ecrireManifeste(manifeste), provisoires);
  return {
    instantane: await choisirInstantane(dossier, nom),
    bilan,
    retires: await elaguer(dossier, demande.garder),
  };
}

/**
 * Adds a snapshot to a folder of backups; pieces that are there already are not copied again. Cut short at any point, the
 * snapshots before it are whole and the same call begins this one again. A piece that cannot be had does not stop the others: it
 * is told, and written in the manifest.
 * Throws VGM-SAU-001, -002, -003, -011, VGM-NOY-005 (what is read).
 */
export async function sauvegarder(
  demande: DemandeSauvegarde,
  outils: OutilsSauvegarde,
): Promise<SauvegardeFaite> {
  const dossier = resolve(demande.dossier);
  await exigerDossier(dossier, demande.coffre);
  const relacher = verrouiller(dossier);
  try {
    return await faire({ ...demande, dossier }, outils);
  } finally {
    relacher();
  }
}
