import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fabriquer, type PageEssai } from './fabrique.ts';
import {
  type Boite,
  CADRE,
  decouper,
  difference,
  Dossier,
  ecart,
  type Essai,
  exigerSeulChangement,
  type Image,
  rendre,
  tamponner,
} from './oracles.ts';

/** What a reader sees: rendered by poppler, before and after. */

const { largeur: l, hauteur: h, marge: m } = CADRE;
const HAUT_GAUCHE: Boite = { x: m, y: m, l, h };

/** Nothing of ours under the stamp, so that it looks the same everywhere; marks elsewhere, that must not move. */
const contenus = ['0 .6 0 rg 150 150 60 40 re f 1 0 0 rg 70 80 20 50 re f'];
const COUCHEE = '/MediaBox [0 0 420 300]';
const ROGNEE = '/CropBox [30 40 280 290]';
const PORTRAIT = '/MediaBox [0 0 300 420]';

const ORIENTATIONS: Readonly<Record<string, PageEssai>> = {
  portrait: { entrees: PORTRAIT },
  landscape: { entrees: COUCHEE },
  'turned by 90°': { entrees: `${PORTRAIT} /Rotate 90` },
  'turned by 180°': { entrees: `${PORTRAIT} /Rotate 180` },
  'turned by 270°': { entrees: `${PORTRAIT} /Rotate 270` },
  'turned backwards by 90°': { entrees: `${PORTRAIT} /Rotate -90` },
  'turned by one turn and a quarter': { entrees: `${PORTRAIT} /Rotate 450` },
  'landscape turned by 90°': { entrees: `${COUCHEE} /Rotate 90` },
  'a crop box': { entrees: `${PORTRAIT} ${ROGNEE}` },
  'a crop box, turned by 90°': { entrees: `${PORTRAIT} ${ROGNEE} /Rotate 90` },
  'a crop box, turned by 180°': { entrees: `${PORTRAIT} ${ROGNEE} /Rotate 180` },
  'a crop box, turned by 270°': { entrees: `${PORTRAIT} ${ROGNEE} /Rotate 270` },
  'a crop box larger than the page': { entrees: `${PORTRAIT} /CropBox [-100 -100 900 900]` },
  'a box that does not begin at 0, its corners in another order': {
    entrees: '/MediaBox [200 320 -100 -100] /Rotate 90',
  },
  'a box and a rotation behind references': { entrees: '/MediaBox $media /Rotate $tour' },
};

/** Each would turn, shrink, hide or colour whatever is drawn after it. */
const DESEQUILIBRES: Readonly<Record<string, readonly string[]>> = {
  'states left open': ['q 0.2 0 0 0.2 50 50 cm q 0 1 -1 0 300 300 cm 1 0 0 rg'],
  'a scale, without any state': ['0.5 0 0 0.5 0 0 cm'],
  'states closed that were not opened': ['Q Q 3 0 0 3 0 0 cm 0 0 1 rg'],
  'a clip': ['q 0 0 10 10 re W n'],
  'both, over several streams': ['Q q', 'q 0 1 -1 0 0 0 cm', 'Q Q Q 0.1 0 0 0.1 0 0 cm q'],
  'a text left open': ['q BT /F1 12 Tf 3 Tr 1 0 0 1 100 100 Tm (abc) Tj'],
  'marked content left open': ['/Span <</MCID 0>> BDC /P BMC q'],
  'words that are no operators, in strings, comments, dictionaries and images': [
    '(Q \\) Q) pop % Q Q\n<</Q (Q)>> pop <51> pop BI /W 2 /H 2 /CS /G /BPC 8 ID Q Q \xff EI q 2 0 0 2 0 0 cm',
  ],
};

const PAGES: readonly (readonly [string, PageEssai])[] = [
  ...Object.entries(ORIENTATIONS).map(([titre, page]) => [titre, { contenus, ...page }] as const),
  ...Object.entries(DESEQUILIBRES).map(
    ([titre, c]) => [`content: ${titre}`, { entrees: PORTRAIT, contenus: c }] as const,
  ),
];

let dossier: Dossier;
let tout: Essai & { readonly vues: readonly Image[]; readonly avants: readonly Image[] };
beforeAll(() => {
  dossier = new Dossier();
  const essai = tamponner(
    dossier,
    fabriquer({
      pages: PAGES.map(([, page]) => page),
      objets: { media: '[0 0 $largeur 420]', largeur: '300', tour: '270' },
    }),
  );
  tout = { ...essai, vues: rendre(essai.apres), avants: rendre(essai.avant) };
});
afterAll(() => dossier.fermer());

const AILLEURS: Image = { largeur: 0, hauteur: 0, points: Buffer.alloc(0) };

function exigerTampon(vue: Image = AILLEURS, avant: Image = AILLEURS): void {
  exigerSeulChangement(avant, vue, HAUT_GAUCHE);
  const pixels = { x: 2 * m, y: 2 * m, l: 2 * l, h: 2 * h };
  const reference = decouper(tout.vues[0] ?? AILLEURS, pixels);
  expect(ecart(decouper(vue, pixels), reference)).toBeLessThan(0.005);
  // what is upside down would be seen
  const renverse = { ...reference, points: Buffer.from(reference.points.toReversed()) };
  expect(ecart(renverse, reference)).toBeGreaterThan(0.05);
}

describe('upright for the reader, in its corner, and nothing else changes', () => {
  test.each(PAGES.map(([titre], rang) => [titre, rang] as const))('%s', (_, rang) => {
    expect(tout.pose).toMatchObject({ annotees: 0 });
    exigerTampon(tout.vues[rang], tout.avants[rang]);
  });

  test('boxes and rotation inherited', () => {
    const noeud = `${PORTRAIT} ${ROGNEE} /Rotate 90`;
    const { avant, apres } = tamponner(dossier, fabriquer({ noeud, pages: [{ contenus }] }));
    exigerTampon(rendre(apres)[0], rendre(avant)[0]);
  });

  test('a page without content', () => {
    const pages = [{ contenus: null, entrees: PORTRAIT }];
    const { avant, apres } = tamponner(dossier, fabriquer({ pages }));
    exigerTampon(rendre(apres)[0], rendre(avant)[0]);
  });

  test('neither box nor resources anywhere: the page that readers show', () => {
    const pages = [{ contenus: [''], entrees: '/MediaBox null /Resources null' }];
    const { avant, apres } = tamponner(dossier, fabriquer({ pages }));
    exigerTampon(rendre(apres)[0], rendre(avant)[0]);
  });
});

const AUTRES: readonly (readonly [
  string,
  PageEssai & { readonly objets?: Readonly<Record<string, string>> },
])[] = [
  ['a filter that we do not read', { entrees: '/Contents $c', objets: { c: 'filtre:/Inconnu' } }],
  [
    'a filter and its data that do not agree',
    { entrees: '/Contents $c', objets: { c: 'filtre:/FlateDecode' } },
  ],
  ['a string without end', { contenus: ['q (sans fin'] }],
  ['an image without end', { contenus: ['q BI /W 1 /H 1 ID \x00\x01\x02'] }],
  ['more states left open than any writer would', { contenus: ['q '.repeat(2000)] }],
];

describe('content of which nothing sure can be said: a locked annotation, drawn apart', () => {
  test.each(AUTRES)('%s', (_, { objets = {}, ...page }) => {
    const entrees = `${PORTRAIT} ${page.entrees ?? ''}`;
    const octets = fabriquer({ pages: [{ ...page, entrees }], objets });
    const { pose, avant, apres } = tamponner(dossier, octets);
    expect(pose.annotees).toBe(1);
    exigerTampon(rendre(apres)[0], rendre(avant)[0]);
  });
});

describe('position, size and pages', () => {
  const une = fabriquer({ pages: [{ contenus, entrees: PORTRAIT }] });
  test.each([
    ['haut-droite', { x: 300 - m - l, y: m, l, h }],
    ['bas-gauche', { x: m, y: 420 - m - h, l, h }],
    ['bas-droite', { x: 300 - m - l, y: 420 - m - h, l, h }],
    [
      { x: 0, y: 0 },
      { x: 0, y: 0, l, h },
    ],
    [
      { x: 20, y: 75 },
      { x: 60, y: 315, l, h },
    ],
    // kept inside
    [
      { x: 100, y: 100 },
      { x: 300 - l, y: 420 - h, l, h },
    ],
  ] as const)('%j', (position, boite) => {
    const { avant, apres } = tamponner(dossier, une, { position });
    exigerSeulChangement(rendre(avant)[0] ?? AILLEURS, rendre(apres)[0] ?? AILLEURS, boite);
  });

  test('a lower right corner is that of the reader, whatever the rotation', () => {
    const tours = [90, 180, 270];
    const pages = tours.map((tour) => ({ contenus, entrees: `${PORTRAIT} /Rotate ${tour}` }));
    const { avant, apres } = tamponner(dossier, fabriquer({ pages }), { position: 'bas-droite' });
    const [avants, apreses] = [rendre(avant), rendre(apres)];
    for (const [rang, tour] of tours.entries()) {
      const [large, haut] = tour === 180 ? [300, 420] : [420, 300];
      const boite = { x: large - m - l, y: haut - m - h, l, h };
      exigerSeulChangement(avants[rang] ?? AILLEURS, apreses[rang] ?? AILLEURS, boite);
    }
  });

  test('a quarter larger, and fewer lines', () => {
    const { avant, apres } = tamponner(dossier, une, { echelle: 1.25, lignes: ['Publié le 04/03/2026'] });
    const boite = { x: m, y: m, l: 1.25 * l, h: 1.25 * 22 };
    exigerSeulChangement(rendre(avant)[0] ?? AILLEURS, rendre(apres)[0] ?? AILLEURS, boite);
  });

  test('a long identifier widens the box', () => {
    const lignes = [`ID : 021-210300017-20260302-${'DELIBERATION'.repeat(3)}-DE`];
    const { avant, apres } = tamponner(dossier, une, { lignes });
    const change = difference(rendre(avant)[0] ?? AILLEURS, rendre(apres)[0] ?? AILLEURS);
    expect(change?.l).toBeGreaterThan(2 * l + 20);
    expect(change?.h).toBeLessThanOrEqual(2 * 22 + 2);
  });

  test('on a page too small for it, reduced to stay inside', () => {
    const pages = [{ contenus: [''], entrees: '/MediaBox [0 0 100 80]' }];
    const { avant, apres } = tamponner(dossier, fabriquer({ pages }));
    const change = difference(rendre(avant)[0] ?? AILLEURS, rendre(apres)[0] ?? AILLEURS);
    expect(change?.x).toBeGreaterThanOrEqual(7);
    expect((change?.x ?? 0) + (change?.l ?? 0)).toBeLessThanOrEqual(193);
    expect(change?.l).toBeGreaterThan(170);
  });

  test('UserUnit: the size on paper does not follow the unit', () => {
    const pages = [{ contenus: [''], entrees: '/MediaBox [0 0 600 840] /UserUnit 0.5' }];
    const { avant, apres } = tamponner(dossier, fabriquer({ pages }));
    // poppler shows one unit as one point whatever UserUnit: the stamp takes twice as many of them
    const boite = { x: 2 * m, y: 2 * m, l: 2 * l, h: 2 * h };
    exigerSeulChangement(rendre(avant)[0] ?? AILLEURS, rendre(apres)[0] ?? AILLEURS, boite);
  });

  test.each([
    ['toutes', [1, 2, 3, 4]],
    ['premiere', [1]],
    [
      [4, 2, 2],
      [2, 4],
    ],
  ] as const)('pages %j', (pages, attendues) => {
    const octets = fabriquer({
      pages: [0, 90, 180, 0].map((t) => ({ entrees: `${PORTRAIT} /Rotate ${t}` })),
    });
    const { pose, avant, apres } = tamponner(dossier, octets, { pages });
    expect(pose.pages).toEqual(attendues);
    const avants = rendre(avant);
    const changees = rendre(apres).flatMap((vue, rang) =>
      difference(avants[rang] ?? AILLEURS, vue) === null ? [] : [rang + 1],
    );
    expect(changees).toEqual(attendues);
  });
});
