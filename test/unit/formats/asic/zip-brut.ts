import { crc32 } from 'node:zlib';

/** A ZIP laid out by hand, field by field (APPNOTE 4.3), so that any field may lie. Shares nothing with our writer. */

/** Fields of one of the two headers of an entry. */
interface Entete {
  signature: number;
  bits: number;
  methode: number;
  crc: number;
  compresse: number;
  taille: number;
  nom: Buffer;
  extra: Buffer;
}

export interface EntreeBrute {
  readonly nom: string | Buffer;
  /** As stored in the file; `taille` tells the extracted size when it is another one. */
  readonly octets: Buffer;
  readonly methode?: number;
  readonly taille?: number;
  readonly crc?: number;
  readonly bits?: number;
  readonly heure?: number;
  readonly jour?: number;
  /** External attributes. */
  readonly attributs?: number;
  readonly commentaire?: Buffer;
  readonly local?: Partial<Entete>;
  readonly central?: Partial<Entete> & { readonly debut?: number };
  /** Bytes after the content: data descriptor, or whatever hides there. */
  readonly apres?: Buffer;
}

export interface FinBrute {
  readonly volume: number;
  readonly volumeCentral: number;
  readonly nombreIci: number;
  readonly nombre: number;
  readonly taille: number;
  readonly debut: number;
  readonly commentaire: number;
}

const u16 = (...valeurs: readonly number[]): Buffer => {
  const b = Buffer.alloc(2 * valeurs.length);
  for (const [i, v] of valeurs.entries()) b.writeUInt16LE(v, 2 * i);
  return b;
};
const u32 = (...valeurs: readonly number[]): Buffer => {
  const b = Buffer.alloc(4 * valeurs.length);
  for (const [i, v] of valeurs.entries()) b.writeUInt32LE(v >>> 0, 4 * i);
  return b;
};

function commun(e: EntreeBrute): Entete {
  return {
    signature: 0,
    bits: e.bits ?? 0x0800,
    methode: e.methode ?? 0,
    crc: e.crc ?? crc32(e.octets),
    compresse: e.octets.length,
    taille: e.taille ?? e.octets.length,
    nom: Buffer.from(e.nom as string),
    extra: Buffer.alloc(0),
  };
}

/** From « version needed » to the length of the extra field: the part that both headers share. */
const tronc = (h: Entete, { heure = 0, jour = 0x21 }: EntreeBrute): Buffer =>
  Buffer.concat([
    u16(10, h.bits, h.methode, heure, jour),
    u32(h.crc, h.compresse, h.taille),
    u16(h.nom.length, h.extra.length),
  ]);

/** @param ordre of the entries in the central directory. */
export function zipBrut(
  entrees: readonly EntreeBrute[],
  fin: Partial<FinBrute> = {},
  ordre: readonly number[] = entrees.map((_, i) => i),
): Buffer {
  const morceaux: Buffer[] = [];
  let position = 0;
  const centrales = entrees.map((e) => {
    const local = { ...commun(e), signature: 0x0403_4b50, ...e.local };
    const debut = position;
    const bloc = Buffer.concat([
      u32(local.signature),
      tronc(local, e),
      local.nom,
      local.extra,
      e.octets,
      e.apres ?? Buffer.alloc(0),
    ]);
    morceaux.push(bloc);
    position += bloc.length;
    const c = { ...commun(e), signature: 0x0201_4b50, debut, ...e.central };
    const commentaire = e.commentaire ?? Buffer.alloc(0);
    return Buffer.concat([
      u32(c.signature),
      u16((3 << 8) | 20),
      tronc(c, e),
      u16(commentaire.length, 0, 0),
      u32(e.attributs ?? 0o100644 * 0x1_0000, c.debut),
      c.nom,
      c.extra,
      commentaire,
    ]);
  });
  const repertoire = Buffer.concat(ordre.map((i) => centrales[i] as Buffer));
  const f = {
    volume: 0,
    volumeCentral: 0,
    nombreIci: fin.nombre ?? entrees.length,
    nombre: entrees.length,
    taille: repertoire.length,
    debut: position,
    commentaire: 0,
    ...fin,
  };
  return Buffer.concat([
    ...morceaux,
    repertoire,
    u32(0x0605_4b50),
    u16(f.volume, f.volumeCentral, f.nombreIci, f.nombre),
    u32(f.taille, f.debut),
    u16(f.commentaire),
  ]);
}
