import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Curseur, type Der, lireDer, membres } from '../../../../src/formats/certificats/der.ts';
import { ouvrirPkcs12 } from '../../../../src/formats/certificats/pkcs12.ts';
import { EXTENSIONS, openssl, type Pki, pkiDeBase } from './pki.ts';

/**
 * PBMAC1 seals (RFC 9579), which the openssl of Debian cannot make: made here by hand, judged by the OpenSSL of Node.
 * And files that ask for absurd amounts of hashing.
 */

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
  pki.emettre('ica', { nom: 'porteur', extensions: EXTENSIONS.signataire });
});
afterAll(() => pki.fermer());

function exporter(options: readonly string[], secret = 'secret'): Buffer {
  // biome-ignore format: one option per pair reads better
  openssl('pkcs12', '-export', '-inkey', pki.chemin('porteur.key'), '-in', pki.chemin('porteur.pem'), '-passout',
    `pass:${secret}`, '-out', pki.chemin('essai.p12'), ...options);
  return pki.lire('essai.p12');
}

function code(octets: Uint8Array, secret = 'secret'): string {
  const ouvert = ouvrirPkcs12(octets, secret);
  return ouvert.type === 'refuse' ? ouvert.code : 'ouvert';
}

/** DER by hand. */
function tlv(tag: number, ...contenus: readonly Uint8Array[]): Buffer {
  const contenu = Buffer.concat(contenus);
  const n = contenu.length;
  const longueur = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([tag, ...longueur]), contenu]);
}
const sequence = (...c: readonly Uint8Array[]) => tlv(0x30, ...c);
const octets = (o: Uint8Array) => tlv(0x04, o);
const entier = (n: number) => {
  const hexa = n.toString(16);
  const brut = Buffer.from(hexa.length % 2 === 0 ? hexa : `0${hexa}`, 'hex');
  return tlv(0x02, (brut[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), brut]) : brut);
};
const oid = (hexa: string) => tlv(0x06, Buffer.from(hexa, 'hex'));
const OID = {
  pbmac1: '2a864886f70d01050e',
  pbkdf2: '2a864886f70d01050c',
  sha256: '2a864886f70d0209',
  sha512: '2a864886f70d020b',
  pbes2: '2a864886f70d01050d',
  aes256: '60864801650304012a',
  donnees: '2a864886f70d010701',
  chiffrees: '2a864886f70d010706',
};

interface Reglage {
  readonly secret?: string;
  readonly iterations?: number;
  readonly longueur?: number;
  readonly hachage?: 'sha256' | 'sha512';
  /** Octets over which the seal is made, when not those of the file. */
  readonly autre?: Uint8Array;
}

/** A file without seal, sealed by hand. */
function sceller(nu: Buffer, reglage: Reglage = {}): Buffer {
  const { secret = 'secret', iterations = 2048, longueur = 32, hachage = 'sha256', autre } = reglage;
  const c = new Curseur(lireDer(nu));
  const version = c.prendre().brut;
  const contenu = c.prendre();
  const scelle = donneesDe(contenu);
  const sel = Buffer.from('0011223344556677', 'hex');
  const cle = pbkdf2Sync(Buffer.from(secret), sel, Math.min(iterations, 5000), longueur, hachage);
  const mac = createHmac(hachage, cle)
    .update(autre ?? scelle)
    .digest();
  const prf = sequence(oid(OID[hachage]), tlv(0x05));
  const kdf = sequence(oid(OID.pbkdf2), sequence(octets(sel), entier(iterations), entier(longueur), prf));
  const algorithme = sequence(oid(OID.pbmac1), sequence(kdf, prf));
  const sceau = sequence(sequence(algorithme, octets(mac)), octets(sel), entier(1));
  return sequence(version, contenu.brut, sceau);
}

/** OpenSSL 3.5 of Node: reads PBMAC1 since 3.4. */
function juge(p12: Buffer, secret = 'secret'): boolean {
  try {
    createSecureContext({ pfx: p12, passphrase: secret });
    return true;
  } catch {
    return false;
  }
}

describe('PBMAC1 (RFC 9579)', () => {
  it('opens with its password, and OpenSSL 3.5 opens it too', () => {
    for (const hachage of ['sha256', 'sha512'] as const) {
      const p12 = sceller(exporter(['-nomac']), { hachage, longueur: hachage === 'sha256' ? 32 : 64 });
      expect([code(p12), juge(p12)]).toEqual(['ouvert', true]);
      expect([code(p12, 'faux'), juge(p12, 'faux')]).toEqual(['secret', false]);
    }
  });

  it('the password is taken in UTF-8, accents and all', () => {
    const p12 = sceller(exporter(['-nomac'], 'été 100 €'), { secret: 'été 100 €' });
    expect([code(p12, 'été 100 €'), juge(p12, 'été 100 €')]).toEqual(['ouvert', true]);
  });

  it('a seal made over other octets: abime, never opened', () => {
    const p12 = sceller(exporter(['-nomac']), { autre: Buffer.from('autre contenu') });
    expect([code(p12), juge(p12)]).toEqual(['abime', false]);
  });

  it('a key shorter than 20 octets is refused (RFC 9579 § 5)', () => {
    expect(code(sceller(exporter(['-nomac']), { longueur: 16 }))).toBe('inconnu');
  });

  it('a seal of an unknown kind is never passed over', () => {
    const p12 = sceller(exporter(['-nomac']));
    const altere = Buffer.from(p12);
    altere[p12.indexOf(Buffer.from(OID.pbmac1, 'hex')) + 8] = 0x7f;
    expect(code(altere)).toBe('inconnu');
  });
});

describe('a file that asks for an absurd amount of hashing', () => {
  /** 70 000 as openssl writes it, on three octets; 8 388 607 is the most that they hold. */
  const [COMPTE, DEMESURE] = [Buffer.from('0203011170', 'hex'), Buffer.from('02037fffff', 'hex')];

  function* demesurer(p12: Buffer): Generator<Buffer> {
    for (let place = p12.indexOf(COMPTE); place >= 0; place = p12.indexOf(COMPTE, place + 1)) {
      const altere = Buffer.from(p12);
      DEMESURE.copy(altere, place);
      yield altere;
    }
  }

  it.each([
    ['PBES2', []],
    ['3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['RC2', ['-legacy', '-keypbe', 'PBE-SHA1-RC2-40', '-certpbe', 'PBE-SHA1-RC2-40']],
  ] as const)('%s: seal, certificates and key, each refused before it is begun', (_, options) => {
    const p12 = exporter([...options, '-iter', '70000']);
    const alteres = [...demesurer(p12)];
    expect(alteres.length).toBe(3);
    expect(alteres.map((a) => code(a))).toEqual(['demesure', 'demesure', 'demesure']);
    // A wrong password does not open the part that hides the key: its count is never seen, nor spent.
    expect(alteres.map((a) => code(a, 'faux'))).toEqual(['demesure', 'secret', 'demesure']);
    expect(ouvrirPkcs12(alteres[0] ?? p12, 'secret')).toMatchObject({
      motif: expect.stringContaining('demande un calcul démesuré'),
    });
  });

  it('a count below one derives nothing: never opened', () => {
    for (const options of [[], ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES']]) {
      const p12 = exporter(['-iter', '70000', '-nomac', ...options]).toString('hex');
      for (const compte of ['0203000000', '0203ff0000']) {
        const nul = Buffer.from(p12.replaceAll(COMPTE.toString('hex'), compte), 'hex');
        expect(['inconnu', 'abime', 'secret']).toContain(code(nul));
      }
    }
  });

  it('PBMAC1, and a key under the encryption of its part', () => {
    expect(code(sceller(exporter(['-nomac']), { iterations: 0x7fffffff }))).toBe('demesure');
    expect(code(emboiter(COMPTE))).toBe('ouvert');
    expect(code(emboiter(DEMESURE))).toBe('demesure');
  });

  it('many reasonable counts make an absurd one', () => {
    expect(code(exporter(['-iter', '1300000']))).toBe('demesure');
  });

  it('what the greediest tools ask for opens', () => {
    expect(code(exporter(['-iter', '600000']))).toBe('ouvert');
  });

  /** The encrypted key, put under the encryption of a part whose own cost is small. */
  function emboiter(compte: Buffer): Buffer {
    const nu = exporter(['-iter', '70000', '-nomac', '-certpbe', 'NONE']);
    const bas = nu.toString('hex').replaceAll(COMPTE.toString('hex'), compte.toString('hex'));
    const c = new Curseur(lireDer(Buffer.from(bas, 'hex')));
    const version = c.prendre().brut;
    const suite = donneesDe(c.prendre());
    const parties = membres(lireDer(suite)).map((partie) => {
      const clair = donneesDe(partie);
      const [sel, vecteur] = [Buffer.alloc(8, 1), Buffer.alloc(16, 2)];
      const chiffre = createCipheriv('aes-256-cbc', pbkdf2Sync('secret', sel, 10, 32, 'sha256'), vecteur);
      const prf = sequence(oid(OID.sha256), tlv(0x05));
      const kdf = sequence(oid(OID.pbkdf2), sequence(octets(sel), entier(10), prf));
      const schema = sequence(oid(OID.aes256), octets(vecteur));
      const algorithme = sequence(oid(OID.pbes2), sequence(kdf, schema));
      const scelle = tlv(0x80, chiffre.update(clair), chiffre.final());
      const info = sequence(oid(OID.donnees), algorithme, scelle);
      return sequence(oid(OID.chiffrees), tlv(0xa0, sequence(entier(0), info)));
    });
    return sequence(version, sequence(oid(OID.donnees), tlv(0xa0, octets(sequence(...parties)))));
  }
});

function donneesDe(contentInfo: Der): Uint8Array {
  const c = new Curseur(contentInfo);
  c.prendre();
  return lireDer(lireDer(c.prendre().contenu).brut).contenu;
}
