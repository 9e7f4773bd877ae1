import { createHash } from 'node:crypto';
import { HACHAGES } from '../../../formats/xades/algorithmes.ts';
import type { FichierLu } from '../../../formats/xades/base/fichiers.ts';
import { type EntreeTar, lireTarGz } from '../../../formats/tar/lire.ts';
import { lireXml } from '../../../formats/xml/lire.ts';
import { ESPACE_ACTES } from '../codes.ts';
import { type ReglesPlaces, type SignaturePlacee, verifierPlaces } from './verifier.ts';

/** The signatures of an archive, verified on the bytes that leave: envelope, messages, documents. */

export interface SignatureArchivee extends SignaturePlacee {
  /** The message or envelope that carries it. */
  readonly porteur: string;
}

export type VerdictArchive =
  | {
      readonly type: 'lu';
      readonly signatures: readonly SignatureArchivee[];
      /** Names of the files of the archive, in its order. */
      readonly fichiers: readonly string[];
    }
  /** French, to be set in a sentence. */
  | { readonly type: 'illisible'; readonly nom: string; readonly motif: string };

/** Unfolded size and number of files beyond which an archive is an attack, not an acte. */
const LIMITES = { octets: 2_000_000_000, entrees: 10_000 } as const;
/** A message weighs some kilobytes, with its signatures some megabytes. */
const XML_MAX = 20_000_000;

interface Entree {
  readonly nom: string;
  readonly lu: FichierLu;
  /** Of what may be a message; null otherwise. */
  readonly octets: Uint8Array | null;
}

/** Digests of every function that a signature may ask of it, in one reading. */
async function lireEntree({ nom, taille, contenu }: EntreeTar): Promise<Entree> {
  const hashes = HACHAGES.map(({ node }) => [node, createHash(node)] as const);
  const blocs: Uint8Array[] | null = nom.endsWith('.xml') && taille <= XML_MAX ? [] : null;
  for await (const bloc of contenu) {
    for (const [, hash] of hashes) hash.update(bloc);
    blocs?.push(Uint8Array.from(bloc));
  }
  const empreintes = new Map(hashes.map(([node, hash]) => [node, hash.digest()] as const));
  return { nom, lu: { octets: taille, empreintes }, octets: blocs === null ? null : Buffer.concat(blocs) };
}

/** Whether it belongs to the norm: another XML is a document. */
function estMessage(octets: Uint8Array): boolean {
  const lecture = lireXml(octets);
  return lecture.type === 'lu' && lecture.racine.espace === ESPACE_ACTES;
}

/**
 * Verifies every signature of the archive. Bounded memory: documents are digested as they pass.
 * Throws what the source throws, and VGM-TAR-… for what is no sound archive.
 */
export async function verifierArchive(
  archive: AsyncIterable<Uint8Array>,
  autresNoms: ReglesPlaces['autresNoms'],
): Promise<VerdictArchive> {
  const entrees: Entree[] = [];
  for await (const entree of lireTarGz(archive, LIMITES)) entrees.push(await lireEntree(entree));
  const fichiers = new Map(entrees.map(({ nom, lu }) => [nom, lu]));
  const signatures: SignatureArchivee[] = [];
  for (const { nom: porteur, octets } of entrees) {
    if (octets === null || !estMessage(octets)) continue;
    const verdict = await verifierPlaces(octets, { fichiers, autresNoms });
    if (verdict.type === 'illisible') return { ...verdict, nom: porteur };
    for (const s of verdict.signatures) signatures.push({ ...s, rang: signatures.length + 1, porteur });
  }
  return { type: 'lu', signatures, fichiers: [...fichiers.keys()] };
}
