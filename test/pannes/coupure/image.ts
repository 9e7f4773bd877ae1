import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Disque, type Ecrit, type Entree, type Fichier, PARTAGE, parent } from './disque.ts';

/**
 * A folder as a power cut may leave it. What was synced is certain: bytes of a file by a sync of the file, a name by a sync of the
 * folder that holds it, if the sync began after the change had ended and had ended itself before the cut. All the rest is drawn:
 * there, not there, there in part, whatever the order in which it was asked.
 */

/** How what is not certain is drawn: nothing of it, all of it, its beginning, or any part. */
type Mode = 'rien' | 'tout' | 'debut' | 'hasard';
const MODES: readonly Mode[] = ['rien', 'tout', 'debut', 'hasard', 'hasard'];

export interface Coupure {
  /** Line of the recording after which nothing happened. */
  readonly rang: number;
  /** Dice: a whole number below `n`. */
  readonly de: (n: number) => number;
  /** A defect that the check must see. */
  readonly defaut?: Defaut;
}

/** Syncs taken for nothing, or for done later than they were. */
export interface Defaut {
  /** Of these files and folders. */
  readonly ou: RegExp;
  /** Lines of the recording; undefined: never done. */
  readonly retard?: number;
}

const choisir = <T>(de: Coupure['de'], liste: readonly T[]): T => {
  const choisi = liste[de(liste.length)];
  if (choisi === undefined) throw new TypeError('an empty list');
  return choisi;
};

/** Of what may be there, in order, what is. */
function tirer<T>(possibles: readonly T[], mode: Mode, de: Coupure['de']): readonly T[] {
  switch (mode) {
    case 'rien':
      return [];
    case 'tout':
      return possibles;
    case 'debut':
      return possibles.slice(0, de(possibles.length + 1));
    case 'hasard':
      return possibles.filter(() => de(2) === 0);
    default:
      return mode satisfies never;
  }
}

interface Duree {
  readonly debut: number;
  readonly fin: number;
}

/** What was asked to be kept and granted, as far as the defect lets it. */
function syncsDe(chemin: string, syncs: readonly Duree[], { rang, defaut }: Coupure): readonly Duree[] {
  const retard = defaut?.ou.test(chemin) === true ? (defaut.retard ?? Number.POSITIVE_INFINITY) : 0;
  return syncs.filter((s) => s.fin + retard <= rang);
}

/** Was it done before one of these syncs began? */
function certain({ fin }: Duree, syncs: readonly Duree[]): boolean {
  return syncs.some((s) => s.debut > fin);
}

/** Names after the cut. */
function nommer(disque: Disque, coupure: Coupure): Map<string, Fichier | null> {
  const { rang, de } = coupure;
  const parDossier = Map.groupBy(disque.syncs, (s) => s.chemin);
  const possibles: Entree[] = [];
  const certaines = new Set<Entree>();
  for (const entree of disque.entrees.filter((e) => e.debut <= rang)) {
    const dossier = parent(entree.chemin);
    const syncs = syncsDe(dossier, parDossier.get(dossier) ?? [], coupure);
    // The data folder itself stands in a folder that is not watched.
    if (entree.chemin === disque.racine || certain(entree, syncs)) certaines.add(entree);
    else possibles.push(entree);
  }
  const tirees = new Set(tirer(possibles, choisir(de, MODES), de));
  const noms = new Map<string, Fichier | null>();
  for (const entree of disque.entrees) {
    if (!certaines.has(entree) && !tirees.has(entree)) continue;
    if (entree.ancien !== null && noms.get(entree.ancien) === entree.fichier) noms.delete(entree.ancien);
    if (entree.quoi !== 'retrait') noms.set(entree.chemin, entree.fichier);
    else if ((noms.get(entree.chemin) ?? null) === entree.fichier) noms.delete(entree.chemin);
  }
  return noms;
}

/** A disk writes sectors: of a write that is cut, some are there. */
function dechirer(ecrit: Ecrit, de: Coupure['de']): Ecrit[] {
  if (ecrit.place === null) return de(2) === 0 ? [ecrit] : [];
  const secteur = choisir(de, [512, 4096]);
  const bords = [ecrit.place];
  for (
    let bord = (Math.floor(ecrit.place / secteur) + 1) * secteur;
    bord < ecrit.place + ecrit.taille;
    bord += secteur
  )
    bords.push(bord);
  return bords
    .map((bord, n): Ecrit => {
      const debut = bord - (ecrit.place ?? 0);
      const octets = ecrit.octets.subarray(
        debut,
        (bords[n + 1] ?? Number.POSITIVE_INFINITY) - (ecrit.place ?? 0),
      );
      return { ...ecrit, place: bord, octets, taille: octets.length };
    })
    .filter(() => de(2) === 0);
}

/** Bytes of a file after the cut. */
function contenu(fichier: Fichier, coupure: Coupure): Buffer {
  const { rang, de } = coupure;
  const syncs = syncsDe(fichier.nom, fichier.syncs, coupure);
  const commences = fichier.ecrits.filter((e) => e.debut <= rang);
  const possibles = commences.filter((e) => !certain(e, syncs));
  const mode = choisir(de, MODES);
  const tires = new Set(tirer(possibles, mode, de));
  const restes = possibles.filter((e) => !tires.has(e));
  const dechires = mode === 'hasard' ? restes : mode === 'debut' ? restes.slice(0, 1) : [];
  const parts = new Map(dechires.map((e) => [e, dechirer(e, de)]));
  let octets = Buffer.alloc(0);
  let taille = 0;
  for (const ecrit of commences) {
    const faits = tires.has(ecrit) || !possibles.includes(ecrit) ? [ecrit] : (parts.get(ecrit) ?? []);
    for (const { place, octets: lus, taille: longueur } of faits) {
      if (place === null) {
        octets.fill(0, Math.min(longueur, octets.length));
        taille = longueur;
        continue;
      }
      const fin = place + longueur;
      if (fin > octets.length) octets = Buffer.concat([octets], Math.max(fin, octets.length * 2));
      lus.copy(octets, place);
      taille = Math.max(taille, fin);
    }
  }
  return Buffer.concat([octets.subarray(0, taille)], taille);
}

/** Lays the folder down as the cut left it. */
export function poser(disque: Disque, coupure: Coupure, ou: string): void {
  const { de } = coupure;
  mkdirSync(ou, { recursive: true });
  const noms = nommer(disque, coupure);
  // A folder that is lost loses what it holds; those that stand come before what they hold.
  const presents = new Set([disque.racine]);
  for (const [chemin, fichier] of [...noms].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!presents.has(parent(chemin)) && chemin !== disque.racine) continue;
    const ici = join(ou, relative(disque.racine, chemin));
    if (fichier === null) {
      presents.add(chemin);
      mkdirSync(ici, { recursive: true });
      continue;
    }
    const octets = PARTAGE.test(chemin) ? partage(de) : contenu(fichier, coupure);
    if (octets !== null) writeFileSync(ici, octets);
  }
}

/** Nobody knows what is left of a memory that was shared: nothing, zeroes, anything. */
function partage(de: Coupure['de']): Buffer | null {
  const sorte = de(3);
  if (sorte === 0) return null;
  const octets = Buffer.alloc(32_768);
  if (sorte === 2) for (let n = 0; n < octets.length; n += 1) octets[n] = de(256);
  return octets;
}

/** The folder as the processes saw it: what stood once all was done. */
export function poserTout(disque: Disque, ou: string): void {
  poser(disque, { rang: Number.MAX_SAFE_INTEGER, de: (n) => (n === MODES.length ? 1 : 0) }, ou);
}
