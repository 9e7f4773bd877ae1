import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Certificat, lireCertificat } from '../../../../src/formats/certificats/certificat.ts';
import { batirChaine, type DemandeChaine } from '../../../../src/formats/certificats/chaine.ts';
import { defaut, enDate, TEXTES_DEFAUT } from '../../../../src/formats/certificats/defauts.ts';
import type { Extensions } from '../../../../src/formats/certificats/extensions.ts';
import { politiquesDuChemin, TOUTE_POLITIQUE } from '../../../../src/formats/certificats/politiques.ts';
import {
  type Emploi,
  examinerChemin,
  examinerPorteur,
} from '../../../../src/formats/certificats/regles-chemin.ts';
import type { Instant, Sha256 } from '../../../../src/metier/identifiants.ts';
import { fabriquer, nom } from './certificat-essai.ts';

/** The rules of RFC 5280 § 6.1 on plain values: one field of a sound path is changed, one defect must show. */

const INSTANT = Date.UTC(2026, 5, 15) as Instant;
const OCSP = '1.3.6.1.5.5.7.3.9';
const HORODATAGE = '1.3.6.1.5.5.7.3.8';
const COURRIEL = '1.3.6.1.5.5.7.3.4';

function emis(sujet: string, emetteur: string): Certificat {
  const lu = lireCertificat(fabriquer({ sujet: nom(sujet), emetteur: nom(emetteur) }));
  return lu.type === 'lu' ? lu.certificat : expect.fail(lu.motif);
}
const [FEUILLE, AC, RACINE] = [emis('Maire', 'AC'), emis('AC', 'Racine'), emis('Racine', 'Racine')];

/** The same, its extensions or its key otherwise. */
function avec(c: Certificat, extensions: Partial<Extensions>, autres: Partial<Certificat> = {}): Certificat {
  return { ...c, extensions: { ...c.extensions, ...extensions }, ...autres };
}
const codes = (chemin: readonly Certificat[], emploi: Emploi = 'signature', instant = INSTANT): string[] =>
  examinerChemin(chemin, { instant, emploi }).map(
    (d) => `${d.sujet.slice(3)} ${d.code}${d.detail === '' ? '' : ` ${d.detail}`}`,
  );

test('a sound path has no defect', () => {
  expect(codes([FEUILLE, AC, RACINE])).toEqual([]);
  expect(codes([])).toEqual([]);
});

describe('dates: both ends are included, to the second', () => {
  const le = (ms: number): string[] => codes([FEUILLE], 'signature', ms as Instant);
  test('the first millisecond and the last', () => {
    expect(le(FEUILLE.debut)).toEqual([]);
    expect(le(FEUILLE.fin + 999)).toEqual([]);
    expect(le(FEUILLE.debut - 1)).toEqual([
      'Maire pas_encore valable à partir du 1er janvier 2026 à 00:00:00 UTC',
    ]);
    expect(le(FEUILLE.fin + 1000)).toEqual(['Maire expire valable jusqu’au 31 décembre 2026 à 23:59:59 UTC']);
  });

  test('of every certificate of the path', () => {
    expect(
      codes([FEUILLE, AC, RACINE], 'signature', 0 as Instant).map((d) => d.split(' ').slice(0, 2).join(' ')),
    ).toEqual(['Maire pas_encore', 'AC pas_encore', 'Racine pas_encore']);
  });
});

describe('keys and algorithms that still protect', () => {
  const cle = (type: Certificat['cle']['type'], bits: number): Certificat =>
    avec(FEUILLE, {}, { cle: { ...FEUILLE.cle, type, bits } });

  test.each([
    ['rsa', 2048, true],
    ['rsa', 2047, false],
    ['rsa-pss', 2048, true],
    ['rsa-pss', 2047, false],
    ['ec', 256, true],
    ['ec', 255, false],
    ['ed25519', 256, true],
    ['autre', 4096, false],
  ] as const)('%s of %i bits: %s', (type, bits, bon) => {
    const attendu = `Maire cle_faible ${type} prime256v1 ${bits} bits`;
    expect(codes([cle(type, bits)])).toEqual(bon ? [] : [attendu]);
  });

  test('a key without curve is told without one', () => {
    const rsa = avec(FEUILLE, {}, { cle: { ...FEUILLE.cle, type: 'rsa', bits: 1024, courbe: null } });
    expect(codes([rsa])).toEqual(['Maire cle_faible rsa  1024 bits']);
  });

  const signe = (c: Certificat, algorithme: Partial<Certificat['signature']['algorithme']>): Certificat =>
    avec(c, {}, { signature: { ...c.signature, algorithme: { ...c.signature.algorithme, ...algorithme } } });

  test('the signature of the anchor is not what makes it trusted; its key is', () => {
    const vieux = { hachage: 'SHA-1', nom: 'RSA-SHA1' } as const;
    expect(codes([FEUILLE, signe(AC, vieux), signe(RACINE, vieux)])).toEqual([
      'AC algorithme_obsolete RSA-SHA1',
    ]);
    const faible = avec(RACINE, {}, { cle: { ...RACINE.cle, bits: 100 } });
    expect(codes([FEUILLE, AC, faible])).toEqual(['Racine cle_faible ec prime256v1 100 bits']);
  });

  test('an unknown algorithm is one defect', () => {
    const inconnu = { famille: 'inconnue', hachage: null, nom: '1.2.3' } as const;
    expect(codes([signe(FEUILLE, inconnu), AC])).toEqual(['Maire algorithme_inconnu 1.2.3']);
    expect(
      examinerPorteur(signe(FEUILLE, inconnu), { instant: INSTANT, emploi: 'indifferent' }),
    ).toHaveLength(1);
  });
});

describe('authorities (§ 6.1.4 k to n)', () => {
  test.each<[string, Certificat, readonly string[]]>([
    ['no constraints', avec(AC, { contraintes: null }), ['AC pas_autorite']],
    ['not one', avec(AC, { contraintes: { autorite: false, longueur: null } }), ['AC pas_autorite']],
    ['version 1', avec(AC, {}, { version: 1 }), ['AC pas_autorite']],
    ['may not sign certificates', avec(AC, { usages: ['cRLSign'] }), ['AC usage_autorite']],
    ['may sign certificates', avec(AC, { usages: ['keyCertSign'] }), []],
    ['none below', avec(AC, { contraintes: { autorite: true, longueur: 0 } }), []],
  ])('%s', (_, ac, attendu) => {
    expect(codes([FEUILLE, ac, RACINE])).toEqual(attendu);
  });

  test('those below are counted, but the leaf and those that issue themselves', () => {
    const limitee = (longueur: number): Certificat =>
      avec(RACINE, { contraintes: { autorite: true, longueur } });
    expect(codes([FEUILLE, AC, limitee(1)])).toEqual([]);
    expect(codes([FEUILLE, AC, limitee(0)])).toEqual(['Racine longueur_depassee 1 au lieu de 0 au plus']);
    expect(codes([FEUILLE, AC, AC, limitee(1)])).toEqual(['Racine longueur_depassee 2 au lieu de 1 au plus']);
    expect(codes([FEUILLE, RACINE, limitee(0)])).toEqual([]);
  });

  test('what bears on the path and is not known or not honoured, at any place', () => {
    const trop = { critiquesInconnues: ['1.2.3', '1.2.4'], nonHonorees: ['2.5.29.30'] };
    expect(codes([avec(FEUILLE, trop), avec(AC, { nonHonorees: ['2.5.29.33'] })])).toEqual([
      'Maire extension_critique 1.2.3',
      'Maire extension_critique 1.2.4',
      'Maire extension_non_honoree 2.5.29.30',
      'AC extension_non_honoree 2.5.29.33',
    ]);
  });
});

describe('what the leaf may be used for', () => {
  const dire = (emploi: Emploi, extensions: Partial<Extensions>): string[] =>
    codes([avec(FEUILLE, extensions)], emploi);

  test.each<[Emploi, Partial<Extensions>, readonly string[]]>([
    ['signature', { usages: ['digitalSignature'] }, []],
    ['signature', { usages: ['nonRepudiation'] }, []],
    ['signature', { usages: ['keyCertSign', 'cRLSign'] }, ['Maire usage_signature keyCertSign, cRLSign']],
    ['signature', { usages: [] }, ['Maire usage_signature']],
    ['signature', { usagesEtendus: [COURRIEL] }, []],
    ['signature', { usagesEtendus: [OCSP, COURRIEL] }, []],
    ['signature', { usagesEtendus: [OCSP] }, [`Maire usage_etendu ${OCSP}`]],
    ['signature', { usagesEtendus: [HORODATAGE] }, [`Maire usage_etendu ${HORODATAGE}`]],
    ['signature', { usagesEtendus: ['1.3.6.1.5.5.7.3.1'] }, ['Maire usage_etendu 1.3.6.1.5.5.7.3.1']],
    [
      'signature',
      { usagesEtendus: ['1.3.6.1.5.5.7.3.3', '1.3.6.1.5.5.7.3.1'] },
      ['Maire usage_etendu 1.3.6.1.5.5.7.3.3, 1.3.6.1.5.5.7.3.1'],
    ],
    ['ocsp', { usagesEtendus: [COURRIEL, OCSP] }, []],
    ['ocsp', { usagesEtendus: [COURRIEL] }, [`Maire usage_etendu ${COURRIEL}`]],
    ['ocsp', {}, ['Maire usage_etendu']],
    ['horodatage', { usagesEtendus: [HORODATAGE] }, []],
    [
      'horodatage',
      { usagesEtendus: [HORODATAGE, COURRIEL] },
      [`Maire usage_etendu ${HORODATAGE}, ${COURRIEL}`],
    ],
    ['horodatage', { usagesEtendus: [OCSP] }, [`Maire usage_etendu ${OCSP}`]],
    ['horodatage', {}, ['Maire usage_etendu']],
    ['indifferent', { usages: [], usagesEtendus: [OCSP] }, []],
  ])('%s %j', (emploi, extensions, attendu) => {
    expect(dire(emploi, extensions)).toEqual(attendu);
  });

  test('the same rules for a bearer whose issuer is trusted already', () => {
    const mauvais = avec(
      FEUILLE,
      { usages: [], critiquesInconnues: ['1.2.3'] },
      { cle: { ...FEUILLE.cle, bits: 1 }, fin: 0 as Instant },
    );
    const dits = examinerPorteur(mauvais, { instant: INSTANT, emploi: 'ocsp' }).map((d) => d.code);
    expect(dits).toEqual(['expire', 'cle_faible', 'extension_critique', 'usage_signature', 'usage_etendu']);
  });
});

test('a defect: its code, its words, who it is about', () => {
  expect(defaut('expire', FEUILLE, 'x')).toEqual({
    code: 'expire',
    sujet: 'CN=Maire',
    detail: 'x',
    ...TEXTES_DEFAUT.expire,
  });
  expect(defaut('illisible', null)).toMatchObject({ sujet: '', detail: '' });
  expect(enDate(Date.UTC(2026, 10, 21, 9, 5, 7))).toBe('21 novembre 2026 à 09:05:07 UTC');
});

describe('policies along a path (§ 6.1)', () => {
  const [A, B] = ['1.2.250.1', '1.2.250.2'];
  const dire = (...chemin: readonly Certificat[]): object => {
    const { valides, exigee, nonExclues } = politiquesDuChemin(chemin);
    return { valides: [...valides].toSorted(), exigee, nonExclues: [...nonExclues].toSorted() };
  };
  const p = (
    c: Certificat,
    politiques: readonly string[] | null,
    autres: Partial<Extensions> = {},
  ): Certificat => avec(c, { politiques, ...autres });

  test.each<[string, readonly Certificat[], object]>([
    ['none at all', [p(FEUILLE, null), p(AC, null), RACINE], { valides: [], nonExclues: [] }],
    ['the same', [p(FEUILLE, [A]), p(AC, [A]), RACINE], { valides: [A], nonExclues: [A] }],
    ['several in common', [p(FEUILLE, [B, A]), p(AC, [A, B]), RACINE], { valides: [A, B] }],
    ['another', [p(FEUILLE, [B]), p(AC, [A]), RACINE], { valides: [], nonExclues: [] }],
    ['any above', [p(FEUILLE, [A]), p(AC, [TOUTE_POLITIQUE]), RACINE], { valides: [A], nonExclues: [A] }],
    ['any below', [p(FEUILLE, [TOUTE_POLITIQUE]), p(AC, [A]), RACINE], { valides: [A], nonExclues: [A] }],
    [
      'any everywhere',
      [p(FEUILLE, [TOUTE_POLITIQUE, A]), p(AC, [TOUTE_POLITIQUE]), RACINE],
      { valides: [A, TOUTE_POLITIQUE] },
    ],
    ['silent above', [p(FEUILLE, [A]), p(AC, null), RACINE], { valides: [], nonExclues: [A] }],
    ['silent below', [p(FEUILLE, null), p(AC, [A]), RACINE], { valides: [], nonExclues: [] }],
    ['what the anchor says does not bind', [p(FEUILLE, [A]), p(RACINE, [B])], { valides: [A] }],
    ['the anchor alone', [p(FEUILLE, [A])], { valides: [A], nonExclues: [A] }],
  ])('%s', (_, chemin, attendu) => {
    expect(dire(...chemin)).toMatchObject({ exigee: false, ...attendu });
  });

  test.each<[string, readonly Certificat[], boolean]>([
    ['at once', [p(FEUILLE, [A]), p(AC, [A], { politiqueExigee: 0 }), RACINE], true],
    ['after one', [p(FEUILLE, [A]), p(AC, [A], { politiqueExigee: 1 }), RACINE], true],
    ['after two', [p(FEUILLE, [A]), p(AC, [A], { politiqueExigee: 2 }), RACINE], false],
    [
      'asked twice, the strictest',
      [p(FEUILLE, [A]), p(AC, [A], { politiqueExigee: 9 }), p(AC, [A], { politiqueExigee: 2 }), RACINE],
      true,
    ],
    [
      'a self-issued authority does not count',
      [p(FEUILLE, [A]), p(RACINE, [A]), p(AC, [A], { politiqueExigee: 2 }), RACINE],
      false,
    ],
    ['an ordinary one does', [p(FEUILLE, [A]), p(AC, [A]), p(AC, [A], { politiqueExigee: 2 }), RACINE], true],
    ['by the leaf, at once', [p(FEUILLE, [A], { politiqueExigee: 0 }), AC], true],
    ['by the leaf, later', [p(FEUILLE, [A], { politiqueExigee: 1 }), AC], false],
    ['by the anchor', [p(FEUILLE, [A]), p(AC, null, { politiqueExigee: 0 })], false],
  ])('requireExplicitPolicy %s: %s', (_, chemin, exigee) => {
    expect(dire(...chemin)).toMatchObject({ exigee });
  });

  const TOUTE = [TOUTE_POLITIQUE];
  test.each<[string, readonly Certificat[], readonly string[]]>([
    ['at once', [p(FEUILLE, TOUTE), p(AC, [A], { touteInterdite: 0 }), RACINE], []],
    ['after one', [p(FEUILLE, TOUTE), p(AC, [A], { touteInterdite: 1 }), RACINE], [A]],
    [
      'a self-issued authority may still say « any »',
      [p(FEUILLE, [A]), p(RACINE, TOUTE), p(AC, [A], { touteInterdite: 0 }), RACINE],
      [A],
    ],
    ['a self-issued leaf may not', [p(RACINE, TOUTE), p(AC, [A], { touteInterdite: 0 }), AC], []],
    [
      'two certificates below',
      [p(FEUILLE, TOUTE), p(AC, TOUTE), p(AC, [A], { touteInterdite: 1 }), RACINE],
      [],
    ],
    [
      'asked twice, the strictest',
      [p(FEUILLE, TOUTE), p(AC, [A], { touteInterdite: 5 }), p(AC, [A], { touteInterdite: 1 }), RACINE],
      [],
    ],
  ])('inhibitAnyPolicy %s', (_, chemin, valides) => {
    expect(dire(...chemin)).toMatchObject({ valides });
  });
});

describe('which path is answered', () => {
  /** One key signs them all, so that every name that fits is an issuer. */
  const demander = (demande: Partial<DemandeChaine>) =>
    batirChaine({
      certificat: FEUILLE,
      intermediaires: [AC],
      ancres: [RACINE],
      instant: INSTANT,
      ...demande,
    });
  const dits = (demande: Partial<DemandeChaine>): string[] => {
    const chaine = demander(demande);
    return chaine.type === 'valide' ? ['valide'] : chaine.defauts.map((d) => d.code);
  };
  const autre = (c: Certificat, extensions: Partial<Extensions>, n: number): Certificat =>
    avec(c, extensions, { sha256: `${n}` as Sha256 });

  test('the first sound one, leaf first and anchor last', () => {
    const { type, chemin } = demander({});
    expect([type, chemin.map((c) => c.sujet.texte)]).toEqual(['valide', ['CN=Maire', 'CN=AC', 'CN=Racine']]);
  });

  test('the sound one, though another comes first', () => {
    const mauvaise = autre(AC, { usages: [] }, 1);
    expect(dits({ intermediaires: [mauvaise, AC] })).toEqual(['valide']);
  });

  test('the least bad one when none is sound, whatever the order', () => {
    const [une, deux] = [
      autre(AC, { usages: [] }, 1),
      autre(AC, { usages: [], critiquesInconnues: ['1.2.3'] }, 2),
    ];
    expect(dits({ intermediaires: [une, deux] })).toEqual(['usage_autorite']);
    expect(dits({ intermediaires: [deux, une] })).toEqual(['usage_autorite']);
  });

  test('a key identifier that is given on both sides must be the same', () => {
    const feuille = avec(FEUILLE, { identifiantCleEmetteur: 'ab' });
    expect(dits({ certificat: feuille })).toEqual(['valide']);
    expect(dits({ certificat: feuille, intermediaires: [autre(AC, { identifiantCle: 'ab' }, 1)] })).toEqual([
      'valide',
    ]);
    expect(dits({ certificat: feuille, intermediaires: [autre(AC, { identifiantCle: 'cd' }, 1)] })).toEqual([
      'emetteur_inconnu',
    ]);
    expect(dits({ intermediaires: [autre(AC, { identifiantCle: 'cd' }, 1)] })).toEqual(['valide']);
  });

  test('no anchor reached: why, and all that is wrong on the way', () => {
    const chaine = demander({ ancres: [], certificat: avec(FEUILLE, { usages: [] }) });
    expect(chaine).toMatchObject({
      type: 'refusee',
      chemin: [{ sujet: { texte: 'CN=Maire' } }, { sujet: { texte: 'CN=AC' } }],
      defauts: [
        { code: 'emetteur_inconnu', sujet: 'CN=AC', detail: 'émetteur : CN=Racine' },
        { code: 'usage_signature', sujet: 'CN=Maire' },
      ],
    });
    expect(demander({ ancres: [], intermediaires: [AC, RACINE] })).toMatchObject({
      defauts: [{ code: 'non_ancre', sujet: 'CN=Racine', detail: '' }],
    });
    expect(dits({ ancres: [], certificat: avec(FEUILLE, { usages: [] }), emploi: 'indifferent' })).toEqual([
      'emetteur_inconnu',
    ]);
  });

  test('what is asked of the leaf is a signature, unless said otherwise', () => {
    const certificat = avec(FEUILLE, { usagesEtendus: [OCSP] });
    expect(dits({ certificat })).toEqual(['usage_etendu']);
    expect(dits({ certificat, emploi: 'ocsp' })).toEqual(['valide']);
  });

  test('policies: one of those asked, or « any »; when none is asked, one at least if an authority demands it', () => {
    const sous = (
      politiques: readonly string[] | null,
      suite: Partial<Extensions> = {},
    ): Partial<DemandeChaine> => ({
      certificat: avec(FEUILLE, { politiques }),
      intermediaires: [avec(AC, { politiques, ...suite })],
    });
    expect(dits({ ...sous(['1.2']), politiques: ['1.3', '1.2'] })).toEqual(['valide']);
    expect(dits({ ...sous([TOUTE_POLITIQUE]), politiques: ['1.2'] })).toEqual(['valide']);
    expect(dits({ ...sous(['1.2']), politiques: [] })).toEqual(['politique_absente']);
    expect(dits({ ...sous(null, { politiqueExigee: 0 }) })).toEqual(['politique_absente']);
    expect(dits({ ...sous(['1.2'], { politiqueExigee: 0 }) })).toEqual(['valide']);
    expect(demander({ ...sous(['1.2']), politiques: ['1.3', '1.4'] })).toMatchObject({
      defauts: [{ code: 'politique_absente', sujet: 'CN=Maire', detail: '1.3, 1.4' }],
    });
  });

  /** `n` authorities, each issued by the next; the last one by « AC <n> ». */
  const file = (n: number): Certificat[] =>
    Array.from({ length: n }, (_, i) => emis(`AC ${i}`, `AC ${i + 1}`));

  test('eight certificates at most', () => {
    const feuille = emis('Maire', 'AC 0');
    const six = file(6);
    expect(dits({ certificat: feuille, intermediaires: six, ancres: [emis('AC 6', 'AC 6')] })).toEqual([
      'valide',
    ]);
    const sept = file(7);
    const trop = demander({
      certificat: feuille,
      intermediaires: sept,
      ancres: [emis('AC 7', 'AC 7')],
    });
    expect(trop).toMatchObject({ type: 'refusee', defauts: [{ code: 'emetteur_inconnu' }] });
    expect(trop.chemin).toHaveLength(8);
  });

  test('a hundred signatures at most, whoever wrote the file that brings the authorities', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const imposteur = (n: number): Certificat =>
      avec(AC, {}, { sha256: `${n}` as Sha256, cle: { ...AC.cle, objet: publicKey } });
    const foule = (n: number): Certificat[] => [...Array.from({ length: n }, (_, i) => imposteur(i)), AC];
    // two more: of the leaf by the true authority, of that authority by the anchor
    expect(dits({ intermediaires: foule(98) })).toEqual(['valide']);
    expect(dits({ intermediaires: foule(99) })).toEqual(['emetteur_inconnu']);
    expect(dits({ intermediaires: foule(97).slice(0, 97) })).toEqual(['signature_fausse']);
  });
});
