import type { Instant } from '../../metier/identifiants.ts';
import { type Der, ErreurDer, exiger, TAG } from './der.ts';

/** Values of DER: numbers, identifiers, dates, texts. */

export function lireBooleen(der: Der): boolean {
  const octet = exiger(der, TAG.booleen).contenu[0];
  if (der.contenu.length !== 1 || (octet !== 0 && octet !== 0xff)) throw new ErreurDer('booléen mal codé');
  return octet === 0xff;
}

/** Contents of an INTEGER, two's complement, checked to be minimal. */
export function lireEntier(der: Der, tag: number = TAG.entier): Uint8Array {
  const { contenu } = exiger(der, tag);
  const [premier, second] = contenu;
  if (premier === undefined) throw new ErreurDer('entier vide');
  const inutile = (premier === 0 && (second ?? 0x80) < 0x80) || (premier === 0xff && (second ?? 0) >= 0x80);
  if (contenu.length > 1 && inutile) throw new ErreurDer('entier non minimal');
  return contenu;
}

export function enGrand(entier: Uint8Array): bigint {
  const brut = BigInt(`0x${hex(entier)}`);
  return ((entier[0] ?? 0) & 0x80) === 0 ? brut : brut - (1n << BigInt(8 * entier.length));
}

/** A number that fits: lengths of path, reason codes. */
export function lirePetit(der: Der, tag: number = TAG.entier): number {
  const grand = enGrand(lireEntier(der, tag));
  if (grand < 0n || grand > 0x7fffffffn) throw new ErreurDer('nombre hors bornes');
  return Number(grand);
}

export function lireOid(der: Der, tag: number = TAG.oid): string {
  const { contenu } = exiger(der, tag);
  const arcs: bigint[] = [];
  let arc = 0n;
  let ouvert = false;
  for (const octet of contenu) {
    if (!ouvert && octet === 0x80) throw new ErreurDer('OID mal codé');
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    ouvert = octet >= 0x80;
    if (ouvert) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [premier] = arcs;
  if (premier === undefined || ouvert || contenu.length > 64) throw new ErreurDer('OID mal codé');
  const racine = premier < 80n ? premier / 40n : 2n;
  return [racine, premier - racine * 40n, ...arcs.slice(1)].join('.');
}

/** BIT STRING of whole octets (keys, signatures). */
export function lireBits(der: Der): Uint8Array {
  const { contenu } = exiger(der, TAG.bits);
  if (contenu[0] !== 0) throw new ErreurDer('chaîne de bits incomplète');
  return contenu.subarray(1);
}

/** Ranks of the bits set in a named bit list (RFC 5280 KeyUsage, ReasonFlags). */
export function lireBitsNommes(contenu: Uint8Array): number[] {
  const rangs: number[] = [];
  for (let i = 0; i < (contenu.length - 1) * 8; i += 1) {
    if (((contenu[1 + (i >> 3)] ?? 0) & (0x80 >> (i & 7))) !== 0) rangs.push(i);
  }
  return rangs;
}

const DATE = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** UTCTime or GeneralizedTime as RFC 5280 § 4.1.2.5 writes them: seconds, `Z`, no fraction; the day must exist. */
export function lireDate(der: Der | undefined): Instant {
  if (der?.tag !== TAG.utcTime) exiger(der, TAG.generalizedTime);
  const brut = Buffer.from(der?.contenu ?? []).toString('latin1');
  const siecle = Number(brut.slice(0, 2)) >= 50 ? '19' : '20';
  const trouve = DATE.exec(der?.tag === TAG.utcTime ? siecle + brut : brut);
  if (trouve === null) throw new ErreurDer('date mal codée');
  const [an = 0, mois = 0, jour = 0, heure = 0, minute = 0, seconde = 0] = trouve.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(an, mois - 1, jour);
  date.setUTCHours(heure, minute, seconde);
  const relue = date.toISOString().replaceAll(/[-:T]|\.000/g, '');
  if (relue !== trouve[0]) throw new ErreurDer('date impossible');
  return date.getTime() as Instant;
}

/** Text of a string type, undefined when the type is none or the bytes are not of it. */
export function lireTexte(der: Der): string | undefined {
  const octets = Buffer.from(der.contenu);
  switch (der.tag) {
    case TAG.utf8:
      return lireUtf8(octets);
    case TAG.imprimable:
    case TAG.ia5:
    case TAG.numerique:
    case TAG.visible:
      return octets.every((o) => o < 0x80) ? octets.toString('latin1') : undefined;
    case TAG.teletex:
      return octets.toString('latin1');
    case TAG.bmp:
      return octets.length % 2 === 0 ? octets.swap16().toString('utf16le') : undefined;
    default:
      return undefined;
  }
}

function lireUtf8(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

/** Lower-case hexadecimal. */
export function hex(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex');
}

export function egaux(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
