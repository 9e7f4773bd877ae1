import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { aExtraire, DOSSIER_CONFIANCE, extraireConfiance } from '../formats/asic/confiance.ts';
import type { PieceLue } from '../formats/asic/fiche.ts';
import { sha256Hex } from '../formats/asic/manifeste.ts';
import { citer, type Constat } from '../formats/asic/releve.ts';
import { relirePiece } from '../formats/certificats/piece-confiance.ts';
import type { RapportXades } from '../formats/xades/rapport.ts';
import { verifierXades } from '../formats/xades/verifier.ts';
import { constater, type Dossier, lireOctets, octetsDe, tailleDe } from './verifier-preuve-dossier.ts';
import { aEteCompose } from './verifier-preuve-etats.ts';

/**
 * The signatures of a PES, verified again, and held against the report that the flux keeps of them: a deposit refused
 * for a false signature has a sound proof, whose report says so.
 */

const hexa = z.string().regex(/^[0-9a-f]{64}$/);

/** What is read of `rapport-signatures.json`; the rest is for people. */
const schema = z.object({
  format: z.literal('vaguemestre/signatures'),
  version: z.literal(1),
  fichier: z.object({ sha256: hexa }),
  signatures: z.array(
    z.object({
      integrite: z.string(),
      certificat: z.string(),
      signataire: z.object({ sha256: hexa }).nullable(),
      confiance: z.object({ type: z.string(), preuve: hexa.optional() }),
    }),
  ),
});

type Rapport = z.infer<typeof schema>;

/** Larger, a report or a piece of trust is none of ours. */
const LU_MAX = 64_000_000;

function lirePiece(dossier: Dossier, piece: PieceLue): Promise<Buffer | null> {
  return lireOctets(dossier, piece, LU_MAX);
}

async function lireRapport(dossier: Dossier, piece: PieceLue): Promise<Rapport | null> {
  const octets = await lirePiece(dossier, piece);
  try {
    return schema.safeParse(JSON.parse(octets?.toString('utf8') ?? '')).data ?? null;
  } catch {
    return null;
  }
}

type Vu = Pick<Rapport['signatures'][number], 'integrite' | 'certificat'> & { readonly de: string };

/** What the report says, and what the file shows: the same words, so that they compare. */
function voir({ signatures }: Pick<Rapport | RapportXades, 'signatures'>): Vu[] {
  return signatures.map(({ integrite, certificat, signataire }) => {
    return { integrite, certificat, de: signataire?.sha256 ?? '' };
  });
}

const memeVue = (a: Vu, b: Vu | undefined): boolean =>
  a.integrite === b?.integrite && a.certificat === b.certificat && a.de === b.de;

function defautSignatures(rapport: Rapport, relu: RapportXades): string | null {
  const [dites, vues] = [voir(rapport), voir(relu)];
  if (dites.length !== vues.length) {
    return `le rapport en dit ${dites.length}, le fichier en porte ${vues.length}`;
  }
  const fausse = vues.findIndex((v, rang) => !memeVue(v, dites[rang]));
  return fausse < 0 ? null : `la n° ${fausse + 1} n’est pas ce que le rapport en dit`;
}

function compter({ signatures }: RapportXades): string {
  const [n, intactes] = [signatures.length, signatures.filter((s) => s.integrite === 'intacte').length];
  if (n === 0) return 'aucune, comme le dit le rapport';
  const sort =
    intactes === n ? `intacte${n > 1 ? 's' : ''}` : `${intactes} intacte${intactes > 1 ? 's' : ''}`;
  return `${n} vérifiée${n > 1 ? 's' : ''} de nouveau, ${sort}, comme le dit le rapport`;
}

interface Jugement {
  readonly piece: PieceLue;
  readonly rapport: Rapport;
}

async function controlerRapport(
  dossier: Dossier,
  { piece, rapport }: Jugement,
  courant: PieceLue,
): Promise<Constat> {
  const dire = constater('Signatures');
  const juge = dossier.fiche.pieces.find((p) => p.sha256 === rapport.fichier.sha256);
  if (juge === undefined || (aEteCompose(dossier.fiche.etat) && juge.sha256 !== courant.sha256)) {
    return dire(`${piece.fichier} parle d’un autre fichier`, '');
  }
  const relu = await verifierXades(() => octetsDe(dossier, juge));
  if (relu.type !== 'lu') return dire(`${juge.fichier} ne se lit pas`, '');
  return dire(defautSignatures(rapport, relu), compter(relu));
}

/** The piece is judged again, from itself alone. */
async function defautConfiance(dossier: Dossier, piece: PieceLue): Promise<string | null> {
  const octets = await lirePiece(dossier, piece);
  if (octets === null) return `${piece.fichier} est démesurée`;
  const relue = relirePiece(octets);
  if (relue.type === 'illisible') return `${piece.fichier} : ${relue.motif}`;
  return relue.concorde
    ? null
    : `${piece.fichier} : le verdict écrit n’est pas celui que donnent ses preuves`;
}

/** The evidence of each signer that the report cites is here, and gives the verdict that is written. */
export async function controlerPreuves(dossier: Dossier, citees: readonly string[]): Promise<Constat[]> {
  const dire = constater('Confiance');
  const preuves = dossier.fiche.pieces.filter((p) => p.role === 'preuves_confiance');
  const presentes = new Set(preuves.map((p) => p.sha256));
  const absente = citees.find((sha256) => !presentes.has(sha256));
  if (absente !== undefined) return [dire(`le rapport cite une pièce absente (${absente})`, '')];
  for (const piece of preuves) {
    const defaut = await defautConfiance(dossier, piece);
    if (defaut !== null) return [dire(defaut, '')];
  }
  const n = preuves.length;
  const bien = n > 1 ? `${n} verdicts rendus de nouveau, les mêmes` : 'verdict rendu de nouveau, le même';
  return n === 0 ? [] : [dire(null, bien)];
}

/** The files of openssl are those that the pieces give, to the byte: nothing beside, nothing less. */
export async function controlerExtraits(dossier: Dossier): Promise<Constat[]> {
  const pieces = dossier.fiche.pieces.map((p) => ({ ...p, taille: tailleDe(dossier, p) }));
  const octets: Uint8Array[] = [];
  for (const piece of aExtraire(pieces)) octets.push(await buffer(octetsDe(dossier, piece)));
  const attendus = new Map(extraireConfiance(octets).fichiers.map((f) => [f.nom, sha256Hex(f.contenu)]));
  const presents = [...dossier.releves].filter(([nom]) => nom.startsWith(DOSSIER_CONFIANCE));
  if (attendus.size + presents.length === 0) return [];
  const faux = [
    ...presents.filter(([nom, r]) => attendus.get(nom) !== r.sha256).map(([nom]) => nom),
    ...[...attendus.keys()].filter((nom) => !dossier.releves.has(nom)),
  ];
  const defaut = faux.length === 0 ? null : `différents de ce que donnent les pièces : ${citer(faux)}`;
  return [constater('Certificats extraits')(defaut, `${attendus.size} fichiers, tirés des pièces`)];
}

/** @param courant the PES that leaves. */
export async function controlerSignatures(
  dossier: Dossier,
  courant: PieceLue | undefined,
): Promise<Constat[]> {
  const { pieces, etat } = dossier.fiche;
  const dire = constater('Signatures');
  const piece = pieces.findLast((p) => p.role === 'rapport_signatures');
  const extraits = await controlerExtraits(dossier);
  if (piece === undefined || courant === undefined) {
    return [dire(aEteCompose(etat) ? 'leur rapport manque' : null, 'pas encore de rapport'), ...extraits];
  }
  const rapport = await lireRapport(dossier, piece);
  if (rapport === null) return [dire(`${piece.fichier} ne se lit pas`, ''), ...extraits];
  const jugement = { piece, rapport };
  return [
    await controlerRapport(dossier, jugement, courant),
    ...(await controlerPreuves(
      dossier,
      rapport.signatures.flatMap((s) => s.confiance.preuve ?? []),
    )),
    ...extraits,
  ];
}
