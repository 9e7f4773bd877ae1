import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  depouillerCms,
  type RapportCades,
  verifierCades,
} from '../../../../src/formats/certificats/cades.ts';
import { attribut, cms, date, type DemandeCms, type DemandeJeton, jeton, pkiCms } from './cms-essai.ts';
import { hexa, oid, tlv } from './der-essai.ts';
import { INSTANT, jugeOpenssl, le, openssl, type Pki } from './pki.ts';

/** CMS signatures of every kind, ours and those of openssl; openssl judges all of them too. */

let pki: Pki;
const CONTENU = Buffer.from('Le conseil municipal a délibéré.\n');
beforeAll(() => {
  pki = pkiCms();
}, 60_000);
afterAll(() => pki.fermer());

type Demande = Partial<Omit<DemandeCms, 'pki'>>;

const faire = (d: Demande = {}): Buffer => cms({ pki, contenu: CONTENU, ...d });
const timbre = (sujet: Uint8Array, d: Partial<DemandeJeton> = {}): Buffer => jeton({ pki, sujet, ...d });

async function verifier(structure: Uint8Array, contenu: Uint8Array | null = CONTENU): Promise<RapportCades> {
  return verifierCades(structure, contenu === null ? null : [contenu.subarray(0, 5), contenu.subarray(5)]);
}

async function lire(structure: Uint8Array, contenu?: Uint8Array | null) {
  const rapport = await verifier(structure, contenu);
  const [signature] = rapport.signatures;
  const codes = [...rapport.constats, ...(signature?.constats ?? [])].map((c) => c.code);
  return { rapport, signature, codes, etat: signature?.etat };
}

/** What openssl says of the signature, whoever signed. */
function openssl_dit(structure: Uint8Array, contenu: Uint8Array = CONTENU): boolean {
  pki.ecrire('juge.p7s', structure);
  pki.ecrire('juge.bin', contenu);
  // biome-ignore format: one option per pair reads better
  return jugeOpenssl('cms', '-verify', '-noverify', '-binary', '-inform', 'DER', '-in', pki.chemin('juge.p7s'),
    '-content', pki.chemin('juge.bin'), '-out', pki.chemin('juge.out')).juste;
}

describe('sound signatures, whatever their key, their digest and their writing: valid, and openssl agrees', () => {
  test.each<[string, Demande, string]>([
    ['ECDSA P-256', {}, 'ECDSA-SHA256'],
    ['ECDSA P-384, SHA-384', { de: 'p384', hachage: 'sha384' }, 'ECDSA-SHA384'],
    ['RSA PKCS#1', { de: 'rsa', methode: 'rsa' }, 'RSA-SHA256'],
    ['RSA named without its digest', { de: 'rsa', methode: 'rsa-nue', hachage: 'sha512' }, 'RSA-SHA512'],
    ['RSASSA-PSS', { de: 'rsa', methode: 'pss', hachage: 'sha384' }, 'RSASSA-PSS-SHA384'],
    ['signer named by its key', { parCle: true }, 'ECDSA-SHA256'],
    ['certificate named by SHA-1', { designe: 'v1' }, 'ECDSA-SHA256'],
    ['without authority joined', { joints: ['ec'] }, 'ECDSA-SHA256'],
    ['without date', { instant: null }, 'ECDSA-SHA256'],
  ])('%s', async (_, demande, algorithme) => {
    const structure = faire(demande);
    const { rapport, signature } = await lire(structure);
    expect(rapport).toMatchObject({ contenu: 'fourni', octets: CONTENU.length, constats: [] });
    expect(signature).toMatchObject({
      etat: 'valide',
      integrite: 'intacte',
      certificat: 'concordant',
      algorithme,
      constats: [],
      instant: demande.instant === null ? null : INSTANT,
      signataire: { sha256: pki.certificat(demande.de ?? 'ec').sha256 },
    });
    expect(rapport.sha256).toBe(createHash('sha256').update(CONTENU).digest('hex'));
    expect(openssl_dit(structure)).toBe(true);
  });

  test('nothing signed names the certificate (PKCS#7 of old): valid, and said', async () => {
    const { etat, codes, signature } = await lire(faire({ designe: 'aucun' }));
    expect([etat, codes, signature?.certificat]).toEqual(['valide', ['CMS-034'], 'indetermine']);
  });

  test('BER with indefinite lengths and a content in pieces: read as DER is', async () => {
    const structure = faire({ indefini: true, porte: true });
    const { etat, rapport } = await lire(structure, null);
    expect([etat, rapport.contenu]).toEqual(['valide', 'joint']);
    pki.ecrire('porte.p7m', structure);
    // biome-ignore format: one option per pair reads better
    expect(jugeOpenssl('cms', '-verify', '-noverify', '-binary', '-inform', 'DER', '-in', pki.chemin('porte.p7m'),
      '-out', pki.chemin('juge.out')).juste).toBe(true);
  });

  test.each([
    ['ec', ['-cades']],
    ['ec', ['-md', 'sha512']],
    ['rsa', ['-cades', '-keyid']],
    ['rsa', ['-keyopt', 'rsa_padding_mode:pss']],
    ['p384', ['-nosmimecap', '-md', 'sha384']],
  ])('made by openssl, key %s, %j', async (nom, options) => {
    writeFileSync(pki.chemin('ici.bin'), CONTENU);
    // biome-ignore format: one option per pair reads better
    openssl('cms', '-sign', '-binary', '-outform', 'DER', '-in', pki.chemin('ici.bin'), '-signer', pki.chemin(`${nom}.pem`),
      '-inkey', pki.chemin(`${nom}.key`), ...options, '-out', pki.chemin('ici.p7s'));
    const { etat, signature } = await lire(pki.lire('ici.p7s'));
    expect([etat, signature?.integrite]).toEqual(['valide', 'intacte']);
    expect(signature?.certificat).toBe(options.includes('-cades') ? 'concordant' : 'indetermine');
  });

  test('several signers of one file: each is judged', async () => {
    const { rapport } = await lire(faire({ fois: 3 }));
    expect(rapport.signatures.map((s) => [s.rang, s.etat])).toEqual([
      [1, 'valide'],
      [2, 'valide'],
      [3, 'valide'],
    ]);
  });
});

describe('each defect by its name: refused, and never because something else is wrong', () => {
  test.each<[string, Demande, readonly string[]]>([
    ['another content', { contenu: Buffer.from('autre') }, ['CMS-025']],
    ['message-digest absent', { empreinte: null }, ['CMS-012']],
    ['message-digest cut short', { empreinte: Buffer.alloc(16) }, ['CMS-025']],
    ['no signed attribute', { sansAttributs: true }, ['CMS-010', 'CMS-034']],
    ['MD5', { de: 'rsa', methode: 'rsa', hachage: 'md5' }, ['CMS-020']],
    ['two digests', { de: 'rsa', methode: 'rsa', hachageMethode: 'sha512' }, ['CMS-024']],
    ['other certificate named', { designe: 'autre' }, ['CMS-033']],
    ['certificate not joined', { joints: ['ica'] }, ['CMS-030']],
    ['no certificate at all', { joints: [] }, ['CMS-030']],
    ['RSA of 1024 bits', { de: 'faible', methode: 'rsa' }, ['CMS-035']],
    ['content-type attribute of something else', { typeSigne: '1.2.840.113549.1.7.3' }, ['CMS-014']],
    ['content announced as something else', { typeContenu: '1.2.840.113549.1.7.3' }, ['CMS-007', 'CMS-014']],
    ['a content beside that which is given', { porte: true }, ['CMS-005']],
    [
      'signing-time twice',
      { attributs: [attribut('1.2.840.113549.1.9.5', date(INSTANT + 1000))] },
      ['CMS-011'],
    ],
    [
      'message-digest of two values',
      {
        empreinte: null,
        attributs: [attribut('1.2.840.113549.1.9.4', tlv(4, Buffer.alloc(32)), tlv(4, Buffer.alloc(32)))],
      },
      ['CMS-013', 'CMS-012'],
    ],
    [
      'date that is none',
      { instant: null, attributs: [attribut('1.2.840.113549.1.9.5', tlv(0x17, Buffer.from('demain')))] },
      ['CMS-015'],
    ],
  ])('%s', async (nom, demande, attendus) => {
    const { etat, codes } = await lire(faire(demande));
    expect(codes).toEqual(attendus);
    // a date that cannot be read is no date, and no forgery
    expect(etat).toBe(nom === 'date that is none' ? 'valide' : 'refusee');
  });

  test('key of another: the value is false', async () => {
    pki.ecrire('faux.key', pki.lire('p384.key'));
    pki.ecrire('faux.pem', pki.lire('ec.pem'));
    const { etat, codes } = await lire(faire({ de: 'faux' }));
    expect([etat, codes]).toEqual(['refusee', ['CMS-026']]);
  });

  test('SHA-1: intact, and obsolete', async () => {
    const { etat, codes } = await lire(faire({ de: 'rsa', methode: 'rsa', hachage: 'sha1' }));
    expect([etat, codes]).toEqual(['obsolete', ['CMS-023']]);
  });

  test('nothing given for a detached signature: what it is worth is not known', async () => {
    const { etat, signature, rapport } = await lire(faire(), null);
    expect([etat, signature?.integrite, rapport.contenu]).toEqual(['refusee', 'indeterminee', 'absent']);
  });

  test('octets after the structure', async () => {
    const { codes } = await lire(Buffer.concat([faire(), Buffer.from('x')]));
    expect(codes).toEqual(['CMS-002']);
  });

  test.each([
    ['cut', (s: Buffer) => s.subarray(0, -3)],
    ['of another kind', (s: Buffer) => Buffer.concat([s.subarray(0, 14), hexa('03'), s.subarray(15)])],
    ['nested without end', () => Buffer.concat(Array.from({ length: 400 }, () => hexa('30 80')))],
  ])('%s: unreadable, and no exception', async (_, change) => {
    expect((await lire(change(faire()))).codes).toEqual(['CMS-001']);
  });

  test('a counter-signature is told', async () => {
    const { etat, codes } = await lire(faire({ nonSignes: [attribut('1.2.840.113549.1.9.6', tlv(0x30))] }));
    expect([etat, codes]).toEqual(['valide', ['CMS-044']]);
  });
});

describe('a time-stamp token of the value', () => {
  test('sound: it dates the signature', async () => {
    const { etat, signature, codes } = await lire(
      faire({ jeton: (v) => timbre(v, { heure: '20260615121500.25Z' }) }),
    );
    expect([etat, codes]).toEqual(['valide', []]);
    expect(signature?.horodatage).toMatchObject({
      instant: le('2026-06-15T12:15:00.250Z'),
      signataire: { sha256: pki.certificat('tsa').sha256 },
    });
  });

  test.each<[string, Partial<DemandeJeton>, string]>([
    ['of another value', { sujet: Buffer.from('autre') }, 'CMS-041'],
    ['by a key that is not for it', { de: 'ec' }, 'CMS-042'],
    ['that names no certificate', { designe: 'aucun' }, 'CMS-012'],
    ['by MD5', { hachageSujet: 'md5' }, 'CMS-020'],
    ['altered', { empreinte: Buffer.alloc(32) }, 'CMS-025'],
    ['of an impossible day', { heure: '20260231121500Z' }, 'CMS-040'],
    ['of two signers', { fois: 2 }, 'CMS-040'],
  ])('%s: it dates nothing, and the signature stands', async (_, demande) => {
    const { etat, signature, codes } = await lire(faire({ jeton: (v) => timbre(v, demande) }));
    expect([etat, codes, signature?.horodatage]).toEqual(['valide', ['CMS-043'], null]);
  });

  test('made by openssl: read', async () => {
    const conf = [
      '[t]',
      'default_policy=1.2.250.1.999.3',
      'digests=sha256',
      `serial=${pki.chemin('ts.serial')}`,
      'ess_cert_id_alg=sha256',
      'signer_digest=sha256',
    ];
    pki.ecrire('ts.cnf', conf.join('\n'));
    pki.ecrire('ts.serial', '01\n');
    const tsa = (valeur: Uint8Array): Uint8Array => {
      pki.ecrire('valeur.bin', valeur);
      openssl(
        'ts',
        '-query',
        '-data',
        pki.chemin('valeur.bin'),
        '-sha256',
        '-cert',
        '-out',
        pki.chemin('ts.tsq'),
      );
      // biome-ignore format: one option per pair reads better
      openssl('ts', '-reply', '-config', pki.chemin('ts.cnf'), '-section', 't', '-queryfile', pki.chemin('ts.tsq'),
        '-signer', pki.chemin('tsa.pem'), '-inkey', pki.chemin('tsa.key'), '-token_out', '-out', pki.chemin('ts.der'));
      return pki.lire('ts.der');
    };
    const { signature, codes } = await lire(faire({ jeton: tsa }));
    expect(codes).toEqual([]);
    expect(signature?.horodatage?.signataire.sha256).toBe(pki.certificat('tsa').sha256);
  });
});

test('evidence of revocation carried inside is handed over', async () => {
  const crl = pki.crl('ica', { nom: 'ica' });
  const archive = tlv(0x30, tlv(0xa0, tlv(0x30, crl)));
  const { signature } = await lire(faire({ attributs: [attribut('1.2.840.113583.1.1.8', archive)] }));
  expect(signature?.preuves.crl.map((c) => Buffer.from(c).equals(crl))).toEqual([true]);
  expect(signature?.etat).toBe('valide');
});

describe('a signature file is known by its content', () => {
  test('DER, PEM of both names, bare base64; nothing else', () => {
    const structure = faire();
    const base64 = structure.toString('base64').replaceAll(/(.{64})/g, '$1\n');
    for (const nom of ['PKCS7', 'CMS']) {
      const pem = `-----BEGIN ${nom}-----\n${base64}\n-----END ${nom}-----\n`;
      expect(Buffer.from(depouillerCms(Buffer.from(pem)) ?? [])).toEqual(structure);
    }
    expect(Buffer.from(depouillerCms(Buffer.from(base64)) ?? [])).toEqual(structure);
    expect(depouillerCms(structure)).toBe(structure);
    expect(depouillerCms(faire({ indefini: true }))).not.toBeNull();
    for (const autre of [
      '',
      'bonjour',
      '<a/>',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    ]) {
      expect(depouillerCms(Buffer.from(autre))).toBeNull();
    }
    expect(depouillerCms(tlv(0x30, oid('1.2.3')))).toBeNull();
  });
});
