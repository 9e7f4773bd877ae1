import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
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
import { erreurXml } from '../../metier/catalogue/xml.ts';

export interface ErreurXsd {
  /** From 1, 0 when unknown. */
  readonly ligne: number;
  /** French, followed by libxml2's own words. */
  readonly message: string;
}

/** Schemas of one folder, compiled on first use and kept. */
export interface JeuSchemas {
  /** @returns what is wrong, at most 50; empty when valid. Throws VGM-XML-003 or -004 when the schema itself is missing or broken. */
  valider(schema: string, octets: Uint8Array): readonly ErreurXsd[];
  /** Gives the memory back; nothing can be validated afterwards. */
  fermer(): void;
}

/** libxml2 collects errors without limit: 7 000 errors make a megabyte of text that nobody reads. */
const ERREURS_MAX = 50;

/** Base of the names given to libxml2: leads to no file and no network by itself. */
const BASE = 'schemas:///';

const OPTIONS =
  ParseOption.XML_PARSE_NONET |
  ParseOption.XML_PARSE_NO_XXE |
  ParseOption.XML_PARSE_BIG_LINES |
  ParseOption.XML_PARSE_COMPACT;

type Fichiers = ReadonlyMap<string, Uint8Array>;

/** The closed list: every `.xsd` regular file under the folder, symbolic links left out. */
function lireDossier(dossier: string): Fichiers {
  const fichiers = new Map<string, Uint8Array>();
  for (const entree of readdirSync(dossier, { recursive: true, withFileTypes: true })) {
    if (!entree.isFile() || !entree.name.endsWith('.xsd')) continue;
    const chemin = join(entree.parentPath, entree.name);
    fichiers.set(relative(dossier, chemin).split(sep).join('/'), readFileSync(chemin));
  }
  return fichiers;
}

/**
 * Imports and includes resolve inside the list only: the provider claims every name, then opens none but those.
 * Providers are global to the wasm instance, so it stands for the time of this synchronous call.
 */
function avecFichiers<T>(fichiers: Fichiers, faire: () => T): T {
  xmlRegisterInputProvider({
    match: () => true,
    open: (nom) => {
      const octets = nom.startsWith(BASE) ? fichiers.get(nom.slice(BASE.length)) : undefined;
      return octets === undefined ? undefined : openBuffer(octets);
    },
    read: readBuffer,
    close: (fd) => {
      closeBuffer(fd);
      return true;
    },
  });
  try {
    return faire();
  } finally {
    xmlCleanupInputProvider();
  }
}

function compiler(fichiers: Fichiers, schema: string, octets: Uint8Array): XsdValidator {
  return avecFichiers(fichiers, () => {
    let document: XmlDocument | null = null;
    try {
      document = XmlDocument.fromBuffer(octets, { url: `${BASE}${schema}.xsd`, option: OPTIONS });
      return XsdValidator.fromDoc(document);
    } catch (e) {
      const detail = e instanceof XmlLibError ? (e.details[0]?.message.trim() ?? '') : String(e);
      throw erreurXml('VGM-XML-004', { schema, detail }, e);
    } finally {
      document?.dispose();
    }
  });
}

function enErreurs(e: unknown, phrase: string): ErreurXsd[] {
  const details = e instanceof XmlLibError ? e.details.slice(0, ERREURS_MAX) : [];
  if (details.length === 0) return [{ ligne: 0, message: phrase }];
  return details.map((d) => ({ ligne: d.line, message: `${phrase} : ${d.message.trim()}` }));
}

function juger(validateur: XsdValidator, schema: string, octets: Uint8Array): readonly ErreurXsd[] {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(octets, { option: OPTIONS });
  } catch (e) {
    return enErreurs(e, 'XML mal formé');
  }
  try {
    if (document.dtd !== null) return [{ ligne: 0, message: 'une déclaration DOCTYPE n’est pas admise' }];
    validateur.validate(document);
    return [];
  } catch (e) {
    return enErreurs(e, `non conforme au schéma « ${schema} »`);
  } finally {
    document.dispose();
  }
}

/**
 * Opens the schemas of a folder; `schema` is then a path in it, without `.xsd`. The encoding is the one announced by
 * the document, without leniency: this judges what we send.
 */
export function ouvrirSchemas(dossier: string): JeuSchemas {
  const fichiers = lireDossier(dossier);
  const validateurs = new Map<string, XsdValidator>();
  let ferme = false;

  const validateurDe = (schema: string): XsdValidator => {
    const connu = validateurs.get(schema);
    if (connu !== undefined) return connu;
    const octets = ferme ? undefined : fichiers.get(`${schema}.xsd`);
    if (octets === undefined) throw erreurXml('VGM-XML-003', { schema, dossier });
    const validateur = compiler(fichiers, schema, octets);
    validateurs.set(schema, validateur);
    return validateur;
  };

  return {
    valider: (schema, octets) => juger(validateurDe(schema), schema, octets),
    fermer: () => {
      ferme = true;
      for (const v of validateurs.values()) v.dispose();
      validateurs.clear();
    },
  };
}
