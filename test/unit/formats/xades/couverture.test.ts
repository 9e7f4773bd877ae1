import { describe, expect, test } from 'vitest';
import { constat } from '../../../../src/formats/xades/constats.ts';
import { conclure, mesurerCouverture, resumer } from '../../../../src/formats/xades/couverture.ts';
import type {
  ElementRapport,
  EtatSignature,
  RapportSignature,
} from '../../../../src/formats/xades/rapport.ts';
import { NON_COUVERTS_MAX } from '../../../../src/formats/xades/rapport.ts';
import { refusLecture, refusSignature } from '../../../../src/formats/xades/refus-signature.ts';
import type { ElementSuivi, Place } from '../../../../src/formats/xades/releve-types.ts';

const element = (place: Place, octet: number): ElementSuivi => ({
  place,
  nom: place === 'piece' ? 'PJ' : 'Bordereau',
  id: `E${octet}`,
  position: { octet, ligne: 1, colonne: octet + 1 },
  etiquette: String(octet),
  empreintes: new Map(),
  signatures: 0,
  instructions: 0,
  commentaires: 0,
});
const vu = ({ place, nom, id, etiquette, position }: ElementSuivi): ElementRapport => ({
  place,
  nom,
  id,
  etiquette,
  position,
});
const RACINE = element('racine', 0);
const [B1, B2, B3] = [element('unite', 10), element('unite', 20), element('unite', 30)] as const;
const [P1, P2] = [element('piece', 40), element('piece', 50)] as const;
const TOUS = [RACINE, B1, B2, B3, P1, P2];

/** What the coverage reads of a signature. */
const signature = (couvre: ElementSuivi | null, etat: EtatSignature = 'valide'): RapportSignature =>
  ({ etat, couvre: couvre === null ? null : vu(couvre) }) as RapportSignature;

describe('what signatures cover together, and what none covers (crypto.md § 9.3)', () => {
  test('no signature: nothing', () => {
    expect(mesurerCouverture(TOUS, [])).toEqual({
      mode: 'aucune',
      bordereaux: { total: 3, couverts: 0, nonCouverts: [vu(B1), vu(B2), vu(B3)] },
      pieces: { total: 2, couverts: 0, nonCouverts: [vu(P1), vu(P2)] },
    });
  });

  test('bordereaux: each its own; the pieces are covered by none', () => {
    const couverture = mesurerCouverture(TOUS, [signature(B1), signature(B3)]);
    expect(couverture).toEqual({
      mode: 'bordereaux',
      bordereaux: { total: 3, couverts: 2, nonCouverts: [vu(B2)] },
      pieces: { total: 2, couverts: 0, nonCouverts: [vu(P1), vu(P2)] },
    });
  });

  test('the whole file covers all that it holds', () => {
    const tout = {
      bordereaux: { total: 3, couverts: 3, nonCouverts: [] },
      pieces: { total: 2, couverts: 2, nonCouverts: [] },
    };
    expect(mesurerCouverture(TOUS, [signature(RACINE)])).toEqual({ mode: 'fichier', ...tout });
    expect(mesurerCouverture(TOUS, [signature(RACINE), signature(B1)])).toEqual({ mode: 'mixte', ...tout });
  });

  test('a signature that covers nothing counts for nothing', () => {
    expect(mesurerCouverture([RACINE, B1], [signature(null, 'refusee')])).toMatchObject({
      mode: 'aucune',
      bordereaux: { couverts: 0 },
    });
  });

  test('of many that are not covered, the first thousand are named, and all are counted', () => {
    const beaucoup = Array.from({ length: NON_COUVERTS_MAX + 5 }, (_, n) => element('unite', n));
    const { bordereaux } = mesurerCouverture(beaucoup, []);
    expect([bordereaux.total, bordereaux.couverts, bordereaux.nonCouverts.length]).toEqual([1005, 0, 1000]);
  });
});

describe('the conclusion on a file is that of its worst part', () => {
  const conclusion = (elements: readonly ElementSuivi[], ...signatures: RapportSignature[]): string =>
    conclure(signatures, mesurerCouverture(elements, signatures));

  test.each([
    ['no signature', [RACINE, B1], [], 'aucune_signature'],
    ['all bordereaux', [RACINE, B1, B2], [signature(B1), signature(B2)], 'valide'],
    ['one bordereau out of two', [RACINE, B1, B2], [signature(B1)], 'partielle'],
    ['the file', [RACINE, B1, B2], [signature(RACINE)], 'valide'],
    ['a file without bordereau', [RACINE], [signature(RACINE)], 'valide'],
    ['one refused', [RACINE, B1, B2], [signature(B1), signature(null, 'refusee')], 'refusee'],
    [
      'refused and obsolete',
      [RACINE, B1, B2],
      [signature(B1, 'obsolete'), signature(null, 'refusee')],
      'refusee',
    ],
    ['obsolete', [RACINE, B1, B2], [signature(B1, 'obsolete'), signature(B2)], 'obsolete'],
    ['valid, and covers nothing that the file has', [RACINE], [signature(null)], 'partielle'],
  ] as const)('%s: %#', (...[, elements, signatures, attendue]) => {
    expect(conclusion(elements, ...signatures)).toBe(attendue);
  });
});

describe('one French line, with its plurals', () => {
  const ligne = (elements: readonly ElementSuivi[], ...signatures: RapportSignature[]): string => {
    const couverture = mesurerCouverture(elements, signatures);
    return resumer(conclure(signatures, couverture), signatures, couverture);
  };

  test.each([
    [[RACINE, B1], [], 'Le fichier n’est pas signé.'],
    [
      [RACINE, B1, P1],
      [signature(B1)],
      '1 signature valide ; 1 sur 1 bordereau et 0 sur 1 pièce jointe couverts.',
    ],
    [
      TOUS,
      [signature(B1), signature(B2)],
      '2 signatures valides ; 2 sur 3 bordereaux et 0 sur 2 pièces jointes couverts.',
    ],
    [[RACINE], [signature(RACINE)], '1 signature valide ; le fichier entier est couvert.'],
    [TOUS, [signature(RACINE), signature(B1)], '2 signatures valides ; le fichier entier est couvert.'],
    [
      [RACINE, B1],
      [signature(B1), signature(null, 'refusee')],
      '1 signature sur 2 à refuser ; 1 sur 1 bordereau et 0 sur 0 pièce jointe couverts.',
    ],
    [
      [RACINE, B1],
      [signature(null, 'refusee'), signature(null, 'refusee')],
      '2 signatures sur 2 à refuser ; 0 sur 1 bordereau et 0 sur 0 pièce jointe couverts.',
    ],
    [
      [RACINE],
      [signature(RACINE, 'obsolete')],
      'Signature intacte, mais faite avec des moyens obsolètes ; le fichier entier est couvert.',
    ],
  ])('%#', (elements, signatures, attendue) => {
    expect(ligne(elements, ...signatures)).toBe(attendue);
  });
});

describe('what a finding quotes of a file is short and without control', () => {
  test('120 characters, then an ellipsis; a line never breaks the message', () => {
    expect(constat('inattendu', 'x'.repeat(120)).message).toBe(
      `La signature contient un élément inattendu « ${'x'.repeat(120)} ».`,
    );
    expect(constat('inattendu', 'x'.repeat(121)).message).toContain(`« ${'x'.repeat(120)}… »`);
    expect(constat('inattendu', 'a\nb\u0000\u0085c').message).toContain('« a b  c »');
  });

  test('what was seen is never taken for a pattern', () => {
    expect(constat('inattendu', '$& $1 {valeur}').message).toContain('« $& $1 {valeur} »');
    expect(refusSignature('racine', '$&').message).toContain('« $& »');
  });

  test('nothing to quote leaves a hole in no message', () => {
    expect(constat('sansId').message).toBe('La signature n’a pas d’identifiant.');
    expect(refusSignature('aucune').message).not.toContain('{valeur}');
    expect(refusSignature('documentSigne', 2).message).toContain('déjà 2 signature(s)');
  });

  test('a refusal to sign quotes 120 characters', () => {
    expect(refusSignature('racine', `a\n${'x'.repeat(200)}`).message).toBe(
      `La racine « a ${'x'.repeat(118)} » n’est pas celle d’un fichier à signer ici.`,
    );
  });

  test('a file that cannot be read is refused with the place of the fault', () => {
    const position = { octet: 9, ligne: 2, colonne: 5 };
    expect(refusLecture({ code: 'XML-010', message: 'Deux racines.', position })).toEqual({
      code: 'XML-010',
      message: 'Deux racines. (ligne 2, colonne 5)',
      remede: 'Corriger le fichier à sa source, puis le signer.',
    });
  });
});
