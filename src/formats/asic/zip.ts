import { crc32 } from 'node:zlib';
import { erreurPreuve } from '../../metier/catalogue/preuve.ts';

/**
 * Minimal ZIP writer (PKWARE APPNOTE 6.3): method « stored » only, no extra field, no data descriptor, so that
 * the same input gives the same bytes and any reader of the last thirty years opens it. Memory stays bounded:
 * a streamed content must come with its CRC, computed by an earlier pass over the same bytes.
 */
export type EntreeZip =
  | { readonly nom: string; readonly contenu: Uint8Array; readonly taille: number }
  | {
      readonly nom: string;
      readonly contenu: AsyncIterable<Uint8Array>;
      readonly taille: number;
      readonly crc: number;
    };

/** Beyond, zip64 would be needed (APPNOTE 4.3.9.2). */
export const ZIP_MAX_OCTETS = 0xffff_fffe;
export const ZIP_MAX_ENTREES = 0xfffe;

const LOCALE = 0x0403_4b50;
const CENTRALE = 0x0201_4b50;
const FIN = 0x0605_4b50;
const TAILLE_LOCALE = 30;
const TAILLE_CENTRALE = 46;
const TAILLE_FIN = 22;
/** Bit 11: names are UTF-8 (APPNOTE appendix D). */
const NOMS_UTF8 = 0x0800;
const VERSION_STOCKE = 10;
const FAIT_PAR_UNIX = (3 << 8) | 20;
const DROITS = 0o100644 * 0x1_0000;

interface Rangee {
  readonly nom: Buffer;
  readonly crc: number;
  readonly taille: number;
  readonly debut: number;
}

/** DOS date and time (APPNOTE 4.4.6), in UTC: a local time zone would make two machines disagree. */
function dateDos(quand: number): { heure: number; jour: number } {
  const d = new Date(Math.min(Math.max(quand, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)));
  const heure = (d.getUTCHours() << 11) | (d.getUTCMinutes() << 5) | (d.getUTCSeconds() >> 1);
  const jour = ((d.getUTCFullYear() - 1980) << 9) | ((d.getUTCMonth() + 1) << 5) | d.getUTCDate();
  return { heure, jour };
}

/** Why a name cannot be extracted safely everywhere, or undefined when it can. */
export function defautDeNom(nom: string): string | undefined {
  if (nom === '') return 'nom vide';
  if (/\p{Cc}/u.test(nom)) return 'caractère de contrôle dans le nom';
  if (nom.includes('\\') || nom.includes(':')) return 'barre oblique inverse ou deux-points dans le nom';
  if (nom.startsWith('/')) return 'chemin absolu';
  const segments = nom.endsWith('/') ? nom.slice(0, -1).split('/') : nom.split('/');
  if (segments.some((s) => s === '..' || s === '.' || s === '')) return 'chemin qui sort du dossier';
  return undefined;
}

/** The 26 bytes that local and central headers share (APPNOTE 4.3.7, from « version needed »). */
function tronc(r: Rangee, quand: number): Buffer {
  const b = Buffer.alloc(26);
  const { heure, jour } = dateDos(quand);
  b.writeUInt16LE(VERSION_STOCKE, 0);
  b.writeUInt16LE(NOMS_UTF8, 2);
  b.writeUInt16LE(heure, 6);
  b.writeUInt16LE(jour, 8);
  b.writeUInt32LE(r.crc, 10);
  b.writeUInt32LE(r.taille, 14);
  b.writeUInt32LE(r.taille, 18);
  b.writeUInt16LE(r.nom.length, 22);
  return b;
}

function enTeteLocale(r: Rangee, quand: number): Buffer {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(LOCALE);
  return Buffer.concat([signature, tronc(r, quand), r.nom]);
}

function enTeteCentrale(r: Rangee, quand: number): Buffer {
  const tete = Buffer.alloc(6);
  tete.writeUInt32LE(CENTRALE, 0);
  tete.writeUInt16LE(FAIT_PAR_UNIX, 4);
  const queue = Buffer.alloc(14);
  queue.writeUInt32LE(DROITS, 6);
  queue.writeUInt32LE(r.debut, 10);
  return Buffer.concat([tete, tronc(r, quand), queue, r.nom]);
}

function finDuRepertoire(nombre: number, taille: number, debut: number): Buffer {
  const b = Buffer.alloc(TAILLE_FIN);
  b.writeUInt32LE(FIN, 0);
  b.writeUInt16LE(nombre, 8);
  b.writeUInt16LE(nombre, 10);
  b.writeUInt32LE(taille, 12);
  b.writeUInt32LE(debut, 16);
  return b;
}

/** What one entry weighs in the two places where it is written. */
function poids(e: { readonly nom: string; readonly taille: number }): number {
  return TAILLE_LOCALE + TAILLE_CENTRALE + 2 * Buffer.byteLength(e.nom) + e.taille;
}

function borner(nombre: number, octets: number): void {
  if (nombre > ZIP_MAX_ENTREES) throw erreurPreuve('VGM-PRV-001', { motif: `${nombre} fichiers` });
  if (octets > ZIP_MAX_OCTETS) throw erreurPreuve('VGM-PRV-001', { motif: `${octets} octets` });
}

/**
 * @returns size of the ZIP that `ecrireZip` makes of these entries, bytes.
 * Throws VGM-PRV-001 when it would need zip64.
 */
export function tailleZip(entrees: readonly { readonly nom: string; readonly taille: number }[]): number {
  const total = entrees.reduce((somme, e) => somme + poids(e), TAILLE_FIN);
  borner(entrees.length, total);
  return total;
}

function controlerNom(nom: string, vus: Set<string>): void {
  const defaut = vus.has(nom) ? 'nom en double' : defautDeNom(nom);
  if (defaut !== undefined) throw erreurPreuve('VGM-PRV-002', { nom, motif: defaut });
  vus.add(nom);
}

function crcDe(entree: EntreeZip): number {
  return 'crc' in entree ? entree.crc : crc32(entree.contenu);
}

/** Passes the bytes through, and refuses at the end what is not what was announced. */
async function* octetsControles(entree: EntreeZip, crc: number): AsyncGenerator<Uint8Array> {
  let lus = 0;
  let somme = 0;
  const source = entree.contenu instanceof Uint8Array ? [entree.contenu] : entree.contenu;
  for await (const morceau of source) {
    lus += morceau.byteLength;
    somme = crc32(morceau, somme);
    if (lus > entree.taille) break;
    yield morceau;
  }
  if (lus !== entree.taille || somme !== crc) {
    throw erreurPreuve('VGM-PRV-002', { nom: entree.nom, motif: 'octets différents de ceux annoncés' });
  }
}

/**
 * Writes the entries in the order given (the caller puts `mimetype` first, ETSI EN 319 162-1 annex A).
 * @param quand date borne by every entry, milliseconds UTC; brought into 1980–2107.
 * Throws VGM-PRV-001 (zip64 needed) and VGM-PRV-002 (name or content inadmissible).
 */
export async function* ecrireZip(
  fichiers: AsyncIterable<EntreeZip> | Iterable<EntreeZip>,
  quand: number,
): AsyncGenerator<Uint8Array> {
  const rangees: Rangee[] = [];
  const vus = new Set<string>();
  let position = 0;
  let repertoireOctets = 0;
  for await (const entree of fichiers) {
    controlerNom(entree.nom, vus);
    borner(rangees.length + 1, position + repertoireOctets + poids(entree) + TAILLE_FIN);
    const rangee = {
      nom: Buffer.from(entree.nom),
      crc: crcDe(entree),
      taille: entree.taille,
      debut: position,
    };
    rangees.push(rangee);
    yield enTeteLocale(rangee, quand);
    yield* octetsControles(entree, rangee.crc);
    position += TAILLE_LOCALE + rangee.nom.length + rangee.taille;
    repertoireOctets += TAILLE_CENTRALE + rangee.nom.length;
  }
  const repertoire = Buffer.concat(rangees.map((r) => enTeteCentrale(r, quand)));
  yield repertoire;
  yield finDuRepertoire(rangees.length, repertoire.length, position);
}
