import {
  closeBuffer,
  type ErrorDetail,
  openBuffer,
  ParseOption,
  readBuffer,
  XmlDocument,
  XmlLibError,
  xmlRegisterInputProvider,
  XsdValidator,
} from 'libxml2-wasm';
import type { FauteXml } from '../xml/faute.ts';
import type { RefusSchema } from './artefact.ts';
import { type FichiersSchema, ouvrirFichiers } from './fichiers.ts';

/** libxml2 as a judge, for the thread that `etranger.ts` starts: whoever imports this holds its memory for good. */

/** What it is given. */
export interface TravailEtranger {
  readonly schema: string;
  readonly catalogue: string | undefined;
  /** Well formed and without DOCTYPE: our tokeniser read it whole. */
  readonly octets: Uint8Array;
  readonly fautesMax: number;
}

export type JugementEtranger =
  | { readonly type: 'juge'; readonly fautes: readonly FauteXml[]; readonly tronque: boolean }
  | { readonly type: 'schema_refuse'; readonly refus: readonly RefusSchema[] }
  /** libxml2 could not even read: no verdict. */
  | { readonly type: 'panne'; readonly detail: string };

/** Base of the names given to libxml2: leads to no file and no network by itself. */
const BASE = 'schemas:///';
const REFUS_MAX = 50;

/** NOENT and DTDLOAD are left out on purpose. HUGE: a text of more than 10 MB is legal, and the file's size is bounded. */
const OPTIONS =
  ParseOption.XML_PARSE_NONET |
  ParseOption.XML_PARSE_NO_XXE |
  ParseOption.XML_PARSE_BIG_LINES |
  ParseOption.XML_PARSE_HUGE |
  ParseOption.XML_PARSE_COMPACT;

/** Claims every name, and opens none but those of the set. */
function servir({ lire }: FichiersSchema): void {
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
}

const detailsDe = (e: unknown): readonly ErrorDetail[] => (e instanceof XmlLibError ? e.details : []);

/** What libxml2 says, in English, to be set in a sentence. */
const dire = (message: string): string => message.trim().replace(/\.$/, '');

function enRefus(e: unknown, { afficher, principal }: FichiersSchema): readonly RefusSchema[] {
  const refus = detailsDe(e)
    .slice(0, REFUS_MAX)
    .map(({ file, line, message }): RefusSchema => {
      const nom = file?.startsWith(BASE) === true ? file.slice(BASE.length) : (file ?? principal);
      return {
        genre: 'invalide',
        fichier: afficher(nom),
        ligne: line,
        message: `libxml2 : ${dire(message.replaceAll(BASE, ''))}`,
      };
    });
  const message = 'libxml2 le refuse sans dire pourquoi';
  return refus.length > 0 ? refus : [{ genre: 'invalide', fichier: afficher(principal), ligne: 0, message }];
}

function enFaute({ message, line, col, xpath }: ErrorDetail): FauteXml {
  return {
    code: 'XSD-900',
    message: `Le fichier n’est pas conforme au schéma (libxml2 : ${dire(message)}).`,
    ligne: line,
    colonne: col,
    octet: -1,
    chemin: xpath ?? '',
    valeur: null,
    attendu: '',
  };
}

/** One schema, one document, one answer. Never throws. */
export function jugerParLibxml2(travail: TravailEtranger): JugementEtranger {
  const ouverture = ouvrirFichiers(travail.schema, travail.catalogue);
  if (ouverture.type === 'refus') return { type: 'schema_refuse', refus: [ouverture.refus] };
  const { fichiers } = ouverture;
  servir(fichiers);
  let validateur: XsdValidator;
  try {
    const schema = fichiers.lire(fichiers.principal) ?? new Uint8Array();
    validateur = XsdValidator.fromDoc(
      XmlDocument.fromBuffer(schema, { url: `${BASE}${fichiers.principal}`, option: OPTIONS }),
    );
  } catch (e) {
    return { type: 'schema_refuse', refus: enRefus(e, fichiers) };
  }
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(travail.octets, { option: OPTIONS });
  } catch (e) {
    // a full wasm memory gives an error without any detail
    const detail = dire(detailsDe(e)[0]?.message ?? '');
    return { type: 'panne', detail: detail === '' ? 'mémoire épuisée' : `fichier illisible : ${detail}` };
  }
  try {
    validateur.validate(document);
    return { type: 'juge', fautes: [], tronque: false };
  } catch (e) {
    const details = detailsDe(e);
    // it gave up: a pattern whose matching explodes, no memory left
    if (details.length === 0) return { type: 'panne', detail: 'calcul abandonné' };
    const fautes = details.slice(0, travail.fautesMax).map(enFaute);
    return { type: 'juge', fautes, tronque: details.length > travail.fautesMax };
  }
}
