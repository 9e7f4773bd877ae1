import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleDe, pes, signer, verifier } from './atelier.ts';
import { assembler, canoniques, detourner, resigner, toutRefaire } from './forger.ts';
import { DS, ENVELOPPEE, EXC, XMLENC } from './noeuds.ts';
import { juger, PesSigne } from './pes-signe.ts';

/** The checklist of crypto.md § 9 on signatures made right again by who holds the key: one deviation, its finding alone. */

let s: PesSigne;
beforeAll(async () => {
  s = await PesSigne.creer();
}, 60_000);
afterAll(() => s.pki.fermer());

const T = (uri: string): string => `<ds:Transform Algorithm="${uri}"></ds:Transform>`;
const TRANSFORMATIONS = (): string => `${T(ENVELOPPEE)}${T(EXC)}`;

test('the signature judged is sound before', async () => {
  expect(await juger(s.bon)).toMatchObject({
    codes: [],
    etat: 'valide',
    integrite: 'intacte',
    certificat: 'concordant',
  });
});

describe('the two references: what holds the signature, and its own properties', () => {
  test.each([
    ['enveloped-signature alone', () => s.refait(T(EXC), ''), ['XDS-043'], 'indeterminee'],
    ['the canonical form alone', () => s.refait(T(ENVELOPPEE), ''), ['XDS-043'], 'indeterminee'],
    [
      'the two in the other order',
      () => s.refait(TRANSFORMATIONS(), T(EXC) + T(ENVELOPPEE)),
      ['XDS-043'],
      'indeterminee',
    ],
    [
      'enveloped-signature twice',
      () => s.refait(TRANSFORMATIONS(), T(ENVELOPPEE) + T(ENVELOPPEE)),
      ['XDS-043'],
      'indeterminee',
    ],
    [
      'a third transform',
      () => s.refait(TRANSFORMATIONS(), TRANSFORMATIONS() + T(EXC)),
      ['XDS-043'],
      'indeterminee',
    ],
    [
      'properties without canonical form',
      () => s.refait(`#SIG_1_SP"><ds:Transforms>${T(EXC)}`, '#SIG_1_SP"><ds:Transforms>'),
      ['XDS-043'],
      'indeterminee',
    ],
    [
      'properties in two canonical forms',
      () => s.refait(`#SIG_1_SP"><ds:Transforms>${T(EXC)}`, `#SIG_1_SP"><ds:Transforms>${T(EXC)}${T(EXC)}`),
      ['XDS-043'],
      'indeterminee',
    ],
    [
      'enveloped-signature on the properties',
      () => s.refait(`#SIG_1_SP"><ds:Transforms>${T(EXC)}`, `#SIG_1_SP"><ds:Transforms>${TRANSFORMATIONS()}`),
      ['XDS-048'],
      'intacte',
    ],
    [
      'the content changed',
      () => assembler(s.p, { bordereau: detourner(s.p.bordereau) }),
      ['XDS-053'],
      'rompue',
    ],
    ['a property changed', () => s.change('Maire', 'Préfet'), ['XDS-054'], 'rompue'],
    [
      'both changed',
      () =>
        assembler(
          { ...s.p, bordereau: detourner(s.p.bordereau) },
          { signature: s.p.signature.replace('Maire', 'X') },
        ),
      ['XDS-053', 'XDS-054'],
      'rompue',
    ],
    [
      'SignedInfo changed',
      () => s.change('SIG_1_SP"><ds:Transforms>', 'SIG_1_SP"><ds:Transforms> '),
      ['XDS-062'],
      'rompue',
    ],
    [
      'the content twice',
      () => s.resigne('URI="#SIG_1_SP"', 'URI="#BORD1"'),
      ['XDS-040', 'XDS-043', 'XDS-039'],
      'indeterminee',
    ],
    [
      'the properties twice',
      () => s.resigne('URI="#BORD1"', 'URI="#SIG_1_SP"'),
      ['XDS-048', 'XDS-054', 'XDS-040', 'XDS-038'],
      'rompue',
    ],
    [
      'the content alone',
      () => s.resigne(/<ds:Reference Type.*?<\/ds:Reference>/s, ''),
      ['XDS-030', 'XDS-039'],
      'indeterminee',
    ],
    [
      'the properties alone',
      () => s.resigne(/<ds:Reference URI="#BORD1".*?<\/ds:Reference>/s, ''),
      ['XDS-030', 'XDS-038'],
      'indeterminee',
    ],
    [
      'an Id that nobody bears',
      () => s.resigne('URI="#BORD1"', 'URI="#RIEN"'),
      ['XDS-035', 'XDS-038'],
      'indeterminee',
    ],
    [
      'the value of the signature',
      () => s.resigne('URI="#BORD1"', 'URI="#SIG_1_SV"'),
      ['XDS-037', 'XDS-038'],
      'indeterminee',
    ],
    [
      'an Id of another attribute',
      () => resigner(assembler(s.p, { bordereau: s.p.bordereau.replace(' Id=', ' ID=') }), s.cle),
      ['XDS-036', 'XDS-038'],
      'indeterminee',
    ],
    [
      'properties that nobody bears',
      () => s.resigne('URI="#SIG_1_SP"', 'URI="#RIEN"'),
      ['XDS-035', 'XDS-039'],
      'indeterminee',
    ],
    ['properties without Id', () => s.refait(' Id="SIG_1_SP"', ''), ['XDS-035', 'XDS-039'], 'indeterminee'],
    [
      'a reference that cannot be followed',
      () => s.resigne('URI="#BORD1"', 'URI=""'),
      ['XDS-032', 'XDS-038'],
      'indeterminee',
    ],
    [
      'an Id that is no XML name',
      () => toutRefaire(s.bon.replaceAll('BORD1', '1 B'), s.cle),
      ['XDS-142'],
      'intacte',
    ],
  ] as const)('%s → %j', async (...[, texte, attendus, integrite]) => {
    expect(await juger(texte())).toMatchObject({
      codes: [...attendus],
      integrite,
      etat: 'refusee',
      couvre: null,
      conclusion: 'refusee',
    });
  });

  test('what was found of the transforms is said of its reference', async () => {
    const messages = async (texte: string): Promise<string[]> =>
      (await juger(texte)).constats.map((c) => c.message);
    expect((await messages(s.refait(T(EXC), '')))[0]).toContain('(contenu : 1 transformation(s))');
    const sans = s.refait(`#SIG_1_SP"><ds:Transforms>${T(EXC)}`, '#SIG_1_SP"><ds:Transforms>');
    expect((await messages(sans))[0]).toContain('(propriétés : 0 transformation(s))');
    expect((await messages(assembler(s.p, { bordereau: detourner(s.p.bordereau) })))[0]).toContain(
      '« BORD1 »',
    );
  });

  test('the form with comments is the same one, in both references', async () => {
    const avec = s.p.signature.replaceAll(T(EXC), T(`${EXC}WithComments`));
    const texte = toutRefaire(assembler(s.p, { signature: avec }), s.cle);
    expect(await juger(texte)).toMatchObject({ codes: [], etat: 'valide' });
  });

  test('properties of another signature are no proof, whichever', async () => {
    const deux = (await signer(pes({ bordereaux: 2 }), cleDe(s.pki, 'rsa'))).octets.toString('latin1');
    const tordu = resigner(deux.replace('URI="#SIG_1_SP"', 'URI="#SIG_2_SP"'), s.cle);
    const { signatures } = await verifier(tordu);
    expect(signatures.map((v) => [v.etat, v.constats.map((c) => c.code)])).toEqual([
      ['refusee', ['XDS-041', 'XDS-039']],
      ['valide', []],
    ]);
  });
});

describe('where the signature stands, and what it holds besides', () => {
  test.each([
    ['a comment inside', () => s.change('<ds:KeyInfo>', '<!-- --><ds:KeyInfo>'), ['XDS-006']],
    ['an instruction inside', () => s.change('<ds:KeyInfo>', '<?x?><ds:KeyInfo>'), ['XDS-007']],
    [
      'an element after it, signed with the rest',
      () => toutRefaire(assembler(s.p, { signature: `${s.p.signature}<x/>` }), s.cle),
      ['XDS-002'],
    ],
    [
      'comments of the content',
      () =>
        assembler(s.p, {
          bordereau: s.p.bordereau.replace('<BlocBordereau>', '<!-- --><!-- --><BlocBordereau>'),
        }),
      ['XDS-107'],
    ],
    [
      'instructions of the content',
      () =>
        toutRefaire(
          assembler(s.p, { bordereau: s.p.bordereau.replace('<BlocBordereau>', '<?x?><BlocBordereau>') }),
          s.cle,
        ),
      ['XDS-106'],
    ],
    ['no role', () => s.refait(/<xad:SignerRole>.*<\/xad:SignerRole>/, ''), ['XDS-101']],
  ])('%s → %j', async (...[, texte, attendus]) => {
    const juge = await juger(texte());
    expect(juge.codes).toEqual(attendus);
    expect(juge.etat).toBe(juge.constats[0]?.gravite === 'refus' ? 'refusee' : 'valide');
  });

  test('how many there are is said', async () => {
    const texte = assembler(s.p, {
      bordereau: s.p.bordereau.replace('<BlocBordereau>', '<!-- --><!-- --><BlocBordereau>'),
    });
    expect((await juger(texte)).constats[0]?.message).toContain('2 commentaire(s)');
  });

  test('elsewhere than at a place of the profile: refused, where is said', async () => {
    const ailleurs = assembler(s.p, {
      signature: '',
      bordereau: s.p.bordereau.replace('</Piece>', `${s.p.signature}</Piece>`),
    });
    expect(await juger(ailleurs)).toMatchObject({
      codes: ['XDS-001', 'XDS-037', 'XDS-038'],
      couvre: null,
      integrite: 'indeterminee',
    });
    const piece = assembler(s.p, {
      signature: '',
      apres: s.p.apres.replace('</PJ>', `${s.p.signature}</PJ>`),
    });
    const juge = await juger(piece);
    expect(juge.codes).toEqual(['XDS-001', 'XDS-037', 'XDS-038']);
    expect(juge.constats[0]?.message).toContain('« PJ »');
    expect((await juger(ailleurs)).constats[0]?.message).toContain('« un autre élément »');
  });

  test('two in one element: both are refused, neither is chosen', async () => {
    const texte = assembler(s.p, { signature: s.p.signature + s.p.signature.replaceAll('SIG_1', 'SIG_2') });
    const { signatures } = await verifier(texte);
    expect(signatures.map((v) => v.constats.map((c) => c.code).filter((c) => c !== 'XDS-002'))).toEqual([
      ['XDS-003'],
      expect.arrayContaining(['XDS-003']),
    ]);
    expect(signatures[0]?.constats[0]?.message).toContain('2 signatures');
  });

  test('one inside another', async () => {
    const dedans = s.p.signature.replaceAll('SIG_1', 'SIG_2');
    const texte = s.change('</ds:KeyInfo>', `<ds:KeyName>${dedans}</ds:KeyName></ds:KeyInfo>`);
    expect((await juger(texte)).codes).toEqual(['XDS-004']);
  });

  test('one too big', async () => {
    const juge = await juger(s.change('<ds:KeyInfo>', `<ds:KeyInfo>${'<ds:KeyName/>'.repeat(1000)}`));
    expect(juge.codes).toContain('XDS-008');
    expect(juge.constats.find((c) => c.code === 'XDS-008')?.message).toContain('1 Mio ou 1 000 éléments');
  });
});

describe('the value, the certificate and the properties speak of one signer', () => {
  test.each([
    [
      'no value',
      () => s.change(/<ds:SignatureValue.*<\/ds:SignatureValue>/s, ''),
      ['XDS-013'],
      'rompue',
      'concordant',
    ],
    [
      'a value of zeros',
      () => s.change(/(?<=<ds:SignatureValue[^>]*>)[^<]*/, Buffer.alloc(256).toString('base64')),
      ['XDS-062'],
      'rompue',
      'concordant',
    ],
    [
      'no KeyInfo',
      () => s.change(/<ds:KeyInfo>.*<\/ds:KeyInfo>/s, ''),
      ['XDS-070'],
      'indeterminee',
      'indetermine',
    ],
    [
      'an unknown method',
      () => s.resigne('#rsa-sha256', '#rsa-md5'),
      ['XDS-024'],
      'indeterminee',
      'concordant',
    ],
    [
      'a method of another family',
      () => s.resigne('#rsa-sha256', '#ecdsa-sha256'),
      ['XDS-080'],
      'indeterminee',
      'discordant',
    ],
    [
      'a form of SignedInfo that is not admitted',
      () => s.resigne(`Method Algorithm="${EXC}"`, 'Method Algorithm="urn:x"'),
      ['XDS-021'],
      'indeterminee',
      'concordant',
    ],
    ['another serial', () => s.refait(/(?<=SerialNumber>)\d+/, '9999'), ['XDS-077'], 'intacte', 'discordant'],
    [
      'another issuer',
      () => s.refait(/(?<=X509IssuerName>)[^<]*/, 'CN=Autre'),
      ['XDS-076'],
      'intacte',
      'discordant',
    ],
    [
      'no certificate named',
      () => s.refait(/<xad:SigningCertificate>.*<\/xad:SigningCertificate>/s, ''),
      ['XDS-093'],
      'intacte',
      'indetermine',
    ],
    [
      'no properties',
      () => s.resigne(/<ds:Object>.*<\/ds:Object>/s, ''),
      ['XDS-090', 'XDS-035', 'XDS-039'],
      'indeterminee',
      'indetermine',
    ],
    [
      'a certificate of somebody else joined',
      () => s.change('</ds:X509Data>', `${s.x509('ec')}</ds:X509Data>`),
      ['XDS-143'],
      'intacte',
      'discordant',
    ],
  ] as const)('%s → %j', async (...[, texte, attendus, integrite, certificat]) => {
    expect(await juger(texte())).toMatchObject({
      codes: [...attendus],
      integrite,
      certificat,
      etat: 'refusee',
    });
  });

  test('SHA-1 is obsolete, never valid, and covers what it signs', async () => {
    const sha1 = s.p.signature.replaceAll(`${XMLENC}sha256`, `${DS}sha1`);
    const digest = (octets: Uint8Array): string => createHash('sha1').update(octets).digest('base64');
    let texte = assembler(s.p, {
      signature: sha1.replace(
        /(<xad:CertDigest>.*?<xad:DigestValue>)[^<]*/s,
        `$1${digest(s.pki.der('rsa'))}`,
      ),
    });
    const formes = [canoniques(texte, 'Bordereau', true)[0], canoniques(texte, 'SignedProperties')[0]].map(
      (o) => digest(o ?? Buffer.alloc(0)),
    );
    texte = texte.replace(/(?<=<ds:DigestValue>)[^<]*/g, () => formes.shift() ?? '');
    const juge = await juger(resigner(texte, s.cle));
    expect(juge).toMatchObject({
      etat: 'obsolete',
      conclusion: 'obsolete',
      integrite: 'intacte',
      couvre: { id: 'BORD1' },
    });
    // the table of policies pairs this identifier with the digest of SHA-256
    expect(juge.codes).toEqual(['XDS-050', 'XDS-109', 'XDS-100']);
  });

  test('the report says what the certificate is, and what is joined to it', async () => {
    const { signataire, joints } = await juger(s.bon);
    const { sujet, emetteur, serie, sha256: empreinte, debut, fin, der } = s.pki.certificat('rsa');
    expect(signataire).toEqual({
      sujet: sujet.texte,
      emetteur: emetteur.texte,
      serie: serie.decimal,
      sha256: empreinte,
      debut,
      fin,
      der,
    });
    expect(joints).toEqual([s.pki.der('ica2')]);
  });

  test('nothing is said of who signed when no certificate is joined', async () => {
    const juge = await juger(s.change(/<ds:KeyInfo>.*<\/ds:KeyInfo>/s, ''));
    expect(juge).toMatchObject({ signataire: null, joints: [], confiance: { type: 'non_jugee' } });
    const sans = await juger(s.resigne(/<ds:Object>.*<\/ds:Object>/s, ''));
    expect(sans).toMatchObject({ version: null, instant: null, roles: [], lieu: null, politique: null });
    const methode = await juger(s.resigne('#rsa-sha256', '#rsa-md5'));
    expect(methode.algorithme).toBeNull();
  });
});
