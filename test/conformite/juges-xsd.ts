import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  closeBuffer,
  openBuffer,
  ParseOption,
  readBuffer,
  XmlDocument,
  xmlCleanupInputProvider,
  XmlLibError,
  xmlRegisterInputProvider,
  XsdValidator,
} from 'libxml2-wasm';
import { AnalyseurXml } from '../../src/formats/xml/analyseur.ts';
import { compilerXsd } from '../../src/formats/xsd/compiler.ts';
import type { ConstatXsd } from '../../src/formats/xsd/constats.ts';
import { SchemaXsd } from '../../src/formats/xsd/schema.ts';
import type { LireFichier } from '../../src/formats/xsd/sources.ts';
import { ValideurXsd } from '../../src/formats/xsd/valideur.ts';

/** The two judges of a document: ours, and libxml2. */

export interface Verdict {
  readonly valide: boolean;
  /** Of the first error, from 1; 0 when it is not known. */
  readonly ligne: number;
  readonly message: string;
}

/** Addresses that schemas import from, and where their files stand in `normes/seda`. */
const CATALOGUE: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/xml.xsd': 'w3c/2001/xml.xsd',
  'http://www.w3.org/1999/xlink.xsd': 'w3c/1999/xlink.xsd',
};

/** Files of a folder, by paths relative to it. */
export function fichiersDe(dossier: string): LireFichier {
  const lus = new Map<string, Uint8Array | null>();
  return (nom) => {
    const connu = lus.get(nom);
    if (connu !== undefined) return connu;
    const chemin = join(dossier, CATALOGUE[nom] ?? nom);
    const octets = existsSync(chemin) ? new Uint8Array(readFileSync(chemin)) : null;
    lus.set(nom, octets);
    return octets;
  };
}

/** Files given as text. */
export const fichiersEcrits =
  (fichiers: Readonly<Record<string, string>>): LireFichier =>
  (nom) => {
    const texte = fichiers[nom];
    return texte === undefined ? null : Buffer.from(texte, 'utf8');
  };

export function compilerNotre(fichier: string, lire: LireFichier): SchemaXsd {
  const c = compilerXsd(fichier, lire);
  if (c.type === 'refus') throw new TypeError(JSON.stringify(c.refus[0]));
  // through JSON, as a cache would keep it
  return new SchemaXsd(JSON.parse(JSON.stringify(c.artefact)));
}

const OPTIONS = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_BIG_LINES;
const BASE = 'schemas:///';

export function compilerLibxml2(fichier: string, lire: LireFichier): XsdValidator {
  xmlRegisterInputProvider({
    match: () => true,
    open: (nom) => {
      const octets = lire(nom.startsWith(BASE) ? nom.slice(BASE.length) : nom);
      return octets === null ? undefined : openBuffer(octets);
    },
    read: readBuffer,
    close: (fd) => {
      closeBuffer(fd);
      return true;
    },
  });
  const document = XmlDocument.fromBuffer(lire(fichier) ?? new Uint8Array(), {
    url: BASE + fichier,
    option: OPTIONS,
  });
  try {
    return XsdValidator.fromDoc(document);
  } finally {
    document.dispose();
    xmlCleanupInputProvider();
  }
}

function erreur(e: unknown): Verdict {
  const premiere = e instanceof XmlLibError ? e.details[0] : undefined;
  return { valide: false, ligne: premiere?.line ?? 0, message: premiere?.message.trim() ?? String(e) };
}

export function jugerLibxml2(validateur: XsdValidator, octets: Uint8Array): Verdict {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(octets, { option: OPTIONS });
  } catch (e) {
    return { ...erreur(e), ligne: 0 };
  }
  try {
    validateur.validate(document);
    return { valide: true, ligne: 0, message: '' };
  } catch (e) {
    return erreur(e);
  } finally {
    document.dispose();
  }
}

export interface VerdictNotre extends Verdict {
  readonly constats: readonly ConstatXsd[];
  /** Refused before any question of schema. */
  readonly malForme: boolean;
}

/** Line of libxml2's error: that of the end of the start tag, which our mutants keep on one line. */
function ligneDe(octets: Uint8Array, element: number): number {
  let ligne = 1;
  for (let i = 0; i < element; i += 1) if (octets[i] === 0x0a) ligne += 1;
  return ligne;
}

export function jugerNotre(schema: SchemaXsd, octets: Uint8Array): VerdictNotre {
  const valideur = new ValideurXsd(schema);
  const analyseur = new AnalyseurXml(valideur, { ids: 'libres' });
  const refus = analyseur.ecrire(octets) ?? analyseur.finir();
  const { constats } = valideur.bilan();
  if (refus !== null) return { valide: false, ligne: 0, message: refus.message, constats, malForme: true };
  const premier = constats[0];
  return {
    valide: valideur.bilan().valide,
    ligne: premier === undefined ? 0 : ligneDe(octets, premier.element),
    message: premier?.message ?? '',
    constats,
    malForme: false,
  };
}
