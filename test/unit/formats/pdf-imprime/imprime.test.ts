import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Imprime, imprimer, type SectionImprimee } from '../../../../src/formats/pdf/imprime.ts';
import { couperEnLignes } from '../../../../src/formats/pdf/imprime-texte.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { decouper, Dossier, type Image, plaintes, rendre, texteDe } from '../pdf-tampon/oracles.ts';
import { Balisage, type Element, tous } from './structure.ts';

let dossier: Dossier;
beforeAll(() => {
  dossier = new Dossier();
});
afterAll(() => dossier.fermer());

const COLONNES = [
  { titre: 'Nom du fichier', part: 4 },
  { titre: 'Format', part: 2 },
  { titre: 'Taille', part: 2 },
];
const fichiers = (n: number): SectionImprimee => ({
  type: 'tableau',
  titre: 'Fichiers',
  colonnes: COLONNES,
  lignes: Array.from({ length: n }, (_, i) => [
    `99_AU-014-211403278-20260302-DELIB_2026_03-DE-1-1_${i + 1}.pdf`,
    'application/pdf',
    '123 456 octets',
  ]),
});
const FICHE: SectionImprimee = {
  type: 'fiche',
  titre: 'Transaction',
  lignes: [
    ['Nature', 'Délibérations'],
    ['Objet', 'Œuvre d’aménagement de l’Ôde à Łódź, ẞ, ŵ, ǅ, ṩ : « coût » 12 €'],
    ['Vide', ''],
  ],
};
const IMPRIME: Imprime = {
  titre: 'Bordereau d’acquittement',
  entete: 'Commune d’Hérouville-Saint-Clair',
  pied: 'Édité par l’opérateur d’essai',
  date: Date.parse('2026-03-04T10:00:00Z') as Instant,
  sections: [FICHE, fichiers(60), { type: 'texte', titre: 'Mentions', paragraphes: ['Un.', 'Deux.'] }],
};

async function editer(sections: readonly SectionImprimee[]): Promise<string> {
  return dossier.poser(await imprimer({ ...IMPRIME, sections }));
}

const plat = (chemin: string, ...options: readonly string[]): string =>
  texteDe(chemin, ...options).replace(/\s+/g, ' ');

/** White in the margins: nothing is drawn out of the sheet. */
function exigerMarges({ largeur, hauteur, points }: Image): void {
  const bord = 80;
  const image = { largeur, hauteur, points };
  for (const boite of [
    { x: 0, y: 0, l: bord, h: hauteur },
    { x: largeur - bord, y: 0, l: bord, h: hauteur },
    { x: 0, y: 0, l: largeur, h: bord },
    { x: 0, y: hauteur - 40, l: largeur, h: 40 },
  ]) {
    expect(decouper(image, boite).points.every((octet) => octet === 255)).toBe(true);
  }
}

describe('what is printed', () => {
  let chemin: string;
  let octets: Buffer;
  beforeAll(async () => {
    octets = await imprimer(IMPRIME);
    chemin = dossier.poser(octets);
  });

  test('qpdf finds nothing to say; A4; every font is embedded and reduced', () => {
    expect(plaintes(chemin)).toBe('0 ');
    const infos = execFileSync('pdfinfo', [chemin], { encoding: 'utf8' });
    expect(infos).toMatch(/Page size: +595.28 x 841.89 pts \(A4\)/);
    expect(infos).toMatch(/Title: +Bordereau d’acquittement\n/);
    expect(infos).toMatch(/Author: +Commune d’Hérouville-Saint-Clair\n/);
    const polices = execFileSync('pdffonts', [chemin], { encoding: 'utf8' }).trim().split('\n').slice(2);
    expect(polices).toHaveLength(2);
    for (const police of polices) expect(police).toMatch(/\+NotoSans-(Regular|Bold) .* yes yes yes /);
    expect(octets.length).toBeLessThan(80_000);
  });

  test('all that was given can be read, accents and rare letters included', () => {
    const texte = plat(chemin);
    for (const dit of [
      'Commune d’Hérouville-Saint-Clair',
      'Bordereau d’acquittement',
      'Délibérations',
      'Œuvre d’aménagement de l’Ôde à Łódź, ẞ, ŵ, ǅ, ṩ : « coût » 12 €',
      'Édité par l’opérateur d’essai',
      'Un. Deux.',
    ]) {
      expect(texte).toContain(dit);
    }
    const colle = texteDe(chemin).replace(/\s+/g, '');
    for (let i = 1; i <= 60; i += 1) expect(colle).toContain(`DELIB_2026_03-DE-1-1_${i}.pdf`);
  });

  test('the same description makes the same bytes; another date, others', async () => {
    expect((await imprimer(IMPRIME)).equals(octets)).toBe(true);
    expect((await imprimer({ ...IMPRIME, date: (IMPRIME.date + 1000) as Instant })).equals(octets)).toBe(
      false,
    );
  });

  test('each page has its number, the header of the table that goes on, and its margins', () => {
    const pages = rendre(chemin);
    expect(pages.length).toBeGreaterThanOrEqual(3);
    for (const [rang, page] of pages.entries()) {
      exigerMarges(page);
      const texte = plat(chemin, '-f', String(rang + 1), '-l', String(rang + 1));
      expect(texte).toContain(`page ${rang + 1} sur ${pages.length}`);
      expect(texte.includes('Nom du fichier Format Taille')).toBe(texte.includes('application/pdf'));
    }
  });
});

/** Shape of an element and of what is under it: `TR(TH TD)`. */
function forme({ type, enfants }: Element): string {
  return enfants.length === 0 ? type : `${type}(${enfants.map(forme).join(' ')})`;
}

describe('what is read aloud (ISO 32000-1, 14.8)', () => {
  let balisage: Balisage;
  beforeAll(async () => {
    balisage = new Balisage(await imprimer(IMPRIME));
  });

  test('the document says its language, that it is tagged, and shows its title', () => {
    const { catalogue, document } = balisage;
    expect(balisage.texte(catalogue.entrees.get('Lang'))).toBe('fr-FR');
    expect(document.dictionnaire(catalogue.entrees.get('MarkInfo'))?.entrees.get('Marked')).toMatchObject({
      texte: 'true',
    });
    const vue = document.dictionnaire(catalogue.entrees.get('ViewerPreferences'));
    expect(vue?.entrees.get('DisplayDocTitle')).toMatchObject({ texte: 'true' });
  });

  test('titles, tables, rows, headers and cells, in the order of reading', () => {
    const [doc] = balisage.racine.enfants;
    const blocs = (doc?.enfants ?? []).map(forme);
    expect(doc?.type).toBe('Document');
    expect(blocs.slice(0, 4)).toEqual(['P', 'H1', 'H2', 'Table(TR(TH TD) TR(TH TD) TR(TH TD))']);
    expect(blocs[4]).toBe('H2');
    expect(blocs[5]).toBe(
      `Table(TR(TH TH TH) ${Array.from({ length: 60 }, () => 'TR(TD TD TD)').join(' ')})`,
    );
    expect(blocs.slice(6)).toEqual(['H2', 'P', 'P']);
  });

  test('a header says what it heads: its row in a list, its column in a table; it comes once', () => {
    const [fiche, tableau] = tous(balisage.racine, 'Table');
    expect(fiche === undefined ? [] : tous(fiche, 'TH').map((t) => t.portee)).toEqual(['Row', 'Row', 'Row']);
    expect(tableau === undefined ? [] : tous(tableau, 'TH').map((t) => t.portee)).toEqual([
      'Column',
      'Column',
      'Column',
    ]);
  });

  test('every mark of the pages belongs to one element, and the rest is an artefact', () => {
    const dits: string[] = [];
    const visiter = (e: Element): void => {
      dits.push(...e.contenus);
      e.enfants.forEach(visiter);
    };
    visiter(balisage.racine);
    const marques = balisage
      .pages()
      .flatMap(({ numero, contenu }) =>
        [...contenu.matchAll(/\/MCID (\d+)/g)].map(([, mcid]) => `${numero} ${mcid}`),
      );
    expect(dits.toSorted()).toEqual(marques.toSorted());
    expect(new Set(dits).size).toBe(dits.length);
    for (const { contenu } of balisage.pages()) {
      let ouverts = 0;
      for (const ligne of contenu.split('\n')) {
        if (/ (BMC|BDC)$/.test(ligne)) ouverts += 1;
        if (ligne === 'EMC') ouverts -= 1;
        // nothing is shown outside of a mark
        if (/ T[jJ]$/.test(ligne)) expect(ouverts).toBe(1);
      }
      expect(ouverts).toBe(0);
    }
  });

  test('as poppler hears it', () => {
    const chemin = dossier.poser(
      Buffer.from(balisage.document.octets.tranche(0, balisage.document.octets.taille)),
    );
    const dit = execFileSync('pdfinfo', ['-struct-text', chemin], { encoding: 'utf8' });
    expect(dit).toMatch(/H1 \(block\)\s+"Bordereau d’acquittement"/);
    expect(dit).toMatch(/TH[^"]+"Nature"\s+TD[^"]+"Délibérations"/);
  });
});

describe('page breaks', () => {
  test('a cell higher than a page goes over to the next ones, whole', async () => {
    const mots = Array.from({ length: 3000 }, (_, i) => `mot${i}`).join(' ');
    const chemin = await editer([
      {
        type: 'tableau',
        titre: 'Long',
        colonnes: COLONNES,
        lignes: [
          ['avant', 'x', 'y'],
          [mots, 'à côté', ''],
          ['après', '', ''],
        ],
      },
    ]);
    expect(plaintes(chemin)).toBe('0 ');
    const texte = plat(chemin, '-raw');
    for (const i of [0, 777, 1500, 2999]) expect(texte).toContain(`mot${i} `);
    expect(texte.split('Nom du fichier').length - 1).toBe(rendre(chemin).length);
    rendre(chemin).forEach(exigerMarges);
    const [table] = tous(new Balisage(await imprimer({ ...IMPRIME, sections: [] })).racine, 'Table');
    expect(table).toBeUndefined();
  });

  test('a row is not cut when a page would hold it; a title is not left alone at the foot of a page', async () => {
    for (let n = 22; n < 30; n += 1) {
      const feuilles = texteDe(await editer([fichiers(n), { ...FICHE, titre: 'Suite' }])).split('\f');
      const suite = feuilles.find((t) => t.includes('Suite')) ?? '';
      expect(suite.replace(/\s+/g, ' ')).toMatch(/Suite Nature Délibérations/);
      for (const feuille of feuilles) {
        expect(feuille.split('99_AU').length).toBe(feuille.split('.pdf').length);
      }
    }
  });

  test('a paragraph of several pages', async () => {
    const chemin = await editer([{ type: 'texte', titre: 'Long', paragraphes: ['ligne\n'.repeat(200)] }]);
    expect(plat(chemin).split('ligne').length - 1).toBe(200);
    rendre(chemin).forEach(exigerMarges);
  });

  test('an empty table says so', async () => {
    expect(plat(await editer([fichiers(0)]))).toContain('Fichiers Néant.');
  });
});

describe('any text', () => {
  test('characters that the font has not are replaced by a sign that is seen', async () => {
    const chemin = await editer([
      {
        type: 'texte',
        titre: 'Ailleurs \u{1f600}',
        paragraphes: ['漢字 \ud800 fin', 'a\u0000b\u202ec\u200bd\te'],
      },
    ]);
    const texte = plat(chemin);
    expect(texte).toContain('Ailleurs \ufffd');
    expect(texte).toContain('\ufffd\ufffd \ufffd fin');
    expect(texte).toContain('a bcd e');
  });

  test('accents that come apart from their letter are put back', async () => {
    expect(
      plat(await editer([{ type: 'texte', titre: 'NFC', paragraphes: ['De\u0301libe\u0301ration'] }])),
    ).toContain('Délibération');
  });

  test('every letter of the Latin blocks is drawn as itself', async () => {
    const plages = [
      [0x21, 0x7e],
      [0xa1, 0x24f],
      [0x1e00, 0x1eff],
      [0x2c60, 0x2c7f],
    ] as const;
    const lettres = plages
      .flatMap(([de, a]) => Array.from({ length: a - de + 1 }, (_, i) => String.fromCodePoint(de + i)))
      .filter((c) => c.normalize('NFC') === c && !/\p{Cf}/u.test(c));
    const chemin = await editer([
      { type: 'texte', titre: 'Lettres', paragraphes: [lettres.toReversed().join(' ')] },
    ]);
    const lues = new Set(texteDe(chemin, '-raw'));
    expect(lettres.filter((c) => !lues.has(c))).toEqual([]);
  });
});

describe('lines', () => {
  const lignes = (texte: string, largeur: number): readonly string[] =>
    couperEnLignes(texte, largeur, (t) => t.length);

  test('words go to the next line; long ones are cut at their signs, or where they must be', () => {
    expect(lignes('un deux trois', 8)).toEqual(['un deux', 'trois']);
    expect(lignes('un  \t deux', 20)).toEqual(['un deux']);
    expect(lignes('application/pdf', 12)).toEqual(['application/', 'pdf']);
    expect(lignes('voir 99_AU-014-2114.pdf ici', 8)).toEqual(['voir', '99_AU', '-014', '-2114.', 'pdf ici']);
    expect(lignes('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(lignes('a\n\nb', 4)).toEqual(['a', '', 'b']);
    expect(lignes('', 4)).toEqual(['']);
  });

  test('a space that must not break does not', () => {
    expect(lignes('12\u00a0345\u202f€ ici', 9)).toEqual(['12\u00a0345\u202f€', 'ici']);
  });

  test('even a letter wider than the line is placed', () => {
    expect(lignes('abc', 0)).toEqual(['a', 'b', 'c']);
  });
});
