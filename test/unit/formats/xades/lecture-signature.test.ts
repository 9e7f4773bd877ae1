import { describe, expect, test } from 'vitest';
import { Cahier } from '../../../../src/formats/xades/constats.ts';
import { lireSignature, type SignatureLue } from '../../../../src/formats/xades/lecture-signature.ts';
import { DS, ENVELOPPEE, EXC, lire, noeudDe, PLUS, XMLENC } from './noeuds.ts';

/** The parts of a ds:Signature (XML-Signature § 4) and the profile of the PES (crypto.md § 7, § 9): one deviation each. */

const V111 = 'http://uri.etsi.org/01903/v1.1.1#';
const EMPREINTE = Buffer.alloc(32, 7).toString('base64');
const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';

const C14N = `<ds:CanonicalizationMethod Algorithm="${EXC}"/>`;
const METHODE = `<ds:SignatureMethod Algorithm="${PLUS}rsa-sha256"/>`;
const T_ENV = `<ds:Transform Algorithm="${ENVELOPPEE}"/>`;
const T_EXC = `<ds:Transform Algorithm="${EXC}"/>`;
const DM = `<ds:DigestMethod Algorithm="${XMLENC}sha256"/>`;
const DV = `<ds:DigestValue>${EMPREINTE}</ds:DigestValue>`;
const R1 = `<ds:Reference URI="#B1"><ds:Transforms>${T_ENV}${T_EXC}</ds:Transforms>${DM}${DV}</ds:Reference>`;
const R2 = `<ds:Reference Type="${V111}SignedProperties" URI="#S_SP"><ds:Transforms>${T_EXC}</ds:Transforms>${DM}${DV}</ds:Reference>`;
const SI = `<ds:SignedInfo>${C14N}${METHODE}${R1}${R2}</ds:SignedInfo>`;
const SV = '<ds:SignatureValue Id="S_SV">AAECAw==</ds:SignatureValue>';
const KI = '<ds:KeyInfo><ds:KeyName>k</ds:KeyName></ds:KeyInfo>';
const QP = `<xad:QualifyingProperties xmlns:xad="${V111}" Target="#S"><xad:SignedProperties Id="S_SP"/></xad:QualifyingProperties>`;
const OBJET = `<ds:Object>${QP}</ds:Object>`;
const S = `<ds:Signature xmlns:ds="${DS}" Id="S">${SI}${SV}${KI}${OBJET}</ds:Signature>`;

const relire = (texte: string): { lu: SignatureLue; codes: string[] } =>
  lire((cahier) => lireSignature(noeudDe(texte), cahier));
const change = (avant: string, apres: string): string => {
  if (!S.includes(avant)) throw new TypeError(avant);
  return S.replace(avant, () => apres);
};

test('a signature of the profile is read whole, without a remark', () => {
  const { lu, codes } = relire(S);
  expect(codes).toEqual([]);
  expect(lu).toMatchObject({
    id: 'S',
    signedInfo: S.indexOf('<ds:SignedInfo'),
    c14nAdmise: true,
    algorithme: { nom: 'RSA-SHA256' },
    references: [
      { id: 'B1', transformations: [ENVELOPPEE, EXC], hachage: { nom: 'SHA-256' } },
      { id: 'S_SP', transformations: [EXC], hachage: { nom: 'SHA-256' } },
    ],
    keyInfo: { nom: 'KeyInfo' },
    proprietes: { nom: 'QualifyingProperties', debut: S.indexOf('<xad:Qual') },
  });
  expect(lu.valeur).toEqual(Buffer.from([0, 1, 2, 3]));
  expect(lu.references[0]?.empreinte).toEqual(Buffer.alloc(32, 7));
});

test('white space between the parts says nothing', () => {
  const texte = S.replaceAll('><ds:', '> \n\t<ds:').replaceAll('></ds:', '>\r\n</ds:');
  expect(relire(texte).codes).toEqual([]);
});

/** What is refused, by exactly this finding, and stays followed or not. */
const PARTIES: readonly (readonly [string, readonly string[], string])[] = [
  ['an element of another namespace', ['XDS-009'], change(KI, `${KI}<x/>`)],
  ['an element of another namespace that bears a good name', ['XDS-009'], change(KI, `${KI}<Object/>`)],
  ['a part that XML-Signature does not have', ['XDS-009'], change(KI, `${KI}<ds:Manifest/>`)],
  ['a second KeyInfo', ['XDS-009'], change(KI, KI + KI)],
  ['KeyInfo before the value', ['XDS-010'], change(SV + KI, KI + SV)],
  ['the object before KeyInfo', ['XDS-010'], change(KI + OBJET, OBJET + KI)],
  ['the value before SignedInfo', ['XDS-010'], change(SI + SV, SV + SI)],
  ['text between the parts', ['XDS-015'], change(SV, `x${SV}`)],
  ['text in SignedInfo', ['XDS-015'], change(METHODE, `x${METHODE}`)],
  ['text in KeyInfo', ['XDS-015'], change('<ds:KeyInfo>', '<ds:KeyInfo>x')],
  ['text in the object', ['XDS-015'], change('<ds:Object>', '<ds:Object>x')],
  ['an attribute of the signature that is not Id', ['XDS-016'], change('Id="S">', 'Id="S" a="b">')],
  ['an Id of another namespace', ['XDS-016'], change('Id="S">', 'Id="S" ds:Id="T">')],
  ['no Id', ['XDS-018', 'XDS-092'], change(' Id="S">', '>')],
  ['no SignatureValue', ['XDS-013'], change(SV, '')],
  ['two SignatureValue', ['XDS-014'], change(SV, SV + SV.replace('S_SV', 'T'))],
  ['a value in base64url', ['XDS-060'], change('AAECAw==', '_-_-')],
  ['an empty value', ['XDS-060'], change('AAECAw==', '')],
  ['a value of white space', ['XDS-060'], change('AAECAw==', ' \n')],
  ['an element inside the value', ['XDS-060'], change('AAECAw==', 'AAECAw==<ds:x/>')],
];

const METHODES: readonly (readonly [string, readonly string[], string])[] = [
  ['Canonical XML 1.0', ['XDS-020'], change(C14N, C14N.replace(EXC, INCLUSIVE))],
  [
    'Canonical XML 1.1 with comments',
    ['XDS-020'],
    change(C14N, C14N.replace(EXC, 'http://www.w3.org/2006/12/xml-c14n11#WithComments')),
  ],
  ['an unknown canonical form', ['XDS-021'], change(C14N, C14N.replace(EXC, 'urn:c14n'))],
  [
    'a prefix list',
    ['XDS-022'],
    change(
      C14N,
      `<ds:CanonicalizationMethod Algorithm="${EXC}"><e:InclusiveNamespaces xmlns:e="${EXC}" PrefixList="a"/></ds:CanonicalizationMethod>`,
    ),
  ],
  [
    'a parameter of the canonical form',
    ['XDS-026'],
    change(C14N, `<ds:CanonicalizationMethod Algorithm="${EXC}"><x/></ds:CanonicalizationMethod>`),
  ],
  [
    'text beside an algorithm',
    ['XDS-026'],
    change(METHODE, METHODE.replace('/>', '>1</ds:SignatureMethod>')),
  ],
  ['an attribute beside an algorithm', ['XDS-026'], change(METHODE, METHODE.replace('/>', ' a="1"/>'))],
  ['HMAC', ['XDS-023'], change(`${PLUS}rsa-sha256`, `${PLUS}hmac-sha256`)],
  ['RSA with MD5', ['XDS-024'], change(`${PLUS}rsa-sha256`, `${PLUS}rsa-md5`)],
  ['a method without address', ['XDS-024'], change(METHODE, '<ds:SignatureMethod/>')],
  ['RSA with SHA-1', ['XDS-025'], change(`${PLUS}rsa-sha256`, `${DS}rsa-sha1`)],
  ['no canonical form', ['XDS-010', 'XDS-021'], change(C14N, '')],
  ['no method', ['XDS-010', 'XDS-024'], change(METHODE, '')],
  ['the method first', ['XDS-010'], change(C14N + METHODE, METHODE + C14N)],
  ['a second method', ['XDS-010'], change(METHODE, METHODE + METHODE)],
  ['a second canonical form after the method', ['XDS-010'], change(R1, C14N + R1)],
  ['a method between two references', ['XDS-010'], change(R2, METHODE + R2)],
  ['a foreign element in SignedInfo', ['XDS-009'], change(R2, `${R2}<x/>`)],
  ['a Reference of another namespace', ['XDS-009'], change(R2, `${R2}<Reference/>`)],
  ['an element that SignedInfo does not have', ['XDS-009'], change(R2, `${R2}<ds:KeyInfo/>`)],
];

const ref1 = (avant: string, apres: string): string => {
  if (!R1.includes(avant)) throw new TypeError(avant);
  return change(
    R1,
    R1.replace(avant, () => apres),
  );
};

const REFERENCES: readonly (readonly [string, readonly string[], string])[] = [
  ['no address', ['XDS-031'], ref1(' URI="#B1"', '')],
  ['the whole document', ['XDS-032'], ref1('#B1', '')],
  ['another document', ['XDS-033'], ref1('#B1', 'B1')],
  ['an XPointer', ['XDS-034'], ref1('#B1', '#xpointer(/)')],
  ['a fragment of nothing', ['XDS-034'], ref1('#B1', '#')],
  [
    'XSLT',
    ['XDS-044'],
    ref1(T_ENV, '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'),
  ],
  [
    'XPath',
    ['XDS-045'],
    ref1(T_ENV, '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>'),
  ],
  [
    'XPath filter 2',
    ['XDS-045'],
    ref1(T_ENV, '<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"/>'),
  ],
  ['base64', ['XDS-046'], ref1(T_ENV, `<ds:Transform Algorithm="${DS}base64"/>`)],
  ['an inclusive form', ['XDS-020'], ref1(T_EXC, `<ds:Transform Algorithm="${INCLUSIVE}"/>`)],
  ['an unknown transform', ['XDS-047'], ref1(T_ENV, '<ds:Transform Algorithm="urn:t"/>')],
  [
    'an unknown transform that ends like a known one',
    ['XDS-047'],
    ref1(T_ENV, '<ds:Transform Algorithm="urn:t#base64s"/>'),
  ],
  ['a transform without address', ['XDS-047'], ref1(T_ENV, '<ds:Transform/>')],
  [
    'a parameter of a transform',
    ['XDS-026'],
    ref1(T_ENV, `<ds:Transform Algorithm="${ENVELOPPEE}"><x/></ds:Transform>`),
  ],
  [
    'a prefix list on a transform',
    ['XDS-022'],
    ref1(
      T_EXC,
      `<ds:Transform Algorithm="${EXC}"><e:InclusiveNamespaces xmlns:e="${EXC}" PrefixList="a"/></ds:Transform>`,
    ),
  ],
  ['MD5', ['XDS-049'], ref1(`${XMLENC}sha256`, `${PLUS}md5`)],
  ['a digest in base64url', ['XDS-051'], ref1(EMPREINTE, `${'_-'.repeat(21)}A=`)],
  ['a digest inside another element', ['XDS-051'], ref1(EMPREINTE, `<x>${EMPREINTE}</x>`)],
  ['a digest cut short', ['XDS-052'], ref1(EMPREINTE, Buffer.alloc(31).toString('base64'))],
  ['a digest too long', ['XDS-052'], ref1(EMPREINTE, Buffer.alloc(33).toString('base64'))],
  ['an unknown element', ['XDS-009'], ref1(DM, `<ds:x/>${DM}`)],
  ['a Transforms of another namespace', ['XDS-009'], ref1(DM, `<Transforms/>${DM}`)],
  ['two digest methods', ['XDS-009'], ref1(DM, DM + DM)],
  ['two digests', ['XDS-009'], ref1(DV, DV + DV)],
  ['no digest', ['XDS-009'], ref1(DV, '')],
  ['no digest method', ['XDS-009', 'XDS-049'], ref1(DM, '')],
];

describe.each([
  ['parts of the signature', PARTIES],
  ['methods', METHODES],
  ['references', REFERENCES],
])('each deviation has its finding, and only it: %s', (_, cas) => {
  test.each(cas)('%s → %j', (_nom, attendus, texte) => {
    expect(relire(texte).codes).toEqual(attendus);
  });
});

describe('a reference that deviates in one of these is not followed', () => {
  const suivies = new Set(['an unknown element', 'a Transforms of another namespace', 'two digest methods']);

  test.each(REFERENCES.map(([nom, , texte]) => [nom, texte] as const))('%s', (nom, texte) => {
    const [premiere, seconde] = relire(texte).lu.references;
    expect(premiere === null).toBe(!suivies.has(nom));
    expect(seconde?.id).toBe('S_SP');
  });

  test('a second Transforms, an element that is no Transform: their transforms are not made', () => {
    const deux = ref1('</ds:Transforms>', '</ds:Transforms><ds:Transforms/>');
    const autre = ref1(T_ENV, T_ENV.replace('ds:Transform', 'ds:Autre'));
    const etranger = ref1(T_ENV, T_ENV.replace('ds:Transform', 'Transform'));
    for (const texte of [deux, autre, etranger]) expect(relire(texte).lu.references[0]).toBeNull();
  });

  test('without Transforms there is no transform; a digest of SHA-1 is followed and told obsolete', () => {
    const nue = relire(ref1(`<ds:Transforms>${T_ENV}${T_EXC}</ds:Transforms>`, ''));
    expect([nue.lu.references[0]?.transformations, nue.codes]).toEqual([[], []]);
    const sha1 = ref1(
      DM + DV,
      `<ds:DigestMethod Algorithm="${DS}sha1"/><ds:DigestValue>${Buffer.alloc(20).toString('base64')}</ds:DigestValue>`,
    );
    expect([relire(sha1).lu.references[0]?.hachage.nom, relire(sha1).codes]).toEqual(['SHA-1', ['XDS-050']]);
  });

  test('the form with comments is read: comments never count in a reference within the document', () => {
    const avec = relire(ref1(T_EXC, T_EXC.replace(EXC, `${EXC}WithComments`)));
    expect([avec.lu.references[0]?.transformations, avec.codes]).toEqual([
      [ENVELOPPEE, `${EXC}WithComments`],
      [],
    ]);
  });
});

describe('the type of a reference is that of signed properties, of any age, or none', () => {
  test.each([
    [`${V111}SignedProperties`, []],
    ['http://uri.etsi.org/01903/v1.2.2#SignedProperties', []],
    ['http://uri.etsi.org/01903/v1.3.2#SignedProperties', []],
    ['', []],
    ['http://uri.etsi.org/01903#SignedProperties', ['XDS-042']],
    [`${V111}Autre`, ['XDS-042']],
    [V111, ['XDS-042']],
    [`${DS}Manifest`, ['XDS-042']],
    ['SignedProperties', ['XDS-042']],
  ])('« %s » → %j', (type, attendus) => {
    expect(relire(change(`Type="${V111}SignedProperties"`, `Type="${type}"`)).codes).toEqual(attendus);
  });
});

describe('exactly one SignedInfo, exactly two references', () => {
  test('none: nothing of it is read', () => {
    const { lu, codes } = relire(change(SI, ''));
    expect(codes).toEqual(['XDS-011']);
    expect(lu).toMatchObject({ signedInfo: null, c14nAdmise: false, algorithme: null, references: [] });
  });

  test('two: neither is chosen', () => {
    const { lu, codes } = relire(change(SI, SI + SI));
    expect(codes).toEqual(['XDS-012']);
    expect(lu).toMatchObject({ signedInfo: null, c14nAdmise: false, references: [] });
  });

  test.each([
    ['none', '', 'La signature compte 0 références'],
    ['one', R1, 'compte 1 références'],
    ['three', R1 + R2 + R2, 'compte 3 références'],
  ])('%s', (_, references, message) => {
    const cahier = new Cahier();
    lireSignature(noeudDe(change(R1 + R2, references)), cahier);
    expect(cahier.constats.map((c) => c.code)).toEqual(['XDS-030']);
    expect(cahier.constats[0]?.message).toContain(message);
  });

  test('of a thousand, ten are read: enough to say what is wrong', () => {
    const { lu, codes } = relire(change(R2, R2.repeat(50)));
    expect([lu.references.length, codes]).toEqual([10, ['XDS-030']]);
  });

  test.each([
    ['an inclusive form', INCLUSIVE, false],
    ['an unknown one', 'urn:c14n', false],
    ['the exclusive one', EXC, true],
    ['the exclusive one with comments', `${EXC}WithComments`, true],
  ])('%s: the SignedInfo can be digested or not', (_, uri, admise) => {
    const { lu, codes } = relire(change(C14N, C14N.replace(EXC, uri)));
    expect([lu.c14nAdmise, codes.length]).toEqual([admise, admise ? 0 : 1]);
  });
});

describe('the properties are those of one QualifyingProperties, of this signature', () => {
  test.each([
    ['no object', ['XDS-090'], change(OBJET, '')],
    ['an empty object', ['XDS-090'], change(QP, '')],
    ['properties of an unknown age', ['XDS-017', 'XDS-090'], change(V111, 'urn:x').replace(V111, 'urn:x')],
    ['another element of their namespace', ['XDS-017'], change(QP, `${QP}<x:a xmlns:x="${V111}"/>`)],
    ['another content', ['XDS-017'], change(QP, `${QP}<QualifyingProperties/>`)],
    ['two of them', ['XDS-091'], change(QP, QP + QP.replace('S_SP', 'T'))],
    ['two of them in two objects', ['XDS-091'], change(OBJET, OBJET + OBJET.replace('S_SP', 'T'))],
  ])('%s', (_, attendus, texte) => {
    const type = change(` Type="${V111}SignedProperties"`, '');
    const sansType = texte.replace(/ Type="[^"]*"/, '');
    expect(relire(type).codes).toEqual([]);
    expect(relire(sansType).codes).toEqual(attendus);
    expect(relire(sansType).lu.proprietes === null).toBe(attendus[0] !== 'XDS-017' || attendus.length > 1);
  });

  test.each([
    ['#S', []],
    ['S', []],
    ['##S', ['XDS-092']],
    ['#T', ['XDS-092']],
    ['', ['XDS-092']],
  ])('Target « %s » → %j', (cible, attendus) => {
    expect(relire(change('Target="#S"', `Target="${cible}"`)).codes).toEqual(attendus);
  });

  test('no Target', () => {
    expect(relire(change(' Target="#S"', '')).codes).toEqual(['XDS-092']);
  });
});
