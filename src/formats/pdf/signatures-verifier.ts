import { createHash, type Hash } from 'node:crypto';
import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import { type Hachage, nomNode } from '../certificats/algorithmes.ts';
import { Cahier, constater, type Constat } from '../certificats/cahier.ts';
import { type Cms, lireCms, OID_CMS, type SignataireCms } from '../certificats/cms.ts';
import { CMS } from '../certificats/cms-constats.ts';
import {
  empreinteDe,
  jugerJetonDocument,
  jugerSignature,
  type SignatureJugee,
  signatureIllisible,
} from '../certificats/cms-rapport.ts';
import { hachageDe } from '../certificats/cms-signature.ts';
import { egaux } from '../certificats/der-valeurs.ts';
import { hachageDuJeton } from '../certificats/horodatage.ts';
import type { LireOctets } from './lecture-distante.ts';
import { PDS } from './signatures-constats.ts';
import { lireSignaturesPdf, type SignatureSituee, type SignaturesSituees } from './signatures-champs.ts';
import type { Plage } from './signatures-plage.ts';

/** Every signature of a PDF, in bounded memory: where they are, then one passage of the file for all their digests. */

export interface FichierPdf {
  /** Bytes. */
  readonly taille: number;
  /** From the start, as many times as asked. */
  readonly octets: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly lire: LireOctets;
}

export type LireSignatures = (lire: LireOctets, taille: number) => Promise<SignaturesSituees>;

export interface RapportSignaturePdf
  extends SignatureJugee,
    Pick<SignatureSituee, 'rang' | 'champ' | 'suite'> {
  /** `horodatage`: dates the document, and is of nobody. */
  readonly sorte: 'signature' | 'horodatage';
  readonly sousFiltre: string | null;
  /** null: what it covers is not what it must be. */
  readonly couvre: 'fichier' | 'revision' | null;
  /** Bytes of the file from its start, its own value aside; 0 when it covers nothing. */
  readonly octets: number;
  readonly acces: SignatureSituee['acces'];
  /** Where the date comes from: an attribute of the signature, the entry M of the document, or the token that it is. */
  readonly origineDate: 'attribut' | 'document' | 'jeton' | null;
}

export type RapportPdf =
  | {
      readonly type: 'lu';
      readonly sha256: Sha256;
      readonly octets: number;
      readonly signatures: readonly RapportSignaturePdf[];
      /** About the file. */
      readonly constats: readonly Constat[];
    }
  /** Two passages did not see the same bytes: nothing is said. */
  | { readonly type: 'source_changee' };

const INDICE = Buffer.from('/ByteRange');

interface Passage {
  readonly sha256: Sha256;
  readonly octets: number;
  /** Dictionaries of signature, whatever shows them: what is signed has one that is plainly written. */
  readonly indices: number;
}

function compter(octets: Uint8Array): number {
  const texte = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let nombre = 0;
  for (let i = texte.indexOf(INDICE); i >= 0; i = texte.indexOf(INDICE, i + INDICE.length)) nombre += 1;
  return nombre;
}

/** Counts in blocks that cut anywhere. */
class Compteur {
  nombre = 0;
  /** Shorter than what is looked for: nothing is counted twice. */
  #fin = Buffer.alloc(0);

  prendre(bloc: Uint8Array): void {
    const bord = INDICE.length - 1;
    const couture = Buffer.concat([this.#fin, bloc.subarray(0, bord)]);
    this.nombre += compter(couture) + compter(bloc);
    this.#fin = Buffer.from((bloc.length < bord ? couture : bloc).subarray(-bord));
  }
}

async function parcourir({ octets: source }: FichierPdf): Promise<Passage> {
  const hash = createHash('sha256');
  const compteur = new Compteur();
  let octets = 0;
  for await (const bloc of source()) {
    hash.update(bloc);
    compteur.prendre(bloc);
    octets += bloc.length;
  }
  return { sha256: hash.digest('hex') as Sha256, octets, indices: compteur.nombre };
}

/** A signature ready to be judged, but for the digest of what it covers. */
interface Prete {
  readonly situee: SignatureSituee;
  readonly cms: Cms | null;
  readonly signataire: SignataireCms | null;
  readonly hachage: Hachage | null;
  readonly hash: Hash | null;
  readonly cahier: Cahier;
}

function ouvrirCms(
  situee: SignatureSituee,
  valeur: Uint8Array,
  cahier: Cahier,
): Pick<Prete, 'cms' | 'signataire'> {
  const lu = lireCms(valeur);
  if (lu.type === 'illisible') {
    cahier.noter(CMS.illisible, lu.motif);
    return { cms: null, signataire: null };
  }
  const { cms } = lu;
  const [signataire = null, autre] = cms.signataires;
  // zeros fill the place that was kept (ISO 32000-2, 12.8.3.3.1)
  const etrangers = cms.suite.findIndex((o) => o !== 0);
  if (etrangers >= 0) cahier.noter(CMS.suite, `${cms.suite.length - etrangers} octets`);
  if (signataire === null) cahier.noter(CMS.sansSignataire);
  if (autre !== undefined) cahier.noter(CMS.plusieurs, cms.signataires.length);
  if (situee.sorte === 'cms' && cms.contenu !== null) cahier.noter(CMS.contenuJoint);
  if (situee.sorte === 'sha1' && cms.contenu === null) cahier.noter(CMS.contenuAbsent);
  return { cms, signataire };
}

function hachageVoulu(situee: SignatureSituee, signataire: SignataireCms | null): Hachage | null {
  if (situee.sorte === 'sha1') return 'SHA-1';
  if (situee.sorte === 'horodatage') return hachageDuJeton(situee.valeur ?? new Uint8Array());
  return signataire === null ? null : hachageDe(signataire);
}

function preparer(situee: SignatureSituee): Prete {
  const cahier = new Cahier();
  cahier.reprendre(situee.constats);
  const { sorte, valeur, plage } = situee;
  const rien = { cms: null, signataire: null };
  const ouvert =
    valeur === null || sorte === null || sorte === 'horodatage' ? rien : ouvrirCms(situee, valeur, cahier);
  const hachage = valeur === null || sorte === null ? null : hachageVoulu(situee, ouvert.signataire);
  const hash = hachage === null || plage === null ? null : createHash(nomNode(hachage));
  return { situee, ...ouvert, hachage, hash, cahier };
}

/** The part of a block that a range holds. @param place of the block in the file. */
function couper(bloc: Uint8Array, place: number, [debut, fin]: readonly [number, number]): Uint8Array {
  return bloc.subarray(Math.max(0, debut - place), Math.max(0, fin - place));
}

function nourrir({ hash, situee: { plage } }: Prete, bloc: Uint8Array, place: number): void {
  if (hash === null || plage === null) return;
  hash.update(couper(bloc, place, [0, plage.coupure]));
  hash.update(couper(bloc, place, [plage.reprise, plage.fin]));
}

async function hacher({ octets: source }: FichierPdf, pretes: readonly Prete[]): Promise<Sha256> {
  const entier = createHash('sha256');
  let place = 0;
  for await (const bloc of source()) {
    entier.update(bloc);
    for (const prete of pretes) nourrir(prete, bloc, place);
    place += bloc.length;
  }
  return entier.digest('hex') as Sha256;
}

function jugerPrete(prete: Prete): SignatureJugee {
  const { situee, cms, signataire, cahier, hachage } = prete;
  const calculee = prete.hash?.digest() ?? null;
  const empreinte = (voulu: Hachage): Uint8Array | null => (voulu === hachage ? calculee : null);
  if (situee.sorte === 'horodatage' && situee.valeur !== null) {
    return jugerJetonDocument(situee.valeur, empreinte, cahier);
  }
  if (cms === null || signataire === null) return signatureIllisible(cahier);
  if (situee.sorte !== 'sha1') {
    return jugerSignature(cms, signataire, { contenu: { type: OID_CMS.donnees, empreinte }, cahier });
  }
  // adbe.pkcs7.sha1: what is signed is the digest, that the structure carries
  const porte = cms.contenu ?? new Uint8Array();
  const juste = calculee !== null && egaux(porte, calculee);
  cahier.noter(CMS.empreinteObsolete, 'SHA-1');
  if (calculee !== null && !juste) cahier.noter(CMS.contenuAltere);
  const contenu = { type: OID_CMS.donnees, empreinte: empreinteDe(porte) };
  const jugee = jugerSignature(cms, signataire, { contenu, cahier });
  return juste
    ? jugee
    : { ...jugee, etat: 'refusee', integrite: calculee === null ? 'indeterminee' : 'rompue' };
}

function dater(
  { sorte, date }: SignatureSituee,
  { instant }: SignatureJugee,
): Pick<RapportSignaturePdf, 'instant' | 'origineDate'> {
  if (instant !== null) return { instant, origineDate: sorte === 'horodatage' ? 'jeton' : 'attribut' };
  const lue: Instant | null = sorte === 'horodatage' ? null : date;
  return { instant: lue, origineDate: lue === null ? null : 'document' };
}

const couvrir = (plage: Plage | null, suite: SignatureSituee['suite']): RapportSignaturePdf['couvre'] => {
  if (plage === null) return null;
  return suite === 'rien' ? 'fichier' : 'revision';
};

function rapporter(prete: Prete): RapportSignaturePdf {
  const { situee } = prete;
  const jugee = jugerPrete(prete);
  const { rang, champ, sousFiltre, plage, suite, acces } = situee;
  return {
    ...jugee,
    ...dater(situee, jugee),
    rang,
    champ,
    sousFiltre,
    suite,
    acces,
    sorte: situee.sorte === 'horodatage' ? 'horodatage' : 'signature',
    couvre: couvrir(plage, suite),
    octets: plage?.fin ?? 0,
  };
}

/**
 * @param lireSignatures where the structure is read: here by default, in a thread of its own for a file from anywhere.
 * Throws what the file throws.
 */
export async function verifierPdf(
  fichier: FichierPdf,
  lireSignatures: LireSignatures = lireSignaturesPdf,
): Promise<RapportPdf> {
  const { sha256, octets, indices } = await parcourir(fichier);
  // what is signed says so in plain letters: any other PDF is not even opened
  if (indices === 0) return { type: 'lu', sha256, octets, signatures: [], constats: [] };
  const { signatures, constats } = await lireSignatures(fichier.lire, fichier.taille);
  const pretes = signatures.map(preparer);
  if (octets !== fichier.taille || (await hacher(fichier, pretes)) !== sha256)
    return { type: 'source_changee' };
  const cachee = constats.length === 0 && indices > signatures.length;
  return {
    type: 'lu',
    sha256,
    octets,
    signatures: pretes.map(rapporter),
    constats: [...constats, ...(cachee ? [constater(PDS.hors)] : [])],
  };
}
