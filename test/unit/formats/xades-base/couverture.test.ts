import { describe, expect, test } from 'vitest';
import { conclure, mesurerCouverture, resumer } from '../../../../src/formats/xades/base/couverture.ts';
import type {
  CouvertureBase,
  EtatBase,
  ObjetSigne,
  RapportSignatureBase,
} from '../../../../src/formats/xades/base/rapport.ts';
import { ReleveBase } from '../../../../src/formats/xades/base/releve.ts';

/** What the coverage reads of a pass. */
function releve(change: { separe?: boolean; racine?: number; instructionsHors?: number } = {}): ReleveBase {
  const porteur = change.separe === true ? null : { debut: 0, id: null, profondeur: 1, signatures: 1 };
  const { racine = 0, instructionsHors = 0 } = change;
  return Object.assign(new ReleveBase(), { racine, instructionsHors, signatures: [{ porteur }] });
}

const signature = (objets: readonly ObjetSigne[], etat: EtatBase = 'valide'): RapportSignatureBase =>
  ({ etat, objets }) as RapportSignatureBase;
const fichier = (nom: string, etat: ObjetSigne['etat'] = 'intact'): ObjetSigne => ({
  type: 'fichier',
  nom,
  mime: null,
  etat,
  octets: null,
  position: null,
});
const dedans = (
  type: ObjetSigne['type'],
  octet: number | null,
  etat: ObjetSigne['etat'] = 'intact',
): ObjetSigne => ({
  ...fichier(''),
  type,
  etat,
  position: octet === null ? null : { octet, ligne: 1, colonne: 1 },
});

describe('what the signatures of a file cover together', () => {
  const document = (objets: readonly ObjetSigne[], suite?: Parameters<typeof releve>[0], etat?: EtatBase) =>
    mesurerCouverture(releve(suite), [signature(objets, etat)], []).document;

  test.each([
    ['a signature that is the document', [fichier('a')], { separe: true }, 'separe'],
    ['the whole document', [dedans('document', null)], {}, 'entier'],
    ['the root by its Id', [dedans('element', 40)], { racine: 40 }, 'entier'],
    [
      'the root by its Id, an instruction outside',
      [dedans('element', 40)],
      { racine: 40, instructionsHors: 1 },
      'partiel',
    ],
    [
      'the whole document, an instruction outside: it is signed too',
      [dedans('document', null)],
      { instructionsHors: 1 },
      'entier',
    ],
    ['one element', [dedans('element', 41)], { racine: 40 }, 'partiel'],
    ['an altered document', [dedans('document', null, 'altere')], {}, 'aucun'],
    ['what it carries', [dedans('objet', 50)], {}, 'aucun'],
    ['a file beside', [fichier('a')], {}, 'aucun'],
    ['nothing', [], {}, 'aucun'],
  ] as const)('%s', (...[, objets, suite, attendu]) => {
    expect(document(objets, suite)).toBe(attendu);
  });

  test('a signature that is refused covers nothing', () => {
    expect(document([dedans('document', null)], {}, 'refusee')).toBe('aucun');
    expect(document([dedans('document', null)], {}, 'obsolete')).toBe('entier');
    const refusee = mesurerCouverture(releve(), [signature([fichier('a')], 'refusee')], ['a']);
    expect([refusee.couverts, refusee.nonCouverts]).toEqual([[], ['a']]);
  });

  test('files: covered, given and covered by none, signed and not given; each told once', () => {
    const signatures = [
      signature([fichier('a'), fichier('b', 'non_fourni'), dedans('objet', 1)], 'incomplete'),
      signature([fichier('a'), fichier('c', 'altere'), fichier('b', 'non_fourni')]),
    ];
    expect(mesurerCouverture(releve({ separe: true }), signatures, ['a', 'c', 'd'])).toEqual({
      document: 'separe',
      couverts: ['a'],
      nonCouverts: ['c', 'd'],
      nonFournis: ['b'],
    });
  });
});

const COUVERTURE: CouvertureBase = { document: 'separe', couverts: [], nonCouverts: [], nonFournis: [] };

describe('the conclusion is that of the worst', () => {
  test.each([
    [[], {}, 'aucune_signature'],
    [['valide'], {}, 'valide'],
    [['valide'], { document: 'entier' }, 'valide'],
    [['valide'], { document: 'partiel' }, 'partielle'],
    [['valide'], { document: 'aucun' }, 'partielle'],
    [['valide'], { nonCouverts: ['a'] }, 'partielle'],
    [['valide', 'obsolete'], {}, 'obsolete'],
    [['obsolete', 'incomplete'], {}, 'incomplete'],
    [['incomplete', 'refusee', 'valide'], {}, 'refusee'],
  ] as readonly (readonly [readonly EtatBase[], Partial<CouvertureBase>, string])[])(
    '%j, %o → %s',
    (etats, couverture, attendue) => {
      const signatures = etats.map((etat) => signature([], etat));
      expect(conclure(signatures, { ...COUVERTURE, ...couverture })).toBe(attendue);
    },
  );
});

describe('one French line, with its plurals', () => {
  test.each([
    [[], {}, 'Le document n’est pas signé.'],
    [['valide'], {}, '1 signature valide.'],
    [
      ['valide', 'valide'],
      { document: 'entier' },
      '2 signatures valides ; le document est couvert en entier.',
    ],
    [['valide'], { document: 'partiel' }, '1 signature valide ; le document n’est couvert qu’en partie.'],
    [
      ['valide'],
      { document: 'aucun', couverts: ['a'] },
      '1 signature valide ; le document qui porte la signature n’est pas couvert, 1 sur 1 fichier couvert.',
    ],
    [['valide'], { couverts: ['a'], nonCouverts: ['b'] }, '1 signature valide ; 1 sur 2 fichiers couverts.'],
    [['refusee', 'valide'], { nonCouverts: ['b'] }, '1 signature sur 2 à refuser ; 0 sur 1 fichier couvert.'],
    [['refusee', 'refusee'], {}, '2 signatures sur 2 à refuser.'],
    [
      ['incomplete'],
      { nonFournis: ['a'] },
      'Signature sans défaut vu, mais des fichiers signés n’ont pas été fournis ; 1 fichier à fournir.',
    ],
    [
      ['incomplete'],
      { couverts: ['c'], nonFournis: ['a', 'b'] },
      'Signature sans défaut vu, mais des fichiers signés n’ont pas été fournis ; 1 sur 1 fichier couvert, 2 fichiers à fournir.',
    ],
    [['obsolete'], {}, 'Signature intacte, mais faite avec des moyens obsolètes.'],
  ] as readonly (readonly [readonly EtatBase[], Partial<CouvertureBase>, string])[])(
    '%j, %o',
    (etats, suite, ligne) => {
      const signatures = etats.map((etat) => signature([], etat));
      const couverture = { ...COUVERTURE, ...suite };
      expect(resumer(conclure(signatures, couverture), signatures, couverture)).toBe(ligne);
    },
  );
});
