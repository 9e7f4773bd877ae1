import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { raisonDe } from '../../config/fichiers.ts';
import { chemin, messageFrancais } from '../../config/messages.ts';
import { type FichePaquet, POLITIQUES } from '../../formats/xsd/paquets.ts';
import { empreinteDe } from './empreinte.ts';

/** Which packs are installed: one file, renamed into place, that alone says what counts in the folder. */

/** Becomes the name of a folder, beside files whose names it may not take. */
export const NOM_PAQUET = /^(?=.{1,40}$)[a-z0-9](?:[a-z0-9-]|\.[0-9])*$/;

export const NOM_INVENTAIRE = 'paquets.json';

const fiche: z.ZodType<FichePaquet> = z.strictObject({
  nom: z.string().regex(NOM_PAQUET),
  version: z.string().nullable(),
  politique: z.enum(POLITIQUES),
  empreinte: z.string().regex(/^[0-9a-f]{64}$/),
  importe: z.strictObject({ quand: z.iso.datetime(), qui: z.string() }),
  origine: z.string(),
  fichiers: z.number().int().positive(),
  octets: z.number().int().positive(),
  racines: z.array(z.strictObject({ espace: z.string(), nom: z.string(), fichier: z.string() })).min(1),
});

const inventaire = z.strictObject({ version: z.literal(1), paquets: z.array(fiche) });

export type LectureInventaire =
  | {
      readonly type: 'lu';
      /** Newest version first. */
      readonly paquets: readonly FichePaquet[];
      /** Of the file; null when there is none. */
      readonly sha256: string | null;
    }
  | { readonly type: 'illisible'; readonly raison: string };

function trier(paquets: readonly FichePaquet[]): readonly FichePaquet[] {
  const { compare } = new Intl.Collator('fr', { numeric: true });
  return paquets.toSorted((a, b) => compare(b.version ?? '', a.version ?? '') || compare(a.nom, b.nom));
}

function interpreter(texte: string): LectureInventaire {
  let json: unknown;
  try {
    json = JSON.parse(texte);
  } catch {
    return { type: 'illisible', raison: 'ce n’est pas du JSON' };
  }
  const lu = inventaire.safeParse(json, { error: messageFrancais });
  if (!lu.success) {
    const [faute] = lu.error.issues;
    return { type: 'illisible', raison: `${chemin(faute?.path ?? [])} : ${faute?.message ?? ''}` };
  }
  const { paquets } = lu.data;
  if (new Set(paquets.map((p) => p.nom)).size < paquets.length) {
    return { type: 'illisible', raison: 'deux paquets y ont le même nom' };
  }
  return { type: 'lu', paquets: trier(paquets), sha256: empreinteDe(texte) };
}

/** A folder without inventory, or no folder at all, holds no pack. Never throws. */
export function lireInventaire(dossier: string): LectureInventaire {
  try {
    return interpreter(readFileSync(join(dossier, NOM_INVENTAIRE), 'utf8'));
  } catch (origine) {
    const absent = origine instanceof Error && 'code' in origine && origine.code === 'ENOENT';
    return absent
      ? { type: 'lu', paquets: [], sha256: null }
      : { type: 'illisible', raison: raisonDe(origine) };
  }
}

export function ecrireInventaire(paquets: readonly FichePaquet[]): string {
  return `${JSON.stringify({ version: 1, paquets: trier(paquets) }, null, 1)}\n`;
}

/** Changes whenever the inventory does, for the price of one system call. */
export function etatInventaire(dossier: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(join(dossier, NOM_INVENTAIRE), { bigint: true });
    return `${ino}-${size}-${mtimeNs}`;
  } catch (origine) {
    return raisonDe(origine);
  }
}
