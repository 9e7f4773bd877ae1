import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Greffe, greffer, parcourir } from '../../../../src/formats/xades/flux.ts';
import { chercherIndices } from '../../../../src/formats/xades/indices.ts';
import { Muet } from '../../../../src/formats/xml/muet.ts';
import { morceaux } from './atelier.ts';
import { DS, PLUS, XMLENC } from './noeuds.ts';

async function joindre(source: AsyncIterable<Uint8Array>): Promise<string[]> {
  const blocs: string[] = [];
  for await (const bloc of source) blocs.push(Buffer.from(bloc).toString('latin1'));
  return blocs;
}

describe('one strict reading of a whole file', () => {
  test('size and digest of what was read, whatever the cut', async () => {
    const octets = Buffer.from('<a>été</a>\n', 'utf8');
    const attendu = { refus: null, sha256: createHash('sha256').update(octets).digest('hex'), octets: 13 };
    for (const pas of [1, 5, 100]) {
      expect(await parcourir(() => morceaux(octets, pas), new Muet())).toEqual(attendu);
    }
  });

  test('the first refusal ends the reading: the rest is not asked for', async () => {
    let lus = 0;
    const source = function* (): Generator<Uint8Array> {
      for (const bloc of ['<a></b>', 'x'.repeat(1 << 20), 'fin']) {
        lus += 1;
        yield Buffer.from(bloc);
      }
    };
    const { refus } = await parcourir(source, new Muet());
    expect(refus?.code).toBe('XML-019');
    expect(lus).toBeLessThan(3);
  });

  test('a file that ends too soon is refused at its end', async () => {
    const { refus } = await parcourir(() => [Buffer.from('<a>')], new Muet());
    expect(refus).toMatchObject({ code: 'XML-012', position: { octet: 3 } });
  });
});

describe('grafts between two bytes of a file', () => {
  const SOURCE = Buffer.from('0123456789');
  const g = (octet: number, texte: string): Greffe => ({ octet, contenu: Buffer.from(texte) });

  test.each([
    ['none', [], '0123456789'],
    ['before the first byte', [g(0, 'a')], 'a0123456789'],
    ['before the last byte', [g(9, 'a')], '012345678a9'],
    ['several', [g(2, 'ab'), g(5, 'c'), g(6, 'd')], '01ab234c5d6789'],
    ['two at one place, in order', [g(5, 'a'), g(5, 'b')], '01234ab56789'],
    ['after the last byte: it precedes none', [g(10, 'a')], '0123456789'],
  ])('%s, whatever the cut', async (_, greffes, attendu) => {
    for (const pas of [1, 2, 3, 5, 10, 100]) {
      const blocs = await joindre(greffer(() => morceaux(SOURCE, pas), greffes));
      expect(blocs.join('')).toBe(attendu);
      expect(blocs).not.toContain('');
    }
  });

  test('each graft is handed over as it was given', async () => {
    const greffe = g(5, 'greffe');
    const rendus: Uint8Array[] = [];
    for await (const bloc of greffer(() => [SOURCE], [greffe])) rendus.push(bloc);
    expect(rendus[1]).toBe(greffe.contenu);
  });
});

/** A ds:Reference as signatures write it. */
const reference = (id: string, hachage = `${XMLENC}sha256`, suite = ''): string =>
  `<ds:Reference URI="#${id}"${suite}><ds:Transforms/><ds:DigestMethod Algorithm="${hachage}"/></ds:Reference>`;

async function indices(texte: string, pas = 1013): Promise<Record<string, string[]>> {
  const { hachages, deborde } = await chercherIndices(() => morceaux(Buffer.from(texte, 'latin1'), pas));
  expect(deborde).toBe(false);
  return Object.fromEntries([...hachages].map(([id, noms]) => [id, [...noms]]));
}

describe('the quick look: which identifiers seem to be signed, with which digest', () => {
  test.each([
    [`${XMLENC}sha256`, 'sha256'],
    [`${PLUS}sha384`, 'sha384'],
    [`${XMLENC}sha512`, 'sha512'],
    [`${DS}sha1`, 'sha1'],
  ])('%s', async (uri, nom) => {
    expect(await indices(reference('B1', uri))).toEqual({ B1: [nom] });
  });

  test('several references, several digests of one element', async () => {
    const texte = reference('B1') + reference('B2', `${XMLENC}sha512`) + reference('B1', `${DS}sha1`);
    expect(await indices(texte)).toEqual({ B1: ['sha256', 'sha1'], B2: ['sha512'] });
  });

  test('apostrophes, another order of attributes', async () => {
    const texte = reference('B1', undefined, ' Type="x"').replaceAll('"', "'");
    expect(await indices(texte)).toEqual({ B1: ['sha256'] });
  });

  test('the cut of the file hides nothing', async () => {
    const texte = `${'x'.repeat(700)}${reference('B1')}${'y'.repeat(3000)}${reference('B2')}`;
    for (const pas of [1, 7, 100, 256, 997, 2047, 2304, 2305, 5000]) {
      expect(await indices(texte, pas)).toEqual({ B1: ['sha256'], B2: ['sha256'] });
    }
  });

  test.each([
    ['no address before', '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'],
    ['an address that is no fragment', reference('B1').replace('#B1', 'B1')],
    ['an address that is empty', reference('')],
    ['quotes of two kinds', reference('B1').replace('#B1"', "#B1'")],
    ['an identifier with a reference in it', reference('B&#49;')],
    ['an unknown digest', reference('B1', 'urn:md5')],
    ['no digest', reference('B1').replace(/ Algorithm="[^"]*"/, '')],
    ['a digest whose address goes on', reference('B1', `${XMLENC}sha256s`)],
    ['an address too far before', reference('B1').replace('<ds:Transforms/>', 'x'.repeat(2048))],
    ['a digest too far after', reference('B1').replace(' Algorithm', `${' '.repeat(256)}Algorithm`)],
    ['an identifier of more than 500 characters', reference('B'.repeat(501))],
  ])('%s: nothing is guessed', async (_, texte) => {
    expect(await indices(texte)).toEqual({});
  });

  test('the address is the last one before the digest, not one of another reference', async () => {
    const sansDigest = '<ds:Reference URI="#B0">';
    expect(await indices(sansDigest + reference('B1'))).toEqual({ B1: ['sha256'] });
    expect(
      await indices(`${reference('B1')}<ds:Reference URI="x"><ds:DigestMethod Algorithm="${XMLENC}sha256"/>`),
    ).toEqual({
      B1: ['sha256'],
    });
  });

  test('an identifier of 500 characters is read', async () => {
    const id = 'B'.repeat(500);
    expect(await indices(reference(id))).toEqual({ [id]: ['sha256'] });
  });

  test('a hundred thousand identifiers fill it: then all is digested', async () => {
    const bloc = (n: number): Buffer =>
      Buffer.from(
        Array.from({ length: 1000 }, (_, k) => `URI="#${n * 1000 + k}" DigestMethod="${XMLENC}sha256"`).join(
          '',
        ),
      );
    const source = function* (): Generator<Buffer> {
      for (let n = 0; n < 101; n += 1) yield bloc(n);
    };
    const { hachages, deborde } = await chercherIndices(source);
    expect([hachages.size, deborde]).toEqual([100_000, true]);
  });
});
