import { hash } from 'node:crypto';
import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, CertID, Extension, OCSPRequest, Request, TBSRequest } from 'pkijs';
import { estObsolete, type Hachage, nomNode, verifierSignature } from './algorithmes.ts';
import { type Certificat, estSignePar, sha256 } from './certificat.ts';
import { interrogerCrl } from './crl.ts';
import { hex } from './der-valeurs.ts';
import { lireOcsp, type ReponseOcsp, type ReponseSimple } from './ocsp-lecture.ts';
import { examinerPorteur } from './regles-chemin.ts';
import {
  type CodeInconnu,
  DERIVE_MS,
  estSansRetour,
  type EtatRevocation,
  inconnu,
  jugerFraicheur,
  type Preuve,
  type QuestionRevocation,
  trancher,
} from './revocation.ts';

/** Online status (RFC 6960): the question, and what its answer is worth. */

/** Copy that owns its bytes, as asn1js wants them. */
function propre(octets: Uint8Array): ArrayBuffer {
  return Uint8Array.from(octets).buffer;
}

export interface Question {
  readonly certificat: Certificat;
  readonly emetteur: Certificat;
  /** 16 to 32 fresh random octets (RFC 9654 § 2.1), given by the caller; null = no nonce is asked. */
  readonly nonce: Uint8Array | null;
}

/** CertID by SHA-1, the one digest that every responder knows (RFC 5019 § 2.1.1): it names, it does not protect. */
export function construireQuestionOcsp({ certificat, emetteur, nonce }: Question): Uint8Array {
  const reqCert = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithmId: '1.3.14.3.2.26', algorithmParams: new Null() }),
    issuerNameHash: new OctetString({ valueHex: propre(empreinte('SHA-1', certificat.emetteur.der)) }),
    issuerKeyHash: new OctetString({ valueHex: propre(empreinte('SHA-1', emetteur.cle.octets)) }),
    serialNumber: new Integer({ valueHex: propre(certificat.serie.octets) }),
  });
  const tbsRequest = new TBSRequest({ requestList: [new Request({ reqCert })] });
  if (nonce !== null) {
    const valeur = new OctetString({ valueHex: propre(nonce) }).toBER(false);
    const extension = { extnID: '1.3.6.1.5.5.7.48.1.2', critical: false, extnValue: valeur };
    tbsRequest.requestExtensions = [new Extension(extension)];
  }
  return new Uint8Array(new OCSPRequest({ tbsRequest }).toSchema(true).toBER(false));
}

function empreinte(hachage: Hachage, octets: Uint8Array): Buffer {
  return hash(nomNode(hachage), octets, 'buffer');
}

export interface QuestionOcsp extends QuestionRevocation {
  /** What the question carried; null when it carried none, or is no longer known (evidence read again later). */
  readonly nonce: Uint8Array | null;
  /** An answer without the nonce is « inconnu » too. Many responders sign answers ahead: false unless said. */
  readonly nonceExige?: boolean;
  /** Lists of any issuer: the responder's own revocation is looked for there. */
  readonly crl?: readonly Uint8Array[];
}

/** @param source the answer as it was received; its digest is the evidence kept. */
export function interrogerOcsp(source: Uint8Array, question: QuestionOcsp): EtatRevocation {
  const lecture = lireOcsp(source);
  if (lecture.type === 'refus') return inconnu('repondeur_refuse', null, lecture.motif);
  if (lecture.type === 'illisible') return inconnu('illisible', null, lecture.motif);
  const { reponse } = lecture;
  const simple = reponse.reponses.find((r) => designe(r, question));
  if (simple === undefined) return inconnu('autre_certificat');
  const { emise, jusqua } = simple;
  const preuve: Preuve = { type: 'ocsp', sha256: sha256(source), emise, jusqua };
  const refus = refuserRepondeur(reponse, question) ?? refuserNonce(reponse, question);
  if (refus !== null) return inconnu(refus, preuve);
  const repondeur = controlerRepondeur(reponse, question);
  if (repondeur.etat === 'revoque') return inconnu('repondeur_revoque', repondeur.preuve);
  if (simple.statut === 'inconnu') return inconnu('non_connu', preuve);
  const dit =
    simple.statut === 'bon' ? null : trancher(question, preuve, { ...simple.statut, invalidite: null });
  if (dit?.etat === 'revoque' && estSansRetour(dit)) return dit;
  const perime = refuserDate(reponse, simple, question);
  if (perime !== null) return inconnu(perime, preuve);
  if (dit !== null) return dit;
  const appuis = repondeur.preuve === null ? {} : { appuis: [repondeur.preuve] };
  const muet = question.nonce !== null && reponse.nonce === null;
  const reserves = [
    ...(repondeur.etat === 'inconnu' ? [RESERVE_REPONDEUR] : []),
    ...(muet ? ['le répondeur ne reprend pas la valeur unique de la question'] : []),
  ];
  return { etat: 'bon', preuve, ...appuis, ensuite: null, reserves };
}

/** Said of an answer that stands on a responder whose own revocation nobody could look at. */
export const RESERVE_REPONDEUR = 'la non-révocation du répondeur lui-même n’a pas été contrôlée';

/** CertID: issuer's name and key, and serial number, all three. */
function designe(simple: ReponseSimple, { certificat, emetteur }: QuestionOcsp): boolean {
  if (simple.hachage === null || simple.serie !== certificat.serie.hex) return false;
  return (
    simple.nomEmetteur === hex(empreinte(simple.hachage, certificat.emetteur.der)) &&
    simple.cleEmetteur === hex(empreinte(simple.hachage, emetteur.cle.octets))
  );
}

function trouverRepondeur(reponse: ReponseOcsp, emetteur: Certificat): Certificat | undefined {
  const { repondeur } = reponse;
  return [emetteur, ...reponse.certificats].find((c) =>
    'nom' in repondeur
      ? c.sujet.cle === repondeur.nom && verifierSignature(reponse.signature, c.cle.objet)
      : hex(empreinte('SHA-1', c.cle.octets)) === repondeur.cle,
  );
}

/** RFC 6960 § 4.2.2.2: the issuer itself, or one it has named for this by a certificate of its own hand. */
function refuserRepondeur(reponse: ReponseOcsp, { emetteur }: QuestionOcsp): CodeInconnu | null {
  const { algorithme } = reponse.signature;
  if (reponse.critiquesInconnues.length > 0) return 'extension_critique';
  if (estObsolete(algorithme) || algorithme.famille === 'inconnue') return 'algorithme_obsolete';
  const repondeur = trouverRepondeur(reponse, emetteur);
  if (repondeur === undefined) return 'signature_fausse';
  if (!verifierSignature(reponse.signature, repondeur.cle.objet)) return 'signature_fausse';
  if (repondeur.cle.sha256 === emetteur.cle.sha256) return null;
  if (repondeur.emetteur.cle !== emetteur.sujet.cle || !estSignePar(repondeur, emetteur)) {
    return 'droit_absent';
  }
  const codes = examinerPorteur(repondeur, { instant: reponse.produite, emploi: 'ocsp' }).map((d) => d.code);
  if (codes.includes('expire') || codes.includes('pas_encore')) return 'repondeur_perime';
  if (codes.includes('algorithme_obsolete') || codes.includes('cle_faible')) return 'algorithme_obsolete';
  return codes.length > 0 ? 'droit_absent' : null;
}

function refuserNonce(reponse: ReponseOcsp, question: QuestionOcsp): CodeInconnu | null {
  const { nonce, nonceExige = false } = question;
  if (nonce === null) return null;
  if (reponse.nonce === null) return nonceExige ? 'nonce_absent' : null;
  return reponse.nonce === hex(nonce) ? null : 'nonce_different';
}

/** Without nextUpdate the answer speaks of the moment it was made, and no more (RFC 6960 § 4.2.2.1). */
function refuserDate(
  reponse: ReponseOcsp,
  simple: ReponseSimple,
  question: QuestionOcsp,
): CodeInconnu | null {
  if (reponse.produite > (question.controle ?? question.instant) + DERIVE_MS) return 'future';
  const jusqua = simple.jusqua ?? ((reponse.produite + DERIVE_MS) as typeof reponse.produite);
  return jugerFraicheur(question, { type: 'ocsp', emise: simple.emise, jusqua, memoire: simple.memoire });
}

interface EtatRepondeur {
  readonly etat: 'sur' | 'revoque' | 'inconnu';
  /** The list that settled it, when one did. */
  readonly preuve: Preuve | null;
}

/**
 * RFC 6960 § 4.2.2.2.1: the authority itself and a responder with nocheck need no check, any other is looked for in
 * the lists at hand. A revocation on a list counts in every case and whatever its date: who holds the key of the
 * responder can date an answer as he likes.
 */
function controlerRepondeur(reponse: ReponseOcsp, question: QuestionOcsp): EtatRepondeur {
  const { emetteur, controle = question.instant, crl = [] } = question;
  const repondeur = trouverRepondeur(reponse, emetteur);
  if (repondeur === undefined || repondeur.cle.sha256 === emetteur.cle.sha256) {
    return { etat: 'sur', preuve: null };
  }
  const sienne = { certificat: repondeur, emetteur, instant: reponse.produite, controle };
  const etats = crl.map((liste) => interrogerCrl(liste, sienne));
  const revoque = etats.find((e) => e.etat === 'revoque' || (e.etat === 'bon' && e.ensuite !== null));
  if (revoque !== undefined) return { etat: 'revoque', preuve: revoque.preuve };
  if (repondeur.extensions.sansControle) return { etat: 'sur', preuve: null };
  const bon = etats.find((e) => e.etat === 'bon');
  return bon === undefined ? { etat: 'inconnu', preuve: null } : { etat: 'sur', preuve: bon.preuve };
}
