import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Ancrage, ancrer, type DemandeAncrage } from '../../../../src/formats/certificats/ancrage.ts';
import { decouperCertificats } from '../../../../src/formats/certificats/blocs.ts';
import type { Famille } from '../../../../src/formats/certificats/magasin.ts';
import { type Change, EC, extension, fabriquer, lu, nom } from './certificat-essai.ts';
import { entier, hexa, oid, sequence, tlv, utf8, vrai } from './der-essai.ts';
import { le } from './pki.ts';

/** Authorities that the operator adds by hand: all or nothing, and what should be known of them. */

const INSTANT = le('2026-06-15T12:00:00Z');
const AC = (change: Change = {}): Change => ({ sujet: nom('AC'), ...change });
const usages = (bits: string): Uint8Array =>
  tlv(
    0xa3,
    sequence(
      sequence(oid('2.5.29.19'), vrai, tlv(4, sequence(vrai))),
      extension('2.5.29.15', hexa(bits), true),
    ),
  );
const cle = (change: Change = {}): string => lu(AC(change)).cle.sha256;

function demander(change: Partial<DemandeAncrage> = {}, ...certificats: readonly Uint8Array[]): Ancrage {
  const ders = certificats.length > 0 ? certificats : [fabriquer(AC())];
  return ancrer({
    certificats: ders.map((der, n) => ({ der, origine: `f${n + 1}` })),
    famille: null,
    nom: 'rgs',
    niveau: 'RGS **',
    politiques: ['1.2.3'],
    instant: INSTANT,
    ...change,
  });
}
function fait(...demande: Parameters<typeof demander>): Extract<Ancrage, { type: 'fait' }> {
  const ancrage = demander(...demande);
  return ancrage.type === 'fait' ? ancrage : expect.fail(ancrage.problemes.join());
}
const problemes = (...certificats: readonly Uint8Array[]): readonly string[] => {
  const ancrage = demander({}, ...certificats);
  return ancrage.type === 'refuse' ? ancrage.problemes : [];
};

describe('an authority becomes an anchor of its family', () => {
  test('its name, its bytes, the row that names its key', () => {
    const { famille, ajoutees, avis } = fait();
    expect(ajoutees).toEqual([{ certificat: expect.stringMatching(/^MII/), nom: 'AC', periodes: [] }]);
    expect(famille).toEqual({
      nom: 'rgs',
      libelle: 'Référentiel général de sécurité',
      lecture: 'tableau',
      ancres: ajoutees,
      niveaux: [{ emetteur: cle(), politique: '1.2.3', niveau: 'RGS **' }],
      origine: 'autorités choisies par l’exploitant, le 15 juin 2026 à 12:00:00 UTC pour la dernière',
    });
    expect(avis).toEqual([]);
  });

  test.each([
    ['rgs', 'Référentiel général de sécurité'],
    ['dgfip', 'Certificats de la DGFiP'],
    ['autre', 'autre'],
  ])('the label of the family « %s » is « %s », until it has one', (famille, libelle) => {
    const neuve = fait({ nom: famille }).famille;
    expect(neuve.libelle).toBe(libelle);
    expect(fait({ nom: famille, famille: { ...neuve, libelle: 'La mienne' } }).famille.libelle).toBe(
      'La mienne',
    );
  });

  test('it is called by its common name, or by all of its name', () => {
    const deux = (...rdns: readonly [string, string][]): Buffer =>
      sequence(...rdns.map(([type, valeur]) => tlv(0x31, sequence(oid(type), utf8(valeur)))));
    const appelee = (sujet: Uint8Array): string | undefined =>
      fait({}, fabriquer(AC({ sujet }))).ajoutees[0]?.nom;
    expect(appelee(deux(['2.5.4.6', 'FR'], ['2.5.4.3', 'AC, racine']))).toBe('AC\\, racine');
    expect(appelee(deux(['2.5.4.3', 'AC'], ['2.5.4.6', 'FR']))).toBe('AC');
    expect(appelee(deux(['2.5.4.6', 'FR'], ['2.5.4.10', 'Sans nom CN=x']))).toBe('O=Sans nom CN=x,C=FR');
  });

  test('given twice it is added once; already there it is not added again', () => {
    const der = fabriquer(AC());
    const { famille, ajoutees } = fait({}, der, der);
    expect(ajoutees).toHaveLength(1);
    const encore = fait({ famille }, der);
    expect([encore.ajoutees, encore.famille.ancres, encore.famille.niveaux]).toEqual([
      [],
      famille.ancres,
      famille.niveaux,
    ]);
    const autre = fait({ famille }, fabriquer(AC({ sujet: nom('AC 2') })));
    expect(autre.famille.ancres.map((a) => a.nom)).toEqual(['AC', 'AC 2']);
  });
});

describe('what is no authority: nothing at all is added, and each is told', () => {
  test.each([
    [
      'unreadable',
      () => Buffer.from('AAAA'),
      /^f1 : certificat illisible \(.+\)\. Fournir le fichier d’origine\.$/,
    ],
    [
      'no authority',
      () => fabriquer(AC({ suite: tlv(0xa3, sequence(extension('2.5.29.19', sequence()))) })),
      /^f1, CN=AC : ce n’est pas un certificat d’autorité/,
    ],
    [
      'silent on it',
      () => fabriquer(AC({ suite: tlv(0xa3, sequence(extension('2.5.29.14', tlv(4, hexa('01'))))) })),
      /ce n’est pas un certificat d’autorité/,
    ],
    [
      'of version 1',
      () => fabriquer(AC({ version: Buffer.alloc(0), suite: Buffer.alloc(0) })),
      /ce n’est pas un certificat d’autorité/,
    ],
    [
      'without the right to issue',
      () => fabriquer(AC({ suite: usages('03 02 01 02') })),
      /n’a pas le droit d’émettre/,
    ],
    ['a root that is altered', () => alterer(fabriquer(AC())), /racine altéré, sa signature est fausse/],
  ] as const)('%s', (_, der, motif) => {
    expect(problemes(der())).toEqual([expect.stringMatching(motif)]);
    expect(problemes(fabriquer(AC({ sujet: nom('Bonne') })), der())).toEqual([expect.stringMatching(/^f2/)]);
  });

  function alterer(der: Buffer): Buffer {
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    return der;
  }

  test('the right to issue, or no usage written, is enough; who is not a root is not checked against itself', () => {
    expect(problemes(fabriquer(AC({ suite: usages('03 02 02 04') })))).toEqual([]);
    expect(problemes(alterer(fabriquer(AC({ emetteur: nom('Racine') }))))).toEqual([]);
  });

  test('several problems at once', () => {
    expect(problemes(Buffer.from('A'), fabriquer(AC({ suite: usages('03 02 01 02') })))).toHaveLength(2);
  });

  test('a family that comes from a trusted list is not touched by hand', () => {
    const famille = { ...fait().famille, lecture: 'eidas' } as Famille;
    expect(demander({ famille })).toEqual({
      type: 'refuse',
      problemes: ['La famille « rgs » vient d’une liste de confiance. Choisir un autre nom de famille.'],
    });
  });
});

describe('rows of the table', () => {
  const L = (emetteur: string, politique: string, niveau: string) => ({ emetteur, politique, niveau });

  test('one per policy; those that name one go before those that take any', () => {
    const premiere = fait({ politiques: [], niveau: 'RGS *' });
    expect(premiere.avis).toEqual([
      'Sans --politique, tout certificat de ces autorités aura le niveau « RGS * ».',
    ]);
    expect(premiere.famille.niveaux).toEqual([L(cle(), '*', 'RGS *')]);
    const { famille, avis } = fait({ famille: premiere.famille, politiques: ['1.2.3', '1.2.4'] });
    expect(famille.niveaux).toEqual([
      L(cle(), '1.2.3', 'RGS **'),
      L(cle(), '1.2.4', 'RGS **'),
      L(cle(), '*', 'RGS *'),
    ]);
    expect(avis).toEqual([]);
  });

  test('a row that is given again replaces the old one; a level that changes is said', () => {
    const { famille } = fait({ politiques: ['1.2.3', '1.2.4'] });
    const change = fait({ famille, niveau: 'RGS ***' });
    expect(change.famille.niveaux).toEqual([L(cle(), '1.2.4', 'RGS **'), L(cle(), '1.2.3', 'RGS ***')]);
    expect(change.avis).toEqual(['Niveau changé (politique 1.2.3) : « RGS ** » devient « RGS *** ».']);
    expect(fait({ famille }).avis).toEqual([]);
    const large = fait({ famille: fait({ politiques: [] }).famille, politiques: [], niveau: 'N' });
    expect(large.avis[0]).toBe('Niveau changé (sans politique nommée) : « RGS ** » devient « N ».');
  });

  test('rows of other authorities are left alone', () => {
    const autre = { ...fait().famille, niveaux: [L('f'.repeat(64), '1.2.3', 'X')] };
    const { famille, avis } = fait({ famille: autre });
    expect([famille.niveaux, avis]).toEqual([
      [L('f'.repeat(64), '1.2.3', 'X'), L(cle(), '1.2.3', 'RGS **')],
      [],
    ]);
  });
});

describe('what will keep an anchor from serving is said', () => {
  const avis = (change: Change, instant = INSTANT): readonly string[] =>
    fait({ instant }, fabriquer(AC(change))).avis;

  test('its dates: both ends included, the second of the end whole', () => {
    expect(avis({}, le('2026-12-31T23:59:59Z'))).toEqual([]);
    expect(avis({}, le('2027-01-01T00:00:00Z'))).toEqual([
      'CN=AC : expirée depuis le 31 décembre 2026 à 23:59:59 UTC : elle ne sert qu’à juger le passé.',
    ]);
    expect(avis({}, le('2026-01-01T00:00:00Z'))).toEqual([]);
    expect(avis({}, le('2025-12-31T23:59:59Z'))).toEqual([
      'CN=AC : valable seulement à partir du 1er janvier 2026 à 00:00:00 UTC.',
    ]);
  });

  test('an extension that this program does not honour', () => {
    const suite = tlv(
      0xa3,
      sequence(
        sequence(oid('2.5.29.19'), vrai, tlv(4, sequence(vrai))),
        extension('1.2.3.4', entier(1), true),
      ),
    );
    expect(avis({ suite })).toEqual([
      'CN=AC : extension que ce programme n’honore pas (1.2.3.4) : tout ce qu’elle émet sera refusé.',
    ]);
  });

  test('a key that is too weak: RSA under 2048 bits, a curve under 256', () => {
    const de = (publique: KeyObject): Change => ({
      cle: publique.export({ format: 'der', type: 'spki' }),
      emetteur: nom('Racine'),
    });
    const rsa = (bits: number): Change => de(generateKeyPairSync('rsa', { modulusLength: bits }).publicKey);
    expect(avis(rsa(1024))).toEqual([
      'CN=AC : clé trop faible (rsa, 1024 bits) : tout ce qu’elle émet sera refusé.',
    ]);
    expect(avis(rsa(2048))).toEqual([]);
    const p224 = generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey;
    expect(avis(de(p224))).toEqual([
      'CN=AC : clé trop faible (secp224r1, 224 bits) : tout ce qu’elle émet sera refusé.',
    ]);
    expect(avis(de(generateKeyPairSync('ed25519').publicKey))).toEqual([]);
    expect(avis(de(generateKeyPairSync('x25519').publicKey))[0]).toContain('clé trop faible (autre');
  });
});

describe('files of certificates, as people hand them over', () => {
  const pem = (der: Uint8Array, titre = 'CERTIFICATE'): string =>
    `-----BEGIN ${titre}-----\n${Buffer.from(der).toString('base64')}\n-----END ${titre}-----\n`;
  const [A, B] = [fabriquer(), fabriquer(AC())];
  const decoupe = (octets: Uint8Array | string) =>
    decouperCertificats(typeof octets === 'string' ? Buffer.from(octets) : octets);
  const motif = (octets: Uint8Array | string): string => {
    const lue = decoupe(octets);
    return lue.type === 'refuse' ? lue.motif : 'decoupe';
  };

  test.each([
    ['one PEM', pem(A), [A]],
    ['several PEM, text around', `bonjour\n${pem(A)}entre\n${pem(B)}`, [A, B]],
    ['one DER', A, [A]],
    ['several DER', Buffer.concat([A, B]), [A, B]],
  ] as const)('%s', (_, octets, attendus) => {
    expect(decoupe(octets)).toEqual({
      type: 'decoupe',
      certificats: attendus.map((d) => Uint8Array.from(d)),
    });
  });

  test.each(['PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
    'a PEM that holds « %s »: a secret, nothing is kept',
    (titre) => {
      expect(motif(pem(A) + pem(Buffer.from('x'), titre))).toContain('le fichier contient une clé privée');
    },
  );

  test.each(['PKCS7', 'CERTIFICATE REQUEST', 'X509 CRL'])('a block « %s » is named', (titre) => {
    expect(motif(pem(A) + pem(A, titre))).toMatch(new RegExp(`^bloc « ${titre} » inattendu\\. Fournir`));
  });

  test('a PEM that is badly written', () => {
    expect(motif('-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n')).toContain('mal écrit');
    expect(motif(`${pem(A)}-----BEGIN CERTIFICATE-----\nAAAA`)).toContain('mal écrit');
  });

  test('keys and PKCS#12 in DER begin with their version', () => {
    const pkcs8 = EC.privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(motif(pkcs8)).toMatch(/^le fichier est une clé ou un PKCS#12/);
    expect(motif(Buffer.concat([A, pkcs8]))).toMatch(/^le fichier est une clé ou un PKCS#12/);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['prose', Buffer.from('bonjour')],
    ['another structure', entier(1)],
    ['a certificate, then another structure', Buffer.concat([A, entier(1)])],
    ['a certificate cut short', A.subarray(0, -1)],
  ])('%s is none', (_, octets) => {
    expect(motif(octets)).toMatch(/^ce n’est pas un certificat, ni en PEM ni en DER\. Fournir/);
  });
});
