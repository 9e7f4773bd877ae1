import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import { lireAlgorithme, type Signature, verifierSignature } from './algorithmes.ts';
import { contexte, contexteConstruit, Curseur, type Der, ErreurDer, lireDer, TAG } from './der.ts';
import { egaux, enGrand, hex, lireBits, lireDate, lireEntier, lirePetit } from './der-valeurs.ts';
import { type Extensions, lireExtensions } from './extensions.ts';
import { lireNom, type Nom } from './nommage.ts';

/** An X.509 certificate (RFC 5280 § 4) as plain values. Reading it says nothing of trust. */

export interface ClePublique {
  readonly type: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'autre';
  /** Modulus of RSA, order of the curve, in bits. */
  readonly bits: number;
  /** Name of the curve (`prime256v1`), null when there is none. */
  readonly courbe: string | null;
  readonly objet: KeyObject;
  /** SHA-256 of SubjectPublicKeyInfo: names the key whatever certificate carries it. */
  readonly sha256: Sha256;
  /** Contents of the subjectPublicKey bit string (what OCSP hashes, RFC 6960 § 4.1.1). */
  readonly octets: Uint8Array;
}

export interface Certificat {
  readonly der: Uint8Array;
  readonly sha256: Sha256;
  readonly version: 1 | 2 | 3;
  readonly sujet: Nom;
  readonly emetteur: Nom;
  /** `octets`: contents of the INTEGER; `hex` is the same, lower case. */
  readonly serie: { readonly decimal: string; readonly hex: string; readonly octets: Uint8Array };
  /** Both ends are included (RFC 5280 § 4.1.2.5). */
  readonly debut: Instant;
  readonly fin: Instant;
  readonly cle: ClePublique;
  readonly extensions: Extensions;
  readonly signature: Signature;
}

export type LectureCertificat =
  | { readonly type: 'lu'; readonly certificat: Certificat }
  /** `motif`: in French, for people. */
  | { readonly type: 'illisible'; readonly motif: string };

/** A certificate weighs 1 to 4 kB; the largest seen have 20. */
const TAILLE_MAX = 65_536;

/** Reads DER, or PEM of exactly one certificate. Never throws. */
export function lireCertificat(source: Uint8Array | string): LectureCertificat {
  try {
    const der = typeof source === 'string' || source[0] === 0x2d ? depuisPem(source) : source;
    if (der.length > TAILLE_MAX) return { type: 'illisible', motif: 'le fichier est trop gros' };
    return { type: 'lu', certificat: analyser(Uint8Array.from(der)) };
  } catch (e) {
    const motif = e instanceof ErreurDer ? e.message : 'clé publique illisible ou de type inconnu';
    return { type: 'illisible', motif };
  }
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** Every certificate of a PEM text, as DER; other blocks and text around are skipped. */
export function decouperPem(texte: string): Uint8Array[] {
  return [...texte.matchAll(PEM)].map(([, corps]) => Uint8Array.from(Buffer.from(corps ?? '', 'base64')));
}

function depuisPem(source: Uint8Array | string): Uint8Array {
  const texte = typeof source === 'string' ? source : Buffer.from(source).toString('latin1');
  const [premier, second] = decouperPem(texte);
  if (premier === undefined) throw new ErreurDer('aucun certificat dans ce texte PEM');
  if (second !== undefined) throw new ErreurDer('plusieurs certificats dans ce texte PEM');
  return premier;
}

function analyser(der: Uint8Array): Certificat {
  const c = new Curseur(lireDer(der));
  const corps = c.prendre(TAG.sequence);
  const algorithme = c.prendre(TAG.sequence);
  const valeur = lireBits(c.prendre());
  c.finir();
  const lu = analyserCorps(corps);
  // RFC 5280 § 4.1.1.2: the algorithm that is signed and the one that is used are the same.
  if (!egaux(lu.algorithme, algorithme.brut)) throw new ErreurDer('deux algorithmes de signature différents');
  const { algorithme: _, ...champs } = lu;
  const signature = { algorithme: lireAlgorithme(algorithme), octets: corps.brut, valeur };
  return { der, sha256: sha256(der), ...champs, signature };
}

function analyserCorps(corps: Der) {
  const c = new Curseur(corps);
  const versionLue = c.siPresent(contexteConstruit(0));
  const version = versionLue === undefined ? 1 : lirePetit(lireDer(versionLue.contenu)) + 1;
  if (version !== 1 && version !== 2 && version !== 3) throw new ErreurDer('version de certificat inconnue');
  const serie = lireEntier(c.prendre());
  const algorithme = c.prendre(TAG.sequence).brut;
  const emetteur = lireNom(c.prendre());
  const validite = new Curseur(c.prendre());
  const debut = lireDate(validite.prendre());
  const fin = lireDate(validite.prendre());
  validite.finir();
  const sujet = lireNom(c.prendre());
  const cle = lireCle(c.prendre(TAG.sequence));
  c.siPresent(contexte(1));
  c.siPresent(contexte(2));
  const extensions = c.siPresent(contexteConstruit(3));
  c.finir();
  if (extensions !== undefined && version !== 3) throw new ErreurDer('extensions hors de la version 3');
  const liste = extensions === undefined ? undefined : lireDer(extensions.contenu, TAG.sequence);
  return {
    version: version as 1 | 2 | 3,
    serie: { decimal: enGrand(serie).toString(), hex: hex(serie), octets: serie },
    algorithme,
    emetteur,
    debut,
    fin,
    sujet,
    cle,
    extensions: lireExtensions(liste),
  };
}

const TYPES = ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448'] as const;

/** Throws what OpenSSL throws for a key that it does not know. */
function lireCle(spki: Der): ClePublique {
  const c = new Curseur(spki);
  c.prendre(TAG.sequence);
  const octets = lireBits(c.prendre());
  c.finir();
  const objet = createPublicKey({ key: Buffer.from(spki.brut), format: 'der', type: 'spki' });
  const details = objet.asymmetricKeyDetails ?? {};
  const courbe = details.namedCurve ?? null;
  const type = TYPES.find((t) => t === objet.asymmetricKeyType) ?? 'autre';
  const bits = details.modulusLength ?? (courbe === null ? 8 * octets.length : bitsCourbe(octets));
  return { type, bits, courbe, objet, sha256: sha256(spki.brut), octets };
}

/** Field size from the point: `04 X Y`, or `02|03 X` when compressed. */
function bitsCourbe(point: Uint8Array): number {
  const coordonnee = point[0] === 4 ? (point.length - 1) / 2 : point.length - 1;
  return coordonnee === 66 ? 521 : coordonnee * 8;
}

export function sha256(octets: Uint8Array): Sha256 {
  return createHash('sha256').update(octets).digest('hex') as Sha256;
}

/** True when the key of `emetteur` made the signature of `certificat`. Arithmetic only: no name, no right, no date. */
export function estSignePar(certificat: Certificat, emetteur: Certificat): boolean {
  return verifierSignature(certificat.signature, emetteur.cle.objet);
}

/** Subject and issuer are the same name: a root, or a certificate that only claims to be one. */
export function estAutoEmis(certificat: Certificat): boolean {
  return certificat.sujet.cle === certificat.emetteur.cle;
}
