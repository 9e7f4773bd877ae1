import type { Certificat } from '../../formats/certificats/certificat.ts';
import type { Piece } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { ConfianceJugee } from '../signature/constats.ts';
import { confianceEcrite } from '../signature/rapport.ts';
import type { ConstatPdf } from './constats.ts';
import type { PdfVerifies, SignaturePiece } from './verifier.ts';

/** What the report of signatures inside PDFs tells, as a piece of its flux: the same facts give the same bytes. */

export interface FaitsRapportPdf {
  readonly verdict: 'favorable' | 'defavorable';
  /** French, whole sentences. */
  readonly resume: string;
  readonly controle: Instant;
  readonly verifies: PdfVerifies;
  readonly constats: readonly ConstatPdf[];
  readonly confiances: ReadonlyMap<number, ConfianceJugee>;
  /** Dates at which signatures were judged, by rank. */
  readonly instants: ReadonlyMap<number, Instant>;
  /** Why paths were not judged, French; null: they were. */
  readonly chaineNonJugee: string | null;
}

const iso = (instant: number): string => new Date(instant).toISOString();
const date = (instant: Instant | null | undefined): string | null => (instant == null ? null : iso(instant));

function porteur(c: Certificat | null): object | null {
  if (c === null) return null;
  const { sujet, emetteur, serie, sha256, debut, fin } = c;
  const noms = { sujet: sujet.texte, emetteur: emetteur.texte, serie: serie.decimal };
  return { ...noms, sha256, debut: iso(debut), fin: iso(fin) };
}

function signature({ rang, lue }: SignaturePiece, f: FaitsRapportPdf): object {
  const { sorte, champ, sousFiltre, etat, couvre, octets, suite, integrite, certificat, algorithme, acces } =
    lue;
  const { horodatage } = lue;
  return {
    rang,
    sorte,
    champ,
    sousFiltre,
    etat,
    couvre,
    octets,
    suite,
    integrite,
    certificat,
    algorithme,
    acces,
    instant: date(lue.instant),
    origineDate: lue.origineDate,
    jugeeAu: date(f.instants.get(rang)),
    horodatage:
      horodatage === null
        ? null
        : { instant: iso(horodatage.instant), unite: porteur(horodatage.signataire) },
    signataire: porteur(lue.signataire),
    confiance: confianceEcrite(f.confiances.get(rang)),
  };
}

/** Writes the report in the coffre; it becomes a piece with the outcome of the step. */
export async function garderRapportPdf(coffre: Pick<Coffre, 'ajouter'>, f: FaitsRapportPdf): Promise<Piece> {
  const { verifies, constats } = f;
  const objet = {
    format: 'vaguemestre/signatures-pdf',
    version: 1,
    verdict: f.verdict,
    resume: f.resume,
    controle: iso(f.controle),
    chaineNonJugee: f.chaineNonJugee,
    constats,
    fichiers: verifies.pieces.map((piece) => ({
      role: piece.role,
      nom: piece.nom,
      sha256: piece.sha256,
      taille: piece.taille,
      signatures: verifies.signatures.filter((s) => s.piece === piece).map((s) => signature(s, f)),
    })),
  };
  const depot = await coffre.ajouter(Buffer.from(`${JSON.stringify(objet, null, 1)}\n`));
  return {
    role: 'rapport_signatures',
    nom: 'rapport-signatures-pdf.json',
    type: 'application/json',
    ...depot,
  };
}
