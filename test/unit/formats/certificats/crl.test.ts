import { describe, expect, test } from 'vitest';
import { type Certificat, sha256 } from '../../../../src/formats/certificats/certificat.ts';
import { interrogerCrl, lireCrl } from '../../../../src/formats/certificats/crl.ts';
import type { EtatRevocation, QuestionRevocation } from '../../../../src/formats/certificats/revocation.ts';
import { date, extension, grande, lu, nom } from './certificat-essai.ts';
import { avec, entree, liste, suite } from './crl-essai.ts';
import { ensemble, entier, hexa, oid, sequence, tlv, vrai } from './der-essai.ts';
import { le } from './pki.ts';

/** Lists of revoked certificates laid out by hand (RFC 5280 § 5): any field may be wrong. */

const AC = lu({ sujet: nom('AC') });
const MAIRE = lu();
const SERIE = hexa('02 02 00 c5');

function demander(source: Uint8Array, question: Partial<QuestionRevocation> = {}): EtatRevocation {
  return interrogerCrl(source, {
    certificat: MAIRE,
    emetteur: AC,
    instant: le('2026-06-15T12:00:00Z'),
    ...question,
  });
}
/** `bon`, `revoque`, or the reason of « inconnu ». */
const bref = (source: Uint8Array, question?: Partial<QuestionRevocation>): string => {
  const etat = demander(source, question);
  return etat.etat === 'inconnu' ? etat.code : etat.etat;
};

describe('the head of a list', () => {
  test('issuer, dates, evidence: its digest is the one of the bytes as they came', () => {
    const source = liste();
    expect(demander(source)).toEqual({
      etat: 'bon',
      preuve: {
        type: 'crl',
        sha256: sha256(source),
        emise: le('2026-06-01T00:00:00Z'),
        jusqua: le('2026-07-01T00:00:00Z'),
      },
      ensuite: null,
      reserves: [],
    });
    const lue = lireCrl(source);
    expect(lue.type === 'lue' && lue.crl).toMatchObject({
      portee: null,
      delta: false,
      memoire: null,
      critiquesInconnues: [],
    });
  });

  test('version 1, GeneralizedTime, no nextUpdate: read; without nextUpdate it speaks of no instant', () => {
    expect(bref(liste({ version: Buffer.alloc(0) }))).toBe('bon');
    expect(bref(liste({ emise: grande('20260601000000Z'), jusqua: grande('20260701000000Z') }))).toBe('bon');
    expect(demander(liste({ jusqua: Buffer.alloc(0) }))).toMatchObject({
      code: 'perimee',
      preuve: { jusqua: null },
    });
  });

  test('PEM, text around it or not', () => {
    const pem = (corps: string): Buffer =>
      Buffer.from(`-----BEGIN X509 CRL-----\n${corps}\n-----END X509 CRL-----\n`);
    expect(bref(pem(liste().toString('base64')))).toBe('bon');
    const autre = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(demander(autre)).toMatchObject({
      code: 'illisible',
      message: expect.stringContaining('aucune liste de révocation'),
    });
  });

  test.each([
    [
      'two algorithms',
      liste({ externe: sequence(oid('1.2.840.10045.4.3.3')) }),
      'deux algorithmes de signature différents',
    ],
    ['something after the signature', liste({ dehors: entier(1) }), ''],
    ['something after the extensions', liste({ apres: entier(1) }), ''],
    ['an empty file', Buffer.alloc(0), ''],
    ['no DER', Buffer.from('<html>'), ''],
    ['more than 64 millions of bytes', Buffer.alloc(64_000_001, 0x30), 'la liste est trop grosse'],
  ])('%s: unreadable, and why', (_, source, motif) => {
    expect(demander(source)).toMatchObject({ etat: 'inconnu', code: 'illisible', preuve: null });
    expect(demander(source)).toMatchObject({
      message: expect.stringMatching(new RegExp(`^la preuve est illisible : .*${motif}`)),
    });
  });

  test('64 millions of bytes are read as far as they make sense', () => {
    expect(demander(Buffer.alloc(64_000_000, 0x30))).toMatchObject({
      message: expect.not.stringContaining('trop grosse'),
    });
  });
});

describe('who may speak of a certificate: its issuer, with the right to sign lists', () => {
  test.each([
    ['a list of another issuer', { emetteur: nom('Autre') }, {}, 'autre_emetteur'],
    ['a certificate of another issuer', {}, { certificat: lu({ emetteur: nom('Autre') }) }, 'autre_emetteur'],
    ['an authority of another name', {}, { emetteur: lu({ sujet: nom('Autre') }) }, 'autre_emetteur'],
  ] as const)('%s', (...[, change, question, attendu]) => {
    expect(bref(liste(change), question)).toBe(attendu);
  });

  test('usages of the authority: cRLSign, or none that is written', () => {
    const usages = (bits: string): Certificat =>
      lu({
        sujet: nom('AC'),
        suite: tlv(
          0xa3,
          sequence(
            sequence(oid('2.5.29.19'), vrai, tlv(4, sequence(vrai))),
            extension('2.5.29.15', hexa(bits), true),
          ),
        ),
      });
    expect(bref(liste(), { emetteur: usages('03 02 01 06') })).toBe('bon');
    expect(bref(liste(), { emetteur: usages('03 02 02 04') })).toBe('droit_absent');
  });

  test('a false signature, an obsolete algorithm, one that is unknown', () => {
    const fausse = liste();
    fausse[fausse.length - 1] = (fausse.at(-1) ?? 0) ^ 1;
    expect(bref(fausse)).toBe('signature_fausse');
    const sha1 = sequence(oid('1.2.840.10045.4.1'));
    expect(bref(liste({ algorithme: sha1, externe: sha1 }))).toBe('algorithme_obsolete');
    const inconnu = sequence(oid('1.2.3.4'));
    expect(bref(liste({ algorithme: inconnu, externe: inconnu }))).toBe('algorithme_obsolete');
  });
});

describe('what a list covers', () => {
  const point = (...champs: readonly Uint8Array[]): Buffer =>
    liste({ extensions: suite(extension('2.5.29.28', sequence(...champs), true)) });
  const url = (adresse: string): Buffer => tlv(0xa0, tlv(0xa0, tlv(0x86, Buffer.from(adresse))));
  const urls = (...adresses: readonly string[]): Buffer =>
    tlv(0xa0, tlv(0xa0, ...adresses.map((a) => tlv(0x86, Buffer.from(a)))));
  const VRAI = Buffer.of(0xff);

  const distribue = (...adresses: readonly string[]): Certificat =>
    lu({
      suite: tlv(0xa3, sequence(extension('2.5.29.31', sequence(...adresses.map((a) => sequence(url(a))))))),
    });

  test('leaves only, authorities only (the leaf of these tests is an authority, or says nothing)', () => {
    const autorite = MAIRE;
    const feuille = distribue('http://a/');
    const porteurs = point(tlv(0x81, VRAI));
    const autorites = point(tlv(0x82, VRAI));
    expect([bref(porteurs, { certificat: feuille }), bref(porteurs, { certificat: autorite })]).toEqual([
      'bon',
      'hors_portee',
    ]);
    expect([bref(autorites, { certificat: feuille }), bref(autorites, { certificat: autorite })]).toEqual([
      'hors_portee',
      'bon',
    ]);
    expect(bref(point(tlv(0x81, Buffer.of(0)), tlv(0x82, Buffer.of(0))))).toBe('bon');
  });

  test('a distribution point that the certificate names, one at least', () => {
    expect(bref(point(url('http://a/')), { certificat: distribue('http://a/') })).toBe('bon');
    expect(
      bref(point(urls('http://x/', 'http://a/')), { certificat: distribue('http://a/', 'http://b/') }),
    ).toBe('bon');
    expect(bref(point(url('http://x/')), { certificat: distribue('http://a/') })).toBe('hors_portee');
    expect(bref(point(url('http://x/')))).toBe('hors_portee');
    expect(bref(point())).toBe('bon');
  });

  test.each([
    ['some reasons only', tlv(0x83, hexa('06 40'))],
    ['indirect', tlv(0x84, Buffer.of(0xff))],
    ['attribute certificates', tlv(0x85, Buffer.of(0xff))],
  ])('%s: partial, never « bon »', (_, champ) => {
    expect(bref(point(champ))).toBe('partielle');
  });

  test('a delta is partial; an unknown field of the scope is not read', () => {
    expect(bref(liste({ extensions: suite(extension('2.5.29.27', entier(1), true)) }))).toBe('partielle');
    expect(bref(point(tlv(0x86, VRAI)))).toBe('illisible');
  });

  test('a critical extension that is unknown; those without effect; one that is not critical', () => {
    const une = (point_: string, critique: boolean): Buffer =>
      liste({ extensions: suite(extension(point_, entier(1), critique)) });
    expect(bref(une('1.2.3.4', true))).toBe('extension_critique');
    expect(bref(une('1.2.3.4', false))).toBe('bon');
    for (const point_ of ['2.5.29.20', '2.5.29.35', '2.5.29.46', '1.3.6.1.5.5.7.1.1', '2.5.29.18']) {
      expect(bref(une(point_, true))).toBe('bon');
    }
  });

  test('expiredCertsOnCRL: since when it forgets nobody', () => {
    const depuis = (quand: string): Buffer =>
      liste({
        emise: grande('20270101000000Z'),
        jusqua: grande('20270201000000Z'),
        extensions: suite(extension('2.5.29.60', grande(quand))),
      });
    const tard = { controle: le('2027-01-15T00:00:00Z') };
    expect(bref(depuis('20260101000000Z'), tard)).toBe('bon');
    expect(bref(depuis('20270101000000Z'), tard)).toBe('apres_expiration');
  });
});

describe('entries, read one by one', () => {
  const motif = (n: number): Buffer => extension('2.5.29.21', tlv(0x0a, Buffer.of(n)));
  const invalide = (quand: string): Buffer => extension('2.5.29.24', grande(quand));

  test('the serial number alone names a certificate', () => {
    expect(bref(avec(entree(entier(7), '260301000000Z')))).toBe('bon');
    expect(
      demander(
        avec(
          entree(entier(7), '260201000000Z'),
          entree(SERIE, '260301000000Z'),
          entree(entier(9), '260401000000Z'),
        ),
      ),
    ).toMatchObject({
      etat: 'revoque',
      quand: le('2026-03-01T00:00:00Z'),
      motif: 'non précisé',
    });
  });

  test.each([
    [1, 'clé compromise'],
    [4, 'certificat remplacé'],
    [7, 'non précisé'],
    [99, 'non précisé'],
  ])('reason %i: %s', (n, dit) => {
    expect(demander(avec(entree(SERIE, '260301000000Z', motif(n))))).toMatchObject({ motif: dit });
  });

  test('invalidityDate is the one that counts when it is the earlier', () => {
    expect(
      demander(avec(entree(SERIE, '260501000000Z', motif(1), invalide('20260301000000Z')))),
    ).toMatchObject({
      quand: le('2026-03-01T00:00:00Z'),
      motif: 'clé compromise',
    });
    expect(demander(avec(entree(SERIE, '260501000000Z', invalide('20260601000000Z'))))).toMatchObject({
      quand: le('2026-05-01T00:00:00Z'),
    });
  });

  test('a critical extension that is unknown, on any entry, keeps the list from saying « bon »', () => {
    const critique = extension('1.2.3.4', entier(1), true);
    expect(bref(avec(entree(entier(7), '260301000000Z', critique)))).toBe('extension_critique');
    expect(bref(avec(entree(SERIE, '260301000000Z', critique)))).toBe('extension_critique');
    // but a revocation that is read stands
    expect(bref(avec(entree(entier(7), '260301000000Z', critique), entree(SERIE, '260301000000Z')))).toBe(
      'revoque',
    );
    expect(bref(avec(entree(SERIE, '260301000000Z'), entree(entier(7), '260301000000Z', critique)))).toBe(
      'revoque',
    );
  });

  test('an unknown extension that is not critical, a critical one that is known: nothing to say', () => {
    expect(bref(avec(entree(entier(7), '260301000000Z', extension('1.2.3.4', entier(1)))))).toBe('bon');
    expect(
      bref(avec(entree(entier(7), '260301000000Z', extension('2.5.29.21', tlv(0x0a, Buffer.of(1)), true)))),
    ).toBe('bon');
    expect(bref(avec(entree(SERIE, '260301000000Z', extension('1.2.3.4', entier(1)))))).toBe('revoque');
  });

  test.each([
    ['something after the extensions', sequence(entier(7), date('260301000000Z'), sequence(), entier(1))],
    ['no date', sequence(entier(7))],
    ['a serial that is none', sequence(ensemble(), date('260301000000Z'))],
    ['a reason that is none', entree(SERIE, '260301000000Z', extension('2.5.29.21', entier(1)))],
  ])('%s: unreadable, with the evidence', (_, fausse) => {
    expect(demander(avec(fausse))).toMatchObject({ code: 'illisible', preuve: { type: 'crl' } });
  });

  test('a suspension may have been lifted since: stale, it says nothing; a revocation stands for ever', () => {
    const tard = { instant: le('2026-08-01T00:00:00Z') };
    expect(bref(avec(entree(SERIE, '260301000000Z', motif(6))), tard)).toBe('perimee');
    expect(bref(avec(entree(SERIE, '260301000000Z', motif(6))))).toBe('revoque');
    expect(bref(avec(entree(SERIE, '260301000000Z', motif(8))), tard)).toBe('perimee');
    expect(bref(avec(entree(SERIE, '260301000000Z', motif(1))), tard)).toBe('revoque');
  });

  test('revoked after the instant: « bon », and said', () => {
    expect(demander(avec(entree(SERIE, '260620000000Z')))).toMatchObject({
      etat: 'bon',
      ensuite: { quand: le('2026-06-20T00:00:00Z') },
    });
  });
});
