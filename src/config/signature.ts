import { z } from 'zod';
import { CACHETS_ACTES } from '../metier/collectivite.ts';

/** Settings of signatures: what a verification refuses or only tells, and the keys that sign here. */

const avis = z.enum(['refuser', 'avertir']);

/**
 * One row per check, in the order in which reasons are told. What shows a forgery, or that nobody answers for the
 * signature, is refused; what the DGFiP alone can settle is told (docs/decisions/0008-signature-helios.md).
 */
const controles = z.strictObject({
  structure: avis.default('refuser'),
  alteration: avis.default('refuser'),
  certificat_revoque: avis.default('refuser'),
  certificat_revoque_depuis: avis.default('refuser'),
  certificat_inconnu: avis.default('refuser'),
  certificat_hors_date: avis.default('refuser'),
  certificat_sans_niveau: avis.default('refuser'),
  dematerialisation: avis.default('refuser'),
  certificat_expire: avis.default('avertir'),
  algorithme_obsolete: avis.default('avertir'),
  politique: avis.default('avertir'),
  couverture_partielle: avis.default('avertir'),
  date_future: avis.default('avertir'),
  revocation_inconnue: avis.default('avertir'),
  confiance_absente: avis.default('avertir'),
});

export const signatureHelios = z.strictObject({
  controles: controles.prefault({}),
  /** What to do after that many looks at servers of revocation that do not answer: wait on, or let the file leave. */
  revocation_indisponible: z.enum(['attendre', 'avertir']).default('attendre'),
  revocation_essais: z.number().int().min(1).default(20),
  /** Working days that a PES waits for its signature before the alert. */
  alerte_jours_ouvres: z.number().int().min(0).default(2),
  /** OID of the policy we sign under; empty = the first of the table that is open. */
  politique: z.string().default(''),
  /** Version of XAdES that we write. */
  xades: z.enum(['1.1.1', '1.2.2', '1.3.2']).default('1.1.1'),
});

/** Those of HELIOS that a detached signature of an acte may meet. */
const controlesActes = controles.omit({
  dematerialisation: true,
  politique: true,
  couverture_partielle: true,
});

/**
 * One row per check of a signature inside a PDF, in the order in which reasons are told. Who signs is told and not refused:
 * the law asks no level of certificate for an acte (docs/decisions/0013-signatures-pdf.md).
 */
const controlesPdf = z.strictObject({
  structure: avis.default('refuser'),
  alteration: avis.default('refuser'),
  modification: avis.default('refuser'),
  certificat_revoque: avis.default('refuser'),
  certificat_revoque_depuis: avis.default('refuser'),
  certificat_hors_date: avis.default('refuser'),
  certificat_inconnu: avis.default('avertir'),
  certificat_sans_niveau: avis.default('avertir'),
  certificat_expire: avis.default('avertir'),
  algorithme_obsolete: avis.default('avertir'),
  date_future: avis.default('avertir'),
  horodatage: avis.default('avertir'),
  revocation_inconnue: avis.default('avertir'),
  confiance_absente: avis.default('avertir'),
});

const signaturePdf = z.strictObject({
  /** Are the signatures inside the PDFs verified? */
  verifier: z.boolean().default(true),
  /** For which actes the path of the certificates is judged: as S²LOW does, not for public procurement (nature 4, matière 1.1). */
  chaine: z.enum(['toujours', 'sauf_marches_publics', 'jamais']).default('sauf_marches_publics'),
  controles: controlesPdf.prefault({}),
});

export const signatureActes = z.strictObject({
  /** What we sign for the collectivités whose card does not say. */
  cachet: z.enum(CACHETS_ACTES).default('aucun'),
  /** Key of `helios.cles` that signs for those whose card names none. */
  nom_cle: z.string().default(''),
  controles: controlesActes.prefault({}),
  revocation_indisponible: z.enum(['attendre', 'avertir']).default('attendre'),
  revocation_essais: z.number().int().min(1).default(20),
  pdf: signaturePdf.prefault({}),
});

const chemin = z.string();

/** A key: a PKCS#12 file, or a service at a distance. */
export const cleHelios = z.strictObject({
  /** As the card of a collectivité names it. */
  nom: z.string().regex(/^[a-z0-9-]{1,40}$/),
  p12: chemin.default(''),
  /** Password of the PKCS#12 file, or bearer token of the service. */
  secret_fichier: chemin.default(''),
  /** HTTPS. */
  url: z.string().default(''),
  /** Of the key at a distance, PEM, its authorities after it. */
  certificat: chemin.default(''),
  client_certificat: chemin.default(''),
  client_cle: chemin.default(''),
  autorites: chemin.default(''),
  delai_s: z.number().positive().default(30),
});

export type SignatureHelios = z.infer<typeof signatureHelios>;
export type SignatureActes = z.infer<typeof signatureActes>;
export type CleHelios = z.infer<typeof cleHelios>;
/** A check that the settings may make refuse or only tell. */
export type ControleSignature = keyof SignatureHelios['controles'];
/** A check of a signature inside a PDF. */
export type ControlePdf = keyof SignatureActes['pdf']['controles'];
