import type { Instant } from '../../metier/identifiants.ts';
import { type Hachage, lireAlgorithme, OID_HACHAGE, type Signature } from './algorithmes.ts';
import { type Certificat, lireCertificat } from './certificat.ts';
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
import { hex, lireBits, lireDate, lireEntier, lireOid, lirePetit } from './der-valeurs.ts';
import { listerExtensions } from './extensions.ts';
import { lireNom } from './nommage.ts';
import { MOTIFS_REVOCATION, type Revocation } from './revocation.ts';

/** The bytes of an OCSP answer (RFC 6960 § 4.2), read and not yet believed. */

export interface ReponseSimple {
  /** null: a digest that this program does not know. */
  readonly hachage: Hachage | null;
  /** Lower-case hexadecimal. */
  readonly nomEmetteur: string;
  readonly cleEmetteur: string;
  readonly serie: string;
  readonly statut: 'bon' | 'inconnu' | Revocation;
  readonly emise: Instant;
  readonly jusqua: Instant | null;
  /** archiveCutoff (RFC 6960 § 4.4.4). */
  readonly memoire: Instant | null;
}

export interface ReponseOcsp {
  readonly signature: Signature;
  /** Responder, by its name (`cle` of the Nom) or by the SHA-1 of its key. */
  readonly repondeur: { readonly nom: string } | { readonly cle: string };
  readonly produite: Instant;
  readonly reponses: readonly ReponseSimple[];
  /** Lower-case hexadecimal of the nonce, null when the answer has none. */
  readonly nonce: string | null;
  readonly certificats: readonly Certificat[];
  readonly critiquesInconnues: readonly string[];
}

export type LectureOcsp =
  | { readonly type: 'lue'; readonly reponse: ReponseOcsp }
  /** The responder answered without answering (RFC 6960 § 4.2.1). */
  | { readonly type: 'refus'; readonly motif: string; readonly passager: boolean }
  | { readonly type: 'illisible'; readonly motif: string };

const REFUS: ReadonlyMap<number, string> = new Map([
  [1, 'question mal formée'],
  [2, 'erreur interne du répondeur'],
  [3, 'répondeur occupé, réessayer plus tard'],
  [5, 'question à signer'],
  [6, 'question non autorisée'],
]);

/** internalError, tryLater: the same question may be answered later. */
const PASSAGERS: ReadonlySet<number> = new Set([2, 3]);

const TAILLE_MAX = 1_000_000;
const OID_BASIQUE = '1.3.6.1.5.5.7.48.1.1';
const OID_NONCE = '1.3.6.1.5.5.7.48.1.2';
const OID_ARCHIVE = '1.3.6.1.5.5.7.48.1.6';

/** Never throws. */
export function lireOcsp(octets: Uint8Array): LectureOcsp {
  if (octets.length > TAILLE_MAX) return { type: 'illisible', motif: 'la réponse est trop grosse' };
  try {
    const c = new Curseur(lireDer(octets));
    const statut = lirePetit(c.prendre(), TAG.enumere);
    if (statut !== 0) {
      return { type: 'refus', motif: REFUS.get(statut) ?? `code ${statut}`, passager: PASSAGERS.has(statut) };
    }
    const corps = new Curseur(lireDer(c.prendre(contexteConstruit(0)).contenu));
    c.finir();
    if (lireOid(corps.prendre()) !== OID_BASIQUE) throw new ErreurDer('type de réponse inconnu');
    return { type: 'lue', reponse: lireBasique(lireDer(corps.prendre(TAG.octets).contenu)) };
  } catch (e) {
    return { type: 'illisible', motif: e instanceof ErreurDer ? e.message : 'réponse illisible' };
  }
}

function lireBasique(der: Der): ReponseOcsp {
  const c = new Curseur(der);
  const corps = c.prendre(TAG.sequence);
  const algorithme = lireAlgorithme(c.prendre());
  const valeur = lireBits(c.prendre());
  const joints = c.siPresent(contexteConstruit(0));
  c.finir();
  const liste = joints === undefined ? [] : membres(lireDer(joints.contenu, TAG.sequence));
  // A joint certificate that cannot be read cannot be the responder's: it is left out, not fatal.
  const certificats = liste.slice(0, 10).flatMap((brut) => {
    const lu = lireCertificat(brut.brut);
    return lu.type === 'lu' ? [lu.certificat] : [];
  });
  return { signature: { algorithme, octets: corps.brut, valeur }, certificats, ...lireCorps(corps) };
}

function lireCorps(corps: Der) {
  const c = new Curseur(corps);
  const version = c.siPresent(contexteConstruit(0));
  if (version !== undefined && lirePetit(lireDer(version.contenu)) !== 0) {
    throw new ErreurDer('version de réponse inconnue');
  }
  const repondeur = lireRepondeur(c.prendre());
  const produite = lireDate(c.prendre(TAG.generalizedTime));
  const reponses = membres(c.prendre(TAG.sequence)).map(lireSimple);
  const extensions = c.siPresent(contexteConstruit(1));
  c.finir();
  const lues = listerExtensions(extensions === undefined ? undefined : lireDer(extensions.contenu));
  const nonce = lues.find((e) => e.oid === OID_NONCE);
  return {
    repondeur,
    produite,
    reponses: reponses.map((r) => r.reponse),
    nonce: nonce === undefined ? null : lireNonce(nonce.valeur),
    critiquesInconnues: [
      ...lues.filter((e) => e.critique && e.oid !== OID_NONCE).map((e) => e.oid),
      ...reponses.flatMap((r) => r.critiques),
    ],
  };
}

/** An OCTET STRING inside the OCTET STRING (RFC 8954 § 2.1); old responders wrote the bare bytes. */
function lireNonce(valeur: Uint8Array): string {
  try {
    return hex(lireDer(valeur, TAG.octets).contenu);
  } catch {
    return hex(valeur);
  }
}

function lireRepondeur(der: Der): ReponseOcsp['repondeur'] {
  const dedans = lireDer(der.contenu);
  if (der.tag === contexteConstruit(1)) return { nom: lireNom(dedans).cle };
  exiger(der, contexteConstruit(2));
  return { cle: hex(exiger(dedans, TAG.octets).contenu) };
}

function lireSimple(der: Der): { reponse: ReponseSimple; critiques: string[] } {
  const c = new Curseur(der);
  const id = new Curseur(c.prendre());
  const hachage = OID_HACHAGE.get(lireOid(new Curseur(id.prendre()).prendre())) ?? null;
  const nomEmetteur = hex(id.prendre(TAG.octets).contenu);
  const cleEmetteur = hex(id.prendre(TAG.octets).contenu);
  const serie = hex(lireEntier(id.prendre()));
  id.finir();
  const statut = lireStatut(c.prendre());
  const emise = lireDate(c.prendre(TAG.generalizedTime));
  const suite = c.siPresent(contexteConstruit(0));
  const jusqua = suite === undefined ? null : lireDate(lireDer(suite.contenu));
  const extensions = c.siPresent(contexteConstruit(1));
  c.finir();
  const lues = listerExtensions(extensions === undefined ? undefined : lireDer(extensions.contenu));
  const archive = lues.find((e) => e.oid === OID_ARCHIVE);
  const memoire = archive === undefined ? null : lireDate(lireDer(archive.valeur));
  const critiques = lues.filter((e) => e.critique && e.oid !== OID_ARCHIVE).map((e) => e.oid);
  return {
    reponse: { hachage, nomEmetteur, cleEmetteur, serie, statut, emise, jusqua, memoire },
    critiques,
  };
}

function lireStatut(der: Der): ReponseSimple['statut'] {
  if (der.tag === contexte(0)) return 'bon';
  if (der.tag === contexte(2)) return 'inconnu';
  const c = new Curseur(exiger(der, contexteConstruit(1)), contexteConstruit(1));
  const quand = lireDate(c.prendre(TAG.generalizedTime));
  const raison = c.siPresent(contexteConstruit(0));
  c.finir();
  const numero = raison === undefined ? 0 : lirePetit(lireDer(raison.contenu), TAG.enumere);
  return { quand, motif: MOTIFS_REVOCATION.get(numero) ?? MOTIFS_REVOCATION.get(0) ?? '' };
}
