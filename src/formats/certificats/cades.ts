import { createHash } from 'node:crypto';
import type { Sha256 } from '../../metier/identifiants.ts';
import { type Hachage, nomNode } from './algorithmes.ts';
import { Cahier, constater, type Constat } from './cahier.ts';
import { type Cms, lireCms, OID_CMS } from './cms.ts';
import { CMS } from './cms-constats.ts';
import { jugerSignature, type SignatureJugee } from './cms-rapport.ts';
import { hachageDe } from './cms-signature.ts';

/** Signature files (.p7s, .p7m): CAdES and PKCS#7, of a content given beside or carried inside (EN 319 122-1). */

export interface RapportCades {
  /** `absent`: detached, and nothing was given. */
  readonly contenu: 'fourni' | 'joint' | 'absent';
  /** Of the content; null when there is none. */
  readonly sha256: Sha256 | null;
  readonly octets: number;
  readonly signatures: readonly (SignatureJugee & { readonly rang: number })[];
  /** About the structure: any of them refuses all its signatures. */
  readonly constats: readonly Constat[];
}

type Octets = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const PEM = /-----BEGIN (?:PKCS7|CMS)-----([A-Za-z0-9+/=\s]+)-----END (?:PKCS7|CMS)-----/;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}$/;
/** OID of signed data. */
const SIGNEES = Buffer.from('06092a864886f70d010702', 'hex');
/** Tag and length of the SEQUENCE that it begins. */
const ENTETE_MAX = 10;

function estStructure(octets: Buffer): boolean {
  const place = octets.subarray(0, ENTETE_MAX + SIGNEES.length).indexOf(SIGNEES);
  return octets[0] === 0x30 && place >= 2;
}

const enTampon = (octets: Uint8Array): Buffer =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);

/** The structure in DER or BER, out of PEM or bare base64; null when it is none of them. */
export function depouillerCms(fichier: Uint8Array): Uint8Array | null {
  const brut = enTampon(fichier);
  if (estStructure(brut)) return fichier;
  const texte = brut.toString('latin1').trimEnd();
  const corps = PEM.exec(texte)?.[1] ?? (BASE64.test(texte) ? texte : '');
  const octets = Buffer.from(corps, 'base64');
  return estStructure(octets) ? octets : null;
}

/** From the first octets of a file: whether it is one to be given to `depouillerCms`. */
export function ressembleACms(tete: Uint8Array): boolean {
  const brut = enTampon(tete);
  const texte = brut.toString('latin1');
  if (estStructure(brut) || /^-----BEGIN (?:PKCS7|CMS)-----/.test(texte)) return true;
  const debut = /^[A-Za-z0-9+/\r\n]{40,}/.exec(texte)?.[0] ?? '';
  return estStructure(Buffer.from(debut, 'base64'));
}

interface Empreintes {
  readonly octets: number;
  readonly sha256: Sha256;
  readonly par: ReadonlyMap<Hachage, Uint8Array>;
}

async function hacher(contenu: Octets, hachages: Iterable<Hachage>): Promise<Empreintes> {
  const entier = createHash('sha256');
  const par = new Map([...hachages].map((h) => [h, createHash(nomNode(h))]));
  let octets = 0;
  for await (const bloc of contenu) {
    entier.update(bloc);
    for (const hash of par.values()) hash.update(bloc);
    octets += bloc.length;
  }
  const rendues = new Map([...par].map(([h, hash]) => [h, hash.digest()]));
  return { octets, sha256: entier.digest('hex') as Sha256, par: rendues };
}

function jugerTous(cms: Cms, { par }: Empreintes): RapportCades['signatures'] {
  const empreinte = (hachage: Hachage): Uint8Array | null => par.get(hachage) ?? null;
  return cms.signataires.map((signataire, i) => {
    const contenu = { type: OID_CMS.donnees, empreinte };
    return { rang: i + 1, ...jugerSignature(cms, signataire, { contenu, cahier: new Cahier() }) };
  });
}

/**
 * @param structure as `depouillerCms` gives it.
 * @param contenu what is signed, read once; null: what the structure carries.
 * Throws only what `contenu` throws.
 */
export async function verifierCades(structure: Uint8Array, contenu: Octets | null): Promise<RapportCades> {
  const rien = { contenu: 'absent', sha256: null, octets: 0, signatures: [] } as const;
  const lu = lireCms(structure);
  if (lu.type === 'illisible') return { ...rien, constats: [constater(CMS.illisible, lu.motif)] };
  const { cms } = lu;
  const constats: Constat[] = [];
  if (cms.suite.some((o) => o !== 0)) constats.push(constater(CMS.suite, `${cms.suite.length} octets`));
  if (cms.signataires.length === 0) constats.push(constater(CMS.sansSignataire));
  if (contenu !== null && cms.contenu !== null) constats.push(constater(CMS.contenuJoint));
  const octets = contenu ?? (cms.contenu === null ? null : [cms.contenu]);
  const hachages = new Set(cms.signataires.map(hachageDe).filter((h) => h !== null));
  const empreintes = await hacher(octets ?? [], octets === null ? [] : hachages);
  const jugees = jugerTous(cms, empreintes);
  // what is wrong around them makes them worthless too
  const signatures = constats.length === 0 ? jugees : jugees.map((s) => ({ ...s, etat: 'refusee' as const }));
  if (octets === null) return { ...rien, signatures, constats };
  const { sha256, octets: taille } = empreintes;
  return { contenu: contenu === null ? 'joint' : 'fourni', sha256, octets: taille, signatures, constats };
}
