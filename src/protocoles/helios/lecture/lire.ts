import { createHash } from 'node:crypto';
import { AnalyseurXml, type OptionsXml } from '../../../formats/xml/analyseur.ts';
import { Ensemble } from '../../../formats/xml/ensemble.ts';
import type { Recepteur, RefusXml } from '../../../formats/xml/evenements.ts';
import type { Sha256 } from '../../../metier/identifiants.ts';
import type { FaitsFichier, Liste } from './faits.ts';
import { LIMITES_PJ, type LimitesPJ, type Preneur } from './pieces-jointes.ts';
import { ReleveFichier } from './releve.ts';

export interface OptionsLecture {
  /** Listen to the same pass (schema, signatures). */
  readonly recepteurs?: readonly Recepteur[];
  readonly pieces?: Partial<LimitesPJ>;
  /** Takes the original file of each attached piece, at its own pace: the source waits for it. */
  readonly preneur?: Preneur;
  readonly maxima?: Partial<Record<Liste, number>>;
  readonly xml?: OptionsXml;
}

export interface LectureFichier {
  /** Why the file cannot be read; then there are no facts. */
  readonly refus: RefusXml | null;
  readonly faits: FaitsFichier | null;
  /** Of the whole file, refused or not. */
  readonly octets: number;
  readonly sha256: Sha256;
  /** Asked by the traces (cahier des charges HELIOS, 1-8) and by one of the gateways; proves nothing. */
  readonly sha1: string;
}

/** The reading goes by portions, so that what a portion decodes is bounded whatever the source delivers. */
const PORTION = 1 << 18;
const DECLARATION = /^(?:\xef\xbb\xbf)?<\?xml\s[^>]*?\sencoding\s*=\s*["']([^"']{1,60})["']/;

function* portions(octets: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i += PORTION) yield octets.subarray(i, i + PORTION);
}

/** Keeps what the XML declaration says of the encoding. */
class Annonce {
  #tete = '';

  ajouter(octets: Uint8Array): void {
    const manque = 200 - this.#tete.length;
    if (manque > 0) this.#tete += Buffer.from(octets.subarray(0, manque)).toString('latin1');
  }

  encodage(): string | null {
    return DECLARATION.exec(this.#tete)?.[1] ?? null;
  }
}

/** One portion, whole: parsed, then what it decoded inflated. */
async function lirePortion(
  octets: Uint8Array,
  analyseur: AnalyseurXml,
  releve: ReleveFichier,
): Promise<RefusXml | null> {
  const refus = analyseur.ecrire(octets);
  if (refus === null && releve.enAttente) await releve.vider();
  return refus;
}

/**
 * Reads a deposited PES once, as a stream: well-formedness, facts, digests, the content of each attached piece up to
 * its original file. Memory depends on the number of bordereaux and pieces, not on the size. Throws only what the source
 * and the taker throw.
 */
export async function lireFichierPes(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: OptionsLecture = {},
): Promise<LectureFichier> {
  const releve = new ReleveFichier({
    pieces: { limites: { ...LIMITES_PJ, ...options.pieces }, preneur: options.preneur ?? null },
    maxima: options.maxima ?? {},
  });
  const autres = options.recepteurs ?? [];
  const recepteur = autres.length === 0 ? releve : new Ensemble([releve, ...autres]);
  const analyseur = new AnalyseurXml(recepteur, options.xml);
  const [sha256, sha1, annonce] = [createHash('sha256'), createHash('sha1'), new Annonce()];
  let total = 0;
  let refus: RefusXml | null = null;
  try {
    for await (const bloc of source) {
      sha256.update(bloc);
      sha1.update(bloc);
      total += bloc.length;
      annonce.ajouter(bloc);
      for (const portion of portions(bloc)) refus ??= await lirePortion(portion, analyseur, releve);
    }
    refus ??= analyseur.finir();
    if (refus === null) await releve.vider();
  } finally {
    await releve.abandonner();
  }
  return {
    refus,
    faits: refus === null ? releve.faits(annonce.encodage()) : null,
    octets: total,
    sha256: sha256.digest('hex') as Sha256,
    sha1: sha1.digest('hex'),
  };
}
