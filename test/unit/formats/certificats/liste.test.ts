import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jugerCertificat } from '../../../../src/formats/certificats/confiance.ts';
import { importerListeConfiance } from '../../../../src/formats/certificats/liste-confiance.ts';
import { type Famille, lireMagasin, ouvrirMagasin } from '../../../../src/formats/certificats/magasin.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';
import { type ListeEssai, listeEssai, type ServiceEssai } from './liste-essai.ts';
import { EXTENSIONS, INSTANT, le, type Pki, pkiDeBase, POLITIQUE, sectionsQc } from './pki.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
  const qc = '1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:qc';
  const extensions = [...EXTENSIONS.signataire, qc];
  pki.emettre('ica', { nom: 'cachet', extensions, sections: sectionsQc('0.4.0.1862.1.6.2') });
  pki.emettre('ica', { nom: 'personne', extensions, sections: sectionsQc('0.4.0.1862.1.6.1') });
});
afterAll(() => pki.fermer());

const ACCORDE = { statut: 'granted', debut: '2023-01-01T00:00:00Z' };

function service(suite: Partial<ServiceEssai> = {}): ServiceEssai {
  return {
    nom: 'AC cachets',
    certificats: [pki.der('ica')],
    etats: [{ ...ACCORDE, pour: ['ForeSeals'] }],
    ...suite,
  };
}

function importer(liste: ListeEssai, suite: Partial<Parameters<typeof importerListeConfiance>[0]> = {}) {
  return importerListeConfiance({ xml: listeEssai(liste), verifiee: true, instant: INSTANT, ...suite });
}

function famille(...services: readonly ServiceEssai[]): Famille {
  const lue = importer({ services });
  if (lue.type === 'refusee') throw new Error(lue.motif);
  return lue.famille;
}

/** Level of a certificate under a family; the revocation lists are those of the day. */
function niveau(nom: string, f: Famille, instant: Instant = INSTANT): string | null {
  const verdict = jugerCertificat({
    certificat: pki.der(nom),
    intermediaires: [],
    magasin: ouvrirMagasin({ version: 1, familles: [f] }),
    instant,
    controle: INSTANT,
    preuves: { crl: [pki.crl('ica', { nom: 'jour' })], ocsp: [] },
  });
  return verdict.type === 'refuse' ? (verdict.defauts[0]?.code ?? '') : verdict.niveau;
}

const essayer = (xml: Uint8Array) => importerListeConfiance({ xml, verifiee: true, instant: INSTANT });

describe('import of a trusted list (ETSI TS 119 612)', () => {
  it('qualified authorities, their periods and what they are qualified for', () => {
    const lue = importer({ services: [service()] });
    expect(lue).toMatchObject({
      type: 'importee',
      territoire: 'FR',
      numero: '42',
      accordees: 1,
      reserves: [],
      emise: le('2026-06-01T00:00:00Z'),
      prochaine: le('2026-12-01T00:00:00Z'),
      famille: {
        nom: 'eidas-fr',
        lecture: 'eidas',
        ancres: [
          {
            nom: 'Prestataire d’essai – AC cachets',
            periodes: [{ debut: '2023-01-01T00:00:00.000Z', fin: null, accorde: true, types: ['eseal'] }],
          },
        ],
      },
    });
  });

  it('what is imported is a store that reads back from JSON', () => {
    const familles = [famille(service())];
    const relue = lireMagasin(JSON.parse(JSON.stringify({ version: 1, familles })));
    expect(relue).toEqual({ type: 'lu', magasin: { version: 1, familles } });
  });

  it('unverified: refused, unless forced, and then said', () => {
    expect(importer({ services: [service()] }, { verifiee: false })).toMatchObject({ code: 'non_verifiee' });
    const forcee = importer({ services: [service()] }, { verifiee: false, forcer: true });
    expect(forcee).toMatchObject({
      type: 'importee',
      reserves: [expect.stringContaining('pas été vérifiée')],
    });
  });

  it('out of date or from the future: refused, unless forced', () => {
    const passee = importer({ services: [service()], prochaine: '2026-06-14T00:00:00Z' });
    expect(passee).toMatchObject({
      code: 'perimee',
      motif:
        'La liste devait être remplacée le 14 juin 2026 à 00:00:00 UTC. Télécharger la liste en vigueur.',
    });
    expect(importer({ services: [service()], emise: '2026-06-16T00:00:00Z' })).toMatchObject({
      code: 'perimee',
    });
  });

  it('only CA/QC services that were granted once; withdrawn ones keep their past', () => {
    const retire = service({
      nom: 'AC retirée',
      etats: [
        { statut: 'withdrawn', debut: '2026-01-01T00:00:00Z' },
        { ...ACCORDE, pour: ['ForeSeals'] },
      ],
    });
    const autres = [
      service({ type: 'http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST' }),
      service({ nom: 'jamais', etats: [{ statut: 'withdrawn', debut: '2020-01-01T00:00:00Z' }] }),
    ];
    const f = famille(service({ certificats: [pki.der('racine')] }), retire, ...autres);
    expect(f.ancres.map((a) => a.nom.split(' – ')[1])).toEqual(['AC cachets', 'AC retirée']);
    expect(niveau('cachet', famille(service({ certificats: [pki.der('racine')] }), retire))).toBe(
      'emetteur_inconnu',
    );
    expect(niveau('cachet', f, le('2025-06-01T00:00:00Z'))).toBe('eIDAS qualifié (cachet, sur dispositif)');
  });

  it('statuses of the directive count before 1 July 2016 only, and then mean signature', () => {
    const ancien = { statut: 'undersupervision', debut: '2014-01-01T00:00:00Z' };
    const f = famille(service({ etats: [{ ...ACCORDE, pour: ['ForeSeals'] }, ancien] }));
    expect(f.ancres[0]?.periodes.map((p) => [p.accorde, p.types])).toEqual([
      [true, ['eseal']],
      [true, ['esign']],
    ]);
    expect(
      importer({ services: [service({ etats: [{ ...ancien, debut: '2017-01-01T00:00:00Z' }] })] }),
    ).toMatchObject({
      code: 'vide',
    });
  });

  it('a certificate that cannot be read is left out and said', () => {
    const lue = importer({ services: [service({ certificats: [Buffer.from('non'), pki.der('ica')] })] });
    expect(lue).toMatchObject({ accordees: 1, reserves: [expect.stringContaining('certificat illisible')] });
  });

  it('another XML, another version, a DOCTYPE, no XML', () => {
    expect(essayer(Buffer.from('<a/>'))).toMatchObject({ code: 'autre_format' });
    expect(importer({ services: [service()], version: '3' })).toMatchObject({ code: 'autre_format' });
    const doctype = Buffer.from(
      `<!DOCTYPE a>${Buffer.from(listeEssai({ services: [] }))
        .toString()
        .slice(39)}`,
    );
    expect(essayer(doctype)).toMatchObject({ code: 'illisible' });
    expect(essayer(Buffer.from('liste'))).toMatchObject({ code: 'illisible' });
  });
});

const pour = (types: NonNullable<ServiceEssai['etats'][number]['pour']>, qualifications?: string) =>
  famille(
    service({
      etats: [{ ...ACCORDE, pour: types, ...(qualifications === undefined ? {} : { qualifications }) }],
    }),
  );

const qualifier = (noms: readonly string[], exigence: string) =>
  `<q:QualificationElement><q:Qualifiers>${noms.map((n) => `<q:Qualifier uri="http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/${n}"/>`).join('')}</q:Qualifiers>${exigence}</q:QualificationElement>`;

const politique = (oid: string) =>
  `<q:PolicySet><q:PolicyIdentifier><x:Identifier Qualifier="OIDAsURN">urn:oid:${oid}</x:Identifier></q:PolicyIdentifier></q:PolicySet>`;

const criteres = (exige: string, dedans: string) =>
  `<q:CriteriaList assert="${exige}">${dedans}</q:CriteriaList>`;

const retirer = (exigence: string) =>
  niveau('cachet', pour(['ForeSeals'], qualifier(['NotQualified'], exigence))) === null;

const bit = (nom: string, valeur: boolean) =>
  `<q:KeyUsage><q:KeyUsageBit name="${nom}">${valeur}</q:KeyUsageBit></q:KeyUsage>`;

describe('qualified or not (TS 119 615 § 4.4)', () => {
  const RGS2 = criteres('all', politique(POLITIQUE.rgs2));

  it('a seal under a service qualified for seals', () => {
    expect(niveau('cachet', pour(['ForeSeals']))).toBe('eIDAS qualifié (cachet, sur dispositif)');
    expect(niveau('personne', pour(['ForeSignatures']))).toBe('eIDAS qualifié (signature, sur dispositif)');
  });

  it('a seal under a service qualified for signatures only is not qualified', () => {
    expect(niveau('cachet', pour(['ForeSignatures']))).toBeNull();
    expect(niveau('personne', pour(['ForeSeals']))).toBeNull();
    expect(niveau('cachet', pour(['ForeSignatures', 'ForeSeals']))).not.toBeNull();
  });

  it('a certificate that claims nothing is not qualified, unless the list says so', () => {
    expect(niveau('signataire', pour(['ForeSeals']))).toBeNull();
    const dit = qualifier(['QCStatement', 'QCForESeal', 'QCNoSSCD'], RGS2);
    expect(niveau('signataire', pour(['ForeSeals'], dit))).toBe('eIDAS qualifié (cachet)');
  });

  it('the list may take back: NotQualified, no device', () => {
    expect(niveau('cachet', pour(['ForeSeals'], qualifier(['NotQualified'], RGS2)))).toBeNull();
    expect(niveau('cachet', pour(['ForeSeals'], qualifier(['QCNoQSCD'], RGS2)))).toBe(
      'eIDAS qualifié (cachet)',
    );
  });

  it('criteria: policies, key usage bits, nested, of an unknown kind', () => {
    const autre = politique(POLITIQUE.autre);
    const rgs2 = politique(POLITIQUE.rgs2);
    const inconnu = '<q:otherCriteriaList/>';
    const cas: readonly (readonly [string, boolean])[] = [
      [criteres('all', rgs2), true],
      [criteres('all', autre), false],
      [criteres('all', rgs2 + autre), false],
      [criteres('atLeastOne', rgs2 + autre), true],
      [criteres('none', autre), true],
      [criteres('none', rgs2), false],
      [criteres('all', bit('nonRepudiation', true)), true],
      [criteres('all', bit('nonRepudiation', false)), false],
      [criteres('all', bit('crlSign', false)), true],
      [criteres('all', criteres('atLeastOne', rgs2 + autre) + bit('nonRepudiation', true)), true],
      [criteres('all', criteres('none', rgs2)), false],
      [criteres('all', rgs2 + inconnu), false],
      [criteres('all', autre + inconnu), false],
      [criteres('atLeastOne', rgs2 + inconnu), true],
      [criteres('atLeastOne', autre + inconnu), false],
      [criteres('none', rgs2 + inconnu), false],
      ['', false],
    ];
    expect(cas.map(([exigence]) => retirer(exigence))).toEqual(cas.map(([, attendu]) => attendu));
  });

  it('two services of the same authority: the one that fits', () => {
    const f = famille(
      service({ etats: [{ ...ACCORDE, pour: ['ForeSignatures'] }] }),
      service({ etats: [{ ...ACCORDE, pour: ['ForeSeals'] }] }),
    );
    expect(niveau('cachet', f)).toBe('eIDAS qualifié (cachet, sur dispositif)');
  });
});
