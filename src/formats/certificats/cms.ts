import { enDer } from './ber.ts';
import {
  contexte,
  contexteConstruit,
  Curseur,
  type Der,
  ErreurDer,
  exiger,
  lireDer,
  membres,
  TAG,
} from './der.ts';
import { hex, lireEntier, lireOid } from './der-valeurs.ts';
import { lireNom, type Nom } from './nommage.ts';

/** Signed data of CMS (RFC 5652 § 5, and PKCS#7 before it), read and not yet believed. */

export interface AttributCms {
  readonly oid: string;
  readonly valeurs: readonly Der[];
}

/** Which of the certificates is that of the signer. */
export type DesignationCms =
  | { readonly par: 'emetteur'; readonly emetteur: Nom; readonly serie: string }
  /** Lower-case hexadecimal of the subject key identifier. */
  | { readonly par: 'cle'; readonly identifiant: string };

export interface SignataireCms {
  readonly designation: DesignationCms;
  /** OID of the digest. */
  readonly empreinte: string;
  /** AlgorithmIdentifier. */
  readonly algorithme: Der;
  /** `octets`: the SET, as it is signed (§ 5.4); null: the content is signed directly. */
  readonly signes: { readonly octets: Uint8Array; readonly attributs: readonly AttributCms[] } | null;
  readonly valeur: Uint8Array;
  readonly nonSignes: readonly AttributCms[];
}

export interface Cms {
  /** OIDs of the digests that the signers use, as announced ahead of the content. */
  readonly empreintes: readonly string[];
  /** OID. */
  readonly typeContenu: string;
  /** null: detached. */
  readonly contenu: Uint8Array | null;
  /** X.509 only, DER. */
  readonly certificats: readonly Uint8Array[];
  /** Lists of revocation, DER. */
  readonly listes: readonly Uint8Array[];
  readonly signataires: readonly SignataireCms[];
  /** What follows the structure. */
  readonly suite: Uint8Array;
}

export type LectureCms =
  | { readonly type: 'lu'; readonly cms: Cms }
  /** French. */
  | { readonly type: 'illisible'; readonly motif: string };

export const OID_CMS = {
  donnees: '1.2.840.113549.1.7.1',
  signees: '1.2.840.113549.1.7.2',
  typeContenu: '1.2.840.113549.1.9.3',
  empreinte: '1.2.840.113549.1.9.4',
  date: '1.2.840.113549.1.9.5',
  contreSignature: '1.2.840.113549.1.9.6',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  designationV1: '1.2.840.113549.1.9.16.2.12',
  horodatage: '1.2.840.113549.1.9.16.2.14',
  designationV2: '1.2.840.113549.1.9.16.2.47',
  /** adbe-revocationInfoArchival (ISO 32000-1, 12.8.3.3.2). */
  revocationAdobe: '1.2.840.113583.1.1.8',
} as const;

const SIGNATAIRES_MAX = 50;
const ATTRIBUTS_MAX = 200;

/** Reads the structure that begins `octets`; BER is read as well as DER. Never throws. */
export function lireCms(octets: Uint8Array): LectureCms {
  try {
    const { der, fin } = enDer(octets);
    return { type: 'lu', cms: { ...analyser(lireDer(der)), suite: octets.subarray(fin) } };
  } catch (e) {
    if (e instanceof ErreurDer) return { type: 'illisible', motif: e.message };
    throw e;
  }
}

function analyser(racine: Der): Omit<Cms, 'suite'> {
  const c = new Curseur(racine);
  if (lireOid(c.prendre()) !== OID_CMS.signees) throw new ErreurDer('ce n’est pas une signature CMS');
  const corps = lireDer(c.prendre(contexteConstruit(0)).contenu, TAG.sequence);
  c.finir();
  const s = new Curseur(corps);
  s.prendre(TAG.entier);
  const empreintes = membres(s.prendre(TAG.ensemble)).map(lireMethode);
  const contenu = lireContenu(s.prendre(TAG.sequence));
  const certificats = membresDe(s.siPresent(contexteConstruit(0)));
  const listes = membresDe(s.siPresent(contexteConstruit(1)));
  const signataires = membres(s.prendre(TAG.ensemble));
  s.finir();
  if (signataires.length > SIGNATAIRES_MAX) throw new ErreurDer('trop de signataires');
  return { empreintes, ...contenu, certificats, listes, signataires: signataires.map(lireSignataire) };
}

/** Other kinds (attribute certificates, other revocation: § 10.2) say nothing here. */
function membresDe(der: Der | undefined): Uint8Array[] {
  return (der === undefined ? [] : membres(der)).flatMap((m) => {
    if (m.tag === TAG.sequence) return [m.brut];
    if (m.tag < contexteConstruit(0) || m.tag > contexteConstruit(3))
      throw new ErreurDer('certificat d’un type inconnu');
    return [];
  });
}

function lireContenu(der: Der): Pick<Cms, 'typeContenu' | 'contenu'> {
  const c = new Curseur(der);
  const typeContenu = lireOid(c.prendre());
  const porte = c.siPresent(contexteConstruit(0));
  c.finir();
  return { typeContenu, contenu: porte === undefined ? null : lireDer(porte.contenu, TAG.octets).contenu };
}

/** AlgorithmIdentifier. */
function lireMethode(der: Der): string {
  const c = new Curseur(der);
  const oid = lireOid(c.prendre());
  c.siPresent(TAG.nul, TAG.sequence);
  c.finir();
  return oid;
}

function lireSignataire(der: Der): SignataireCms {
  const c = new Curseur(der);
  c.prendre(TAG.entier);
  const designation = lireDesignation(c.prendre());
  const empreinte = lireMethode(c.prendre());
  const signes = c.siPresent(contexteConstruit(0));
  const algorithme = c.prendre(TAG.sequence);
  const valeur = c.prendre(TAG.octets).contenu;
  const nonSignes = c.siPresent(contexteConstruit(1));
  c.finir();
  return {
    designation,
    empreinte,
    algorithme,
    signes: signes === undefined ? null : { octets: enEnsemble(signes), attributs: lireAttributs(signes) },
    valeur,
    nonSignes: nonSignes === undefined ? [] : lireAttributs(nonSignes),
  };
}

function lireDesignation(der: Der): DesignationCms {
  if (der.tag === contexte(0)) return { par: 'cle', identifiant: hex(der.contenu) };
  const c = new Curseur(der);
  const emetteur = lireNom(c.prendre());
  const serie = hex(lireEntier(c.prendre()));
  c.finir();
  return { par: 'emetteur', emetteur, serie };
}

/** The tag of the structure is [0]; what is signed is a SET (§ 5.4). */
function enEnsemble({ brut }: Der): Uint8Array {
  const copie = Uint8Array.from(brut);
  copie[0] = TAG.ensemble;
  return copie;
}

function lireAttributs(der: Der): AttributCms[] {
  const lus = membres(der);
  if (lus.length > ATTRIBUTS_MAX) throw new ErreurDer('trop d’attributs');
  return lus.map((attribut) => {
    const c = new Curseur(attribut);
    const oid = lireOid(c.prendre());
    const valeurs = membres(exiger(c.prendre(), TAG.ensemble));
    c.finir();
    return { oid, valeurs };
  });
}
