import type { Instant } from '../../metier/identifiants.ts';
import { estObsolete, lireAlgorithme, type Signature, verifierSignature } from './algorithmes.ts';
import { type Certificat, sha256 } from './certificat.ts';
import { contexte, contexteConstruit, Curseur, type Der, ErreurDer, lireDer, parcourir, TAG } from './der.ts';
import { egaux, lireBits, lireBooleen, lireDate, lireEntier, lirePetit } from './der-valeurs.ts';
import { listerExtensions, lireNomPoint } from './extensions.ts';
import { lireNom, type Nom } from './nommage.ts';
import {
  type CodeInconnu,
  estSansRetour,
  type EtatRevocation,
  inconnu,
  jugerFraicheur,
  MOTIFS_REVOCATION,
  type Preuve,
  type QuestionRevocation,
  type Revocation,
  trancher,
} from './revocation.ts';

/** Certificate revocation lists (RFC 5280 § 5). Complete lists of the issuer itself; delta and indirect ones are « inconnu ». */

/** issuingDistributionPoint: what the list covers. */
interface Portee {
  readonly urls: readonly string[];
  readonly porteurs: boolean;
  readonly autorites: boolean;
  /** Attribute certificates only, some reasons only, or indirect: not a list that can say « bon ». */
  readonly partielle: boolean;
}

export interface Crl {
  readonly octets: Uint8Array;
  readonly emetteur: Nom;
  readonly emise: Instant;
  readonly jusqua: Instant | null;
  readonly signature: Signature;
  readonly portee: Portee | null;
  readonly delta: boolean;
  /** expiredCertsOnCRL (X.509 § 9.5.2.8). */
  readonly memoire: Instant | null;
  readonly critiquesInconnues: readonly string[];
  /** SEQUENCE OF entries, read one by one when asked. */
  readonly entrees: Der | undefined;
}

export type LectureCrl =
  | { readonly type: 'lue'; readonly crl: Crl }
  | { readonly type: 'illisible'; readonly motif: string };

/** The largest lists in the field have some megabytes. */
const TAILLE_MAX = 64_000_000;
const SANS_EFFET = new Set(['2.5.29.20', '2.5.29.35', '2.5.29.46', '1.3.6.1.5.5.7.1.1', '2.5.29.18']);

/** Reads the head of a list, DER or PEM; its entries wait. Never throws. */
export function lireCrl(source: Uint8Array): LectureCrl {
  if (source.length > TAILLE_MAX) return { type: 'illisible', motif: 'la liste est trop grosse' };
  try {
    return { type: 'lue', crl: analyser(source[0] === 0x2d ? depuisPem(source) : source) };
  } catch (e) {
    return { type: 'illisible', motif: e instanceof ErreurDer ? e.message : 'liste illisible' };
  }
}

function depuisPem(source: Uint8Array): Uint8Array {
  const texte = Buffer.from(source).toString('latin1');
  const corps = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(texte)?.[1];
  if (corps === undefined) throw new ErreurDer('aucune liste de révocation dans ce texte PEM');
  return Uint8Array.from(Buffer.from(corps, 'base64'));
}

function analyser(octets: Uint8Array): Crl {
  const c = new Curseur(lireDer(octets));
  const corps = c.prendre(TAG.sequence);
  const algorithme = c.prendre(TAG.sequence);
  const valeur = lireBits(c.prendre());
  c.finir();
  const t = new Curseur(corps);
  t.siPresent(TAG.entier);
  if (!egaux(t.prendre(TAG.sequence).brut, algorithme.brut)) {
    throw new ErreurDer('deux algorithmes de signature différents');
  }
  const emetteur = lireNom(t.prendre());
  const emise = lireDate(t.prendre());
  const suite = t.siPresent(TAG.utcTime, TAG.generalizedTime);
  const entrees = t.siPresent(TAG.sequence);
  const extensions = t.siPresent(contexteConstruit(0));
  t.finir();
  const liste = extensions === undefined ? undefined : lireDer(extensions.contenu, TAG.sequence);
  return {
    octets,
    emetteur,
    emise,
    entrees,
    jusqua: suite === undefined ? null : lireDate(suite),
    signature: { algorithme: lireAlgorithme(algorithme), octets: corps.brut, valeur },
    ...lireExtensionsCrl(liste),
  };
}

function lireExtensionsCrl(liste: Der | undefined) {
  let portee: Portee | null = null;
  let delta = false;
  let memoire: Instant | null = null;
  const critiquesInconnues: string[] = [];
  for (const { oid, critique, valeur } of listerExtensions(liste)) {
    if (oid === '2.5.29.28') portee = lirePortee(lireDer(valeur, TAG.sequence));
    else if (oid === '2.5.29.27') delta = true;
    else if (oid === '2.5.29.60') memoire = lireDate(lireDer(valeur));
    else if (critique && !SANS_EFFET.has(oid)) critiquesInconnues.push(oid);
  }
  return { portee, delta, memoire, critiquesInconnues };
}

function lirePortee(der: Der): Portee {
  const c = new Curseur(der);
  const point = c.siPresent(contexteConstruit(0));
  const drapeau = (n: number) => {
    const lu = c.siPresent(contexte(n));
    return lu !== undefined && lireBooleen({ ...lu, tag: TAG.booleen });
  };
  const porteurs = drapeau(1);
  const autorites = drapeau(2);
  const motifs = c.siPresent(contexte(3)) !== undefined;
  const indirecte = drapeau(4);
  const attributs = drapeau(5);
  c.finir();
  const urls = point === undefined ? [] : lireNomPoint(point);
  return { urls, porteurs, autorites, partielle: motifs || indirecte || attributs };
}

/** @param source the list as it was fetched; its digest is the evidence kept. */
export function interrogerCrl(source: Uint8Array, question: QuestionRevocation): EtatRevocation {
  const lecture = lireCrl(source);
  if (lecture.type === 'illisible') return inconnu('illisible', null, lecture.motif);
  const { crl } = lecture;
  const preuve: Preuve = { type: 'crl', sha256: sha256(source), emise: crl.emise, jusqua: crl.jusqua };
  const refus = refuserCrl(crl, question);
  if (refus !== null) return inconnu(refus, preuve);
  try {
    const trouvee = chercher(crl, question.certificat);
    if (trouvee === 'extension_critique') return inconnu(trouvee, preuve);
    const dit = trouvee === null ? null : trancher(question, preuve, trouvee);
    if (dit?.etat === 'revoque' && estSansRetour(dit)) return dit;
    const perimee = jugerFraicheur(question, { type: 'crl', ...crl });
    if (perimee !== null) return inconnu(perimee, preuve);
    return dit ?? { etat: 'bon', preuve, ensuite: null, reserves: [] };
  } catch (e) {
    return inconnu('illisible', preuve, e instanceof ErreurDer ? e.message : '');
  }
}

/** Signature, right, scope: what does not depend on the date. */
function refuserCrl(crl: Crl, { certificat, emetteur }: QuestionRevocation): CodeInconnu | null {
  if (crl.emetteur.cle !== certificat.emetteur.cle || emetteur.sujet.cle !== crl.emetteur.cle) {
    return 'autre_emetteur';
  }
  const { usages } = emetteur.extensions;
  if (usages !== null && !usages.includes('cRLSign')) return 'droit_absent';
  const { algorithme } = crl.signature;
  if (estObsolete(algorithme) || algorithme.famille === 'inconnue') return 'algorithme_obsolete';
  if (!verifierSignature(crl.signature, emetteur.cle.objet)) return 'signature_fausse';
  if (crl.critiquesInconnues.length > 0) return 'extension_critique';
  if (crl.delta || crl.portee?.partielle === true) return 'partielle';
  return crl.portee !== null && !couvre(crl.portee, certificat) ? 'hors_portee' : null;
}

/** RFC 5280 § 6.3.3 b: the list and the certificate name a common distribution point. */
function couvre(portee: Portee, certificat: Certificat): boolean {
  const autorite = certificat.extensions.contraintes?.autorite ?? false;
  if ((portee.porteurs && autorite) || (portee.autorites && !autorite)) return false;
  const { urlsCrl } = certificat.extensions;
  return portee.urls.length === 0 || portee.urls.some((url) => urlsCrl.includes(url));
}

type Entree = Revocation & { readonly invalidite: Instant | null };

/** `critical TRUE` in DER: without these octets no extension of an entry can be critical. */
const VRAI = Buffer.from([TAG.booleen, 1, 0xff]);

/**
 * Looks at every entry: one that bears a critical extension of an unknown kind makes the whole list unfit to say « bon »
 * (RFC 5280 § 5.3).
 */
function chercher(crl: Crl, certificat: Certificat): Entree | 'extension_critique' | null {
  let trouvee: Entree | null = null;
  let inconnue = false;
  for (const der of crl.entrees === undefined ? [] : parcourir(crl.entrees)) {
    const c = new Curseur(der);
    const lue = egaux(lireEntier(c.prendre()), certificat.serie.octets);
    const date = c.prendre();
    const extensions = c.siPresent(TAG.sequence);
    c.finir();
    if (!lue && !(extensions !== undefined && Buffer.from(extensions.contenu).includes(VRAI))) continue;
    const entree = lireEntree(extensions, lireDate(date));
    inconnue ||= entree === null;
    if (lue && entree !== null) trouvee = entree;
  }
  return trouvee ?? (inconnue ? 'extension_critique' : null);
}

/** null: an extension of the entry is critical and unknown. */
function lireEntree(extensions: Der | undefined, quand: Instant): Entree | null {
  let motif = MOTIFS_REVOCATION.get(0) ?? '';
  let invalidite: Instant | null = null;
  for (const { oid, critique, valeur } of listerExtensions(extensions)) {
    if (oid === '2.5.29.21') {
      motif = MOTIFS_REVOCATION.get(lirePetit(lireDer(valeur), TAG.enumere)) ?? motif;
    } else if (oid === '2.5.29.24') invalidite = lireDate(lireDer(valeur));
    else if (critique) return null;
  }
  return { quand, motif, invalidite };
}
