import type { Instant } from '../../metier/identifiants.ts';
import { hachageDe } from './algorithmes.ts';
import { descendre, enfants, type Noeud } from './arbre.ts';
import { lireBase64 } from './base64.ts';
import type { Cahier, CleConstat } from './constats.ts';
import { NS_DS, type VersionXades, versionXades } from './espaces.ts';

/** What SignedProperties say (XAdES §7.2): read strictly where it binds, as it stands where it informs. */

export interface PolitiqueLue {
  readonly identifiant: string;
  readonly libelle: string;
  /** Name of the digest, its address when unknown. */
  readonly hachage: string;
  readonly empreinte: string;
  readonly adresse: string;
}

export interface CertificatDesigne {
  readonly hachage: string;
  readonly empreinte: Uint8Array;
  readonly emetteur: string | null;
  readonly serie: string | null;
  /** Of SigningCertificateV2, where naming the issuer is optional: IssuerSerialV2, DER, null when absent. */
  readonly v2?: { readonly emetteurSerie: Uint8Array | null };
}

export interface LieuSignature {
  readonly ville: string;
  readonly codePostal: string;
  readonly pays: string;
}

export interface ProprietesLues {
  readonly version: VersionXades;
  readonly id: string | null;
  readonly debut: number;
  readonly instant: Instant | null;
  readonly certificat: CertificatDesigne | null;
  readonly politique: PolitiqueLue | null;
  readonly roles: readonly string[];
  readonly lieu: LieuSignature | null;
}

/** What a profile asks of the properties beyond XAdES itself. */
export interface Exigences {
  /** A policy and a role of the signer must be there. */
  readonly politique: boolean;
  readonly role: boolean;
  /** SigningCertificateV2, which may leave the issuer out, is as good as SigningCertificate. */
  readonly v2: boolean;
}

const EXIGENCES_PES: Exigences = { politique: true, role: true, v2: false };

interface Contexte {
  readonly cahier: Cahier;
  /** Namespace of the properties. */
  readonly xad: string;
  readonly exigences: Exigences;
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;

/** The only child of this name; notes when it is missing (unless `facultatif`) or comes twice. */
function unique(
  { cahier }: Contexte,
  parmi: readonly Noeud[],
  attendu: { readonly nom: string; readonly facultatif?: boolean },
): Noeud | undefined {
  if (parmi.length > 1) cahier.noter('champDouble', attendu.nom);
  else if (parmi.length === 0 && attendu.facultatif !== true) cahier.noter('champAbsent', attendu.nom);
  return parmi[0];
}

function lireInstant({ cahier }: Contexte, noeud: Noeud | undefined): Instant | null {
  if (noeud === undefined) return null;
  const texte = noeud.texte.trim();
  const forme = DATE.exec(texte);
  const lue = forme === null ? Number.NaN : Date.parse(forme[1] === undefined ? `${texte}Z` : texte);
  // 30 February would become 2 March: the day read must be the day written.
  const jour = texte.slice(0, 10);
  const existe = !Number.isNaN(Date.parse(jour)) && new Date(Date.parse(jour)).toISOString().startsWith(jour);
  if (Number.isNaN(lue) || !existe) {
    cahier.noter('dateIllisible', texte);
    return null;
  }
  if (forme?.[1] === undefined) cahier.noter('dateSansFuseau');
  return lue as Instant;
}

/** A DigestMethod or DigestValue, in the namespace of the properties (v1.1.1) or of the signature. */
function deDigest(noeud: Noeud | undefined, xad: string, nom: string): readonly Noeud[] {
  return [...enfants(noeud, xad, nom), ...enfants(noeud, NS_DS, nom)];
}

function lireCertificat(contexte: Contexte, signe: Noeud | undefined): CertificatDesigne | null {
  const { cahier, xad, exigences } = contexte;
  const v1 = enfants(signe, xad, 'SigningCertificate');
  const porteur = unique(contexte, [...v1, ...enfants(signe, xad, 'SigningCertificateV2')], {
    nom: 'SigningCertificate',
  });
  if (porteur === undefined) return null;
  const enV2 = exigences.v2 && porteur.nom === 'SigningCertificateV2';
  // the first names the signer; others may name the chain (XAdES § 7.2.2)
  const cert = enfants(porteur, xad, 'Cert')[0];
  const digest = unique(contexte, enfants(cert, xad, 'CertDigest'), { nom: 'CertDigest' });
  const methode = unique(contexte, deDigest(digest, xad, 'DigestMethod'), { nom: 'DigestMethod' });
  const valeur = unique(contexte, deDigest(digest, xad, 'DigestValue'), { nom: 'DigestValue' });
  if (methode === undefined || valeur === undefined) return null;
  const hachage = hachageDe(methode.attributs.get('Algorithm') ?? '');
  const empreinte = lireBase64(valeur.texte);
  if (hachage === null) cahier.noter('empreinteMethode', methode.attributs.get('Algorithm') ?? '');
  else if (hachage.obsolete) cahier.noter(enV2 ? 'empreinteObsolete' : 'empreinteCertificat', hachage.nom);
  if (empreinte === null) cahier.noter('empreinteIllisible');
  if (hachage === null || empreinte === null) return null;
  const serial = descendre(cert, xad, 'IssuerSerial');
  return {
    hachage: hachage.node,
    empreinte,
    emetteur: enfants(serial, NS_DS, 'X509IssuerName')[0]?.texte ?? null,
    serie: enfants(serial, NS_DS, 'X509SerialNumber')[0]?.texte.trim() ?? null,
    ...(enV2 ? { v2: lireEmetteurV2(contexte, cert) } : {}),
  };
}

function lireEmetteurV2(
  { cahier, xad }: Contexte,
  cert: Noeud | undefined,
): NonNullable<CertificatDesigne['v2']> {
  const serial = descendre(cert, xad, 'IssuerSerialV2');
  const emetteurSerie = serial === undefined ? null : lireBase64(serial.texte);
  if (serial !== undefined && emetteurSerie === null) cahier.noter('designationV2');
  return { emetteurSerie };
}

function lirePolitique(contexte: Contexte, signe: Noeud | undefined): PolitiqueLue | null {
  const { cahier, xad, exigences } = contexte;
  const nom = 'SignaturePolicyIdentifier';
  const facultatif = !exigences.politique;
  const porteur = unique(contexte, enfants(signe, xad, nom), { nom, facultatif });
  if (porteur === undefined) return null;
  if (enfants(porteur, xad, 'SignaturePolicyImplied').length > 0) {
    cahier.noter(facultatif ? 'politiqueTacite' : 'politiqueImplicite');
    return null;
  }
  const id = unique(contexte, enfants(porteur, xad, 'SignaturePolicyId'), { nom: 'SignaturePolicyId' });
  const objet = descendre(id, xad, 'SigPolicyId');
  const hash = descendre(id, xad, 'SigPolicyHash');
  const uri = deDigest(hash, xad, 'DigestMethod')[0]?.attributs.get('Algorithm') ?? '';
  return {
    identifiant: descendre(objet, xad, 'Identifier')?.texte.trim() ?? '',
    libelle: descendre(objet, xad, 'Description')?.texte.trim() ?? '',
    hachage: hachageDe(uri)?.nom ?? uri,
    empreinte: deDigest(hash, xad, 'DigestValue')[0]?.texte.trim() ?? '',
    adresse: descendre(id, xad, 'SigPolicyQualifiers', 'SigPolicyQualifier', 'SPURI')?.texte.trim() ?? '',
  };
}

function lireLieu({ xad }: Contexte, signe: Noeud | undefined): LieuSignature | null {
  const place =
    descendre(signe, xad, 'SignatureProductionPlace') ?? descendre(signe, xad, 'SignatureProductionPlaceV2');
  if (place === undefined) return null;
  const champ = (nom: string): string => descendre(place, xad, nom)?.texte.trim() ?? '';
  return { ville: champ('City'), codePostal: champ('PostalCode'), pays: champ('CountryName') };
}

function lireRoles({ xad }: Contexte, signe: Noeud | undefined): readonly string[] {
  const porteur = descendre(signe, xad, 'SignerRole') ?? descendre(signe, xad, 'SignerRoleV2');
  const roles = enfants(descendre(porteur, xad, 'ClaimedRoles'), xad, 'ClaimedRole');
  return roles.map((r) => r.texte.trim()).filter((r) => r !== '');
}

const DANS_SIGNEES: ReadonlySet<string> = new Set([
  'SignedSignatureProperties',
  'SignedDataObjectProperties',
]);
const DANS_SIGNATURE: ReadonlySet<string> = new Set([
  'SigningTime',
  'SigningCertificate',
  'SigningCertificateV2',
  'SignaturePolicyIdentifier',
  'SignatureProductionPlace',
  'SignatureProductionPlaceV2',
  'SignerRole',
  'SignerRoleV2',
]);

/** Notes what stands where the schema has no place for it. */
function refuserAutres(contexte: Contexte, noeud: Noeud | undefined, admis: ReadonlySet<string>): void {
  const autre = noeud?.enfants.find((e) => e.espace !== contexte.xad || !admis.has(e.nom));
  if (autre !== undefined) contexte.cahier.noter('champInattendu', autre.nom);
}

function examinerNonSignees({ cahier, xad }: Contexte, qp: Noeud): void {
  const non = enfants(qp, xad, 'UnsignedProperties');
  if (non.length === 0) return;
  const contre = non.some((u) => u.enfants.some((f) => enfants(f, xad, 'CounterSignature').length > 0));
  const cle: CleConstat = contre ? 'contreSignature' : 'nonSignees';
  cahier.noter(cle);
}

/** Reads the QualifyingProperties of a signature. @returns null when there is nothing to lean on. */
export function lireProprietes(
  qp: Noeud,
  cahier: Cahier,
  exigences: Exigences = EXIGENCES_PES,
): ProprietesLues | null {
  const version = versionXades(qp.espace);
  if (version === null) return null;
  const contexte: Contexte = { cahier, xad: qp.espace, exigences };
  const signees = unique(contexte, enfants(qp, qp.espace, 'SignedProperties'), { nom: 'SignedProperties' });
  if (signees === undefined) return null;
  refuserAutres(contexte, qp, new Set(['SignedProperties', 'UnsignedProperties']));
  refuserAutres(contexte, signees, DANS_SIGNEES);
  const nom = 'SignedSignatureProperties';
  const signe = unique(contexte, enfants(signees, qp.espace, nom), { nom });
  refuserAutres(contexte, signe, DANS_SIGNATURE);
  examinerNonSignees(contexte, qp);
  const moment = unique(contexte, enfants(signe, qp.espace, 'SigningTime'), { nom: 'SigningTime' });
  const roles = lireRoles(contexte, signe);
  if (roles.length === 0 && exigences.role) cahier.noter('roleAbsent');
  return {
    version,
    id: signees.attributs.get('Id') ?? null,
    debut: signees.debut,
    instant: lireInstant(contexte, moment),
    certificat: lireCertificat(contexte, signe),
    politique: lirePolitique(contexte, signe),
    roles,
    lieu: lireLieu(contexte, signe),
  };
}
