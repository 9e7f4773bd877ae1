import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { lireCertificat, sha256 } from '../../../../src/formats/certificats/certificat.ts';
import {
  construireQuestionOcsp,
  interrogerOcsp,
  type QuestionOcsp,
  RESERVE_REPONDEUR,
} from '../../../../src/formats/certificats/ocsp.ts';
import { lireOcsp } from '../../../../src/formats/certificats/ocsp-lecture.ts';
import type { EtatRevocation } from '../../../../src/formats/certificats/revocation.ts';
import { type Change, date, EC, extension, fabriquer, grande, nom } from './certificat-essai.ts';
import { entier, oid, sequence, tlv } from './der-essai.ts';
import {
  AC,
  ARCHIVE,
  basique,
  de,
  empreinte,
  enveloppe,
  MAIRE,
  NONCE,
  PAR_NOM,
  type Reponse,
  reponse,
  simple,
  suite,
  VIDE,
} from './ocsp-essai.ts';
import { le } from './pki.ts';

/** Answers of OCSP laid out by hand (RFC 6960 § 4.2): any field may be wrong. */

function demander(source: Uint8Array, question: Partial<QuestionOcsp> = {}): EtatRevocation {
  return interrogerOcsp(source, {
    certificat: MAIRE,
    emetteur: AC,
    instant: le('2026-06-15T12:00:00Z'),
    nonce: null,
    ...question,
  });
}
const bref = (source: Uint8Array, question?: Partial<QuestionOcsp>): string => {
  const etat = demander(source, question);
  return etat.etat === 'inconnu' ? etat.code : etat.etat;
};
const dit = (source: Uint8Array): string => {
  const etat = demander(source);
  return etat.etat === 'inconnu' ? etat.message : etat.etat;
};

describe('the envelope of an answer', () => {
  test('the issuer itself, by its name or by its key: « bon », with the evidence', () => {
    const source = reponse();
    expect(demander(source)).toEqual({
      etat: 'bon',
      preuve: {
        type: 'ocsp',
        sha256: sha256(source),
        emise: le('2026-06-15T11:00:00Z'),
        jusqua: le('2026-06-16T12:00:00Z'),
      },
      ensuite: null,
      reserves: [],
    });
    const parCle = tlv(0xa2, empreinte('sha1', AC.cle.octets));
    expect(bref(reponse({ repondeur: parCle }))).toBe('bon');
  });

  test.each([
    [1, 'question mal formée', false],
    [2, 'erreur interne du répondeur', true],
    [3, 'répondeur occupé, réessayer plus tard', true],
    [5, 'question à signer', false],
    [6, 'question non autorisée', false],
    [4, 'code 4', false],
    [9, 'code 9', false],
  ])('status %i: it answered without answering (%s)', (statut, motif, passager) => {
    const source = sequence(tlv(0x0a, Buffer.of(statut)));
    expect(lireOcsp(source)).toEqual({ type: 'refus', motif, passager });
    expect(demander(source)).toMatchObject({
      code: 'repondeur_refuse',
      preuve: null,
      message: expect.stringContaining(motif),
    });
  });

  test.each([
    ['another type of answer', enveloppe(basique(), '1.3.6.1.5.5.7.48.1.99'), 'type de réponse inconnu'],
    ['something after it', enveloppe(basique(), undefined, entier(1)), ''],
    ['something after the certificates', reponse({ dehors: entier(1) }), ''],
    ['something after the extensions', reponse({ apres: entier(1) }), ''],
    ['another version', reponse({ version: tlv(0xa0, entier(1)) }), 'version de réponse inconnue'],
    ['a responder of another kind', reponse({ repondeur: tlv(0xa3, nom('AC')) }), ''],
    ['a responder by a key that is no octet string', reponse({ repondeur: tlv(0xa2, entier(1)) }), ''],
    ['something after the identifier', de({ plus: entier(1) }), ''],
    ['something after the status', de({ apres: entier(1) }), ''],
    ['a status of another kind', de({ statut: tlv(0x83) }), ''],
    ['something after the reason', de({ statut: tlv(0xa1, grande('20260301000000Z'), entier(1)) }), ''],
    ['no DER', Buffer.from('<html>'), ''],
    ['nothing', VIDE, ''],
    ['more than a million of bytes', Buffer.alloc(1_000_001, 0x30), 'la réponse est trop grosse'],
  ])('%s: unreadable', (_, source, motif) => {
    expect(bref(source)).toBe('illisible');
    expect(dit(source)).toContain(motif);
  });

  test('version 1 may be written; a million of bytes is read as far as it makes sense', () => {
    expect(bref(reponse({ version: tlv(0xa0, entier(0)) }))).toBe('bon');
    expect(dit(Buffer.alloc(1_000_000, 0x30))).not.toContain('trop grosse');
  });
});

describe('the certificate of which it speaks: name and key of its issuer, and its serial, all three', () => {
  test.each([
    ['SHA-1', { hachage: 'sha1' }, 'bon'],
    ['SHA-256', { hachage: 'sha256' }, 'bon'],
    ['a digest that nobody knows', { oidHachage: '1.2.3' }, 'autre_certificat'],
    ['another name', { nom: empreinte('sha1', nom('Autre')) }, 'autre_certificat'],
    ['another key', { cle: empreinte('sha1', Buffer.from('x')) }, 'autre_certificat'],
    ['another serial', { serie: entier(9) }, 'autre_certificat'],
  ] as const)('%s', (_, s, attendu) => {
    expect(bref(de(s))).toBe(attendu);
  });

  test('one among several', () => {
    const autre = simple({ serie: entier(9), statut: tlv(0xa1, grande('20260301000000Z')) });
    expect(bref(reponse({ reponses: [autre, simple()] }))).toBe('bon');
    expect(bref(reponse({ reponses: [] }))).toBe('autre_certificat');
  });
});

describe('the status', () => {
  const revoque = (quand: string, raison?: number): Buffer =>
    tlv(0xa1, grande(quand), ...(raison === undefined ? [] : [tlv(0xa0, tlv(0x0a, Buffer.of(raison)))]));

  test('unknown to the responder', () => {
    expect(demander(de({ statut: tlv(0x82) }))).toMatchObject({
      code: 'non_connu',
      preuve: { type: 'ocsp' },
    });
  });

  test.each([
    [undefined, 'non précisé'],
    [1, 'clé compromise'],
    [5, 'cessation d’activité'],
    [77, 'non précisé'],
  ])('revoked, reason %s: %s', (raison, motif) => {
    expect(demander(de({ statut: revoque('20260301000000Z', raison) }))).toMatchObject({
      etat: 'revoque',
      quand: le('2026-03-01T00:00:00Z'),
      motif,
    });
  });

  test('revoked after the instant: « bon », and said', () => {
    expect(demander(de({ statut: revoque('20260620000000Z', 1) }))).toMatchObject({
      etat: 'bon',
      ensuite: { motif: 'clé compromise' },
    });
  });

  test('a revocation stands for ever, even of a stale answer; a suspension does not', () => {
    const tard = { instant: le('2026-09-01T00:00:00Z') };
    expect(bref(de({ statut: revoque('20260301000000Z', 1) }), tard)).toBe('revoque');
    expect(bref(de({ statut: revoque('20260301000000Z', 6) }), tard)).toBe('perimee');
    expect(bref(de({ statut: revoque('20260301000000Z', 6) }))).toBe('revoque');
  });
});

describe('when it speaks', () => {
  test('until nextUpdate; without it, of the moment it was made and five minutes of drift', () => {
    expect(bref(reponse(), { instant: le('2026-06-16T12:00:00Z') })).toBe('bon');
    expect(bref(reponse(), { instant: le('2026-06-16T12:00:01Z') })).toBe('perimee');
    const nue = de({ jusqua: null });
    expect(bref(nue, { instant: le('2026-06-15T11:05:00Z') })).toBe('bon');
    expect(bref(nue, { instant: le('2026-06-15T11:05:01Z') })).toBe('perimee');
    expect(demander(nue, { instant: le('2026-06-15T11:00:00Z') })).toMatchObject({
      preuve: { jusqua: null },
    });
  });

  test('made in the future of who asks: five minutes of drift, no more', () => {
    const demain = reponse({ produite: '20260615120500Z' });
    expect(bref(demain)).toBe('bon');
    expect(bref(reponse({ produite: '20260615120501Z' }))).toBe('future');
    expect(bref(reponse({ produite: '20260615120501Z' }), { controle: le('2026-06-15T13:00:00Z') })).toBe(
      'bon',
    );
    expect(bref(de({ emise: '20260615120501Z' }))).toBe('future');
  });

  test('archiveCutoff: since when it remembers certificates that expired', () => {
    const tard = { produite: '20270601000000Z', reponses: [] };
    const question = { controle: le('2027-06-01T00:00:00Z') };
    const avec = (quand: string | null): Buffer =>
      reponse({
        ...tard,
        reponses: [
          simple({
            emise: '20270601000000Z',
            jusqua: '20270701000000Z',
            ...(quand === null
              ? {}
              : {
                  extensions: suite(
                    0xa1,
                    extension('1.2.3', entier(1)),
                    extension(ARCHIVE, grande(quand), true),
                  ),
                }),
          }),
        ],
      });
    expect(bref(avec('20260101000000Z'), question)).toBe('bon');
    expect(bref(avec('20270101000000Z'), question)).toBe('apres_expiration');
    expect(bref(avec(null), question)).toBe('apres_expiration');
  });
});

describe('critical extensions that are unknown keep it from saying anything', () => {
  test.each([
    [
      'of the answer, critical',
      { extensions: suite(0xa1, extension('1.2.3', entier(1), true)) },
      'extension_critique',
    ],
    ['of the answer, not critical', { extensions: suite(0xa1, extension('1.2.3', entier(1))) }, 'bon'],
    [
      'the nonce, critical',
      { extensions: suite(0xa1, extension(NONCE, tlv(4, Buffer.from('n')), true)) },
      'bon',
    ],
    [
      'of the certificate, critical',
      { reponses: [simple({ extensions: suite(0xa1, extension('1.2.3', entier(1), true)) })] },
      'extension_critique',
    ],
    [
      'of the certificate, not critical',
      { reponses: [simple({ extensions: suite(0xa1, extension('1.2.3', entier(1))) })] },
      'bon',
    ],
    [
      'of another certificate, critical',
      {
        reponses: [
          simple(),
          simple({ serie: entier(9), extensions: suite(0xa1, extension('1.2.3', entier(1), true)) }),
        ],
      },
      'extension_critique',
    ],
  ] as const)('%s', (...[, r, attendu]) => {
    expect(bref(reponse(r))).toBe(attendu);
  });
});

describe('the nonce of the question', () => {
  const nonce = Buffer.from('0102030405060708', 'hex');
  const avec = (valeur: Uint8Array): Buffer =>
    reponse({ extensions: suite(0xa1, extension('1.2.3', entier(1)), extension(NONCE, valeur)) });

  test('taken back, as an octet string or bare as old responders write it', () => {
    expect(demander(avec(tlv(4, nonce)), { nonce })).toMatchObject({ etat: 'bon', reserves: [] });
    expect(demander(avec(nonce), { nonce })).toMatchObject({ etat: 'bon', reserves: [] });
  });

  test('another one, none; none is refused only when said so', () => {
    expect(bref(avec(tlv(4, Buffer.from('autre'))), { nonce })).toBe('nonce_different');
    expect(demander(reponse(), { nonce })).toMatchObject({
      etat: 'bon',
      reserves: [expect.stringContaining('valeur unique')],
    });
    expect(bref(reponse(), { nonce, nonceExige: true })).toBe('nonce_absent');
    expect(demander(avec(tlv(4, Buffer.from('autre'))))).toMatchObject({ etat: 'bon', reserves: [] });
  });
});

describe('who answers: the issuer, or one that it named for this by a certificate of its own hand', () => {
  const autre = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const OCSP = tlv(0xa3, sequence(extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.9')))));
  const NOCHECK = tlv(
    0xa3,
    sequence(
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.9'))),
      extension('1.3.6.1.5.5.7.48.1.5', tlv(5)),
    ),
  );
  const delegue = (change: Change = {}): Buffer =>
    fabriquer({
      sujet: nom('Répondeur'),
      cle: autre.publicKey.export({ format: 'der', type: 'spki' }),
      suite: OCSP,
      serie: entier(77),
      ...change,
    });
  const par = (...joints: readonly Uint8Array[]): Reponse => ({
    repondeur: tlv(0xa1, nom('Répondeur')),
    cle: autre.privateKey,
    joints: tlv(0xa0, sequence(...joints)),
  });

  test('a delegate, by its name or by its key; its own revocation was not looked at, and it is said', () => {
    expect(demander(reponse(par(delegue())))).toMatchObject({ etat: 'bon', reserves: [RESERVE_REPONDEUR] });
    const lu = lireCertificat(delegue());
    const cle = lu.type === 'lu' ? lu.certificat.cle.octets : VIDE;
    const parCle = { ...par(delegue()), repondeur: tlv(0xa2, empreinte('sha1', cle)) };
    expect(demander(reponse(parCle))).toMatchObject({ etat: 'bon', reserves: [RESERVE_REPONDEUR] });
    expect(demander(reponse(par(delegue({ suite: NOCHECK }))))).toMatchObject({ etat: 'bon', reserves: [] });
  });

  test('among others that are joined, one of which cannot be read', () => {
    const joints = [Buffer.from('3000', 'hex'), fabriquer(), delegue()];
    expect(bref(reponse(par(...joints)))).toBe('bon');
  });

  test('ten joined certificates are looked at, not eleven', () => {
    const autres = (n: number): Buffer[] => Array.from({ length: n }, () => fabriquer());
    expect(bref(reponse(par(...autres(9), delegue())))).toBe('bon');
    expect(bref(reponse(par(...autres(10), delegue())))).toBe('signature_fausse');
  });

  test.each([
    ['nobody joined', {}, 'signature_fausse'],
    ['without the right', { suite: tlv(0xa3, sequence(extension('2.5.29.19', sequence()))) }, 'droit_absent'],
    ['of another issuer', { emetteur: nom('Autre') }, 'droit_absent'],
    [
      'expired when it answered',
      { validite: sequence(date('250101000000Z'), date('260101000000Z')) },
      'repondeur_perime',
    ],
    [
      'not yet valid when it answered',
      { validite: sequence(date('260616000000Z'), date('270101000000Z')) },
      'repondeur_perime',
    ],
  ] as const)('%s', (nomCas, change, attendu) => {
    expect(bref(reponse(nomCas === 'nobody joined' ? par() : par(delegue(change))))).toBe(attendu);
  });

  test('one that another key signed', () => {
    const faux = delegue();
    faux[faux.length - 1] = (faux.at(-1) ?? 0) ^ 1;
    expect(bref(reponse(par(faux)))).toBe('droit_absent');
  });

  test('an answer that another key signed, an algorithm that is obsolete or unknown', () => {
    expect(bref(reponse({ cle: autre.privateKey }))).toBe('signature_fausse');
    expect(bref(reponse({ ...par(delegue()), cle: EC.privateKey }))).toBe('signature_fausse');
    expect(bref(reponse({ algorithme: sequence(oid('1.2.840.10045.4.1')) }))).toBe('algorithme_obsolete');
    expect(bref(reponse({ algorithme: sequence(oid('1.2.3')) }))).toBe('algorithme_obsolete');
    const parCle = { repondeur: tlv(0xa2, empreinte('sha1', AC.cle.octets)), cle: autre.privateKey };
    expect(bref(reponse(parCle))).toBe('signature_fausse');
  });

  test('a delegate that bears the name of the authority is a delegate like another', () => {
    const homonyme = { ...par(delegue({ sujet: nom('AC') })), repondeur: PAR_NOM };
    expect(bref(reponse(homonyme))).toBe('bon');
    expect(demander(reponse(homonyme))).toMatchObject({ reserves: [RESERVE_REPONDEUR] });
  });
});

describe('the question (RFC 6960 § 4.1)', () => {
  test('an answer to it is recognised; the nonce is in it, or not', () => {
    const question = { certificat: MAIRE, emetteur: AC };
    const nue = Buffer.from(construireQuestionOcsp({ ...question, nonce: null }));
    expect(nue.includes(MAIRE.serie.octets)).toBe(true);
    expect(nue.includes(createHash('sha1').update(AC.cle.octets).digest())).toBe(true);
    expect(nue.includes(createHash('sha1').update(MAIRE.emetteur.der).digest())).toBe(true);
    const avec = Buffer.from(construireQuestionOcsp({ ...question, nonce: Buffer.from('unique-1') }));
    expect([avec.includes('unique-1'), nue.includes(oid(NONCE)), avec.includes(oid(NONCE))]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
