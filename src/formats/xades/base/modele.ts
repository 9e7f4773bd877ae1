import { createHash } from 'node:crypto';
import type { Instant } from '../../../metier/identifiants.ts';
import type { Certificat } from '../../certificats/certificat.ts';
import { type AlgorithmeXml, ENVELOPPEE, EXC_C14N } from '../algorithmes.ts';
import { ESPACES_XADES, NS_DS } from '../espaces.ts';
import type { LieuSignature } from '../lecture-proprietes.ts';
import { algorithme, base64, type Calculs, date, element, politiqueSignee, texte } from '../modele.ts';
import type { LignePolitique } from '../politiques.ts';

/**
 * The text of a baseline B signature (EN 319 132-1 § 6.3), ASCII only, in its canonical spelling but for what it carries:
 * that stands as it was given.
 */

/** Type of the reference to the signed properties: without version since 2006. */
const TYPE_PROPRIETES = 'http://uri.etsi.org/01903#SignedProperties';
export const ENCODAGE_BASE64 = `${NS_DS}base64`;

/** One content that is signed, in the order of its reference. */
export interface ObjetModele {
  /** As written in the reference. */
  readonly uri: string;
  /** `fichier`: bytes as they are; `enveloppe`: what holds the signature; `objet`: a ds:Object of the signature. */
  readonly forme: 'fichier' | 'enveloppe' | 'objet';
  readonly mime: string;
}

/** A ds:Object to write. */
export interface Contenu {
  readonly id: string;
  readonly mime: string;
  /** Text of the element, in the encoding of the document read as Latin-1: bytes for bytes. */
  readonly texte: string;
  readonly base64: boolean;
}

export interface DemandeModeleBase {
  readonly id: string;
  readonly objets: readonly ObjetModele[];
  readonly contenus: readonly Contenu[];
  readonly certificat: Certificat;
  /** DER, joined after the signer's certificate. */
  readonly chaine: readonly Uint8Array[];
  readonly algorithme: AlgorithmeXml;
  readonly instant: Instant;
  readonly politique: LignePolitique | null;
  readonly role: string | null;
  readonly lieu: LieuSignature | null;
}

export interface CalculsBase extends Omit<Calculs, 'contenu'> {
  /** Digests of the objects, in their order; absent on the first writing. */
  readonly contenus?: readonly Uint8Array[];
}

function longueurDer(taille: number): number[] {
  if (taille < 0x80) return [taille];
  return taille < 0x100 ? [0x81, taille] : [0x82, taille >> 8, taille & 0xff];
}

function der(tag: number, ...parties: readonly Uint8Array[]): Buffer {
  const contenu = Buffer.concat(parties);
  return Buffer.concat([Buffer.from([tag, ...longueurDer(contenu.length)]), contenu]);
}

/** IssuerSerial (RFC 5035 § 4): SEQUENCE { SEQUENCE { [4] Name }, INTEGER }. */
function emetteurSerie({ emetteur, serie }: Certificat): Buffer {
  return der(0x30, der(0x30, der(0xa4, emetteur.der)), der(0x02, serie.octets));
}

function certificatSigne({ certificat, algorithme: { hachage } }: DemandeModeleBase): string {
  const empreinte = createHash(hachage.node).update(certificat.der).digest();
  const digest = algorithme('ds:DigestMethod', hachage.uri) + element('ds:DigestValue', base64(empreinte));
  const cert =
    element('xad:CertDigest', digest) + element('xad:IssuerSerialV2', base64(emetteurSerie(certificat)));
  return element('xad:SigningCertificateV2', element('xad:Cert', cert));
}

function champ(nom: string, valeur: string): string {
  return valeur === '' ? '' : element(nom, texte(valeur));
}

function lieuSigne(lieu: LieuSignature | null): string {
  if (lieu === null) return '';
  const champs =
    champ('xad:City', lieu.ville) +
    champ('xad:PostalCode', lieu.codePostal) +
    champ('xad:CountryName', lieu.pays);
  return element('xad:SignatureProductionPlaceV2', champs);
}

function roleSigne(role: string | null): string {
  if (role === null) return '';
  const roles = element('xad:ClaimedRoles', element('xad:ClaimedRole', texte(role)));
  return element('xad:SignerRoleV2', roles);
}

function proprietes(demande: DemandeModeleBase): string {
  const { id, objets, politique } = demande;
  const signees =
    element('xad:SigningTime', date(demande.instant)) +
    certificatSigne(demande) +
    (politique === null ? '' : politiqueSignee({ politique, version: '1.3.2' })) +
    lieuSigne(demande.lieu) +
    roleSigne(demande.role);
  const natures = objets.map(({ mime }, rang) => {
    const nature = element('xad:MimeType', texte(mime));
    return element('xad:DataObjectFormat', nature, ` ObjectReference="#${id}_R${rang + 1}"`);
  });
  const corps =
    element('xad:SignedSignatureProperties', signees) +
    element('xad:SignedDataObjectProperties', natures.join(''));
  return element('xad:SignedProperties', corps, ` Id="${id}_SP"`);
}

const TRANSFORMATIONS = {
  fichier: [],
  enveloppe: [ENVELOPPEE, EXC_C14N],
  objet: [EXC_C14N],
} as const satisfies Readonly<Record<ObjetModele['forme'], readonly string[]>>;

function reference(
  { attributs, transformations }: { attributs: string; transformations: readonly string[] },
  hachage: string,
  empreinte: Uint8Array,
): string {
  const uris = transformations.map((t) => algorithme('ds:Transform', t)).join('');
  const corps =
    (uris === '' ? '' : element('ds:Transforms', uris)) +
    algorithme('ds:DigestMethod', hachage) +
    element('ds:DigestValue', base64(empreinte));
  return element('ds:Reference', corps, attributs);
}

function signedInfo(demande: DemandeModeleBase, calculs: CalculsBase): string {
  const { id, objets } = demande;
  const { hachage, uri } = demande.algorithme;
  const vide = new Uint8Array();
  const references = objets.map(({ uri: vers, forme }, rang) => {
    const attributs = ` Id="${id}_R${rang + 1}" URI="${texte(vers)}"`;
    const transformations = TRANSFORMATIONS[forme];
    return reference({ attributs, transformations }, hachage.uri, calculs.contenus?.[rang] ?? vide);
  });
  const propres = { attributs: ` Type="${TYPE_PROPRIETES}" URI="#${id}_SP"`, transformations: [EXC_C14N] };
  return element(
    'ds:SignedInfo',
    algorithme('ds:CanonicalizationMethod', EXC_C14N) +
      algorithme('ds:SignatureMethod', uri) +
      references.join('') +
      reference(propres, hachage.uri, calculs.proprietes ?? vide),
  );
}

function porter({ id, mime, texte: contenu, base64: code }: Contenu): string {
  const encodage = code ? ` Encoding="${ENCODAGE_BASE64}"` : '';
  return element('ds:Object', contenu, `${encodage} Id="${id}" MimeType="${texte(mime)}"`);
}

/** The signature, whole; what is not computed yet is empty. */
export function ecrireSignatureBase(demande: DemandeModeleBase, calculs: CalculsBase): string {
  const { id, certificat, chaine, contenus } = demande;
  const certificats = [certificat.der, ...chaine].map((c) => element('ds:X509Certificate', base64(c)));
  const espace = ` xmlns:xad="${ESPACES_XADES['1.3.2']}" Target="#${id}"`;
  const parties =
    signedInfo(demande, calculs) +
    element('ds:SignatureValue', base64(calculs.valeur ?? new Uint8Array()), ` Id="${id}_SV"`) +
    element('ds:KeyInfo', element('ds:X509Data', certificats.join(''))) +
    element('ds:Object', element('xad:QualifyingProperties', proprietes(demande), espace)) +
    contenus.map(porter).join('');
  return element('ds:Signature', parties, ` xmlns:ds="${NS_DS}" Id="${id}"`);
}

/** The identifiers that a signature brings into a file. */
export function identifiantsBase(id: string, objets: number): readonly string[] {
  const references = Array.from({ length: objets }, (_, rang) => `${id}_R${rang + 1}`);
  return [id, `${id}_SP`, `${id}_SV`, ...references];
}

/** Identifier of the ds:Object of this rank, from 1. */
export const idObjet = (id: string, rang: number): string => `${id}_O${rang}`;
