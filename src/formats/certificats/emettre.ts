import { createHash, webcrypto } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AltName,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  ExtKeyUsage,
  Extension,
  GeneralName,
  type ICryptoEngine,
  Time,
} from 'pkijs';

/**
 * Mints X.509 v3 certificates (RFC 5280) on EC P-256 keys: test PKI of the bench, and the daemon's own HTTPS door.
 * Nothing here is for signing acts: those certificates come from accredited authorities.
 */

/** Milliseconds of a day. */
const JOUR_MS = 86_400_000;

export type Usage = 'serveur' | 'client';

/** Named defects: a certificate that a correct peer must refuse, and for this reason only. */
export type DefautCertificat = 'expire' | 'pas_encore' | 'signature';

export interface Paire {
  /** Certificate, PEM. */
  readonly certificat: string;
  /** Private key, PKCS#8, PEM. */
  readonly cle: string;
}

/** An authority able to sign; its key never leaves the object except through `cle`. */
export interface Autorite extends Paire {
  readonly nom: string;
  readonly signataire: Signataire;
}

interface Signataire {
  readonly clePrivee: webcrypto.CryptoKey;
  /** SubjectKeyIdentifier, put as AuthorityKeyIdentifier in what it signs. */
  readonly identifiant: Uint8Array<ArrayBuffer>;
}

export interface DemandeAutorite {
  readonly nom: string;
  /** Validity in days, from `quand`. */
  readonly jours: number;
  /** Epoch milliseconds. */
  readonly quand: number;
}

export interface DemandeCertificat extends DemandeAutorite {
  readonly usage: Usage;
  readonly dns?: readonly string[];
  /** IPv4 or IPv6 addresses, as text. */
  readonly ip?: readonly string[];
  readonly defaut?: DefautCertificat;
}

interface Patron {
  readonly sujet: string;
  readonly emetteur: string;
  readonly debut: number;
  readonly fin: number;
  readonly extensions: readonly Extension[];
}

const OID = {
  commonName: '2.5.4.3',
  ski: '2.5.29.14',
  keyUsage: '2.5.29.15',
  san: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  aki: '2.5.29.35',
  eku: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

/** First octets of the KeyUsage bit string (RFC 5280 § 4.2.1.3). */
const KEY_USAGE = { signer: 0x80, emettre: 0x06 };

/** Makes a self-signed root authority, path length 0. */
export async function creerAutorite(demande: DemandeAutorite): Promise<Autorite> {
  const cles = await tirerCles();
  const identifiant = await identifiantCle(cles.publicKey);
  const patron: Patron = {
    sujet: demande.nom,
    emetteur: demande.nom,
    debut: demande.quand,
    fin: demande.quand + demande.jours * JOUR_MS,
    extensions: [
      extension(OID.basicConstraints, {
        critique: true,
        valeur: new BasicConstraints({ cA: true, pathLenConstraint: 0 }),
      }),
      extension(OID.keyUsage, { critique: true, valeur: usageCle(KEY_USAGE.emettre) }),
      extension(OID.ski, { critique: false, valeur: new OctetString({ valueHex: identifiant.buffer }) }),
    ],
  };
  const certificat = await assembler(patron, cles, cles.privateKey);
  const signataire: Signataire = { clePrivee: cles.privateKey, identifiant };
  return { nom: demande.nom, certificat, cle: await pemCle(cles.privateKey), signataire };
}

/** Makes a certificate signed by `autorite`, and its key. */
export async function emettre(autorite: Autorite, demande: DemandeCertificat): Promise<Paire> {
  const cles = await tirerCles();
  const { debut, fin } = validite(demande);
  const certificat = await assembler(
    {
      sujet: demande.nom,
      emetteur: autorite.nom,
      debut,
      fin,
      extensions: await extensionsFeuille(cles.publicKey, demande, autorite.signataire.identifiant),
    },
    cles,
    autorite.signataire.clePrivee,
  );
  return {
    certificat: demande.defaut === 'signature' ? abimerSignature(certificat) : certificat,
    cle: await pemCle(cles.privateKey),
  };
}

/** Makes a self-signed server certificate that is not an authority: the daemon's HTTPS door before it has a real one. */
export async function autosigne(demande: Omit<DemandeCertificat, 'usage' | 'defaut'>): Promise<Paire> {
  const cles = await tirerCles();
  const identifiant = await identifiantCle(cles.publicKey);
  const patron: Patron = {
    sujet: demande.nom,
    emetteur: demande.nom,
    debut: demande.quand,
    fin: demande.quand + demande.jours * JOUR_MS,
    extensions: await extensionsFeuille(cles.publicKey, { ...demande, usage: 'serveur' }, identifiant),
  };
  const certificat = await assembler(patron, cles, cles.privateKey);
  return { certificat, cle: await pemCle(cles.privateKey) };
}

// pkijs types its engine for browsers (CryptoKey of the DOM); at run time it is the same WebCrypto.
function moteur(): ICryptoEngine {
  return new CryptoEngine({ name: 'node', crypto: webcrypto }) as unknown as ICryptoEngine;
}

async function tirerCles(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
}

/** RFC 5280 § 4.2.1.2, method 1: SHA-1 of the public key bits (an identifier, not a protection). */
async function identifiantCle(cle: webcrypto.CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const brut = new Uint8Array(await webcrypto.subtle.exportKey('raw', cle));
  return Uint8Array.from(createHash('sha1').update(brut).digest());
}

/** `pas_encore` begins when a sound certificate would end: no margin taken on `quand` can make it valid. */
function validite(demande: DemandeCertificat): { debut: number; fin: number } {
  const duree = demande.jours * JOUR_MS;
  if (demande.defaut === 'expire')
    return { debut: demande.quand - duree - JOUR_MS, fin: demande.quand - JOUR_MS };
  if (demande.defaut === 'pas_encore')
    return { debut: demande.quand + duree, fin: demande.quand + 2 * duree };
  return { debut: demande.quand, fin: demande.quand + duree };
}

async function extensionsFeuille(
  cle: webcrypto.CryptoKey,
  demande: DemandeCertificat,
  autorite: Uint8Array<ArrayBuffer>,
): Promise<Extension[]> {
  const identifiant = await identifiantCle(cle);
  const usage = demande.usage === 'serveur' ? OID.serverAuth : OID.clientAuth;
  const noms = [
    ...(demande.dns ?? []).map((value) => new GeneralName({ type: 2, value })),
    ...(demande.ip ?? []).map(
      (ip) => new GeneralName({ type: 7, value: new OctetString({ valueHex: octetsIp(ip).buffer }) }),
    ),
  ];
  const sortie = [
    extension(OID.basicConstraints, { critique: true, valeur: new BasicConstraints({ cA: false }) }),
    extension(OID.keyUsage, { critique: true, valeur: usageCle(KEY_USAGE.signer) }),
    extension(OID.eku, { critique: false, valeur: new ExtKeyUsage({ keyPurposes: [usage] }) }),
    extension(OID.ski, { critique: false, valeur: new OctetString({ valueHex: identifiant.buffer }) }),
    extension(OID.aki, {
      critique: false,
      valeur: new AuthorityKeyIdentifier({
        keyIdentifier: new OctetString({ valueHex: autorite.buffer }),
      }),
    }),
  ];
  if (noms.length > 0) {
    sortie.push(extension(OID.san, { critique: false, valeur: new AltName({ altNames: noms }) }));
  }
  return sortie;
}

/** DER (X.690 § 11.2.2): trailing zero bits of a named bit list are not written. */
function usageCle(bits: number): BitString {
  const inutiles = 31 - Math.clz32(bits & -bits);
  return new BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits: inutiles });
}

/** A schema, or an ASN.1 value that is already one. */
interface Valeur {
  toSchema?(): { toBER(taille?: boolean): ArrayBuffer };
  toBER?(taille?: boolean): ArrayBuffer;
}

function extension(extnID: string, contenu: { critique: boolean; valeur: Valeur }): Extension {
  const { valeur, critique } = contenu;
  const extnValue = valeur.toSchema?.().toBER(false) ?? valeur.toBER?.(false) ?? new ArrayBuffer(0);
  return new Extension({ extnID, critical: critique, extnValue });
}

function groupes(texte: string): string[] {
  return texte === '' ? [] : texte.split(':');
}

/** Network-order bytes of an address; the URL parser gives the canonical form of IPv6. */
function octetsIp(ip: string): Uint8Array<ArrayBuffer> {
  if (isIPv4(ip)) return Uint8Array.from(ip.split('.').map(Number));
  const [gauche = '', droite = ''] = new URL(`http://[${ip}]/`).hostname.slice(1, -1).split('::');
  const avant = groupes(gauche);
  const apres = groupes(droite);
  const tous = [...avant, ...Array<string>(8 - avant.length - apres.length).fill('0'), ...apres];
  return Uint8Array.from(tous.flatMap((g) => [Number.parseInt(g, 16) >> 8, Number.parseInt(g, 16) & 0xff]));
}

async function assembler(
  patron: Patron,
  cles: webcrypto.CryptoKeyPair,
  signataire: webcrypto.CryptoKey,
): Promise<string> {
  const certificat = new Certificate();
  certificat.version = 2;
  certificat.serialNumber = new Integer({ valueHex: (await numeroSerie(cles.publicKey, patron)).buffer });
  certificat.issuer.typesAndValues.push(nomCommun(patron.emetteur));
  certificat.subject.typesAndValues.push(nomCommun(patron.sujet));
  certificat.notBefore = date(patron.debut);
  certificat.notAfter = date(patron.fin);
  certificat.extensions = [...patron.extensions];
  await certificat.subjectPublicKeyInfo.importKey(cles.publicKey, moteur());
  await certificat.sign(signataire, 'SHA-256', moteur());
  return pem('CERTIFICATE', new Uint8Array(certificat.toSchema(true).toBER(false)));
}

function nomCommun(nom: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type: OID.commonName, value: new Utf8String({ value: nom }) });
}

/** RFC 5280 § 4.1.2.5: UTCTime through 2049, GeneralizedTime after, never a fraction of a second. */
function date(instant: number): Time {
  const value = new Date(Math.floor(instant / 1000) * 1000);
  return new Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

/** Positive, 127 bits, unique because the fresh key is: no further randomness is needed (RFC 5280 § 4.1.2.2). */
async function numeroSerie(cle: webcrypto.CryptoKey, patron: Patron): Promise<Uint8Array<ArrayBuffer>> {
  const brut = new Uint8Array(await webcrypto.subtle.exportKey('raw', cle));
  const empreinte = createHash('sha256').update(brut).update(`${patron.sujet}|${patron.debut}`).digest();
  const numero = Uint8Array.from(empreinte.subarray(0, 16));
  numero[0] = ((numero[0] ?? 0) & 0x3f) | 0x40;
  return numero;
}

async function pemCle(cle: webcrypto.CryptoKey): Promise<string> {
  return pem('PRIVATE KEY', new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', cle)));
}

function pem(titre: string, der: Uint8Array): string {
  const lignes = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g) ?? [''];
  return `-----BEGIN ${titre}-----\n${lignes.join('\n')}\n-----END ${titre}-----\n`;
}

/** Changes the last octet of the signature value: still well-formed DER, no longer true. */
function abimerSignature(certificat: string): string {
  const der = Buffer.from(certificat.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 0x01;
  return pem('CERTIFICATE', der);
}
