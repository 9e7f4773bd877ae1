import type { Instant } from '../../metier/identifiants.ts';
import { type Hachage, nomNode } from './algorithmes.ts';
import { depouillerCms } from './cades.ts';
import { Cahier, type Constat } from './cahier.ts';
import type { Certificat } from './certificat.ts';
import { type Cms, lireCms, OID_CMS, type SignataireCms } from './cms.ts';
import { CMS } from './cms-constats.ts';
import { jugerSignature, type SignatureJugee, signatureIllisible } from './cms-rapport.ts';
import { hachageDe } from './cms-signature.ts';

/** A detached PKCS#7 with one signer, as a place of a message carries it, against digests made elsewhere. */

export interface RapportPkcs7
  extends Pick<SignatureJugee, 'etat' | 'integrite' | 'certificat' | 'algorithme'> {
  readonly signataire: Certificat | null;
  /** DER. */
  readonly joints: readonly Uint8Array[];
  /** Claimed by the signer; null when the signature claims none. */
  readonly instant: Instant | null;
  readonly constats: readonly Constat[];
}

/** Digest of what is signed, by the name that node:crypto has for the function; null when it was not made. */
export type Digerer = (hachage: string) => Promise<Uint8Array | null>;

/** Whether these bytes are signed data of CMS, whatever they are worth. */
export function estPkcs7(octets: Uint8Array): boolean {
  const structure = depouillerCms(octets);
  return structure !== null && lireCms(structure).type === 'lu';
}

function rendre({ joints, ...jugee }: SignatureJugee): RapportPkcs7 {
  const { etat, integrite, certificat, signataire, instant, algorithme, constats } = jugee;
  const der = joints.map((c) => c.der);
  return { etat, integrite, certificat, signataire, joints: der, instant, algorithme, constats };
}

/** Why a structure is not that of one detached signature; noted, and the signature is judged all the same. */
function examiner({ suite, contenu, signataires }: Cms, cahier: Cahier): void {
  if (suite.some((o) => o !== 0)) cahier.noter(CMS.suite, `${suite.length} octets`);
  if (contenu !== null) cahier.noter(CMS.contenuJoint);
  if (signataires.length === 0) cahier.noter(CMS.sansSignataire);
  if (signataires.length > 1) cahier.noter(CMS.plusieurs, signataires.length);
}

async function empreintesDe(signataire: SignataireCms, digerer: Digerer) {
  const hachage = hachageDe(signataire);
  const faite = hachage === null ? null : await digerer(nomNode(hachage));
  return (voulu: Hachage) => (voulu === hachage ? faite : null);
}

function examinerDate({ instant, signataire }: SignatureJugee, cahier: Cahier): void {
  if (instant === null || signataire === null) return;
  if (instant < signataire.debut || instant > signataire.fin) cahier.noter(CMS.certificatHorsDate);
}

/** Throws only what `digerer` throws. */
export async function verifierPkcs7(octets: Uint8Array, digerer: Digerer): Promise<RapportPkcs7> {
  const cahier = new Cahier();
  const structure = depouillerCms(octets);
  const lu = structure === null ? null : lireCms(structure);
  if (lu?.type !== 'lu') {
    cahier.noter(CMS.illisible, lu?.motif ?? 'ni binaire, ni PEM, ni base64');
    return rendre(signatureIllisible(cahier));
  }
  examiner(lu.cms, cahier);
  const [signataire] = lu.cms.signataires;
  if (signataire === undefined) return rendre(signatureIllisible(cahier));
  const empreinte = await empreintesDe(signataire, digerer);
  const jugee = jugerSignature(lu.cms, signataire, { contenu: { type: OID_CMS.donnees, empreinte }, cahier });
  examinerDate(jugee, cahier);
  return rendre(jugee);
}
