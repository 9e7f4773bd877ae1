import { createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ouvrirPkcs12 } from '../../../../src/formats/certificats/pkcs12.ts';
import { EXTENSIONS, openssl, type Pki, pkiDeBase } from './pki.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
  for (const cle of ['rsa2048', 'ec'] as const) {
    pki.emettre('ica', { nom: cle, cle, extensions: EXTENSIONS.signataire });
  }
});
afterAll(() => pki.fermer());

interface Fabrication {
  readonly options?: readonly string[];
  readonly secret?: string;
  readonly cle?: string;
}

function fabriquer({ options = [], secret = 'secret', cle = 'rsa2048' }: Fabrication = {}): Buffer {
  const sortie = pki.chemin('essai.p12');
  // biome-ignore format: one option per pair reads better
  openssl('pkcs12', '-export', '-inkey', pki.chemin(`${cle}.key`), '-in', pki.chemin(`${cle}.pem`), '-passout',
    `pass:${secret}`, '-out', sortie, ...options);
  return pki.lire('essai.p12');
}

function code(octets: Uint8Array, secret = 'secret'): string {
  const ouvert = ouvrirPkcs12(octets, secret);
  return ouvert.type === 'refuse' ? ouvert.code : 'ouvert';
}

const CHAINE = ['racine', 'ica'];
const AGES = [
  ['AES-256 and SHA-256, of today', []],
  ['3DES and SHA-1', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
  [
    'RC2-40 and 3DES, of the first Windows',
    ['-legacy', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-RC2-40'],
  ],
  ['RC2-40 for all', ['-legacy', '-keypbe', 'PBE-SHA1-RC2-40', '-certpbe', 'PBE-SHA1-RC2-40']],
  ['key in the clear inside', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ['SHA-512 seal, AES-128', ['-macalg', 'sha512', '-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC']],
] as const;

describe('PKCS#12 of every age (crypto.md § 4)', () => {
  for (const cle of ['rsa2048', 'ec'] as const) {
    for (const [titre, options] of AGES) {
      it(`${titre}, ${cle}: key, certificate, path upwards`, () => {
        const tous = CHAINE.map((n) => pki.lire(`${n}.pem`).toString()).join('');
        pki.ecrire('chaine.pem', tous);
        const p12 = fabriquer({ cle, options: [...options, '-certfile', pki.chemin('chaine.pem')] });
        const ouvert = ouvrirPkcs12(p12, 'secret');
        if (ouvert.type === 'refuse') throw new Error(ouvert.motif);
        // Byte for byte what was put in: a certificate written anew might not verify.
        expect(Buffer.from(ouvert.certificat)).toEqual(Buffer.from(pki.der(cle)));
        expect(ouvert.chaine.map((c) => Buffer.from(c))).toEqual(
          [pki.der('ica'), pki.der('racine')].map((c) => Buffer.from(c)),
        );
        expect(ouvert.cle.equals(createPrivateKey(pki.lire(`${cle}.key`)))).toBe(true);
        const octets = Buffer.from('flux');
        const { publicKey } = new X509Certificate(ouvert.certificat);
        expect(verify('sha256', octets, publicKey, sign('sha256', octets, ouvert.cle))).toBe(true);
        expect(code(p12, 'faux')).toBe('secret');
        expect(code(p12, '')).toBe('secret');
      });
    }
  }

  it('passwords with accents, a euro sign, a smile, or none at all', () => {
    for (const secret of ['été à Noël', '100 €', 'clé 🔑', '']) {
      for (const [, options] of AGES) {
        expect([secret, options, code(fabriquer({ secret, options }), secret)]).toEqual([
          secret,
          options,
          'ouvert',
        ]);
      }
    }
  });

  it('the same password typed with composed or decomposed accents', () => {
    expect(code(fabriquer({ secret: 'été' }), 'été'.normalize('NFD'))).toBe('ouvert');
  });
});

describe('a wrong password is not a broken file', () => {
  it('a file altered anywhere is never said to have a wrong password when its content still opens', () => {
    const p12 = fabriquer();
    const altere = Buffer.from(p12);
    // The last octets are the salt and the count of the seal: the content is whole.
    altere[altere.length - 6] = (altere[altere.length - 6] ?? 0) ^ 1;
    expect(code(altere)).toBe('abime');
    expect(code(altere, 'faux')).toBe('secret');
  });

  it('cut, empty, another kind of file: abime, whatever the password', () => {
    const p12 = fabriquer();
    const autres = [
      p12.subarray(0, 500),
      Buffer.alloc(0),
      Buffer.from('%PDF-1.7'),
      pki.lire('ec.pem'),
      Buffer.from(pki.der('ec')),
    ];
    expect(autres.map((o) => code(o))).toEqual(autres.map(() => 'abime'));
    expect(code(Buffer.alloc(2_000_000, 0x30))).toBe('abime');
  });

  it('any octet changed: an answer, never an exception, and the key or a refusal', () => {
    const p12 = fabriquer({ cle: 'ec', options: ['-iter', '1', '-maciter'] });
    for (let i = 0; i < p12.length; i += 7) {
      const altere = Buffer.from(p12);
      altere[i] = (altere[i] ?? 0) ^ 0xff;
      expect(['abime', 'secret', 'inconnu', 'sans_cle', 'sans_certificat', 'demesure', 'ouvert']).toContain(
        code(altere),
      );
    }
  });

  it('each refusal says in French what to do', () => {
    const refus = ouvrirPkcs12(fabriquer(), 'faux');
    expect(refus).toMatchObject({
      motif:
        'Le mot de passe du fichier PKCS#12 est faux. Ressaisir le mot de passe donné avec le certificat.',
    });
  });
});

describe('what is inside', () => {
  it('certificates without key, key without certificate', () => {
    const sortie = pki.chemin('essai.p12');
    openssl(
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      pki.chemin('ec.pem'),
      '-passout',
      'pass:secret',
      '-out',
      sortie,
    );
    expect(code(pki.lire('essai.p12'))).toBe('sans_cle');
    openssl(
      'pkcs12',
      '-export',
      '-nocerts',
      '-inkey',
      pki.chemin('ec.key'),
      '-passout',
      'pass:secret',
      '-out',
      sortie,
    );
    expect(code(pki.lire('essai.p12'))).toBe('sans_certificat');
  });

  it('a file without seal opens by the right password only', () => {
    const p12 = fabriquer({ options: ['-nomac'] });
    expect([code(p12), code(p12, 'faux')]).toEqual(['ouvert', 'secret']);
  });
});
