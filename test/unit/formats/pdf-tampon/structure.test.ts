import { closeSync, openSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import { type DocumentEssai, fabriquer, type References, reviser } from './fabrique.ts';
import { DEMANDE, difference, Dossier, type Essai, LIGNES, rendre, tamponner, texteDe } from './oracles.ts';

/** However a document is laid out, the update is read by others, and the document is its prefix. */

let dossier: Dossier;
beforeAll(() => {
  dossier = new Dossier();
});
afterAll(() => dossier.fermer());

const PAGES = [{}, { entrees: '/Rotate 90' }, { entrees: '/CropBox [20 20 290 300]' }];
const IDENTIFIANT = '/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]';

function exigerTamponne({ pose, avant, apres }: Essai, pages = 3): void {
  expect(pose.pages).toEqual(Array.from({ length: pages }, (_, i) => i + 1));
  expect(texteDe(apres)).toContain('Deliberation');
  const avants = rendre(avant);
  for (const [rang, vue] of rendre(apres).entries()) {
    const change = avants[rang] === undefined ? null : difference(avants[rang], vue);
    expect(change, `page ${rang + 1}`).not.toBeNull();
  }
}

const suite = (pose: { readonly ajout: Uint8Array }): string => Buffer.from(pose.ajout).toString('latin1');

describe('every way of laying a document out', () => {
  test.each<[string, DocumentEssai]>([
    ['a table', {}],
    ['a stream, pages in an object stream', { references: 'flux' }],
    ['a stream, every object outside', { references: 'flux', compacts: [] }],
    ['hybrid, pages hidden from readers of old', { references: 'hybride' }],
    ['an identifier', { trailer: IDENTIFIANT }],
    ['bytes before the header', { avant: 'X-Courrier: joint\r\n\r\n' }],
    ['bytes before the header, a stream', { avant: 'préambule\n', references: 'flux' }],
    ['bytes before the header, hybrid', { avant: 'préambule\n', references: 'hybride' }],
    ['bytes after the end', { apres: '\0'.repeat(900) }],
    ['bytes after the end, without end of line', { apres: 'fin' }],
    ['lines of the table ended by CR LF', { fin: '\r\n' }],
  ])('%s', (_, document) => {
    exigerTamponne(tamponner(dossier, fabriquer({ pages: PAGES, ...document })));
  });

  test.each([
    ['linearized', ['--linearize']],
    ['linearized, object streams', ['--linearize', '--object-streams=generate']],
    ['object streams', ['--object-streams=generate']],
    ['neither', ['--object-streams=disable', '--qdf']],
  ])('as qpdf writes it: %s', (_, options) => {
    const octets = dossier.qpdf(fabriquer({ pages: PAGES }), ...options);
    exigerTamponne(tamponner(dossier, octets));
  });

  test('lines of the table of 19 bytes: not for qpdf, but poppler and we read them', () => {
    const octets = fabriquer({ pages: PAGES, fin: '\n' });
    const apres = dossier.poser(Buffer.concat([octets, tamponnerPdf(octets, DEMANDE).ajout]));
    expect(texteDe(apres).split(LIGNES[0]).length - 1).toBe(3);
  });

  test('hybrid, pages said free in the table as in the example of the norm: qpdf and we read them', () => {
    const octets = fabriquer({ pages: PAGES, references: 'hybride', libres: true });
    const pose = tamponnerPdf(octets, DEMANDE);
    expect(pose.pages).toEqual([1, 2, 3]);
    const relu = dossier.qpdf(Buffer.concat([octets, pose.ajout]), '--object-streams=disable');
    expect(texteDe(dossier.poser(relu)).split(LIGNES[0]).length - 1).toBe(3);
  });

  test('offsets counted from the first byte although bytes stand before the header', () => {
    const octets = fabriquer({ pages: PAGES, avant: 'préambule\n', decale: false });
    const apres = dossier.poser(Buffer.concat([octets, tamponnerPdf(octets, DEMANDE).ajout]));
    expect(texteDe(apres).split(LIGNES[0]).length - 1).toBe(3);
  });

  test('a table numbered from 1, whose head is the free object 0', () => {
    const octets = Buffer.from(
      fabriquer({ pages: PAGES }).toString('latin1').replace('xref\n0 ', 'xref\n1 '),
      'latin1',
    );
    const apres = dossier.poser(Buffer.concat([octets, tamponnerPdf(octets, DEMANDE).ajout]));
    expect(texteDe(apres).split(LIGNES[0]).length - 1).toBe(3);
  });

  test('several updates: the newest page is the one that is stamped', () => {
    const base = fabriquer({ pages: PAGES });
    const taille = Number(/\/Size (\d+)/.exec(base.toString('latin1'))?.[1]);
    const page = (n: number): string =>
      `<</Type /Page /Parent 2 0 R /MediaBox [0 0 ${n} 420] /Resources <</Font <</F1 3 0 R>>>> /Contents 4 0 R>>`;
    const deux = reviser(reviser(base, { 5: page(250) }, taille), { 5: page(350) }, taille);
    const essai = tamponner(dossier, deux);
    exigerTamponne(essai);
    expect(rendre(essai.apres)[0]?.largeur).toBe(700);
  });

  test('stamped twice: both stamps are there', () => {
    const octets = fabriquer({ pages: PAGES, references: 'flux' });
    const une = Buffer.concat([octets, tamponnerPdf(octets, DEMANDE).ajout]);
    const essai = tamponner(dossier, une, { position: 'bas-droite', lignes: ['Affiché le 05/03/2026'] });
    exigerTamponne(essai);
    expect(texteDe(essai.apres).split(LIGNES[0]).length - 1).toBe(3);
  });

  test('the update has cross-references of the sort that the document ends with', () => {
    for (const [references, attendu] of [
      ['table', /\nxref\n/],
      ['hybride', /\nxref\n/],
      ['flux', /\/Type \/XRef/],
    ] as const satisfies readonly (readonly [References, RegExp])[]) {
      const dit = suite(tamponnerPdf(fabriquer({ references }), DEMANDE));
      expect(dit).toMatch(attendu);
      expect(/\nxref\n/.test(dit)).toBe(references !== 'flux');
      expect(dit).not.toContain('XRefStm');
    }
  });

  test('the first identifier stays, the second changes; none is made up', () => {
    const dit = suite(tamponnerPdf(fabriquer({ trailer: IDENTIFIANT }), DEMANDE));
    const [, premier, second] = /\/ID \[<(\w+)> <(\w+)>\]/.exec(dit) ?? [];
    expect(premier).toBe('00112233445566778899aabbccddeeff');
    expect(second).toMatch(/^(?!00112233)[0-9a-f]{32}$/);
    expect(suite(tamponnerPdf(fabriquer(), DEMANDE))).not.toContain('/ID');
  });
});

describe('what is written', () => {
  test('the same document and the same stamp: the same bytes, from memory or from a file', () => {
    const octets = fabriquer({ pages: PAGES, references: 'flux' });
    const descripteur = openSync(dossier.poser(octets), 'r');
    try {
      const poses = [
        tamponnerPdf(octets, DEMANDE),
        tamponnerPdf(octets, DEMANDE),
        tamponnerPdf({ descripteur, taille: octets.length }, DEMANDE),
      ];
      expect(new Set(poses.map(suite)).size).toBe(1);
    } finally {
      closeSync(descripteur);
    }
  });

  test('forty pages of one sort share one form, one font, one closing; each page adds little', () => {
    const pages = Array.from({ length: 40 }, () => ({}));
    const dit = suite(tamponnerPdf(fabriquer({ pages }), DEMANDE));
    expect(dit.split('/Subtype /Form').length - 1).toBe(1);
    expect(dit.split('/FontFile2').length - 1).toBe(1);
    expect(dit.split(' Do\n').length - 1).toBe(1);
    expect(dit.length).toBeLessThan(5500 + 40 * 300);
  });

  test.each([
    ['behind a reference', { entrees: '/Resources $r', objets: { r: '<</Font <</F1 $police>>>>' } }, {}],
    [
      'forms behind a reference',
      {
        entrees: '/Resources <</Font <</F1 $police>> /XObject $x>>',
        objets: { x: '<</VgmTampon1 $police>>' },
      },
      {},
    ],
    ['of the node above', { entrees: '' }, { noeud: '/Resources <</Font <</F1 $police>>>>' }],
    [
      'of the node above, behind a reference',
      { objets: { r: '<</Font <</F1 $police>>>>' } },
      { noeud: '/Resources $r' },
    ],
  ] as const)(
    'resources %s: changed once, where they are',
    (_, { entrees = '', objets = {} }: PageRessources, dessus) => {
      const octets = fabriquer({ pages: [{ entrees }, { entrees }, { entrees }], objets, ...dessus });
      const essai = tamponner(dossier, octets);
      exigerTamponne(essai);
      const dit = suite(essai.pose);
      const nom = dit.includes('/VgmTampon2') ? 'VgmTampon2' : 'VgmTampon1';
      expect(dit.split(new RegExp(`/${nom} \\d+ 0 R`)).length - 1).toBe(1);
    },
  );

  interface PageRessources {
    readonly entrees?: string;
    readonly objets?: Readonly<Record<string, string>>;
  }

  test('what a page says besides is written again as it was read', () => {
    const propre =
      '/LastModified (D:2020\\(\\)) /Nom#20propre /Val#23eur /Reel -.50 /Grand 0.000000012 /Hexa <0aF> /Vrai true /Liste [ 1 2 0 R (a) [] ]';
    const octets = fabriquer({ pages: [{ entrees: propre }] });
    const dit = suite(tamponnerPdf(octets, DEMANDE));
    for (const morceau of [
      '(D:2020\\(\\))',
      '/Nom#20propre /Val#23eur',
      '/Reel -.50',
      '0.000000012',
      '<0aF>',
      '/Vrai true',
      '[1 2 0 R (a) []]',
    ]) {
      expect(dit).toContain(morceau);
    }
  });

  test('a page that stands in two places of the document is stamped once', () => {
    const octets = Buffer.from(
      fabriquer().toString('latin1').replace('/Kids [5 0 R] /Count 1', '/Kids [5 0 R 5 0 R]   '),
      'latin1',
    );
    const pose = tamponnerPdf(octets, DEMANDE);
    expect(pose.pages).toEqual([1, 2]);
    expect(suite(pose).split('\n5 0 obj').length - 1).toBe(1);
  });

  test('letters of the whole Latin script, and a sign where the font has none', () => {
    const lignes = ['Œuvre d’Hérouville-Saint-Clair · Łódź ẞ ǅ ŵ ﬁ « ÿ »', 'Ελλάδα Киев'];
    const { apres } = tamponner(dossier, fabriquer(), { lignes });
    expect(texteDe(apres)).toContain('Ελλάδα Киев');
    // neither stops the stamp
    tamponnerPdf(fabriquer(), { ...DEMANDE, lignes: ['漢字 \u{1f600} \ud800 a\u0000b\nc'] });
  });

  test('the stamp is no content to be read aloud: an artefact', () => {
    expect(suite(tamponnerPdf(fabriquer(), DEMANDE))).toContain('/Artifact BMC');
  });
});
