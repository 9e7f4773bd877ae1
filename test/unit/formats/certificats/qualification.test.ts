import { describe, expect, test } from 'vitest';
import type { Certificat } from '../../../../src/formats/certificats/certificat.ts';
import type { Critere, Periode } from '../../../../src/formats/certificats/magasin.ts';
import { niveauDuTableau, niveauEidas, satisfait } from '../../../../src/formats/certificats/niveaux.ts';
import type { PolitiquesChemin } from '../../../../src/formats/certificats/politiques.ts';

/** Qualified or not, and what a row of the table gives, on plain facts (TS 119 615 § 4.4, TS 119 612 § 5.5.9.2). */

type Qc = Certificat['extensions']['qc'];
interface Faits {
  readonly qc?: Qc;
  readonly politiques?: readonly string[] | null;
  readonly usages?: readonly string[] | null;
  readonly cle?: string;
}

/** What levels read of a certificate. */
const certificat = ({
  qc = null,
  politiques = null,
  usages = null,
  cle = 'feuille',
}: Faits = {}): Certificat =>
  ({ extensions: { qc, politiques, usages }, cle: { sha256: cle } }) as unknown as Certificat;
const conforme = (change: Partial<NonNullable<Qc>> = {}): Qc =>
  ({ conforme: true, dispositif: false, types: [], ...change }) as NonNullable<Qc>;

const CRITERE: Critere = { exige: 'all', politiques: [], usages: [], sous: [], inconnu: false };
const periode = (types: Periode['types'], ...qualifieurs: readonly string[]): Periode => ({
  debut: '2020-01-01T00:00:00Z',
  fin: null,
  accorde: true,
  types: [...types],
  qualifications: qualifieurs.length === 0 ? [] : [{ qualifieurs: [...qualifieurs], critere: CRITERE }],
});
const eidas = (qc: Qc, p: Periode | null): string | null =>
  niveauEidas({ certificat: certificat({ qc }), chemin: [], politiques: {} as PolitiquesChemin }, p);

describe('qualified by its own statements, under a service that is so for that kind', () => {
  test.each([
    ['esign', 'eIDAS qualifié (signature)'],
    ['eseal', 'eIDAS qualifié (cachet)'],
    ['web', 'eIDAS qualifié (authentification de site)'],
  ] as const)('%s: %s', (type, niveau) => {
    expect(eidas(conforme({ types: [type] }), periode([type]))).toBe(niveau);
    expect(eidas(conforme({ types: [type] }), periode([]))).toBeNull();
  });

  test('no QcType means signature', () => {
    expect(eidas(conforme(), periode(['esign']))).toBe('eIDAS qualifié (signature)');
    expect(eidas(conforme(), periode(['eseal']))).toBeNull();
  });

  test('two kinds at once contradict each other (EN 319 412-5 § 4.2.3)', () => {
    expect(eidas(conforme({ types: ['esign', 'eseal'] }), periode(['esign', 'eseal']))).toBeNull();
    expect(eidas(conforme(), periode(['esign'], 'QCForESig', 'QCForESeal'))).toBeNull();
  });

  test('nothing claimed, nothing granted: not qualified', () => {
    expect(eidas(null, periode(['esign']))).toBeNull();
    expect(eidas(conforme({ conforme: false }), periode(['esign']))).toBeNull();
    expect(eidas(conforme(), null)).toBeNull();
  });

  test('a device is said when the certificate claims it', () => {
    expect(eidas(conforme({ dispositif: true }), periode(['esign']))).toBe(
      'eIDAS qualifié (signature, sur dispositif)',
    );
  });
});

describe('what the list adds or takes back', () => {
  test('QCStatement grants what the certificate does not claim; it is then for signature, unless said', () => {
    expect(eidas(null, periode(['esign'], 'QCStatement'))).toBe('eIDAS qualifié (signature)');
    expect(eidas(null, periode([], 'QCStatement', 'QCForESeal'))).toBe('eIDAS qualifié (cachet)');
  });

  test.each([
    ['QCForESig', 'signature'],
    ['QCForESeal', 'cachet'],
    ['QCForWSA', 'authentification de site'],
  ])('%s: the kind is the one of the list, whatever the certificate says', (qualifieur, nature) => {
    expect(eidas(conforme({ types: ['esign'] }), periode([], qualifieur))).toBe(`eIDAS qualifié (${nature})`);
  });

  test.each(['QCWithSSCD', 'QCWithQSCD', 'QCQSCDManagedOnBehalf'])('%s: on a device', (qualifieur) => {
    expect(eidas(conforme(), periode(['esign'], qualifieur))).toBe(
      'eIDAS qualifié (signature, sur dispositif)',
    );
  });

  test.each(['QCNoSSCD', 'QCNoQSCD'])(
    '%s: not on a device, whatever the certificate claims',
    (qualifieur) => {
      expect(eidas(conforme({ dispositif: true }), periode(['esign'], qualifieur))).toBe(
        'eIDAS qualifié (signature)',
      );
      expect(eidas(conforme(), periode(['esign'], qualifieur, 'QCWithSSCD'))).toBe(
        'eIDAS qualifié (signature)',
      );
    },
  );

  test('NotQualified takes all back', () => {
    expect(eidas(conforme(), periode(['esign'], 'NotQualified', 'QCStatement'))).toBeNull();
  });

  test('a qualifier whose criteria are not met, or unknown, is not applied', () => {
    const avec = (critere: Partial<Critere>): Periode => ({
      ...periode(['esign']),
      qualifications: [{ qualifieurs: ['NotQualified'], critere: { ...CRITERE, ...critere } }],
    });
    expect(eidas(conforme(), avec({}))).toBeNull();
    expect(eidas(conforme(), avec({ exige: 'atLeastOne' }))).toBe('eIDAS qualifié (signature)');
    expect(eidas(conforme(), avec({ inconnu: true }))).toBe('eIDAS qualifié (signature)');
  });
});

describe('criteria (TS 119 612 § 5.5.9.2.2): true, false, or not to be known', () => {
  const juger = (critere: Partial<Critere>, faits: Faits = {}): boolean | null =>
    satisfait({ ...CRITERE, ...critere }, certificat(faits));
  const bit = (usage: string, valeur: boolean) => ({ usage, valeur });

  test('a list of policies must be in the certificate whole', () => {
    const politiques = [['1.1', '1.2']];
    expect(juger({ politiques }, { politiques: ['1.1', '1.2', '1.3'] })).toBe(true);
    expect(juger({ politiques }, { politiques: ['1.1'] })).toBe(false);
    expect(juger({ politiques }, { politiques: null })).toBe(false);
  });

  test('each bit of usage has the value asked, whatever the case of its name', () => {
    const usages = [[bit('nonRepudiation', true), bit('crlSign', false)]];
    expect(juger({ usages }, { usages: ['nonRepudiation'] })).toBe(true);
    expect(juger({ usages }, { usages: ['nonRepudiation', 'cRLSign'] })).toBe(false);
    expect(juger({ usages }, { usages: ['cRLSign'] })).toBe(false);
    expect(juger({ usages: [[bit('nonRepudiation', true)]] }, { usages: null })).toBe(false);
    expect(juger({ usages: [[bit('nonRepudiation', false)]] }, { usages: null })).toBe(true);
  });

  const vrai: Critere = CRITERE;
  const faux: Critere = { ...CRITERE, exige: 'atLeastOne' };
  const doute: Critere = { ...CRITERE, inconnu: true };

  test.each([
    ['all', [], true],
    ['all', [vrai, vrai], true],
    ['all', [vrai, doute], null],
    ['all', [doute, faux], false],
    ['atLeastOne', [], false],
    ['atLeastOne', [faux, vrai], true],
    ['atLeastOne', [faux, doute], null],
    ['atLeastOne', [doute, vrai], true],
    ['none', [], true],
    ['none', [faux, faux], true],
    ['none', [faux, doute], null],
    ['none', [doute, vrai], false],
  ] as const)('%s of %j: %s', (exige, sous, attendu) => {
    expect(juger({ exige, sous })).toBe(attendu);
  });
});

describe('a row of the table, on a path', () => {
  const REGLE = { emetteur: '*', politique: '*', niveau: 'N' };
  const politiques = (
    valides: readonly string[],
    nonExclues: readonly string[] = valides,
  ): PolitiquesChemin =>
    ({ valides: new Set(valides), nonExclues: new Set(nonExclues) }) as unknown as PolitiquesChemin;
  const leaf = (...oids: readonly string[]): Certificat => certificat({ politiques: oids });
  const chemin = (feuille: Certificat): Certificat[] => [
    feuille,
    certificat({ cle: 'ica' }),
    certificat({ cle: 'racine' }),
  ];

  const niveau = (regle: Partial<typeof REGLE>, feuille: Certificat, p: PolitiquesChemin): string | null =>
    niveauDuTableau({ certificat: feuille, chemin: chemin(feuille), politiques: p }, [
      { ...REGLE, ...regle },
    ]);

  test('the certificate itself is no authority of its path, unless it is all of it', () => {
    const seule = certificat({ cle: 'seule', politiques: ['1.1'] });
    const sujet = { certificat: seule, chemin: [seule], politiques: politiques(['1.1']) };
    expect(niveauDuTableau(sujet, [{ ...REGLE, emetteur: 'seule' }])).toBe('N');
    expect(niveau({ emetteur: 'feuille' }, leaf('1.1'), politiques(['1.1']))).toBeNull();
    expect(niveau({ emetteur: 'ica' }, leaf('1.1'), politiques(['1.1']))).toBe('N');
    expect(niveau({ emetteur: 'racine' }, leaf('1.1'), politiques(['1.1']))).toBe('N');
  });

  test('anyPolicy of the leaf names none, even when a row does', () => {
    const toute = '2.5.29.32.0';
    expect(niveau({ politique: toute }, leaf(toute), politiques([toute]))).toBeNull();
    expect(niveau({ politique: '1.1' }, certificat(), politiques(['1.1']))).toBeNull();
  });

  test('the first row that fits wins; none gives no level', () => {
    const feuille = leaf('1.1', '1.2');
    const sujet = {
      certificat: feuille,
      chemin: chemin(feuille),
      politiques: politiques(['1.2'], ['1.1', '1.2']),
    };
    const lignes = [
      { ...REGLE, politique: '1.1', niveau: 'exclue' },
      { ...REGLE, politique: '1.2', niveau: 'A' },
      { ...REGLE, niveau: 'B' },
    ];
    expect(niveauDuTableau(sujet, lignes)).toBe('A');
    expect(
      niveauDuTableau(sujet, [{ ...REGLE, emetteur: 'ica', politique: '1.1', niveau: 'par son nom' }]),
    ).toBe('par son nom');
    expect(niveauDuTableau(sujet, [])).toBeNull();
  });
});
