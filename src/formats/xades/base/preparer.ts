import { createHash, verify } from 'node:crypto';
import { type Certificat, lireCertificat } from '../../certificats/certificat.ts';
import { AnalyseurXml } from '../../xml/analyseur.ts';
import { Canonisation } from '../../xml/c14n/canonisation.ts';
import type { Cible } from '../../xml/c14n/cible.ts';
import { type AlgorithmeXml, signatureNommee } from '../algorithmes.ts';
import { refusLecture, refusSignature } from '../refus-signature.ts';
import type { CleQuiSigne, RefusSignature } from '../signer-types.ts';
import { type DemandeModeleBase, ecrireSignatureBase } from './modele.ts';
import type { DemandeBase } from './signer-types.ts';

/** What the forms of signature have in common: what is asked is sound, and the text is signed. */

/** NCName, in the letters that every reader takes. */
const IDENTIFIANT = /^[A-Za-z_][A-Za-z0-9_.-]{0,200}$/;
/** What has no place in XML: controls, lone halves of a pair, non-characters (XML 1.0, [2]). */
const INTERDIT = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/u;
/** RFC 6838 § 4.2, and parameters. */
const MIME =
  /^[A-Za-z0-9!#$&^_.+-]{1,127}\/[A-Za-z0-9!#$&^_.+-]{1,127}(?: ?; ?[A-Za-z0-9!#$&^_.+=" -]{1,100})*$/;

export interface Preparation {
  readonly certificat: Certificat;
  readonly algorithme: AlgorithmeXml;
}

export type Etape<T> =
  | { readonly type: 'fait'; readonly valeur: T }
  | { readonly type: 'refuse'; readonly motifs: readonly RefusSignature[] };

export function refuser(...motifs: readonly RefusSignature[]): Extract<Etape<never>, { type: 'refuse' }> {
  return { type: 'refuse', motifs };
}

/** @param mimes of all that is to be signed. */
export function preparer(demande: DemandeBase, mimes: readonly string[]): Etape<Preparation> {
  const { signataire, instant, politique, role, lieu, id } = demande;
  const lu = lireCertificat(signataire.certificat);
  if (lu.type === 'illisible') return refuser(refusSignature('certificat', lu.motif));
  const algorithme = signatureNommee(signataire.algorithme);
  if (algorithme === null) return refuser(refusSignature('certificat', signataire.algorithme));
  const motifs: RefusSignature[] = [];
  const { certificat } = lu;
  if (instant < certificat.debut || instant > certificat.fin) motifs.push(refusSignature('certificatDate'));
  if (politique?.hachage === 'SHA-1') motifs.push(refusSignature('politique', politique.identifiant));
  if (role?.trim() === '') motifs.push(refusSignature('role'));
  const textes = [role ?? '', lieu?.ville ?? '', lieu?.codePostal ?? '', lieu?.pays ?? ''];
  if (textes.some((t) => INTERDIT.test(t))) motifs.push(refusSignature('caractere'));
  if (!IDENTIFIANT.test(id)) motifs.push(refusSignature('identifiant', id));
  for (const mime of mimes) if (!MIME.test(mime)) motifs.push(refusSignature('nature', mime));
  return motifs.length > 0 ? refuser(...motifs) : { type: 'fait', valeur: { certificat, algorithme } };
}

/** What the text of a signature takes from what was asked, whatever it signs. */
export function commun(
  { signataire, id, instant, politique, role, lieu }: DemandeBase,
  { certificat, algorithme }: Preparation,
): Omit<DemandeModeleBase, 'objets' | 'contenus'> {
  return { id, certificat, chaine: signataire.chaine, algorithme, instant, politique, role, lieu };
}

interface CiblePartie extends Cible {
  readonly blocs: Buffer[];
}

/** Canonical bytes of the elements of these `Id`, and of the SignedInfo under the empty name. */
export function canoniser(document: Buffer, ids: readonly string[]): Etape<ReadonlyMap<string, Uint8Array>> {
  const formes = new Map<string, Uint8Array>();
  const analyseur = new AnalyseurXml(
    new Canonisation<CiblePartie>({
      choisir: (balise, { noms }) => {
        const info = balise.profondeur === 2 && noms.localDe(balise.nom) === 'SignedInfo';
        if (!info && (balise.id === null || !ids.includes(balise.id))) return null;
        const blocs: Buffer[] = [];
        return { mode: 'exclusive', blocs, puits: [{ update: (o) => blocs.push(Buffer.from(o)) }] };
      },
      termine: ({ cible, id }) => void formes.set(id ?? '', Buffer.concat(cible.blocs)),
    }),
  );
  analyseur.ecrire(document);
  const refus = analyseur.finir();
  return refus === null ? { type: 'fait', valeur: formes } : refuser(refusLecture(refus));
}

export interface ASigner {
  readonly modele: DemandeModeleBase;
  /** What stands before the signature in the document that is canonicalised. */
  readonly tete: string;
  /** Digests known already; null for a ds:Object, whose `Id` is then its address. */
  readonly empreintes: readonly (Uint8Array | null)[];
  readonly signataire: CleQuiSigne;
}

const NUL = new Uint8Array();

/** Digests of all that is referenced, those of what the signature itself holds made from its first writing. */
function digerer({
  modele,
  tete,
  empreintes,
}: ASigner): Etape<{ contenus: Uint8Array[]; proprietes: Uint8Array }> {
  const idProprietes = `${modele.id}_SP`;
  const ids = [...modele.contenus.map((c) => c.id), idProprietes];
  const premiere = canoniser(Buffer.from(tete + ecrireSignatureBase(modele, {}), 'latin1'), ids);
  if (premiere.type === 'refuse') return premiere;
  const { node } = modele.algorithme.hachage;
  const hacher = (id: string): Uint8Array =>
    createHash(node)
      .update(premiere.valeur.get(id) ?? NUL)
      .digest();
  const contenus = modele.objets.map(({ uri }, rang) => empreintes[rang] ?? hacher(uri.slice(1)));
  return { type: 'fait', valeur: { contenus, proprietes: hacher(idProprietes) } };
}

/**
 * Writes the signature, its value made by the key and checked with the certificate.
 * Throws what the key throws (VGM-SGT-…).
 */
export async function signer(aSigner: ASigner): Promise<Etape<string>> {
  const { modele, tete, signataire } = aSigner;
  const calculs = digerer(aSigner);
  if (calculs.type === 'refuse') return calculs;
  const seconde = canoniser(Buffer.from(tete + ecrireSignatureBase(modele, calculs.valeur), 'latin1'), []);
  if (seconde.type === 'refuse') return seconde;
  const info = seconde.valeur.get('') ?? NUL;
  const valeur = await signataire.signer(info);
  const { algorithme, certificat } = modele;
  const cle = { key: certificat.cle.objet, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify(algorithme.hachage.node, info, cle, valeur)) return refuser(refusSignature('signatureFausse'));
  return { type: 'fait', valeur: ecrireSignatureBase(modele, { ...calculs.valeur, valeur }) };
}
