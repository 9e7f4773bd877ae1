import { describe, expect, test } from 'vitest';
import {
  lireSignature,
  REFERENCES_MAX,
  type SignatureLue,
} from '../../../../src/formats/xades/base/lecture.ts';
import { lireNatures } from '../../../../src/formats/xades/base/natures.ts';
import { Cahier } from '../../../../src/formats/xades/constats.ts';
import { DS, ENVELOPPEE, EXC, lire, noeudDe, PLUS, XMLENC } from '../xades/noeuds.ts';

/** The parts of a baseline B signature (EN 319 132-1 § 6.3): one deviation each, and exactly what is said of it. */

const V132 = 'http://uri.etsi.org/01903/v1.3.2#';
const C14N_10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const C14N_11 = 'http://www.w3.org/2006/12/xml-c14n11';
const EMPREINTE = Buffer.alloc(32, 7).toString('base64');

const C14N = `<ds:CanonicalizationMethod Algorithm="${EXC}"/>`;
const METHODE = `<ds:SignatureMethod Algorithm="${PLUS}rsa-sha256"/>`;
const T = (uri: string, corps = ''): string => `<ds:Transform Algorithm="${uri}">${corps}</ds:Transform>`;
const TS = `<ds:Transforms>${T(ENVELOPPEE)}${T(EXC)}</ds:Transforms>`;
const DM = `<ds:DigestMethod Algorithm="${XMLENC}sha256"/>`;
const DV = `<ds:DigestValue>${EMPREINTE}</ds:DigestValue>`;
const R1 = `<ds:Reference Id="S_R1" URI="">${TS}${DM}${DV}</ds:Reference>`;
const R2 = `<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#S_SP"><ds:Transforms>${T(EXC)}</ds:Transforms>${DM}${DV}</ds:Reference>`;
const SI = `<ds:SignedInfo>${C14N}${METHODE}${R1}${R2}</ds:SignedInfo>`;
const SV = '<ds:SignatureValue>AAECAw==</ds:SignatureValue>';
const KI = '<ds:KeyInfo/>';
const FORMAT =
  '<xad:DataObjectFormat ObjectReference="#S_R1"><xad:MimeType> text/xml </xad:MimeType></xad:DataObjectFormat>';
const SDOP = `<xad:SignedDataObjectProperties>${FORMAT}</xad:SignedDataObjectProperties>`;
const QP = `<xad:QualifyingProperties xmlns:xad="${V132}" Target="#S"><xad:SignedProperties Id="S_SP">${SDOP}</xad:SignedProperties></xad:QualifyingProperties>`;
const OBJET = `<ds:Object>${QP}</ds:Object>`;
const S = `<ds:Signature xmlns:ds="${DS}" Id="S">${SI}${SV}${KI}${OBJET}</ds:Signature>`;

const FOURNIS = new Set(['urn:fourni']);
const relire = (texte: string): { lu: SignatureLue; codes: string[] } =>
  lire((cahier) => lireSignature(noeudDe(texte), FOURNIS, cahier));
const change = (avant: string, apres: string): string => {
  if (!S.includes(avant)) throw new TypeError(avant);
  return S.replace(avant, () => apres);
};
const ref1 = (avant: string, apres: string): string => {
  if (!R1.includes(avant)) throw new TypeError(avant);
  return change(
    R1,
    R1.replace(avant, () => apres),
  );
};

test('a sound one is read whole, without a remark', () => {
  const { lu, codes } = relire(S);
  expect(codes).toEqual([]);
  expect(lu).toMatchObject({
    id: 'S',
    signedInfo: S.indexOf('<ds:SignedInfo'),
    c14n: { mode: 'exclusive', commentaires: false },
    algorithme: { nom: 'RSA-SHA256' },
    keyInfo: { nom: 'KeyInfo' },
    proprietes: { nom: 'QualifyingProperties' },
  });
  expect(lu.valeur).toEqual(Buffer.from([0, 1, 2, 3]));
  expect([...lu.idsReferences]).toEqual(['S_R1']);
  expect(lu.references).toMatchObject([
    {
      id: 'S_R1',
      uri: '',
      type: 'aucun',
      adresse: { type: 'document' },
      enveloppee: true,
      transformee: true,
      mode: 'exclusive',
    },
    {
      id: null,
      uri: '#S_SP',
      type: 'proprietes',
      adresse: { type: 'element', id: 'S_SP' },
      enveloppee: false,
      transformee: true,
      mode: 'exclusive',
    },
  ]);
  expect(lu.references[0]?.empreinte).toEqual(Buffer.alloc(32, 7));
});

describe('canonical forms: exclusive and inclusive 1.0, with comments or not; never 1.1', () => {
  test.each([
    [EXC, 'exclusive', false],
    [`${EXC}WithComments`, 'exclusive', true],
    [C14N_10, 'inclusive', false],
    [`${C14N_10}#WithComments`, 'inclusive', true],
  ] as const)('%s', (uri, mode, commentaires) => {
    const { lu, codes } = relire(change(C14N, C14N.replace(EXC, uri)));
    expect([codes, lu.c14n]).toEqual([[], { mode, commentaires }]);
    const reference = relire(ref1(T(EXC), T(uri)));
    expect([reference.codes, reference.lu.references[0]?.mode]).toEqual([[], mode]);
  });

  test.each([
    [C14N_11, 'XDS-120', 'XDS-120'],
    [`${C14N_11}#WithComments`, 'XDS-120', 'XDS-120'],
    ['urn:c14n', 'XDS-021', 'XDS-047'],
    ['', 'XDS-021', 'XDS-047'],
  ])('« %s » is refused: of SignedInfo %s, of a reference %s', (uri, info, reference) => {
    expect(relire(change(C14N, C14N.replace(EXC, uri)))).toMatchObject({ lu: { c14n: null }, codes: [info] });
    expect(relire(ref1(T(EXC), T(uri)))).toMatchObject({ codes: [reference] });
    expect(relire(ref1(T(EXC), T(uri))).lu.references[0]).toBeNull();
  });
});

describe('transforms: enveloped-signature, then at most one canonical form', () => {
  test.each([
    ['none', '', { enveloppee: false, transformee: false, mode: 'inclusive' }],
    ['an empty list', '<ds:Transforms/>', { enveloppee: false, transformee: false, mode: 'inclusive' }],
    // an element without canonical form is made inclusive 1.0 (XML-Signature § 4.4.3.2)
    [
      'enveloped-signature alone',
      `<ds:Transforms>${T(ENVELOPPEE)}</ds:Transforms>`,
      { enveloppee: true, transformee: true, mode: 'inclusive' },
    ],
    [
      'a form alone',
      `<ds:Transforms>${T(EXC)}</ds:Transforms>`,
      { enveloppee: false, transformee: true, mode: 'exclusive' },
    ],
  ])('%s', (_, transformations, attendu) => {
    const { lu, codes } = relire(ref1(TS, transformations));
    expect([codes, lu.references[0]]).toEqual([[], expect.objectContaining(attendu)]);
  });

  test.each([
    ['two forms', T(EXC) + T(EXC), ['XDS-043']],
    ['the other order', T(EXC) + T(ENVELOPPEE), ['XDS-043']],
    ['enveloped-signature twice', T(ENVELOPPEE) + T(ENVELOPPEE), ['XDS-043']],
    ['enveloped-signature and two forms', T(ENVELOPPEE) + T(EXC) + T(EXC), ['XDS-043']],
    ['XSLT', T('http://www.w3.org/TR/1999/REC-xslt-19991116'), ['XDS-044']],
    ['XPath', T('http://www.w3.org/TR/1999/REC-xpath-19991116'), ['XDS-045']],
    ['XPath filter 2', T('http://www.w3.org/2002/06/xmldsig-filter2'), ['XDS-045']],
    ['base64', T(`${DS}base64`), ['XDS-046']],
    ['an unknown one', T('urn:t'), ['XDS-047']],
    ['one without address', '<ds:Transform/>', ['XDS-047']],
    ['a parameter', T(EXC, '<x/>'), ['XDS-026']],
    ['a prefix list', T(EXC, `<e:InclusiveNamespaces xmlns:e="${EXC}" PrefixList="a"/>`), ['XDS-022']],
    ['an element that is none', T(EXC).replaceAll('ds:Transform', 'ds:Autre'), ['XDS-009']],
    ['a Transform of another namespace', T(EXC).replaceAll('ds:Transform', 'Transform'), ['XDS-009']],
  ])('%s is refused, and not followed', (_, corps, attendus) => {
    const { lu, codes } = relire(ref1(TS, `<ds:Transforms>${corps}</ds:Transforms>`));
    expect([codes, lu.references[0]]).toEqual([attendus, null]);
  });

  test('two sets of them', () => {
    const { lu, codes } = relire(ref1(TS, TS + TS));
    expect([codes, lu.references[0]]).toEqual([['XDS-009'], null]);
  });

  test('how many there were is said', () => {
    const cahier = new Cahier();
    lireSignature(noeudDe(ref1(TS, `<ds:Transforms>${T(EXC)}${T(EXC)}</ds:Transforms>`)), FOURNIS, cahier);
    expect(cahier.constats[0]?.message).toContain('(2 transformations)');
  });
});

describe('the type of a reference: properties, object, or none', () => {
  test.each([
    ['http://uri.etsi.org/01903#SignedProperties', 'proprietes', []],
    ['http://uri.etsi.org/01903/v1.3.2#SignedProperties', 'proprietes', []],
    [`${DS}Object`, 'objet', []],
    ['', 'aucun', []],
    [`${DS}Manifest`, 'aucun', ['XDS-122']],
    ['http://uri.etsi.org/01903/v1.1.1#SignedProperties', 'aucun', ['XDS-042']],
    ['http://uri.etsi.org/01903#SignedPropertiesX', 'aucun', ['XDS-042']],
    ['x http://uri.etsi.org/01903#SignedProperties', 'aucun', ['XDS-042']],
    ['urn:x', 'aucun', ['XDS-042']],
  ])('« %s » → %s %j', (type, attendu, codes) => {
    const lue = relire(ref1('URI=""', `Type="${type}" URI=""`));
    expect([lue.lu.references[0]?.type, lue.codes]).toEqual([attendu, codes]);
  });
});

describe('each deviation has its finding, and only it', () => {
  const DEVIATIONS: readonly (readonly [string, readonly string[], string])[] = [
    ['no Id', ['XDS-018', 'XDS-092'], change(' Id="S">', '>')],
    ['a part that is not one', ['XDS-009'], change(KI, `${KI}<x/>`)],
    ['another order', ['XDS-010'], change(SV + KI, KI + SV)],
    ['no SignatureValue', ['XDS-013'], change(SV, '')],
    ['HMAC', ['XDS-023'], change('rsa-sha256', 'hmac-sha256')],
    ['MD5', ['XDS-024'], change('rsa-sha256', 'rsa-md5')],
    ['RSA with SHA-1', ['XDS-025'], change(`${PLUS}rsa-sha256`, `${DS}rsa-sha1`)],
    [
      'a parameter of the method',
      ['XDS-026'],
      change(METHODE, METHODE.replace('/>', '>1</ds:SignatureMethod>')),
    ],
    ['a foreign element in SignedInfo', ['XDS-009'], change(R2, `${R2}<Reference/>`)],
    ['no form of SignedInfo', ['XDS-010', 'XDS-021'], change(C14N, '')],
    ['properties of another signature', ['XDS-092'], change('Target="#S"', 'Target="#T"')],
    ['a Target that is no fragment', ['XDS-092'], change('Target="#S"', 'Target="S"')],
    ['no Target', ['XDS-092'], change(' Target="#S"', '')],
    ['no properties', ['XDS-090'], change(OBJET, '')],
    ['an address that climbs', ['XDS-125'], ref1('URI=""', 'URI="../a"')],
    ['an address elsewhere', ['XDS-033'], ref1('URI=""', 'URI="urn:autre"')],
    ['no address', ['XDS-031'], ref1(' URI=""', '')],
    ['an unknown element of a reference', ['XDS-009'], ref1(DM, `<ds:x/>${DM}`)],
    ['a digest of another namespace', ['XDS-009'], ref1(DM, `<DigestMethod/>${DM}`)],
    ['two digest methods', ['XDS-009'], ref1(DM, DM + DM)],
    ['two digests', ['XDS-009'], ref1(DV, DV + DV)],
    ['MD5 digest', ['XDS-049'], ref1(`${XMLENC}sha256`, `${PLUS}md5`)],
    ['a digest cut short', ['XDS-052'], ref1(EMPREINTE, Buffer.alloc(31).toString('base64'))],
    ['a digest that is no base64', ['XDS-051'], ref1(EMPREINTE, '*')],
  ];
  const SUIVIES = new Set([
    'an unknown element of a reference',
    'a digest of another namespace',
    'two digest methods',
  ]);

  test.each(DEVIATIONS)('%s → %j', (nom, attendus, texte) => {
    const { lu, codes } = relire(texte);
    expect(codes).toEqual(attendus);
    const deReference =
      DEVIATIONS.findIndex(([n]) => n === nom) >=
      DEVIATIONS.findIndex(([n]) => n === 'an address that climbs');
    expect(lu.references[0] === null).toBe(deReference && !SUIVIES.has(nom));
  });

  test('SignedInfo: none, or two of which neither is chosen', () => {
    const rien = { signedInfo: null, c14n: null, algorithme: null, references: [] };
    expect(relire(change(SI, ''))).toMatchObject({ codes: ['XDS-011'], lu: rien });
    expect(relire(change(SI, SI + SI.replace('S_R1', 'T')))).toMatchObject({ codes: ['XDS-012'], lu: rien });
  });

  test('a file given under an absolute address is followed', () => {
    const { lu, codes } = relire(ref1('URI=""', 'URI="urn:fourni"'));
    expect([codes, lu.references[0]?.adresse, lu.references[0]?.uri]).toEqual([
      [],
      { type: 'fichier', nom: 'urn:fourni' },
      'urn:fourni',
    ]);
  });

  test('a hundred references, and not one more', () => {
    const autres = (n: number): string =>
      change(R1, Array.from({ length: n }, (_, k) => R1.replace('S_R1', `R${k}`)).join(''));
    expect(relire(autres(REFERENCES_MAX - 1)).codes).toEqual([]);
    const { lu, codes } = relire(autres(REFERENCES_MAX));
    expect([codes, lu.references.length, lu.idsReferences.size]).toEqual([['XDS-124'], 100, 100]);
  });
});

describe('the nature of each content (DataObjectFormat, EN 319 132-1 § 5.2.4)', () => {
  const natures = (texte: string): { lu: ReadonlyMap<string, string> | null; codes: string[] } => {
    const signature = lireSignature(noeudDe(texte), FOURNIS, new Cahier());
    const { proprietes } = signature;
    return lire((cahier) => (proprietes === null ? null : lireNatures(proprietes, signature, cahier)));
  };

  test('by Id of the reference, white space left out', () => {
    const { lu, codes } = natures(S);
    expect([codes, [...(lu ?? [])]]).toEqual([[], [['S_R1', 'text/xml']]]);
  });

  test.each([
    ['of what is not referenced', '#S_R1', '#S_R9', ['XDS-134'], 0],
    ['without fragment', '"#S_R1"', '"S_R1"', ['XDS-134'], 0],
    ['a sign before the fragment', '"#S_R1"', '"xS_R1"', ['XDS-134'], 0],
    ['without reference', ' ObjectReference="#S_R1"', '', ['XDS-134'], 0],
    ['given twice', FORMAT, FORMAT + FORMAT, ['XDS-135'], 1],
    ['beside something else', FORMAT, `${FORMAT}<paie/>`, ['XDS-105'], 1],
    ['beside an unknown property', FORMAT, `${FORMAT}<xad:Autre/>`, ['XDS-105'], 1],
    ['beside a good name of another namespace', FORMAT, `${FORMAT}<DataObjectFormat/>`, ['XDS-105'], 1],
    ['beside a commitment', FORMAT, `${FORMAT}<xad:CommitmentTypeIndication/>`, [], 1],
    [
      'beside time-stamps',
      FORMAT,
      `${FORMAT}<xad:AllDataObjectsTimeStamp/><xad:IndividualDataObjectsTimeStamp/>`,
      [],
      1,
    ],
    ['nowhere', SDOP, '', [], 0],
  ] as const)('%s', (...[, avant, apres, attendus, nombre]) => {
    const { lu, codes } = natures(change(avant, apres));
    expect([codes, lu?.size]).toEqual([[...attendus], nombre]);
  });

  test('a format without MimeType says nothing', () => {
    const { lu, codes } = natures(change('<xad:MimeType> text/xml </xad:MimeType>', '<xad:Encoding/>'));
    expect([codes, lu?.get('S_R1')]).toEqual([[], '']);
  });
});
