import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { erreurPreuve } from '../../metier/catalogue/preuve.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { defautDeNom, ZIP_MAX_ENTREES, ZIP_MAX_OCTETS } from './zip.ts';

/**
 * ZIP reader for verification. Two readers must never see two different files in the same bytes, so all that
 * allows it is refused: prefix, gap or overlap between entries, local header unlike the central one, names that
 * collide, sizes that lie. What is refused is VGM-PRV-004; what is no ZIP at all, or is cut, is VGM-PRV-003.
 */
export interface EntreeLue {
  readonly nom: string;
  readonly methode: 0 | 8;
  readonly crc: number;
  /** Bytes once extracted. */
  readonly taille: number;
  readonly compresse: number;
  /** Length of the extra fields, local and central together (ETSI EN 319 162-1: none on `mimetype`). */
  readonly extra: number;
  /** Where the content starts in the file. */
  readonly donnees: number;
}

export interface LimitesZip {
  readonly entrees: number;
  /** Sum of the extracted sizes, bytes. */
  readonly octets: number;
}

export interface ZipLu {
  /** In the order of the file. */
  readonly entrees: readonly EntreeLue[];
  /** Streams one entry; throws VGM-PRV-004 when CRC or size differ from what the directory says. */
  ouvrir(entree: EntreeLue): AsyncGenerator<Uint8Array>;
  fermer(): Promise<void>;
}

export const LIMITES_ZIP: LimitesZip = { entrees: 10_000, octets: ZIP_MAX_OCTETS };

const TAILLE_FIN = 22;
const REPERTOIRE_MAX = 16 * 1024 * 1024;
const DESCRIPTEUR = 0x0008;
const BITS_ADMIS = DESCRIPTEUR | 0x0800 | 0x0006;

const suspect = (motif: string): ErreurVgm => erreurPreuve('VGM-PRV-004', { motif });

interface Centrale extends Omit<EntreeLue, 'donnees'> {
  readonly bits: number;
  readonly brut: Buffer;
  readonly debut: number;
}

class Lecteur {
  readonly fichier: FileHandle;
  readonly chemin: string;
  readonly taille: number;

  constructor(fichier: FileHandle, chemin: string, taille: number) {
    this.fichier = fichier;
    this.chemin = chemin;
    this.taille = taille;
  }

  illisible(motif: string): ErreurVgm {
    return erreurPreuve('VGM-PRV-003', { fichier: this.chemin, motif });
  }

  async lire(debut: number, longueur: number): Promise<Buffer> {
    const b = Buffer.alloc(longueur);
    const { bytesRead } = await this.fichier.read(b, 0, longueur, debut);
    if (bytesRead !== longueur) throw this.illisible('fichier tronqué');
    return b;
  }
}

/** The end record must be the very last bytes: a comment or a tail could hide a second directory. */
async function lireFin(l: Lecteur): Promise<{ nombre: number; taille: number; debut: number }> {
  if (l.taille < TAILLE_FIN) throw l.illisible('ce n’est pas un ZIP');
  const tete = await l.lire(0, 4);
  if (tete.readUInt32LE(0) !== 0x0403_4b50) throw l.illisible('ce n’est pas un ZIP');
  const b = await l.lire(l.taille - TAILLE_FIN, TAILLE_FIN);
  if (b.readUInt32LE(0) !== 0x0605_4b50) {
    throw l.illisible('ZIP tronqué, ou suivi d’octets étrangers');
  }
  const nombre = b.readUInt16LE(10);
  const fin = { nombre, taille: b.readUInt32LE(12), debut: b.readUInt32LE(16) };
  if (b.readUInt32LE(4) !== 0 || b.readUInt16LE(8) !== nombre || b.readUInt16LE(20) !== 0) {
    throw suspect('ZIP en plusieurs volumes ou commenté');
  }
  if (nombre > ZIP_MAX_ENTREES || fin.debut > ZIP_MAX_OCTETS) throw suspect('format zip64 non admis');
  if (fin.debut + fin.taille !== l.taille - TAILLE_FIN) throw suspect('répertoire mal placé');
  return fin;
}

function lireNom(brut: Buffer): string {
  let nom: string;
  try {
    nom = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(brut);
  } catch {
    throw suspect('nom de fichier qui n’est pas en UTF-8');
  }
  const defaut = defautDeNom(nom);
  if (defaut !== undefined) throw suspect(`${defaut} (${JSON.stringify(nom)})`);
  return nom;
}

function lireCentrale(b: Buffer, ici: number): { centrale: Centrale; suite: number } {
  if (ici + 46 > b.length || b.readUInt32LE(ici) !== 0x0201_4b50) throw suspect('répertoire illisible');
  const longueurNom = b.readUInt16LE(ici + 28);
  const extra = b.readUInt16LE(ici + 30);
  const suite = ici + 46 + longueurNom + extra + b.readUInt16LE(ici + 32);
  if (suite > b.length) throw suspect('répertoire illisible');
  const brut = b.subarray(ici + 46, ici + 46 + longueurNom);
  const nom = lireNom(brut);
  const bits = b.readUInt16LE(ici + 8);
  const methode = b.readUInt16LE(ici + 10);
  if ((bits & ~BITS_ADMIS) !== 0) throw suspect(`« ${nom} » est chiffré ou d’une sorte inconnue`);
  if (methode !== 0 && methode !== 8) throw suspect(`compression inconnue pour « ${nom} »`);
  if (b.readUInt32LE(ici + 38) >>> 28 === 0o12) throw suspect(`« ${nom} » est un lien`);
  const compresse = b.readUInt32LE(ici + 20);
  const taille = b.readUInt32LE(ici + 24);
  if (methode === 0 && compresse !== taille) throw suspect(`tailles contraires pour « ${nom} »`);
  const debut = b.readUInt32LE(ici + 42);
  const crc = b.readUInt32LE(ici + 16);
  return { centrale: { nom, methode, crc, taille, compresse, extra, bits, brut, debut }, suite };
}

/** Two names that one file system would merge are one name too many. */
function refuserDoubles(entrees: readonly Centrale[]): void {
  const vus = new Set<string>();
  for (const { nom } of entrees) {
    const cle = nom.normalize('NFC').toLowerCase();
    if (vus.has(cle)) throw suspect(`nom en double (${JSON.stringify(nom)})`);
    vus.add(cle);
  }
}

/** Reads the local header and holds it against the central one. */
async function confronter(l: Lecteur, c: Centrale): Promise<EntreeLue> {
  const b = await l.lire(c.debut, 30 + c.brut.length);
  const descripteur = (c.bits & DESCRIPTEUR) !== 0;
  const memeOuNul = (ici: number, attendu: number): boolean =>
    b.readUInt32LE(ici) === attendu || (descripteur && b.readUInt32LE(ici) === 0);
  const egal =
    b.readUInt32LE(0) === 0x0403_4b50 &&
    b.readUInt16LE(6) === c.bits &&
    b.readUInt16LE(8) === c.methode &&
    memeOuNul(14, c.crc) &&
    memeOuNul(18, c.compresse) &&
    memeOuNul(22, c.taille) &&
    b.readUInt16LE(26) === c.brut.length &&
    b.subarray(30).equals(c.brut);
  if (!egal) throw suspect(`deux en-têtes contraires pour « ${c.nom} »`);
  const extraLocal = b.readUInt16LE(28);
  const { nom, methode, crc, taille, compresse } = c;
  const donnees = c.debut + 30 + c.brut.length + extraLocal;
  return { nom, methode, crc, taille, compresse, extra: c.extra + extraLocal, donnees };
}

/** Entries follow one another without a hole (but for a data descriptor: 12 or 16 bytes) nor overlap. */
function refuserTrous(centrales: readonly Centrale[], entrees: readonly EntreeLue[], fin: number): void {
  let attendu = 0;
  let tolere = [0];
  for (const [i, c] of centrales.entries()) {
    const e = entrees[i] as EntreeLue;
    if (!tolere.includes(c.debut - attendu)) throw suspect(`octets cachés ou superposés avant « ${c.nom} »`);
    attendu = e.donnees + e.compresse;
    tolere = (c.bits & DESCRIPTEUR) === 0 ? [0] : [12, 16];
  }
  if (!tolere.includes(fin - attendu)) throw suspect('octets cachés ou superposés avant le répertoire');
}

async function lireEntrees(l: Lecteur, limites: LimitesZip): Promise<EntreeLue[]> {
  const fin = await lireFin(l);
  if (fin.nombre > limites.entrees || fin.taille > REPERTOIRE_MAX) throw suspect('trop de fichiers');
  const repertoire = await l.lire(fin.debut, fin.taille);
  const centrales: Centrale[] = [];
  let ici = 0;
  for (let i = 0; i < fin.nombre; i += 1) {
    const { centrale, suite } = lireCentrale(repertoire, ici);
    centrales.push(centrale);
    ici = suite;
  }
  if (ici !== repertoire.length) throw suspect('répertoire plus long que sa liste');
  refuserDoubles(centrales);
  if (centrales.reduce((somme, c) => somme + c.taille, 0) > limites.octets) {
    throw suspect('contenu démesuré une fois décompressé');
  }
  centrales.sort((a, b) => a.debut - b.debut);
  const entrees: EntreeLue[] = [];
  for (const c of centrales) entrees.push(await confronter(l, c));
  refuserTrous(centrales, entrees, fin.debut);
  return entrees;
}

async function* plage(l: Lecteur, debut: number, longueur: number): AsyncGenerator<Buffer> {
  for (let lu = 0; lu < longueur; ) {
    const morceau = await l.lire(debut + lu, Math.min(65_536, longueur - lu));
    lu += morceau.length;
    yield morceau;
  }
}

async function* decompresser(source: AsyncIterable<Buffer>, entree: EntreeLue): AsyncGenerator<Uint8Array> {
  const sortie = createInflateRaw();
  pipeline(source, sortie, () => undefined);
  try {
    yield* sortie as AsyncIterable<Buffer>;
  } catch (origine) {
    if (origine instanceof ErreurVgm) throw origine;
    throw erreurPreuve('VGM-PRV-004', { motif: `« ${entree.nom} » ne se décompresse pas` }, origine);
  }
  if (sortie.bytesWritten !== entree.compresse) throw suspect(`octets cachés après « ${entree.nom} »`);
}

async function* ouvrir(l: Lecteur, entree: EntreeLue): AsyncGenerator<Uint8Array> {
  const brut = plage(l, entree.donnees, entree.compresse);
  let somme = 0;
  let lus = 0;
  for await (const morceau of entree.methode === 8 ? decompresser(brut, entree) : brut) {
    lus += morceau.byteLength;
    if (lus > entree.taille) throw suspect(`« ${entree.nom} » est plus long qu’annoncé`);
    somme = crc32(morceau, somme);
    yield morceau;
  }
  if (lus !== entree.taille || somme !== entree.crc) {
    throw suspect(`« ${entree.nom} » n’a pas la somme de contrôle annoncée`);
  }
}

const OUVERTURES: Readonly<Record<string, string>> = {
  ENOENT: 'fichier absent',
  EACCES: 'droits insuffisants',
};

async function ouvrirFichier(chemin: string): Promise<FileHandle> {
  try {
    return await open(chemin, 'r');
  } catch (origine) {
    const { code } = Object(origine) as { readonly code?: string };
    const motif = OUVERTURES[String(code)] ?? 'ouverture impossible';
    throw erreurPreuve('VGM-PRV-003', { fichier: chemin, motif }, origine);
  }
}

/**
 * Reads the directory of a ZIP and holds every header against it. The caller closes what it gets.
 * Throws VGM-PRV-003 (absent, no ZIP, cut) and VGM-PRV-004 (inconsistent or hostile).
 */
export async function lireZip(chemin: string, limites: LimitesZip = LIMITES_ZIP): Promise<ZipLu> {
  const fichier = await ouvrirFichier(chemin);
  try {
    const faits = await fichier.stat();
    if (!faits.isFile()) throw erreurPreuve('VGM-PRV-003', { fichier: chemin, motif: 'pas un fichier' });
    const lecteur = new Lecteur(fichier, chemin, faits.size);
    const entrees = await lireEntrees(lecteur, limites);
    return { entrees, ouvrir: (e) => ouvrir(lecteur, e), fermer: () => fichier.close() };
  } catch (faute) {
    await fichier.close();
    throw faute;
  }
}
