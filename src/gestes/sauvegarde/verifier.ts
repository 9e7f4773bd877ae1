import { join, resolve } from 'node:path';
import { existe, relever } from '../../adapters/sauvegarde/disque.ts';
import {
  BASE,
  choisirInstantane,
  type FichierSauve,
  instantanesDe,
  type InstantaneSauve,
  LIEUX,
  SOMMES,
} from '../../adapters/sauvegarde/manifeste.ts';
import { cheminPiece, listerPieces } from '../../adapters/sauvegarde/pieces.ts';
import { lireSommes } from '../../adapters/sauvegarde/sommes.ts';
import { lireBase } from '../../adapters/store/sqlite/instantane.ts';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { verifierChaine } from '../../metier/journal.ts';
import type { BaseLue } from '../../ports/sauvegarde.ts';

/** Reads backups again, to the last byte. */

export interface Verdict {
  /** Name of the snapshot; null: of what they share. */
  readonly instantane: string | null;
  readonly sujet: string;
  readonly bon: boolean;
  /** French. */
  readonly detail: string;
}

export interface DemandeVerification {
  readonly dossier: string;
  /** Only this one; all by default. */
  readonly instantane?: string;
  readonly signal: AbortSignal;
  readonly suivre: (fait: { readonly pieces: number; readonly octets: number }) => void;
}

/** Pieces named in a message; the rest is counted. */
const CITEES_MAX = 5;
/** Between two words to the one who waits: pieces. */
const PAS = 256;

const compter = (nombre: number, mot: string): string =>
  `${nombre.toLocaleString('fr-FR')} ${mot}${nombre > 1 ? 's' : ''}`;

function citer(noms: readonly string[]): string {
  const reste = noms.length - CITEES_MAX;
  return `${noms.slice(0, CITEES_MAX).join(', ')}${reste > 0 ? ` et ${reste.toLocaleString('fr-FR')} autres` : ''}`;
}

async function jugerFichier(
  dossier: string,
  { fichier, taille, sha256 }: FichierSauve,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const lu = await relever(join(dossier, fichier), signal);
    return lu.taille === taille && lu.sha256 === sha256 ? null : `${fichier} n’est plus celui du manifeste`;
  } catch (erreur) {
    if (erreur instanceof ErreurVgm && erreur.fiche.code === 'VGM-NOY-005')
      return `${fichier} manque ou ne se lit pas`;
    throw erreur;
  }
}

/** Base, list of digests, settings: each byte. @returns the faults, in French. */
async function jugerFichiers(
  { dossier, manifeste }: InstantaneSauve,
  signal: AbortSignal,
): Promise<string[]> {
  const fautes: string[] = [];
  for (const fichier of [manifeste.base, manifeste.sommes, ...manifeste.fichiers]) {
    const faute = await jugerFichier(dossier, fichier, signal);
    if (faute !== null) fautes.push(faute);
  }
  return fautes;
}

/** Its structure, its chains and their heads. @returns the faults, in French. */
function jugerBase(base: BaseLue, { manifeste }: InstantaneSauve): string[] {
  const fautes = base.controler().map((dit) => `la base est abîmée : ${dit}`);
  const tetes = base.chaines();
  if (JSON.stringify(tetes) !== JSON.stringify(manifeste.journal))
    fautes.push('les chaînes du journal ne finissent pas où le manifeste le dit');
  for (const { org } of tetes) {
    const [rupture] = verifierChaine(base.lignes(org));
    if (rupture !== undefined) fautes.push(`journal de ${org}, ligne ${rupture.n} : ${rupture.motif}`);
  }
  return fautes;
}

/** Throws VGM-SAU-006 with the first fault: what is about to be put back must be whole, but for its pieces. */
export async function exigerInstantane(instantane: InstantaneSauve, signal: AbortSignal): Promise<void> {
  const { nom, dossier } = instantane;
  const refuser = (detail: string | undefined): void => {
    if (detail !== undefined) throw erreurSauvegarde('VGM-SAU-006', { nom, detail });
  };
  refuser((await jugerFichiers(instantane, signal))[0]);
  const base = lireBase(join(dossier, BASE));
  try {
    refuser(jugerBase(base, instantane)[0]);
  } finally {
    base.fermer();
  }
}

interface Coffre {
  readonly racine: string;
  /** Pieces read again. */
  readonly nombre: number;
  readonly alterees: ReadonlySet<string>;
}

async function relireCoffre(demande: DemandeVerification): Promise<Coffre> {
  const racine = join(demande.dossier, LIEUX.coffre);
  const alterees = new Set<string>();
  let [nombre, octets] = [0, 0];
  for await (const { sha256, taille } of listerPieces(racine)) {
    const lu = await relever(cheminPiece(racine, sha256), demande.signal);
    if (lu.sha256 !== sha256) alterees.add(sha256);
    nombre += 1;
    octets += taille;
    if (nombre % PAS === 0) demande.suivre({ pieces: nombre, octets });
  }
  return { racine, nombre, alterees };
}

/** Does the list name every piece that the base cites, and nothing that is not there? @returns the faults, in French. */
async function jugerPieces(
  base: BaseLue,
  { dossier, manifeste }: InstantaneSauve,
  { racine, alterees }: Coffre,
): Promise<string[]> {
  const defauts = new Set(manifeste.defauts.map((d) => d.sha256));
  const manquantes: string[] = [];
  let citees = 0;
  for (const { sha256 } of base.pieces()) {
    citees += 1;
    if (alterees.has(sha256) || !(await existe(cheminPiece(racine, sha256)))) manquantes.push(sha256);
  }
  let listees = 0;
  for await (const { chemin } of lireSommes(join(dossier, SOMMES)))
    if (chemin.startsWith(`../../${LIEUX.coffre}/`)) listees += 1;
  const fautes: string[] = [];
  if (manquantes.length > 0) {
    const sues = manquantes.filter((p) => defauts.has(p)).length;
    const dit = sues === 0 ? '' : `, dont ${sues.toLocaleString('fr-FR')} qui manquaient déjà au coffre`;
    fautes.push(
      `${manquantes.length.toLocaleString('fr-FR')} pièces manquent ou sont altérées${dit} : ${citer(manquantes)}`,
    );
  }
  if (listees + defauts.size !== citees) fautes.push(`${SOMMES} ne nomme pas toutes les pièces citées`);
  return fautes;
}

async function juger(instantane: InstantaneSauve, coffre: Coffre, signal: AbortSignal): Promise<Verdict[]> {
  const { nom, dossier, manifeste } = instantane;
  const dire = (sujet: string, fautes: readonly string[], bien: string): Verdict => ({
    instantane: nom,
    sujet,
    bon: fautes.length === 0,
    detail: fautes.length === 0 ? bien : fautes.join(' ; '),
  });
  const fichiers = await jugerFichiers(instantane, signal);
  const verdicts = [
    dire(
      'fichiers',
      fichiers,
      `${compter(manifeste.fichiers.length + 2, 'fichier')}, comme le manifeste les décrit`,
    ),
  ];
  if (fichiers.some((faute) => faute.startsWith(BASE))) return verdicts;
  const base = lireBase(join(dossier, BASE));
  try {
    const chaines = compter(manifeste.journal.length, 'chaîne');
    verdicts.push(dire('base', jugerBase(base, instantane), `saine, ${chaines} du journal, sans rupture`));
    const { nombre, copiees } = manifeste.pieces;
    const pieces = copiees ? await jugerPieces(base, instantane, coffre) : [];
    const sort = copiees ? 'toutes là' : 'gardées ailleurs : non vérifiées ici';
    verdicts.push(dire('pièces', pieces, `${compter(nombre, 'citée')}, ${sort}`));
  } finally {
    base.fermer();
  }
  return verdicts;
}

/**
 * Reads everything again: files of each snapshot, structure of each base, chains of its journal, every piece. Nothing is
 * changed. Throws VGM-SAU-004, -005, -007, -011.
 */
export async function verifierSauvegarde(demande: DemandeVerification): Promise<readonly Verdict[]> {
  const dossier = resolve(demande.dossier);
  const un = await choisirInstantane(dossier, demande.instantane);
  const noms = demande.instantane === undefined ? await instantanesDe(dossier) : [un.nom];
  const coffre = await relireCoffre({ ...demande, dossier });
  const verdicts: Verdict[] = [];
  for (const nom of noms)
    verdicts.push(...(await juger(await choisirInstantane(dossier, nom), coffre, demande.signal)));
  const bon = coffre.alterees.size === 0;
  const relues = `${compter(coffre.nombre, 'pièce')}, rien d’altéré`;
  const detail = bon ? relues : `pièces altérées : ${citer([...coffre.alterees])}`;
  return [{ instantane: null, sujet: 'coffre', bon, detail }, ...verdicts];
}
