import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { raisonDe } from '../../config/fichiers.ts';
import { type EntreeLue, lireZip, type ZipLu } from '../../formats/asic/lire-zip.ts';
import { defautDeNom } from '../../formats/asic/zip.ts';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { CATALOGUE } from './contenu.ts';

/** A set of schemas as it is handed over: a folder or a ZIP that may come from anywhere. */

export interface Lot {
  /** Name of the folder or of the ZIP. */
  readonly origine: string;
  /** Schemas and catalogues, by path from their common folder. */
  readonly fichiers: ReadonlyMap<string, Uint8Array>;
  /** Names of the other files: not installed. */
  readonly laisses: readonly string[];
  /** Folders that hold everything, left out of the paths. */
  readonly enveloppe: string;
}

/** The sets known have 180 files of 100 kB at most. */
const ENTREES_MAX = 5_000;
const FICHIER_MAX = 4_000_000;
const TOTAL_MAX = 64_000_000;
/** Of a ZIP, documents that come with the set included: they are not even inflated. */
const ZIP_MAX = 1_000_000_000;
const NOM_MAX = 200;
const PROFONDEUR_MAX = 32;

/** Hidden files are those of a system (`.DS_Store`, `__MACOSX/._PES_Aller.xsd`), not of a set. */
const CACHE = /(?:^|\/)(?:\.|__MACOSX\/)/;

const estRetenu = (nom: string): boolean =>
  !CACHE.test(nom) && (/\.xsd$/i.test(nom) || posix.basename(nom) === CATALOGUE);

export function refuserLot(source: string, problemes: readonly string[]): ErreurVgm {
  return erreurSchemas('VGM-SCH-001', { source, problemes: problemes.map((p) => `- ${p}`).join('\n') });
}

/** A file to be read, once its name and its size are accepted. */
interface Candidat {
  readonly nom: string;
  readonly taille: number;
  readonly lire: () => Promise<Uint8Array>;
}

/** @returns in French, what keeps these names from being files of one folder, on any disk. */
function defautsDeNoms(noms: readonly string[]): string[] {
  const vus = new Set(noms.map(enCle));
  const doubles = new Set<string>();
  return noms.flatMap((nom) => {
    const defaut =
      defautDeNom(nom) ?? (nom.length > NOM_MAX ? `nom de plus de ${NOM_MAX} caractères` : undefined);
    if (defaut !== undefined) return [`${defaut} (${JSON.stringify(nom)}).`];
    if (doubles.has(enCle(nom)))
      return [`nom en double, ou qui ne diffère que par la casse (${JSON.stringify(nom)}).`];
    doubles.add(enCle(nom));
    const dessus = nom
      .split('/')
      .slice(0, -1)
      .map((_, n, parts) => parts.slice(0, n + 1).join('/'));
    const fichier = dessus.find((d) => vus.has(enCle(d)));
    return fichier === undefined ? [] : [`« ${fichier} » est à la fois un fichier et un dossier.`];
  });
}

/** Two names that one file system would merge are one. */
function enCle(nom: string): string {
  return nom.normalize('NFC').toLowerCase();
}

/** The folder that all of them are in, `PES/v5.17/`; empty when there is none. */
function enveloppeDe(noms: readonly string[]): string {
  const [premier = ''] = noms;
  const parts = premier.split('/').slice(0, -1);
  while (parts.length > 0 && !noms.every((nom) => nom.startsWith(`${parts.join('/')}/`))) parts.pop();
  return parts.length === 0 ? '' : `${parts.join('/')}/`;
}

async function retenir(source: string, candidats: readonly Candidat[]): Promise<Lot> {
  const noms = candidats.map((c) => c.nom);
  const retenus = candidats.filter((c) => estRetenu(c.nom));
  const total = retenus.reduce((somme, c) => somme + c.taille, 0);
  const problemes = [
    ...defautsDeNoms(noms),
    ...retenus
      .filter((c) => c.taille > FICHIER_MAX)
      .map(
        (c) => `« ${c.nom} » dépasse ${FICHIER_MAX.toLocaleString('fr-FR')} octets : ce n’est pas un schéma.`,
      ),
    ...(total > TOTAL_MAX
      ? [`les schémas dépassent ensemble ${TOTAL_MAX.toLocaleString('fr-FR')} octets.`]
      : []),
    ...(retenus.length === 0 ? ['aucun fichier .xsd n’y est.'] : []),
  ];
  if (problemes.length > 0) throw refuserLot(source, problemes.slice(0, 20));
  const enveloppe = enveloppeDe(retenus.map((c) => c.nom));
  const fichiers = new Map<string, Uint8Array>();
  for (const { nom, lire } of retenus) fichiers.set(nom.slice(enveloppe.length), await lire());
  return {
    origine: basename(resolve(source)),
    fichiers,
    laisses: noms.filter((nom) => !estRetenu(nom)),
    enveloppe,
  };
}

const LECTURE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** No further than the size accepted, whatever became of the file since. */
async function lireBorne(chemin: string, taille: number): Promise<Uint8Array> {
  const poignee = await open(chemin, LECTURE);
  try {
    const octets = Buffer.alloc(taille);
    const { bytesRead } = await poignee.read(octets, 0, taille, 0);
    return octets.subarray(0, bytesRead);
  } finally {
    await poignee.close();
  }
}

async function parcourirDossier(source: string): Promise<Lot> {
  const candidats: Candidat[] = [];
  const problemes: string[] = [];
  let vus = 0;
  const descendre = async (dossier: string): Promise<void> => {
    if (dossier.split('/').length > PROFONDEUR_MAX) throw refuserLot(source, ['trop de dossiers imbriqués.']);
    for (const entree of await readdir(join(source, dossier), { withFileTypes: true })) {
      const nom = posix.join(dossier, entree.name);
      vus += 1;
      if (vus > ENTREES_MAX) throw refuserLot(source, ['trop de fichiers pour un jeu de schémas.']);
      if (entree.isDirectory()) await descendre(nom);
      else if (entree.isSymbolicLink())
        problemes.push(`« ${nom} » est un lien : mettre le fichier lui-même à sa place.`);
      else if (!entree.isFile()) problemes.push(`« ${nom} » n’est pas un fichier ordinaire.`);
      else {
        const chemin = join(source, nom);
        const { size } = await stat(chemin);
        candidats.push({ nom, taille: size, lire: () => lireBorne(chemin, size) });
      }
    }
  };
  await descendre('');
  if (problemes.length > 0) throw refuserLot(source, problemes.slice(0, 20));
  return retenir(source, candidats);
}

async function extraire(zip: ZipLu, entree: EntreeLue): Promise<Uint8Array> {
  const morceaux: Uint8Array[] = [];
  for await (const morceau of zip.ouvrir(entree)) morceaux.push(morceau);
  return Buffer.concat(morceaux);
}

async function parcourirZip(source: string): Promise<Lot> {
  const zip = await lireZip(source, { entrees: ENTREES_MAX, octets: ZIP_MAX });
  try {
    const fichiers = zip.entrees.filter((e) => !e.nom.endsWith('/'));
    const candidats = fichiers.map((e) => ({ nom: e.nom, taille: e.taille, lire: () => extraire(zip, e) }));
    return await retenir(source, candidats);
  } finally {
    await zip.fermer();
  }
}

/**
 * Reads a set whole; what is hostile in it is refused before a byte of it is kept.
 * Throws VGM-SCH-001 (what is in it), VGM-SCH-002 (cannot be read), VGM-PRV-003 (is no ZIP, or is cut).
 */
export async function lireLot(source: string): Promise<Lot> {
  try {
    return (await stat(source)).isDirectory() ? await parcourirDossier(source) : await parcourirZip(source);
  } catch (origine) {
    if (!(origine instanceof ErreurVgm)) {
      throw erreurSchemas('VGM-SCH-002', { source, raison: raisonDe(origine) }, origine);
    }
    const { code, message } = origine.fiche;
    throw code === 'VGM-PRV-004' ? refuserLot(source, [message]) : origine;
  }
}
