import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../src/formats/certificats/certificat.ts';
import { importerListeConfiance } from '../../../../src/formats/certificats/liste-confiance.ts';
import { lirePointeurs } from '../../../../src/formats/certificats/liste-des-listes.ts';
import {
  examinerEntete,
  lireEntete,
  lireGenre,
  TAILLE_LISTE_MAX,
} from '../../../../src/formats/certificats/liste-entete.ts';
import { lirePeriodes } from '../../../../src/formats/certificats/liste-service.ts';
import { enfants, texteFrancais } from '../../../../src/formats/certificats/liste-xml.ts';
import type { Periode } from '../../../../src/formats/certificats/magasin.ts';
import { type ElementXml, lireXml } from '../../../../src/formats/xml/lire.ts';
import { fabriquer, nom } from './certificat-essai.ts';
import { type ListeEssai, listeEssai } from './liste-essai.ts';
import { INSTANT, le } from './pki.ts';

/** Trusted lists, part by part (TS 119 612 § 5): what is read, and what is left out. */

const TSL = 'http://uri.etsi.org/02231/v2#';
const SIE = 'http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#';
const DER = fabriquer();
const B64 = DER.toString('base64');

function element(texte: string): ElementXml {
  const lu = lireXml(Buffer.from(texte), 1_000_000);
  return lu.type === 'illisible' ? expect.fail(lu.motif) : lu.racine;
}
const liste = (change: Partial<ListeEssai> = {}): string =>
  Buffer.from(
    listeEssai({
      services: [
        { nom: 'AC', certificats: [DER], etats: [{ statut: 'granted', debut: '2023-01-01T00:00:00Z' }] },
      ],
      ...change,
    }),
  ).toString();
const importer = (xml: string | Uint8Array, suite: object = {}) =>
  importerListeConfiance({
    xml: typeof xml === 'string' ? Buffer.from(xml) : xml,
    verifiee: true,
    instant: INSTANT,
    ...suite,
  });

describe('the head of a list (§ 5.3)', () => {
  const entete = (change: (texte: string) => string = (t) => t) => lireEntete(element(change(liste())));

  test('kind, territory, number, dates', () => {
    expect(entete()).toEqual({
      genre: 'liste',
      territoire: 'FR',
      numero: '42',
      emise: le('2026-06-01T00:00:00Z'),
      prochaine: le('2026-12-01T00:00:00Z'),
    });
  });

  test('the structures of versions 5 and 6, and no other', () => {
    const version = (n: string) =>
      entete((t) => t.replace(/<TSLVersionIdentifier>[^<]*/, `<TSLVersionIdentifier>${n}`));
    expect(['4', '5', '6', '7', ''].map((n) => version(n) !== null)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    ['another root', (t: string) => t.replaceAll('TrustServiceStatusList', 'Autre')],
    ['another namespace', (t: string) => t.replace(TSL, 'urn:x')],
    ['another kind', (t: string) => t.replace('/TSLType/EUgeneric', '/TSLType/Autre')],
    ['no date of issue', (t: string) => t.replace(/<ListIssueDateTime>[^<]*/, '<ListIssueDateTime>')],
  ])('%s: not a list', (_, change) => {
    expect(entete(change)).toBeNull();
  });

  test('a closed list has no next one (§ 5.3.15)', () => {
    expect(entete((t) => t.replace(/<dateTime>[^<]*<\/dateTime>/, ''))?.prochaine).toBeNull();
    expect(entete((t) => t.replace(/<NextUpdate>.*<\/NextUpdate>/s, ''))?.prochaine).toBeNull();
  });

  test('the kind is the last word of its address', () => {
    const base = 'http://uri.etsi.org/TrstSvc/TrustedList/TSLType/';
    expect(
      [`${base}EUgeneric`, `${base}EUlistofthelists`, `${base}EUgenericX`, 'EUgeneric', ''].map(lireGenre),
    ).toEqual(['liste', 'liste_des_listes', null, null, null]);
  });
});

describe('what keeps a list from being taken in', () => {
  const ENTETE = {
    genre: 'liste',
    territoire: 'FR',
    numero: '1',
    emise: le('2026-06-01T00:00:00Z'),
    prochaine: le('2026-06-15T12:00:00Z'),
  } as const;
  const codes = (iso: string, change: object = {}, verifiee = true): string[] =>
    examinerEntete({ ...ENTETE, ...change }, { verifiee, instant: le(iso) }).map((r) => r.code);

  test('not verified; to be replaced; to come; each told', () => {
    expect(codes('2026-06-15T12:00:00Z')).toEqual([]);
    expect(codes('2026-06-15T12:00:01Z')).toEqual(['perimee']);
    expect(codes('2026-06-01T00:00:00Z')).toEqual([]);
    expect(codes('2026-05-31T23:59:59Z')).toEqual(['perimee']);
    expect(codes('2026-06-15T12:00:00Z', {}, false)).toEqual(['non_verifiee']);
    expect(codes('2099-01-01T00:00:00Z', { prochaine: null })).toEqual([]);
    expect(codes('2026-05-31T00:00:00Z', { prochaine: le('2026-05-01T00:00:00Z') }, false)).toEqual([
      'non_verifiee',
      'perimee',
      'perimee',
    ]);
  });

  test('which of its dates is said', () => {
    const motifs = (iso: string): string =>
      examinerEntete(ENTETE, { verifiee: true, instant: le(iso) })
        .map((r) => r.motif)
        .join();
    expect(motifs('2026-06-16T00:00:00Z')).toContain('remplacée le 15 juin 2026');
    expect(motifs('2026-05-01T00:00:00Z')).toContain('datée du 1er juin 2026');
  });
});

describe('names and children', () => {
  test('by namespace and name; the French name, or the first', () => {
    const noms = (...paires: readonly [string, string][]): ElementXml =>
      element(
        `<a xmlns="${TSL}">${paires.map(([langue, dit]) => `<Name xml:lang="${langue}">${dit}</Name>`).join('')}<x:Name xmlns:x="urn:x">autre</x:Name></a>`,
      );
    expect(texteFrancais(noms(['en', 'Ten'], ['fr', ' Dix '], ['de', 'Zehn']))).toBe('Dix');
    expect(texteFrancais(noms(['en', 'Ten'], ['de', 'Zehn']))).toBe('Ten');
    expect([texteFrancais(noms()), texteFrancais(undefined)]).toEqual(['', '']);
    expect(enfants(noms(['fr', 'a']), 'Name').map((e) => e.texte)).toEqual(['a']);
    expect(enfants(noms(), 'Name', 'urn:x').map((e) => e.texte)).toEqual(['autre']);
    expect(enfants(undefined, 'Name')).toEqual([]);
  });
});

const CA_QC = 'http://uri.etsi.org/TrstSvc/Svctype/CA/QC';
const etat = (statut: string, debut: string, extensions = ''): string =>
  `<ServiceTypeIdentifier>${CA_QC}</ServiceTypeIdentifier><ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/${statut}</ServiceStatus>` +
  `<StatusStartingTime>${debut}</StatusStartingTime><ServiceInformationExtensions>${extensions}</ServiceInformationExtensions>`;
const service = (present: string, ...passes: readonly string[]): Periode[] =>
  lirePeriodes(
    element(
      `<TSPService xmlns="${TSL}" xmlns:q="${SIE}" xmlns:x="urn:x"><ServiceInformation>${present}</ServiceInformation>` +
        `<ServiceHistory>${passes.map((p) => `<ServiceHistoryInstance>${p}</ServiceHistoryInstance>`).join('')}</ServiceHistory></TSPService>`,
    ),
  );

describe('the status of a service through time (§ 5.5, § 5.6)', () => {
  test('each period ends where the next begins, whatever their order in the file', () => {
    const periodes = service(
      etat('withdrawn', '2025-01-01T00:00:00Z'),
      etat('supervisionincessation', '2014-01-01T00:00:00Z'),
      etat('granted', '2016-07-01T00:00:00Z'),
      etat('accredited', '2015-01-01T00:00:00Z'),
    );
    expect(periodes.map((p) => [p.debut, p.fin, p.accorde])).toEqual([
      ['2025-01-01T00:00:00.000Z', null, false],
      ['2016-07-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z', true],
      ['2015-01-01T00:00:00.000Z', '2016-07-01T00:00:00.000Z', true],
      ['2014-01-01T00:00:00.000Z', '2015-01-01T00:00:00.000Z', true],
    ]);
  });

  test.each([
    ['granted', '2016-07-01T00:00:00Z', true],
    ['withdrawn', '2016-07-01T00:00:00Z', false],
    ['undersupervision', '2016-06-30T23:59:59Z', true],
    ['undersupervision', '2016-07-01T00:00:00Z', false],
    ['accredited', '2016-07-01T00:00:00Z', false],
    ['supervisionrevoked', '2015-01-01T00:00:00Z', false],
    ['', '2020-01-01T00:00:00Z', false],
  ])('« %s » since %s: %s', (statut, debut, accorde) => {
    expect(service(etat(statut, debut))[0]?.accorde).toBe(accorde);
  });

  test('only CA/QC is granted; an instance without date is none; without service there is none', () => {
    expect(service(etat('granted', '2020-01-01T00:00:00Z').replace(CA_QC, `${CA_QC}x`))[0]?.accorde).toBe(
      false,
    );
    expect(
      service(etat('granted', 'hier'), etat('granted', '2020-01-01T00:00:00Z')).map((p) => p.fin),
    ).toEqual([null]);
    expect(lirePeriodes(element(`<TSPService xmlns="${TSL}"/>`))).toEqual([]);
    const histoire = `<TSPService xmlns="${TSL}"><ServiceHistory><ServiceHistoryInstance>${etat('granted', '2020-01-01T00:00:00Z')}</ServiceHistoryInstance></ServiceHistory></TSPService>`;
    expect(lirePeriodes(element(histoire))).toHaveLength(1);
  });

  const info = (mot: string): string =>
    `<Extension><AdditionalServiceInformation><URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/${mot}</URI></AdditionalServiceInformation></Extension>`;
  const types = (debut: string, ...mots: readonly string[]): readonly string[] | undefined =>
    service(etat('granted', debut, mots.map(info).join('')))[0]?.types;

  test('what it is qualified for; before eIDAS there was signature only', () => {
    expect(types('2020-01-01T00:00:00Z', 'ForeSeals')).toEqual(['eseal']);
    expect(types('2020-01-01T00:00:00Z', 'ForWebSiteAuthentication', 'ForeSignatures', 'RootCA-QC')).toEqual([
      'esign',
      'web',
    ]);
    expect(types('2020-01-01T00:00:00Z')).toEqual([]);
    expect(types('2016-06-30T23:59:59Z')).toEqual(['esign']);
    expect(types('2016-06-30T23:59:59Z', 'ForeSeals')).toEqual(['eseal']);
    expect(types('2020-01-01T00:00:00Z', 'xForeSeals')).toEqual([]);
  });
});

describe('qualifications of a service, and their criteria (§ 5.5.9.2)', () => {
  const qualifier = (
    corps: string,
    noms = '<q:Qualifier uri="http://x/QCForESig"/>',
  ): Periode['qualifications'] =>
    service(
      etat(
        'granted',
        '2020-01-01T00:00:00Z',
        `<Extension><q:Qualifications><q:QualificationElement><q:Qualifiers>${noms}</q:Qualifiers>${corps}</q:QualificationElement></q:Qualifications></Extension>`,
      ),
    )[0]?.qualifications ?? [];
  const critere = (corps: string) => qualifier(corps)[0]?.critere;
  const VIDE = { exige: 'all', politiques: [], usages: [], sous: [], inconnu: false };

  test('the last word of each qualifier; one without address is none that is known', () => {
    expect(
      qualifier(
        '',
        '<q:Qualifier uri="http://x/A"/><q:Qualifier uri="B"/><q:Qualifier/><Qualifier uri="http://x/C"/>',
      )[0]?.qualifieurs,
    ).toEqual(['A', 'B', '']);
  });

  test.each([
    ['all', 'all', false],
    ['atLeastOne', 'atLeastOne', false],
    ['none', 'none', false],
    ['autre', 'all', true],
  ])('assert « %s » → %s, unknown: %s', (assert, exige, inconnu) => {
    expect(critere(`<q:CriteriaList assert="${assert}"/>`)).toEqual({ ...VIDE, exige, inconnu });
  });

  test('no assert is « all »; no list applies to nothing that could be known', () => {
    expect(critere('<q:CriteriaList/>')).toEqual(VIDE);
    expect(critere('')).toEqual({ ...VIDE, inconnu: true });
    expect(critere('<CriteriaList assert="all"/>')).toEqual({ ...VIDE, inconnu: true });
  });

  test('policies bare or as URN, usages, lists within; what is of an unknown kind is told', () => {
    const corps =
      '<q:PolicySet><q:PolicyIdentifier><x:Autre>0</x:Autre><x:Identifier> URN:OID:1.2.3 </x:Identifier></q:PolicyIdentifier><q:PolicyIdentifier><x:Identifier>1.2.4</x:Identifier></q:PolicyIdentifier></q:PolicySet>' +
      '<q:KeyUsage><q:KeyUsageBit name="a">true</q:KeyUsageBit><q:KeyUsageBit name="b"> 1 </q:KeyUsageBit><q:KeyUsageBit name="c">false</q:KeyUsageBit><q:KeyUsageBit>0</q:KeyUsageBit></q:KeyUsage>' +
      '<q:CriteriaList assert="none"/><q:Description>x</q:Description>';
    expect(critere(`<q:CriteriaList assert="all">${corps}</q:CriteriaList>`)).toEqual({
      exige: 'all',
      politiques: [['1.2.3', '1.2.4']],
      usages: [
        [
          { usage: 'a', valeur: true },
          { usage: 'b', valeur: true },
          { usage: 'c', valeur: false },
          { usage: '', valeur: false },
        ],
      ],
      sous: [{ ...VIDE, exige: 'none' }],
      inconnu: false,
    });
    expect(critere('<q:CriteriaList assert="all"><q:otherCriteriaList/></q:CriteriaList>')).toEqual({
      ...VIDE,
      inconnu: true,
    });
  });
});

describe('a whole list', () => {
  test('more than twenty millions of bytes is not read', () => {
    expect(importer(Buffer.alloc(TAILLE_LISTE_MAX + 1, ' '))).toMatchObject({ code: 'illisible' });
    expect(TAILLE_LISTE_MAX).toBe(20_000_000);
  });

  test('the list of lists is not one, nor one of another form; a remedy is given', () => {
    expect(importer(liste({ type: 'EUlistofthelists' }))).toMatchObject({
      code: 'autre_format',
      motif: expect.stringContaining('Vérifier son adresse'),
    });
    expect(importer('<a/>')).toMatchObject({ code: 'autre_format' });
    expect(importer('liste')).toMatchObject({
      motif: expect.stringMatching(/^La liste est illisible : .*\. La télécharger de nouveau\.$/),
    });
  });

  test('the family is named after the territory', () => {
    const nommee = (territoire: string): unknown => {
      const lue = importer(liste({ territoire }));
      return lue.type === 'importee' ? [lue.famille.nom, lue.famille.libelle] : lue.code;
    };
    expect(nommee('FR')).toEqual(['eidas-fr', 'Certificats qualifiés eIDAS (FR)']);
    expect(nommee('B é-2')).toEqual(['eidas-b2', 'Certificats qualifiés eIDAS (B é-2)']);
    expect(nommee('')).toEqual(['eidas-inconnu', 'Certificats qualifiés eIDAS ()']);
  });

  test('where it comes from: territory, number, day, digest of the file', () => {
    const xml = liste();
    const lue = importer(xml);
    expect(lue.type === 'importee' && lue.famille.origine).toBe(
      `liste de confiance FR n° 42 du 1er juin 2026 à 00:00:00 UTC, SHA-256 ${sha256(Buffer.from(xml))}`,
    );
    expect(lue).toMatchObject({ famille: { niveaux: [], ancres: [{ nom: 'Prestataire d’essai – AC' }] } });
  });

  test('one that grants nothing today is refused; several reserves, when forced, are all kept', () => {
    const retiree = {
      services: [
        {
          nom: 'AC',
          certificats: [DER],
          etats: [
            { statut: 'withdrawn', debut: '2025-01-01T00:00:00Z' },
            { statut: 'granted', debut: '2020-01-01T00:00:00Z' },
          ],
        },
      ],
    };
    expect(importer(liste(retiree))).toMatchObject({ code: 'vide' });
    const forcee = importer(liste({ prochaine: '2026-06-14T00:00:00Z' }), { verifiee: false, forcer: true });
    expect(forcee).toMatchObject({ type: 'importee', reserves: [{}, {}].map(() => expect.any(String)) });
    expect(importer(liste({ prochaine: '2026-06-14T00:00:00Z' }), { forcer: false })).toMatchObject({
      code: 'perimee',
    });
  });
});

describe('the list of lists: who may sign the list of each territory (§ 5.3.13)', () => {
  interface Pointe {
    readonly territoire?: string;
    readonly type?: string;
    readonly mime?: string;
    readonly adresse?: string;
    readonly certificats?: readonly string[];
  }
  const pointeur = ({
    territoire = 'FR',
    type = 'EUgeneric',
    mime = '',
    adresse = 'https://fr/',
    certificats = [B64],
  }: Pointe): string =>
    `<OtherTSLPointer><ServiceDigitalIdentities>${certificats.map((c) => `<ServiceDigitalIdentity><DigitalId><X509Certificate>${c}</X509Certificate></DigitalId></ServiceDigitalIdentity>`).join('')}</ServiceDigitalIdentities>` +
    `<TSLLocation>${adresse}</TSLLocation><AdditionalInformation><OtherInformation><TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/${type}</TSLType></OtherInformation>` +
    `<OtherInformation><SchemeTerritory>${territoire}</SchemeTerritory></OtherInformation>${mime === '' ? '' : `<OtherInformation><m:MimeType xmlns:m="urn:m">${mime}</m:MimeType></OtherInformation>`}</AdditionalInformation></OtherTSLPointer>`;
  const lire = (...pointes: readonly Pointe[]) =>
    lirePointeurs(
      element(
        `<TrustServiceStatusList xmlns="${TSL}"><SchemeInformation><PointersToOtherTSL>${pointes.map(pointeur).join('')}</PointersToOtherTSL></SchemeInformation></TrustServiceStatusList>`,
      ),
    );
  const SHA = sha256(DER);

  test('one per territory, in alphabetical order, its address, its signers', () => {
    expect(
      lire(
        {},
        { territoire: 'BE', adresse: 'https://be/' },
        { territoire: 'EU', type: 'EUlistofthelists', adresse: 'https://eu/' },
      ),
    ).toEqual([
      { territoire: 'BE', adresse: 'https://be/', signataires: [SHA] },
      { territoire: 'EU', adresse: 'https://eu/', signataires: [SHA] },
      { territoire: 'FR', adresse: 'https://fr/', signataires: [SHA] },
    ]);
  });

  test('several pointers to one territory: the first address, all the signers, each once', () => {
    const autre = fabriquer({ sujet: nom('Autre') });
    expect(lire({}, { adresse: 'https://autre/', certificats: [B64, autre.toString('base64')] })).toEqual([
      { territoire: 'FR', adresse: 'https://fr/', signataires: [SHA, sha256(autre)] },
    ]);
  });

  test('a certificate that cannot be read signs nothing', () => {
    expect(lire({ certificats: ['AAAA', B64] })).toMatchObject([{ signataires: [SHA] }]);
    expect(lire({ certificats: [] })).toMatchObject([{ signataires: [] }]);
  });

  test.each([
    ['for people', { mime: 'application/pdf' }],
    ['of another kind', { type: 'Autre' }],
    ['of a territory, said to be the list of lists', { type: 'EUlistofthelists' }],
    ['of the Union, said to be a list', { territoire: 'EU' }],
    ['of no territory', { territoire: '' }],
    ['of three letters', { territoire: 'FRA' }],
    ['in small letters', { territoire: 'fr' }],
  ])('a pointer %s is left out', (_, pointe) => {
    expect(lire(pointe)).toEqual([]);
  });

  test('the one that machines read is said so, or not', () => {
    expect(lire({ mime: 'application/vnd.etsi.tsl+xml' })).toHaveLength(1);
    expect(lirePointeurs(element(`<TrustServiceStatusList xmlns="${TSL}"/>`))).toEqual([]);
  });
});
