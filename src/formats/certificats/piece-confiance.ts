import { z } from 'zod';
import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import { type Certificat, lireCertificat, sha256 } from './certificat.ts';
import { type DemandeConfiance, jugerCertificat, type VerdictConfiance } from './confiance.ts';
import { hex } from './der-valeurs.ts';
import { lireMagasin, type MagasinConfiance, type MagasinOuvert, ouvrirMagasin } from './magasin.ts';

/**
 * A verdict with all that it leans on, as one piece: the certificates, the part of the store that could matter, the
 * evidence byte for byte. Years later the same question, asked of the piece alone, gives the same answer. Same inputs,
 * same octets.
 */

/** Evidence to be kept. `adresse`: of the server, empty when it came with the document. */
export interface PreuveGardee {
  readonly type: 'crl' | 'ocsp';
  readonly octets: Uint8Array;
  readonly nonce: Uint8Array | null;
  readonly adresse: string;
  readonly obtenue: Instant | null;
}

/** The question whole, every field said. Lists are in the order of their digests (`ordonner`). */
export interface QuestionConfiance {
  readonly certificat: Uint8Array;
  readonly intermediaires: readonly Uint8Array[];
  readonly magasin: MagasinOuvert;
  readonly instant: Instant;
  readonly controle: Instant;
  readonly emploi: NonNullable<DemandeConfiance['emploi']>;
  readonly ageMax: NonNullable<DemandeConfiance['ageMax']>;
  readonly preuves: readonly PreuveGardee[];
}

export function jugerQuestion(question: QuestionConfiance): VerdictConfiance {
  const { preuves, ...reste } = question;
  const ocsp = preuves.filter((p) => p.type === 'ocsp');
  return jugerCertificat({
    ...reste,
    preuves: {
      crl: preuves.filter((p) => p.type === 'crl').map((p) => p.octets),
      ocsp: ocsp.map((p) => ({ reponse: p.octets, nonce: p.nonce })),
    },
  });
}

/** One of each, in the order of their digests: what is found must not depend on the order things came in. */
export function ordonner<T>(elements: readonly T[], octets: (element: T) => Uint8Array): T[] {
  const parEmpreinte = new Map(elements.map((e) => [sha256(octets(e)), e]));
  return [...parEmpreinte].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, e]) => e);
}

const DATE = z.iso.datetime();
const EMPREINTE = z.string().regex(/^[0-9a-f]{64}$/);
const octetsNommes = z.strictObject({ sha256: EMPREINTE, octets: z.base64() });

const schema = z.strictObject({
  format: z.literal('vaguemestre/confiance'),
  version: z.literal(1),
  instant: DATE,
  controle: DATE,
  emploi: z.enum(['signature', 'ocsp', 'horodatage', 'indifferent']),
  ageMax: z.strictObject({ crl: z.number().nullable(), ocsp: z.number().nullable() }),
  certificat: octetsNommes,
  intermediaires: z.array(octetsNommes),
  /** Read by `lireMagasin`. */
  magasin: z.unknown(),
  preuves: z.array(
    z.strictObject({
      type: z.enum(['crl', 'ocsp']),
      adresse: z.string(),
      obtenue: DATE.nullable(),
      nonce: z
        .string()
        .regex(/^([0-9a-f]{2})*$/)
        .nullable(),
      ...octetsNommes.shape,
    }),
  ),
  verdict: z.unknown(),
});

const deBase64 = (texte: string): Uint8Array => Uint8Array.from(Buffer.from(texte, 'base64'));

const iso = (instant: number): string => new Date(instant).toISOString();

function nommer(octets: Uint8Array): z.infer<typeof octetsNommes> {
  return { sha256: sha256(octets), octets: Buffer.from(octets).toString('base64') };
}

/** What the verdict says, certificates and evidence by their digests. */
function resumer(verdict: VerdictConfiance): object {
  const preuves = verdict.preuves.map((p) => p.sha256);
  if (verdict.type === 'refuse') {
    const defauts = verdict.defauts.map(({ code, sujet, detail }) => ({ code, sujet, detail }));
    return { type: verdict.type, defauts, preuves };
  }
  const { type, famille, niveau, chemin, maillons, reserves } = verdict;
  return {
    type,
    famille,
    niveau,
    chemin: chemin.map((c) => c.sha256),
    maillons: maillons.map(({ sujet, sha256: empreinte, revocation }) => ({
      sujet,
      sha256: empreinte,
      revocation: revocation.etat,
      preuve: revocation.preuve?.sha256 ?? null,
    })),
    reserves,
    motifs: verdict.type === 'indetermine' ? verdict.motifs : [],
    preuves,
  };
}

/** Anchors that could stand in a path of these certificates; families are all kept, for their order decides. */
function extraire(magasin: MagasinOuvert, certificats: readonly Certificat[]): MagasinConfiance {
  const noms = new Set(certificats.flatMap((c) => [c.sujet.cle, c.emetteur.cle]));
  const familles = magasin.map(({ famille, ancres }) => {
    const possibles = ancres.filter((a) => noms.has(a.certificat.sujet.cle)).map((a) => a.ancre);
    return { ...famille, ancres: possibles, niveaux: possibles.length > 0 ? famille.niveaux : [] };
  });
  return { version: 1, familles };
}

/** A trusted path needs only its certificates and the evidence it leans on; any other verdict keeps all that was seen. */
function elaguer(question: QuestionConfiance, verdict: VerdictConfiance): QuestionConfiance {
  if (verdict.type !== 'confiance') return question;
  const { preuves, intermediaires } = question;
  const gardes = new Set<Sha256>([...verdict.preuves, ...verdict.chemin].map((e) => e.sha256));
  return {
    ...question,
    preuves: preuves.filter((p) => gardes.has(sha256(p.octets))),
    intermediaires: intermediaires.filter((der) => gardes.has(sha256(der))),
  };
}

/** @returns JSON, UTF-8. */
export function ecrirePiece(question: QuestionConfiance, verdict: VerdictConfiance): Uint8Array {
  const gardee = elaguer(question, verdict);
  const { certificat, intermediaires, magasin, instant, controle, emploi, ageMax } = gardee;
  const lus = [certificat, ...intermediaires].flatMap((der) => {
    const lu = lireCertificat(der);
    return lu.type === 'lu' ? [lu.certificat] : [];
  });
  const preuves = gardee.preuves.map(({ type, adresse, obtenue, nonce, octets }) => ({
    type,
    adresse,
    obtenue: obtenue === null ? null : iso(obtenue),
    nonce: nonce === null ? null : hex(nonce),
    ...nommer(octets),
  }));
  const piece: z.infer<typeof schema> = {
    format: 'vaguemestre/confiance',
    version: 1,
    instant: iso(instant),
    controle: iso(controle),
    emploi,
    ageMax,
    certificat: nommer(certificat),
    intermediaires: intermediaires.map(nommer),
    magasin: extraire(magasin, lus),
    preuves,
    verdict: resumer(verdict),
  };
  return Buffer.from(`${JSON.stringify(piece, null, 1)}\n`);
}

export type Relecture =
  | {
      readonly type: 'relue';
      readonly verdict: VerdictConfiance;
      readonly question: QuestionConfiance;
      /** The verdict written in the piece is the one that its contents give. */
      readonly concorde: boolean;
    }
  /** French. */
  | { readonly type: 'illisible'; readonly motif: string };

/** Judges again from the piece alone. Never throws. */
export function relirePiece(octets: Uint8Array): Relecture {
  const lue = lire(octets);
  if (typeof lue === 'string') return { type: 'illisible', motif: lue };
  const { piece, magasin } = lue;
  const question: QuestionConfiance = {
    certificat: deBase64(piece.certificat.octets),
    intermediaires: piece.intermediaires.map((i) => deBase64(i.octets)),
    magasin: ouvrirMagasin(magasin),
    instant: Date.parse(piece.instant) as Instant,
    controle: Date.parse(piece.controle) as Instant,
    emploi: piece.emploi,
    ageMax: piece.ageMax,
    preuves: piece.preuves.map(({ type, adresse, obtenue, nonce, octets: corps }) => ({
      type,
      adresse,
      obtenue: obtenue === null ? null : (Date.parse(obtenue) as Instant),
      nonce: nonce === null ? null : Uint8Array.from(Buffer.from(nonce, 'hex')),
      octets: deBase64(corps),
    })),
  };
  const verdict = jugerQuestion(question);
  const concorde = JSON.stringify(resumer(verdict)) === JSON.stringify(piece.verdict);
  return { type: 'relue', verdict, question, concorde };
}

type Lue = { readonly piece: z.infer<typeof schema>; readonly magasin: MagasinConfiance };

/** @returns the piece, or in French why it cannot be read. */
function lire(octets: Uint8Array): Lue | string {
  let valeur: unknown;
  try {
    valeur = JSON.parse(Buffer.from(octets).toString('utf8'));
  } catch {
    return 'ce n’est pas du JSON';
  }
  const lue = schema.safeParse(valeur);
  if (!lue.success) {
    const [faute] = lue.error.issues;
    return `ce n’est pas une pièce de confiance (${faute?.path.join('.') ?? ''})`;
  }
  const piece = lue.data;
  const nommes = [piece.certificat, ...piece.intermediaires, ...piece.preuves];
  const altere = nommes.find((n) => sha256(Buffer.from(n.octets, 'base64')) !== n.sha256);
  if (altere !== undefined) return `les octets d’empreinte ${altere.sha256} ont changé`;
  const magasin = lireMagasin(piece.magasin);
  return magasin.type === 'lu'
    ? { piece, magasin: magasin.magasin }
    : `magasin : ${magasin.problemes[0] ?? ''}`;
}
