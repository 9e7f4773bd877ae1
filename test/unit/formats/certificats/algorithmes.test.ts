import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Certificat,
  estSignePar,
  lireCertificat,
} from '../../../../src/formats/certificats/certificat.ts';
import { batirChaine } from '../../../../src/formats/certificats/chaine.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { openssl, Pki } from './pki.ts';

/** Self-signed by the real openssl: the algorithm, what it is called, and whether it still protects. */
const PSS = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt'];
const CAS: readonly (readonly [string, readonly string[], readonly string[], string])[] = [
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha256'], 'RSA-SHA256'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha384'], 'RSA-SHA384'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha512'], 'RSA-SHA512'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha224'], 'RSA-SHA224'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha1'], 'RSA-SHA1'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-md5'], 'RSA-MD5'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha256', ...PSS, 'rsa_pss_saltlen:32'], 'RSASSA-PSS-SHA256'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha512', ...PSS, 'rsa_pss_saltlen:20'], 'RSASSA-PSS-SHA512'],
  ['rsa', ['RSA', 'rsa_keygen_bits:2048'], ['-sha1', ...PSS, 'rsa_pss_saltlen:20'], 'RSASSA-PSS-SHA1'],
  ['rsa-pss', ['RSA-PSS', 'rsa_keygen_bits:2048'], ['-sha256'], 'RSASSA-PSS-SHA256'],
  ['ec', ['EC', 'ec_paramgen_curve:P-256'], ['-sha256'], 'ECDSA-SHA256'],
  ['ec', ['EC', 'ec_paramgen_curve:P-384'], ['-sha384'], 'ECDSA-SHA384'],
  ['ec', ['EC', 'ec_paramgen_curve:P-521'], ['-sha512'], 'ECDSA-SHA512'],
  ['ec', ['EC', 'ec_paramgen_curve:P-256'], ['-sha1'], 'ECDSA-SHA1'],
  ['ec', ['EC', 'ec_paramgen_curve:P-192'], ['-sha256'], 'ECDSA-SHA256'],
  ['ed25519', ['ED25519'], [], 'Ed25519'],
  ['ed448', ['ED448'], [], 'Ed448'],
];
const BITS: Readonly<Record<string, number>> = { 'P-192': 192, 'P-256': 256, 'P-384': 384, 'P-521': 521 };

let pki: Pki;
beforeAll(() => {
  pki = new Pki();
});
afterAll(() => pki.fermer());

function autosigner(genre: readonly string[], options: readonly string[]): Certificat {
  const [algorithme = '', taille] = genre;
  const cle = pki.chemin('cle');
  openssl(
    'genpkey',
    '-algorithm',
    algorithme,
    ...(taille === undefined ? [] : ['-pkeyopt', taille]),
    '-out',
    cle,
  );
  const sortie = pki.chemin('essai.pem');
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    cle,
    '-subj',
    '/CN=essai',
    '-days',
    '30',
    '-out',
    sortie,
    ...options,
  );
  return pki.certificat('essai');
}

describe('signature algorithms of certificates (RFC 5280, 4055, 5758, 8410)', () => {
  for (const [type, genre, options, nom] of CAS) {
    it(`${nom}, ${genre.join(' ')}: named, and verified by its own key alone`, () => {
      const certificat = autosigner(genre, options);
      expect([certificat.cle.type, certificat.signature.algorithme.nom]).toEqual([type, nom]);
      const courbe = Object.keys(BITS).find((c) => genre.join().includes(c));
      if (courbe !== undefined) expect(certificat.cle.bits).toBe(BITS[courbe]);
      expect(estSignePar(certificat, certificat)).toBe(true);
      const altere = Uint8Array.from(certificat.der);
      altere[altere.length - 1] = (altere.at(-1) ?? 0) ^ 1;
      const lu = lireCertificat(altere);
      expect(lu.type === 'lu' && estSignePar(lu.certificat, lu.certificat)).toBe(false);
      // A key of another family never verifies, whatever the algorithm says.
      const autre = autosigner(type === 'ec' ? ['ED25519'] : ['EC', 'ec_paramgen_curve:P-256'], []);
      expect(estSignePar(certificat, autre)).toBe(false);
    });
  }

  it('an algorithm that nobody here knows is named by its OID and verifies nothing', () => {
    const der = Buffer.from(autosigner(['EC', 'ec_paramgen_curve:P-256'], ['-sha256']).der);
    const connu = Buffer.from('06082a8648ce3d040302', 'hex');
    for (let i = der.indexOf(connu); i !== -1; i = der.indexOf(connu, i + 1))
      der[i + connu.length - 1] = 0x7f;
    const lu = lireCertificat(der);
    if (lu.type === 'illisible') throw new Error(lu.motif);
    expect(lu.certificat.signature.algorithme).toMatchObject({
      nom: '1.2.840.10045.4.3.127',
      famille: 'inconnue',
    });
    expect(estSignePar(lu.certificat, lu.certificat)).toBe(false);
  });

  it('a curve under 256 bits is weak, even under a good digest', () => {
    const certificat = autosigner(['EC', 'ec_paramgen_curve:P-192'], ['-sha256']);
    const instant = (certificat.debut + 1000) as Instant;
    const chaine = batirChaine({ certificat, intermediaires: [], ancres: [certificat], instant });
    expect(chaine.type === 'refusee' && chaine.defauts.map((d) => d.code)).toEqual(['cle_faible']);
  });
});

describe('strings of names (RFC 5280 § 4.1.2.4)', () => {
  it('BMPString, T61String and UTF8String of the same words are the same name', () => {
    const noms = ['MASK:0x800', 'MASK:0x4', 'utf8only'].map((masque) => {
      pki.ecrire('noms.cnf', `[req]\ndistinguished_name=dn\nstring_mask=${masque}\n[dn]\n`);
      const options = [
        '-utf8',
        '-config',
        pki.chemin('noms.cnf'),
        '-subj',
        '/CN=Mairie d’essai'.replace('’', ' '),
      ];
      openssl('req', '-x509', '-new', '-key', pki.chemin('cle'), '-out', pki.chemin('nom.pem'), ...options);
      return pki.certificat('nom').sujet;
    });
    expect(noms.map((n) => n.texte)).toEqual(['CN=Mairie d essai', 'CN=Mairie d essai', 'CN=Mairie d essai']);
    expect(new Set(noms.map((n) => n.cle)).size).toBe(1);
    expect(new Set(noms.map((n) => Buffer.from(n.der).toString('hex'))).size).toBe(3);
  });
});
