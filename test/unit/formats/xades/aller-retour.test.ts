import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ESPACES_XADES, type VersionXades } from '../../../../src/formats/xades/espaces.ts';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import { verifierXades } from '../../../../src/formats/xades/verifier.ts';
import type { Pki } from '../certificats/pki.ts';
import { cleDe, codes, INSTANT, magasin, morceaux, pes, pkiSignature, signer, verifier } from './atelier.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiSignature();
});
afterAll(() => pki.fermer());

/** The file without its signatures and without the Id that were added. */
function retirer(octets: Buffer): string {
  return octets.toString('latin1').replace(/<ds:Signature .*?<\/ds:Signature>/gs, '');
}

describe('what we sign, we verify (crypto.md §7, §9)', () => {
  test.each([
    ['rsa', 'RSA-SHA256'],
    ['rsa', 'RSA-SHA384'],
    ['rsa', 'RSA-SHA512'],
    ['ec', 'ECDSA-SHA256'],
    ['p384', 'ECDSA-SHA384'],
    ['ec', 'ECDSA-SHA512'],
  ] as const)('%s %s: each bordereau, every other byte untouched', async (cle, algorithme) => {
    const source = pes({ fin: '\r\n' });
    const { resultat, octets } = await signer(source, cleDe(pki, cle, algorithme));
    expect(resultat).toMatchObject({ type: 'signe', signatures: [{ cible: 'BORD1', etiquette: '1' }, {}] });
    expect(retirer(octets)).toBe(source.toString('latin1'));
    const rapport = await verifier(octets);
    expect(codes(rapport)).toEqual([]);
    expect(rapport.conclusion).toBe('valide');
    expect(rapport.signatures.map((s) => s.algorithme)).toEqual([algorithme, algorithme]);
  });

  test.each(Object.keys(ESPACES_XADES) as VersionXades[])(
    'XAdES v%s is written and read',
    async (version) => {
      const { octets } = await signer(pes(), cleDe(pki, 'ec'), { version });
      const rapport = await verifier(octets);
      expect(octets.toString('latin1')).toContain(ESPACES_XADES[version]);
      expect(codes(rapport)).toEqual([]);
      expect(rapport.signatures[0]).toMatchObject({ etat: 'valide', version });
    },
  );

  test('the report says who, when, where, as what, under which policy, and on what', async () => {
    const { octets } = await signer(pes(), cleDe(pki, 'rsa'));
    const rapport = await verifier(octets, { magasin: magasin(pki) });
    expect(rapport.signatures[1]).toMatchObject({
      rang: 2,
      id: 'SIG_2',
      etat: 'valide',
      integrite: 'intacte',
      certificat: 'concordant',
      couvre: { place: 'unite', id: 'BORD2', etiquette: '2' },
      instant: INSTANT,
      roles: ['Maire délégué « ordonnateur » & €'],
      lieu: { ville: 'Saint-Étienne', codePostal: '42000', pays: 'France' },
      politique: { identifiant: 'urn:oid:1.2.250.1.131.1.5.18.21.1.7', avis: 'connue' },
      signataire: { sujet: 'CN=rsa,O=Essai,C=FR' },
    });
    // without any evidence of revocation, trust stays open: never shown as good
    expect(rapport.signatures[1]?.confiance.type).toBe('indetermine');
    expect(rapport.couverture).toMatchObject({
      mode: 'bordereaux',
      bordereaux: { total: 2, couverts: 2 },
      pieces: { total: 1, couverts: 0, nonCouverts: [{ etiquette: 'PJ1' }] },
    });
    expect(rapport.resume).toMatch(/^2 signatures valides ; 2 sur 2 bordereaux et 0 sur 1 pièce jointe/);
  });

  test('without a trust store nothing is said of trust', async () => {
    const { octets } = await signer(pes(), cleDe(pki, 'ec'));
    expect((await verifier(octets)).signatures[0]?.confiance.type).toBe('non_jugee');
  });

  test('the whole file: one signature, everything covered', async () => {
    const { octets } = await signer(pes(), cleDe(pki, 'ec'), { cibles: { type: 'fichier' } });
    const rapport = await verifier(octets);
    expect(codes(rapport)).toEqual([]);
    expect(rapport.conclusion).toBe('valide');
    expect(rapport.couverture).toMatchObject({ mode: 'fichier', pieces: { couverts: 1, nonCouverts: [] } });
    expect(octets.toString('latin1')).toMatch(/<\/ds:Signature><\/n:PES_Aller>\n$/);
  });

  test('one bordereau out of two: the other is named as covered by nothing', async () => {
    const { octets } = await signer(pes(), cleDe(pki, 'ec'), { cibles: { type: 'ids', ids: ['BORD2'] } });
    const rapport = await verifier(octets);
    expect(rapport.conclusion).toBe('partielle');
    expect(rapport.couverture.bordereaux.nonCouverts.map((e) => e.id)).toEqual(['BORD1']);
  });

  test('a missing Id is added only when told so, and signed with the rest', async () => {
    const source = pes({ idBordereau: '' });
    const sans = await signer(source, cleDe(pki, 'ec'));
    expect(sans.resultat).toMatchObject({
      type: 'refuse',
      motifs: [{ code: 'XDS-204' }, { code: 'XDS-204' }],
    });
    expect(sans.octets.length).toBe(0);
    const avec = await signer(source, cleDe(pki, 'ec'), { idManquant: (rang) => `NOUVEAU${rang}` });
    expect(retirer(avec.octets).replace(/ Id="NOUVEAU\d"/g, '')).toBe(source.toString('latin1'));
    const rapport = await verifier(avec.octets);
    expect([rapport.conclusion, rapport.signatures[1]?.couvre?.id]).toEqual(['valide', 'NOUVEAU2']);
  });

  test('UTF-8, a default namespace around and comments: the same verdict', async () => {
    const texte = pes()
      .toString('latin1')
      .replace('ISO-8859-1', 'UTF-8')
      .replace('<BlocBordereau>', '<!-- noté --><?vu oui?><BlocBordereau><![CDATA[<é>]]>');
    const { octets } = await signer(Buffer.from(texte, 'utf8'), cleDe(pki, 'ec'));
    const rapport = await verifier(octets);
    expect([rapport.conclusion, rapport.encodage]).toEqual(['valide', 'UTF-8']);
    expect(codes(rapport)).toEqual(['XDS-106', 'XDS-107']);
  });

  test('the cut of the chunks changes nothing', async () => {
    const { octets } = await signer(pes(), cleDe(pki, 'ec'));
    for (const pas of [1, 7, 64, 4096, 1 << 20]) {
      const verdict = await verifierXades(() => morceaux(octets, pas));
      expect(verdict).toMatchObject({ type: 'lu', conclusion: 'valide' });
    }
  });

  test('a source that changes between the two passes is told', async () => {
    const source = pes();
    let lectures = 0;
    const { resultat } = await signer(source, cleDe(pki, 'ec'), {
      source: () => {
        lectures += 1;
        const autre = Buffer.from(source.toString('latin1').replace('V="123"', 'V="124"'), 'latin1');
        return [lectures === 1 ? source : autre];
      },
    });
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code: 'XDS-215' }] });
  });

  test('a digest that nothing announced costs a second pass, not the verdict', async () => {
    const { octets } = await signer(pes(), cleDe(pki, 'rsa', 'RSA-SHA512'));
    // the address of the digest spelled with a reference: the quick look cannot see it, the canonical form is the same
    const cache = octets.toString('latin1').replaceAll('xmlenc#sha512"', 'xmlenc#sha51&#50;"');
    expect((await verifier(cache)).conclusion).toBe('valide');
  });
});

describe('what we refuse to sign', () => {
  test.each([
    ['XDS-201', pes().toString('latin1').replaceAll('PES_Aller', 'PES_Autre'), {}],
    ['XDS-202', pes({ bordereaux: 0 }).toString('latin1'), {}],
    ['XDS-203', pes().toString('latin1'), { cibles: { type: 'ids', ids: ['BORD9'] } }],
    [
      'XDS-203',
      pes().toString('latin1').replace('<PJ>', '<PJ Id="P">'),
      { cibles: { type: 'ids', ids: ['P'] } },
    ],
    ['XDS-207', pes().toString('latin1'), { cibles: { type: 'ids', ids: ['PES1', 'BORD1'] } }],
    ['XDS-209', pes().toString('latin1'), { identifiants: () => 'BORD1' }],
    ['XDS-209', pes().toString('latin1'), { identifiants: () => 'a b' }],
    ['XDS-209', pes().toString('latin1'), { identifiants: () => 'TOUJOURS' }],
    ['XDS-211', pes().toString('latin1'), { instant: 0 }],
    ['XDS-212', pes().toString('latin1'), { politique: POLITIQUES_HELIOS[2] }],
    ['XDS-213', pes().toString('latin1'), { role: ' ' }],
    ['XDS-214', pes().toString('latin1'), { role: 'Maire\u0001' }],
    ['XML-006', pes().toString('latin1').replace('?>', '?><!DOCTYPE x>'), {}],
    ['XML-018', pes().toString('latin1').replace('BORD2', 'BORD1'), {}],
  ])('%s (%#)', async (code, source, suite) => {
    const demande = suite as Parameters<typeof signer>[2];
    const { resultat, octets } = await signer(Buffer.from(source, 'latin1'), cleDe(pki, 'ec'), demande);
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code }] });
    expect(octets.length).toBe(0);
  });

  test('an element already signed, a file already signed, a file whose bordereaux are signed', async () => {
    const cle = cleDe(pki, 'ec');
    const bordereaux = await signer(pes(), cle);
    const fichier = await signer(pes(), cle, { cibles: { type: 'fichier' } });
    const autres = { identifiants: (rang: number) => `AUTRE${rang}` };
    expect((await signer(bordereaux.octets, cle, autres)).resultat).toMatchObject({
      motifs: [{ code: 'XDS-205' }, {}],
    });
    expect((await signer(fichier.octets, cle, autres)).resultat).toMatchObject({
      motifs: [{ code: 'XDS-206' }],
    });
    const entier = { ...autres, cibles: { type: 'fichier' } as const };
    expect((await signer(bordereaux.octets, cle, entier)).resultat).toMatchObject({
      motifs: [{ code: 'XDS-207' }],
    });
  });

  test('a key that is not the one of its certificate', async () => {
    const cle = { ...cleDe(pki, 'ec'), certificat: pki.der('signataire') };
    expect((await signer(pes(), cle)).resultat).toMatchObject({ motifs: [{ code: 'XDS-216' }] });
  });
});
