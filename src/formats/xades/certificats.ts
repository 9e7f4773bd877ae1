import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Certificat, lireCertificat } from '../certificats/certificat.ts';
import { contexteConstruit, Curseur, lireDer, membres, TAG } from '../certificats/der.ts';
import { egaux, hex, lireEntier } from '../certificats/der-valeurs.ts';
import { lireNom } from '../certificats/nommage.ts';
import type { AlgorithmeXml } from './algorithmes.ts';
import { descendre, enfants, type Noeud } from './arbre.ts';
import { lireBase64 } from './base64.ts';
import type { Cahier } from './constats.ts';
import { comparerEmetteur } from './emetteurs.ts';
import { NS_DS } from './espaces.ts';
import type { CertificatDesigne } from './lecture-proprietes.ts';

/** KeyInfo is a hint: the certificate that counts is the one that the signed properties name. */

const CERTIFICATS_MAX = 10;

export interface CertificatsJoints {
  readonly signataire: Certificat | null;
  /** The others, to build a path with; none is trusted by being there. */
  readonly intermediaires: readonly Certificat[];
}

const NS_DS11 = 'http://www.w3.org/2009/xmldsig11#';
const LUS: ReadonlySet<string> = new Set(['X509Data', 'KeyValue', 'KeyName']);
const DANS_X509: ReadonlySet<string> = new Set([
  'X509Certificate',
  'X509IssuerSerial',
  'X509SubjectName',
  'X509SKI',
  'X509CRL',
]);

/** Every certificate of KeyInfo, by X509Data that holds some; unreadable ones noted. */
function joindre(keyInfo: Noeud, cahier: Cahier): readonly (readonly Certificat[])[] {
  const groupes = enfants(keyInfo, NS_DS, 'X509Data').map((d) => enfants(d, NS_DS, 'X509Certificate'));
  if (groupes.flat().length > CERTIFICATS_MAX) {
    cahier.noter('certificatsTrop', CERTIFICATS_MAX);
    return [];
  }
  const lus = groupes.map((textes) => textes.flatMap((t) => lireJoint(t, cahier) ?? []));
  return lus.filter((groupe) => groupe.length > 0);
}

function lireJoint(noeud: Noeud, cahier: Cahier): Certificat | null {
  const der = noeud.enfants.length > 0 ? null : lireBase64(noeud.texte);
  const lu = der === null || der[0] !== 0x30 ? null : lireCertificat(der);
  if (lu?.type === 'lu') return lu.certificat;
  cahier.noter('certificatIllisible', lu?.motif ?? 'base64 non strict');
  return null;
}

/**
 * The certificates that neither hold the validation key nor lead from the signer up, by their names: XML-Signature
 * § 4.5.4 has no place for them. Another reader takes the key of the first certificate that issued none of the others
 * (xmlsec1 does): with one of these in front, it would not take the signer's.
 */
function etrangers(signataire: Certificat, joints: readonly Certificat[]): readonly Certificat[] {
  const emetteurs = new Set([signataire.emetteur.cle]);
  let restants = joints.filter((c) => c.cle.sha256 !== signataire.cle.sha256);
  for (;;) {
    const suite = restants.filter(
      (c) => emetteurs.has(c.sujet.cle) && c.emetteur.cle !== signataire.sujet.cle,
    );
    if (suite.length === 0) return restants;
    for (const { emetteur } of suite) emetteurs.add(emetteur.cle);
    restants = restants.filter((c) => !suite.includes(c));
  }
}

/** All that is joined is of the signer, and the first X509Data, where readers look for the key, holds it. */
function examinerGroupes(
  signataire: Certificat,
  groupes: readonly (readonly Certificat[])[],
  cahier: Cahier,
): void {
  const [intrus] = etrangers(signataire, groupes.flat());
  const premier = groupes[0] ?? [];
  if (intrus !== undefined) cahier.noter('certificatEtranger', intrus.sujet.texte);
  else if (!premier.some((c) => c.cle.sha256 === signataire.cle.sha256)) cahier.noter('certificatApres');
}

function examinerAutres(keyInfo: Noeud, cahier: Cahier): void {
  for (const enfant of keyInfo.enfants) {
    // nothing signs KeyInfo: what is no key there is smuggled
    if (enfant.espace !== NS_DS && enfant.espace !== NS_DS11) cahier.noter('inattendu', enfant.nom);
    else if (enfant.nom === 'RetrievalMethod') cahier.noter('retrieval');
    else if (enfant.espace !== NS_DS || !LUS.has(enfant.nom)) cahier.noter('cleIncomprise', enfant.nom);
  }
  for (const { espace, nom } of enfants(keyInfo, NS_DS, 'X509Data').flatMap((d) => d.enfants)) {
    if (espace !== NS_DS && espace !== NS_DS11) cahier.noter('inattendu', nom);
    else if (!DANS_X509.has(nom)) cahier.noter('cleIncomprise', nom);
  }
}

/** A bare key beside the certificate must be the same one, or two verifiers would not use the same. */
function examinerCleNue(keyInfo: Noeud, certificat: Certificat, cahier: Cahier): void {
  for (const valeur of enfants(keyInfo, NS_DS, 'KeyValue')) {
    const rsa = descendre(valeur, NS_DS, 'RSAKeyValue');
    const n = lireBase64(descendre(rsa, NS_DS, 'Modulus')?.texte ?? '');
    const e = lireBase64(descendre(rsa, NS_DS, 'Exponent')?.texte ?? '');
    if (rsa === undefined || n === null || e === null) cahier.noter('cleIncomprise', 'KeyValue');
    else if (!memeCle({ n, e }, certificat.cle.objet)) cahier.noter('cleDiscordante');
  }
}

/** Leading zeros are legal in ds:CryptoBinary as some write it. */
function sansZero(octets: Uint8Array): string {
  const debut = octets.findIndex((o) => o !== 0);
  return Buffer.from(octets.subarray(Math.max(0, debut))).toString('base64url');
}

function memeCle({ n, e }: { n: Uint8Array; e: Uint8Array }, cle: KeyObject): boolean {
  if (cle.asymmetricKeyType !== 'rsa') return false;
  const jwk = createPublicKey(cle.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' });
  return jwk.n === sansZero(n) && jwk.e === sansZero(e);
}

function examinerDesignation(certificat: Certificat, vu: CertificatDesigne, cahier: Cahier): void {
  if (vu.v2 !== undefined) {
    examinerEmetteurV2(certificat, vu.v2.emetteurSerie, cahier);
    return;
  }
  const serie = vu.serie ?? '';
  if (vu.emetteur === null || serie === '') {
    cahier.noter('champAbsent', 'IssuerSerial');
    return;
  }
  const meme = /^\d{1,60}$/.test(serie) && BigInt(serie) === BigInt(certificat.serie.decimal);
  if (!meme) cahier.noter('serieAutre', serie);
  const avis = comparerEmetteur(vu.emetteur, certificat.emetteur);
  if (avis === 'autre') cahier.noter('emetteurAutre', vu.emetteur);
  if (avis === 'inverse') cahier.noter('emetteurInverse');
  if (avis === 'incomparable') cahier.noter('emetteurIncomparable', vu.emetteur);
}

/** `IssuerSerial` of RFC 5035 § 4: the names of the issuer, one of which is its directory name, and the serial. */
function examinerEmetteurV2(certificat: Certificat, brut: Uint8Array | null, cahier: Cahier): void {
  if (brut === null) return;
  try {
    const lu = new Curseur(lireDer(brut));
    const noms = membres(lu.prendre(TAG.sequence));
    const serie = lireEntier(lu.prendre());
    lu.finir();
    if (!egaux(serie, certificat.serie.octets)) cahier.noter('serieAutre', hex(serie));
    const lus = noms.filter((n) => n.tag === contexteConstruit(4)).map((n) => lireNom(lireDer(n.contenu)));
    const autre = lus.find((nom) => nom.cle !== certificat.emetteur.cle);
    if (lus.length === 0) cahier.noter('designationV2');
    if (autre !== undefined) cahier.noter('emetteurAutre', autre.texte);
  } catch {
    cahier.noter('designationV2');
  }
}

/** Finds the certificate that the signed properties name among those of KeyInfo, and checks that all agree. */
export function trouverSignataire(
  keyInfo: Noeud | undefined,
  designe: CertificatDesigne | null,
  cahier: Cahier,
): CertificatsJoints {
  const aucun = { signataire: null, intermediaires: [] };
  if (keyInfo === undefined) {
    cahier.noter('keyInfoAbsent');
    return aucun;
  }
  const avant = cahier.constats.length;
  examinerAutres(keyInfo, cahier);
  const groupes = joindre(keyInfo, cahier);
  const joints = groupes.flat();
  const refuse = cahier.constats.slice(avant).some((c) => c.gravite === 'refus');
  if (joints.length === 0 && !refuse) cahier.noter('cleNue');
  if (joints.length === 0 || designe === null) return { ...aucun, signataire: joints[0] ?? null };
  const vise = Buffer.from(designe.empreinte);
  const signataire = joints.find((c) => createHash(designe.hachage).update(c.der).digest().equals(vise));
  if (signataire === undefined) {
    cahier.noter('certificatAutre');
    return { signataire: null, intermediaires: joints };
  }
  examinerGroupes(signataire, groupes, cahier);
  examinerDesignation(signataire, designe, cahier);
  examinerCleNue(keyInfo, signataire, cahier);
  return { signataire, intermediaires: joints.filter((c) => c !== signataire) };
}

const COURBES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** Whether a key may be leaned on: RSA from 2048 bits, P-256, P-384, P-521. */
function cleAdmise({ cle }: Certificat): boolean {
  if (cle.type === 'rsa') return cle.bits >= 2048;
  return cle.type === 'ec' && COURBES.has(cle.courbe ?? '');
}

export interface ValeurAVerifier {
  readonly algorithme: AlgorithmeXml;
  readonly octets: Uint8Array;
  readonly valeur: Uint8Array;
}

/** Bytes of a signature: the modulus, or r ‖ s. */
function longueurAttendue({ cle }: Certificat): number {
  return cle.type === 'rsa' ? Math.ceil(cle.bits / 8) : 2 * Math.ceil(cle.bits / 8);
}

/** The arithmetic (RFC 9231): PKCS#1 v1.5, or ECDSA as r ‖ s. @returns null when it could not be done. */
export function verifierValeur(
  { algorithme, octets, valeur }: ValeurAVerifier,
  certificat: Certificat,
  cahier: Cahier,
): boolean | null {
  const { cle } = certificat;
  if (!cleAdmise(certificat)) cahier.noter('cleFaible', `${cle.courbe ?? cle.type}, ${cle.bits} bits`);
  if (cle.type !== algorithme.famille) {
    cahier.noter('cleFamille', algorithme.nom);
    return null;
  }
  const longueur = longueurAttendue(certificat);
  if (valeur.length !== longueur) {
    cahier.noter('valeurLongueur', `${valeur.length} octets au lieu de ${longueur}`);
    return false;
  }
  const juste = arithmetique({ algorithme, octets, valeur }, cle.objet);
  if (!juste) cahier.noter('valeurFausse');
  return juste;
}

function arithmetique({ algorithme, octets, valeur }: ValeurAVerifier, cle: KeyObject): boolean {
  try {
    return verify(algorithme.hachage.node, octets, { key: cle, dsaEncoding: 'ieee-p1363' }, valeur);
  } catch {
    return false;
  }
}
