import { describe, expect, test } from 'vitest';
import { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import { MiseAJour } from '../../../../src/formats/pdf/mise-a-jour.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import { DessinTampon } from '../../../../src/formats/pdf/tampon-dessin.ts';
import type { Lieu } from '../../../../src/formats/pdf/tampon-lieu.ts';
import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import { fabriquer } from './fabrique.ts';
import { DEMANDE } from './oracles.ts';

/** The stamp as it is written. */

const DROIT: Lieu = { matrice: [1, 0, 0, 1], origine: [0, 0], boite: [0, 0, 0, 0] };
const TOURNE: Lieu = { ...DROIT, matrice: [0, 1, -1, 0] };

function dessiner(lignes: readonly string[], echelle = 1): { maj: MiseAJour; dessin: DessinTampon } {
  const maj = new MiseAJour(new DocumentPdf(new Octets(fabriquer())));
  return { maj, dessin: new DessinTampon(maj, lignes, echelle) };
}

/** The content of each form, and its dictionary. */
function formes(octets: Uint8Array): readonly { tete: string; contenu: readonly string[] }[] {
  const texte = Buffer.from(octets).toString('latin1');
  return [...texte.matchAll(/<<([^\n]*?\/Subtype\s*\/Form.*?)>>\nstream\n(.*?)\nendstream/gs)].map((m) => ({
    tete: m[1] ?? '',
    contenu: (m[2] ?? '').split('\n'),
  }));
}

describe('the stamp', () => {
  test('a box of a line more than its text; the lines from the top, eleven points apart', () => {
    const { maj, dessin } = dessiner(['Envoyé', 'Publié']);
    expect(dessin.cadre).toEqual({ largeur: 190, hauteur: 33 });
    dessin.forme(DROIT);
    const [{ tete, contenu } = { tete: '', contenu: [] }, ...autres] = formes(maj.terminer());
    expect(autres).toEqual([]);
    expect(tete).toMatch(/\/BBox\s*\[0 0 190 33\]/);
    expect(tete).toMatch(/\/Matrix\s*\[1 0 0 1 0 0\]/);
    expect(contenu.slice(0, 3)).toEqual([
      '/G gs',
      '1 1 1 rg 0.1 0.2 0.5 RG 0.75 w 0.5 0.5 189 32 re B',
      'BT 0.1 0.2 0.5 rg /F 7 Tf',
    ]);
    expect(contenu[3]).toMatch(/^1 0 0 1 8 19\.5 Tm <[0-9a-fA-F]{24}> Tj$/);
    expect(contenu[4]).toMatch(/^1 0 0 1 8 8\.5 Tm <[0-9a-fA-F]{24}> Tj$/);
    expect(contenu.slice(5)).toEqual(['ET', '']);
  });

  test('is seen through, by a fifth', () => {
    const { maj, dessin } = dessiner(['Envoyé']);
    dessin.forme(DROIT);
    expect(Buffer.from(maj.terminer()).toString('latin1')).toMatch(
      /\/ExtGState\s*<<\s*\/G\s*<<\s*\/Type\s*\/ExtGState\s*\/CA 0\.8\s*\/ca 0\.8\s*>>/,
    );
  });

  test('a long line widens it, by what it measures and two edges; the widest counts', () => {
    const une = dessiner(['M'.repeat(60)]).dessin.cadre.largeur;
    const deux = dessiner(['a', 'M'.repeat(120), 'b']).dessin.cadre.largeur;
    expect(une).toBeGreaterThan(190);
    expect(deux - une).toBeCloseTo(une - 16, 6);
  });

  test('the scale is of the box and of the form, not of what is written in it', () => {
    const { maj, dessin } = dessiner(['Envoyé', 'Publié'], 1.5);
    expect(dessin.cadre).toEqual({ largeur: 285, hauteur: 49.5 });
    dessin.forme(TOURNE);
    const [forme] = formes(maj.terminer());
    expect(forme?.tete).toMatch(/\/BBox\s*\[0 0 190 33\]/);
    expect(forme?.tete).toMatch(/\/Matrix\s*\[0 1\.5 -1\.5 0 0 0\]/);
  });

  test('one form for each orientation, whatever the number of pages; one font for all', () => {
    const { maj, dessin } = dessiner(['Envoyé']);
    const vues = [DROIT, TOURNE, DROIT, { ...DROIT, origine: [5, 5] as const }].map((l) => dessin.forme(l));
    expect(new Set(vues.map((r) => r.numero)).size).toBe(2);
    const octets = maj.terminer();
    expect(formes(octets)).toHaveLength(2);
    expect(
      Buffer.from(octets)
        .toString('latin1')
        .match(/\/FontFile2/g),
    ).toHaveLength(1);
  });

  test('what cannot be seen is left out: controls, spaces at the ends, halves of pairs', () => {
    const { dessin } = dessiner(['  Envoyé\r\n\tle \u0001 2 ', 'e\u0301\ud800']);
    expect(dessin.texte).toBe('Envoyé le   2\né\ufffd');
  });
});

describe('which pages', () => {
  const trois = fabriquer({ pages: [{}, {}, {}] });
  test.each([
    ['toutes', [1, 2, 3]],
    ['premiere', [1]],
    [
      [3, 1, 3],
      [1, 3],
    ],
    [[], []],
  ] as const)('%j', (pages, attendues) => {
    expect(tamponnerPdf(trois, { ...DEMANDE, pages }).pages).toEqual(attendues);
  });

  test('one that is not there is told, with how many there are', () => {
    expect(() => tamponnerPdf(trois, { ...DEMANDE, pages: [2, 4] })).toThrow(/VGM-PDF-004.*4.*3/);
  });

  test('a document without signature, neither encrypted nor certified', () => {
    expect(tamponnerPdf(trois, { ...DEMANDE, certifie: 'refuser' })).toMatchObject({
      annotees: 0,
      chiffre: false,
      signatures: 0,
      acces: null,
      certifie: false,
    });
  });
});

describe('what stands before it on the page', () => {
  const ajout = (contenu: string, ressources = ''): string => {
    const pdf = fabriquer({ pages: [{ contenus: [contenu], entrees: ressources }] });
    return Buffer.from(tamponnerPdf(pdf, DEMANDE).ajout).toString('latin1');
  };

  test('is closed first: texts, marks, states, each as many times as it is open', () => {
    expect(ajout('BT')).toMatch(/stream\n\s*ET\nQ\n/);
    expect(ajout('/A BMC /B BMC')).toMatch(/stream\n\s*EMC\nEMC\nQ\n/);
    expect(ajout('q q BT /A BMC')).toMatch(/stream\n\s*ET\nEMC\nQ\nQ\nQ\n/);
    expect(ajout('q Q')).toMatch(/stream\n\s*Q\n/);
  });

  test('keeps its names: the stamp takes one that is free', () => {
    const pris = '/Resources <</XObject <</VgmTampon $police /VgmTampon1 $police /VgmTampon2 $police>>>>';
    const noms = [...ajout('q Q', pris).matchAll(/\/(VgmTampon\d*) Do/g)].map(([, nom]) => nom);
    expect(noms).toHaveLength(1);
    expect(['VgmTampon', 'VgmTampon1', 'VgmTampon2']).not.toContain(noms[0]);
  });
});
