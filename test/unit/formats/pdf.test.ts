import * as fc from 'fast-check';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lireDictionnaire } from '../../../src/formats/pdf/dictionnaire.ts';
import { type FaitsPdf, lireFaitsPdf } from '../../../src/formats/pdf/faits.ts';

interface Lectures {
  octets: number;
  nombre: number;
}

async function faits(
  pdf: string | Uint8Array,
  lectures: Lectures = { octets: 0, nombre: 0 },
): Promise<FaitsPdf> {
  const octets = typeof pdf === 'string' ? Buffer.from(pdf, 'latin1') : pdf;
  const lire = async (debut: number, fin: number) => {
    lectures.nombre += 1;
    lectures.octets += Math.max(0, fin - debut);
    return octets.subarray(debut, fin);
  };
  return lireFaitsPdf(lire, octets.byteLength);
}

const OBJETS = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[]/Count 0>>'];

/** A small whole PDF with a cross-reference table. */
function classique(trailer = '', suite = '', tete = '%PDF-1.4\n'): string {
  let texte = tete;
  const places = OBJETS.map((objet, i) => {
    const place = texte.length;
    texte += `${i + 1} 0 obj\n${objet}\nendobj\n`;
    return place;
  });
  const xref = texte.length;
  texte += `xref\n0 ${places.length + 1}\n0000000000 65535 f \n`;
  texte += places.map((p) => `${String(p).padStart(10, '0')} 00000 n \n`).join('');
  return `${texte}trailer\n<</Size 3/Root 1 0 R${trailer}>>\nstartxref\n${xref}\n%%EOF\n${suite}`;
}

/** The same with a cross-reference stream (ISO 32000-1, 7.5.8). */
function enFlux(cles = ''): string {
  const corps = '%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n';
  const flux = deflateSync(Buffer.alloc(16)).toString('latin1');
  return (
    `${corps}4 0 obj\n<< /Type /XRef /W [1 2 1] /Size 4 /Root 1 0 R ${cles} /Length ${flux.length}` +
    ` /Filter /FlateDecode >>\nstream\n${flux}\nendstream\nendobj\nstartxref\n${corps.length}\n%%EOF`
  );
}

const SAIN: FaitsPdf = { entete: true, fin: true, chiffre: false, version: '1.4' };

describe('facts of a PDF', () => {
  test('cross-reference table', async () => {
    expect(await faits(classique())).toEqual(SAIN);
  });

  test('cross-reference stream', async () => {
    expect(await faits(enFlux())).toEqual({ ...SAIN, version: '1.7' });
  });

  test.each(['\n\n', '\0'.repeat(1000), ' '.repeat(1019)])(
    'up to 1 kB after %%EOF is tolerated (case %#)',
    async (s) => {
      expect(await faits(classique('', s))).toEqual(SAIN);
    },
  );

  test.each([
    [1023, true],
    [1024, false],
  ])('a line feed and %i bytes after %%EOF: an end, %s', async (n, fin) => {
    expect((await faits(classique('', 'x'.repeat(n)))).fin).toBe(fin);
  });

  test.each([
    [1023, { entete: true, version: '1.4' }],
    [1024, { entete: false, version: null }],
  ])('a header after %i bytes', async (n, attendu) => {
    expect(await faits(`${'j'.repeat(n)}${classique()}`)).toMatchObject(attendu);
  });

  test.each([
    ['a stray space', '%PDF- 1.4\n'],
    ['the version of another header', '%PDF-x %PDF-1.4\n'],
    ['no digit', '%PDF-1.x\n'],
  ])('no version: %s', async (_, tete) => {
    expect(await faits(classique('', '', tete))).toMatchObject({ entete: true, version: null });
  });

  test('bytes before the header: offsets counted from the file or from the header', async () => {
    expect(await faits(classique('', '', `${'junk\n'.repeat(20)}%PDF-1.4\n`))).toEqual(SAIN);
    expect(await faits(`${'junk\n'.repeat(20)}${classique()}`)).toEqual(SAIN);
  });

  test('incremental update: the last trailer decides (7.5.6)', async () => {
    const avant = classique();
    const xref = avant.length;
    const suite = `xref\n0 0\ntrailer\n<</Size 3/Prev 100/Encrypt 9 0 R>>\nstartxref\n${xref}\n%%EOF\n`;
    expect(await faits(avant + suite)).toEqual({ ...SAIN, chiffre: true });
  });

  test('linearised: the table named at the end is the one of the first page, at the start', async () => {
    const tete = '%PDF-1.4\n1 0 obj\n<</Linearized 1>>\nendobj\n';
    const premiere =
      'xref\n3 1\n0000000100 00000 n \ntrailer\n<</Size 4/Prev 5000/Encrypt 7 0 R>>\nstartxref\n0\n%%EOF\n';
    const corps = 'x'.repeat(5000);
    const seconde = `xref\n0 3\n0000000000 65535 f \ntrailer\n<</Size 3>>\nstartxref\n${tete.length}\n%%EOF\n`;
    expect(await faits(tete + premiere + corps + seconde)).toEqual({ ...SAIN, chiffre: true });
  });

  test.each([
    ['table', classique('/Encrypt 5 0 R')],
    ['table, direct dictionary', classique('/Encrypt<</Filter/Standard/V 1>>')],
    ['table, letters hidden', classique('/Encr#79pt 5 0 R')],
    ['table, second entry null', classique('/Encrypt 5 0 R/Encrypt null')],
    ['table, after a string with brackets', classique('/Info(>> \\) ( >> ))/Encrypt 5 0 R')],
    ['table, after a string with one bracket', classique('/Info(\\()/Encrypt 5 0 R')],
    ['table, after a string with a backslash', classique('/Info(\\\\)/Encrypt 5 0 R')],
    ['table, after a string that ends with « < »', classique('/Info(<)/Encrypt 5 0 R')],
    ['table, first entry null', classique('/Encrypt null/Encrypt 5 0 R')],
    ['table, after a comment', classique(' % >> \n/Encrypt 5 0 R')],
    ['table, after two comments', classique('% >> \r% >>\n /Encrypt 5 0 R')],
    ['stream', enFlux('/Encrypt 5 0 R')],
  ])('locked: %s', async (_, pdf) => {
    expect(await faits(pdf)).toMatchObject({ fin: true, chiffre: true });
  });

  test.each([
    ['inside a string', classique('/Info(/Encrypt 5 0 R)')],
    ['inside a hexadecimal string', classique('/ID[<2F456E><2F>]')],
    ['in a nested dictionary', classique('/Info<</Encrypt 5 0 R>>')],
    ['as a value', classique('/Info/Encrypt')],
    ['null', classique('/Encrypt null')],
    ['longer name', classique('/EncryptMetadata true')],
  ])('not locked: /Encrypt %s', async (_, pdf) => {
    expect(await faits(pdf)).toEqual(SAIN);
  });

  test.each<[string, string, Partial<FaitsPdf>]>([
    ['truncated', classique().slice(0, -30), { entete: true, fin: false }],
    ['cut in the middle', classique().slice(0, 60), { entete: true, fin: false }],
    ['no header', classique().slice(9), { entete: false, version: null }],
    ['startxref beyond the end', classique().replace(/startxref\n\d+/, 'startxref\n999999'), { fin: false }],
    ['startxref on something else', classique().replace(/startxref\n\d+/, 'startxref\n12'), { fin: false }],
    [
      'startxref of 40 digits',
      classique().replace(/startxref\n\d+/, `startxref\n${'9'.repeat(40)}`),
      { fin: false },
    ],
    ['startxref 0', classique().replace(/startxref\n\d+/, 'startxref\n0'), { fin: false }],
    [
      'broken end, locked all the same',
      classique('/Encrypt 5 0 R').replace(/startxref\n\d+/, 'startxref\n1'),
      { fin: false, chiffre: true },
    ],
    ['version unreadable', classique('', '', '%PDF-x\n'), { entete: true, version: null }],
    ['not a PDF', 'hello', { entete: false, fin: false, chiffre: false, version: null }],
    ['empty', '', { entete: false, fin: false, chiffre: false, version: null }],
  ])('%s', async (_, pdf, attendu) => {
    expect(await faits(pdf)).toMatchObject(attendu);
  });

  /** A file whose `startxref` leads to what is given. */
  const menant = (cible: string): string => `%PDF-1.4\n${cible}\nstartxref\n9\n%%EOF`;

  test.each([
    ['xref\n0 1\ntrailer<<>>', true],
    ['\n xref \r\n12  345\ntrailer<<>>', true],
    ['xref\n0 12\ntrailer\n% comment\n<<>>', true],
    ['-xref\n0 1\ntrailer<<>>', false],
    ['x xref\n0 1\ntrailer<<>>', false],
    ['xref0 1\ntrailer<<>>', false],
    ['xref\n0\ntrailer<<>>', false],
    ['xref\n0 x\ntrailer<<>>', false],
    ['xref\n0 1\ntrailer', false],
    ['xref\n0 1\n', false],
    ['4 0 obj<</Type/XRef>>', true],
    [' 44 \n 10  obj <</Type/XRef>>', true],
    ['4 0 obj<</Type/Catalog>>', false],
    ['4 0 obj 12 endobj', false],
    ['-4 0 obj<</Type/XRef>>', false],
    ['x 4 0 obj<</Type/XRef>>', false],
    ['4 obj<</Type/XRef>>', false],
    ['40 obj<</Type/XRef>>', false],
    ['4 0 <</Type/XRef>>', false],
    ['4 0obj<</Type/XRef>>', false],
    ['xxxxxxxx<</Type/XRef>>\n4 0 obj', false],
  ])('startxref that leads to %j: sound end, %s', async (cible, fin) => {
    expect((await faits(menant(cible))).fin).toBe(fin);
  });

  test.each([
    ['\r\n \t9\n', true],
    ['9', true],
    ['\nabc\n', false],
    ['', false],
    ['\n-9\n', false],
  ])('startxref followed by %j: %s', async (suite, fin) => {
    const separe = suite === '9' ? ' 9' : suite;
    const pdf = menant('xref\n0 1\ntrailer<<>>').replace('startxref\n9\n', `startxref${separe}`);
    expect((await faits(pdf)).fin).toBe(fin);
  });

  test('no address, or one outside of the file, costs no read', async () => {
    for (const tete of ['', 'junk ']) {
      for (const suite of ['', 'startxref\n', 'startxref\nabc\n', 'startxref\n0\n', 'startxref\n999\n']) {
        const lectures = { octets: 0, nombre: 0 };
        await faits(`${tete}%PDF-1.4\n${suite}%%EOF`, lectures);
        // where the header is not at 0, the address may also count from it
        const essais = tete !== '' && suite.endsWith('0\n') ? 1 : 0;
        expect(lectures.nombre).toBe(2 + essais);
      }
    }
    const finExacte = '%PDF-1.4\nstartxref\n27\n%%EOF';
    const lectures = { octets: 0, nombre: 0 };
    expect(finExacte).toHaveLength(27);
    await faits(finExacte, lectures);
    expect(lectures.nombre).toBe(2);
  });

  test('an address without %%EOF is none, were it the first thing of the file', async () => {
    expect((await faits('startxref\n13\nxref\n0 1\ntrailer<<>>')).fin).toBe(false);
  });

  test('a trailer is looked for where its word stands, nowhere else', async () => {
    expect(await faits('%PDF- <</Encrypt 1 0 R>>')).toMatchObject({ chiffre: false });
    expect(await faits('trailer<</Encrypt 1 0 R>>')).toMatchObject({ entete: false, chiffre: true });
  });

  test.each([-8, -7, -6, -1, 0, 1, 6, 7, 8, 65_536])(
    'a table of several slices, its trailer across two (%i)',
    async (ecart) => {
      const table = `xref\n0 9999\n${'0'.repeat(65_536 - 12 + ecart)}`;
      const pdf = menant(`${table}trailer<</Encrypt 1 0 R>>`);
      expect(await faits(pdf)).toMatchObject({ fin: true, chiffre: true });
    },
  );

  test.each([
    ['table', 'xref\n0 1\ntrailer<<>>'],
    ['stream', '4 0 obj<</Type/XRef>>'],
  ])('a %s at the start of 5 MB costs a few kilobytes', async (_, cible) => {
    const lectures = { octets: 0, nombre: 0 };
    const gros = Buffer.from(`%PDF-1.4\n${cible}${'x'.repeat(5_000_000)}\nstartxref\n9\n%%EOF`, 'latin1');
    expect((await faits(gros, lectures)).fin).toBe(true);
    expect(lectures.octets).toBeLessThan(200_000);
  });

  test('a 50 MB file costs a few reads of a few kilobytes', async () => {
    const lectures = { octets: 0, nombre: 0 };
    const gros = Buffer.from(classique('', '', `%PDF-1.4\n%${'x'.repeat(50_000_000)}\n`), 'latin1');
    expect(await faits(gros, lectures)).toEqual(SAIN);
    expect(lectures.nombre).toBeLessThanOrEqual(5);
    expect(lectures.octets).toBeLessThan(200_000);
  });

  test('a table without trailer stops after 16 MB', async () => {
    const lectures = { octets: 0, nombre: 0 };
    const corps = Buffer.concat([
      Buffer.from('%PDF-1.4\nxref\n0 9999999\n'),
      Buffer.alloc(40_000_000, '0'),
      Buffer.from('\nstartxref\n9\n%%EOF'),
    ]);
    expect((await faits(corps, lectures)).fin).toBe(false);
    expect(lectures.octets).toBeLessThan(17_000_000);
  });

  test('whatever the bytes, an answer comes back in a bounded number of reads', async () => {
    const morceaux = [
      '%PDF-1.4\n',
      'xref\n0 1\n',
      'trailer',
      '<<',
      '>>',
      '/Encrypt',
      ' 5 0 R',
      'startxref\n9\n',
      '(',
      '%%EOF',
      '4 0 obj<</Type/XRef',
    ];
    const pdf = fc
      .array(fc.oneof(fc.constantFrom(...morceaux), fc.string({ unit: 'binary', maxLength: 5 })), {
        maxLength: 30,
      })
      .map((m) => m.join(''));
    await fc.assert(
      fc.asyncProperty(pdf, async (texte) => {
        const lectures = { octets: 0, nombre: 0 };
        await faits(texte, lectures);
        expect(lectures.nombre).toBeLessThan(10);
      }),
      { numRuns: 3000, seed: 20260310 },
    );
  });
});

describe('top-level keys of a dictionary (ISO 32000-1, 7.3.7)', () => {
  const lire = (texte: string, debut = 0): unknown => {
    const cles = lireDictionnaire(texte, debut);
    return cles === null ? null : Object.fromEntries(cles);
  };

  test.each<[string, object | null]>([
    ['<<>>', {}],
    [
      ' \0\t\n\f\r<</A/B/C 12 0 R/D(x)/E<2F>/F[/G 1]/H<</I 1>>/J true>>',
      { A: 'B', C: '12', D: '', E: '', F: '', H: '', J: 'true' },
    ],
    ['% comment\n<</A%/B\r1>>', { A: '1' }],
    ['/A 1', null],
    ['< <</A 1>>', null],
    ['', null],
    ['<</A 5 0 R/B 1>>', { A: '5', B: '1' }],
    ['<</A 1>>/B 2', { A: '1' }],
    ['<</A 1>><</B 2>>', { A: '1' }],
    ['<</A[1]/B[[<</C 1>>]]/D 1>>', { A: '', B: '', D: '1' }],
    ['<</A[/B]/C[/D/E]>>', { A: '', C: '' }],
    ['<</A</B/C/D>/E 1>>', { A: '', E: '1' }],
    ['<</A</>/E 1>>', { A: '', E: '1' }],
    ['<</A<</B<</C 1>>/D 2>>/E 3>>', { A: '', E: '3' }],
    ['<</A 1/B>>', { A: '1' }],
    ['<</A 1/A 2>>', { A: '2' }],
    ['<</A 1/A null>>', { A: '1' }],
    ['<</A null/A 2>>', { A: '2' }],
    ['<</A null>>', { A: 'null' }],
    ['<</A(()\\)(/B 1))/C 1>>', { A: '', C: '1' }],
    ['<</A{}/B 1>>', { A: '', B: '1' }],
    ['<</A)/B 1>>', { A: '', B: '1' }],
    ['<</A#42#4a#zz 1>>', { 'ABJ#zz': '1' }],
    ['<</A 1/B', { A: '1' }],
    ['<</A 1/B ', { A: '1' }],
    ['<</A 1/B(c', { A: '1', B: '' }],
    ['<</A 1/B<c', { A: '1', B: '' }],
    ['<</A 1%', { A: '1' }],
    ['<<', {}],
  ])('%j', (texte, attendu) => {
    expect(lire(texte)).toEqual(attendu);
  });

  test('from the place given on', () => {
    expect(lire('<</A 1>> <</B 2>>', 8)).toEqual({ B: '2' });
  });
});
