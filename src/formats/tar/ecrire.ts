import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { erreurTar } from '../../metier/catalogue/tar.ts';
import { BLOC, ecrireEnTete, ENREGISTREMENT, TAILLE_MAX } from './entete.ts';

export interface FichierTar {
  readonly nom: string;
  /** Bytes; checked against what the content gives. */
  readonly taille: number;
  readonly contenu: Uint8Array | (() => Promise<AsyncIterable<Uint8Array>>);
}

/**
 * RFC 1952 header, fixed: no name, no date, « maximum compression », operating system unknown. What zlib would write
 * depends on the platform, and the same pieces must give the same archive.
 */
const EN_TETE_GZIP = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);

/** Deflate is fed by equal blocks: its output then cannot depend on how the source cut its bytes. */
const TRANCHE = 65_536;

/** Printable ASCII without `/` nor `\`: the archive is flat (norme ACTES, archive de transmission). */
const NOM = /^[\x21-\x2e\x30-\x5b\x5d-\x7e][\x20-\x2e\x30-\x5b\x5d-\x7e]{0,99}$/;

function verifierNoms(fichiers: readonly FichierTar[]): void {
  const vus = new Set<string>();
  for (const { nom, taille } of fichiers) {
    if (!NOM.test(nom) || nom === '.' || nom === '..') throw erreurTar('VGM-TAR-001', { nom });
    if (vus.has(nom)) throw erreurTar('VGM-TAR-003', { nom });
    if (!Number.isSafeInteger(taille) || taille < 0 || taille > TAILLE_MAX) {
      throw erreurTar('VGM-TAR-002', { nom, lus: '?', annonces: taille });
    }
    vus.add(nom);
  }
}

async function* contenuDe(fichier: FichierTar): AsyncGenerator<Uint8Array> {
  const { nom, taille, contenu } = fichier;
  let lus = 0;
  const morceaux = contenu instanceof Uint8Array ? [contenu] : await contenu();
  for await (const morceau of morceaux) {
    lus += morceau.byteLength;
    if (lus > taille) break;
    yield morceau;
  }
  if (lus !== taille) throw erreurTar('VGM-TAR-002', { nom, lus, annonces: taille });
}

async function* enTar(fichiers: readonly FichierTar[], secondes: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for (const fichier of fichiers) {
    yield ecrireEnTete(fichier.nom, fichier.taille, secondes);
    yield* contenuDe(fichier);
    const bourrage = (BLOC - (fichier.taille % BLOC)) % BLOC;
    yield Buffer.alloc(bourrage);
    total += BLOC + fichier.taille + bourrage;
  }
  const fin = total + 2 * BLOC;
  yield Buffer.alloc(2 * BLOC + ((ENREGISTREMENT - (fin % ENREGISTREMENT)) % ENREGISTREMENT));
}

async function* parTranches(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let attente = Buffer.alloc(TRANCHE);
  let plein = 0;
  for await (const morceau of source) {
    for (let pris = 0; pris < morceau.byteLength; ) {
      const longueur = Math.min(TRANCHE - plein, morceau.byteLength - pris);
      attente.set(morceau.subarray(pris, pris + longueur), plein);
      plein += longueur;
      pris += longueur;
      if (plein === TRANCHE) {
        yield attente;
        attente = Buffer.alloc(TRANCHE);
        plein = 0;
      }
    }
  }
  yield attente.subarray(0, plein);
}

async function* compresser(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let crc = 0;
  let taille = 0;
  const deflate = createDeflateRaw({ level: 9, memLevel: 9 });
  const mesurer = async function* (): AsyncGenerator<Buffer> {
    for await (const tranche of parTranches(tar)) {
      crc = crc32(tranche, crc);
      taille += tranche.byteLength;
      yield tranche;
    }
  };
  const alimente = pipeline(mesurer(), deflate);
  // The same failure also comes out of the loop below; here it must only not go unhandled.
  alimente.catch(() => undefined);
  yield EN_TETE_GZIP;
  for await (const morceau of deflate) yield morceau as Buffer;
  await alimente;
  const pied = Buffer.alloc(8);
  pied.writeUInt32LE(crc, 0);
  pied.writeUInt32LE(taille % 2 ** 32, 4);
  yield pied;
}

/**
 * Writes a flat ustar archive, gzipped at level 9. Deterministic, memory bounded whatever the sizes;
 * each iteration writes the archive again from the start.
 * @param quand date given to every file, milliseconds since 1970.
 * @throws VGM-TAR-001 or -003 at once for a name, VGM-TAR-002 while writing when a content has not the size announced.
 */
export function ecrireTarGz(fichiers: readonly FichierTar[], quand: number): AsyncIterable<Uint8Array> {
  verifierNoms(fichiers);
  const secondes = Math.max(0, Math.floor(quand / 1000));
  return { [Symbol.asyncIterator]: () => compresser(enTar(fichiers, secondes)) };
}
