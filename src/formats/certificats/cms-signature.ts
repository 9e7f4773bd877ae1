import { X509Certificate } from 'node:crypto';
import type { Instant } from '../../metier/identifiants.ts';
import {
  type AlgorithmeSignature,
  estObsolete,
  type Hachage,
  lireAlgorithme,
  OID_HACHAGE,
  verifierSignature,
} from './algorithmes.ts';
import type { Cahier } from './cahier.ts';
import { type Certificat, lireCertificat } from './certificat.ts';
import { type Cms, type DesignationCms, OID_CMS, type SignataireCms } from './cms.ts';
import { AttributsSignes } from './cms-attributs.ts';
import { CMS } from './cms-constats.ts';
import type { PreuvesFournies } from './confiance.ts';
import { Curseur, type Der, ErreurDer, lireDer, membres, TAG } from './der.ts';
import { egaux, lireOid } from './der-valeurs.ts';
import type { Nom } from './nommage.ts';

/** One signer of a CMS structure (RFC 5652 § 5.4 and 5.6): what it signed, with which key, and nothing of trust. */

/** What the signature must be of. */
export interface ContenuSigne {
  /** OID. */
  readonly type: string;
  /** Digest of the content; null when it was not computed. */
  readonly empreinte: (hachage: Hachage) => Uint8Array | null;
}

export interface SignatureCms {
  /** Digest and value: `indeterminee` when the form kept us from computing. */
  readonly integrite: 'intacte' | 'rompue' | 'indeterminee';
  /** Whether what is signed names the certificate: `indetermine` when it names none. */
  readonly certificat: 'concordant' | 'discordant' | 'indetermine';
  readonly signataire: Certificat | null;
  /** The other certificates, to build a path with; none is trusted by being there. */
  readonly joints: readonly Certificat[];
  /** Claimed by the signer. */
  readonly instant: Instant | null;
  readonly algorithme: string | null;
  /** Time-stamp tokens of the value (RFC 3161, appendix A), DER. */
  readonly jetons: readonly Uint8Array[];
  readonly preuves: PreuvesFournies;
}

const CERTIFICATS_MAX = 100;
const JETONS_MAX = 10;
const RSA = '1.2.840.113549.1.1.1';
const MD5 = '1.2.840.113549.2.5';

/** null: a digest that is not known, or that never protects. */
export function hachageDe({ empreinte }: SignataireCms): Hachage | null {
  return OID_HACHAGE.get(empreinte) ?? null;
}

/** A bare `rsaEncryption` is completed by the digest that the signer announces (RFC 3370 § 3.2). */
function algorithmeDe({ algorithme }: SignataireCms, hachage: Hachage): AlgorithmeSignature | null {
  try {
    const oid = lireOid(new Curseur(algorithme).prendre());
    if (oid !== RSA) return lireAlgorithme(algorithme);
    return { oid, nom: `RSA-${hachage.replace('-', '')}`, famille: 'rsa', hachage, sel: 0 };
  } catch (e) {
    if (e instanceof ErreurDer) return null;
    throw e;
  }
}

function lireMethode(signataire: SignataireCms, cahier: Cahier): AlgorithmeSignature | null {
  const hachage = hachageDe(signataire);
  if (hachage === null) {
    cahier.noter(CMS.empreinteMethode, signataire.empreinte === MD5 ? 'MD5' : signataire.empreinte);
    return null;
  }
  const algorithme = algorithmeDe(signataire, hachage);
  if (algorithme === null || algorithme.famille === 'inconnue' || algorithme.famille === 'eddsa') {
    cahier.noter(CMS.methode, algorithme?.nom ?? 'illisible');
    return null;
  }
  if (algorithme.hachage !== hachage) {
    cahier.noter(CMS.methodesAutres, `${hachage} et ${algorithme.nom}`);
    return null;
  }
  if (estObsolete(algorithme)) cahier.noter(CMS.methodeObsolete, algorithme.nom);
  return algorithme;
}

/** OpenSSL gives the whole structure up for a certificate that it does not read: nothing passes here that it refuses. */
function prend(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).raw.length === der.length;
  } catch {
    return false;
  }
}

function lireCertificats(certificats: readonly Uint8Array[], cahier: Cahier): Certificat[] {
  if (certificats.length > CERTIFICATS_MAX) {
    cahier.noter(CMS.certificatsTrop, CERTIFICATS_MAX);
    return [];
  }
  const lus = certificats.flatMap((der) => {
    const lu = lireCertificat(der);
    if (lu.type === 'lu' && prend(der)) return [lu.certificat];
    cahier.noter(CMS.certificatIllisible, lu.type === 'lu' ? 'mal codé' : lu.motif);
    return [];
  });
  return [...new Map(lus.map((c) => [c.sha256, c])).values()];
}

function designe(designation: DesignationCms, { emetteur, serie, extensions }: Certificat): boolean {
  if (designation.par === 'cle') return extensions.identifiantCle === designation.identifiant;
  return serie.hex === designation.serie && memeNom(designation.emetteur, emetteur);
}

/** As it is, or in another writing (RFC 5280 § 7.1); OpenSSL tells a number apart from the same letters. */
function memeNom(dit: Nom, vrai: Nom): boolean {
  if (egaux(dit.der, vrai.der)) return true;
  const attributs = membres(lireDer(dit.der)).flatMap(membres);
  const nombre = attributs.some((a) => membres(a)[1]?.tag === TAG.numerique);
  return dit.cle === vrai.cle && !nombre;
}

function trouver(
  { designation }: SignataireCms,
  certificats: readonly Certificat[],
  cahier: Cahier,
): Certificat | null {
  const [certificat = null, autre] = certificats.filter((c) => designe(designation, c));
  if (certificat === null) cahier.noter(CMS.certificatAbsent);
  // two readers could take two keys
  if (autre !== undefined) cahier.noter(CMS.certificatAmbigu);
  return autre === undefined ? certificat : null;
}

function examinerCle({ cle }: Certificat, cahier: Cahier): void {
  const rsa = cle.type === 'rsa' || cle.type === 'rsa-pss';
  const forte = (rsa && cle.bits >= 2048) || (cle.type === 'ec' && cle.bits >= 256);
  if (!forte) cahier.noter(CMS.cleFaible, `${cle.courbe ?? cle.type}, ${cle.bits} bits`);
}

interface Affaire {
  readonly signataire: SignataireCms;
  readonly attributs: AttributsSignes;
  readonly contenu: ContenuSigne;
  readonly cahier: Cahier;
}

/** The digest that is signed is that of the content. @returns null when nothing could be compared. */
function jugerContenu({ signataire, attributs, contenu, cahier }: Affaire): boolean | null {
  if (signataire.signes === null) return null;
  const annoncee = attributs.empreinte();
  const deType = attributs.estDeType(contenu.type);
  const hachage = hachageDe(signataire);
  const calculee = hachage === null ? null : contenu.empreinte(hachage);
  if (annoncee === null || calculee === null) return null;
  const juste = egaux(annoncee, calculee);
  if (!juste) cahier.noter(CMS.contenuAltere);
  return juste && !deType ? null : juste;
}

function jugerValeur({ signataire, cahier }: Affaire, certificat: Certificat | null): boolean | null {
  const algorithme = lireMethode(signataire, cahier);
  if (certificat === null || algorithme === null || signataire.signes === null) return null;
  const { octets } = signataire.signes;
  const juste = verifierSignature({ algorithme, octets, valeur: signataire.valeur }, certificat.cle.objet);
  if (!juste) cahier.noter(CMS.valeurFausse);
  return juste;
}

function jugerDesignation(
  { attributs, cahier }: Affaire,
  certificat: Certificat | null,
): SignatureCms['certificat'] {
  const avis = certificat === null ? null : attributs.designe(certificat);
  if (avis === null) {
    if (certificat !== null) cahier.noter(CMS.certificatNonLie);
    return 'indetermine';
  }
  if (!avis) cahier.noter(CMS.certificatAutre);
  return avis ? 'concordant' : 'discordant';
}

const conclure = (contenu: boolean | null, valeur: boolean | null): SignatureCms['integrite'] => {
  if (contenu === false || valeur === false) return 'rompue';
  return contenu === true && valeur === true ? 'intacte' : 'indeterminee';
};

function nomAlgorithme(signataire: SignataireCms): string | null {
  const hachage = hachageDe(signataire);
  return hachage === null ? null : (algorithmeDe(signataire, hachage)?.nom ?? null);
}

function nonSignes({ nonSignes: attributs }: SignataireCms, oid: string): readonly Der[] {
  return attributs.filter((a) => a.oid === oid).flatMap((a) => a.valeurs);
}

/** Never throws for what the structure holds. What is wrong is noted; `refus` among the findings makes it worthless. */
export function jugerCms(
  { typeContenu, empreintes, certificats, listes }: Omit<Cms, 'signataires' | 'contenu' | 'suite'>,
  signataire: SignataireCms,
  { contenu, cahier }: { readonly contenu: ContenuSigne; readonly cahier: Cahier },
): SignatureCms {
  if (typeContenu !== contenu.type) cahier.noter(CMS.typeContenu, typeContenu);
  if (!empreintes.includes(signataire.empreinte)) cahier.noter(CMS.empreinteTue);
  if (signataire.signes === null) cahier.noter(CMS.sansAttributs);
  const attributs = new AttributsSignes(signataire.signes?.attributs ?? [], cahier);
  const lus = lireCertificats(certificats, cahier);
  const certificat = trouver(signataire, lus, cahier);
  const affaire: Affaire = { signataire, attributs, contenu, cahier };
  const integrite = conclure(jugerContenu(affaire), jugerValeur(affaire, certificat));
  if (certificat !== null) examinerCle(certificat, cahier);
  if (nonSignes(signataire, OID_CMS.contreSignature).length > 0) cahier.noter(CMS.contreSignature);
  const { crl, ocsp } = attributs.preuves();
  return {
    integrite,
    certificat: jugerDesignation(affaire, certificat),
    signataire: certificat,
    joints: lus.filter((c) => c !== certificat),
    instant: attributs.instant(),
    algorithme: nomAlgorithme(signataire),
    jetons: nonSignes(signataire, OID_CMS.horodatage)
      .slice(0, JETONS_MAX)
      .map((j) => j.brut),
    preuves: { crl: [...listes, ...crl], ocsp },
  };
}
