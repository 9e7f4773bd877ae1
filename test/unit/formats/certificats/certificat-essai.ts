import { generateKeyPairSync, sign } from 'node:crypto';
import { type Certificat, lireCertificat } from '../../../../src/formats/certificats/certificat.ts';
import { ensemble, entier, hexa, oid, sequence, tlv, utf8, vrai } from './der-essai.ts';

/** Certificates laid out by hand, field by field (RFC 5280 § 4.1): any of them may be wrong. One key signs them all. */

export const EC = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
export const SPKI = EC.publicKey.export({ format: 'der', type: 'spki' });
export const ECDSA = sequence(oid('1.2.840.10045.4.3.2'));
export const nom = (texte: string): Buffer => sequence(ensemble(sequence(oid('2.5.4.3'), utf8(texte))));
export const version = (n: number): Buffer => tlv(0xa0, entier(n));
export const date = (texte: string): Buffer => tlv(0x17, Buffer.from(texte));
/** GeneralizedTime. */
export const grande = (texte: string): Buffer => tlv(0x18, Buffer.from(texte));
export const extension = (point: string, valeur: Uint8Array, critique = false): Buffer =>
  sequence(oid(point), ...(critique ? [vrai] : []), tlv(4, valeur));
export const extensions = tlv(0xa3, sequence(sequence(oid('2.5.29.19'), vrai, tlv(4, sequence(vrai)))));

const CHAMPS = {
  version: version(2),
  serie: hexa('02 02 00 c5'),
  algorithme: ECDSA,
  emetteur: nom('AC'),
  validite: sequence(date('260101000000Z'), date('261231235959Z')),
  sujet: nom('Maire'),
  cle: SPKI,
  suite: extensions,
  algorithmeExterne: ECDSA,
  apres: Buffer.alloc(0),
};

export type Change = Partial<Record<keyof typeof CHAMPS, Uint8Array>>;

export function fabriquer(change: Change = {}): Buffer {
  const c = { ...CHAMPS, ...change };
  const corps = sequence(c.version, c.serie, c.algorithme, c.emetteur, c.validite, c.sujet, c.cle, c.suite);
  const valeur = sign('sha256', corps, EC.privateKey);
  return sequence(corps, c.algorithmeExterne, tlv(3, Buffer.of(0), valeur), c.apres);
}

/** Read; throws when it cannot be. */
export function lu(change: Change = {}): Certificat {
  const lecture = lireCertificat(fabriquer(change));
  if (lecture.type === 'illisible') throw new TypeError(lecture.motif);
  return lecture.certificat;
}
