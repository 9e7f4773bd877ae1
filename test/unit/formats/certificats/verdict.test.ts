import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { batirChaine } from '../../../../src/formats/certificats/chaine.ts';
import {
  type DemandeConfiance,
  jugerCertificat,
  type VerdictConfiance,
} from '../../../../src/formats/certificats/confiance.ts';
import type { Famille, Periode } from '../../../../src/formats/certificats/magasin.ts';
import { type Change, extension, fabriquer, lu, nom } from './certificat-essai.ts';
import { ancre, CRL, famille, FEUILLE, INSTANT, magasin, MAIRE, RACINE, SERIE } from './confiance-essai.ts';
import { entree, liste } from './crl-essai.ts';
import { hexa, oid, sequence, tlv } from './der-essai.ts';
import { reponse } from './ocsp-essai.ts';

/** The judgement on a certificate: path, revocation, level, families; on certificates laid out by hand. */

const QUALIFIEE = tlv(
  0xa3,
  sequence(
    extension('2.5.29.19', sequence()),
    extension('2.5.29.15', hexa('03 02 06 c0'), true),
    extension('1.3.6.1.5.5.7.1.3', sequence(sequence(oid('0.4.0.1862.1.1')))),
  ),
);

function juger(change: Partial<DemandeConfiance> = {}): VerdictConfiance {
  return jugerCertificat({
    certificat: MAIRE,
    intermediaires: [],
    magasin: magasin(famille()),
    instant: INSTANT,
    preuves: { crl: [CRL], ocsp: [] },
    ...change,
  });
}
const codes = (verdict: VerdictConfiance): string[] =>
  verdict.type === 'refuse' ? verdict.defauts.map((d) => d.code) : [verdict.type];

describe('path, revocation, level: the verdict', () => {
  test('trusted: the path, what it leans on, and nothing more', () => {
    const verdict = juger();
    expect(verdict).toMatchObject({ type: 'confiance', famille: 'essai', niveau: 'N', reserves: [] });
    expect(verdict.type === 'confiance' && verdict.chemin.map((c) => c.sujet.texte)).toEqual([
      'CN=Maire',
      'CN=AC',
    ]);
    expect(verdict.type === 'confiance' && verdict.maillons.map((m) => [m.sujet, m.revocation.etat])).toEqual(
      [['CN=Maire', 'bon']],
    );
    expect(verdict.preuves.map((p) => p.type)).toEqual(['crl']);
  });

  test('no level, no evidence, an empty store', () => {
    expect(juger({ magasin: magasin(famille({ niveaux: [] })) }).type).toBe('sans_niveau');
    expect(juger({ preuves: { crl: [], ocsp: [] } })).toMatchObject({
      type: 'indetermine',
      motifs: ['CN=Maire : aucune preuve de non-révocation n’est disponible'],
      preuves: [],
    });
    expect(juger({ magasin: [] })).toMatchObject({
      type: 'refuse',
      defauts: [{ code: 'emetteur_inconnu', sujet: 'CN=Maire', detail: 'le magasin de confiance est vide' }],
      preuves: [],
    });
  });

  test('a certificate that cannot be read is refused; one that is joined and cannot be is left out', () => {
    expect(juger({ certificat: Buffer.from('AAAA') })).toMatchObject({
      type: 'refuse',
      defauts: [{ code: 'illisible', sujet: '', detail: expect.stringMatching(/./) }],
      preuves: [],
    });
    expect(juger({ intermediaires: [Buffer.from('AAAA'), RACINE] }).type).toBe('confiance');
  });

  test('revoked: since when and why, with the evidence', () => {
    const revoque = liste({ entrees: sequence(entree(SERIE, '260301000000Z')) });
    const verdict = juger({ preuves: { crl: [revoque], ocsp: [] } });
    expect(verdict).toMatchObject({
      type: 'refuse',
      defauts: [
        {
          code: 'revoque',
          sujet: 'CN=Maire',
          detail: 'depuis le 1er mars 2026 à 00:00:00 UTC (non précisé)',
        },
      ],
      preuves: [{ type: 'crl' }],
    });
    expect(verdict.preuves).toHaveLength(1);
  });

  test('revoked later: trusted, and said of whom', () => {
    const ensuite = liste({ entrees: sequence(entree(SERIE, '260620000000Z')) });
    expect(juger({ preuves: { crl: [ensuite], ocsp: [] } })).toMatchObject({
      type: 'confiance',
      reserves: [expect.stringMatching(/^CN=Maire : révoqué plus tard, le 20 juin 2026/)],
    });
  });

  test('a revocation by any sound evidence wins; then « bon »; then what says most', () => {
    const revoque = liste({ entrees: sequence(entree(SERIE, '260301000000Z')) });
    const fausse = liste();
    fausse[fausse.length - 1] = (fausse.at(-1) ?? 0) ^ 1;
    const dire = (...crl: readonly Uint8Array[]): unknown => {
      const verdict = juger({ preuves: { crl, ocsp: [] } });
      return verdict.type === 'indetermine' ? verdict.motifs[0] : verdict.type;
    };
    expect(dire(CRL, revoque)).toBe('refuse');
    expect(dire(fausse, CRL)).toBe('confiance');
    const ailleurs = liste({ emetteur: nom('Autre') });
    expect(dire(ailleurs, fausse)).toContain('la signature de la preuve est fausse');
    expect(dire(ailleurs)).toContain('aucune preuve');
  });

  test('an answer of OCSP is as good as a list', () => {
    expect(juger({ preuves: { crl: [], ocsp: [{ reponse: reponse(), nonce: null }] } })).toMatchObject({
      type: 'confiance',
      preuves: [{ type: 'ocsp' }],
    });
  });

  test('the use is a signature unless said; a certificate without that usage is refused', () => {
    const chiffrer = tlv(0xa3, sequence(extension('2.5.29.15', hexa('03 02 05 20'), true)));
    const certificat = fabriquer({ suite: chiffrer });
    expect(codes(juger({ certificat }))).not.toContain('confiance');
    expect(codes(juger({ certificat, emploi: 'indifferent' }))).toEqual(['confiance']);
  });

  test('evidence too old for the site does not count', () => {
    expect(juger({ ageMax: { crl: 1, ocsp: null } }).type).toBe('indetermine');
    expect(juger({ ageMax: { crl: null, ocsp: 1 } }).type).toBe('confiance');
  });
});

describe('several families: the best verdict, but a revocation is never covered', () => {
  const revoque = liste({ entrees: sequence(entree(SERIE, '260301000000Z')) });
  const inconnue = (): Famille =>
    famille({ nom: 'ailleurs', ancres: [ancre(fabriquer({ sujet: nom('Autre'), emetteur: nom('Autre') }))] });

  test.each([
    ['trusted by one of them', [inconnue(), famille()], 'confiance'],
    [
      'trusted by the first, of no level by the other',
      [famille(), famille({ nom: 'b', niveaux: [] })],
      'confiance',
    ],
    [
      'of no level by the first, trusted by the other',
      [famille({ nom: 'b', niveaux: [] }), famille()],
      'confiance',
    ],
    ['unknown to both', [inconnue(), inconnue()], 'refuse'],
  ] as const)('%s', (_, familles, attendu) => {
    expect(juger({ magasin: magasin(...familles) }).type).toBe(attendu);
  });

  test('between two that are as good, the first', () => {
    const deux = magasin(famille({ nom: 'a' }), famille({ nom: 'b' }));
    expect(juger({ magasin: deux })).toMatchObject({ famille: 'a' });
    expect(juger({ magasin: deux, preuves: { crl: [revoque], ocsp: [] } }).type).toBe('refuse');
  });

  test('not settled comes before no level', () => {
    const familles = magasin(famille({ nom: 'a', niveaux: [] }), famille({ nom: 'b' }));
    expect(juger({ magasin: familles, preuves: { crl: [], ocsp: [] } })).toMatchObject({
      type: 'indetermine',
      famille: 'a',
    });
  });

  test('« expired » says more than « unknown to the other family »', () => {
    const passee = fabriquer({
      suite: FEUILLE,
      validite: sequence(tlv(0x17, Buffer.from('250101000000Z')), tlv(0x17, Buffer.from('260101000000Z'))),
    });
    for (const familles of [magasin(inconnue(), famille()), magasin(famille(), inconnue())]) {
      expect(codes(juger({ certificat: passee, magasin: familles }))).toEqual(['expire']);
    }
  });

  test('a root that no family anchors says less than a defect', () => {
    const passee = fabriquer({
      suite: FEUILLE,
      validite: sequence(tlv(0x17, Buffer.from('250101000000Z')), tlv(0x17, Buffer.from('260101000000Z'))),
    });
    const verdict = juger({
      certificat: passee,
      intermediaires: [RACINE],
      magasin: magasin(inconnue(), famille()),
    });
    expect(codes(verdict)).toEqual(['expire']);
    expect(codes(juger({ intermediaires: [RACINE], magasin: magasin(inconnue()) }))[0]).toBe('non_ancre');
  });
});

describe('a family read from a trusted list', () => {
  const PERIODE: Periode = {
    debut: '2020-01-01T00:00:00Z',
    fin: null,
    accorde: true,
    types: ['esign'],
    qualifications: [],
  };
  const eidas = (...ancres: Famille['ancres']): Famille => famille({ lecture: 'eidas', niveaux: [], ancres });
  const certificat = fabriquer({ suite: QUALIFIEE });

  test('the level is that of the service that anchors the path, whichever of its services fits', () => {
    const cachet = ancre(RACINE, [{ ...PERIODE, types: ['eseal'] }]);
    const signature = ancre(RACINE, [PERIODE]);
    expect(juger({ certificat, magasin: magasin(eidas(cachet, signature)) })).toMatchObject({
      niveau: 'eIDAS qualifié (signature)',
    });
    expect(juger({ certificat, magasin: magasin(eidas(cachet)) }).type).toBe('sans_niveau');
  });

  test('another authority of the list, qualified for it, changes nothing', () => {
    const cachet = ancre(RACINE, [{ ...PERIODE, types: ['eseal'] }]);
    const autre = ancre(fabriquer({ sujet: nom('Autre'), emetteur: nom('Autre') }), [PERIODE]);
    expect(juger({ certificat, magasin: magasin(eidas(cachet, autre)) }).type).toBe('sans_niveau');
  });
});

describe('the path that is said when none leads to an anchor', () => {
  const feuille = lu({ suite: FEUILLE });
  const racine = lu({ sujet: nom('AC') });
  const batir = (...intermediaires: Parameters<typeof batirChaine>[0]['intermediaires'][number][]) =>
    batirChaine({ certificat: feuille, intermediaires, ancres: [], instant: INSTANT });

  test('as far as it goes, no certificate twice', () => {
    const chaine = batir(racine, racine);
    expect(chaine.chemin.map((c) => c.sujet.texte)).toEqual(['CN=Maire', 'CN=AC']);
    expect(chaine.type === 'refusee' && chaine.defauts[0]).toMatchObject({
      code: 'non_ancre',
      sujet: 'CN=AC',
      detail: '',
    });
  });

  test('the issuer that is missing is named', () => {
    const chaine = batir();
    expect(chaine.type === 'refusee' && chaine.defauts[0]).toMatchObject({
      code: 'emetteur_inconnu',
      sujet: 'CN=Maire',
      detail: 'émetteur : CN=AC',
    });
  });

  test('one of the name and of another key did not sign it', () => {
    const autre = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({
      format: 'der',
      type: 'spki',
    });
    const homonyme: Change = { sujet: nom('AC'), cle: autre };
    const chaine = batir(lu(homonyme));
    expect(chaine.type === 'refusee' && chaine.defauts[0]).toMatchObject({
      code: 'signature_fausse',
      sujet: 'CN=Maire',
    });
    // the right one among two
    expect(batir(lu(homonyme), racine).chemin.map((c) => c.cle.sha256)).toEqual([
      feuille.cle.sha256,
      racine.cle.sha256,
    ]);
  });
});
