import type { ElementXml } from '../formats/xml/lire.ts';

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

export interface EnveloppeLue {
  /** Name of the XML file, as received. */
  readonly nom: string;
  readonly racine: ElementXml;
  readonly siren: string;
  readonly departement: string;
  readonly arrondissement: string;
  readonly adresses: readonly string[];
}

/** One 1-1 message whose XML is valid; `refus` is what a 1-3 would say of it. */
export interface ActeExamine {
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
