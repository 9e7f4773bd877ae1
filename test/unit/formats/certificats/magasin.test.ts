import { describe, expect, test } from 'vitest';
import { comparerFamilles, situation } from '../../../../src/formats/certificats/comparaison.ts';
import { fusionner } from '../../../../src/formats/certificats/fusion.ts';
import {
  type Ancre,
  ancresA,
  type Famille,
  lireMagasin,
  type MagasinConfiance,
  ouvrirMagasin,
  type Periode,
  periodeA,
  restreindre,
} from '../../../../src/formats/certificats/magasin.ts';
import { fabriquer } from './certificat-essai.ts';
import { INSTANT, le } from './pki.ts';

/** Trust stores as data: what is read of a file, and how several become one. */

const DER = fabriquer().toString('base64');
const PERIODE: Periode = {
  debut: '2026-01-01T00:00:00Z',
  fin: '2026-07-01T00:00:00Z',
  accorde: true,
  types: ['esign', 'eseal'],
  qualifications: [],
};
const ancre = (nom: string, periodes: readonly Periode[] = []): Ancre => ({
  certificat: DER,
  nom,
  periodes: [...periodes],
});
const FAMILLE: Famille = {
  nom: 'essai',
  libelle: 'Essai',
  lecture: 'tableau',
  ancres: [ancre('AC')],
  niveaux: [{ emetteur: '*', politique: '*', niveau: 'N' }],
  origine: 'essai',
};
const magasin = (...familles: readonly Famille[]): MagasinConfiance => ({
  version: 1,
  familles: [...familles],
});
const LISTE = {
  territoire: 'EU',
  numero: 42,
  emise: '2026-01-01T00:00:00Z',
  prochaine: null,
  sha256: 'a'.repeat(64),
  signataire: 'b'.repeat(64),
  importee: '2026-01-02T00:00:00Z',
};
const LISTES = {
  ...LISTE,
  pointeurs: [{ territoire: 'FR', adresse: 'https://x/', signataires: ['c'.repeat(64)] }],
};

const refus = (valeur: unknown): readonly string[] => {
  const lu = lireMagasin(valeur, ({ code = '' }) => `zod ${code}`);
  return lu.type === 'refuse' ? lu.problemes : [];
};
const avec = (change: object): unknown => magasin({ ...FAMILLE, ...change });

describe('a store is read strictly', () => {
  test('as it was written, a trusted list and the list of lists included', () => {
    const entier = {
      ...magasin({ ...FAMILLE, lecture: 'eidas', liste: { ...LISTE, territoire: 'FR' } }),
      listeDesListes: LISTES,
    };
    expect(lireMagasin(entier)).toEqual({ type: 'lu', magasin: entier });
    expect(lireMagasin(magasin())).toEqual({ type: 'lu', magasin: magasin() });
  });

  test.each(['0', '1', '2'])('an OID begins with %s', (racine) => {
    expect(refus(avec({ niveaux: [{ emetteur: '*', politique: `${racine}.0.10`, niveau: 'N' }] }))).toEqual(
      [],
    );
  });

  test.each(['', '1', '3.1', '1.02', '1.2.', '1..2', 'x1.2', '1.2x', `1${'.1'.repeat(41)}`, '**'])(
    '« %s » is no OID, nor any',
    (politique) => {
      expect(refus(avec({ niveaux: [{ emetteur: '*', politique, niveau: 'N' }] }))).toEqual([
        expect.stringMatching(/^familles\.0\.niveaux\.0\.politique/),
      ]);
    },
  );

  test.each(['', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(64)} `, `x${'a'.repeat(64)}`])(
    '« %s » names no authority',
    (emetteur) => {
      expect(refus(avec({ niveaux: [{ emetteur, politique: '*', niveau: 'N' }] }))).toEqual([
        expect.stringMatching(/^familles\.0\.niveaux\.0\.emetteur/),
      ]);
    },
  );

  test('forty arcs of an OID, a digest of 64 signs', () => {
    const regle = { emetteur: '0123456789abcdef'.repeat(4), politique: `1${'.1'.repeat(40)}`, niveau: 'N' };
    expect(refus(avec({ niveaux: [regle] }))).toEqual([]);
  });

  test.each([
    ['another version', { version: 2, familles: [] }, 'version'],
    ['an unknown name', { ...magasin(), autre: 1 }, ''],
    ['an unknown name in a family', avec({ autre: 1 }), 'familles.0'],
    ['a family in capitals', avec({ nom: 'RGS' }), 'familles.0.nom'],
    ['a family with a blank', avec({ nom: 'r gs' }), 'familles.0.nom'],
    ['a family of 41 letters', avec({ nom: 'a'.repeat(41) }), 'familles.0.nom'],
    ['a family without name', avec({ nom: '' }), 'familles.0.nom'],
    ['no label', avec({ libelle: '' }), 'familles.0.libelle'],
    ['an unknown reading', avec({ lecture: 'autre' }), 'familles.0.lecture'],
    [
      'an empty level',
      avec({ niveaux: [{ emetteur: '*', politique: '*', niveau: '' }] }),
      'familles.0.niveaux.0.niveau',
    ],
    [
      'an unknown name in a row',
      avec({ niveaux: [{ emetteur: '*', politique: '*', niveau: 'N', x: 1 }] }),
      'familles.0.niveaux.0',
    ],
    [
      'a date that is none',
      avec({ ancres: [ancre('AC', [{ ...PERIODE, debut: 'hier' }])] }),
      'familles.0.ancres.0.periodes.0.debut',
    ],
    [
      'an unknown kind',
      avec({ ancres: [ancre('AC', [{ ...PERIODE, types: ['x' as 'web'] }])] }),
      'familles.0.ancres.0.periodes.0.types.0',
    ],
    ['an unknown name in an anchor', avec({ ancres: [{ ...ancre('AC'), x: 1 }] }), 'familles.0.ancres.0'],
    ['a negative number of list', avec({ liste: { ...LISTE, numero: -1 } }), 'familles.0.liste.numero'],
    ['half a number of list', avec({ liste: { ...LISTE, numero: 0.5 } }), 'familles.0.liste.numero'],
    [
      'a list that the list of lists does not name so',
      { ...magasin(), listeDesListes: LISTE },
      'listeDesListes.pointeurs',
    ],
    [
      'a criterion of an unknown kind',
      avec({
        ancres: [
          ancre('AC', [
            {
              ...PERIODE,
              qualifications: [
                {
                  qualifieurs: [],
                  critere: { exige: 'x', politiques: [], usages: [], sous: [], inconnu: false } as never,
                },
              ],
            },
          ]),
        ],
      }),
      'familles.0.ancres.0.periodes.0.qualifications.0.critere.exige',
    ],
    ['nothing', null, ''],
  ])('%s is refused at its place, in the words given', (_, valeur, place) => {
    expect(refus(valeur)).toEqual([
      expect.stringMatching(new RegExp(`^${place.replaceAll('.', '\\.')} : (zod|il faut)`)),
    ]);
  });

  test('without words of its own, a problem has those of zod', () => {
    expect(lireMagasin({ version: 2, familles: [] })).toMatchObject({
      type: 'refuse',
      problemes: [expect.stringMatching(/^version : .+/)],
    });
  });

  test('criteria may hold criteria', () => {
    const feuille = {
      exige: 'none',
      politiques: [['1.2']],
      usages: [[{ usage: 'x', valeur: true }]],
      sous: [],
      inconnu: false,
    } as const;
    const critere = { exige: 'all', politiques: [], usages: [], sous: [feuille], inconnu: true } as const;
    const periode = { ...PERIODE, qualifications: [{ qualifieurs: ['QCForESig'], critere }] };
    expect(refus(avec({ ancres: [{ ...ancre('AC'), periodes: [periode] }] }))).toEqual([]);
  });

  test('every anchor that cannot be read is named, with its family', () => {
    const mauvaise = { ...ancre('Fausse'), certificat: 'AAAA' };
    expect(refus(avec({ ancres: [ancre('AC'), mauvaise] }))).toEqual([
      expect.stringMatching(/^essai, ancre « Fausse » : .+/),
    ]);
  });
});

describe('anchors at an instant', () => {
  const periode = (iso: string, change: Partial<Periode> = {}): boolean =>
    periodeA(ancre('AC', [{ ...PERIODE, ...change }]), le(iso)) !== null;

  test('from its start, to the instant before its end', () => {
    expect([periode('2025-12-31T23:59:59Z'), periode('2026-01-01T00:00:00Z')]).toEqual([false, true]);
    expect([periode('2026-06-30T23:59:59Z'), periode('2026-07-01T00:00:00Z')]).toEqual([true, false]);
    expect(periode('2099-01-01T00:00:00Z', { fin: null })).toBe(true);
    expect(periode('2026-03-01T00:00:00Z', { accorde: false })).toBe(false);
  });

  test('without period an anchor is trusted at any instant; with periods, only then', () => {
    const [famille] = ouvrirMagasin(
      magasin({
        ...FAMILLE,
        ancres: [
          ancre('toujours'),
          ancre('un temps', [PERIODE]),
          ancre('retirée', [{ ...PERIODE, accorde: false }]),
        ],
      }),
    );
    const noms = (iso: string): string[] =>
      famille === undefined ? [] : ancresA(famille, le(iso)).map((a) => a.ancre.nom);
    expect(noms('2026-03-01T00:00:00Z')).toEqual(['toujours', 'un temps']);
    expect(noms('2027-03-01T00:00:00Z')).toEqual(['toujours']);
  });

  test('an anchor that cannot be read is as absent', () => {
    const [famille] = ouvrirMagasin(
      magasin({ ...FAMILLE, ancres: [{ ...ancre('fausse'), certificat: 'AAAA' }, ancre('AC')] }),
    );
    expect(famille?.ancres.map((a) => [a.ancre.nom, a.certificat.sujet.texte])).toEqual([['AC', 'CN=Maire']]);
  });

  test('families of the names asked; all when none is', () => {
    const ouvert = ouvrirMagasin(magasin(FAMILLE, { ...FAMILLE, nom: 'autre' }));
    const noms = (...demandes: readonly string[]): string[] =>
      restreindre(ouvert, demandes).map((f) => f.famille.nom);
    expect([noms(), noms('autre'), noms('autre', 'absente', 'essai'), noms('absente')]).toEqual([
      ['essai', 'autre'],
      ['autre'],
      ['essai', 'autre'],
      [],
    ]);
  });
});

describe('several files make one store', () => {
  const fichier = (nom: string, ...familles: readonly Famille[]) => ({
    fichier: nom,
    magasin: magasin(...familles),
  });
  const LARGE = { emetteur: '*', politique: '*', niveau: 'M' } as const;

  test('families of a table are joined by name, in the order of the files; the same anchor once', () => {
    const suite: Famille = {
      ...FAMILLE,
      libelle: 'Autre',
      ancres: [ancre('AC'), ancre('AC 2')],
      niveaux: [LARGE],
      origine: 'suite',
    };
    expect(fusionner([fichier('a', FAMILLE), fichier('b', { ...FAMILLE, nom: 'dgfip' }, suite)])).toEqual({
      type: 'faite',
      magasin: magasin(
        {
          ...FAMILLE,
          ancres: [ancre('AC'), ancre('AC 2')],
          niveaux: [...FAMILLE.niveaux, LARGE],
          origine: 'essai ; suite',
        },
        { ...FAMILLE, nom: 'dgfip' },
      ),
    });
  });

  test('one file, or none, is the store itself', () => {
    expect(fusionner([])).toEqual({ type: 'faite', magasin: magasin() });
    expect(fusionner([fichier('a', FAMILLE)])).toEqual({ type: 'faite', magasin: magasin(FAMILLE) });
  });

  test('a trusted list has one file: an older copy would give back what the newer one withdrew', () => {
    const eidas: Famille = { ...FAMILLE, lecture: 'eidas' };
    expect(fusionner([fichier('a', eidas), fichier('b', eidas)])).toEqual({
      type: 'refuse',
      problemes: [
        'La famille « essai » est dans a et dans b : une liste de confiance n’a qu’un fichier. N’en garder qu’un.',
      ],
    });
  });

  test('one name read in two ways', () => {
    expect(
      fusionner([
        fichier('a', FAMILLE),
        fichier('b', { ...FAMILLE, lecture: 'eidas' }),
        fichier('c', FAMILLE),
      ]),
    ).toEqual({
      type: 'refuse',
      problemes: [
        'La famille « essai » est dans a et dans b, lue de deux manières. Renommer l’une des deux.',
      ],
    });
  });

  test('the list of lists has one file', () => {
    const avecListes = (nom: string) => ({ fichier: nom, magasin: { ...magasin(), listeDesListes: LISTES } });
    expect(fusionner([fichier('a', FAMILLE), avecListes('b')])).toEqual({
      type: 'faite',
      magasin: { ...magasin(FAMILLE), listeDesListes: LISTES },
    });
    expect(fusionner([avecListes('a'), avecListes('b')])).toEqual({
      type: 'refuse',
      problemes: ['La liste des listes est dans deux fichiers : a et b. N’en garder qu’un.'],
    });
  });
});

describe('what changed between two imports of a family, in words', () => {
  const eidas = (...ancres: readonly Ancre[]): Famille => ({
    ...FAMILLE,
    lecture: 'eidas',
    ancres: [...ancres],
  });
  const comparer = (avant: Famille | null, apres: Famille) => comparerFamilles(avant, apres, INSTANT);

  test('what an authority may do, at an instant', () => {
    expect(situation(ancre('AC'), INSTANT)).toBe('en vigueur');
    expect(situation(ancre('AC', [PERIODE]), INSTANT)).toBe('en vigueur (signature, cachet)');
    expect(situation(ancre('AC', [{ ...PERIODE, types: ['web'] }]), INSTANT)).toBe('en vigueur (site)');
    expect(situation(ancre('AC', [{ ...PERIODE, types: [] }]), INSTANT)).toBe('en vigueur');
    expect(situation(ancre('AC', [{ ...PERIODE, accorde: false }]), INSTANT)).toBe('plus en vigueur');
  });

  test('the first import adds all', () => {
    expect(comparer(null, eidas(ancre('A'), ancre('B', [PERIODE])))).toEqual({
      ajoutees: ['A : en vigueur', 'B : en vigueur (signature, cachet)'],
      retirees: [],
      changees: [],
    });
  });

  test('added, taken away, unchanged', () => {
    expect(comparer(eidas(ancre('A'), ancre('B')), eidas(ancre('B'), ancre('C')))).toEqual({
      ajoutees: ['C : en vigueur'],
      retirees: ['A : en vigueur'],
      changees: [],
    });
  });

  test('changed: from, to; or its history alone', () => {
    const retiree = { ...PERIODE, accorde: false };
    expect(comparer(eidas(ancre('A', [PERIODE])), eidas(ancre('A', [retiree]))).changees).toEqual([
      'A : en vigueur (signature, cachet) → plus en vigueur',
    ]);
    const plusLongue = { ...PERIODE, fin: null };
    expect(comparer(eidas(ancre('A', [PERIODE])), eidas(ancre('A', [plusLongue]))).changees).toEqual([
      'A : en vigueur (signature, cachet) (son histoire ou ses qualifications changent)',
    ]);
  });

  test('an authority that stands under several services is told once, by the name of each', () => {
    const deux = eidas(
      ancre('A', [PERIODE]),
      ancre('A', [{ ...PERIODE, types: ['web'] }]),
      ancre('B', [PERIODE]),
    );
    expect(comparer(null, deux).ajoutees).toEqual([
      'A : en vigueur (signature, cachet) ; en vigueur (site)',
      'B : en vigueur (signature, cachet)',
    ]);
    const meme = eidas(ancre('A', [PERIODE]), ancre('A', [PERIODE]));
    expect(comparer(null, meme).ajoutees).toEqual(['A : en vigueur (signature, cachet)']);
  });
});
