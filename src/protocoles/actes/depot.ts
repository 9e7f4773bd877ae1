import { z } from 'zod';
import { erreurActes } from '../../metier/catalogue/actes.ts';
import type { Flux, ObjetJson } from '../../metier/flux.ts';

/** Metadata declared with an acte: parsed once, field by field, so that one bad field hides no other anomalie. */

const pieceDeclaree = z.strictObject({
  typologie: z.string().optional(),
  /** Name of the file, among those joined, that is its detached signature. */
  signature: z.string().optional(),
});
const CHAMPS_PIECE = 'typologie, signature';

const CHAMPS = {
  numero: z.string(),
  date: z.string(),
  objet: z.string(),
  nature: z.string(),
  matiere: z.string(),
  classification: z.string().optional(),
  documentPapier: z.boolean().optional(),
  precedent: z.string().optional(),
  document: pieceDeclaree,
  annexes: z.array(pieceDeclaree).optional(),
} as const;

type NomChamp = keyof typeof CHAMPS;
const NOMS = Object.keys(CHAMPS) as readonly NomChamp[];

/** Fields that must be declared: the others have a default. */
const OBLIGATOIRES: readonly NomChamp[] = ['numero', 'date', 'objet', 'nature', 'matiere', 'document'];

/** Fields that could be read; one that is missing or badly typed is undefined. */
export type ChampsLus = { readonly [C in NomChamp]?: z.output<(typeof CHAMPS)[C]> | undefined };

export interface DefautForme {
  /** Field path (`annexes[1].typologie`); undefined for the whole. */
  readonly ou: string | undefined;
  readonly message: string;
  readonly remede: string;
}

export interface MetadonneesLues {
  readonly champs: ChampsLus;
  readonly defauts: readonly DefautForme[];
  readonly absents: readonly NomChamp[];
}

/** Unknown fields named one by one. */
const INCONNUS_MAX = 20;

const NOMS_TYPES: Readonly<Record<string, string>> = {
  string: 'un texte entre guillemets',
  boolean: 'true ou false',
  array: 'une liste',
  object: 'un objet',
};

function nommerType(valeur: unknown): string {
  if (valeur === null) return 'null';
  if (Array.isArray(valeur)) return 'une liste';
  const noms: Readonly<Record<string, string>> = {
    string: 'un texte',
    number: 'un nombre',
    boolean: 'un booléen',
    object: 'un objet',
    undefined: 'rien',
  };
  return noms[typeof valeur] ?? 'une valeur inconnue';
}

function chemin(morceaux: readonly PropertyKey[]): string {
  return morceaux.reduce<string>((debut, m) => {
    if (typeof m === 'number') return `${debut}[${m}]`;
    return debut === '' ? String(m) : `${debut}.${String(m)}`;
  }, '');
}

function valeurAu(racine: unknown, morceaux: readonly PropertyKey[]): unknown {
  return morceaux.reduce<unknown>(
    (v, m) => (typeof v === 'object' && v !== null ? (v as Record<PropertyKey, unknown>)[m] : undefined),
    racine,
  );
}

function cleInconnue(cle: string, parent: string): DefautForme {
  const nom = cle.length > 40 ? `${cle.slice(0, 40)}…` : cle;
  const connus = parent === '' ? NOMS.join(', ') : CHAMPS_PIECE;
  return {
    ou: parent === '' ? nom : `${parent}.${nom}`,
    message: `Le champ « ${nom} » est inconnu.`,
    remede: `Le retirer ou corriger son nom ; champs admis : ${connus}.`,
  };
}

/** Elision: « d’un texte », « de true ou false ». */
function de(nom: string): string {
  return /^[aeiou]/.test(nom) ? `d’${nom}` : `de ${nom}`;
}

/** A number where a text is due is the classical trap: 7.10 would silently become 7.1. */
function mauvaisType(ou: string, attendu: string, valeur: unknown): DefautForme {
  const piege = typeof valeur === 'number' ? ' (en nombre, 7.10 se lirait 7.1 et 007 se lirait 7)' : '';
  return {
    ou,
    message: `Le champ « ${ou} » contient ${nommerType(valeur)} au lieu ${de(NOMS_TYPES[attendu] ?? attendu)}.`,
    remede: `Écrire ${NOMS_TYPES[attendu] ?? attendu}${piege}, ou retirer le champ s’il est facultatif.`,
  };
}

function defautsDuChamp(nom: NomChamp, valeur: unknown, issues: readonly z.core.$ZodIssue[]): DefautForme[] {
  return issues.flatMap((issue) => {
    const ou = chemin([nom, ...issue.path]);
    if (issue.code === 'unrecognized_keys') return clesInconnues(issue.keys, ou);
    const attendu = issue.code === 'invalid_type' ? issue.expected : 'une valeur conforme';
    return [mauvaisType(ou, attendu, valeurAu(valeur, issue.path))];
  });
}

/** The first ones name the mistake; a list without end would only hide it. */
function clesInconnues(cles: readonly string[], parent: string): DefautForme[] {
  const dites = cles.slice(0, INCONNUS_MAX).map((cle) => cleInconnue(cle, parent));
  const tues = cles.length - dites.length;
  if (tues <= 0) return dites;
  const connus = parent === '' ? NOMS.join(', ') : CHAMPS_PIECE;
  const reste = {
    ou: parent === '' ? undefined : parent,
    message: `${tues.toLocaleString('fr-FR')} autres champs inconnus ne sont pas listés.`,
    remede: `Les retirer tous ; champs admis : ${connus}.`,
  };
  return [...dites, reste];
}

/** Reads the declared metadata, strictly: unknown keys are named, types are never coerced. */
export function lireMetadonnees(metadonnees: unknown): MetadonneesLues {
  if (typeof metadonnees !== 'object' || metadonnees === null || Array.isArray(metadonnees)) {
    const defaut = {
      ou: undefined,
      message: `Les métadonnées sont ${nommerType(metadonnees)} au lieu d’un objet JSON.`,
      remede: `Déclarer un objet avec les champs : ${OBLIGATOIRES.join(', ')}.`,
    };
    return { champs: {}, defauts: [defaut], absents: [] };
  }
  const objet = metadonnees as Readonly<Record<string, unknown>>;
  const inconnues = Object.keys(objet).filter((cle) => !(NOMS as readonly string[]).includes(cle));
  const defauts = clesInconnues(inconnues, '');
  const champs: Record<string, unknown> = {};
  for (const nom of NOMS) {
    const valeur = Object.hasOwn(objet, nom) ? objet[nom] : undefined;
    if (valeur === undefined) continue;
    const lu = CHAMPS[nom].safeParse(valeur);
    if (lu.success) champs[nom] = lu.data;
    else defauts.push(...defautsDuChamp(nom, valeur, lu.error.issues));
  }
  const absents = OBLIGATOIRES.filter((nom) => objet[nom] === undefined);
  return { champs: champs as ChampsLus, defauts, absents };
}

/** What the protocol writes about its flux at deposit and reads back to compose; further keys may join it later. */
const schemaResume = z.object({
  numero: z.string(),
  date: z.string(),
  objet: z.string(),
  nature: z.string(),
  abrege: z.string(),
  matiere: z.string(),
  /** Date of the classification used; null only for a deposit refused for want of one. */
  classification: z.string().nullable(),
  documentPapier: z.boolean(),
  precedent: z.string().nullable(),
  /** Types of the pieces: the document, then the annexes in order. */
  typologies: z.array(z.string()),
  /** Names of the signatures deposited with the pieces, in the same order, null for a piece that has none; absent: none has. */
  signaturesJointes: z.array(z.string().nullable()).optional(),
  idActe: z.string(),
});

export type ResumeActe = Readonly<z.infer<typeof schemaResume>>;

/** The same thing as stored JSON. */
export function ecrireResume(resume: ResumeActe): ObjetJson {
  return { ...resume } as ObjetJson;
}

/** Reads back the summary of a flux. Throws VGM-ACT-001 when it is not one of ours. */
export function lireResume(flux: Flux): ResumeActe {
  const lu = schemaResume.safeParse(flux.resume);
  if (!lu.success) throw erreurActes('VGM-ACT-001', { flux: flux.id }, lu.error);
  return lu.data;
}
