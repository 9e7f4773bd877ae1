import { describe, expect, it } from 'vitest';
import { controler } from '../../../src/protocoles/actes/controle.ts';
import { lireResume } from '../../../src/protocoles/actes/depot.ts';
import { REGLES } from '../../../src/protocoles/actes/regles/index.ts';
import type { Jour } from '../../../src/metier/identifiants.ts';
import { ANNEXE, COLLECTIVITE, FICHE, faits, flux, JOUR, PDF, reponseDe } from './decor.ts';
import { bons, m, mauvais } from './epreuve.ts';

describe('report', () => {
  it('a sound acte is favourable, every question is answered and kept', () => {
    const { rapport, lu } = controler(faits(), { classificationRequise: true });
    expect(rapport.verdict).toBe('favorable');
    expect(rapport.reponses).toHaveLength(REGLES.length);
    expect(rapport.reponses.filter((r) => r.reponse === 'non')).toEqual([]);
    expect(lu?.identite).toBe('034-000000018-20260301-2026_014-DE');
  });

  it('codes are unique, questions and sources are written', () => {
    expect(new Set(REGLES.map((r) => r.code)).size).toBe(REGLES.length);
    for (const r of REGLES) {
      expect(r.code).toMatch(/^ACTES-[A-Z]{3,4}-[0-9]{2}$/);
      expect(r.question).toMatch(/ \?$/);
      expect(r.source).not.toBe('');
    }
  });

  it('the summary holds all that the 1-1 message needs, and reads back', () => {
    const depot = faits({
      metadonnees: {
        nature: '1',
        documentPapier: true,
        precedent: '034-000000018-20250101-A1-DE',
        annexes: [{ typologie: '70_DE' }],
      },
      pieces: [PDF, ANNEXE],
    });
    const { lu } = controler(depot, { classificationRequise: true });
    expect(lu).not.toBeNull();
    if (lu === null) return;
    expect(lireResume(flux(lu))).toEqual({
      numero: '2026_014',
      date: '2026-03-01',
      objet: 'Tarifs du marché : année 2026',
      nature: '1',
      abrege: 'DE',
      matiere: '7.10',
      classification: '2024-09-02',
      documentPapier: true,
      precedent: '034-000000018-20250101-A1-DE',
      typologies: ['99_DE', '70_DE'],
      idActe: '034-000000018-20260301-2026_014-DE',
    });
  });

  it('a refused deposit keeps its identity when it can be named, none when it cannot', () => {
    expect(reponseDe('ACTES-NUM-01', faits(m({ numero: '2026-014' }))).lu?.identite).toBe(
      '034-000000018-20260301-2026-014-DE',
    );
    expect(reponseDe('ACTES-NAT-01', faits(m({ nature: '9' }))).lu).toBeNull();
    expect(reponseDe('ACTES-NUM-01', faits(m({ numero: 'A'.repeat(10_000) }))).lu).toBeNull();
    expect(reponseDe('ACTES-COL-02', faits({ collectivite: { actes: null } })).lu).toBeNull();
  });

  it('all anomalies are reported together, each at its place', () => {
    const { rapport } = controler(
      faits(m({ numero: 'a-b', date: '2027-01-01', objet: '', matiere: '7', document: {} })),
      { classificationRequise: true },
    );
    const codes = rapport.reponses.filter((r) => r.reponse === 'non').map((r) => r.code);
    expect(codes).toEqual(['ACTES-NUM-01', 'ACTES-DAT-02', 'ACTES-OBJ-01', 'ACTES-MAT-01', 'ACTES-TYP-01']);
    const lieux = rapport.reponses.flatMap((r) => r.anomalies.map((a) => a.ou));
    expect(lieux).toEqual(['numero', 'date', 'objet', 'matiere', 'document.typologie']);
  });
});

describe('metadata (JSON declared by the client, read strictly)', () => {
  mauvais('ACTES-META-01', [
    ['an unknown key, by its name', m({ matieres: '7.10' }), /« matieres » est inconnu.*matiere/s],
    ['a number where 7.10 would become 7.1', m({ matiere: 7.1 }), /un nombre.*7\.10 se lirait 7\.1/s],
    [
      'a text for a boolean',
      m({ documentPapier: 'oui' }),
      /« documentPapier » contient un texte.*true ou false/s,
    ],
    ['a null', m({ precedent: null }), /« precedent » contient null/],
    [
      'an unknown key deep inside',
      m({ document: { typologie: '99_DE', type: 'x' } }),
      /« type » est inconnu.*typologie/s,
    ],
    ['a bad field deep inside', m({ annexes: [{ typologie: 1 }] }), /annexes\[0\]\.typologie/],
    ['a list for an object', m({ document: [] }), /« document » contient une liste au lieu d’un objet/],
  ]);
  it.each([null, undefined, 'x', 3, [], true])(
    'ACTES-META-01 refuses %j instead of an object',
    (metadonnees) => {
      const { rapport, lu } = controler({ ...faits(), metadonnees }, { classificationRequise: true });
      expect(rapport.verdict).toBe('defavorable');
      expect(rapport.reponses[0]?.anomalies[0]?.message).toMatch(/au lieu d’un objet JSON/);
      expect(lu).toBeNull();
    },
  );
  it('a bad field does not hide the anomalies of the others', () => {
    expect(reponseDe('ACTES-META-01', faits(m({ documentPapier: 1, numero: 'a-b' }))).autres).toEqual([
      'ACTES-NUM-01',
    ]);
  });
  mauvais('ACTES-META-02', [
    ['a missing objet', m({ objet: undefined }), /« objet » manque/],
    ['a missing document', m({ document: undefined }), /« document » manque/],
  ]);
});

describe('collectivité (CGCT R. 2131-3; actesv1_1.xsd, IDCL, Referent, Email)', () => {
  mauvais('ACTES-COL-01', [
    ['an inactive one', { collectivite: { actif: false } }, /000000018.*désactivée/s],
  ]);
  bons('ACTES-COL-02', [
    ['a complete sheet', {}],
    ['Corse', { fiche: { departement: '02A' } }],
    ['overseas', { fiche: { departement: '974' } }],
  ]);
  const r = FICHE.referent;
  mauvais('ACTES-COL-02', [
    ['no ACTES sheet', { collectivite: { actes: null } }, /pas de fiche ACTES/],
    ['a two-digit département', { fiche: { departement: '34' } }, /« 34 ».*trois caractères/s],
    ['a two-digit arrondissement', { fiche: { arrondissement: '12' } }, /« 12 ».*un chiffre/s],
    ['a family of natures', { fiche: { nature: '3' } }, /« 3 ».*deux chiffres/s],
    ['no referent', { fiche: { referent: { ...r, nom: ' ' } } }, /nom du référent/],
    ['a + in an e-mail', { fiche: { referent: { ...r, courriel: 'a+b@mairie.fr' } } }, /a\+b@mairie\.fr/],
    ['a control character', { fiche: { referent: { ...r, telephone: '04\u0001' } } }, /U\+0001/],
    ['a bad return address', { fiche: { adressesRetour: ['ok@mairie.fr', 'nul'] } }, /« nul »/],
  ]);
});

describe('number (actesv1_1.xsd NumeroInterne, IDActe)', () => {
  bons('ACTES-NUM-01', [
    ['one character', m({ numero: '7' })],
    ['fifteen characters', m({ numero: 'A23456789012345' })],
    ['an underscore inside', m({ numero: '20241209_MR02' })],
  ]);
  mauvais('ACTES-NUM-01', [
    ['a dash, with why and what to write', m({ numero: '2026-014' }), /sépare les champs.*« 2026_014 »/s],
    ['lower case', m({ numero: 'd2026' }), /minuscules.*« D2026 »/s],
    ['accents', m({ numero: 'ÉTÉ 26' }), /« ETE_26 »/],
    ['sixteen characters', m({ numero: 'A234567890123456' }), /16 caractères, 15 au plus/],
    ['an underscore first', m({ numero: '_26' }), /tiret bas.*« 26 »/s],
    ['nothing', m({ numero: '' }), /il est vide/],
    ['a line feed at the end', m({ numero: '26\n' }), /U\+000A/],
  ]);
});

describe('date (actesv1_1.xsd Acte/@Date)', () => {
  bons('ACTES-DAT-01', [['29 February of a leap year', m({ date: '2024-02-29' })]]);
  mauvais('ACTES-DAT-01', [
    ['30 February', m({ date: '2026-02-30' }), /« 2026-02-30 » n’existe pas/],
    ['French order', m({ date: '01/03/2026' }), /AAAA-MM-JJ/],
    ['a date with a time', m({ date: '2026-03-01T10:00:00Z' }), /AAAA-MM-JJ/],
    ['year 0, which xsd:date does not have', m({ date: '0000-01-01' }), /n’existe pas/],
  ]);
  bons('ACTES-DAT-02', [['today', m({ date: JOUR })]]);
  mauvais('ACTES-DAT-02', [['tomorrow', m({ date: '2026-03-03' }), /03\/03\/2026.*futur.*02\/03\/2026/s]]);
  it('ACTES-DAT-03 warns before 1900 and lets pass', () => {
    const r = reponseDe('ACTES-DAT-03', faits(m({ date: '1026-03-01' })));
    expect([r.reponse, r.gravites, r.verdict]).toEqual(['non', ['avertissement'], 'favorable']);
  });
});

describe('objet (actesv1_1.xsd Objet; ISO-8859-1; XML 1.0 § 2.2)', () => {
  mauvais('ACTES-OBJ-01', [
    ['an empty one', m({ objet: '' }), /vide/],
    ['blanks', m({ objet: ' \u00a0 ' }), /vide/],
  ]);
  bons('ACTES-OBJ-02', [['499 characters', m({ objet: 'é'.repeat(499) })]]);
  mauvais('ACTES-OBJ-02', [['500 characters', m({ objet: 'é'.repeat(500) }), /500 caractères/]]);
  mauvais('ACTES-OBJ-03', [
    ['a line feed', m({ objet: 'a\nb' }), /saut de ligne.*U\+000A/s],
    ['a carriage return', m({ objet: 'a\rb' }), /U\+000D/],
    ['a line separator', m({ objet: 'a\u2028b' }), /U\+2028/],
    ['a next-line character', m({ objet: 'a\u0085b' }), /U\+0085/],
  ]);
  mauvais('ACTES-OBJ-04', [
    ['a vertical tab, by its code', m({ objet: 'a\u000bb' }), /U\+000B/],
    ['a tab', m({ objet: 'a\tb' }), /U\+0009/],
    ['a C1 control', m({ objet: 'a\u0092b' }), /U\+0092/],
    ['a lone surrogate', m({ objet: 'a\ud800b' }), /U\+D800/],
    ['a non-character', m({ objet: 'a\uffffb' }), /U\+FFFF/],
  ]);
  bons('ACTES-OBJ-05', [['French in ISO-8859-1', m({ objet: 'Élèves, « garçons » à naître : ½ × 5 °C' })]]);
  mauvais('ACTES-OBJ-05', [
    ['Greek', m({ objet: 'taux α' }), /« α » \(U\+03B1\)/],
    ['an emoji', m({ objet: 'fête 🎉' }), /U\+1F389/],
  ]);
  it('ACTES-OBJ-05 only warns of Windows-1252 typography, sent as numeric references', () => {
    const r = reponseDe('ACTES-OBJ-05', faits(m({ objet: 'Œuvre d’art à 10 €' })));
    expect([r.reponse, r.gravites, r.verdict]).toEqual(['non', ['avertissement'], 'favorable']);
    expect(r.texte).toMatch(/« Œ » \(U\+0152\), « ’ » \(U\+2019\), « € » \(U\+20AC\)/);
  });
});

describe('nature, matière, classification (7-2 is the authority)', () => {
  bons('ACTES-NAT-01', [
    ['the code', m({ nature: '1' })],
    ['a nature that only the classification knows', m({ nature: 'XY' })],
    [
      'a national nature before any import',
      { fiche: { classification: null }, metadonnees: { nature: 'CC' } },
    ],
  ]);
  mauvais('ACTES-NAT-01', [
    ['an unknown code', m({ nature: '9' }), /« 9 » est inconnue.*1 ou DE/s],
    ['one that the classification does not list', m({ nature: 'AR' }), /« AR »/],
    ['the name of an inherited property', m({ nature: 'constructor' }), /« constructor »/],
  ]);
  bons('ACTES-MAT-01', [['a level over 9', m({ matiere: '1.1.10' })]]);
  mauvais('ACTES-MAT-01', [
    ['one level', m({ matiere: '7' }), /deux premiers niveaux sont obligatoires/],
    ['a gap', m({ matiere: '1..10' }), /un niveau est vide/],
    ['a zero', m({ matiere: '7.01' }), /commence par zéro/],
    ['six levels', m({ matiere: '1.1.1.1.1.1' }), /plus de cinq niveaux/],
    ['dashes', m({ matiere: '7-10' }), /séparés par des points/],
  ]);
  bons('ACTES-MAT-02', [['a matière in force', m({ matiere: '5.2' })]]);
  mauvais('ACTES-MAT-02', [
    [
      'an unknown sub-matière, with its neighbours',
      m({ matiere: '7.2' }),
      /02\/09\/2024.*sous 7 : 7\.1, 7\.10/s,
    ],
    ['a level too deep', m({ matiere: '5.2.1' }), /n’existe pas/],
  ]);
  mauvais('ACTES-CLA-01', [
    [
      'no classification imported',
      { fiche: { classification: null } },
      /vaguemestre collectivite classification/,
    ],
  ]);
  it('ACTES-CLA-01 only warns when the operator does not require one; the date must then be declared', () => {
    const sans = { classification: null };
    const nue = reponseDe('ACTES-CLA-02', faits({ fiche: sans }), false);
    expect([nue.reponse, nue.verdict]).toEqual(['non', 'defavorable']);
    const datee = faits({ fiche: sans, metadonnees: { classification: '2019-08-29' } });
    const r = reponseDe('ACTES-CLA-01', datee, false);
    expect([r.gravites, r.verdict]).toEqual([['avertissement'], 'favorable']);
    expect(r.lu?.resume['classification']).toBe('2019-08-29');
  });
  bons('ACTES-CLA-02', [['the date in force', m({ classification: '2024-09-02' })]]);
  mauvais('ACTES-CLA-02', [
    [
      'a stale date, saying the one in force',
      m({ classification: '2019-04-18' }),
      /18\/04\/2019.*02\/09\/2024/s,
    ],
    ['no date', m({ classification: 'hier' }), /« hier »/],
  ]);
});

describe('previous acte (actesv1_1.xsd PrecedentIdentifiantActe)', () => {
  bons('ACTES-PRE-01', [['an IDActe', m({ precedent: '034-000000018-20250101-2025_001-DE' })]]);
  mauvais('ACTES-PRE-01', [
    ['a bare number', m({ precedent: '2025_001' }), /« 2025_001 » est mal formé/],
    ['the literal | that the schema lets in', m({ precedent: '|34-000000018-20250101-1-DE' }), /mal formé/],
  ]);
  it('ACTES-PRE-02 warns when it belongs to another SIREN', () => {
    const r = reponseDe('ACTES-PRE-02', faits(m({ precedent: '034-000000026-20250101-1-DE' })));
    expect([r.reponse, r.gravites, r.verdict]).toEqual(['non', ['avertissement'], 'favorable']);
  });
});

it('the day of the facts decides, never the clock of the machine', () => {
  const demain = { ...faits(m({ date: '2999-01-01' })), jour: '2999-01-01' as Jour };
  expect(reponseDe('ACTES-DAT-02', demain).reponse).toBe('oui');
  expect(COLLECTIVITE.actif).toBe(true);
});
