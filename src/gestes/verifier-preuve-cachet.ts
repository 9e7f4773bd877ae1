import { z } from 'zod';
import type { PieceLue } from '../formats/asic/fiche.ts';
import type { Constat } from '../formats/asic/releve.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { type VerdictArchive, verifierArchive } from '../protocoles/actes/signature/archive.ts';
import { constater, type Dossier, lireOctets, octetsDe } from './verifier-preuve-dossier.ts';
import { controlerExtraits, controlerPreuves } from './verifier-preuve-signatures.ts';

/** The detached signatures of an acte, verified again in its archive and held against the reports that the flux keeps. */

const hexa = z.string().regex(/^[0-9a-f]{64}$/);
const signataire = z.object({ sha256: hexa }).nullable();

/** What is read of the reports; the rest is for people. */
const JUGEMENT = z.object({
  format: z.literal('vaguemestre/signatures-acte'),
  version: z.literal(1),
  signatures: z.array(z.object({ confiance: z.object({ preuve: hexa.optional() }) })),
});
const ARCHIVE = z.object({
  format: z.literal('vaguemestre/signatures-archive'),
  version: z.literal(1),
  archive: z.object({ sha256: hexa }),
  signatures: z.array(
    z.object({ couvre: z.string(), integrite: z.string(), certificat: z.string(), signataire }),
  ),
});

/** Larger, a report is none of ours. */
const RAPPORT_MAX = 64_000_000;

async function lireRapports(dossier: Dossier): Promise<unknown[]> {
  const lus: unknown[] = [];
  for (const piece of dossier.fiche.pieces.filter((p) => p.role === 'rapport_signatures')) {
    const octets = await lireOctets(dossier, piece, RAPPORT_MAX);
    try {
      lus.push(JSON.parse(octets?.toString('utf8') ?? ''));
    } catch {
      lus.push(null);
    }
  }
  return lus;
}

type Signatures = readonly {
  readonly couvre: string;
  readonly integrite: string;
  readonly certificat: string;
  readonly signataire: { readonly sha256: string } | null;
}[];

/** The same words for both, so that they compare. */
function enMots(signatures: Signatures): string[] {
  return signatures.map((s) => [s.couvre, s.integrite, s.certificat, s.signataire?.sha256 ?? ''].join('\0'));
}

async function relireArchive(dossier: Dossier, piece: PieceLue): Promise<VerdictArchive> {
  try {
    return await verifierArchive(octetsDe(dossier, piece), () => null);
  } catch (faute) {
    if (!(faute instanceof ErreurVgm)) throw faute;
    return { type: 'illisible', nom: piece.fichier, motif: faute.fiche.message };
  }
}

async function controlerArchiveSignee(dossier: Dossier, archive: PieceLue, rapports: readonly unknown[]) {
  const dire = constater('Signatures');
  const rapport = rapports.map((r) => ARCHIVE.safeParse(r).data).find((r) => r !== undefined);
  if (rapport === undefined) return dire('le rapport sur celles de l’archive manque, ou ne se lit pas', '');
  if (rapport.archive.sha256 !== archive.sha256) return dire('leur rapport parle d’une autre archive', '');
  const lu = await relireArchive(dossier, archive);
  if (lu.type === 'illisible') return dire(`${lu.nom} ne se lit pas : ${lu.motif}`, '');
  const vues = enMots(lu.signatures.map((s) => ({ ...s, couvre: s.fichier })));
  const dites = enMots(rapport.signatures);
  const memes = vues.length === dites.length && vues.every((v, rang) => v === dites[rang]);
  const n = vues.length;
  const bien = `${n} vérifiée${n > 1 ? 's' : ''} de nouveau dans l’archive, comme le dit le rapport`;
  return dire(memes ? null : 'celles de l’archive ne sont pas ce que le rapport en dit', bien);
}

/** Nothing to say of an acte that nobody signed apart. */
export async function controlerCachet(dossier: Dossier): Promise<Constat[]> {
  const { pieces } = dossier.fiche;
  if (!pieces.some((p) => p.role === 'cachet' || p.role === 'signature')) return [];
  const rapports = await lireRapports(dossier);
  const archive = pieces.findLast((p) => p.role === 'archive');
  const jugement = rapports.map((r) => JUGEMENT.safeParse(r).data).find((r) => r !== undefined);
  const citees = jugement?.signatures.flatMap((s) => s.confiance.preuve ?? []) ?? [];
  return [
    ...(archive === undefined ? [] : [await controlerArchiveSignee(dossier, archive, rapports)]),
    ...(await controlerPreuves(dossier, citees)),
    ...(await controlerExtraits(dossier)),
  ];
}
