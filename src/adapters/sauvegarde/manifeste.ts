import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { erreurSauvegarde } from '../../metier/catalogue/sauvegarde.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { existe, lisant, nomsDe } from './disque.ts';

/**
 * A folder of backups:
 *
 *     coffre/ab/<sha256>            pieces, shared by all the snapshots
 *     instantanes/<name>/base.sqlite
 *     instantanes/<name>/…          settings, and what the data folder holds beside its base and its coffre
 *     instantanes/<name>/SHA256SUMS every file of the snapshot and every piece it cites, for `sha256sum -c`
 *     instantanes/<name>/MANIFESTE.json   written last: without it there is no backup
 *
 * Nothing in it names the machine: paths are relative.
 */
export const LIEUX = { coffre: 'coffre', instantanes: 'instantanes', provisoires: 'provisoires' } as const;
export const BASE = 'base.sqlite';
export const SOMMES = 'SHA256SUMS';
const MANIFESTE = 'MANIFESTE.json';

/** Grows when an older program could not restore what this one writes. */
export const FORMAT = 1;

const empreinte = z.string().regex(/^[0-9a-f]{64}$/);
/** Inside its own folder: no way up, no root. */
const cheminInterieur = z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0]+$/);
const nombre = z.number().int().nonnegative();
const instant = z.iso.datetime().transform((texte) => Date.parse(texte) as Instant);

const fichier = z.object({ fichier: cheminInterieur, taille: nombre, sha256: empreinte });

const schema = z.object({
  format: z.literal(FORMAT),
  programme: z.string(),
  stockage: z.literal('sqlite'),
  schema: nombre,
  /** When the copy of the base began: what it holds was written before it ended. */
  debut: instant,
  fin: instant,
  /** Of the operator: begins the outgoing names. */
  trigramme: z.string(),
  base: fichier,
  sommes: fichier,
  fichiers: z.array(fichier),
  /** `copiees` false: they are kept elsewhere (object store), and nothing here says that they are whole. */
  pieces: z.object({ nombre, octets: nombre, copiees: z.boolean() }),
  /** Pieces cited and not had. */
  defauts: z.array(z.object({ sha256: empreinte, defaut: z.enum(['absente', 'alteree']) })),
  journal: z.array(z.object({ org: z.string(), n: nombre, sha256: empreinte })),
  flux: z.record(z.string(), nombre),
});

export type Manifeste = z.output<typeof schema>;
export type FichierSauve = z.output<typeof fichier>;

export function ecrireManifeste(m: Manifeste): string {
  const { format, debut, fin, ...reste } = m;
  const dates = { debut: new Date(debut).toISOString(), fin: new Date(fin).toISOString() };
  return `${JSON.stringify({ format, ...dates, ...reste }, null, 1)}\n`;
}

export interface InstantaneSauve {
  readonly nom: string;
  readonly dossier: string;
  readonly manifeste: Manifeste;
  /** Of the manifest itself: to be kept elsewhere. */
  readonly empreinte: string;
}

async function octetsDe(chemin: string): Promise<Buffer | null> {
  try {
    return await readFile(chemin);
  } catch (origine) {
    if (origine instanceof Error && 'code' in origine && origine.code === 'ENOENT') return null;
    throw origine;
  }
}

/** Names of the snapshots that have a manifest, the newest last; names are instants, and sort as they do. */
export async function instantanesDe(dossier: string): Promise<readonly string[]> {
  const racine = join(dossier, LIEUX.instantanes);
  const complets: string[] = [];
  for (const nom of await lisant(racine, () => nomsDe(racine))) {
    if (await lisant(racine, () => existe(join(racine, nom, MANIFESTE)))) complets.push(nom);
  }
  return complets;
}

/** Reads a snapshot that has a manifest. Throws VGM-SAU-006 (damaged), -007 (of a newer program). */
async function lireInstantane(dossier: string, nom: string): Promise<InstantaneSauve> {
  const ici = join(dossier, LIEUX.instantanes, nom);
  const octets = (await lisant(ici, () => octetsDe(join(ici, MANIFESTE)))) ?? Buffer.alloc(0);
  let brut: unknown;
  try {
    brut = JSON.parse(octets.toString('utf8'));
  } catch (origine) {
    throw erreurSauvegarde('VGM-SAU-006', { nom, detail: `${MANIFESTE} ne se lit pas` }, origine);
  }
  const format = typeof brut === 'object' && brut !== null && 'format' in brut ? brut.format : undefined;
  if (typeof format === 'number' && format > FORMAT) throw erreurSauvegarde('VGM-SAU-007', { nom, format });
  const lu = schema.safeParse(brut);
  if (!lu.success) {
    const champ = lu.error.issues[0]?.path.join('.') ?? '';
    throw erreurSauvegarde('VGM-SAU-006', { nom, detail: `${MANIFESTE} est incohérent (${champ})` });
  }
  return {
    nom,
    dossier: ici,
    manifeste: lu.data,
    empreinte: createHash('sha256').update(octets).digest('hex'),
  };
}

/**
 * The snapshot of this name, the last one when none is given. Throws VGM-SAU-004 (none is whole), -005 (unknown),
 * -006, -007.
 */
export async function choisirInstantane(dossier: string, voulu?: string): Promise<InstantaneSauve> {
  const connus = await instantanesDe(dossier);
  const dernier = connus.at(-1);
  if (dernier === undefined) throw erreurSauvegarde('VGM-SAU-004', { dossier });
  if (voulu !== undefined && !connus.includes(voulu)) {
    throw erreurSauvegarde('VGM-SAU-005', { nom: voulu, connus: connus.join(', ') });
  }
  return lireInstantane(dossier, voulu ?? dernier);
}

/** Path of the manifest of a snapshot. */
export function cheminManifeste(dossier: string): string {
  return join(dossier, MANIFESTE);
}

/** Of a snapshot: `20260310T090000Z`. */
export function nommerInstantane(quand: Instant): string {
  return new Date(quand).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
