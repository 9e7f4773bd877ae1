import { constants, createHash, createPrivateKey, hash, sign } from 'node:crypto';
import { Curseur, lireDer } from '../../../../src/formats/certificats/der.ts';
import { ensemble, entier, hexa, oid, sequence, tlv } from './der-essai.ts';
import { batirBase, EXTENSIONS, INSTANT, type Pki, pkiGardee } from './pki.ts';

/** CMS signatures written by hand with node:crypto, each defect by its name; openssl is their other judge. */

export type Hachage = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

const OID_HACHAGE: Readonly<Record<Hachage, string>> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const RSA_AVEC: Readonly<Record<Hachage, string>> = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};
const ECDSA_AVEC: Readonly<Partial<Record<Hachage, string>>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

export const DONNEES = '1.2.840.113549.1.7.1';
export const TST_INFO = '1.2.840.113549.1.9.16.1.4';

export interface DemandeCms {
  readonly pki: Pki;
  /** Certificate and key of this name. */
  readonly de?: string;
  readonly contenu: Uint8Array;
  /** Carried inside. */
  readonly porte?: boolean;
  readonly typeContenu?: string;
  readonly hachage?: Hachage;
  readonly methode?: 'rsa' | 'rsa-nue' | 'pss' | 'ecdsa';
  /** Digest named by the signature algorithm, when it is not that of the content. */
  readonly hachageMethode?: Hachage;
  readonly instant?: number | null;
  /** Which certificate is named: by v1, by v2, by none; or another one by v2. */
  readonly designe?: 'v1' | 'v2' | 'aucun' | 'autre';
  readonly parCle?: boolean;
  /** Names of the certificates joined; the signer and its authority by default. */
  readonly joints?: readonly string[];
  /** Further signed attributes. */
  readonly attributs?: readonly Buffer[];
  readonly sansAttributs?: boolean;
  /** Of the message-digest attribute, instead of the right one; null: no such attribute. */
  readonly empreinte?: Uint8Array | null;
  /** Of the content-type attribute, instead of the right one. */
  readonly typeSigne?: string;
  /** Makes a token of the value. */
  readonly jeton?: (valeur: Uint8Array) => Uint8Array;
  readonly nonSignes?: readonly Buffer[];
  /** Several signers of the same. */
  readonly fois?: number;
  /** Indefinite lengths outside, as old writers make. */
  readonly indefini?: boolean;
}

export const attribut = (type: string, ...valeurs: readonly Uint8Array[]): Buffer =>
  sequence(oid(type), ensemble(...valeurs));

const octets = (contenu: Uint8Array): Buffer => tlv(0x04, contenu);
const nul = hexa('05 00');

/** UTCTime. */
export function date(instant: number): Buffer {
  const iso = new Date(instant).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return tlv(0x17, Buffer.from(iso.slice(2)));
}

function designation(der: Uint8Array, version: 'v1' | 'v2'): Buffer {
  const algorithme = version === 'v1' ? 'sha1' : 'sha256';
  const type = version === 'v1' ? '1.2.840.113549.1.9.16.2.12' : '1.2.840.113549.1.9.16.2.47';
  return attribut(type, sequence(sequence(sequence(octets(hash(algorithme, der, 'buffer'))))));
}

/** Issuer and serial number as the certificate writes them. */
function emetteurEtSerie(der: Uint8Array): Buffer {
  const corps = new Curseur(new Curseur(lireDer(der)).prendre());
  corps.siPresent(0xa0);
  const serie = corps.prendre();
  corps.prendre();
  return sequence(corps.prendre().brut, serie.brut);
}

function algorithmeSignature({
  methode = 'ecdsa',
  hachage = 'sha256',
  hachageMethode = hachage,
}: DemandeCms): Buffer {
  const empreinte = sequence(oid(OID_HACHAGE[hachageMethode]), nul);
  if (methode === 'rsa-nue') return sequence(oid('1.2.840.113549.1.1.1'), nul);
  if (methode === 'rsa') return sequence(oid(RSA_AVEC[hachageMethode]), nul);
  if (methode === 'ecdsa') return sequence(oid(ECDSA_AVEC[hachageMethode] ?? ''));
  const mgf = sequence(oid('1.2.840.113549.1.1.8'), empreinte);
  const sel = entier(createHash(hachageMethode).digest().length);
  return sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(tlv(0xa0, empreinte), tlv(0xa1, mgf), tlv(0xa2, sel)),
  );
}

function signer(
  { pki, de = 'ec', methode, hachage = 'sha256', hachageMethode = hachage }: DemandeCms,
  quoi: Uint8Array,
): Buffer {
  const key = createPrivateKey(pki.lire(`${de}.key`));
  if (methode !== 'pss') return sign(hachageMethode, quoi, key);
  const saltLength = createHash(hachageMethode).digest().length;
  return sign(hachageMethode, quoi, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
}

function attributsSignes(d: DemandeCms): Buffer[] {
  const { pki, de = 'ec', hachage = 'sha256', instant = INSTANT, designe = 'v2', typeContenu = DONNEES } = d;
  const empreinte = d.empreinte === undefined ? hash(hachage, d.contenu, 'buffer') : d.empreinte;
  return [
    attribut('1.2.840.113549.1.9.3', oid(d.typeSigne ?? typeContenu)),
    ...(empreinte === null ? [] : [attribut('1.2.840.113549.1.9.4', octets(empreinte))]),
    ...(instant === null ? [] : [attribut('1.2.840.113549.1.9.5', date(instant))]),
    ...(designe === 'aucun'
      ? []
      : [designation(pki.der(designe === 'autre' ? 'ica' : de), designe === 'v1' ? 'v1' : 'v2')]),
    ...(d.attributs ?? []),
  ].toSorted((a, b) => Buffer.compare(a, b));
}

function signataire(d: DemandeCms): Buffer {
  const { pki, de = 'ec', hachage = 'sha256' } = d;
  const signes = d.sansAttributs === true ? null : ensemble(...attributsSignes(d));
  const valeur = signer(d, signes ?? d.contenu);
  const certificat = pki.certificat(de);
  const cle = hexa(certificat.extensions.identifiantCle ?? '');
  const nonSignes = [
    ...(d.jeton === undefined ? [] : [attribut('1.2.840.113549.1.9.16.2.14', d.jeton(valeur))]),
    ...(d.nonSignes ?? []),
  ];
  return sequence(
    entier(d.parCle === true ? 3 : 1),
    d.parCle === true ? tlv(0x80, cle) : emetteurEtSerie(certificat.der),
    sequence(oid(OID_HACHAGE[hachage]), nul),
    ...(signes === null ? [] : [Buffer.concat([Buffer.from([0xa0]), signes.subarray(1)])]),
    algorithmeSignature(d),
    octets(valeur),
    ...(nonSignes.length === 0 ? [] : [tlv(0xa1, ...nonSignes)]),
  );
}

const indefini = (tag: number, ...contenus: readonly Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...contenus, hexa('00 00')]);

export function cms(d: DemandeCms): Buffer {
  const { pki, de = 'ec', hachage = 'sha256', typeContenu = DONNEES } = d;
  const joints = (d.joints ?? [de, 'ica']).map((nom) => pki.der(nom));
  const ecrire = d.indefini === true ? indefini : tlv;
  const porte =
    d.indefini === true
      ? indefini(0x24, octets(d.contenu.subarray(0, 3)), octets(d.contenu.subarray(3)))
      : octets(d.contenu);
  const corps = ecrire(
    0x30,
    entier(1),
    ensemble(sequence(oid(OID_HACHAGE[hachage]), nul)),
    ecrire(0x30, oid(typeContenu), ...(d.porte === true ? [ecrire(0xa0, porte)] : [])),
    ...(joints.length === 0 ? [] : [tlv(0xa0, ...joints)]),
    ensemble(...Array.from({ length: d.fois ?? 1 }, () => signataire(d))),
  );
  return ecrire(0x30, oid('1.2.840.113549.1.7.2'), ecrire(0xa0, corps));
}

export interface DemandeJeton extends Omit<DemandeCms, 'contenu' | 'porte'> {
  /** What is stamped. */
  readonly sujet: Uint8Array;
  readonly heure?: string;
  readonly hachageSujet?: Hachage;
}

/** A token of RFC 3161, by `tsa` unless said otherwise. */
export function jeton(d: DemandeJeton): Buffer {
  const { sujet, heure = '20260615121500Z', hachageSujet = 'sha256', ...reste } = d;
  const marque = sequence(
    sequence(oid(OID_HACHAGE[hachageSujet]), nul),
    octets(hash(hachageSujet, sujet, 'buffer')),
  );
  const contenu = sequence(
    entier(1),
    oid('1.2.250.1.999.3'),
    marque,
    entier(7),
    tlv(0x18, Buffer.from(heure)),
  );
  return cms({ de: 'tsa', typeContenu: TST_INFO, ...reste, contenu, porte: true });
}

const TSA = [
  'basicConstraints=CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=critical,timeStamping',
] as const;

/**
 * The authority of the tests, and: `rsa`, `ec`, `p384` sound; `expire` (ended on 2026-01-01), `bref` (ends on 2026-06-20),
 * `revoque` (on 2026-06-01), `etranger` (of an unknown authority), `faible` (RSA 1024), `tsa`.
 */
export function pkiCms(): Pki {
  return pkiGardee('cms', (pki) => {
    batirBase(pki);
    const crl = 'crlDistributionPoints=URI:http://crl.essai.invalid/racine.crl';
    pki.emettre('racine', {
      nom: 'ica',
      extensions: [...EXTENSIONS.ica, crl],
      debut: '2022-01-01',
      fin: '2035-01-01',
    });
    pki.emettre('ica', { nom: 'rsa', cle: 'rsa2048', extensions: EXTENSIONS.signataire });
    pki.emettre('ica', { nom: 'ec', extensions: EXTENSIONS.signataire });
    pki.emettre('ica', { nom: 'p384', cle: 'p384', extensions: EXTENSIONS.signataire });
    pki.emettre('ica', { nom: 'expire', extensions: EXTENSIONS.signataire, fin: '2026-01-01' });
    pki.emettre('ica', { nom: 'bref', extensions: EXTENSIONS.signataire, fin: '2026-06-20' });
    pki.emettre('ica', { nom: 'revoque', extensions: EXTENSIONS.signataire });
    pki.emettre('ica', { nom: 'faible', cle: 'rsa1024', extensions: EXTENSIONS.signataire });
    pki.emettre('ica', { nom: 'tsa', extensions: TSA });
    pki.emettre('inconnue', { nom: 'inconnue', extensions: EXTENSIONS.racine });
    pki.emettre('inconnue', { nom: 'etranger', extensions: EXTENSIONS.signataire });
    pki.revoquer('ica', 'revoque', { quand: '260601000000Z', motif: 'keyCompromise' });
  });
}
