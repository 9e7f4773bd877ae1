import type { Source } from './coffre.ts';

/**
 * Files a raw message; when it resolves the bytes and the row are durable.
 * @param nom name of the file at its source; none for an e-mail.
 */
export type Consigner = (brut: Source, source: string, nom?: string | null) => Promise<void>;

/** A place where the State's answers arrive and must be fetched. Nothing is removed there before it is filed here. */
export interface Mailbox {
  readonly nom: string;
  /** Fetches all that waits. @returns the number of messages filed. Throws VGM-ACC-… (passagere) when out of reach. */
  relever(consigner: Consigner): Promise<number>;
  /** Connects and looks, touching nothing. Throws as `relever` when out of reach. */
  sonder(): Promise<void>;
}

/** A place where the State's answers are pushed to us (embedded SMTP receiver). */
export interface Recepteur {
  readonly adresse: string;
  demarrer(consigner: Consigner): Promise<void>;
  arreter(): Promise<void>;
}
