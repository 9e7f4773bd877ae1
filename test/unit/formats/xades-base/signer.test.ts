import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canoniser } from '../../../../src/formats/xades/base/preparer.ts';
import { signerSepare } from '../../../../src/formats/xades/base/separee.ts';
import type {
  DemandeBase,
  DemandeEnveloppee,
  DemandeSeparee,
  ObjetASigner,
} from '../../../../src/formats/xades/base/signer-types.ts';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import type { RefusSignature } from '../../../../src/formats/xades/signer-types.ts';
import type { Signataire } from '../../../../src/ports/signataire.ts';
import { le, type Pki } from '../certificats/pki.ts';
import { cleDe, pkiSignature } from '../xades/atelier.ts';
import { DS } from '../xades/noeuds.ts';
import {
  ACTE,
  ANNEXE,
  codes,
  demandeDe,
  envelopper,
  fichier,
  fournir,
  LES_DEUX,
  MESSAGE,
  separer,
  verifier,
} from './atelier.ts';

/** What baseline B is asked to sign, what is refused and why, and that nothing else is touched (EN 319 132-1 § 6.3). */

let pki: Pki;
let cle: Signataire;
beforeAll(() => {
  pki = pkiSignature();
  cle = cleDe(pki, 'ec');
}, 60_000);
afterAll(() => pki.fermer());

const xml = (texte: string | Buffer, mime = 'application/xml'): ObjetASigner => ({
  type: 'xml',
  mime,
  contenu: typeof texte === 'string' ? Buffer.from(texte) : texte,
});
const octets = (contenu: Uint8Array, mime = 'application/pdf'): ObjetASigner => ({
  type: 'octets',
  mime,
  contenu,
});

async function refuserSepare(suite: Partial<DemandeSeparee>): Promise<readonly RefusSignature[]> {
  const resultat = await signerSepare({ ...demandeDe(cle), objets: LES_DEUX, ...suite });
  return resultat.type === 'refuse' ? resultat.motifs : expect.fail('it was signed');
}

async function refuserEnveloppe(
  source: string | Buffer,
  suite: Partial<DemandeEnveloppee> = {},
): Promise<readonly RefusSignature[]> {
  const { resultat, octets: ecrits } = await envelopper(
    cle,
    typeof source === 'string' ? Buffer.from(source) : source,
    suite,
  );
  expect(ecrits).toHaveLength(0);
  return resultat.type === 'refuse' ? resultat.motifs : expect.fail('it was signed');
}
const dits = (motifs: readonly RefusSignature[]): string[] => motifs.map((m) => m.code);

describe('what is asked is looked at before anything is read', () => {
  const LIEU = { ville: '', codePostal: '', pays: '' };

  test.each([
    ['before the certificate', { instant: le('2024-12-31T23:59:59Z') }, ['XDS-211']],
    ['after the certificate', { instant: le('2028-01-01T00:00:01Z') }, ['XDS-211']],
    ['a policy of SHA-1', { politique: POLITIQUES_HELIOS[2] ?? null }, ['XDS-212']],
    ['an empty role', { role: '' }, ['XDS-213']],
    ['a role of white space', { role: ' \t' }, ['XDS-213']],
    ['a control in the role', { role: 'Maire\u0001' }, ['XDS-214']],
    ['half of a pair', { role: 'Maire\udc00' }, ['XDS-214']],
    ['non-characters', { role: '\ufffe\uffff' }, ['XDS-214']],
    ['a control in the city', { lieu: { ...LIEU, ville: '\u0000' } }, ['XDS-214']],
    ['a control in the postal code', { lieu: { ...LIEU, codePostal: '\u001f' } }, ['XDS-214']],
    ['a control in the country', { lieu: { ...LIEU, pays: '\u009f' } }, ['XDS-214']],
    ['an identifier that is no simple name', { id: '1S' }, ['XDS-209']],
    ['an identifier with something after', { id: 'S é' }, ['XDS-209']],
    ['an empty identifier', { id: '' }, ['XDS-209']],
    ['an identifier of 202 characters', { id: 'S'.repeat(202) }, ['XDS-209']],
    [
      'all at once',
      {
        instant: le('2024-01-01T00:00:00Z'),
        politique: POLITIQUES_HELIOS[2] ?? null,
        role: ' \u0001',
        id: '',
      },
      ['XDS-211', 'XDS-212', 'XDS-214', 'XDS-209'],
    ],
  ] as readonly (readonly [string, Partial<DemandeBase>, readonly string[]])[])(
    '%s',
    async (...[, suite, attendus]) => {
      expect(dits(await refuserSepare(suite))).toEqual(attendus);
      expect(dits(await refuserEnveloppe(MESSAGE, suite))).toEqual(attendus);
    },
  );

  test('both ends of the certificate, an identifier of 201 characters, tabs and lines in a role: signed', async () => {
    for (const instant of [le('2025-01-01T00:00:00Z'), le('2028-01-01T00:00:00Z')]) {
      expect(await separer(cle, LES_DEUX, { instant })).toBeInstanceOf(Buffer);
    }
    const role = 'Maire\tdélégué\n\u{1f58b}';
    const signe = await separer(cle, LES_DEUX, { id: 'S'.repeat(201), role });
    expect((await verifier(signe, fournir())).signatures[0]).toMatchObject({ etat: 'valide', roles: [role] });
  });

  test('a certificate that cannot be read, an algorithm that is none', async () => {
    const illisible = { ...cle, certificat: Buffer.from('AAAA') };
    expect(dits(await refuserSepare({ signataire: illisible }))).toEqual(['XDS-210']);
    const autre = { ...cle, algorithme: 'RSA-MD5' as 'RSA-SHA256' };
    const [motif] = await refuserSepare({ signataire: autre });
    expect([motif?.code, motif?.message]).toEqual(['XDS-210', expect.stringContaining('(RSA-MD5)')]);
  });

  test.each([
    'application/pdf',
    'text/plain; charset=utf-8',
    'text/plain;charset="utf-8" ; format=flowed',
    'application/vnd.x-y+xml',
    'a!#$&^_.+-/b',
    `${'a'.repeat(127)}/${'b'.repeat(127)}`,
  ])('« %s » is a nature (RFC 6838 § 4.2)', async (mime) => {
    const rapport = await verifier(await separer(cle, [octets(ACTE, mime)]));
    expect(rapport.signatures[0]).toMatchObject({ etat: 'valide', objets: [{ mime }] });
  });

  test.each([
    '',
    'pdf',
    'application/',
    '/pdf',
    'application/pdf/a',
    'application/p df',
    'été/pdf',
    'text/plain;',
    'text/plain  ; a',
    ' text/plain',
    'text/plain\n',
    `${'a'.repeat(128)}/b`,
    `a/${'b'.repeat(128)}`,
  ])('« %s » is none, and named', async (mime) => {
    const [motif] = await refuserSepare({ objets: [fichier('a.pdf', ACTE, mime)] });
    expect([motif?.code, motif?.message.startsWith('La nature «')]).toEqual(['XDS-221', true]);
    expect(dits(await refuserEnveloppe(MESSAGE, { mime }))).toEqual(['XDS-221']);
  });

  test('each nature is looked at', async () => {
    const objets = [fichier('a', ACTE, 'x'), fichier('b', ACTE), fichier('c', ACTE, 'y')];
    expect(dits(await refuserSepare({ objets }))).toEqual(['XDS-221', 'XDS-221']);
  });
});

describe('contents that a signature names or carries', () => {
  test.each([
    ['none', [], ['XDS-217']],
    ['a name that climbs', [fichier('../a', ACTE)], ['XDS-219']],
    [
      'the same name twice, told once',
      [fichier('a', ACTE), fichier('a', ACTE), fichier('a', ACTE)],
      ['XDS-220'],
    ],
    [
      'two names twice',
      [fichier('a', ACTE), fichier('b', ACTE), fichier('b', ACTE), fichier('a', ACTE)],
      ['XDS-220', 'XDS-220'],
    ],
    ['XML that is not well formed', [xml('<a>')], ['XML-012']],
    ['XML that is signed already', [xml(`<a><ds:Signature xmlns:ds="${DS}"/></a>`)], ['XDS-223']],
    ['an Id of the signature inside', [xml('<a><b Id="SIG_SP"/></a>')], ['XDS-209']],
    ['an Id of a reference inside', [xml('<a><b Id="SIG_R1"/></a>')], ['XDS-209']],
    ['an Id of its own object inside', [xml('<a><b Id="SIG_O1"/></a>')], ['XDS-209']],
    ['one Id in two contents', [xml('<a Id="A"/>'), xml('<b Id="A"/>')], ['XDS-209']],
    ['two encodings', [xml('<a/>'), xml('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')], ['XDS-224']],
    ['bytes beyond ten millions', [octets(Buffer.alloc(10_000_001))], ['XDS-222']],
    ['XML beyond ten millions', [xml(Buffer.alloc(10_000_001, ' '))], ['XDS-222']],
  ] as readonly (readonly [string, readonly ObjetASigner[], readonly string[]])[])(
    '%s',
    async (...[, objets, attendus]) => {
      expect(dits(await refuserSepare({ objets }))).toEqual(attendus);
    },
  );

  test('what is refused is named', async () => {
    const message = async (objets: readonly ObjetASigner[]): Promise<string> =>
      (await refuserSepare({ objets })).map((m) => m.message).join(' ');
    expect(await message([fichier('../a', ACTE)])).toContain('« ../a »');
    expect(await message([fichier('a', ACTE), fichier('a', ACTE)])).toContain('« a »');
    expect(await message([xml('<a><b Id="SIG_SP"/></a>')])).toContain('« SIG_SP »');
    expect(await message([xml('<a/>'), xml('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')])).toContain(
      '(UTF-8, ISO-8859-1)',
    );
    expect(await message([octets(Buffer.alloc(10_000_001))])).toContain('10000000');
    expect(await message(Array.from({ length: 100 }, (_, n) => fichier(`${n}`, ACTE)))).toContain(
      'Plus de 99 contenus',
    );
  });

  test('a Signature of another namespace is a content like another; ten millions of bytes are carried', async () => {
    const rapport = await verifier(await separer(cle, [xml('<a><Signature/></a>')]));
    expect(rapport.conclusion).toBe('valide');
    const resultat = await signerSepare({ ...demandeDe(cle), objets: [octets(Buffer.alloc(10_000_000))] });
    expect(resultat.type).toBe('signe');
  });

  test('ninety-nine contents at once', async () => {
    const objets = Array.from({ length: 99 }, (_, n) => fichier(`${n}.pdf`, ACTE));
    const fichiers = new Map(objets.map((_, n) => [`${n}.pdf`, () => [ACTE]]));
    expect((await verifier(await separer(cle, objets), { fichiers })).conclusion).toBe('valide');
  });

  test('a content loses its XML declaration and nothing else; the document takes its encoding', async () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?>\n<a>\xe9\r\n</a>\n', 'latin1');
    const signe = (await separer(cle, [octets(ACTE), xml(latin)])).toString('latin1');
    expect(signe.startsWith('<?xml version="1.0" encoding="ISO-8859-1"?>\n<ds:Signature ')).toBe(true);
    expect(signe).toContain('>\n<a>\xe9\r\n</a>\n</ds:Object>');
    expect(signe).toContain(`>${ACTE.toString('base64')}</ds:Object>`);
    // XML stands there as it is
    expect(signe.match(/<ds:Object Encoding="[^"]*"/g)).toEqual([
      '<ds:Object Encoding="http://www.w3.org/2000/09/xmldsig#base64"',
    ]);
    expect(signe.endsWith('</ds:Signature>\n')).toBe(true);
    const nu = (await separer(cle, [xml('<a>é</a>')])).toString('utf8');
    expect(nu.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')).toBe(true);
    expect(nu).toContain('><a>é</a></ds:Object>');
    const sansXml = (await separer(cle, LES_DEUX)).toString('utf8');
    expect(sansXml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')).toBe(true);
  });

  test('a content given as a part of a larger memory is that part', async () => {
    const large = Buffer.from('<x/><a>b</a><y/>');
    const signe = (await separer(cle, [xml(large.subarray(4, 12))])).toString();
    expect(signe).toContain('><a>b</a></ds:Object>');
  });

  test('what is handed over is digested as it is', async () => {
    const resultat = await signerSepare({ ...demandeDe(cle), objets: LES_DEUX });
    if (resultat.type !== 'signe') throw new TypeError(resultat.type);
    expect(resultat.sha256).toBe(createHash('sha256').update(resultat.document).digest('hex'));
  });

  test('a key that is not the one of the certificate', async () => {
    const fausse = { ...cle, certificat: pki.der('signataire') };
    expect(dits(await refuserSepare({ signataire: fausse }))).toEqual(['XDS-216']);
    expect(dits(await refuserEnveloppe(MESSAGE, { signataire: fausse }))).toEqual(['XDS-216']);
  });
});

describe('a signature put into what it signs', () => {
  test.each([
    ['an Id that nobody bears', MESSAGE, { cible: { type: 'element', id: 'RIEN' } }, ['XDS-203']],
    ['an empty document', '<a/>', {}, ['XDS-208']],
    ['an empty element', '<a><b Id="B"/></a>', { cible: { type: 'element', id: 'B' } }, ['XDS-208']],
    ['a signature anywhere', `<a><b><ds:Signature xmlns:ds="${DS}"/></b></a>`, {}, ['XDS-225']],
    ['an identifier of the signature', '<a Id="SIG">b</a>', {}, ['XDS-209']],
    ['an identifier of its properties', '<a><b Id="SIG_SP"/></a>', {}, ['XDS-209']],
    ['an identifier of its reference', '<a><b Id="SIG_R1"/></a>', {}, ['XDS-209']],
    ['XML that is not well formed', '<a>', {}, ['XML-012']],
  ] as readonly (readonly [string, string | Buffer, Partial<DemandeEnveloppee>, readonly string[]])[])(
    '%s',
    async (...[, source, suite, attendus]) => {
      expect(dits(await refuserEnveloppe(source, suite))).toEqual(attendus);
    },
  );

  test('what is refused is named', async () => {
    const message = async (...demande: Parameters<typeof refuserEnveloppe>) =>
      (await refuserEnveloppe(...demande))[0]?.message;
    expect(await message(MESSAGE, { cible: { type: 'element', id: 'RIEN' } })).toContain('« RIEN »');
    expect(await message('<x:a xmlns:x="urn:x"/>')).toContain('« x:a »');
    expect(
      await message('<a><x:b xmlns:x="urn:x" Id="B"/></a>', { cible: { type: 'element', id: 'B' } }),
    ).toContain('« x:b »');
    expect(await message('<a Id="SIG">b</a>')).toContain('« SIG »');
    expect(await message(`<a><ds:Signature xmlns:ds="${DS}"/></a>`)).toContain('déjà 1 signature(s)');
  });

  test('an element that is written in full is not empty', async () => {
    const { octets: signe } = await envelopper(cle, Buffer.from('<a></a>'));
    expect(await verifier(signe)).toMatchObject({ conclusion: 'valide' });
  });

  test('the last child of its element, whatever stands around and after', async () => {
    const source = '<a><b Id="X"><c/></b><b Id="B"><b/>t</b><b Id="Y"/></a>';
    const { octets: signe } = await envelopper(cle, Buffer.from(source), {
      cible: { type: 'element', id: 'B' },
    });
    expect(signe.toString()).toMatch(
      /^<a><b Id="X"><c\/><\/b><b Id="B"><b\/>t<ds:Signature .*<\/ds:Signature><\/b><b Id="Y"\/><\/a>$/s,
    );
    expect((await verifier(signe)).signatures[0]).toMatchObject({
      etat: 'valide',
      objets: [{ type: 'element', nom: 'B' }],
    });
  });

  test('the whole document, what stands around the root included', async () => {
    const { octets: signe, resultat } = await envelopper(cle, MESSAGE);
    const mesure = (o: Uint8Array) => ({
      sha256: createHash('sha256').update(o).digest('hex'),
      octets: o.length,
    });
    expect(resultat).toEqual({ type: 'signe', avant: mesure(MESSAGE), apres: mesure(signe) });
    expect(signe.toString('latin1')).toMatch(/<\/ds:Signature><\/m:acte>\n$/);
    const rapport = await verifier(signe);
    expect([rapport.conclusion, codes(rapport)]).toEqual(['valide', ['XDS-106']]);
  });

  test('a source that changed while it was copied', async () => {
    let lectures = 0;
    const { resultat } = await envelopper(cle, MESSAGE, {
      source: () => {
        lectures += 1;
        return [lectures === 1 ? MESSAGE : ANNEXE];
      },
    });
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code: 'XDS-215' }] });
  });

  test('who writes is awaited', async () => {
    let ecrits = 0;
    const { resultat } = await envelopper(cle, MESSAGE, {
      ecrire: async (bloc) => {
        const avant = ecrits;
        await Promise.resolve();
        expect(ecrits).toBe(avant);
        ecrits += bloc.length;
      },
    });
    expect(resultat).toMatchObject({ apres: { octets: ecrits } });
  });
});

describe('canonical forms of the parts of a signature', () => {
  test('by their Id, the SignedInfo under the empty name', () => {
    const texte = `<s:S xmlns:s="urn:s"><s:SignedInfo b="2" a="1"/><o Id="A">x</o><o Id="B"/><p><SignedInfo/></p></s:S>`;
    const lue = canoniser(Buffer.from(texte), ['A']);
    if (lue.type === 'refuse') throw new TypeError(lue.type);
    expect([...lue.valeur].map(([id, forme]) => [id, Buffer.from(forme).toString()])).toEqual([
      ['', '<s:SignedInfo xmlns:s="urn:s" a="1" b="2"></s:SignedInfo>'],
      ['A', '<o Id="A">x</o>'],
    ]);
  });

  test('a text that cannot be read has none', () => {
    expect(canoniser(Buffer.from('<a>'), [])).toMatchObject({
      type: 'refuse',
      motifs: [{ code: 'XML-012' }],
    });
  });
});
