import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { erreurCli } from '../../metier/catalogue/cli.ts';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { illisible } from '../fichiers.ts';
import { ouvrirDossier } from './dossier.ts';
import { lireChemin, type Pieces } from './pieces.ts';
import { MANIFESTE_MAX } from './tableau.ts';
import { ouvrirZip } from './zip.ts';

/** A batch, wherever it is: its manifest read, its files at hand. */
export interface Lot {
  readonly manifeste: { readonly nom: string; readonly octets: Uint8Array };
  /** Where its results are written when nobody says otherwise. */
  readonly resultats: string;
  readonly pieces: Pieces;
}

const NOM_USUEL = 'lot.csv';
/** What this command itself writes beside. */
const RESULTATS = /\.resultats(\.[0-9a-f]{8})?\.csv$/i;

const REUNIR = `Nommer le manifeste « ${NOM_USUEL} », ou n’en laisser qu’un.`;

function refuser(lot: string, raison: string, remede = REUNIR): ErreurVgm {
  return erreurLot('VGM-LOT-002', { lot, raison, remede });
}

function resultatsDe(fichier: string): string {
  return `${fichier.replace(/\.(csv|zip|txt)$/i, '')}.resultats.csv`;
}

const profondeur = (chemin: string): number => chemin.split('/').length;

/** The manifest among these paths: `lot.csv` nearest to the root, or else the only CSV file. */
function choisirManifeste(lot: string, noms: readonly string[]): string {
  const candidats = noms.filter(
    (n) => /\.csv$/i.test(n) && !RESULTATS.test(n) && !posix.basename(n).startsWith('.'),
  );
  const usuels = candidats.filter((n) => posix.basename(n).toLowerCase() === NOM_USUEL);
  const haut = Math.min(...usuels.map(profondeur));
  const proches = usuels.filter((n) => profondeur(n) === haut);
  const choix = proches.length > 0 ? proches : candidats;
  const [choisi, autre] = choix;
  if (choisi === undefined) {
    const classeur = noms.some((n) => n === '[Content_Types].xml' || n === 'mimetype');
    throw classeur
      ? refuser(lot, 'c’est un classeur de tableur', 'L’enregistrer en CSV, à côté des pièces qu’il nomme.')
      : refuser(lot, 'il ne contient aucun manifeste (fichier .csv)');
  }
  if (autre !== undefined) {
    const cites = choix
      .slice(0, 3)
      .map((n) => `« ${n} »`)
      .join(', ');
    throw refuser(lot, `il contient plusieurs manifestes possibles (${cites}${choix.length > 3 ? '…' : ''})`);
  }
  return choisi;
}

const TROP_GROS = `le manifeste dépasse ${MANIFESTE_MAX / 1024 / 1024} Mio`;
const PARTAGER = 'Le partager en plusieurs lots.';

async function lireFichierManifeste(fichier: string): Promise<Uint8Array> {
  const { size } = await stat(fichier);
  if (size > MANIFESTE_MAX) throw refuser(fichier, TROP_GROS, PARTAGER);
  return readFile(fichier);
}

async function deTable(fichier: string): Promise<Lot> {
  const octets = await lireFichierManifeste(fichier);
  const pieces = await ouvrirDossier(dirname(fichier));
  return { manifeste: { nom: basename(fichier), octets }, resultats: resultatsDe(fichier), pieces };
}

async function deZip(fichier: string): Promise<Lot> {
  const zip = await ouvrirZip(fichier);
  try {
    const nom = choisirManifeste(fichier, zip.noms);
    const trouve = zip.trouver(nom);
    if (!('ouvrir' in trouve) || trouve.taille > MANIFESTE_MAX) throw refuser(fichier, TROP_GROS, PARTAGER);
    const octets = await buffer(trouve.ouvrir());
    const dossier = posix.dirname(nom);
    const pieces: Pieces = {
      trouver: async (brut) => {
        const chemin = lireChemin(brut);
        return typeof chemin === 'string' ? zip.trouver(posix.join(dossier, chemin)) : chemin;
      },
      fermer: async () => zip.fermer(),
    };
    return { manifeste: { nom, octets }, resultats: resultatsDe(fichier), pieces };
  } catch (e) {
    zip.fermer();
    throw e;
  }
}

async function estZip(fichier: string): Promise<boolean> {
  const tete = Buffer.alloc(2);
  const poignee = await open(fichier);
  try {
    await poignee.read(tete, 0, 2, 0);
  } finally {
    await poignee.close();
  }
  return tete.toString('latin1') === 'PK';
}

/**
 * @param chemin a folder, a ZIP or a CSV file, told by its content.
 * Throws VGM-CLI-003, VGM-LOT-002.
 */
export async function ouvrirLot(chemin: string): Promise<Lot> {
  try {
    const faits = await stat(chemin);
    if (faits.isDirectory()) {
      const noms = await readdir(chemin);
      return await deTable(join(chemin, choisirManifeste(chemin, noms)));
    }
    if (!faits.isFile())
      throw erreurCli('VGM-CLI-003', { fichier: chemin, raison: 'ce n’est pas un fichier' });
    return (await estZip(chemin)) ? await deZip(chemin) : await deTable(chemin);
  } catch (e) {
    throw e instanceof ErreurVgm ? e : illisible(chemin, e);
  }
}
