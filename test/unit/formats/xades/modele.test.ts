import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Certificat } from '../../../../src/formats/certificats/certificat.ts';
import type { Noeud } from '../../../../src/formats/xades/arbre.ts';
import { signatureNommee, type AlgorithmeXml } from '../../../../src/formats/xades/algorithmes.ts';
import {
  type DemandeModeleBase,
  ecrireSignatureBase,
  identifiantsBase,
  idObjet,
} from '../../../../src/formats/xades/base/modele.ts';
import { ESPACES_XADES } from '../../../../src/formats/xades/espaces.ts';
import { lireProprietes } from '../../../../src/formats/xades/lecture-proprietes.ts';
import { lireSignature } from '../../../../src/formats/xades/lecture-signature.ts';
import { type DemandeModele, ecrireSignature, identifiantsDe } from '../../../../src/formats/xades/modele.ts';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';

import { canoniques } from './forger.ts';
import { ENVELOPPEE, EXC, lire, noeudDe } from './noeuds.ts';

/** The text of a signature: what is asked is in it, in a spelling that canonicalisation leaves alone. */

const DER = Buffer.from('un certificat');
const [POLITIQUE] = POLITIQUES_HELIOS as [(typeof POLITIQUES_HELIOS)[number]];
const nom = (n: string): AlgorithmeXml => signatureNommee(n as 'RSA-SHA256') as AlgorithmeXml;

/** What a text takes of a certificate. */
const CERTIFICAT = {
  der: DER,
  emetteur: { texte: 'CN=AC <É> & \\"fils\\",C=FR', der: Buffer.from('300431023000', 'hex') },
  serie: { decimal: '1234567890123456789012', octets: Buffer.from('2a', 'hex') },
} as unknown as Certificat;

const DEMANDE: DemandeModele = {
  id: 'S1',
  cible: 'B&1',
  version: '1.1.1',
  certificat: CERTIFICAT,
  chaine: [Buffer.from('autorité'), Buffer.from('racine')],
  algorithme: nom('RSA-SHA256'),
  instant: Date.parse('2026-06-15T12:34:56.789Z') as Instant,
  politique: POLITIQUE,
  role: 'Maire <délégué> & « 1er » €\u{1f58b}\t\n\r\x7f',
  lieu: { ville: 'Saint-Étienne', codePostal: '42000', pays: 'France' },
};
const CALCULS = {
  contenu: Buffer.alloc(32, 1),
  proprietes: Buffer.alloc(32, 2),
  valeur: Buffer.alloc(256, 3),
};
const ecrire = (change: Partial<DemandeModele> = {}): string =>
  ecrireSignature({ ...DEMANDE, ...change }, CALCULS);

const relire = (texte: string) =>
  lire((cahier) => {
    const signature = lireSignature(noeudDe(texte), cahier);
    const proprietes = signature.proprietes === null ? null : lireProprietes(signature.proprietes, cahier);
    return { signature, proprietes };
  });

/** Every text that stands beside elements: there is to be none. */
function textesMeles(noeud: Noeud): string[] {
  const sien = noeud.enfants.length > 0 && noeud.texte !== '' ? [noeud.texte] : [];
  return [...sien, ...noeud.enfants.flatMap(textesMeles)];
}

describe('the signature of a PES (crypto.md § 7)', () => {
  test('all that is asked is read back, without a remark', () => {
    const { lu, codes } = relire(ecrire());
    expect(codes).toEqual([]);
    expect(lu.signature).toMatchObject({
      id: 'S1',
      c14nAdmise: true,
      algorithme: { nom: 'RSA-SHA256' },
      references: [
        { id: 'B&1', transformations: [ENVELOPPEE, EXC], hachage: { nom: 'SHA-256' } },
        { id: 'S1_SP', transformations: [EXC], hachage: { nom: 'SHA-256' } },
      ],
    });
    expect(lu.signature.references.map((r) => r?.empreinte)).toEqual([CALCULS.contenu, CALCULS.proprietes]);
    expect(lu.signature.valeur).toEqual(CALCULS.valeur);
    expect(
      lu.signature.keyInfo?.enfants[0]?.enfants.map((c) => Buffer.from(c.texte, 'base64').toString()),
    ).toEqual(['un certificat', 'autorité', 'racine']);
    expect(lu.proprietes).toMatchObject({
      version: '1.1.1',
      id: 'S1_SP',
      // whole seconds
      instant: Date.parse('2026-06-15T12:34:56Z'),
      certificat: {
        hachage: 'sha256',
        empreinte: createHash('sha256').update(DER).digest(),
        emetteur: CERTIFICAT.emetteur.texte,
        serie: CERTIFICAT.serie.decimal,
      },
      politique: {
        identifiant: POLITIQUE.identifiant,
        libelle: POLITIQUE.libelle,
        hachage: 'SHA-256',
        empreinte: POLITIQUE.empreinte,
        adresse: POLITIQUE.adresse,
      },
      roles: [DEMANDE.role.trim()],
      lieu: DEMANDE.lieu,
    });
  });

  test.each(['1.1.1', '1.2.2', '1.3.2', '1.4.1'] as const)(
    'v%s: its namespace, its type of reference',
    (version) => {
      const texte = ecrire({ version });
      const { lu, codes } = relire(texte);
      expect([codes, lu.proprietes?.version]).toEqual([[], version]);
      expect(texte).toContain(`Type="${ESPACES_XADES[version]}SignedProperties"`);
      // the schema of v1.1.1 has digest elements of its own, the later ones take those of XML-Signature
      const sien = texte.split('<xad:DigestMethod ').length - 1;
      expect(sien).toBe(version === '1.1.1' ? 2 : 0);
    },
  );

  test.each(['RSA-SHA384', 'ECDSA-SHA512'])(
    '%s: one digest throughout, but for the policy’s',
    (algorithme) => {
      const { lu } = relire(
        ecrire({ algorithme: nom(algorithme), politique: { ...POLITIQUE, hachage: 'SHA-384' } }),
      );
      const node = algorithme.endsWith('384') ? 'sha384' : 'sha512';
      expect(lu.signature.algorithme?.nom).toBe(algorithme);
      expect(lu.proprietes).toMatchObject({
        certificat: { hachage: node },
        politique: { hachage: 'SHA-384' },
      });
      expect(ecrire({ algorithme: nom(algorithme) }).split(`#${node}"`).length - 1).toBe(3);
    },
  );

  test('it is ASCII, in its canonical spelling: what is digested is what stands in the file', () => {
    const texte = ecrire();
    expect(texte).toMatch(/^[\x20-\x7e\t\n]*$/);
    const [info] = canoniques(texte, 'SignedInfo');
    const ecrit = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(texte)?.[0];
    expect(info?.toString()).toBe(ecrit?.replace('>', ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'));
    const [tout] = canoniques(texte, 'Signature');
    expect(noeudDe(tout ?? '')).toEqual({ ...noeudDe(texte), enfants: expect.anything() });
    expect(relire(tout?.toString() ?? '').codes).toEqual([]);
  });

  test('what is not computed yet is empty', () => {
    const texte = ecrireSignature(DEMANDE, { contenu: CALCULS.contenu });
    const { lu } = relire(texte);
    expect(lu.signature.references.map((r) => r?.id ?? null)).toEqual(['B&1', null]);
    expect(texte).toContain('<ds:SignatureValue Id="S1_SV"></ds:SignatureValue>');
  });

  test('no place, a place that says a part, a policy without address: nothing empty is written', () => {
    expect(ecrire({ lieu: null })).not.toContain('SignatureProductionPlace');
    const partie = ecrire({ lieu: { ville: '', codePostal: '42000', pays: '' } });
    expect(partie).toContain(
      '<xad:SignatureProductionPlace><xad:PostalCode>42000</xad:PostalCode></xad:SignatureProductionPlace>',
    );
    expect(ecrire({ politique: { ...POLITIQUE, adresse: '' } })).not.toContain('SigPolicyQualifier');
  });

  test('no text beside elements, whatever is asked', () => {
    const moins = { lieu: null, politique: { ...POLITIQUE, adresse: '' } };
    for (const texte of [ecrire(), ecrire(moins)]) expect(textesMeles(noeudDe(texte))).toEqual([]);
  });

  test('identifiers: the signature’s, its properties’, its value’s; all are in the text, and no other', () => {
    const ids = [...ecrire().matchAll(/ Id="([^"]*)"/g)].map(([, id]) => id).toSorted();
    expect(ids).toEqual([...identifiantsDe('S1')].toSorted());
    expect(ids).toEqual(['S1', 'S1_SP', 'S1_SV']);
  });
});

const BASE: DemandeModeleBase = {
  id: 'S1',
  objets: [
    { uri: 'a%20b.pdf', forme: 'fichier', mime: 'application/pdf' },
    { uri: '', forme: 'enveloppe', mime: 'application/xml' },
    { uri: '#S1_O3', forme: 'objet', mime: 'text/plain; a="b"' },
  ],
  contenus: [{ id: 'S1_O3', mime: 'text/plain; a="b"', texte: 'AAEC', base64: true }],
  certificat: CERTIFICAT,
  chaine: [],
  algorithme: nom('ECDSA-SHA256'),
  instant: DEMANDE.instant,
  politique: null,
  role: null,
  lieu: null,
};
const contenus = [1, 2, 3].map((n) => Buffer.alloc(32, n));
const ecrireBase = (change: Partial<DemandeModeleBase> = {}): string =>
  ecrireSignatureBase({ ...BASE, ...change }, { ...CALCULS, contenus });

describe('the signature of baseline B (EN 319 132-1 § 6.3)', () => {
  const proprietes = (texte: string) =>
    lire((cahier) => {
      const qp = noeudDe(texte).enfants[3]?.enfants[0];
      return qp === undefined
        ? null
        : lireProprietes(qp, cahier, { politique: false, role: false, v2: true });
    });

  test('one reference per content, in order, each with its own transforms, then the properties', () => {
    const [info] = noeudDe(ecrireBase()).enfants;
    const references = info?.enfants.slice(2).map((r) => ({
      id: r.attributs.get('Id'),
      uri: r.attributs.get('URI'),
      transformations:
        r.enfants[0]?.nom === 'Transforms'
          ? r.enfants[0].enfants.map((t) => t.attributs.get('Algorithm'))
          : null,
      empreinte: r.enfants.at(-1)?.texte,
    }));
    const b64 = (n: number): string => Buffer.alloc(32, n).toString('base64');
    expect(references).toEqual([
      { id: 'S1_R1', uri: 'a%20b.pdf', transformations: null, empreinte: b64(1) },
      { id: 'S1_R2', uri: '', transformations: [ENVELOPPEE, EXC], empreinte: b64(2) },
      { id: 'S1_R3', uri: '#S1_O3', transformations: [EXC], empreinte: b64(3) },
      { id: undefined, uri: '#S1_SP', transformations: [EXC], empreinte: b64(2) },
    ]);
    expect(info?.enfants[5]?.attributs.get('Type')).toBe('http://uri.etsi.org/01903#SignedProperties');
    expect(info?.enfants.slice(0, 2).map((e) => e.attributs.get('Algorithm'))).toEqual([
      EXC,
      'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
    ]);
  });

  test('the nature of each content, pointed at by its reference', () => {
    const formats = noeudDe(ecrireBase()).enfants[3]?.enfants[0]?.enfants[0]?.enfants[1]?.enfants ?? [];
    expect(
      formats.map((f) => [f.nom, f.attributs.get('ObjectReference'), f.enfants[0]?.nom, f.enfants[0]?.texte]),
    ).toEqual([
      ['DataObjectFormat', '#S1_R1', 'MimeType', 'application/pdf'],
      ['DataObjectFormat', '#S1_R2', 'MimeType', 'application/xml'],
      ['DataObjectFormat', '#S1_R3', 'MimeType', 'text/plain; a="b"'],
    ]);
  });

  test('what is carried says its encoding and its nature, and stands as it was given', () => {
    const objet = noeudDe(ecrireBase()).enfants[4];
    expect([...(objet?.attributs ?? [])]).toEqual([
      ['Encoding', 'http://www.w3.org/2000/09/xmldsig#base64'],
      ['Id', 'S1_O3'],
      ['MimeType', 'text/plain; a="b"'],
    ]);
    expect(objet?.texte).toBe('AAEC');
    const xml = ecrireBase({
      contenus: [{ id: 'X', mime: 'application/xml', texte: '<a  b="1"/>', base64: false }],
    });
    expect(xml).toContain('<ds:Object Id="X" MimeType="application/xml"><a  b="1"/></ds:Object>');
  });

  test('no text beside elements, whatever is asked', () => {
    const plus = { politique: POLITIQUE, role: 'Maire', lieu: DEMANDE.lieu };
    for (const texte of [ecrireBase(), ecrireBase(plus)]) expect(textesMeles(noeudDe(texte))).toEqual([]);
  });

  test('the certificate of the signer, then its chain', () => {
    const keyInfo = noeudDe(ecrireBase({ chaine: DEMANDE.chaine })).enfants[2];
    expect(keyInfo?.enfants[0]?.enfants.map((c) => Buffer.from(c.texte, 'base64').toString())).toEqual([
      'un certificat',
      'autorité',
      'racine',
    ]);
  });

  test('nothing is claimed that was not asked', () => {
    const { lu, codes } = proprietes(ecrireBase());
    expect(codes).toEqual([]);
    expect(lu).toMatchObject({ version: '1.3.2', id: 'S1_SP', politique: null, roles: [], lieu: null });
    expect(ecrireBase()).not.toMatch(/SignerRole|ProductionPlace|SignaturePolicy/);
  });

  test('policy, role and place in their second editions', () => {
    const texte = ecrireBase({ politique: POLITIQUE, role: 'Maire & €', lieu: DEMANDE.lieu });
    const { lu, codes } = proprietes(texte);
    expect(codes).toEqual([]);
    expect(lu).toMatchObject({
      politique: { identifiant: POLITIQUE.identifiant, hachage: 'SHA-256', empreinte: POLITIQUE.empreinte },
      roles: ['Maire & €'],
      lieu: DEMANDE.lieu,
    });
    expect(texte).toMatch(/<xad:SignerRoleV2>.*<\/xad:SignerRoleV2>/);
    expect(texte).toMatch(/<xad:SignatureProductionPlaceV2>.*<xad:City>Saint-&#201;tienne<\/xad:City>/);
    const partie = ecrireBase({ lieu: { ville: '', codePostal: '', pays: 'FR' } });
    expect(partie).toContain('<xad:SignatureProductionPlaceV2><xad:CountryName>FR</xad:CountryName></xad:');
    expect(texte).toMatch(/^[\x20-\x7e]*$/);
  });

  test.each([
    ['short', 0x80 - 1 - 13],
    ['of 128 bytes', 0x80],
    ['of 256 bytes and more', 300],
  ])('IssuerSerialV2 is the DER of RFC 5035 § 4, %s', (_, taille) => {
    const nomDer = Buffer.concat([
      Buffer.from([0x30, 0x82, taille >> 8, taille & 0xff]),
      Buffer.alloc(taille),
    ]);
    const certificat = { ...CERTIFICAT, emetteur: { ...CERTIFICAT.emetteur, der: nomDer } };
    const { lu } = proprietes(ecrireBase({ certificat }));
    const der = Buffer.from(lu?.certificat?.v2?.emetteurSerie ?? []);
    const enTete = (tag: number, n: number): Buffer =>
      Buffer.from(n < 0x80 ? [tag, n] : n < 0x100 ? [tag, 0x81, n] : [tag, 0x82, n >> 8, n & 0xff]);
    const directory = Buffer.concat([enTete(0xa4, nomDer.length), nomDer]);
    const noms = Buffer.concat([enTete(0x30, directory.length), directory]);
    const corps = Buffer.concat([noms, Buffer.from([0x02, 1, 0x2a])]);
    expect(der.toString('hex')).toBe(Buffer.concat([enTete(0x30, corps.length), corps]).toString('hex'));
  });

  test('identifiers: all are in the text, and no other', () => {
    const ids = [...ecrireBase().matchAll(/ Id="([^"]*)"/g)].map(([, id]) => id).toSorted();
    expect(ids).toEqual([...identifiantsBase('S1', 3), idObjet('S1', 3)].toSorted());
    expect(identifiantsBase('S1', 1)).toEqual(['S1', 'S1_SP', 'S1_SV', 'S1_R1']);
  });

  test('what is not computed yet is empty', () => {
    const vide = ecrireSignatureBase(BASE, {});
    expect(vide.split('<ds:DigestValue></ds:DigestValue>').length - 1).toBe(4);
    expect(vide).toContain('<ds:SignatureValue Id="S1_SV"></ds:SignatureValue>');
  });
});
