import { createHash } from 'node:crypto';
import type { Instant } from '../../metier/identifiants.ts';
import type { Certificat } from '../certificats/certificat.ts';
import { type AlgorithmeXml, ENVELOPPEE, EXC_C14N, type Hachage, HACHAGES } from './algorithmes.ts';
import { ESPACES_XADES, NS_DS, type VersionXades } from './espaces.ts';
import type { LieuSignature } from './lecture-proprietes.ts';
import type { LignePolitique } from './politiques.ts';

/**
 * The text of a signature (crypto.md §7), written once and for all in its canonical spelling: ASCII only, so that it
 * enters a file of any encoding, whatever is not ASCII being a character reference.
 */

export interface DemandeModele {
  readonly id: string;
  /** Identifier of the element signed. */
  readonly cible: string;
  readonly version: VersionXades;
  readonly certificat: Certificat;
  /** DER, joined after the signer's certificate. */
  readonly chaine: readonly Uint8Array[];
  readonly algorithme: AlgorithmeXml;
  readonly instant: Instant;
  readonly politique: LignePolitique;
  readonly role: string;
  readonly lieu: LieuSignature | null;
}

export interface Calculs {
  /** Digest of the element signed. */
  readonly contenu: Uint8Array;
  /** Absent on the first writing, which is canonicalised to know them. */
  readonly proprietes?: Uint8Array;
  readonly valeur?: Uint8Array;
}

const ENTITES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function texte(valeur: string): string {
  return valeur.replace(/[&<>"\r\x7f-\u{10ffff}]/gu, (c) => ENTITES[c] ?? `&#${c.codePointAt(0) ?? 0};`);
}

export const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');

export function element(nom: string, contenu: string, attributs = ''): string {
  return `<${nom}${attributs}>${contenu}</${nom}>`;
}

export function algorithme(nom: string, uri: string): string {
  return element(nom, '', ` Algorithm="${uri}"`);
}

function certificatSigne({ certificat, version, algorithme: { hachage } }: DemandeModele): string {
  // the schema of v1.1.1 has digest elements of its own, the later ones take those of XML-Signature
  const p = version === '1.1.1' ? 'xad' : 'ds';
  const empreinte = createHash(hachage.node).update(certificat.der).digest('base64');
  const digest = algorithme(`${p}:DigestMethod`, hachage.uri) + element(`${p}:DigestValue`, empreinte);
  const serial =
    element('ds:X509IssuerName', texte(certificat.emetteur.texte)) +
    element('ds:X509SerialNumber', certificat.serie.decimal);
  const cert = element('xad:CertDigest', digest) + element('xad:IssuerSerial', serial);
  return element('xad:SigningCertificate', element('xad:Cert', cert));
}

export function politiqueSignee({
  politique,
  version,
}: Pick<DemandeModele, 'politique' | 'version'>): string {
  const p = version === '1.1.1' ? 'xad' : 'ds';
  const { uri } = HACHAGES.find((h) => h.nom === politique.hachage) as Hachage;
  const objet =
    element('xad:Identifier', texte(politique.identifiant)) +
    element('xad:Description', texte(politique.libelle));
  const hash = algorithme(`${p}:DigestMethod`, uri) + element(`${p}:DigestValue`, politique.empreinte);
  const spuri = element('xad:SigPolicyQualifier', element('xad:SPURI', texte(politique.adresse)));
  const id =
    element('xad:SigPolicyId', objet) +
    element('xad:SigPolicyHash', hash) +
    (politique.adresse === '' ? '' : element('xad:SigPolicyQualifiers', spuri));
  return element('xad:SignaturePolicyIdentifier', element('xad:SignaturePolicyId', id));
}

function lieuSigne(lieu: LieuSignature | null): string {
  if (lieu === null) return '';
  const champ = (nom: string, valeur: string): string => (valeur === '' ? '' : element(nom, texte(valeur)));
  const champs =
    champ('xad:City', lieu.ville) +
    champ('xad:PostalCode', lieu.codePostal) +
    champ('xad:CountryName', lieu.pays);
  return element('xad:SignatureProductionPlace', champs);
}

/** `2026-01-15T10:00:00Z`: whole seconds, universal time. */
export function date(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

function proprietes(demande: DemandeModele): string {
  const role = element('xad:ClaimedRoles', element('xad:ClaimedRole', texte(demande.role)));
  const champs =
    element('xad:SigningTime', date(demande.instant)) +
    certificatSigne(demande) +
    politiqueSignee(demande) +
    lieuSigne(demande.lieu) +
    element('xad:SignerRole', role);
  const signees = element('xad:SignedSignatureProperties', champs);
  return element('xad:SignedProperties', signees, ` Id="${demande.id}_SP"`);
}

function reference(
  { attributs, transformations }: { attributs: string; transformations: readonly string[] },
  hachage: Hachage,
  empreinte: Uint8Array,
): string {
  const corps =
    element('ds:Transforms', transformations.map((t) => algorithme('ds:Transform', t)).join('')) +
    algorithme('ds:DigestMethod', hachage.uri) +
    element('ds:DigestValue', base64(empreinte));
  return element('ds:Reference', corps, attributs);
}

function signedInfo(demande: DemandeModele, { contenu, proprietes: sp }: Calculs): string {
  const { id, cible, version } = demande;
  const { hachage, uri } = demande.algorithme;
  const type = `${ESPACES_XADES[version]}SignedProperties`;
  const vers = { attributs: ` URI="#${texte(cible)}"`, transformations: [ENVELOPPEE, EXC_C14N] };
  const propres = { attributs: ` Type="${type}" URI="#${id}_SP"`, transformations: [EXC_C14N] };
  return element(
    'ds:SignedInfo',
    algorithme('ds:CanonicalizationMethod', EXC_C14N) +
      algorithme('ds:SignatureMethod', uri) +
      reference(vers, hachage, contenu) +
      reference(propres, hachage, sp ?? new Uint8Array()),
  );
}

/** The signature, whole; what is not computed yet is empty. */
export function ecrireSignature(demande: DemandeModele, calculs: Calculs): string {
  const { id, version, certificat, chaine } = demande;
  const certificats = [certificat.der, ...chaine].map((der) => element('ds:X509Certificate', base64(der)));
  const objet = element(
    'xad:QualifyingProperties',
    proprietes(demande),
    ` xmlns:xad="${ESPACES_XADES[version]}" Target="#${id}"`,
  );
  const parties =
    signedInfo(demande, calculs) +
    element('ds:SignatureValue', base64(calculs.valeur ?? new Uint8Array()), ` Id="${id}_SV"`) +
    element('ds:KeyInfo', element('ds:X509Data', certificats.join(''))) +
    element('ds:Object', objet);
  return element('ds:Signature', parties, ` xmlns:ds="${NS_DS}" Id="${id}"`);
}

/** The identifiers that a signature brings into the file. */
export function identifiantsDe(id: string): readonly string[] {
  return [id, `${id}_SP`, `${id}_SV`];
}
