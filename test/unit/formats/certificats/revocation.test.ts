import { writeFileSync } from 'node:fs';
import { CertificateRevocationList } from 'pkijs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interrogerPreuves } from '../../../../src/formats/certificats/confiance.ts';
import { interrogerCrl } from '../../../../src/formats/certificats/crl.ts';
import {
  construireQuestionOcsp,
  interrogerOcsp,
  type QuestionOcsp,
} from '../../../../src/formats/certificats/ocsp.ts';
import type { EtatRevocation, QuestionRevocation } from '../../../../src/formats/certificats/revocation.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { EXTENSIONS, INSTANT, JOUR_MS, jugeOpenssl, le, openssl, type Pki, pkiDeBase } from './pki.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
  const emis = (nom: string) => pki.emettre('ica', { nom, extensions: EXTENSIONS.signataire });
  for (const nom of ['revoque', 'suspendu', 'compromis', 'plus-tard']) emis(nom);
  pki.revoquer('ica', 'revoque', { quand: '260301120000Z', motif: 'superseded' });
  pki.revoquer('ica', 'suspendu', { quand: '260301120000Z', motif: 'certificateHold' });
  // Revoked in May, the key known to be bad since March (invalidityDate).
  pki.revoquer('ica', 'compromis', { quand: '260501000000Z', motif: 'keyTime,20260301000000Z' });
  pki.revoquer('ica', 'plus-tard', { quand: '260620000000Z', motif: 'keyCompromise' });
});
afterAll(() => pki.fermer());

function question(nom: string, suite: Partial<QuestionRevocation> = {}): QuestionRevocation {
  return { certificat: pki.certificat(nom), emetteur: pki.certificat('ica'), instant: INSTANT, ...suite };
}

/** `bon`, `revoque`, or the reason of « inconnu ». */
function bref(etat: EtatRevocation): string {
  return etat.etat === 'inconnu' ? etat.code : etat.etat;
}

const url = (u: string) => `fullname=URI:${u}`;

describe('CRL (RFC 5280 § 5)', () => {
  let liste: Buffer;
  beforeAll(() => {
    liste = pki.crl('ica', { nom: 'juin' });
  });
  const demander = (nom: string, suite: Partial<QuestionRevocation> = {}, source: Uint8Array = liste) =>
    interrogerCrl(source, question(nom, suite));

  it('not listed: bon, with the evidence named by its digest', () => {
    const etat = demander('signataire');
    expect(etat).toMatchObject({ etat: 'bon', ensuite: null, reserves: [] });
    expect(etat.preuve).toMatchObject({
      type: 'crl',
      sha256: openssl('dgst', '-sha256', '-r', pki.chemin('juin.crl.der')).slice(0, 64),
      emise: le('2026-06-01T00:00:00Z'),
      jusqua: le('2026-07-01T00:00:00Z'),
    });
  });

  it('listed: revoque, when and why; openssl verify -crl_check says the same', () => {
    expect(demander('revoque')).toMatchObject({
      etat: 'revoque',
      quand: le('2026-03-01T12:00:00Z'),
      motif: 'certificat remplacé',
    });
    for (const [nom, attendu] of [
      ['signataire', true],
      ['revoque', false],
      ['suspendu', false],
    ] as const) {
      // biome-ignore format: one option per pair reads better
      const { juste } = jugeOpenssl('verify', '-attime', String(INSTANT / 1000), '-crl_check', '-CRLfile',
        pki.chemin('juin.crl'), '-CAfile', pki.chemin('racine.pem'), '-untrusted', pki.chemin('ica.pem'),
        pki.chemin(`${nom}.pem`));
      expect([nom, juste]).toEqual([nom, attendu]);
      expect(bref(demander(nom)) === 'bon').toBe(attendu);
    }
  });

  it('the date of revocation is compared with the instant, to the millisecond', () => {
    const avant = { instant: (le('2026-06-20T00:00:00Z') - 1) as Instant };
    expect(demander('plus-tard', avant)).toMatchObject({
      etat: 'bon',
      ensuite: { quand: le('2026-06-20T00:00:00Z'), motif: 'clé compromise' },
      reserves: ['révoqué plus tard, le 20 juin 2026 à 00:00:00 UTC (clé compromise)'],
    });
    expect(bref(demander('plus-tard', { instant: le('2026-06-20T00:00:00Z') }))).toBe('revoque');
  });

  it('invalidityDate comes before the revocation and is the one that counts', () => {
    const avril = { instant: le('2026-04-01T00:00:00Z'), controle: INSTANT };
    expect(demander('compromis', avril)).toMatchObject({
      etat: 'revoque',
      quand: le('2026-03-01T00:00:00Z'),
      motif: 'clé compromise',
    });
  });

  it('stale, or from the future: inconnu', () => {
    expect(bref(demander('signataire', { instant: le('2026-07-01T00:00:00Z') }))).toBe('bon');
    expect(bref(demander('signataire', { instant: le('2026-07-01T00:00:01Z') }))).toBe('perimee');
    expect(bref(demander('signataire', { instant: le('2026-05-01T00:00:00Z') }))).toBe('future');
    // Five minutes of drift between two clocks.
    expect(bref(demander('signataire', { instant: le('2026-05-31T23:55:00Z') }))).toBe('bon');
    expect(bref(demander('signataire', { instant: le('2026-05-31T23:54:59Z') }))).toBe('future');
  });

  it('a list made after the instant speaks of it, unless the certificate had expired meanwhile', () => {
    const mai = { instant: le('2026-05-01T00:00:00Z'), controle: INSTANT };
    expect(bref(demander('signataire', mai))).toBe('bon');
    pki.emettre('ica', { nom: 'fini', extensions: EXTENSIONS.signataire, fin: '2026-05-15' });
    expect(bref(demander('fini', mai))).toBe('apres_expiration');
  });

  it('expiredCertsOnCRL: the list says that it forgets nobody', () => {
    const memoire = pki.crl('ica', {
      nom: 'memoire',
      extensions: ['2.5.29.60=ASN1:GENTIME:20200101000000Z'],
    });
    const mai = { instant: le('2026-05-01T00:00:00Z'), controle: INSTANT };
    expect(bref(demander('fini', mai, memoire))).toBe('bon');
  });

  it('a revocation stands even on a stale list; a suspension does not', () => {
    const aout = { instant: le('2026-08-01T00:00:00Z') };
    expect(bref(demander('revoque', aout))).toBe('revoque');
    expect(bref(demander('suspendu'))).toBe('revoque');
    expect(bref(demander('suspendu', aout))).toBe('perimee');
  });

  it('the list of another authority, even homonymous: inconnu', () => {
    pki.emettre('racine', { nom: 'ica2', sujet: '/C=FR/O=Essai/CN=ica', extensions: EXTENSIONS.ica });
    pki.emettre('racine', { nom: 'autre', extensions: EXTENSIONS.ica });
    expect(bref(demander('signataire', {}, pki.crl('ica2', { nom: 'sosie' })))).toBe('signature_fausse');
    expect(bref(demander('signataire', {}, pki.crl('autre', { nom: 'autre' })))).toBe('autre_emetteur');
  });

  it('every octet changed is seen: never « bon » on an altered list', () => {
    const bons: number[] = [];
    for (let i = 0; i < liste.length; i += 1) {
      const altere = Buffer.from(liste);
      altere[i] = (altere[i] ?? 0) ^ 0x01;
      if (demander('signataire', {}, altere).etat !== 'inconnu') bons.push(i);
    }
    expect(bons).toEqual([]);
    expect(bref(demander('signataire', {}, liste.subarray(0, -1)))).toBe('illisible');
    expect(bref(demander('signataire', {}, Buffer.concat([liste, Buffer.alloc(1)])))).toBe('illisible');
    expect(bref(demander('signataire', {}, new Uint8Array()))).toBe('illisible');
  });

  it('a list of 20 000 names, more than asn1js accepts to read, is searched to its end', () => {
    const registre = pki.lire('ica.index').toString();
    const lignes = Array.from(
      { length: 20_000 },
      (_, i) =>
        `R\t300101000000Z\t250101000000Z,superseded\t${(0x10000 + i).toString(16).toUpperCase().padStart(6, '0')}\tunknown\t/CN=x`,
    );
    pki.ecrire('ica.index', `${lignes.join('\n')}\n${registre}`);
    const grosse = pki.crl('ica', { nom: 'grosse' });
    pki.ecrire('ica.index', registre);
    expect(bref(demander('signataire', {}, grosse))).toBe('bon');
    expect(bref(demander('revoque', {}, grosse))).toBe('revoque');
    expect(() => CertificateRevocationList.fromBER(grosse)).toThrow('ASN.1');
  });

  it('PEM is read too', () => {
    expect(bref(demander('signataire', {}, pki.lire('juin.crl')))).toBe('bon');
  });

  it('SHA-1, delta, indirect, reasons, scope, unknown critical extension: inconnu', () => {
    const idp = (nom: string, lignes: string) =>
      pki.crl('ica', { nom, extensions: ['issuingDistributionPoint=critical,@idp', '[idp]', lignes] });
    const cas = [
      [pki.crl('ica', { nom: 'sha1', md: 'sha1' }), 'algorithme_obsolete'],
      [pki.crl('ica', { nom: 'delta', extensions: ['2.5.29.27=critical,ASN1:INTEGER:1'] }), 'partielle'],
      [
        pki.crl('ica', { nom: 'inconnue', extensions: ['1.2.3.4=critical,ASN1:UTF8:x'] }),
        'extension_critique',
      ],
      [idp('indirecte', 'indirectCRL=TRUE'), 'partielle'],
      [idp('motifs', 'onlysomereasons=keyCompromise'), 'partielle'],
      [idp('autorites', 'onlyCA=TRUE'), 'hors_portee'],
      [idp('porteurs', 'onlyuser=TRUE'), 'bon'],
      [idp('ailleurs', url('http://crl.essai.invalid/autre.crl')), 'hors_portee'],
      [idp('ici', url('http://crl.essai.invalid/ica.crl')), 'bon'],
    ] as const;
    expect(cas.map(([source]) => bref(demander('signataire', {}, source)))).toEqual(cas.map(([, a]) => a));
  });

  it('an authority without the right to sign lists', () => {
    const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
    pki.emettre('racine', { nom: 'sans-crl', extensions });
    pki.emettre('sans-crl', { nom: 'de-sans-crl', extensions: EXTENSIONS.signataire });
    const source = pki.crl('sans-crl', { nom: 'sans-droit' });
    expect(bref(demander('de-sans-crl', { emetteur: pki.certificat('sans-crl') }, source))).toBe(
      'droit_absent',
    );
  });
});

/** openssl answers at the real time: so this authority lives around it. */
const MAINTENANT = Math.floor(Date.now() / 1000) * 1000;
const a = (ms: number) => ({ instant: (MAINTENANT + ms) as Instant });

const jour = (n: number) => new Date(MAINTENANT + n * JOUR_MS).toISOString().slice(0, 10);

describe('OCSP (RFC 6960)', () => {
  const VIE = { debut: jour(-30), fin: jour(300) };
  const NONCE = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

  beforeAll(() => {
    const emis = (nom: string, extensions: readonly string[], suite: { par?: string; fin?: string } = {}) =>
      pki.emettre(suite.par ?? 'vive', { nom, extensions, ...VIE, fin: suite.fin ?? VIE.fin });
    emis('vive', EXTENSIONS.racine);
    emis('porteur', EXTENSIONS.signataire);
    emis('perdu', EXTENSIONS.signataire);
    emis('repondeur', [...EXTENSIONS.ocsp, 'noCheck=ignored']);
    emis('repondeur-fini', EXTENSIONS.ocsp, { fin: jour(-2) });
    emis('sans-eku', ['basicConstraints=CA:FALSE', 'keyUsage=critical,digitalSignature']);
    emis('etrangere', EXTENSIONS.racine, { par: 'etrangere' });
    emis('etranger', EXTENSIONS.ocsp, { par: 'etrangere' });
    const utc = new Date(MAINTENANT - 3 * JOUR_MS).toISOString().replaceAll(/[-:T]|\.000/g, '');
    pki.revoquer('vive', 'perdu', { quand: utc.slice(2), motif: 'keyCompromise' });
  });

  interface Reponse {
    readonly par?: string;
    readonly nonce?: Uint8Array | null;
    readonly options?: readonly string[];
  }
  let rang = 0;
  /** The real `openssl ocsp` answers the question that we made. */
  function repondre(
    nom: string,
    { par = 'repondeur', nonce = NONCE, options = ['-ndays', '1'] }: Reponse = {},
  ): Buffer {
    rang += 1;
    const posee = construireQuestionOcsp({
      certificat: pki.certificat(nom),
      emetteur: pki.certificat('vive'),
      nonce,
    });
    writeFileSync(pki.chemin(`q${rang}`), posee);
    // biome-ignore format: one option per pair reads better
    openssl('ocsp', '-index', pki.chemin('vive.index'), '-CA', pki.chemin('vive.pem'), '-rsigner', pki.chemin(`${par}.pem`),
      '-rkey', pki.chemin(`${par}.key`), '-reqin', pki.chemin(`q${rang}`), '-respout', pki.chemin(`r${rang}`), ...options);
    return pki.lire(`r${rang}`);
  }
  function demander(nom: string, source: Uint8Array, suite: Partial<QuestionOcsp> = {}): EtatRevocation {
    const instant = (MAINTENANT + 60_000) as Instant;
    const base = { certificat: pki.certificat(nom), emetteur: pki.certificat('vive'), instant };
    return interrogerOcsp(source, { ...base, nonce: NONCE, ...suite });
  }
  /** `openssl ocsp -respin`, the second judge. */
  function juge(nom: string): boolean {
    // biome-ignore format: one option per pair reads better
    const { juste, dit } = jugeOpenssl('ocsp', '-respin', pki.chemin(`r${rang}`), '-CAfile', pki.chemin('vive.pem'),
      '-issuer', pki.chemin('vive.pem'), '-cert', pki.chemin(`${nom}.pem`), '-no_nonce');
    return juste && dit.includes('Response verify OK');
  }

  it('the question is read by openssl: one certificate, by its three names, and the nonce', () => {
    repondre('porteur');
    const lue = openssl('ocsp', '-reqin', pki.chemin(`q${rang}`), '-req_text', '-noverify');
    expect(lue).toContain(`Serial Number: ${pki.certificat('porteur').serie.hex.toUpperCase()}`);
    expect(lue).toContain('Hash Algorithm: sha1');
    expect(lue.replaceAll(':', '')).toContain('00112233445566778899AABBCCDDEEFF');
  });

  it('good: bon, by a delegate and by the authority itself', () => {
    const source = repondre('porteur');
    expect(demander('porteur', source)).toMatchObject({ etat: 'bon', ensuite: null, reserves: [] });
    expect(juge('porteur')).toBe(true);
    expect(demander('porteur', repondre('porteur', { par: 'vive' }))).toMatchObject({
      etat: 'bon',
      reserves: [],
    });
    expect(bref(demander('porteur', repondre('porteur', { options: ['-ndays', '1', '-resp_key_id'] })))).toBe(
      'bon',
    );
  });

  it('revoked: when and why, and good just before', () => {
    const source = repondre('perdu');
    const quand = MAINTENANT - 3 * JOUR_MS;
    expect(demander('perdu', source)).toMatchObject({ etat: 'revoque', quand, motif: 'clé compromise' });
    const avant = { instant: (quand - 1) as Instant, controle: (MAINTENANT + 60_000) as Instant };
    expect(demander('perdu', source, avant)).toMatchObject({ etat: 'bon', ensuite: { quand } });
    // Old evidence of a revocation is evidence still.
    expect(bref(demander('perdu', source, { instant: (MAINTENANT + 9 * JOUR_MS) as Instant }))).toBe(
      'revoque',
    );
  });

  it('several answers together: each is asked, with its own nonce', () => {
    const reponses = ['perdu', 'porteur'].map((nom) => ({ reponse: repondre(nom), nonce: NONCE }));
    const base = { emetteur: pki.certificat('vive'), instant: (MAINTENANT + 60_000) as Instant };
    const dire = (nom: string) =>
      bref(interrogerPreuves({ crl: [], ocsp: reponses }, { ...base, certificat: pki.certificat(nom) }));
    expect([dire('porteur'), dire('perdu'), dire('repondeur')]).toEqual(['bon', 'revoque', 'absente']);
  });

  it('unknown to the responder is « inconnu », never good', () => {
    writeFileSync(pki.chemin('vide.index'), '');
    pki.emettre('vive', { nom: 'jamais-vu', extensions: EXTENSIONS.signataire, ...VIE });
    const options = ['-ndays', '1', '-index', pki.chemin('vide.index')];
    expect(bref(demander('jamais-vu', repondre('jamais-vu', { options })))).toBe('non_connu');
  });

  it('a stranger, or one of the house without the right: droit_absent, and openssl refuses too', () => {
    for (const par of ['etranger', 'sans-eku', 'porteur']) {
      expect(bref(demander('porteur', repondre('porteur', { par })))).toBe('droit_absent');
      expect(juge('porteur')).toBe(false);
    }
    expect(bref(demander('porteur', repondre('porteur', { par: 'repondeur-fini' })))).toBe(
      'repondeur_perime',
    );
  });

  it('the answer to another question: nonce_different; without nonce: said, or refused when one is demanded', () => {
    const autre = { nonce: Buffer.alloc(16, 7) };
    expect(bref(demander('porteur', repondre('porteur'), autre))).toBe('nonce_different');
    const sans = repondre('porteur', { nonce: null });
    expect(demander('porteur', sans)).toMatchObject({
      etat: 'bon',
      reserves: ['le répondeur ne reprend pas la valeur unique de la question'],
    });
    expect(bref(demander('porteur', sans, { nonceExige: true }))).toBe('nonce_absent');
    expect(demander('porteur', sans, { nonce: null })).toMatchObject({ etat: 'bon', reserves: [] });
  });

  it('the answer about another certificate, or another issuer: autre_certificat', () => {
    expect(bref(demander('perdu', repondre('porteur')))).toBe('autre_certificat');
    const emetteur = pki.certificat('etrangere');
    expect(bref(demander('porteur', repondre('porteur'), { emetteur }))).toBe('autre_certificat');
  });

  it('freshness: stale, future, and an answer that gives no nextUpdate speaks of its own moment only', () => {
    const source = repondre('porteur');
    expect(bref(demander('porteur', source, a(2 * JOUR_MS)))).toBe('perimee');
    expect(bref(demander('porteur', source, a(-JOUR_MS)))).toBe('future');
    expect(bref(demander('porteur', source, { ...a(-JOUR_MS), controle: a(60_000).instant }))).toBe('bon');
    const sansSuite = repondre('porteur', { options: [] });
    expect(bref(demander('porteur', sansSuite))).toBe('bon');
    expect(bref(demander('porteur', sansSuite, a(3_600_000)))).toBe('perimee');
  });

  it('a responder whose own revocation nobody can check: said', () => {
    pki.emettre('vive', { nom: 'sans-nocheck', extensions: EXTENSIONS.ocsp, ...VIE });
    expect(demander('porteur', repondre('porteur', { par: 'sans-nocheck' }))).toMatchObject({
      etat: 'bon',
      reserves: ['la non-révocation du répondeur lui-même n’a pas été contrôlée'],
    });
  });

  it('SHA-1 under the answer: algorithme_obsolete', () => {
    const options = ['-ndays', '1', '-rmd', 'sha1'];
    expect(bref(demander('porteur', repondre('porteur', { options })))).toBe('algorithme_obsolete');
  });

  it('a refusal of the responder and bytes that are no answer', () => {
    expect(demander('porteur', Buffer.from('30030a0103', 'hex'))).toMatchObject({
      code: 'repondeur_refuse',
      message: 'le répondeur a refusé de répondre : répondeur occupé, réessayer plus tard',
    });
    for (const source of ['', '30', 'de la prose', '30030a0100']) {
      expect(bref(demander('porteur', Buffer.from(source, 'hex')))).toBe('illisible');
    }
  });

  it('every octet changed is seen, or does not matter: never « bon » for another, never « revoque »', () => {
    const source = repondre('porteur');
    const signe = demander('porteur', source);
    const surprises: string[] = [];
    for (let i = 0; i < source.length; i += 1) {
      const altere = Buffer.from(source);
      altere[i] = (altere[i] ?? 0) ^ 0x01;
      const etat = demander('porteur', altere);
      // The joined certificate after the signed part is a hint: some of its octets may change unseen.
      const memes = etat.etat === 'bon' && etat.preuve.emise === signe.preuve?.emise;
      if (etat.etat !== 'inconnu' && !memes) surprises.push(`${i}: ${bref(etat)}`);
    }
    expect(surprises).toEqual([]);
  });
});
