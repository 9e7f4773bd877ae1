import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  assurerDossier,
  copier,
  ecrivant,
  ecrireEntier,
  existe,
  preparerProvisoires,
  type Provisoires,
  scellerDossier,
} from '../../adapters/sauvegarde/disque.ts';
import {
  BASE,
  choisirInstantane,
  type InstantaneSauve,
  LIEUX,
  nommerInstantane,
} from '../../adapters/sauvegarde/manifeste.ts';
import {
  type BilanPieces,
  listerPieces,
  porterPieces,
  type Transport,
} from '../../adapters/sauvegarde/pieces.ts';
import { fichiersDe, lireBase } from '../../adapters/store/sqlite/instantane.ts';
import { TEMOIN, verrouillerBase } from '../../adapters/store/sqlite/ouverture.ts';
import { ouvrirStoreSqlite } from '../../adapters/store/sqlite/store.ts';
import { annoncerRestauration } from '../../engine/marquer-restauree.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { fouiller, type Trouvailles } from './orphelins.ts';
import { exigerInstantane } from './verifier.ts';

/** Puts a backup back, the daemon stopped. Nothing that is there is ever erased. */

export interface DemandeRestauration {
  /** Folder of the backups. */
  readonly dossier: string;
  readonly instantane?: string;
  /** Data folder. */
  readonly vers: string;
  /** A base that is there is put aside. */
  readonly remplacer: boolean;
  /** Coffre that outlived the base, elsewhere than in the data folder; null: none. */
  readonly coffre: string | null;
  readonly signal: AbortSignal;
  readonly suivre: (fait: { readonly pieces: number; readonly octets: number }) => void;
}

export interface OutilsRestauration {
  readonly clock: Clock;
  readonly random: Random;
  readonly version: string;
}

export interface RestaurationFaite {
  readonly instantane: InstantaneSauve;
  /** Pieces that the base cites. */
  readonly pieces: BilanPieces;
  readonly trouvailles: Trouvailles;
  /** Folder where what was there is kept; null: nothing was there. */
  readonly ecart: string | null;
  readonly restauree: Instant;
}

/** Name of the base in a data folder. */
const FICHIER_BASE = 'vaguemestre.sqlite';
/** Where the base is made ready, in the data folder. */
const ATELIER = 'restauration';
/** Of files that the daemon will change. */
const A_NOUS = 0o600;

interface Chantier {
  readonly demande: DemandeRestauration;
  readonly outils: OutilsRestauration;
  readonly instantane: InstantaneSauve;
  readonly vers: string;
  /** Where what is replaced goes. */
  readonly ecart: string;
  readonly atelier: string;
  readonly provisoires: Provisoires;
  /** How pieces come to the coffre; those that were there before are read again. */
  readonly transport: Omit<Transport, 'de'>;
}

/** Throws VGM-SAU-008. */
async function exigerPlace({ vers, remplacer }: DemandeRestauration): Promise<void> {
  const presente = await existe(join(vers, FICHIER_BASE));
  if (presente && !remplacer) throw erreurSauvegarde('VGM-SAU-008', { dossier: vers });
}

/** Pieces of a folder that the data folder does not have yet; those that are not themselves any more stay behind. */
async function joindre(c: Chantier, de: string): Promise<void> {
  if (resolve(de) === join(c.vers, LIEUX.coffre)) return;
  await porterPieces(listerPieces(de), { ...c.transport, de, ecart: null });
}

const RIEN: BilanPieces = { nombre: 0, octets: 0, nouvelles: 0, octetsNouveaux: 0, defauts: [] };

/** Every piece that the base cites, and those that nothing cites and that may tell what was lost. */
async function rendrePieces(c: Chantier): Promise<BilanPieces> {
  const sauve = join(c.demande.dossier, LIEUX.coffre);
  // what outlived the base is newer than the backup, and may hold what the backup could not have
  if (c.demande.coffre !== null) await joindre(c, resolve(c.demande.coffre));
  const base = lireBase(join(c.instantane.dossier, BASE));
  const ailleurs = !c.instantane.manifeste.pieces.copiees;
  try {
    if (ailleurs) return RIEN;
    const bilan = await porterPieces(base.pieces(), { ...c.transport, de: sauve });
    await joindre(c, sauve);
    return bilan;
  } finally {
    base.fermer();
  }
}

/** Folders of the data that the snapshot holds, each put back whole; what stands there is put aside. */
async function rendreFichiers(c: Chantier): Promise<void> {
  const prefixe = 'donnees/';
  const fichiers = c.instantane.manifeste.fichiers.filter((f) => f.fichier.startsWith(prefixe));
  const lieux = new Set(fichiers.map((f) => f.fichier.slice(prefixe.length).split('/')[0] ?? ''));
  for (const lieu of lieux) await ecarter(c, join(c.vers, lieu));
  for (const { fichier } of fichiers) {
    const cible = join(c.vers, fichier.slice(prefixe.length));
    await ecrivant(c.vers, () => assurerDossier(dirname(cible)));
    await copier({ de: join(c.instantane.dossier, fichier), vers: cible }, c.provisoires, { mode: A_NOUS });
    await ecrivant(c.vers, () => scellerDossier(dirname(cible)));
  }
}

async function ecarter({ ecart, vers }: Chantier, chemin: string): Promise<void> {
  if (!(await existe(chemin))) return;
  await ecrivant(vers, async () => {
    await mkdir(ecart, { recursive: true, mode: 0o700 });
    await rename(chemin, join(ecart, basename(chemin)));
    await scellerDossier(ecart);
  });
}

/** Brings the copy to the schema of this program, and writes in it that it was put back. */
async function marquer(c: Chantier, base: string): Promise<{ trouvailles: Trouvailles; restauree: Instant }> {
  const { outils, instantane, demande } = c;
  const { manifeste, nom } = instantane;
  const lue = lireBase(join(instantane.dossier, BASE));
  const trouvailles = await fouiller(join(c.vers, LIEUX.coffre), lue, {
    trigramme: manifeste.trigramme,
    signal: demande.signal,
  }).finally(() => lue.fermer());
  const restauree = outils.clock.now();
  const id = outils.random.uuid();
  const store = ouvrirStoreSqlite({ fichier: base, ...outils });
  try {
    const annonce = annoncerRestauration({ id, sauvegarde: manifeste.debut, restauree }, nom);
    await store.restaurations.inscrire({ ...annonce, ...trouvailles });
  } finally {
    await store.fermer();
  }
  return { trouvailles, restauree };
}

/** The base takes its place, last of all; the one that was there, with its log, goes aside. */
async function placer(c: Chantier, base: string): Promise<void> {
  const { vers, atelier } = c;
  for (const fichier of fichiersDe(join(vers, FICHIER_BASE))) await ecarter(c, fichier);
  await ecrivant(vers, async () => {
    await rename(base, join(vers, FICHIER_BASE));
    await scellerDossier(vers);
    await rm(atelier, { recursive: true, force: true });
    await rm(join(vers, TEMOIN), { force: true });
    await scellerDossier(vers);
  });
}

async function faire(c: Chantier): Promise<RestaurationFaite> {
  const { instantane, atelier, provisoires } = c;
  const pieces = await rendrePieces(c);
  await rendreFichiers(c);
  const base = join(atelier, BASE);
  await copier({ de: join(instantane.dossier, BASE), vers: base }, provisoires, { mode: A_NOUS });
  const { trouvailles, restauree } = await marquer(c, base);
  await placer(c, base);
  const ecart = (await existe(c.ecart)) ? c.ecart : null;
  return { instantane, pieces, trouvailles, ecart, restauree };
}

/**
 * Says in the folder itself that a restoration has begun: no daemon opens it before the end. Begun again, it puts aside in the
 * same place.
 * @returns name of that place.
 */
async function annoncer(vers: string, { clock, random }: OutilsRestauration): Promise<string> {
  const temoin = join(vers, TEMOIN);
  const deja = await readFile(temoin, 'utf8').catch(() => '');
  const [connu] = /^ecarte-[0-9TZ]+/.exec(deja) ?? [];
  if (connu !== undefined) return connu;
  const ecart = `ecarte-${nommerInstantane(clock.now())}`;
  await ecrireEntier(temoin, `${ecart}\n`, { dossier: join(vers, ATELIER), random });
  return ecart;
}

async function ouvrirChantier(
  demande: DemandeRestauration,
  instantane: InstantaneSauve,
  outils: OutilsRestauration,
): Promise<Chantier> {
  const { vers } = demande;
  const atelier = join(vers, ATELIER);
  await preparerProvisoires(atelier);
  const ecart = join(vers, await annoncer(vers, outils));
  const coffre = join(vers, LIEUX.coffre);
  const neuf = !(await existe(coffre));
  await ecrivant(vers, () => assurerDossier(join(coffre, 'tmp')));
  const provisoires = { dossier: join(atelier, LIEUX.provisoires), random: outils.random };
  await preparerProvisoires(provisoires.dossier);
  const { signal, suivre } = demande;
  return {
    demande,
    outils,
    instantane,
    vers,
    ecart,
    atelier,
    provisoires,
    transport: {
      vers: coffre,
      provisoires,
      lier: false,
      ecart: neuf ? null : join(ecart, LIEUX.coffre),
      signal,
      suivre,
    },
  };
}

/**
 * Puts a snapshot back into a data folder and marks the base « restaurée »: the next daemon that opens it sends nothing before a
 * person says so. Cut short at any point, the same call does it again, and no daemon starts meanwhile.
 * Throws VGM-NOY-007 (a daemon works there), VGM-SAU-003 to -008, -011, VGM-STO-001.
 */
export async function restaurer(
  demande: DemandeRestauration,
  outils: OutilsRestauration,
): Promise<RestaurationFaite> {
  const [vers, dossier] = [resolve(demande.vers), resolve(demande.dossier)];
  const instantane = await choisirInstantane(dossier, demande.instantane);
  await exigerInstantane(instantane, demande.signal);
  await ecrivant(vers, () => assurerDossier(vers));
  const relacher = verrouillerBase(join(vers, FICHIER_BASE));
  try {
    await exigerPlace({ ...demande, vers });
    return await faire(await ouvrirChantier({ ...demande, vers, dossier }, instantane, outils));
  } finally {
    relacher();
  }
}
