import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ErreurDocument } from '../../../src/cli/erreurs.ts';
import { refuserManifeste } from '../../../src/cli/lot/fautes.ts';
import { lireManifeste, type Manifeste } from '../../../src/protocoles/actes/lot/manifeste.ts';

/** The manifest of a batch: read as the tools of a town hall write it, refused in full and line by line. */

const TITRES = 'numero;date;objet;nature;matiere;document;typologie';
const LIGNE = 'DELIB_1;2026-03-02;Budget de l’école;1;7.1;delib.pdf;99_DE';

const texte = (...lignes: readonly string[]): Buffer => Buffer.from(`${lignes.join('\r\n')}\r\n`);
const lire = (...lignes: readonly string[]): Manifeste => lireManifeste(texte(...lignes));

function bon(manifeste: Manifeste): Manifeste['lignes'] {
  expect(manifeste.fautes).toEqual([]);
  return manifeste.lignes;
}

/** `LOT-06 ligne 2, colonne date`. */
function dites({ fautes }: Manifeste): string[] {
  return refuserManifeste('lot.csv', fautes).anomalies.map((a) => `${a.code} ${a.ou ?? ''}`.trim());
}

const ACTE = {
  ligne: 2,
  numero: 'DELIB_1',
  date: '2026-03-02',
  objet: 'Budget de l’école',
  nature: '1',
  matiere: '7.1',
  document: { fichier: 'delib.pdf', typologie: '99_DE' },
  annexes: [],
  papier: false,
  precedent: undefined,
};

describe('what a manifest may be', () => {
  test.each([
    ['UTF-8', texte(TITRES, LIGNE)],
    ['UTF-8 with its mark', Buffer.concat([Buffer.from('\uFEFF'), texte(TITRES, LIGNE)])],
    ['Windows-1252', Buffer.from(`${TITRES}\r\n${LIGNE}\r\n`.replace('’', '\x92'), 'latin1')],
    ['UTF-16, the « Texte Unicode » of a spreadsheet', Buffer.from(`\uFEFF${TITRES}\n${LIGNE}\n`, 'utf16le')],
    ['commas', texte(TITRES.replaceAll(';', ','), LIGNE.replaceAll(';', ','))],
    ['tabulations', texte(TITRES.replaceAll(';', '\t'), LIGNE.replaceAll(';', '\t'))],
    ['line feeds', Buffer.from(`${TITRES}\n${LIGNE}`)],
    ['carriage returns', Buffer.from(`${TITRES}\r${LIGNE}\r`)],
    [
      'quotes everywhere',
      texte(
        ...[TITRES, LIGNE].map((l) =>
          l
            .split(';')
            .map((c) => `"${c}"`)
            .join(';'),
        ),
      ),
    ],
    ['titles as people write them', texte('Numéro ; DATE;Objet;Nature;Matière;Document;Typologie', LIGNE)],
    ['a date of a French spreadsheet', texte(TITRES, LIGNE.replace('2026-03-02', '2/03/2026'))],
    ['empty lines and columns of a spreadsheet', texte(`${TITRES};;`, `${LIGNE};;`, ';;;;;;;;', '')],
    ['an abbreviated typologie in small letters', texte(TITRES, LIGNE.replace('99_DE', '99_de'))],
  ])('%s', (_nom, octets) => {
    expect(bon(lireManifeste(octets))).toEqual([ACTE]);
  });

  test('columns in any order, annexes with their types, paper, the acte that is replaced', () => {
    const [acte] = bon(
      lire(
        'papier;precedent;annexes;typologies annexes;typologie;document;matiere;nature;objet;date;numero',
        'OUI;034-213400016-20260101-D1-DE;plan.pdf | b/rapport.pdf;99_AU|21_da;99_DE;d.pdf;7.10;DE;"Bail du ""Moulin"" ; avenant";2026-03-02;N1',
      ),
    );
    expect(acte).toEqual({
      ligne: 2,
      numero: 'N1',
      date: '2026-03-02',
      objet: 'Bail du "Moulin" ; avenant',
      nature: 'DE',
      matiere: '7.10',
      document: { fichier: 'd.pdf', typologie: '99_DE' },
      annexes: [
        { fichier: 'plan.pdf', typologie: '99_AU' },
        { fichier: 'b/rapport.pdf', typologie: '21_DA' },
      ],
      papier: true,
      precedent: '034-213400016-20260101-D1-DE',
    });
  });

  test('the row told is that of the spreadsheet, whatever a cell holds', () => {
    const deux = LIGNE.replace('DELIB_1', 'D2')
      .replace('Budget de', '"Budget\r\nde')
      .replace('école', 'école"');
    expect(bon(lire(TITRES, deux, '', LIGNE)).map((l) => l.ligne)).toEqual([2, 4]);
  });
});

describe('what is wrong in it is told in full, at its place', () => {
  test('every fault of every line at once', () => {
    const manifeste = lire(
      `${TITRES};annexes;typologies_annexes;papier`,
      'D1;30/02/2026;;1;7,1;d.pdf;DE;;;',
      'D2;2026-03-02;Objet;1;7.1;d.pdf;99_DE;a.pdf|b.pdf;99_DE;peut-être',
      ';2026-03-02;Objet;1;01/07/2026;;99_DE;a.pdf||c.pdf;99_DE|xx|99_AU;non',
    );
    expect(dites(manifeste)).toEqual([
      'LOT-05 ligne 2, colonne objet',
      'LOT-06 ligne 2, colonne date',
      'LOT-07 ligne 2, colonne matiere',
      'LOT-08 ligne 2, colonne typologie',
      'LOT-08 ligne 3, colonne typologies_annexes',
      'LOT-09 ligne 3, colonne papier',
      'LOT-05 ligne 4, colonne numero',
      'LOT-05 ligne 4, colonne document',
      'LOT-07 ligne 4, colonne matiere',
      'LOT-05 ligne 4, colonne annexes',
      'LOT-08 ligne 4, colonne typologies_annexes',
    ]);
  });

  test('an acte twice in the batch: same number, date and nature; one of them apart is another acte', () => {
    const doubles = lire(
      TITRES,
      LIGNE,
      LIGNE.replace(';1;', ';DE;'),
      LIGNE.replace(';1;', ';2;'),
      LIGNE.replace('-02', '-03'),
    );
    expect(dites(doubles)).toEqual(['LOT-10 ligne 3, colonne numero']);
    expect(doubles.fautes[0]?.message).toContain('ligne 2');
  });

  test('a separator that nobody quoted shifts what follows: the line is refused, not guessed', () => {
    expect(dites(lire(TITRES, LIGNE.replace('école', 'école ; suite')))).toEqual(['LOT-04 ligne 2']);
    expect(dites(lire(TITRES, 'D1;2026-03-02;Objet'))).toEqual(['LOT-04 ligne 2']);
  });

  test('quotes out of place hide what follows: the first is told, alone, with its line', () => {
    expect(dites(lire(TITRES, LIGNE, LIGNE.replace('Budget', 'Bud"get'), 'x'))).toEqual(['LOT-02 ligne 3']);
    expect(dites(lire(TITRES, LIGNE.replace('Budget', '"Budget'), LIGNE))).toEqual(['LOT-02 ligne 2']);
  });

  test.each([
    ['a column unknown', [`${TITRES};service`, `${LIGNE};x`], 'service'],
    ['a column twice', [`${TITRES};Objet`, `${LIGNE};x`], 'deux fois'],
    ['a column without title', ['numero;;date;objet;nature;matiere;document;typologie'], 'colonne 2'],
    ['a column missing', [TITRES.replace(';typologie', ''), LIGNE], 'typologie'],
    ['no title at all', [LIGNE], 'DELIB_1'],
  ])('%s', (_nom, lignes, attendu) => {
    const { fautes } = lire(...lignes);
    expect(fautes.every((f) => f.question === 'colonnes')).toBe(true);
    expect(fautes.map((f) => f.message).join(' ')).toContain(attendu);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['titles alone', texte(TITRES)],
    ['a spreadsheet', Buffer.from('PK\x03\x04reste')],
    ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['bytes that are no text', texte(TITRES, LIGNE.replace('B', '\0'))],
    ['more lines than are held in memory', texte(TITRES, ...Array.from({ length: 20_001 }, () => LIGNE))],
  ])('%s is no batch', (_nom, octets) => {
    expect(dites(lireManifeste(octets))).toEqual(['LOT-01']);
  });

  test('a hundred faults are told, the others counted', () => {
    const { fautes } = lire(
      TITRES,
      ...Array.from({ length: 150 }, (_, k) => LIGNE.replace('DELIB_1', `D${k}`).replace('2026-', '26-')),
    );
    const erreur = refuserManifeste('lot.csv', fautes);
    expect(erreur).toBeInstanceOf(ErreurDocument);
    expect(erreur.anomalies).toHaveLength(100);
    expect(erreur.fiche.message).toBe(
      'Le manifeste lot.csv ne peut pas être déposé : 150 fautes, dont les 100 premières sont dites ici.',
    );
    expect(erreur.sortie).toBe(3);
  });
});

describe('hostile bytes', () => {
  const cellule = fc.oneof(
    fc.constantFrom(
      '',
      'D1',
      '2026-03-02',
      '7.1',
      '99_DE',
      '"',
      '""',
      ';',
      '\t',
      '|',
      '\uFFFE',
      '=cmd',
      '\u202E',
      'x'.repeat(300),
    ),
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const ligne = fc.array(cellule, { maxLength: 12 }).map((c) => c.join(';'));
  const bonne = fc.nat(9999).map((n) => LIGNE.replace('DELIB_1', `D${n}`));
  const table = fc.record({
    titres: fc.oneof(
      fc.constant(TITRES),
      fc.constant(`${TITRES};annexes;typologies_annexes;papier;precedent`),
      ligne,
    ),
    lignes: fc.array(fc.oneof({ weight: 4, arbitrary: bonne }, { weight: 1, arbitrary: ligne }), {
      maxLength: 5,
    }),
    octets: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 20 })),
    ou: fc.nat(400),
    encodage: fc.constantFrom('utf8' as const, 'latin1' as const, 'utf16le' as const),
  });

  test('always an answer: actes that are whole, or faults in French, each with its remedy', () => {
    let bons = 0;
    const propriete = fc.property(table, ({ titres, lignes, octets, ou, encodage }) => {
      const propre = Buffer.from([titres, ...lignes].join('\n'), encodage);
      const sale = Buffer.concat([propre.subarray(0, ou), octets, propre.subarray(ou)]);
      const { lignes: actes, fautes } = lireManifeste(sale);
      for (const f of fautes) {
        expect(f.message).toMatch(/^\p{Lu}.*\.$/su);
        expect(f.remede).toMatch(/^\p{Lu}.*[.)]$/su);
        expect(f.message.length).toBeLessThan(600);
      }
      expect(refuserManifeste('m', fautes).anomalies.length).toBeLessThanOrEqual(100);
      if (fautes.length > 0) return;
      expect(actes.length).toBeGreaterThan(0);
      bons += 1;
      for (const a of actes) {
        expect([a.numero, a.objet, a.nature, a.document.fichier].every((v) => v !== '')).toBe(true);
        expect(a.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        expect([a.document, ...a.annexes].every((p) => /^[0-9A-Z]{2}_[0-9A-Z]{2}$/.test(p.typologie))).toBe(
          true,
        );
        expect(a.annexes.every((p) => p.fichier !== '')).toBe(true);
      }
    });
    fc.assert(propriete, { numRuns: Number(process.env['FUZZ'] ?? 2_500), seed: 20_260_310 });
    // else the rule above would be tried on nothing
    expect(bons).toBeGreaterThan(100);
  });
});
