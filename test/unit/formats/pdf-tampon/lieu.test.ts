import { describe, expect, test } from 'vitest';
import { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import { parcourirPages } from '../../../../src/formats/pdf/pages.ts';
import {
  lirePageVisible,
  type PageVisible,
  type PositionTampon,
  situer,
} from '../../../../src/formats/pdf/tampon-lieu.ts';
import { fabriquer } from './fabrique.ts';

/** What is seen of a page, and where the stamp goes, in figures. */

const LETTRE = [0, 0, 612, 792];

function vue(entrees: string): PageVisible {
  const document = new DocumentPdf(new Octets(fabriquer({ pages: [{ entrees }] })));
  for (const page of parcourirPages(document)) return lirePageVisible(document, page);
  throw new TypeError('no page');
}

describe('what is seen of a page (ISO 32000-1, 7.7.3.3)', () => {
  test.each<[string, readonly number[]]>([
    ['/MediaBox [10 20 300 420]', [10, 20, 300, 420]],
    ['/MediaBox [300 20 10 420]', [10, 20, 300, 420]],
    ['/MediaBox [10 420 300 20]', [10, 20, 300, 420]],
    ['/MediaBox [0 0 1 1]', [0, 0, 1, 1]],
    ['/MediaBox [-1000000 -1000000 1000000 1000000]', [-1_000_000, -1_000_000, 1_000_000, 1_000_000]],
    ['/MediaBox [0 0 0.9 420]', LETTRE],
    ['/MediaBox [0 0 300 0.9]', LETTRE],
    ['/MediaBox [0 0 1000001 420]', LETTRE],
    ['/MediaBox [-1000001 0 300 420]', LETTRE],
    ['/MediaBox [0 0 300]', LETTRE],
    ['/MediaBox [0 0 300 /A]', LETTRE],
    ['/MediaBox null', LETTRE],
    ['/MediaBox [0 0 300 420] /CropBox [30 40 280 390]', [30, 40, 280, 390]],
    ['/MediaBox [0 0 300 420] /CropBox [-5 40 280 900]', [0, 40, 280, 420]],
    ['/MediaBox [0 0 300 420] /CropBox [30 -40 900 390]', [30, 0, 300, 390]],
    ['/MediaBox [0 0 300 420] /CropBox [299 40 900 390]', [299, 40, 300, 390]],
    ['/MediaBox [0 0 300 420] /CropBox [299.5 40 900 390]', [0, 0, 300, 420]],
    ['/MediaBox [0 0 300 420] /CropBox [30 419.5 280 900]', [0, 0, 300, 420]],
    ['/MediaBox [0 0 300 420] /CropBox [400 500 600 700]', [0, 0, 300, 420]],
    ['/MediaBox [0 0 300 420] /CropBox (a)', [0, 0, 300, 420]],
  ])('%s', (entrees, boite) => {
    expect(vue(entrees).boite).toEqual(boite);
  });

  test.each([
    ['0', 0],
    ['90', 90],
    ['180', 180],
    ['270', 270],
    ['360', 0],
    ['450', 90],
    ['-90', 270],
    ['-450', 270],
    ['45', 0],
    ['/A', 0],
  ])('turned by %s: %i', (tour, attendue) => {
    expect(vue(`/MediaBox [0 0 300 420] /Rotate ${tour}`).rotation).toBe(attendue);
  });

  test.each([
    ['2', 2],
    ['0.01', 0.01],
    ['10000', 10_000],
    ['0.009', 1],
    ['10001', 1],
    ['/A', 1],
    ['null', 1],
  ])('a unit of %s: %f', (unite, attendue) => {
    expect(vue(`/MediaBox [0 0 300 420] /UserUnit ${unite}`).unite).toBe(attendue);
  });
});

const PAGE: PageVisible = { boite: [30, 40, 630, 840], rotation: 0, unite: 1 };
const CADRE = { largeur: 200, hauteur: 40 };

describe('where the stamp goes', () => {
  test.each<[PositionTampon, readonly [number, number]]>([
    ['haut-gauche', [40, 790]],
    ['haut-droite', [420, 790]],
    ['bas-gauche', [40, 50]],
    ['bas-droite', [420, 50]],
    [{ x: 0, y: 0 }, [30, 800]],
    [{ x: 50, y: 25 }, [330, 600]],
    [{ x: 100, y: 100 }, [430, 40]],
    [{ x: 70, y: 96 }, [430, 40]],
    [{ x: -5, y: -5 }, [30, 800]],
  ])('%j', (position, [x, y]) => {
    expect(situer(PAGE, CADRE, position)).toEqual({
      matrice: [1, 0, 0, 1],
      origine: [x, y],
      boite: [x, y, x + 200, y + 40],
    });
  });

  test.each([
    [90, 'haut-gauche', [0, 1, -1, 0], [80, 50], [40, 50, 80, 250]],
    [90, 'bas-droite', [0, 1, -1, 0], [620, 630], [580, 630, 620, 830]],
    [180, 'haut-gauche', [-1, 0, 0, -1], [620, 90], [420, 50, 620, 90]],
    [180, 'bas-droite', [-1, 0, 0, -1], [240, 830], [40, 790, 240, 830]],
    [270, 'haut-gauche', [0, -1, 1, 0], [580, 830], [580, 630, 620, 830]],
    [270, 'bas-droite', [0, -1, 1, 0], [40, 250], [40, 50, 80, 250]],
  ] as const)('turned by %i, %s', (...[rotation, position, matrice, origine, boite]) => {
    const lieu = situer({ ...PAGE, rotation }, CADRE, position);
    expect(lieu.matrice.map((n) => n + 0)).toEqual(matrice);
    expect([lieu.origine, lieu.boite]).toEqual([origine, boite]);
  });

  test('of its true size, whatever the unit', () => {
    expect(situer({ ...PAGE, unite: 2 }, CADRE, 'haut-gauche')).toEqual({
      matrice: [0.5, 0, 0, 0.5],
      origine: [35, 815],
      boite: [35, 815, 135, 835],
    });
  });

  test.each([
    ['too narrow', [0, 0, 100, 50], 2.5, 0.475],
    ['too low', [0, 0, 1000, 20], 1, 0.45],
  ] as const)('on a page that is %s, reduced to stay inside', (...[, boite, marge, echelle]) => {
    const lieu = situer({ ...PAGE, boite }, CADRE, 'bas-droite');
    expect(lieu.matrice[0]).toBeCloseTo(echelle, 9);
    expect(lieu.origine[0]).toBeCloseTo(boite[2] - marge - 200 * echelle, 9);
    expect(lieu.origine[1]).toBeCloseTo(marge, 9);
    expect(lieu.boite[2]).toBeCloseTo(boite[2] - marge, 9);
    expect(lieu.boite[3]).toBeCloseTo(marge + 40 * echelle, 9);
  });
});
