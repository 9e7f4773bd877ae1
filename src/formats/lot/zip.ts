import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { LecteurOctets, type OctetsLot } from './octets.ts';
import { absente, cleDeNom, lireChemin, type Manque, type PieceLot } from './pieces.ts';

/** Files of a ZIP, read as streams where they are: nothing of it is ever written on the disk. */

const ENTREES_MAX = 50_000;
/** A file that inflates more than this is made to exhaust, not to be read. */
const GONFLEMENT_MAX = 500;
/** Below this size, inflating hurts nobody. Bytes. */
const GONFLEMENT_PERMIS = 10_000_000;

const REFAIRE = 'Refaire le ZIP avec l’outil du système, sans mot de passe, à partir du dossier du lot.';

/** Of the whole archive. */
type Refus = (raison: string) => ErreurVgm;

function refuser(zip: string): Refus {
  return (raison) => erreurLot('VGM-LOT-002', { lot: zip, raison, remede: REFAIRE });
}

/** Made by the system for itself, or only a folder. */
function estFichier({ fileName, externalFileAttributes, versionMadeBy }: Entry): boolean {
  const nom = posix.basename(fileName);
  const unix = versionMadeBy >>> 8 === 3;
  const lien = unix && ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;
  return !fileName.endsWith('/') && !fileName.startsWith('__MACOSX/') && nom !== '.DS_Store' && !lien;
}

function exigerSaine(entree: Entry, refus: Refus): void {
  const { fileName: nom, compressedSize, uncompressedSize } = entree;
  if (entree.isEncrypted()) throw refus('il est protégé par un mot de passe');
  if (!entree.canDecodeFileData()) throw refus(`« ${nom} » est comprimé d’une façon qui n’est pas lue ici`);
  if (uncompressedSize > GONFLEMENT_PERMIS && uncompressedSize > GONFLEMENT_MAX * compressedSize)
    throw refus(`« ${nom} » gonflerait de plus de ${GONFLEMENT_MAX} fois`);
}

/** Bytes that belong to two files are the trick of bombs that no ratio betrays. */
function exigerSansRecouvrement(entrees: readonly Entry[], refus: Refus): void {
  const places = entrees.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let fin = 0;
  for (const { relativeOffsetOfLocalHeader: debut, compressedSize } of places) {
    if (debut < fin) throw refus('des fichiers s’y recouvrent');
    fin = debut + compressedSize;
  }
}

async function* lireEntree(archive: ZipFile, entree: Entry): AsyncGenerator<Uint8Array> {
  const abimee = (origine?: unknown): ErreurVgm =>
    erreurLot(
      'VGM-LOT-005',
      { piece: entree.fileName, raison: 'ses octets sont abîmés dans le ZIP' },
      origine,
    );
  let somme = 0;
  try {
    const flux: AsyncIterable<Buffer> = await archive.openReadStreamPromise(entree);
    for await (const bloc of flux) {
      somme = crc32(bloc, somme);
      yield bloc;
    }
  } catch (e) {
    // what keeps the ZIP may be out of reach: that says nothing of its bytes
    throw e instanceof ErreurVgm ? e : abimee(e);
  }
  if (somme !== entree.crc32) throw abimee();
}

export interface ZipLot {
  /** Paths of its files. */
  readonly noms: readonly string[];
  readonly refuser: Refus;
  /** @param chemin as `lireChemin` gives it. */
  trouver(chemin: string): PieceLot | Manque;
  fermer(): void;
}

async function lister(archive: ZipFile, refus: Refus): Promise<Map<string, Entry>> {
  if (archive.entryCount > ENTREES_MAX) throw refus(`il contient plus de ${ENTREES_MAX} fichiers`);
  const fichiers = new Map<string, Entry>();
  for await (const entree of archive.eachEntry()) {
    if (!estFichier(entree)) continue;
    exigerSaine(entree, refus);
    const nom = lireChemin(entree.fileName);
    if (typeof nom !== 'string') throw refus(`« ${entree.fileName} » sort du lot`);
    if (fichiers.has(nom)) throw refus(`« ${nom} » y est deux fois`);
    fichiers.set(nom, entree);
  }
  exigerSansRecouvrement([...fichiers.values()], refus);
  return fichiers;
}

/**
 * @param zip its name, for people.
 * Throws VGM-LOT-002 on what is no ZIP, is cut, encrypted, or made to harm.
 */
export async function ouvrirZip(zip: string, octets: OctetsLot): Promise<ZipLot> {
  const refus = refuser(zip);
  let archive: ZipFile | undefined;
  try {
    archive = await fromRandomAccessReaderPromise(new LecteurOctets(octets), octets.taille, {
      autoClose: false,
    });
    const ouverte = archive;
    const fichiers = await lister(ouverte, refus);
    const parCle = new Map([...fichiers.keys()].map((nom) => [cleDeNom(nom), nom]));
    return {
      noms: [...fichiers.keys()],
      refuser: refus,
      trouver: (chemin) => {
        const entree = fichiers.get(chemin);
        if (entree === undefined) return absente(parCle.get(cleDeNom(chemin)));
        const { uncompressedSize: taille } = entree;
        return { nom: posix.basename(chemin), taille, ouvrir: () => lireEntree(ouverte, entree) };
      },
      fermer: () => ouverte.close(),
    };
  } catch (e) {
    archive?.close();
    if (e instanceof ErreurVgm) throw e;
    throw erreurLot(
      'VGM-LOT-002',
      { lot: zip, raison: 'ce ZIP est abîmé, tronqué ou hostile', remede: REFAIRE },
      e,
    );
  }
}
