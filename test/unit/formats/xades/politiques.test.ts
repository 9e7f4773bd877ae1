import { describe, expect, test } from 'vitest';
import {
  avisPolitique,
  type LignePolitique,
  oidNu,
  POLITIQUES_HELIOS,
  politiquesA,
} from '../../../../src/formats/xades/politiques.ts';
import { lirePolitiques } from '../../../../src/formats/xades/politiques-fichier.ts';
import { le } from '../certificats/pki.ts';

const octets = (n: number, valeur = 1): string => Buffer.alloc(n, valeur).toString('base64');

const LIGNE: LignePolitique = {
  identifiant: 'urn:oid:1.2.3',
  hachage: 'SHA-256',
  empreinte: octets(32),
  libelle: 'Politique',
  adresse: 'https://essai.invalid/p.pdf',
  depuis: '2026-01-01',
  origine: 'courrier',
};

describe('the policies of the DGFiP that are known (crypto.md § 7)', () => {
  test('…1.7 with SHA-256 first, for the first that is not obsolete signs; then …1.4 with both digests', () => {
    const HELIOS = 'urn:oid:1.2.250.1.131.1.5.18.21.1';
    expect(POLITIQUES_HELIOS.map((l) => [l.identifiant, l.hachage, l.empreinte])).toEqual([
      [`${HELIOS}.7`, 'SHA-256', 'roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E='],
      [`${HELIOS}.4`, 'SHA-256', 'pYtFgzn09kQWZywqdIGVd1fFI07tjKmEAyQHr0l/YAk='],
      [`${HELIOS}.4`, 'SHA-1', 'Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q='],
    ]);
    expect(
      POLITIQUES_HELIOS.map((l) => new URL(l.adresse).pathname.split('/').at(-1)?.toLowerCase()),
    ).toEqual(Array.from({ length: 3 }, () => 'ps_helios_dgfip.pdf'));
    expect(POLITIQUES_HELIOS.map((l) => [l.depuis, l.jusqua])).toEqual([
      ['2018-03-01', undefined],
      ['2011-02-09', undefined],
      ['2011-02-09', undefined],
    ]);
  });

  test.each([
    ['…7 with its digest', 7, 'SHA-256', 'roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=', 'connue'],
    ['…4 with its old digest', 4, 'SHA-1', 'Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q=', 'connue'],
    // the DGFiP's own sample of 2018
    ['…7 with the digest of …4', 7, 'SHA-1', 'Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q=', 'paire_inattendue'],
    [
      'the digest under another name',
      7,
      'SHA-512',
      'roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=',
      'paire_inattendue',
    ],
    [
      '…7 with the other digest of …4',
      7,
      'SHA-256',
      'pYtFgzn09kQWZywqdIGVd1fFI07tjKmEAyQHr0l/YAk=',
      'paire_inattendue',
    ],
    ['…9', 9, 'SHA-256', 'roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=', 'inconnue'],
  ])('%s: %s %s %s → %s', (...[, rang, hachage, empreinte, avis]) => {
    const identifiant = `urn:oid:1.2.250.1.131.1.5.18.21.1.${rang}`;
    expect(avisPolitique(POLITIQUES_HELIOS, { identifiant, hachage, empreinte })).toBe(avis);
  });
});

describe('a policy is named by its OID, with or without « urn:oid: » (RFC 3061)', () => {
  test.each([
    ['1.2.3', '1.2.3'],
    [' urn:oid:1.2.3\n', '1.2.3'],
    ['URN:OID:1.2.3', '1.2.3'],
    ['https://urn:oid:1.2.3', 'https://urn:oid:1.2.3'],
  ])('« %s » → %s', (ecrit, nu) => {
    expect(oidNu(ecrit)).toBe(nu);
  });

  test('white space around the digest says nothing', () => {
    const vue = { identifiant: ' 1.2.3 ', hachage: 'SHA-256', empreinte: ` ${octets(32)}\n` };
    expect(avisPolitique([LIGNE], vue)).toBe('connue');
  });
});

describe('the days of the table are those of France', () => {
  const fermees = [{ ...LIGNE, jusqua: '2026-06-30' }];

  test('a closed row may be signed under through its last day', () => {
    expect(politiquesA(fermees, le('2026-06-30T21:59:59Z'))).toEqual(fermees);
    expect(politiquesA(fermees, le('2026-06-30T22:00:00Z'))).toEqual([]);
    expect(politiquesA([LIGNE], le('2099-01-01T00:00:00Z'))).toEqual([LIGNE]);
  });

  test('a signature made after is under no known policy; one that does not say when is not judged on it', () => {
    const avis = (instant?: ReturnType<typeof le> | null) =>
      avisPolitique(fermees, { ...LIGNE, ...(instant === undefined ? {} : { instant }) });
    expect(avis(le('2026-06-30T12:00:00Z'))).toBe('connue');
    expect(avis(le('2026-07-01T12:00:00Z'))).toBe('inconnue');
    expect([avis(null), avis()]).toEqual(['connue', 'connue']);
  });
});

const dire = (faute: { readonly code?: string }): string => `zod ${faute.code ?? ''}`;
const lire = (valeur: unknown, base: readonly LignePolitique[] = [LIGNE]) =>
  lirePolitiques(valeur, base, dire);

function table(valeur: unknown, base?: readonly LignePolitique[]): readonly LignePolitique[] {
  const lue = lire(valeur, base);
  if (lue.type === 'refusee') throw new TypeError(JSON.stringify(lue.fautes));
  return lue.table;
}

function fautes(valeur: unknown): (readonly [string, string])[] {
  const lue = lire(valeur);
  return lue.type === 'lue' ? [] : lue.fautes.map((f) => [f.place.join('.'), f.message] as const);
}

const AUTRE = { ...LIGNE, identifiant: '1.2.4', libelle: 'Autre' };

describe('the file of a site', () => {
  test('empty, or with empty lists: the built-in table', () => {
    expect(table({})).toEqual([LIGNE]);
    expect(table({ politique: [], fermeture: [] })).toEqual([LIGNE]);
  });

  test('its rows come first, for they sign first; the OID is written as a signature writes it', () => {
    expect(table({ politique: [AUTRE] })).toEqual([{ ...AUTRE, identifiant: 'urn:oid:1.2.4' }, LIGNE]);
    const [avec] = table({ politique: [{ ...AUTRE, jusqua: '2026-01-01' }] });
    expect(avec).toEqual({ ...AUTRE, identifiant: 'urn:oid:1.2.4', jusqua: '2026-01-01' });
  });

  test('a row given again, same OID and same digest, replaces the built-in one; another digest adds to it', () => {
    const refaite = { ...LIGNE, identifiant: '1.2.3', libelle: 'Refaite' };
    expect(table({ politique: [refaite] }).map((l) => l.libelle)).toEqual(['Refaite']);
    const plus = [
      { ...refaite, empreinte: octets(32, 2) },
      { ...refaite, hachage: 'SHA-512', empreinte: octets(64) },
    ];
    expect(table({ politique: plus }).map((l) => l.libelle)).toEqual(['Refaite', 'Refaite', 'Politique']);
  });

  test.each([
    ['SHA-1', 20],
    ['SHA-256', 32],
    ['SHA-384', 48],
    ['SHA-512', 64],
  ])('a digest of %s has %i bytes', (hachage, taille) => {
    const ligne = (n: number) => ({ politique: [{ ...AUTRE, hachage, empreinte: octets(n) }] });
    expect(fautes(ligne(taille))).toEqual([]);
    for (const n of [taille - 1, taille + 1]) {
      expect(fautes(ligne(n))).toEqual([
        ['politique.0.empreinte', 'il faut le base64 d’une empreinte de la longueur que donne « hachage »'],
      ]);
    }
  });

  test.each(['urn:oid:1.2', '0.9.2342', '2.999.0', `1${'.1'.repeat(40)}`])(
    '« %s » is an OID',
    (identifiant) => {
      expect(fautes({ politique: [{ ...AUTRE, identifiant }] })).toEqual([]);
    },
  );

  test.each([
    '',
    '1',
    '3.1',
    '1.02',
    '1.2.',
    '1..2',
    'x1.2',
    '1.2x',
    'oid:1.2',
    'urn:oid:',
    `1${'.1'.repeat(41)}`,
  ])('« %s » is none', (identifiant) => {
    expect(fautes({ politique: [{ ...AUTRE, identifiant }] })).toEqual([
      ['politique.0.identifiant', 'il faut un OID, précédé ou non de « urn:oid: »'],
    ]);
  });

  test.each([
    ['a digest that is not in the table', { hachage: 'MD5' }, 'hachage'],
    ['a digest that is no base64', { empreinte: '*' }, 'empreinte'],
    ['an empty label', { libelle: '' }, 'libelle'],
    ['an address that is none', { adresse: 'ps_helios.pdf' }, 'adresse'],
    ['an empty origin', { origine: '' }, 'origine'],
    ['a day of another form', { depuis: '01/01/2027' }, 'depuis'],
    ['a day that does not exist', { depuis: '2027-02-29' }, 'depuis'],
    ['an end that is no day', { jusqua: 'bientôt' }, 'jusqua'],
    ['an end before the start', { jusqua: '2025-12-31' }, 'jusqua'],
  ])('%s is refused at its place', (_, champ, place) => {
    expect(fautes({ politique: [{ ...AUTRE, ...champ }] }).map(([ou]) => ou)).toEqual([
      `politique.0.${place}`,
    ]);
  });

  test('one day alone is a period', () => {
    expect(fautes({ politique: [{ ...AUTRE, jusqua: AUTRE.depuis }] })).toEqual([]);
  });

  test('an end before the start, a day that is none: what is wanted is said', () => {
    expect(fautes({ politique: [{ ...AUTRE, jusqua: '2025-12-31' }] })[0]?.[1]).toBe(
      'il faut une date qui ne précède pas « depuis »',
    );
    expect(fautes({ politique: [{ ...AUTRE, depuis: 'x' }] })[0]?.[1]).toBe(
      'il faut une date, AAAA-MM-JJ entre guillemets',
    );
  });

  test.each([
    [{ politiques: [] }, ''],
    [{ politique: [{ ...AUTRE, inconnu: 1 }] }, 'politique.0'],
    [
      { fermeture: [{ identifiant: '1.2.3', jusqua: '2026-01-01', origine: 'x', inconnu: 1 }] },
      'fermeture.0',
    ],
    [{ fermeture: [{ identifiant: '1.2.3', jusqua: '2026-01-01', origine: '' }] }, 'fermeture.0.origine'],
    [{ fermeture: [{ identifiant: '1.2.3', origine: 'x' }] }, 'fermeture.0.jusqua'],
    [{ politique: 1 }, 'politique'],
    ['texte', ''],
    [null, ''],
  ])('an unknown name, a missing one, another shape: refused in the words given (%#)', (valeur, place) => {
    const [premiere] = fautes(valeur);
    expect([premiere?.[0], premiere?.[1].startsWith('zod') || premiere?.[1].startsWith('il faut')]).toEqual([
      place,
      true,
    ]);
  });

  test('the same row twice: the second one is told, whatever the spelling of its OID', () => {
    const valeur = { politique: [AUTRE, { ...AUTRE, identifiant: 'urn:oid:1.2.4', libelle: 'Encore' }] };
    expect(fautes(valeur)).toEqual([['politique.1', 'cette ligne est écrite deux fois']]);
  });
});

describe('rows that the file closes on a day', () => {
  const SHA512: LignePolitique = { ...LIGNE, hachage: 'SHA-512', empreinte: octets(64) };
  const SECONDE: LignePolitique = { ...LIGNE, empreinte: octets(32, 2) };
  const TOUTES = [LIGNE, SHA512, SECONDE, { ...LIGNE, identifiant: 'urn:oid:1.2.9' }];
  const fermer = (...fermetures: readonly object[]): (string | undefined)[] =>
    table(
      { fermeture: fermetures.map((f) => ({ jusqua: '2026-06-30', origine: 'circulaire', ...f })) },
      TOUTES,
    ).map((l) => l.jusqua);
  const J = '2026-06-30';

  test('by OID: every pair of it, and no other policy', () => {
    expect(fermer({ identifiant: '1.2.3' })).toEqual([J, J, J, undefined]);
    expect(fermer({ identifiant: 'urn:oid:1.2.9' })).toEqual([undefined, undefined, undefined, J]);
  });

  test('by digest too: that pair alone', () => {
    expect(fermer({ identifiant: '1.2.3', hachage: 'SHA-512' })).toEqual([
      undefined,
      J,
      undefined,
      undefined,
    ]);
    expect(fermer({ identifiant: '1.2.3', empreinte: octets(32, 2) })).toEqual([
      undefined,
      undefined,
      J,
      undefined,
    ]);
  });

  test('the earliest day counts, the one of the row included; rows that stay open are untouched', () => {
    expect(fermer({ identifiant: '1.2.3' }, { identifiant: '1.2.3', jusqua: '2026-03-31' })[0]).toBe(
      '2026-03-31',
    );
    const ligne = { ...AUTRE, jusqua: '2026-02-28' };
    const fermeture = { identifiant: '1.2.4', jusqua: J, origine: 'x' };
    expect(table({ politique: [ligne], fermeture: [fermeture] })[0]?.jusqua).toBe('2026-02-28');
    expect(
      table({ politique: [{ ...ligne, jusqua: '2026-12-31' }], fermeture: [fermeture] })[0]?.jusqua,
    ).toBe(J);
    expect('jusqua' in (table({ fermeture: [] })[0] ?? {})).toBe(false);
  });

  test('one that closes nothing is a mistake, told at its place', () => {
    const bonne = { identifiant: '1.2.3', jusqua: J, origine: 'x' };
    const vaines = [
      { ...bonne, identifiant: '1.2.30' },
      { ...bonne, hachage: 'SHA-1' },
      { ...bonne, empreinte: octets(20) },
    ];
    expect(fautes({ fermeture: [bonne, ...vaines] })).toEqual(
      [1, 2, 3].map((n) => [`fermeture.${n}`, 'aucune ligne connue n’a cet identifiant et cette empreinte']),
    );
  });
});
