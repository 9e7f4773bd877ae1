import { crc32, deflateRawSync } from 'node:zlib';

/** A ZIP written byte by byte, with the defects asked for. */

export interface EntreeEssai {
  readonly nom: string | Buffer;
  readonly octets: Uint8Array;
  readonly comprimer?: boolean;
  /** General purpose bits: 1 encrypted, 0x800 UTF-8. */
  readonly bits?: number;
  readonly methode?: number;
  /** What the directory says instead of the truth. */
  readonly taille?: number;
  readonly crc?: number;
  readonly debut?: number;
  /** Unix mode, 16 bits. */
  readonly mode?: number;
}

function entete(e: EntreeEssai, corps: Uint8Array): { nom: Buffer; commun: Buffer } {
  const nom = typeof e.nom === 'string' ? Buffer.from(e.nom) : e.nom;
  const commun = Buffer.alloc(26);
  commun.writeUInt16LE(20, 0);
  commun.writeUInt16LE(e.bits ?? 0x800, 2);
  commun.writeUInt16LE(e.methode ?? (e.comprimer === true ? 8 : 0), 4);
  commun.writeUInt32LE(e.crc ?? crc32(e.octets), 10);
  commun.writeUInt32LE(corps.length, 14);
  commun.writeUInt32LE(e.taille ?? e.octets.length, 18);
  commun.writeUInt16LE(nom.length, 22);
  return { nom, commun };
}

export function zipEssai(entrees: readonly EntreeEssai[]): Buffer {
  const locaux: Buffer[] = [];
  const centraux: Buffer[] = [];
  let place = 0;
  for (const e of entrees) {
    const corps = e.comprimer === true ? deflateRawSync(e.octets) : e.octets;
    const { nom, commun } = entete(e, corps);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), commun, nom, corps]);
    const suite = Buffer.alloc(14);
    suite.writeUInt32LE(((e.mode ?? 0o100644) << 16) >>> 0, 6);
    suite.writeUInt32LE(e.debut ?? place, 10);
    // « made by » says Unix, so that the mode counts
    centraux.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), commun, suite, nom]));
    locaux.push(local);
    place += local.length;
  }
  const repertoire = Buffer.concat(centraux);
  const fin = Buffer.alloc(22);
  fin.write('PK\x05\x06', 'latin1');
  fin.writeUInt16LE(entrees.length, 8);
  fin.writeUInt16LE(entrees.length, 10);
  fin.writeUInt32LE(repertoire.length, 12);
  fin.writeUInt32LE(place, 16);
  return Buffer.concat([...locaux, repertoire, fin]);
}
