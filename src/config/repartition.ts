import { z } from 'zod';
import { ROLES } from '../metier/roles.ts';

/** Settings of daemons that share a store: who each one is, and how the work is shared out. */

const chemin = z.string();

export const noeud = z.strictObject({
  /** Empty = the name of the machine and a mark of its data folder. */
  nom: z
    .string()
    .regex(/^$|^[A-Za-z0-9._-]{1,80}$/)
    .default(''),
  roles: z
    .array(z.enum(ROLES))
    .min(1)
    .default([...ROLES]),
});

/** What all nodes together may not exceed at a destination; 0 = no limit. */
const destination = z.strictObject({
  nom: z.string().min(1),
  ensemble: z.number().int().min(0).default(0),
  nombre: z.number().int().min(0).default(0),
  periode_s: z.number().positive().default(1),
});

const redis = z.strictObject({
  /** `host:port`, or the path of a socket. */
  adresse: z
    .string()
    .regex(/^\/.|^(\[[0-9a-fA-F:]+\]|[^\s:/]+):[0-9]{1,5}$/)
    .default('127.0.0.1:6379'),
  base: z.number().int().min(0).default(0),
  utilisateur: z.string().default(''),
  secret_fichier: chemin.default(''),
  tls: z.boolean().default(false),
  autorites: chemin.default(''),
  /** What the names of our keys begin with: one per platform. */
  prefixe: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default('vaguemestre'),
});

export const repartition = z.strictObject({
  /** `locale`: each node looks for work by itself. */
  type: z.enum(['locale', 'bullmq']).default('locale'),
  destinations: z.array(destination).default([]),
  redis: redis.prefault({}),
});
