import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  estObsolete,
  lireAlgorithme,
  nomNode,
  type Signature,
  verifierSignature,
} from '../../../../src/formats/certificats/algorithmes.ts';
import {
  type Certificat,
  estAutoEmis,
  estSignePar,
  lireCertificat,
} from '../../../../src/formats/certificats/certificat.ts';
import { lireDer } from '../../../../src/formats/certificats/der.ts';
import {
  type Change,
  date,
  EC,
  ECDSA,
  extensions,
  fabriquer,
  nom,
  SPKI,
  version,
} from './certificat-essai.ts';
import { entier, hexa, oid, sequence, tlv } from './der-essai.ts';

/** Certificates laid out by hand: one field of each is wrong, or rare. */

function lire(change: Change = {}): Certificat {
  const lu = lireCertificat(fabriquer(change));
  return lu.type === 'lu' ? lu.certificat : expect.fail(lu.motif);
}
const motif = (octets: Uint8Array | string): string => {
  const lu = lireCertificat(octets);
  return lu.type === 'illisible' ? lu.motif : 'lu';
};
const VIDE = Buffer.alloc(0);

describe('a certificate, field by field', () => {
  test('what it says', () => {
    const octets = fabriquer();
    const c = lireCertificat(octets);
    expect(c).toMatchObject({
      type: 'lu',
      certificat: {
        sha256: createHash('sha256').update(octets).digest('hex'),
        version: 3,
        sujet: { texte: 'CN=Maire' },
        emetteur: { texte: 'CN=AC' },
        serie: { decimal: '197', hex: '00c5' },
        debut: Date.UTC(2026, 0, 1),
        fin: Date.UTC(2026, 11, 31, 23, 59, 59),
        cle: {
          type: 'ec',
          bits: 256,
          courbe: 'prime256v1',
          sha256: createHash('sha256').update(SPKI).digest('hex'),
        },
        extensions: { contraintes: { autorite: true, longueur: null } },
        signature: { algorithme: { nom: 'ECDSA-SHA256', sel: 0 } },
      },
    });
    const { cle, serie } = lire();
    expect(SPKI.subarray(-65).equals(cle.octets)).toBe(true);
    expect(hexa('00 c5').equals(serie.octets)).toBe(true);
    expect(estSignePar(lire(), lire())).toBe(true);
  });

  test('a copy: the bytes given may change afterwards', () => {
    const octets = fabriquer();
    const lu = lireCertificat(octets);
    const avant = Buffer.from(octets);
    octets.fill(0);
    expect(lu.type === 'lu' && avant.equals(lu.certificat.der)).toBe(true);
  });

  test('versions 1 and 2 have no extensions; unique identifiers are passed over', () => {
    expect(lire({ version: VIDE, suite: VIDE })).toMatchObject({
      version: 1,
      extensions: { contraintes: null },
    });
    expect(
      lire({ version: version(1), suite: Buffer.concat([hexa('81 01 00'), hexa('82 01 00')]) }).version,
    ).toBe(2);
    expect(lire({ suite: Buffer.concat([hexa('82 01 00'), extensions]) }).version).toBe(3);
  });

  test('a negative serial number is one', () => {
    expect(lire({ serie: hexa('02 01 ff') }).serie).toMatchObject({ decimal: '-1', hex: 'ff' });
  });

  test('issued by itself: the same name, whatever the case', () => {
    expect(estAutoEmis(lire())).toBe(false);
    expect(estAutoEmis(lire({ sujet: nom('ac') }))).toBe(true);
  });

  test.each<[string, Change, string]>([
    ['version 4', { version: version(3) }, 'version de certificat inconnue'],
    ['version 0', { version: tlv(0xa0, hexa('02 01 ff')) }, 'nombre hors bornes'],
    ['extensions in version 1', { version: VIDE }, 'extensions hors de la version 3'],
    ['extensions in version 2', { version: version(1) }, 'extensions hors de la version 3'],
    [
      'two algorithms',
      { algorithmeExterne: sequence(oid('1.2.840.10045.4.3.3')) },
      'deux algorithmes de signature différents',
    ],
    ['a field after the signature', { apres: hexa('05 00') }, 'champ inconnu'],
    ['a field after the extensions', { suite: Buffer.concat([extensions, hexa('05 00')]) }, 'champ inconnu'],
    [
      'a third date',
      { validite: sequence(date('260101000000Z'), date('260101000000Z'), date('260101000000Z')) },
      'champ inconnu',
    ],
    ['one date', { validite: sequence(date('260101000000Z')) }, 'champ obligatoire absent'],
    ['extensions that are no list', { suite: tlv(0xa3, tlv(0x31)) }, 'étiquette 49 au lieu de 48'],
    ['no serial number', { serie: VIDE }, 'étiquette 48 au lieu de 2'],
    ['a key of another form', { cle: tlv(0x31) }, 'étiquette 49 au lieu de 48'],
    [
      'a key with a field more',
      { cle: sequence(sequence(oid('1.2.3')), hexa('03 01 00'), hexa('05 00')) },
      'champ inconnu',
    ],
    [
      'a key of an unknown kind',
      { cle: sequence(sequence(oid('1.2.3')), hexa('03 02 00 01')) },
      'clé publique illisible ou de type inconnu',
    ],
  ])('refused: %s', (_, change, attendu) => {
    expect(motif(fabriquer(change))).toBe(attendu);
  });

  test('64 kB are read, one byte more is not', () => {
    const lest = (n: number): Buffer =>
      fabriquer({ suite: tlv(0xa3, sequence(sequence(oid('1.2.3'), tlv(4, Buffer.alloc(n))))) });
    const base = lest(60_000).length - 60_000;
    // an ECDSA signature has no fixed size
    let octets = lest(65_536 - base);
    while (octets.length !== 65_536) octets = lest(65_536 - base);
    expect(motif(octets)).toBe('lu');
    expect(motif(Buffer.concat([octets, Buffer.of(0)]))).toBe('le fichier est trop gros');
  });

  test('PEM in bytes or in text, spaces and line ends inside', () => {
    const b64 = fabriquer().toString('base64').replaceAll(/.{64}/g, '$&\r\n');
    const pem = `-----BEGIN CERTIFICATE-----\r\n${b64} \r\n-----END CERTIFICATE-----`;
    expect([motif(pem), motif(Buffer.from(pem)), motif(`a\n${pem}\nb`)]).toEqual(['lu', 'lu', 'lu']);
    expect(motif(Buffer.from(pem.replace('BEGIN CERTIFICATE', 'BEGIN KEY')))).toBe(
      'aucun certificat dans ce texte PEM',
    );
    expect(motif('')).toBe('aucun certificat dans ce texte PEM');
  });
});

describe('public keys', () => {
  test.each<[string, KeyObject, object]>([
    [
      'RSA',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey,
      { type: 'rsa', bits: 1024, courbe: null },
    ],
    [
      'P-521',
      generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).publicKey,
      { type: 'ec', bits: 521, courbe: 'secp521r1' },
    ],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey, { type: 'ec', bits: 384 }],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey, { type: 'ed25519', bits: 256, courbe: null }],
    ['X25519, which signs nothing', generateKeyPairSync('x25519').publicKey, { type: 'autre', bits: 256 }],
  ])('%s', (_, cle, attendu) => {
    expect(lire({ cle: cle.export({ format: 'der', type: 'spki' }) }).cle).toMatchObject(attendu);
  });

  test.each([2, 3])('a compressed point has the size of its curve (%i)', (tete) => {
    const x = SPKI.subarray(-64, -32);
    const algorithme = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'));
    const cle = sequence(algorithme, tlv(3, Buffer.of(0, tete), x));
    expect(lire({ cle }).cle).toMatchObject({ type: 'ec', bits: 256 });
  });
});

describe('algorithms (RFC 5280 § 4.1.1.2, RFC 4055)', () => {
  const lireOctets = (octets: Buffer) => lireAlgorithme(lireDer(octets));
  const sha = (nomOid: string): Buffer => tlv(0xa0, sequence(oid(nomOid)));
  const pss = (...champs: readonly Buffer[]): Buffer =>
    sequence(oid('1.2.840.113549.1.1.10'), sequence(...champs));

  test.each([
    ['1.2.840.113549.1.1.4', 'RSA-MD5', { famille: 'rsa', hachage: 'MD5' }],
    ['1.2.840.113549.1.1.5', 'RSA-SHA1', { famille: 'rsa', hachage: 'SHA-1' }],
    ['1.2.840.113549.1.1.14', 'RSA-SHA224', { famille: 'rsa', hachage: 'SHA-224' }],
    ['1.2.840.113549.1.1.11', 'RSA-SHA256', { famille: 'rsa', hachage: 'SHA-256' }],
    ['1.2.840.113549.1.1.12', 'RSA-SHA384', { famille: 'rsa', hachage: 'SHA-384' }],
    ['1.2.840.113549.1.1.13', 'RSA-SHA512', { famille: 'rsa', hachage: 'SHA-512' }],
    ['1.2.840.10045.4.1', 'ECDSA-SHA1', { famille: 'ecdsa', hachage: 'SHA-1' }],
    ['1.2.840.10045.4.3.1', 'ECDSA-SHA224', { famille: 'ecdsa', hachage: 'SHA-224' }],
    ['1.2.840.10045.4.3.2', 'ECDSA-SHA256', { famille: 'ecdsa', hachage: 'SHA-256' }],
    ['1.2.840.10045.4.3.3', 'ECDSA-SHA384', { famille: 'ecdsa', hachage: 'SHA-384' }],
    ['1.2.840.10045.4.3.4', 'ECDSA-SHA512', { famille: 'ecdsa', hachage: 'SHA-512' }],
    ['1.3.101.112', 'Ed25519', { famille: 'eddsa', hachage: null }],
    ['1.3.101.113', 'Ed448', { famille: 'eddsa', hachage: null }],
    ['1.2.3.4', '1.2.3.4', { famille: 'inconnue', hachage: null }],
  ])('%s is %s', (nomOid, attendu, genre) => {
    for (const parametres of [[], [hexa('05 00')]]) {
      const lu = lireOctets(sequence(oid(nomOid), ...parametres));
      expect(lu).toEqual({ oid: nomOid, nom: attendu, ...genre, sel: 0 });
      expect(estObsolete(lu)).toBe(/MD5|SHA1$|SHA224/.test(attendu));
    }
    expect(() => lireOctets(sequence(oid(nomOid), hexa('05 00'), hexa('05 00')))).toThrow('champ inconnu');
  });

  test.each<[string, Buffer, object]>([
    ['nothing said', pss(), { nom: 'RSASSA-PSS-SHA1', famille: 'pss', hachage: 'SHA-1', sel: 20 }],
    ['no parameters', sequence(oid('1.2.840.113549.1.1.10')), { nom: 'RSASSA-PSS-SHA1', sel: 20 }],
    [
      'null parameters',
      sequence(oid('1.2.840.113549.1.1.10'), hexa('05 00')),
      { nom: 'RSASSA-PSS-SHA1', sel: 20 },
    ],
    ['SHA-1', pss(sha('1.3.14.3.2.26')), { nom: 'RSASSA-PSS-SHA1', hachage: 'SHA-1' }],
    ['SHA-224', pss(sha('2.16.840.1.101.3.4.2.4')), { nom: 'RSASSA-PSS-SHA224', hachage: 'SHA-224' }],
    [
      'SHA-256',
      pss(sha('2.16.840.1.101.3.4.2.1')),
      { nom: 'RSASSA-PSS-SHA256', hachage: 'SHA-256', sel: 20 },
    ],
    ['SHA-384', pss(sha('2.16.840.1.101.3.4.2.2')), { nom: 'RSASSA-PSS-SHA384', hachage: 'SHA-384' }],
    [
      'SHA-512, salt 64',
      pss(sha('2.16.840.1.101.3.4.2.3'), tlv(0xa1, sequence()), tlv(0xa2, entier(64))),
      { nom: 'RSASSA-PSS-SHA512', sel: 64 },
    ],
    ['an unknown digest', pss(sha('1.2.3')), { nom: 'RSASSA-PSS-?', famille: 'inconnue', hachage: null }],
  ])('PSS: %s', (_, octets, attendu) => {
    expect(lireOctets(octets)).toMatchObject(attendu);
  });

  test('digests as node:crypto calls them', () => {
    expect((['MD5', 'SHA-1', 'SHA-256'] as const).map(nomNode)).toEqual(['md5', 'sha1', 'sha256']);
  });

  test('a key verifies by the family that the algorithm names, and by no other', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const ed = generateKeyPairSync('ed25519');
    const octets = Buffer.from('bonjour');
    const signature = (algorithme: Buffer, valeur: Uint8Array): Signature => ({
      algorithme: lireOctets(algorithme),
      octets,
      valeur,
    });
    const RSA = sequence(oid('1.2.840.113549.1.1.11'));
    const PSS = pss(sha('2.16.840.1.101.3.4.2.1'), tlv(0xa2, entier(32)));
    const parRsa = sign('sha256', octets, rsa.privateKey);
    const parPss = sign('sha256', octets, { key: rsa.privateKey, padding: 6, saltLength: 32 });
    const parEc = sign('sha256', octets, EC.privateKey);
    const parEd = sign(null, octets, ed.privateKey);
    expect(verifierSignature(signature(RSA, parRsa), rsa.publicKey)).toBe(true);
    expect(verifierSignature(signature(PSS, parPss), rsa.publicKey)).toBe(true);
    expect(verifierSignature(signature(ECDSA, parEc), EC.publicKey)).toBe(true);
    expect(verifierSignature(signature(sequence(oid('1.3.101.112')), parEd), ed.publicKey)).toBe(true);
    // the arithmetic would hold; the name is another
    expect(verifierSignature(signature(RSA, parEc), EC.publicKey)).toBe(false);
    expect(verifierSignature(signature(ECDSA, parRsa), rsa.publicKey)).toBe(false);
    expect(verifierSignature(signature(sequence(oid('1.3.101.113')), parEd), ed.publicKey)).toBe(false);
    expect(verifierSignature(signature(PSS, parEc), EC.publicKey)).toBe(false);
    expect(verifierSignature(signature(PSS, parRsa), rsa.publicKey)).toBe(false);
    expect(verifierSignature(signature(RSA, parPss), rsa.publicKey)).toBe(false);
    expect(verifierSignature(signature(pss(sha('1.2.3')), parPss), rsa.publicKey)).toBe(false);
    expect(verifierSignature(signature(sequence(oid('1.2.3')), parRsa), rsa.publicKey)).toBe(false);
    expect(verifierSignature(signature(ECDSA, hexa('00')), EC.publicKey)).toBe(false);
  });

  test('a salt of another length does not verify, nor ECDSA in another form', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const octets = Buffer.from('bonjour');
    const valeur = sign('sha256', octets, { key: rsa.privateKey, padding: 6, saltLength: 20 });
    const algorithme = (sel: number) =>
      lireOctets(pss(sha('2.16.840.1.101.3.4.2.1'), tlv(0xa2, entier(sel))));
    expect(verifierSignature({ algorithme: algorithme(20), octets, valeur }, rsa.publicKey)).toBe(true);
    expect(verifierSignature({ algorithme: algorithme(32), octets, valeur }, rsa.publicKey)).toBe(false);
    const brut = sign('sha256', octets, { key: EC.privateKey, dsaEncoding: 'ieee-p1363' });
    expect(verifierSignature({ algorithme: lireOctets(ECDSA), octets, valeur: brut }, EC.publicKey)).toBe(
      false,
    );
  });
});
