import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OptionsVerificationBase } from '../../../../src/formats/xades/base/verifier.ts';
import { resigner } from '../xades/forger.ts';
import { DS, ENVELOPPEE, EXC } from '../xades/noeuds.ts';
import { fournir, verifier } from './atelier.ts';
import { partie, refaire } from './forger.ts';
import { change, juger, Signees } from './signees.ts';

/** Baseline B signatures made right again by who holds the key (EN 319 132-1 § 6.3): one deviation, its finding alone. */

let s: Signees;
let D: string;
let O: string;
let E: string;
let F: string;
beforeAll(async () => {
  s = await Signees.creer();
  ({ D, O, E, F } = s.textes);
}, 60_000);
afterAll(() => s.pki.fermer());

const T = (uri: string): string => `<ds:Transform Algorithm="${uri}"></ds:Transform>`;
const TYPE = 'Type="http://uri.etsi.org/01903#SignedProperties"';

test('the four are sound before', async () => {
  for (const texte of [D, O, E])
    expect(await juger(texte)).toMatchObject({
      codes: [],
      etat: 'valide',
      conclusion: expect.stringMatching(/valide|partielle/),
    });
  expect(await juger(F)).toMatchObject({ codes: [], etat: 'valide' });
});

describe('what may be designated: the signature’s own parts, what holds it, the files given', () => {
  test.each([
    [
      'properties not referenced',
      () => s.resigne(D, /<ds:Reference Type.*?<\/ds:Reference>/s, ''),
      ['XDS-039'],
    ],
    [
      'nothing but the properties',
      () => s.resigne(O, /<ds:Reference Id.*?<\/ds:Reference>/s, ''),
      ['XDS-130', 'XDS-123', 'XDS-134'],
    ],
    ['an Id that nobody bears', () => s.refait(F, 'URI="#OBJET"', 'URI="#RIEN"'), ['XDS-035', 'XDS-123']],
    ['an Id elsewhere', () => s.refait(F, 'URI="#OBJET"', 'URI="#ACTE"'), ['XDS-037', 'XDS-123']],
    ['an Id of another attribute', () => s.resigne(F, ' Id="OBJET"', ' ID="OBJET"'), ['XDS-036', 'XDS-123']],
    [
      'the document, from below the root',
      () => s.refait(F, 'URI="#OBJET"', 'URI=""'),
      ['XDS-133', 'XDS-123'],
    ],
    [
      'the same twice',
      () =>
        s.refait(
          E,
          /<ds:Reference Id.*?<\/ds:Reference>/s,
          (/<ds:Reference Id.*?<\/ds:Reference>/s.exec(E)?.[0] ?? '').repeat(2).replace(' Id="SIG_R1"', ''),
        ),
      ['XDS-040', 'XDS-136'],
    ],
    ['no enveloped-signature', () => s.refait(E, T(ENVELOPPEE), ''), ['XDS-131', 'XDS-123']],
    ['no enveloped-signature on an element', () => s.refait(F, T(ENVELOPPEE), ''), ['XDS-131', 'XDS-123']],
    [
      'enveloped-signature on an object',
      () => s.refait(O, T(EXC), T(ENVELOPPEE) + T(EXC)),
      ['XDS-132', 'XDS-123', 'XDS-130'],
    ],
    [
      'enveloped-signature on the properties',
      () =>
        s.refait(D, `#SIG_SP"><ds:Transforms>${T(EXC)}`, `#SIG_SP"><ds:Transforms>${T(ENVELOPPEE)}${T(EXC)}`),
      ['XDS-048'],
    ],
    [
      'a transform on a file',
      () =>
        s.resigne(
          D,
          'annexe.xml"><ds:Digest',
          `annexe.xml"><ds:Transforms>${T(EXC)}</ds:Transforms><ds:Digest`,
        ),
      ['XDS-129'],
    ],
    ['the properties announced as an object', () => s.resigne(D, TYPE, `Type="${DS}Object"`), ['XDS-042']],
    ['a file announced as properties', () => s.resigne(D, 'URI="pieces', `${TYPE} URI="pieces`), ['XDS-042']],
    [
      'a file announced as an object',
      () => s.resigne(D, 'URI="pieces', `Type="${DS}Object" URI="pieces`),
      ['XDS-042'],
    ],
    [
      'a document announced as an object',
      () => s.refait(E, 'URI=""', `Type="${DS}Object" URI=""`),
      ['XDS-042'],
    ],
    ['XAdES of another age', () => s.refait(D, '01903/v1.3.2#', '01903/v1.4.1#'), ['XDS-121']],
  ] as const)('%s → %j', async (...[nom, texte, attendus]) => {
    const juge = await juger(texte());
    expect(juge.codes.toSorted()).toEqual([...attendus].toSorted());
    expect([juge.etat, juge.conclusion]).toEqual(['refusee', 'refusee']);
    expect(nom).not.toBe('');
  });

  test.each([
    [
      'an object announced as one',
      () => s.resigne(O, 'Id="SIG_R1" URI', `Id="SIG_R1" Type="${DS}Object" URI`),
      [],
    ],
    [
      'the type of the properties, with their version',
      () => s.resigne(D, '01903#Signed', '01903/v1.3.2#Signed'),
      [],
    ],
    ['no type of the properties', () => s.resigne(D, ` ${TYPE}`, ''), ['XDS-137']],
    [
      'a content without nature',
      () => s.refait(D, /<xad:DataObjectFormat ObjectReference="#SIG_R2">.*?<\/xad:DataObjectFormat>/s, ''),
      ['XDS-136'],
    ],
    [
      'a document without nature',
      () => s.refait(E, /<xad:SignedDataObjectProperties>.*?<\/xad:SignedDataObjectProperties>/s, ''),
      ['XDS-136'],
    ],
    [
      'a reference without Id, so without nature',
      () =>
        s.refait(
          change(D, ' Id="SIG_R2"', ''),
          /<xad:DataObjectFormat ObjectReference="#SIG_R2">.*?<\/xad:DataObjectFormat>/s,
          '',
        ),
      ['XDS-136'],
    ],
  ] as const)('%s: told or not, never refused', async (...[, texte, attendus]) => {
    expect(await juger(texte())).toMatchObject({ codes: [...attendus], etat: 'valide' });
  });

  test('which content has no nature is said', async () => {
    const message = async (texte: string): Promise<string | undefined> =>
      (await juger(texte)).constats.find((c) => c.code === 'XDS-136')?.message;
    expect(
      await message(
        s.refait(D, /<xad:DataObjectFormat ObjectReference="#SIG_R2">.*?<\/xad:DataObjectFormat>/s, ''),
      ),
    ).toContain('« pieces/annexe.xml »');
    expect(
      await message(
        s.refait(E, /<xad:SignedDataObjectProperties>.*?<\/xad:SignedDataObjectProperties>/s, ''),
      ),
    ).toContain('« document entier »');
  });

  test('an element without canonical form is made in the inclusive one (XML-Signature § 4.4.3.2)', async () => {
    // a namespace that the element does not use: the inclusive form has it, the exclusive one has not
    const texte = change(F, '<m:acte ', '<m:acte xmlns:z="urn:z" ');
    expect((await juger(refaire(texte, s.cle))).codes).toEqual([]);
    // the forger makes the exclusive form
    expect(await juger(s.refait(texte, T(EXC), ''))).toMatchObject({
      codes: ['XDS-053'],
      integrite: 'rompue',
    });
    const inclusive = T('http://www.w3.org/TR/2001/REC-xml-c14n-20010315');
    expect((await juger(s.refait(texte, T(EXC), inclusive))).codes).toEqual(['XDS-053']);
  });

  test('KeyInfo signed too: followed, and told when it changed', async () => {
    const sp = /<ds:Reference Type.*?<\/ds:Reference>/s.exec(D)?.[0] ?? '';
    const ki = sp.replace(` ${TYPE}`, '').replace('#SIG_SP', '#KI');
    const signe = refaire(change(D, '<ds:KeyInfo>', '<ds:KeyInfo Id="KI">').replace(sp, sp + ki), s.cle);
    expect(await juger(signe)).toMatchObject({
      codes: [],
      etat: 'valide',
      objets: [{ type: 'fichier' }, { type: 'fichier' }],
    });
    const autre = change(signe, '<ds:KeyInfo Id="KI">', '<ds:KeyInfo Id="KI"><ds:KeyName>x</ds:KeyName>');
    expect(await juger(autre)).toMatchObject({ codes: ['XDS-141'], integrite: 'rompue' });
    const enveloppee = s.refait(signe, '#KI"><ds:Transforms>', `#KI"><ds:Transforms>${T(ENVELOPPEE)}`);
    expect((await juger(enveloppee)).codes).toEqual(['XDS-132']);
  });
});

describe('what was changed, and what is only told', () => {
  test.each([
    ['a file', () => D, fournir({ 'acte n° 1.pdf': Buffer.from('autre') }), ['XDS-127'], 'rompue'],
    [
      'both files',
      () => D,
      fournir({ 'acte n° 1.pdf': Buffer.from('a'), 'pieces/annexe.xml': Buffer.from('b') }),
      ['XDS-127', 'XDS-127'],
      'rompue',
    ],
    ['the properties', () => change(D, '2026-06-15T', '2026-06-14T'), fournir(), ['XDS-054'], 'rompue'],
    ['an object', () => change(O, 'FR76', 'DE89'), {}, ['XDS-053'], 'rompue'],
    ['the document', () => change(E, '1200.50', '9200.50'), {}, ['XDS-053'], 'rompue'],
    ['SignedInfo', () => change(D, '<ds:SignedInfo>', '<ds:SignedInfo> '), fournir(), ['XDS-062'], 'rompue'],
    [
      'a file, and another one missing',
      () => D,
      fournir({ 'acte n° 1.pdf': Buffer.from('a'), 'pieces/annexe.xml': null }),
      ['XDS-127', 'XDS-128'],
      'rompue',
    ],
  ] as const)('%s → %j', async (...[, texte, options, attendus, integrite]) => {
    expect(await juger(texte(), options)).toMatchObject({ codes: [...attendus], integrite, etat: 'refusee' });
  });

  test('what changed is named', async () => {
    const message = async (texte: string, options?: OptionsVerificationBase) =>
      (await juger(texte, options)).constats[0]?.message;
    expect(await message(D, fournir({ 'acte n° 1.pdf': Buffer.from('a') }))).toContain('« acte n° 1.pdf »');
    expect(await message(change(O, 'FR76', 'DE89'))).toContain('« #SIG_O1 »');
    expect(await message(change(E, '1200.50', '9200.50'))).toContain('« document entier »');
    expect(await message(D, fournir({ 'acte n° 1.pdf': null }))).toContain('« acte n° 1.pdf »');
  });

  test('comments and instructions of what is signed, wherever it stands', async () => {
    expect(await juger(change(E, '<vide/>', '<!-- --><!-- --><vide/>'))).toMatchObject({
      codes: ['XDS-107'],
      etat: 'valide',
    });
    expect((await juger(change(E, '<vide/>', '<!-- --><!-- --><vide/>'))).constats[0]?.message).toContain(
      '2 commentaire(s)',
    );
    expect((await juger(s.refait(E, '<vide/>', '<?x?><vide/>'))).codes).toEqual(['XDS-106']);
    expect((await juger(change(O, '<iban>', '<!-- --><iban>'))).codes).toEqual(['XDS-107']);
    // in the document, not in the element that is signed
    expect((await juger(change(F, '<vide/>', '<!-- --><?x?><vide/>'))).codes).toEqual([]);
  });

  test('an instruction outside of the root, when the root is signed by its Id', async () => {
    const racine = s.refait(E, 'URI=""', 'URI="#ACTE"');
    expect((await juger(racine)).codes).toEqual([]);
    expect(await juger(`${racine}<?fin?>`)).toMatchObject({
      codes: ['XDS-138'],
      etat: 'valide',
      conclusion: 'partielle',
    });
    expect((await juger(`${F}<?fin?>`)).codes).toEqual([]);
  });

  test('a signature followed by something in what it signs', async () => {
    const suivie = s.refait(E, '</ds:Signature>', '</ds:Signature><apres/>');
    expect(await juger(suivie)).toMatchObject({ codes: ['XDS-002'], etat: 'valide' });
    const detachee = change(D, /(?<=\?>\n)/, '<r>').trimEnd();
    expect((await juger(`${detachee}<apres/></r>`)).codes).toEqual([]);
  });

  test('two detached signatures may stand side by side; two enveloped ones may not', async () => {
    const sig = partie(D, 'ds:Signature');
    const autre = resigner(sig.replaceAll('"SIG', '"BIS').replaceAll('#SIG', '#BIS'), s.cle);
    const refaite = refaire(autre, s.cle);
    const deux = await verifier(`<r>${sig}${refaite}</r>`, fournir());
    expect(deux.signatures.map((v) => [v.etat, v.constats.map((c) => c.code)])).toEqual([
      ['valide', []],
      ['valide', []],
    ]);
    const sienne = partie(E, 'ds:Signature');
    const double = E.replace(
      sienne,
      () => sienne + sienne.replaceAll('"SIG', '"BIS').replaceAll('#SIG', '#BIS'),
    );
    const enveloppees = await verifier(double);
    expect(enveloppees.signatures.map((v) => v.constats.some((c) => c.code === 'XDS-003'))).toEqual([
      true,
      true,
    ]);
    expect(enveloppees.signatures.map((v) => v.integrite)).not.toContain('intacte');
  });
});

describe('objects: all that the signature carries is referenced, and is no trap', () => {
  const avec = (corps: string): string => change(O, '</ds:Signature>', `${corps}</ds:Signature>`);

  test.each([
    ['one that nothing covers', () => avec('<ds:Object Id="X"><a/></ds:Object>'), ['XDS-130']],
    ['one of text that nothing covers', () => avec('<ds:Object>x</ds:Object>'), ['XDS-130']],
    ['an empty one', () => avec('<ds:Object/>'), []],
    ['a manifest', () => avec('<ds:Object><ds:Manifest/></ds:Object>'), ['XDS-122', 'XDS-130']],
    [
      'another structure of XML-Signature',
      () => avec('<ds:Object><ds:SignatureProperties/></ds:Object>'),
      ['XDS-017', 'XDS-130'],
    ],
    ['one after a content', () => avec('<ds:Object><a/><ds:Manifest/></ds:Object>'), ['XDS-122', 'XDS-130']],
    [
      'content beside the properties',
      () => change(O, '</xad:QualifyingProperties>', '</xad:QualifyingProperties><a/>'),
      ['XDS-017', 'XDS-130'],
    ],
    [
      'text beside the properties',
      () => change(O, '</xad:QualifyingProperties>', '</xad:QualifyingProperties>x'),
      ['XDS-017', 'XDS-130'],
    ],
    [
      'a comment beside the properties',
      () => change(O, '</xad:QualifyingProperties>', '</xad:QualifyingProperties><!-- -->'),
      ['XDS-006'],
    ],
  ] as const)('%s → %j', async (...[, texte, attendus]) => {
    expect((await juger(texte())).codes).toEqual([...attendus]);
  });

  test('what is carried is named: its Id, its name, or « texte »', async () => {
    const message = async (corps: string) =>
      (await juger(avec(corps))).constats.find((c) => c.code === 'XDS-130')?.message;
    expect(await message('<ds:Object Id="X"><a/></ds:Object>')).toContain('« X »');
    expect(await message('<ds:Object><a/></ds:Object>')).toContain('« a »');
    expect(await message('<ds:Object>x</ds:Object>')).toContain('« texte »');
  });

  test('the report says what each one is', async () => {
    const { objets } = await juger(O);
    expect(objets).toEqual([
      {
        type: 'objet',
        nom: 'SIG_O1',
        mime: 'application/xml',
        etat: 'intact',
        octets: null,
        position: expect.objectContaining({ octet: O.lastIndexOf('<ds:Object') }),
      },
    ]);
    expect((await juger(change(O, 'FR76', 'DE89'))).objets).toMatchObject([{ etat: 'altere' }]);
    expect((await juger(D, fournir({ 'acte n° 1.pdf': null }))).objets).toMatchObject(
      [
        { etat: 'non_fourni', octets: null, position: null },
        { etat: 'intact', octets: 73 },
      ].map((o) => ({ ...o, ...(o.octets === null ? {} : { octets: expect.any(Number) }) })),
    );
  });
});
