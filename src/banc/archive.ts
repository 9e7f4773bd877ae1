import type { ElementXml } from '../formats/xml/lire.ts';
import type { CodeEnvoi } from './echanges/codes.ts';

/** What was read of an archive. */
export interface FichierLu {
  readonly nom: string;
  readonly octets: Buffer;
}

/** Why something is refused: `Nature` and `Detail` of the anomaly. */
export interface Refus {
  readonly nature: string;
  readonly detail: string;
}

/** Detail of a fault that no collected code of the ministry names (actes.md D.5 lists three real ones). */
export function refus(numero: string, phrase: string): Refus {
  return { nature: '100', detail: `BANC-VERIF-${numero} : ${phrase}` };
}

/** Whom an answer goes to. */
export interface Correspondant {
  /** Quadrigramme by which the names of the envelopes begin. */
  readonly application: string;
  readonly siren: string;
  readonly departement: string;
  readonly arrondissement: string;
  readonly adresses: readonly string[];
}

export interface EnveloppeLue extends Correspondant {
  /** Name of the XML file, as received. */
  readonly nom: string;
  readonly racine: ElementXml;
}

/** One 1-1 message whose XML is valid; `refus` is what a 1-3 would say of it. */
export interface ActeExamine {
  readonly code: '1-1';
  readonly nom: string;
  readonly racine: ElementXml;
  readonly idActe: string;
  readonly numero: string;
  /** `ClassificationDateVersion`, `YYYY-MM-DD`. */
  readonly classification: string;
  /** Names of the principal document, then of the annexes. */
  readonly documents: readonly string[];
  readonly refus: Refus | null;
}

/** One message of transactions 2 to 7 whose XML is valid. */
export interface EchangeExamine {
  readonly code: CodeEnvoi;
  readonly nom: string;
  readonly racine: ElementXml;
  /** Empty for a 7-1, which is about no acte. */
  readonly idActe: string;
  /** NumeroInterne of the acte; the SIREN for a 7-1. */
  readonly numero: string;
  /** Of the letter answered, or of the classification held; empty when the message has none. */
  readonly date: string;
  readonly documents: readonly string[];
}
