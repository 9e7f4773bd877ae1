import type { Readable } from 'node:stream';

/** What is handed over: the name is the identity, the same on every try. */
export interface Envoi {
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  readonly ouvrir: () => Promise<Readable>;
}

export type ReponseTransport =
  /** The peer answered. `extrait`: first characters of its answer, for people. */
  | { readonly type: 'reponse'; readonly statut: number; readonly extrait: string; readonly url: string }
  /** Certain that the peer took nothing: name, connection, TLS or certificate failed before the first byte. */
  | { readonly type: 'non_parti'; readonly cause: string; readonly url: string }
  /** Bytes left and no answer came: the peer may hold it. */
  | { readonly type: 'sort_inconnu'; readonly cause: string; readonly url: string };

/** The State's door for ACTES: HTTPS multipart POST with a client certificate. Never throws for a network fault. */
export interface Transport {
  remettre(envoi: Envoi, signal: AbortSignal): Promise<ReponseTransport>;
}
