import { createHash, type KeyObject, sign } from 'node:crypto';
import { EC, ECDSA, grande, lu, nom } from './certificat-essai.ts';
import { hexa, oid, sequence, tlv } from './der-essai.ts';

/** Answers of OCSP laid out by hand, field by field (RFC 6960 § 4.2): any of them may be wrong. */

/** The hand-made authority, and a certificate that it issued: what answers are about. */
export const AC = lu({ sujet: nom('AC') });
export const MAIRE = lu();

/** Extensions under a context tag. */
export const suite = (tag: number, ...extensions: readonly Uint8Array[]): Buffer =>
  tlv(tag, sequence(...extensions));
export const NONCE = '1.3.6.1.5.5.7.48.1.2';
export const ARCHIVE = '1.3.6.1.5.5.7.48.1.6';
const SHA = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' } as const;
export const VIDE: Buffer = Buffer.alloc(0);
const BON = tlv(0x80);

export const empreinte = (nomHachage: string, octets: Uint8Array): Buffer =>
  tlv(4, createHash(nomHachage).update(octets).digest());

export interface Simple {
  readonly hachage?: keyof typeof SHA;
  readonly oidHachage?: string;
  readonly nom?: Uint8Array;
  readonly cle?: Uint8Array;
  readonly serie?: Uint8Array;
  readonly plus?: Uint8Array;
  readonly statut?: Uint8Array;
  readonly emise?: string;
  readonly jusqua?: string | null;
  readonly extensions?: Uint8Array;
  readonly apres?: Uint8Array;
}

/** CertID, status, dates of one certificate. */
export function simple(s: Simple = {}): Buffer {
  const { hachage = 'sha1', oidHachage = SHA[hachage] } = s;
  const id = sequence(
    sequence(oid(oidHachage)),
    s.nom ?? empreinte(hachage, MAIRE.emetteur.der),
    s.cle ?? empreinte(hachage, AC.cle.octets),
    s.serie ?? hexa('02 02 00 c5'),
    s.plus ?? VIDE,
  );
  const jusqua = s.jusqua === undefined ? '20260616120000Z' : s.jusqua;
  return sequence(
    id,
    s.statut ?? BON,
    grande(s.emise ?? '20260615110000Z'),
    jusqua === null ? VIDE : tlv(0xa0, grande(jusqua)),
    s.extensions ?? VIDE,
    s.apres ?? VIDE,
  );
}

export interface Reponse {
  readonly version?: Uint8Array;
  readonly repondeur?: Uint8Array;
  readonly produite?: string;
  readonly reponses?: readonly Uint8Array[];
  readonly extensions?: Uint8Array;
  readonly apres?: Uint8Array;
  readonly algorithme?: Uint8Array;
  readonly joints?: Uint8Array;
  readonly dehors?: Uint8Array;
  readonly cle?: KeyObject;
}

export const PAR_NOM = tlv(0xa1, nom('AC'));

export function basique(r: Reponse = {}): Buffer {
  const corps = sequence(
    r.version ?? VIDE,
    r.repondeur ?? PAR_NOM,
    grande(r.produite ?? '20260615110000Z'),
    sequence(...(r.reponses ?? [simple()])),
    r.extensions ?? VIDE,
    r.apres ?? VIDE,
  );
  const valeur = sign('sha256', corps, r.cle ?? EC.privateKey);
  return sequence(
    corps,
    r.algorithme ?? ECDSA,
    tlv(3, Buffer.of(0), valeur),
    r.joints ?? VIDE,
    r.dehors ?? VIDE,
  );
}
export const enveloppe = (
  corps: Uint8Array,
  type = '1.3.6.1.5.5.7.48.1.1',
  dehors: Uint8Array = VIDE,
): Buffer => sequence(tlv(0x0a, Buffer.of(0)), tlv(0xa0, sequence(oid(type), tlv(4, corps))), dehors);
export const reponse = (r: Reponse = {}): Buffer => enveloppe(basique(r));
export const de = (s: Simple): Buffer => reponse({ reponses: [simple(s)] });
