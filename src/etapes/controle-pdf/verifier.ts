import { buffer } from 'node:stream/consumers';
import type { Constat } from '../../formats/certificats/cahier.ts';
import {
  type FichierPdf,
  type RapportSignaturePdf,
  verifierPdf,
} from '../../formats/pdf/signatures-verifier.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { erreurSignature } from '../../metier/catalogue/signature.ts';
import type { PieceDuFlux } from '../../metier/flux.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { LecteurPdf } from '../../ports/lecteur-pdf.ts';

/** The signatures inside the PDFs that a flux carries, each verified where it stands. */

export interface SignaturePiece {
  /** From 1, over all the pieces of the flux. */
  readonly rang: number;
  readonly piece: PieceDuFlux;
  readonly lue: RapportSignaturePdf;
}

export interface PdfVerifies {
  readonly signatures: readonly SignaturePiece[];
  /** About a file as a whole. */
  readonly constats: readonly { readonly piece: PieceDuFlux; readonly constat: Constat }[];
  /** Those that bear a signature, or the trace of one. */
  readonly pieces: readonly PieceDuFlux[];
}

export interface OutilsVerifier {
  readonly coffre: Pick<Coffre, 'ouvrir'>;
  readonly lecteur: LecteurPdf;
}

function enFichier(coffre: Pick<Coffre, 'ouvrir'>, { sha256, taille }: PieceDuFlux): FichierPdf {
  return {
    taille,
    octets: async function* octets() {
      yield* (await coffre.ouvrir(sha256)) as AsyncIterable<Uint8Array>;
    },
    lire: async (debut, fin) => buffer(await coffre.ouvrir(sha256, { debut, fin })),
  };
}

/** Throws VGM-SIG-002 when it was cut short, VGM-CTL-005, VGM-NOY-006 when the bytes are not those of the piece. */
export async function verifierPieces(
  { coffre, lecteur }: OutilsVerifier,
  pieces: readonly PieceDuFlux[],
  signal: AbortSignal,
): Promise<PdfVerifies> {
  const signatures: SignaturePiece[] = [];
  const constats: { piece: PieceDuFlux; constat: Constat }[] = [];
  for (const piece of pieces) {
    if (signal.aborted) throw erreurSignature('VGM-SIG-002');
    const rapport = await verifierPdf(enFichier(coffre, piece), lecteur.lireSignatures);
    if (rapport.type === 'source_changee' || rapport.sha256 !== piece.sha256) {
      throw erreurNoyau('VGM-NOY-006', { empreinte: piece.sha256 });
    }
    constats.push(...rapport.constats.map((constat) => ({ piece, constat })));
    for (const lue of rapport.signatures) signatures.push({ rang: signatures.length + 1, piece, lue });
  }
  const vues = new Set([...signatures, ...constats].map((v) => v.piece));
  return { signatures, constats, pieces: [...vues] };
}
