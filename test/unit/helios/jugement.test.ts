import { describe, expect, test } from 'vitest';
import type { ContenuEnvoye } from '../../../src/protocoles/helios/accuse/confrontation.ts';
import type { DepartsAvant } from '../../../src/protocoles/helios/accuse/departs.ts';
import { type IssueTranchee, jugerAck } from '../../../src/protocoles/helios/accuse/jugement.ts';
import { champsConfrontation, presenterAck } from '../../../src/protocoles/helios/accuse/presentation.ts';
import { acquit, acquitDe, bordereau, erreur, fichier, pj } from './retours.ts';

/** An answer judged on the parts of the file that it answers (d.2: the unit is the bordereau, or the piece). */

const UNE_FOIS: DepartsAvant = { surs: 1, possibles: 1 };
const DEUX_FOIS: DepartsAvant = { surs: 2, possibles: 2 };
const PEUT_ETRE: DepartsAvant = { surs: 1, possibles: 2 };

const depense = (...numeros: readonly string[]) =>
  numeros.map((numero) => ({ domaine: 'depense', exercice: '2026', numero }));

/** Bordereaux of dépense 1 and 2, piece P1. */
const FICHIER: ContenuEnvoye = { bordereaux: depense('1', '2'), pieces: ['P1'], complet: true };

interface Cas {
  readonly contenu?: Partial<ContenuEnvoye>;
  readonly departs?: DepartsAvant;
  readonly tranche?: IssueTranchee;
}

function juger(elements: string, { contenu = {}, departs = UNE_FOIS, tranche }: Cas = {}) {
  const { bilan } = acquitDe(acquit({ elements }));
  return jugerAck(bilan, { ...FICHIER, ...contenu }, { departs, tranche: tranche ?? null });
}

function sorts(elements: string, cas: Cas = {}): string[] {
  const { confrontation } = juger(elements, cas);
  return [...confrontation.bordereaux, ...confrontation.pieces].map((p) => p.sort);
}

const signature = (numero: string, etat = '1') =>
  bordereau(numero, etat).replace('DomaineAck V="5"', 'DomaineAck V="3"');
const recette = (numero: string, etat = '1') =>
  bordereau(numero, etat).replace('DomaineAck V="5"', 'DomaineAck V="6"');
const DOUBLON = erreur('ERREUR_DOUBLON_BORDEREAU');
const REFUS = erreur('ERREUR_AUTRE', '2559 - Code service inconnu');
const TOUT = bordereau('1') + bordereau('2') + pj('P1');

describe('what it does to its flux', () => {
  const seul = { bordereaux: depense('1'), pieces: [] };
  const unePj = { bordereaux: depense('1'), pieces: ['P1'] };
  test.each<[string, string, Cas, string | null]>([
    ['everything accepted', TOUT, {}, 'accuse_recu'],
    ['everything refused', fichier('0', '0', REFUS), {}, 'anomalie_recue'],
    ['accepted as a whole, nothing named', fichier('0', '1'), {}, 'accuse_recu'],
    [
      'one bordereau refused, the rest accepted',
      TOUT.replace('EtatAck V="1"', 'EtatAck V="0"'),
      {},
      'accuse_partiel_recu',
    ],
    [
      'the file there already, a piece accepted, sent once (OK iff every EtatAck is 1)',
      fichier('0', '0', DOUBLON) + pj('P1'),
      { contenu: unePj },
      'accuse_partiel_recu',
    ],
    [
      'the signature of the file refused, a piece accepted',
      fichier('2', '0', erreur('ERREUR_SIGNATURE_INVALIDE')) + pj('P1'),
      { contenu: unePj },
      'accuse_partiel_recu',
    ],
    [
      'settings refused, every part accepted by name',
      fichier('99', '0', erreur('ERREUR_PES_PARAM')) + TOUT,
      {},
      'accuse_partiel_recu',
    ],
    [
      'one bordereau, its signature accepted, itself refused: nothing is in',
      signature('1') + bordereau('1', '0', REFUS),
      { contenu: seul },
      'anomalie_recue',
    ],
    ['a bordereau without answer beside accepted ones', bordereau('1') + pj('P1'), {}, 'accuse_partiel_recu'],
    ['a piece without answer', bordereau('1') + bordereau('2'), {}, 'accuse_partiel_recu'],
    [
      'nothing accepted, a part without answer',
      bordereau('1', '0') + bordereau('2', '0'),
      {},
      'anomalie_recue',
    ],
    ['a bordereau told both ways', TOUT + bordereau('1', '0'), {}, null],
    ['no answer at all', '', {}, null],
    [
      'a piece there already, the rest refused',
      fichier('0', '0') + pj('P1', '0', DOUBLON),
      {},
      'anomalie_recue',
    ],
  ])('%s', (...[, elements, cas, evenement]) => {
    expect(juger(elements, cas).evenement).toBe(evenement);
  });

  test.each<[string, DepartsAvant, string | null]>([
    ['a single sending: the number was taken by something else', UNE_FOIS, 'anomalie_recue'],
    ['a second sending: the first one is there', DEUX_FOIS, 'accuse_recu'],
    ['nobody knows which sending it answers', PEUT_ETRE, null],
  ])('all there already, after %s', (...[, departs, evenement]) => {
    expect(juger(fichier('0', '0', DOUBLON), { departs }).evenement).toBe(evenement);
  });

  test.each<[DepartsAvant, string | null]>([
    [UNE_FOIS, 'anomalie_recue'],
    [DEUX_FOIS, 'accuse_partiel_recu'],
    [PEUT_ETRE, null],
  ])('there already here, refused there: %o', (departs, evenement) => {
    const elements = bordereau('1', '0', DOUBLON) + bordereau('2', '0', REFUS) + pj('P1', '0', REFUS);
    expect(juger(elements, { departs }).evenement).toBe(evenement);
  });
});

describe('which answer is whose', () => {
  test('what several domains say of one bordereau is told once, the worst of it', () => {
    const { bilan } = juger(signature('1') + bordereau('1', '0', REFUS) + bordereau('2') + pj('P1'));
    expect(bilan.unites.map((u) => [u.domaine, u.sort])).toEqual([
      ['depense', 'refuse'],
      ['depense', 'accepte'],
      [null, 'accepte'],
    ]);
    expect(presenterAck(bilan, null).libelle).toBe(
      'Fichier accepté en partie par Hélios : 1 bordereau et 1 PJ acceptés ; 1 bordereau refusé.',
    );
  });

  test('what is not named takes the worst that is said of the file', () => {
    const deux = fichier('0', '0', DOUBLON) + fichier('2', '0', REFUS) + bordereau('1');
    expect(sorts(deux)).toEqual(['accepte', 'refuse', 'refuse']);
  });

  test('a domain accepted without a number accepts its parts, as long as none of them is named', () => {
    expect(sorts(fichier('5', '1') + pj('P1'))).toEqual(['accepte', 'accepte', 'accepte']);
    expect(sorts(fichier('5', '1') + bordereau('1') + pj('P1'))).toEqual([
      'accepte',
      'sans_reponse',
      'accepte',
    ]);
    expect(sorts(TOUT.replace(pj('P1'), fichier('4', '1')))).toEqual(['accepte', 'accepte', 'accepte']);
  });

  test('a signature refused under a number that dépense and recette share: nobody knows whose', () => {
    const deux = {
      contenu: { bordereaux: [...depense('1'), { ...depense('1')[0], domaine: 'recette' }], pieces: [] },
    } as Cas;
    const refusee = signature('1', '0');
    expect(juger(refusee + bordereau('1') + recette('1'), deux).evenement).toBeNull();
    // neither is accepted by name: both are refused
    expect(sorts(refusee, deux)).toEqual(['refuse', 'refuse']);
  });

  test('beyond a list that was cut, an answer counts by its own name', () => {
    const coupee = { contenu: { complet: false } };
    expect(juger(TOUT + bordereau('600', '0', REFUS), coupee).evenement).toBe('accuse_partiel_recu');
  });
});

describe('what a person says of it', () => {
  const contraire = bordereau('1') + bordereau('1', '0') + bordereau('2') + pj('P1', '0', DOUBLON);
  test.each<[IssueTranchee, string, readonly string[]]>([
    ['accepte', 'accuse_recu', ['accepte', 'accepte', 'accepte']],
    ['partiel', 'accuse_partiel_recu', ['indecis', 'accepte', 'doublon']],
    ['refuse', 'anomalie_recue', ['refuse', 'refuse', 'doublon']],
  ])('%s', (tranche, evenement, attendus) => {
    expect(juger(contraire).evenement).toBeNull();
    const vu = juger(contraire, { tranche });
    expect([vu.evenement, vu.bilan.issue]).toEqual([evenement, tranche]);
    expect(sorts(contraire, { tranche })).toEqual(attendus);
  });
});

describe('what is told and kept of it', () => {
  const presenter = (elements: string, cas: Cas = {}) => {
    const { bilan, confrontation } = juger(elements, cas);
    return presenterAck(bilan, confrontation);
  };

  test('what has no answer is named, with an error of ours: nobody knows whether it is held', () => {
    const { libelle, erreur: dite } = presenter(bordereau('1'));
    expect(libelle).toBe(
      'Fichier accepté en partie par Hélios : 1 bordereau accepté ; 1 bordereau et 1 PJ sans réponse.',
    );
    expect(dite).toMatchObject({ code: 'VGM-HEL-003', nature: 'incertaine' });
    expect(dite?.message).toContain('bordereau de dépense n° 2 (2026), PJ P1.');
    const beaucoup = depense(...Array.from({ length: 9 }, (_, k) => String(k + 1)));
    expect(presenter(bordereau('1'), { contenu: { bordereaux: beaucoup } }).erreur?.message).toMatch(
      /n° 6 \(2026\), et 4 autres\.$/,
    );
  });

  test('of a file accepted as a whole nothing is said to be left out', () => {
    expect(presenter(fichier('0', '1'))).toMatchObject({
      libelle: 'Fichier accepté par Hélios.',
      erreur: null,
    });
  });

  test('taken in part, what Hélios could not treat goes again alone, never the same content', () => {
    const panne = presenter(bordereau('1', '0', erreur('ERREUR_TIMEOUT')) + bordereau('2') + pj('P1'));
    expect(panne.erreur?.remede).toMatch(/dans un autre fichier, sans ce qui est déjà accepté/);
    const entiere = presenter(fichier('0', '0', erreur('ERREUR_TIMEOUT')));
    expect(entiere.erreur?.remede).toMatch(/le même contenu peut être envoyé de nouveau/);
  });

  test('of thousands of bordereaux, the refused and the unanswered are kept first, and all are counted', () => {
    const numeros = Array.from({ length: 1200 }, (_, k) => String(k + 1));
    const elements = numeros
      .filter((n) => n !== '1101')
      .map((n) => bordereau(n, n === '1100' ? '0' : '1'))
      .join('');
    const { confrontation } = juger(elements, { contenu: { bordereaux: depense(...numeros), pieces: [] } });
    const champs = champsConfrontation(confrontation) as {
      comptes: { bordereaux: object };
      bordereaux: { numero: string; sort: string }[];
    };
    expect(champs.comptes.bordereaux).toEqual({
      refuse: 1,
      indecis: 0,
      doublon: 0,
      sans_reponse: 1,
      accepte: 1198,
    });
    expect(champs.bordereaux).toHaveLength(500);
    expect(champs.bordereaux.slice(0, 3).map((b) => [b.numero, b.sort])).toEqual([
      ['1100', 'refuse'],
      ['1101', 'sans_reponse'],
      ['1', 'accepte'],
    ]);
  });

  test('twenty reasons of one part are kept', () => {
    const { confrontation } = juger(bordereau('1', '0', erreur('E').repeat(25)) + bordereau('2') + pj('P1'));
    const [premier] = (champsConfrontation(confrontation) as { bordereaux: { erreurs: object[] }[] })
      .bordereaux;
    expect(premier?.erreurs).toHaveLength(20);
  });
});
