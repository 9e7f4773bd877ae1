import { webcrypto } from 'node:crypto';
import {
  CertificateChainValidationEngine,
  Certificate,
  CryptoEngine,
  type ICryptoEngine,
  setEngine,
} from 'pkijs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificat, lireCertificat } from '../../../../src/formats/certificats/certificat.ts';
import { batirChaine, type Chaine, type DemandeChaine } from '../../../../src/formats/certificats/chaine.ts';
import { creerAutorite, emettre } from '../../../../src/formats/certificats/emettre.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { EXTENSIONS, INSTANT, jugeOpenssl, le, type Pki, pkiDeBase, POLITIQUE } from './pki.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
});
afterAll(() => pki.fermer());

type Essai = Partial<Omit<DemandeChaine, 'certificat'>> & { readonly tiers?: readonly string[] };

function batir(nom: string, { tiers = ['ica'], ...suite }: Essai = {}): Chaine {
  return batirChaine({
    certificat: pki.certificat(nom),
    intermediaires: tiers.map((t) => pki.certificat(t)),
    ancres: [pki.certificat('racine')],
    instant: INSTANT,
    ...suite,
  });
}

function codes(chaine: Chaine): string[] {
  return chaine.type === 'valide' ? ['valide'] : [...new Set(chaine.defauts.map((d) => d.code))].toSorted();
}

/** `openssl verify` at security level 2 (RSA 2048, no SHA-1), the second judge. */
function openssl(nom: string, tiers: readonly string[] = ['ica'], instant: number = INSTANT): boolean {
  const intermediaires = tiers.flatMap((t) => ['-untrusted', pki.chemin(`${t}.pem`)]);
  // biome-ignore format: one option per pair reads better
  const { juste } = jugeOpenssl('verify', '-x509_strict', '-auth_level', '2', '-attime', String(instant / 1000),
    '-CAfile', pki.chemin('racine.pem'), ...intermediaires, pki.chemin(`${nom}.pem`));
  return juste;
}

const SIGNATAIRE = EXTENSIONS.signataire;

describe('RFC 5280 § 6: a sound path', () => {
  it('leaf, issuing authority, anchor, in this order, under the policy of the authority', () => {
    const chaine = batir('signataire');
    expect(chaine.type === 'valide' && chaine.chemin.map((c) => c.sujet.texte)).toEqual([
      'CN=signataire,O=Essai,C=FR',
      'CN=ica,O=Essai,C=FR',
      'CN=racine,O=Essai,C=FR',
    ]);
    expect(chaine.type === 'valide' && [...chaine.politiques.valides]).toEqual([POLITIQUE.rgs2]);
    expect(openssl('signataire')).toBe(true);
  });

  it('an issuing authority may be the anchor, and so may the certificate itself', () => {
    expect(codes(batir('signataire', { ancres: [pki.certificat('ica')] }))).toEqual(['valide']);
    expect(codes(batir('signataire', { ancres: [pki.certificat('signataire')], tiers: [] }))).toEqual([
      'valide',
    ]);
  });

  it('RSA-2048 and P-384 leaves', () => {
    for (const cle of ['rsa2048', 'p384'] as const) {
      pki.emettre('ica', { nom: cle, cle, extensions: SIGNATAIRE });
      expect(codes(batir(cle))).toEqual(['valide']);
      expect(openssl(cle)).toBe(true);
    }
  });

  it('both ends of the validity are included, to the second (§ 4.1.2.5)', () => {
    const { debut, fin } = pki.certificat('signataire');
    for (const [instant, attendu] of [
      [debut - 1, 'pas_encore'],
      [debut, 'valide'],
      [fin, 'valide'],
      [fin + 999, 'valide'],
      [fin + 1000, 'expire'],
    ] as const) {
      expect(codes(batir('signataire', { instant: instant as Instant }))).toEqual([attendu]);
    }
  });
});

function emis(nom: string, suite: object): Certificat {
  return pki.emettre('ica', { nom, extensions: SIGNATAIRE, ...suite });
}

describe('one defect, one reason, and openssl refuses too', () => {
  const DEFAUTS: readonly (readonly [string, string, () => Certificat])[] = [
    ['expired', 'expire', () => emis('expire', { debut: '2023-01-01', fin: '2026-01-01' })],
    ['not yet valid', 'pas_encore', () => emis('pas-encore', { debut: '2027-01-01' })],
    ['RSA of 1024 bits', 'cle_faible', () => emis('rsa1024', { cle: 'rsa1024' })],
    ['signed with SHA-1', 'algorithme_obsolete', () => emis('sha1', { md: 'sha1' })],
    [
      'unknown critical extension',
      'extension_critique',
      () => emis('critique', { extensions: [...SIGNATAIRE, '1.2.3.4.5=critical,ASN1:UTF8:x'] }),
    ],
  ];

  for (const [titre, code, creer] of DEFAUTS) {
    it(`${titre}: ${code}`, () => {
      const nom = /CN=([^,]+)/.exec(creer().sujet.texte)?.[1] ?? '';
      expect(codes(batir(nom))).toEqual([code]);
      expect(openssl(nom)).toBe(false);
    });
  }

  it('a defect that does not bear on the path is not one: the same extension, not critical', () => {
    emis('non-critique', { extensions: [...SIGNATAIRE, '1.2.3.4.5=ASN1:UTF8:x'] });
    expect(codes(batir('non-critique'))).toEqual(['valide']);
    expect(openssl('non-critique')).toBe(true);
  });

  it('issuer not given: emetteur_inconnu, naming it', () => {
    const chaine = batir('signataire', { tiers: [] });
    expect(codes(chaine)).toEqual(['emetteur_inconnu']);
    expect(chaine.type === 'refusee' && chaine.defauts[0]?.detail).toBe('émetteur : CN=ica,O=Essai,C=FR');
    expect(openssl('signataire', [])).toBe(false);
  });

  it('a root that is not in the store: non_ancre', () => {
    pki.emettre('inconnue', { nom: 'inconnue', extensions: EXTENSIONS.racine });
    pki.emettre('inconnue', { nom: 'egare', extensions: SIGNATAIRE });
    expect(codes(batir('egare', { tiers: ['inconnue'] }))).toEqual(['non_ancre']);
    expect(openssl('egare', ['inconnue'])).toBe(false);
  });

  it('an issuer of the right name and another key: signature_fausse', () => {
    const extensions = EXTENSIONS.ica.filter((e) => !e.startsWith('subjectKey'));
    pki.emettre('racine', { nom: 'sosie', sujet: '/C=FR/O=Essai/CN=ica', extensions });
    // Without key identifier, nothing but the signature tells them apart.
    const sansAki = ['authorityKeyIdentifier=none', ...SIGNATAIRE];
    pki.emettre('ica', { nom: 'sans-aki', extensions: sansAki });
    expect(codes(batir('sans-aki', { tiers: ['sosie'] }))).toEqual(['signature_fausse']);
    expect(codes(batir('sans-aki', { tiers: ['sosie', 'ica'] }))).toEqual(['valide']);
    expect(openssl('sans-aki', ['sosie'])).toBe(false);
  });

  it('a key identifier that differs keeps the wrong key away', () => {
    expect(codes(batir('signataire', { tiers: ['sosie'] }))).toEqual(['emetteur_inconnu']);
    expect(codes(batir('signataire', { tiers: ['sosie', 'ica'] }))).toEqual(['valide']);
  });

  it('a certificate altered by one octet: signature_fausse', () => {
    const der = Uint8Array.from(pki.der('signataire'));
    const place = Buffer.from(der).indexOf('signataire');
    der[place] = (der[place] ?? 0) ^ 1;
    const lu = lireCertificat(der);
    const chaine = batirChaine({
      certificat: lu.type === 'lu' ? lu.certificat : pki.certificat('signataire'),
      intermediaires: [pki.certificat('ica')],
      ancres: [pki.certificat('racine')],
      instant: INSTANT,
    });
    expect(codes(chaine)).toEqual(['signature_fausse']);
  });

  it('a leaf that issues: pas_autorite', () => {
    pki.emettre('ica', {
      nom: 'feuille-mere',
      extensions: ['basicConstraints=CA:FALSE', 'keyUsage=critical,digitalSignature,keyCertSign'],
    });
    pki.emettre('feuille-mere', { nom: 'petite-fille', extensions: SIGNATAIRE });
    expect(codes(batir('petite-fille', { tiers: ['ica', 'feuille-mere'] }))).toContain('pas_autorite');
    expect(openssl('petite-fille', ['ica', 'feuille-mere'])).toBe(false);
  });

  it('an authority under one that may have none below: longueur_depassee', () => {
    pki.emettre('ica', { nom: 'sous-ica', extensions: EXTENSIONS.ica });
    pki.emettre('sous-ica', { nom: 'trop-bas', extensions: SIGNATAIRE });
    expect(codes(batir('trop-bas', { tiers: ['ica', 'sous-ica'] }))).toEqual(['longueur_depassee']);
    expect(openssl('trop-bas', ['ica', 'sous-ica'])).toBe(false);
  });

  it('an authority whose key may not sign certificates: usage_autorite', () => {
    const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,cRLSign'];
    pki.emettre('racine', { nom: 'muette', extensions });
    pki.emettre('muette', { nom: 'de-muette', extensions: SIGNATAIRE });
    expect(codes(batir('de-muette', { tiers: ['muette'] }))).toEqual(['usage_autorite']);
    expect(openssl('de-muette', ['muette'])).toBe(false);
  });

  it('an authority that is expired while its leaf is not', () => {
    pki.emettre('racine', {
      nom: 'vieille',
      extensions: EXTENSIONS.ica,
      debut: '2021-01-01',
      fin: '2026-02-01',
    });
    pki.emettre('vieille', { nom: 'de-vieille', extensions: SIGNATAIRE });
    const chaine = batir('de-vieille', { tiers: ['vieille'] });
    expect(codes(chaine)).toEqual(['expire']);
    expect(chaine.type === 'refusee' && chaine.defauts[0]?.sujet).toBe('CN=vieille,O=Essai,C=FR');
    expect(codes(batir('de-vieille', { tiers: ['vieille'], instant: le('2026-01-15T00:00:00Z') }))).toEqual([
      'valide',
    ]);
    expect(openssl('de-vieille', ['vieille'])).toBe(false);
  });

  it('an authority that limits names or maps policies is not honoured, hence refused', () => {
    pki.emettre('racine', {
      nom: 'limitee',
      extensions: [...EXTENSIONS.ica, 'nameConstraints=critical,permitted;email:essai.invalid'],
    });
    pki.emettre('limitee', { nom: 'de-limitee', extensions: SIGNATAIRE });
    expect(codes(batir('de-limitee', { tiers: ['limitee'] }))).toEqual(['extension_non_honoree']);
  });

  it('all that is wrong is said at once', () => {
    emis('cumul', { cle: 'rsa1024', md: 'sha1', debut: '2023-01-01', fin: '2026-01-01' });
    expect(codes(batir('cumul'))).toEqual(['algorithme_obsolete', 'cle_faible', 'expire']);
    expect(codes(batir('cumul', { tiers: [] }))).toEqual(['cle_faible', 'emetteur_inconnu', 'expire']);
  });
});

describe('usage of the leaf (crypto.md § 9.6)', () => {
  const BASE = 'basicConstraints=CA:FALSE';
  const CAS: readonly (readonly [string, readonly string[], string])[] = [
    ['encryption only', [BASE, 'keyUsage=critical,keyEncipherment'], 'usage_signature'],
    ['nonRepudiation alone', [BASE, 'keyUsage=critical,nonRepudiation'], 'valide'],
    ['no usage at all', [BASE], 'valide'],
    [
      'a TLS server',
      [BASE, 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=serverAuth'],
      'usage_etendu',
    ],
    ['an OCSP responder', [...EXTENSIONS.ocsp], 'usage_etendu'],
    [
      'client and e-mail',
      [BASE, 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth,emailProtection'],
      'valide',
    ],
    [
      'TLS both ways',
      [BASE, 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=serverAuth,clientAuth'],
      'valide',
    ],
  ];
  for (const [titre, extensions, code] of CAS) {
    it(`${titre}: ${code}`, () => {
      const nom = titre.replaceAll(' ', '-');
      pki.emettre('ica', { nom, extensions });
      expect(codes(batir(nom))).toEqual([code]);
    });
  }

  it('asked as a responder or a time-stamp unit, the purpose must be named', () => {
    expect(codes(batir('an-OCSP-responder', { emploi: 'ocsp' }))).toEqual(['valide']);
    expect(codes(batir('signataire', { emploi: 'ocsp' }))).toEqual(['usage_etendu']);
    expect(codes(batir('signataire', { emploi: 'horodatage' }))).toEqual(['usage_etendu']);
    expect(codes(batir('a-TLS-server', { emploi: 'indifferent' }))).toEqual(['valide']);
  });
});

function opensslPolitique(nom: string, tiers: readonly string[], politique: string): boolean {
  const intermediaires = tiers.flatMap((t) => ['-untrusted', pki.chemin(`${t}.pem`)]);
  // biome-ignore format: one option per pair reads better
  return jugeOpenssl('verify', '-attime', String(INSTANT / 1000), '-policy', politique, '-explicit_policy',
    '-CAfile', pki.chemin('racine.pem'), ...intermediaires, pki.chemin(`${nom}.pem`)).juste;
}

const dire = (oid: string | null) => (oid === null ? [] : [`certificatePolicies=${oid}`]);

describe('policies (RFC 5280 § 6.1), with openssl -policy_check as judge', () => {
  const ICA = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  const LEAF = ['basicConstraints=CA:FALSE', 'keyUsage=critical,digitalSignature'];
  /** Policies of the authority, policies of the leaf, extra on the authority; is rgs2 valid along the path? */
  const CAS: readonly (readonly [string, string | null, string | null, string | null, boolean])[] = [
    ['same', POLITIQUE.rgs2, POLITIQUE.rgs2, null, true],
    ['any then named', '2.5.29.32.0', POLITIQUE.rgs2, null, true],
    ['named then any', POLITIQUE.rgs2, '2.5.29.32.0', null, true],
    ['other above', POLITIQUE.autre, POLITIQUE.rgs2, null, false],
    ['other below', POLITIQUE.rgs2, POLITIQUE.autre, null, false],
    ['none above', null, POLITIQUE.rgs2, null, false],
    ['none below', POLITIQUE.rgs2, null, null, false],
    ['any forbidden below', POLITIQUE.rgs2, '2.5.29.32.0', 'inhibitAnyPolicy=critical,0', false],
    ['any forbidden two below', POLITIQUE.rgs2, '2.5.29.32.0', 'inhibitAnyPolicy=critical,1', true],
  ];
  for (const [titre, haut, bas, plus, attendu] of CAS) {
    it(`${titre}: ${attendu ? 'valid' : 'not valid'}`, () => {
      const [ica, leaf] = [`ica ${titre}`.replaceAll(' ', '-'), `leaf ${titre}`.replaceAll(' ', '-')];
      pki.emettre('racine', {
        nom: ica,
        extensions: [...ICA, ...dire(haut), ...(plus === null ? [] : [plus])],
      });
      pki.emettre(ica, { nom: leaf, extensions: [...LEAF, ...dire(bas)] });
      const chaine = batir(leaf, { tiers: [ica], politiques: [POLITIQUE.rgs2] });
      expect(codes(chaine)).toEqual([attendu ? 'valide' : 'politique_absente']);
      expect(opensslPolitique(leaf, [ica], POLITIQUE.rgs2)).toBe(attendu);
      // Nobody demands one: the path stands all the same.
      expect(codes(batir(leaf, { tiers: [ica] }))).toEqual(['valide']);
    });
  }

  it('requireExplicitPolicy: an empty set of policies is then a refusal, even when none is asked', () => {
    const exige = [
      ...ICA,
      `certificatePolicies=${POLITIQUE.rgs2}`,
      'policyConstraints=critical,requireExplicitPolicy:0',
    ];
    pki.emettre('racine', { nom: 'ica-exige', extensions: exige });
    pki.emettre('ica-exige', {
      nom: 'leaf-exige',
      extensions: [...LEAF, `certificatePolicies=${POLITIQUE.autre}`],
    });
    pki.emettre('ica-exige', {
      nom: 'leaf-exige-bon',
      extensions: [...LEAF, `certificatePolicies=${POLITIQUE.rgs2}`],
    });
    expect(codes(batir('leaf-exige', { tiers: ['ica-exige'] }))).toEqual(['politique_absente']);
    expect(codes(batir('leaf-exige-bon', { tiers: ['ica-exige'] }))).toEqual(['valide']);
  });
});

describe('the defects that emettre.ts mints for the bench', () => {
  it('each is refused for its own reason and no other', async () => {
    const quand = le('2026-06-01T00:00:00Z');
    const autorite = await creerAutorite({ nom: 'AC du banc', jours: 3653, quand });
    const cas = [
      [undefined, 'valide'],
      ['expire', 'expire'],
      ['pas_encore', 'pas_encore'],
      ['signature', 'signature_fausse'],
    ] as const;
    for (const [nomDefaut, attendu] of cas) {
      const suite = nomDefaut === undefined ? {} : { defaut: nomDefaut };
      const { certificat } = await emettre(autorite, {
        nom: 'Agent',
        jours: 366,
        quand,
        usage: 'client',
        ...suite,
      });
      const [feuille, ancre] = [certificat, autorite.certificat].map((pem) => {
        const lu = lireCertificat(pem);
        if (lu.type === 'illisible') throw new Error(lu.motif);
        return lu.certificat;
      }) as [Certificat, Certificat];
      const chaine = batirChaine({
        certificat: feuille,
        intermediaires: [],
        ancres: [ancre],
        instant: INSTANT,
      });
      expect(codes(chaine)).toEqual([attendu]);
    }
  });
});

describe('hostile sets of certificates', () => {
  it('a loop of authorities ends', () => {
    pki.emettre('boucle-a', { nom: 'boucle-a', extensions: EXTENSIONS.racine });
    pki.emettre('boucle-b', { nom: 'boucle-b', extensions: EXTENSIONS.racine });
    const nonce = (n: string, par: string) =>
      pki.emettre(par, {
        nom: `${n}-par-${par}`,
        sujet: `/C=FR/O=Essai/CN=${n}`,
        extensions: [...EXTENSIONS.racine],
      });
    nonce('boucle-a', 'boucle-b');
    nonce('boucle-b', 'boucle-a');
    pki.emettre('boucle-a', { nom: 'de-boucle', extensions: SIGNATAIRE });
    const tiers = ['boucle-a-par-boucle-b', 'boucle-b-par-boucle-a', 'boucle-a', 'boucle-b'];
    expect(batir('de-boucle', { tiers }).type).toBe('refusee');
  });

  it('what is given twice counts once, and what is given is not trusted', () => {
    expect(codes(batir('signataire', { tiers: ['ica', 'ica', 'racine', 'signataire'] }))).toEqual(['valide']);
    expect(codes(batir('signataire', { tiers: ['ica', 'racine'], ancres: [] }))).toEqual(['non_ancre']);
  });
});

const versPkijs = (nom: string) => Certificate.fromBER(Uint8Array.from(pki.der(nom)));

describe('the path engine of pkijs as third judge', () => {
  it('agrees on every certificate of this PKI that both can speak of', async () => {
    setEngine('node', new CryptoEngine({ name: 'node', crypto: webcrypto }) as unknown as ICryptoEngine);
    for (const nom of ['signataire', 'expire', 'pas-encore', 'critique', 'non-critique', 'rsa2048']) {
      const moteur = new CertificateChainValidationEngine({
        trustedCerts: [versPkijs('racine')],
        certs: [versPkijs('ica'), versPkijs(nom)],
        checkDate: new Date(INSTANT),
      });
      const { result } = await moteur.verify({ passedWhenNotRevValues: true });
      // pkijs looks at no key size and knows no usage: only what it looks at is compared.
      if (nom !== 'critique') expect([nom, result]).toEqual([nom, codes(batir(nom))[0] === 'valide']);
    }
  });
});
