import { describe, expect, test } from 'vitest';
import { ErreurDer, lireDer } from '../../../../src/formats/certificats/der.ts';
import {
  type Extensions,
  lireExtensions,
  listerExtensions,
  USAGES,
} from '../../../../src/formats/certificats/extensions.ts';
import { entier, hexa, oid, sequence, tlv, utf8, vrai } from './der-essai.ts';

/** Extensions written by hand (RFC 5280 § 4.2, EN 319 412-5 § 4.2). */

const extension = (nom: string, valeur: Buffer, critique = false): Buffer =>
  sequence(oid(nom), ...(critique ? [vrai] : []), tlv(0x04, valeur));
const lire = (...extensions: readonly Buffer[]): Extensions =>
  lireExtensions(lireDer(sequence(...extensions)));
const RIEN = lireExtensions(undefined);
const adresse = (texte: string): Buffer => tlv(0x86, Buffer.from(texte));

test('without extension, nothing is said', () => {
  expect(RIEN).toEqual({
    contraintes: null,
    usages: null,
    usagesEtendus: null,
    politiques: null,
    identifiantCle: null,
    identifiantCleEmetteur: null,
    qc: null,
    urlsOcsp: [],
    urlsEmetteur: [],
    urlsCrl: [],
    politiqueExigee: null,
    touteInterdite: null,
    sansControle: false,
    nonHonorees: [],
    critiquesInconnues: [],
  });
  expect(lire()).toEqual(RIEN);
});

const point = (...urls: readonly string[]): Buffer => sequence(tlv(0xa0, tlv(0xa0, ...urls.map(adresse))));

const CAS: readonly (readonly [string, string, Buffer, Partial<Extensions>])[] = [
  ['subjectKeyIdentifier', '2.5.29.14', hexa('04 02 ab cd'), { identifiantCle: 'abcd' }],
  ['keyUsage', '2.5.29.15', hexa('03 02 06 c0'), { usages: ['digitalSignature', 'nonRepudiation'] }],
  ['keyUsage, all', '2.5.29.15', hexa('03 03 07 ff 80'), { usages: USAGES }],
  ['keyUsage, a bit without name', '2.5.29.15', hexa('03 03 00 00 40'), { usages: [] }],
  ['basicConstraints, none', '2.5.29.19', sequence(), { contraintes: { autorite: false, longueur: null } }],
  ['basicConstraints, CA', '2.5.29.19', sequence(vrai), { contraintes: { autorite: true, longueur: null } }],
  [
    'basicConstraints, CA and length',
    '2.5.29.19',
    sequence(vrai, entier(3)),
    { contraintes: { autorite: true, longueur: 3 } },
  ],
  [
    'basicConstraints, false written out',
    '2.5.29.19',
    sequence(hexa('01 01 00'), entier(0)),
    { contraintes: { autorite: false, longueur: 0 } },
  ],
  ['nameConstraints', '2.5.29.30', sequence(), { nonHonorees: ['2.5.29.30'] }],
  ['policyMappings', '2.5.29.33', sequence(), { nonHonorees: ['2.5.29.33'] }],
  [
    'cRLDistributionPoints',
    '2.5.29.31',
    sequence(point('http://a/', 'ldap://b/'), point('http://c/')),
    { urlsCrl: ['http://a/', 'ldap://b/', 'http://c/'] },
  ],
  [
    'cRLDistributionPoints, other names',
    '2.5.29.31',
    sequence(
      sequence(tlv(0xa0, tlv(0xa0, tlv(0x82, Buffer.from('a'))))),
      sequence(tlv(0xa0, tlv(0xa1))),
      sequence(tlv(0xa2)),
      sequence(),
    ),
    { urlsCrl: [] },
  ],
  [
    'certificatePolicies',
    '2.5.29.32',
    sequence(sequence(oid('1.2.250.1'), sequence()), sequence(oid('2.5.29.32.0'))),
    { politiques: ['1.2.250.1', '2.5.29.32.0'] },
  ],
  ['authorityKeyIdentifier', '2.5.29.35', sequence(hexa('80 02 ab cd')), { identifiantCleEmetteur: 'abcd' }],
  [
    'authorityKeyIdentifier by name',
    '2.5.29.35',
    sequence(tlv(0xa1), hexa('82 01 05')),
    { identifiantCleEmetteur: null },
  ],
  ['policyConstraints', '2.5.29.36', sequence(hexa('80 01 02')), { politiqueExigee: 2 }],
  ['policyConstraints, mapping alone', '2.5.29.36', sequence(hexa('81 01 02')), { politiqueExigee: null }],
  [
    'extKeyUsage',
    '2.5.29.37',
    sequence(oid('1.3.6.1.5.5.7.3.9'), oid('1.3.6.1.5.5.7.3.4')),
    { usagesEtendus: ['1.3.6.1.5.5.7.3.9', '1.3.6.1.5.5.7.3.4'] },
  ],
  ['inhibitAnyPolicy', '2.5.29.54', entier(1), { touteInterdite: 1 }],
  [
    'authorityInfoAccess',
    '1.3.6.1.5.5.7.1.1',
    sequence(
      sequence(oid('1.3.6.1.5.5.7.48.1'), adresse('http://ocsp/')),
      sequence(oid('1.3.6.1.5.5.7.48.2'), adresse('http://ca/')),
      sequence(oid('1.3.6.1.5.5.7.48.3'), adresse('http://autre/')),
      sequence(oid('1.3.6.1.5.5.7.48.1'), tlv(0x82, Buffer.from('nom'))),
      sequence(oid('1.3.6.1.5.5.7.48.1'), adresse('http://\xe9/')),
    ),
    { urlsOcsp: ['http://ocsp/'], urlsEmetteur: ['http://ca/'] },
  ],
  ['ocsp-nocheck', '1.3.6.1.5.5.7.48.1.5', hexa('05 00'), { sansControle: true }],
  ['an unknown one', '1.2.3.4', hexa('05 00'), {}],
];

for (const [quoi, nom, valeur, attendu] of CAS) {
  test(`${quoi}, critical or not`, () => {
    expect(lire(extension(nom, valeur))).toEqual({ ...RIEN, ...attendu });
    const critique = nom === '1.2.3.4' ? { critiquesInconnues: ['1.2.3.4'] } : {};
    expect(lire(extension(nom, valeur, true))).toEqual({ ...RIEN, ...attendu, ...critique });
  });
}

test.each(['2.5.29.17', '2.5.29.18', '2.5.29.16', '2.5.29.9', '2.5.29.46'])(
  '%s changes no decision, even critical',
  (nom) => {
    expect(lire(extension(nom, sequence(), true))).toEqual(RIEN);
  },
);

test('several unknown, or not honoured, are all told', () => {
  const inconnues = ['1.2.3.4', '1.2.3.5'].map((nom) => extension(nom, sequence(), true));
  const nonHonorees = ['2.5.29.30', '2.5.29.33'].map((nom) => extension(nom, sequence()));
  expect(lire(...inconnues, ...nonHonorees)).toMatchObject({
    critiquesInconnues: ['1.2.3.4', '1.2.3.5'],
    nonHonorees: ['2.5.29.30', '2.5.29.33'],
  });
});

describe('QcStatements (EN 319 412-5 § 4.2)', () => {
  const declaration = (nom: string, ...info: readonly Buffer[]): Buffer => sequence(oid(nom), ...info);
  const types = (...noms: readonly string[]): Buffer =>
    declaration('0.4.0.1862.1.6', sequence(...noms.map((n) => oid(`0.4.0.1862.1.6.${n}`))));
  const qc = (...declarations: readonly Buffer[]) =>
    lire(extension('1.3.6.1.5.5.7.1.3', sequence(...declarations))).qc;

  test.each<[string, readonly Buffer[], object]>([
    ['none', [], { conforme: false, dispositif: false, types: [] }],
    ['qualified', [declaration('0.4.0.1862.1.1')], { conforme: true, dispositif: false, types: [] }],
    ['in a device', [declaration('0.4.0.1862.1.4')], { conforme: false, dispositif: true, types: [] }],
    ['signature', [types('1')], { conforme: false, dispositif: false, types: ['esign'] }],
    ['seal', [types('2')], { conforme: false, dispositif: false, types: ['eseal'] }],
    ['web', [types('3')], { conforme: false, dispositif: false, types: ['web'] }],
    ['two types', [types('2', '1')], { conforme: false, dispositif: false, types: ['esign', 'eseal'] }],
    ['an unknown type', [types('9')], { conforme: false, dispositif: false, types: [] }],
    ['types without any', [declaration('0.4.0.1862.1.6')], { conforme: false, dispositif: false, types: [] }],
    [
      'another one, with what follows it',
      [declaration('0.4.0.1862.1.5', sequence(utf8('x')))],
      { conforme: false, dispositif: false, types: [] },
    ],
  ])('%s', (_, declarations, attendu) => {
    expect(qc(...declarations)).toEqual(attendu);
  });
});

describe('refused', () => {
  test.each<[string, Buffer, string]>([
    [
      'twice the same extension',
      sequence(extension('2.5.29.17', sequence()), extension('2.5.29.17', sequence())),
      'extension en double',
    ],
    [
      'twice the same policy',
      sequence(extension('2.5.29.32', sequence(sequence(oid('1.2.3')), sequence(oid('1.2.3'))))),
      'politique en double',
    ],
    ['no list', tlv(0x31), 'étiquette 49 au lieu de 48'],
    ['a field after the value', sequence(sequence(oid('1.2.3'), tlv(4), tlv(4))), 'champ inconnu'],
    ['no value', sequence(sequence(oid('1.2.3'), vrai)), 'champ obligatoire absent'],
    [
      'a value that is no OCTET STRING',
      sequence(sequence(oid('1.2.3'), sequence())),
      'étiquette 48 au lieu de 4',
    ],
    [
      'bytes after the value',
      sequence(extension('2.5.29.14', hexa('04 00 05 00'))),
      'octets en trop après la structure',
    ],
    [
      'an identifier of another type',
      sequence(extension('2.5.29.14', sequence())),
      'étiquette 48 au lieu de 4',
    ],
    ['a usage of another type', sequence(extension('2.5.29.15', sequence())), 'étiquette 48 au lieu de 3'],
    [
      'a field more in the constraints',
      sequence(extension('2.5.29.19', sequence(vrai, entier(1), entier(1)))),
      'champ inconnu',
    ],
    [
      'QcStatements of another type',
      sequence(extension('1.3.6.1.5.5.7.1.3', tlv(0x31))),
      'étiquette 49 au lieu de 48',
    ],
    [
      'a statement of another type',
      sequence(extension('1.3.6.1.5.5.7.1.3', sequence(tlv(0x31)))),
      'étiquette 49 au lieu de 48',
    ],
    [
      'a statement without name',
      sequence(extension('1.3.6.1.5.5.7.1.3', sequence(sequence()))),
      'champ obligatoire absent',
    ],
    [
      'types that are no list',
      sequence(extension('1.3.6.1.5.5.7.1.3', sequence(sequence(oid('0.4.0.1862.1.6'), tlv(0x31))))),
      'étiquette 49 au lieu de 48',
    ],
    ...['2.5.29.31', '2.5.29.32', '2.5.29.37', '1.3.6.1.5.5.7.1.1'].map((nom): [string, Buffer, string] => [
      `${nom} that is no list`,
      sequence(extension(nom, tlv(0x31))),
      'étiquette 49 au lieu de 48',
    ]),
  ])('%s', (_, octets, motif) => {
    expect(() => lireExtensions(lireDer(octets))).toThrow(new ErreurDer(motif));
  });
});

test('a list of extensions as it is written, for who reads others than these', () => {
  const liste = sequence(
    extension('1.2.3', hexa('05 00'), true),
    sequence(oid('1.2.4'), hexa('01 01 00'), tlv(4)),
  );
  expect(
    listerExtensions(lireDer(liste)).map((e) => ({ ...e, valeur: Buffer.from(e.valeur).toString('hex') })),
  ).toEqual([
    { oid: '1.2.3', critique: true, valeur: '0500' },
    { oid: '1.2.4', critique: false, valeur: '' },
  ]);
  expect(listerExtensions(undefined)).toEqual([]);
});
