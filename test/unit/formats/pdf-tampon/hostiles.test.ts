import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import { fabriquer, Fabrique, reviser } from './fabrique.ts';
import { issue } from './issue.ts';
import { DEMANDE } from './oracles.ts';

/** Documents made to harm, or broken by chance: an answer of the catalogue, and soon. */

const latin1 = (texte: string): Buffer => Buffer.from(texte, 'latin1');
const changer = (octets: Buffer, de: string | RegExp, vers: string): Buffer => {
  const texte = octets.toString('latin1');
  const change = texte.replace(de, vers);
  expect(change).not.toBe(texte);
  return latin1(change);
};

/** A document whose objects are given one by one, the catalogue first. */
function brut(objets: readonly string[]): Buffer {
  const f = new Fabrique();
  for (const corps of objets) f.poser(corps);
  return f.ecrire(1);
}

const CATALOGUE = '<</Type /Catalog /Pages 2 0 R>>';

describe('loops', () => {
  test.each<[string, Buffer]>([
    ['a page tree that holds itself', brut([CATALOGUE, '<</Type /Pages /Kids [2 0 R]>>'])],
    [
      'a page tree whose branches hold one another',
      brut([
        CATALOGUE,
        '<</Type /Pages /Kids [3 0 R]>>',
        '<</Type /Pages /Kids [4 0 R]>>',
        '<</Kids [2 0 R 3 0 R]>>',
      ]),
    ],
    ['a reference to itself', brut([CATALOGUE, '2 0 R'])],
    ['references to one another', brut([CATALOGUE, '3 0 R', '2 0 R'])],
    ['no page', brut([CATALOGUE, '<</Type /Pages /Kids []>>'])],
    ['a page that is no dictionary', brut([CATALOGUE, '<</Type /Pages /Kids [3 0 R]>>', '42'])],
    ['a page written in its node', brut([CATALOGUE, '<</Type /Pages /Kids [<</Type /Page>>]>>'])],
    ['no catalogue', brut(['42', '42'])],
    ['no tree', brut(['<</Type /Catalog>>', '42'])],
    ['an earlier table that is itself', changer(fabriquer(), /\/Root/, '/Prev 9999 /Root')],
  ])('%s: VGM-PDF-001', (_, octets) => {
    expect(issue(octets)).toBe('VGM-PDF-001');
  });

  test('tables that come before one another: VGM-PDF-001', () => {
    const base = reviser(fabriquer(), {}, 6);
    const depart = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(base.toString('latin1'))?.[1] ?? '';
    const boucle = changer(base, /\/Prev \d+(?=>>\nstartxref\n\d+\n%%EOF\n$)/, `/Prev ${depart}`);
    expect(issue(boucle)).toBe('VGM-PDF-001');
    expect(() => tamponnerPdf(boucle, DEMANDE)).toThrow('tournent en rond');
  });

  test('a stream whose length is in itself: VGM-PDF-001', () => {
    const f = new Fabrique();
    const [racine, noeud] = [f.reserver(), f.reserver()];
    f.poser(CATALOGUE, racine);
    f.poser('<</Type /Pages /Kids []>>', noeud);
    const octets = f.ecrire(racine, { references: 'flux', compacts: [racine, noeud] });
    // the length of the object stream is the object 2, which it holds
    const boucle = changer(octets, /(\/ObjStm [^>]*\/Length )\d+/, '$12 0 R');
    const ecart = boucle.length - octets.length;
    const depart = Number(/startxref\n(\d+)/.exec(octets.toString('latin1'))?.[1]) + ecart;
    expect(() => tamponnerPdf(changer(boucle, /startxref\n\d+/, `startxref\n${depart}`), DEMANDE)).toThrow(
      'VGM-PDF-001 Ce PDF ne peut pas être tamponné : ses objets tournent en rond.',
    );
  });

  test('inherited resources, fields and annotations that lead back: stamped or refused, and soon', () => {
    const f = fabriquer({
      pages: [{ entrees: '/Resources $r /Annots $a /Contents $c' }],
      catalogue: '/AcroForm <</Fields $champs>>',
      objets: {
        r: '<</XObject $r>>',
        a: '[$a]',
        c: '[$c $c]',
        champs: '[$champ]',
        champ: '<</Kids [$champ $champ]>>',
      },
    });
    expect(['pose', 'VGM-PDF-001']).toContain(issue(f));
  });
});

const bombe = (n: number): Buffer => deflateSync(Buffer.alloc(n));

describe('beyond measure', () => {
  test.each<[string, Buffer, string]>([
    ['nesting', brut([CATALOGUE, `${'['.repeat(100_000)}${']'.repeat(100_000)}`]), 'VGM-PDF-003'],
    ['nested dictionaries', brut([CATALOGUE, '<</A'.repeat(50_000)]), 'VGM-PDF-003'],
    ['elements', brut([CATALOGUE, `<</Kids [${'1 '.repeat(500_000)}]>>`]), 'VGM-PDF-003'],
    ['a name', brut([CATALOGUE, `<</${'N'.repeat(10_000)} 1>>`]), 'VGM-PDF-003'],
    ['a string', brut([CATALOGUE, `(${'s'.repeat(5_000_000)})`]), 'VGM-PDF-003'],
    ['a count of pages', brut([CATALOGUE, '<</Type /Pages /Count 1000000000 /Kids []>>']), 'VGM-PDF-001'],
    ['the size told by the trailer', changer(fabriquer(), /\/Size \d+/, '/Size 4000000000'), 'VGM-PDF-003'],
    [
      'a table of a milliard of objects',
      changer(fabriquer(), /xref\n0 \d+/, 'xref\n0 1000000000'),
      'VGM-PDF-001',
    ],
    ['numbers of objects', changer(fabriquer(), /xref\n0 (\d+)/, 'xref\n4000000000 $1'), 'VGM-PDF-001'],
  ])('%s', (_, octets, code) => {
    expect(issue(octets)).toBe(code);
  });

  test('an object stream that unfolds without end', () => {
    const f = new Fabrique();
    const racine = f.reserver();
    f.poser(CATALOGUE, racine);
    const fluxObjets = bombe(60_000_000);
    expect(issue(f.ecrire(racine, { references: 'flux', compacts: [racine], fluxObjets }))).toBe(
      'VGM-PDF-003',
    );
  });

  test('a table of references that unfolds without end', () => {
    const donnees = bombe(80_000_000);
    const tete = latin1(
      `%PDF-1.5\n1 0 obj\n<</Type /XRef /W [1 4 2] /Size 3 /Root 2 0 R /Filter /FlateDecode /Length ${donnees.length}>>\nstream\n`,
    );
    const octets = Buffer.concat([tete, donnees, latin1('\nendstream\nendobj\nstartxref\n9\n%%EOF')]);
    expect(issue(octets)).toBe('VGM-PDF-003');
  });

  test('content that unfolds without end: not read, and an annotation is put', () => {
    const f = new Fabrique();
    const [racine, noeud, page] = [f.reserver(), f.reserver(), f.reserver()];
    f.poser(CATALOGUE, racine);
    f.poser(`<</Type /Pages /Kids [${page} 0 R]>>`, noeud);
    const c = f.flux(bombe(40_000_000), '/Filter /FlateDecode');
    f.poser(`<</Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents ${c} 0 R>>`, page);
    expect(tamponnerPdf(f.ecrire(racine), DEMANDE).annotees).toBe(1);
  });

  test('a page of a million streams: not read either', () => {
    const f = fabriquer({
      pages: [{ entrees: `/Contents [${'$c '.repeat(100_000)}]` }],
      objets: { c: '<</Length 0>>\nstream\n\nendstream' },
    });
    expect(tamponnerPdf(f, DEMANDE).annotees).toBe(1);
  });
});

describe('what is no PDF, or half of one', () => {
  test.each<[string, string | Buffer, string]>([
    ['nothing', '', 'ce n’est pas un PDF'],
    ['a text', 'Bonjour', 'ce n’est pas un PDF'],
    ['a header alone', '%PDF-1.7\n', 'sa fin manque'],
    [
      'no table where it is told',
      changer(fabriquer(), /startxref\n\d+/, 'startxref\n12'),
      'n’est pas où le fichier l’annonce',
    ],
    [
      'a place beyond the end',
      changer(fabriquer(), /startxref\n\d+/, 'startxref\n999999'),
      'n’est pas où le fichier l’annonce',
    ],
    ['objects that moved', changer(fabriquer(), '%PDF-1.7\n', '%PDF-1.7\n  '), 'n’est pas où'],
    ['a table of other things', changer(fabriquer(), / 00000 n/, ' 00000 z'), 'mal écrite'],
  ])('%s: VGM-PDF-001, which says what', (_, octets, dit) => {
    const lu = typeof octets === 'string' ? latin1(octets) : octets;
    expect(issue(lu)).toBe('VGM-PDF-001');
    expect(() => tamponnerPdf(lu, DEMANDE)).toThrow(dit);
  });

  test('a page that is not there: VGM-PDF-004, with their number', () => {
    const demander = (): unknown =>
      tamponnerPdf(fabriquer({ pages: [{}, {}] }), { ...DEMANDE, pages: [1, 7] });
    expect(demander).toThrow('VGM-PDF-004 Ce PDF n’a pas de page 7 : il en compte 2.');
  });

  test('every cut of a document is refused', () => {
    const octets = fabriquer({ references: 'flux' });
    const issues = new Set<string>();
    for (let n = 0; n < octets.length; n += 7) issues.add(issue(octets.subarray(0, n)));
    expect([...issues]).toEqual(['VGM-PDF-001']);
  });
});
