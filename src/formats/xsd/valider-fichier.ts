import { createHash } from 'node:crypto';
import { erreurXml } from '../../metier/catalogue/xml.ts';
import { AnalyseurXml } from '../xml/analyseur.ts';
import type { LimitesXml, Recepteur } from '../xml/evenements.ts';
import { type FauteXml, fauteDeLecture } from '../xml/faute.ts';
import { Muet } from '../xml/muet.ts';
import { REFUS } from '../xml/refus.ts';
import type { RefusSchema } from './artefact.ts';
import { compilerEnCache } from './cache.ts';
import type { CompilationXsd } from './compiler.ts';
import { fauteDeSchema } from './constats-fautes.ts';
import { jugerEtranger, type OptionsEtranger, OCTETS_ETRANGER } from './etranger.ts';
import { type FichiersSchema, ouvrirFichiers } from './fichiers.ts';
import { SchemaXsd } from './schema.ts';
import type { LireFichier } from './sources.ts';
import { ValideurXsd } from './valideur.ts';

/** Validation of any file against any schema on the disk. */

export interface DemandeValidation {
  /** Absolute path of the main schema (`fichiers.ts` says what it may draw on). */
  readonly schema: string;
  /** Opens the document, from its start; asked once at most. Nothing of a chunk is kept once the next is asked for. */
  readonly source: () => AsyncIterable<Uint8Array>;
  /** Folder where compiled schemas are kept, for this program alone; made when absent. Without it nothing is kept. */
  readonly cache?: string;
  /** OASIS catalogue that maps addresses of schemas to files; the nearest `catalog.xml` by default. */
  readonly catalogue?: string;
  /** Faults told; 100 by default. */
  readonly erreursMax?: number;
  readonly limites?: Partial<LimitesXml>;
  readonly etranger?: OptionsEtranger;
}

/** Who judged: our engine, or libxml2 for a schema that our compiler does not carry out whole. */
export type MoteurXsd = 'vaguemestre' | 'libxml2';

/** The file was read whole. */
interface Lu {
  readonly moteur: MoteurXsd;
  readonly octets: number;
  readonly sha256: string;
}

export type BilanFichier =
  | ({ readonly type: 'valide' } & Lu)
  /** `fautes`: at least one. `tronque`: there were more than could be told. */
  | ({ readonly type: 'invalide'; readonly fautes: readonly FauteXml[]; readonly tronque: boolean } & Lu)
  /** Not read to its end: what the schema would say of the rest is not known. */
  | { readonly type: 'mal_forme'; readonly faute: FauteXml }
  /** The schema is wrong, or draws on what is not there: nothing is said of the document. */
  | { readonly type: 'schema_refuse'; readonly refus: readonly RefusSchema[] };

const ERREURS_MAX = 100;

type Lecture = { readonly type: 'lu'; readonly octets: number; readonly sha256: string };
type MalForme = BilanFichier & { readonly type: 'mal_forme' };

/** @param garder is given every chunk that was read without fault. */
async function lire(
  demande: DemandeValidation,
  ecoute: { recepteur: Recepteur; limites: Partial<LimitesXml>; garder?: (octets: Uint8Array) => void },
): Promise<Lecture | MalForme> {
  // which attributes are identifiers is for the schema to say
  const analyseur = new AnalyseurXml(ecoute.recepteur, { ids: 'libres', limites: ecoute.limites });
  const hache = createHash('sha256');
  let octets = 0;
  for await (const morceau of demande.source()) {
    if (analyseur.ecrire(morceau) !== null) break;
    hache.update(morceau);
    octets += morceau.byteLength;
    ecoute.garder?.(morceau);
  }
  const refus = analyseur.finir();
  if (refus !== null) return { type: 'mal_forme', faute: fauteDeLecture(refus) };
  return { type: 'lu', octets, sha256: hache.digest('hex') };
}

async function parNous(demande: DemandeValidation, schema: SchemaXsd): Promise<BilanFichier> {
  const valideur = new ValideurXsd(schema, { constats: demande.erreursMax ?? ERREURS_MAX });
  const lu = await lire(demande, { recepteur: valideur, limites: demande.limites ?? {} });
  if (lu.type === 'mal_forme') return lu;
  const { valide, constats, tronque } = valideur.bilan();
  const commun = { moteur: 'vaguemestre', octets: lu.octets, sha256: lu.sha256 } as const;
  if (valide) return { type: 'valide', ...commun };
  return { type: 'invalide', ...commun, fautes: constats.map(fauteDeSchema), tronque };
}

/** A file too big for libxml2 is not a file at fault: nothing is said of it. */
function exigerPortable({ faute }: MalForme, limite: number): void {
  if (faute.code !== REFUS.limiteOctets[0] || limite < OCTETS_ETRANGER) return;
  throw erreurXml('VGM-XML-007', { mo: OCTETS_ETRANGER / 1_000_000 });
}

/** Our tokeniser reads the file first all the same: one reader decides what is well formed. */
async function parLibxml2(demande: DemandeValidation): Promise<BilanFichier> {
  const morceaux: Uint8Array[] = [];
  const limite = Math.min(demande.limites?.octets ?? OCTETS_ETRANGER, OCTETS_ETRANGER);
  const lu = await lire(demande, {
    recepteur: new Muet(),
    limites: { ...demande.limites, octets: limite },
    // whoever reads may use the same memory again for the next chunk
    garder: (octets) => morceaux.push(Uint8Array.from(octets)),
  });
  if (lu.type === 'mal_forme') {
    exigerPortable(lu, limite);
    return lu;
  }
  const octets = new Uint8Array(lu.octets);
  let place = 0;
  for (const morceau of morceaux.splice(0)) {
    octets.set(morceau, place);
    place += morceau.byteLength;
  }
  const { schema, catalogue, erreursMax: fautesMax = ERREURS_MAX } = demande;
  const jugement = await jugerEtranger({ schema, catalogue, octets, fautesMax }, demande.etranger ?? {});
  if (jugement.type === 'schema_refuse') return jugement;
  const commun = { moteur: 'libxml2', octets: lu.octets, sha256: lu.sha256 } as const;
  if (jugement.fautes.length === 0) return { type: 'valide', ...commun };
  return { type: 'invalide', ...commun, fautes: jugement.fautes, tronque: jugement.tronque };
}

/** Files named as people see them; then those that were asked for in vain, which may be why something is not declared. */
function montrer(
  refus: readonly RefusSchema[],
  vains: ReadonlySet<string>,
  { afficher }: FichiersSchema,
): readonly RefusSchema[] {
  const dits = refus.map((r) => ({ ...r, fichier: afficher(r.fichier) }));
  const tus = [...vains].filter((nom) => !refus.some((r) => r.message.includes(`« ${nom} »`)));
  const absents = tus.map((nom): RefusSchema => {
    const message = 'ce fichier est importé et n’est pas là ; une adresse demande un catalogue (catalog.xml)';
    return { genre: 'absent', fichier: afficher(nom), ligne: 0, message };
  });
  return [...dits, ...absents];
}

/**
 * The compiler follows a schema by calling itself: one whose parts hold one another without measure is refused.
 * @param cache as `DemandeValidation.cache`; null: nothing is kept.
 */
export function compilerSchema(
  principal: string,
  lireFichier: LireFichier,
  cache: string | null,
): CompilationXsd {
  try {
    return compilerEnCache(principal, lireFichier, cache);
  } catch (origine) {
    if (!(origine instanceof RangeError)) throw origine;
    const message = 'ses constructions s’emboîtent sans mesure';
    return { type: 'refus', refus: [{ genre: 'invalide', fichier: principal, ligne: 0, message }] };
  }
}

/**
 * Validates a file as it is read, in bounded memory. A schema with a construct that our compiler does not carry out
 * (`key`, `redefine`…) goes to libxml2, in a thread, for files of `OCTETS_ETRANGER` at most.
 * @throws VGM-XML-005 or -006 when libxml2 does not answer, -007 when the file is too big for it: that is no verdict.
 */
export async function validerAvecSchema(demande: DemandeValidation): Promise<BilanFichier> {
  const ouverture = ouvrirFichiers(demande.schema, demande.catalogue);
  if (ouverture.type === 'refus') return { type: 'schema_refuse', refus: [ouverture.refus] };
  const { fichiers } = ouverture;
  const vains = new Set<string>();
  const suivre: LireFichier = (nom) => {
    const octets = fichiers.lire(nom);
    if (octets === null) vains.add(nom);
    return octets;
  };
  const compilation = compilerSchema(fichiers.principal, suivre, demande.cache ?? null);
  if (compilation.type === 'compile') return parNous(demande, new SchemaXsd(compilation.artefact));
  const { refus } = compilation;
  if (refus.some((r) => r.genre === 'nonHonore')) return parLibxml2(demande);
  return { type: 'schema_refuse', refus: montrer(refus, vains, fichiers) };
}
