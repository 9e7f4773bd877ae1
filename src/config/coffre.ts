import { z } from 'zod';

/** Settings of the coffre: a folder of the data, or an object store. */

const MIO = 1024 * 1024;

const s3 = z.strictObject({
  /** `https://s3.exemple.fr`, without the compartiment. */
  adresse: z.string().default(''),
  region: z.string().min(1).default('us-east-1'),
  compartiment: z
    .string()
    .regex(/^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .default(''),
  /** What every key begins with. */
  prefixe: z
    .string()
    .regex(/^$|^[A-Za-z0-9_-][A-Za-z0-9._/-]{0,200}$/)
    .default(''),
  /** Where the name of the compartiment stands: in the path, or before the host. */
  style: z.enum(['chemin', 'hote']).default('chemin'),
  cle_acces: z.string().default(''),
  secret_fichier: z.string().default(''),
  autorites: z.string().default(''),
  /** Drafts of what is being received; empty = in the data folder. */
  brouillons: z.string().default(''),
  taille_partie_octets: z
    .number()
    .int()
    .min(8 * MIO)
    .max(16 * MIO)
    .default(8 * MIO),
  /** Longest silence of the server. */
  delai_s: z.number().positive().default(30),
  /** Days during which the store forbids to delete a piece; 0 = no lock. */
  retention_jours: z.number().int().min(0).max(36_500).default(0),
  /** `conformite`: nobody can shorten it. `gouvernance`: who has the right can. */
  retention_mode: z.enum(['conformite', 'gouvernance']).default('conformite'),
});

export const coffre = z.strictObject({
  type: z.enum(['dossier', 's3']).default('dossier'),
  /** Folder where a piece that the object store has not is read. */
  secours: z.string().default(''),
  s3: s3.prefault({}),
});
