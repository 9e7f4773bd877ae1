import { z } from 'zod';
import { manifest } from './manifest.ts';

/** Names of the settings, read from the manifest itself so that they cannot drift from it. */

function interieur(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return interieur(schema.def.innerType);
  return schema;
}

function parcourir(schema: z.core.$ZodType, prefixe: string, cles: string[]): void {
  const dedans = interieur(schema);
  if (dedans instanceof z.ZodObject) {
    for (const [nom, sous] of Object.entries(dedans.shape)) {
      parcourir(sous as z.core.$ZodType, prefixe === '' ? nom : `${prefixe}.${nom}`, cles);
    }
    return;
  }
  if (prefixe !== '') cles.push(prefixe);
  if (dedans instanceof z.ZodArray && interieur(dedans.element) instanceof z.ZodObject) {
    parcourir(dedans.element, `${prefixe}[]`, cles);
  }
}

/** Every setting as a dotted name; `reception.imap[].hote` for those of a list. */
export function clesConnues(): string[] {
  const cles: string[] = [];
  parcourir(manifest, '', cles);
  return cles;
}

/** Edits (insert, remove, replace, swap of neighbours) between two words. */
export function distance(a: string, b: string): number {
  const grille = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  const lire = (i: number, j: number): number => grille[i]?.[j] ?? 0;
  for (let j = 0; j <= b.length; j += 1) (grille[0] as number[])[j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const egal = a[i - 1] === b[j - 1];
      let cout = Math.min(lire(i - 1, j) + 1, lire(i, j - 1) + 1, lire(i - 1, j - 1) + (egal ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cout = Math.min(cout, lire(i - 2, j - 2) + 1);
      }
      (grille[i] as number[])[j] = cout;
    }
  }
  return lire(a.length, b.length);
}

/** Word of `candidats` nearest to `mot`, when it is near enough to be a slip of the hand. */
export function plusProche(mot: string, candidats: readonly string[]): string | undefined {
  let meilleur: string | undefined;
  let ecart = Math.max(2, Math.floor(mot.length / 3)) + 1;
  for (const candidat of candidats) {
    const d = distance(mot, candidat);
    if (d < ecart) {
      ecart = d;
      meilleur = candidat;
    }
  }
  return meilleur;
}

/**
 * The known setting that a misspelt one stands for: same section first, then the last word in any section
 * (a setting written under the wrong heading).
 */
export function cleProche(section: string, nom: string): string | undefined {
  const generique = section.replace(/\[\d+\]/g, '[]');
  const prefixe = generique === '' ? '' : `${generique}.`;
  const connues = clesConnues();
  const freres = new Set(
    connues.filter((c) => c.startsWith(prefixe)).map((c) => c.slice(prefixe.length).split('.')[0] as string),
  );
  const frere = plusProche(nom, [...freres]);
  if (frere !== undefined) return section === '' ? frere : `${section}.${frere}`;
  const ailleurs = connues.filter((c) => c.endsWith(`.${nom}`) || c === nom);
  return ailleurs.length === 1 ? ailleurs[0] : undefined;
}
