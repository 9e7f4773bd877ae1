import { z } from 'zod';

/** Settings of the state and of the journal: a file of the data folder, or a base that several daemons share. */

const postgres = z.strictObject({
  /** Name, address, or folder of the server's socket. */
  hote: z.string().min(1).default('127.0.0.1'),
  port: z.number().int().min(1).max(65_535).default(5432),
  base: z.string().min(1).default('vaguemestre'),
  utilisateur: z.string().min(1).default('vaguemestre'),
  /** Empty = no password is given. */
  secret_fichier: z.string().default(''),
  /** `exiger`: encrypted, and the certificate of the server is verified. */
  tls: z.enum(['exiger', 'aucun']).default('exiger'),
  /** Empty = those of the system. */
  autorites: z.string().default(''),
  /** For reads and claims; one more writes, and one listens. */
  connexions: z.number().int().min(1).max(200).default(8),
});

export const stockage = z.strictObject({
  type: z.enum(['sqlite', 'postgres']).default('sqlite'),
  postgres: postgres.prefault({}),
});
