import type { z } from 'zod';

type Schema = Readonly<Record<string, unknown>>;

/** One operation of the API, for its OpenAPI document. A test holds this table equal to the routes served. */
export interface Operation {
  readonly id: string;
  readonly famille: string;
  readonly methode: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly chemin: string;
  readonly resume: string;
  readonly requete?: z.ZodType;
  readonly corps?: z.ZodType;
  /** Body that is not JSON. */
  readonly corpsBrut?: { readonly types: readonly string[]; readonly schema: Schema };
  readonly entetes?: readonly { readonly nom: string; readonly description: string }[];
  readonly statut: number;
  /** What the success answer is, in one sentence. */
  readonly rend: string;
  readonly reponse?: Schema;
  /** Media type of an answer that is not JSON. */
  readonly typeReponse?: string;
  /** Answered without token. */
  readonly libre?: true;
}
