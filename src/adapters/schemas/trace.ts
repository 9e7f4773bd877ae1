import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ajouterLigne } from '../../config/ajout.ts';

/**
 * Who changed the packs, when and how: a file of lines, only added to. Written before the change itself, so that no
 * change is without its line.
 */

export interface LigneTrace {
  /** ISO 8601, universal time. */
  readonly quand: string;
  /** System account, and the person behind it when sudo tells. */
  readonly qui: string;
  readonly geste: 'importer' | 'remplacer' | 'reparer' | 'retirer' | 'politique';
  readonly paquet: string;
  /** Of the content of the pack. */
  readonly empreinte: string;
  /** French, one line. */
  readonly resume: string;
  /** SHA-256 of the inventory once the change is done. */
  readonly inventaire: string;
}

const NOM = 'registre.jsonl';

/** Adds a line, durable when it resolves; a failure leaves the file as it was. */
export async function tracer(dossier: string, ligne: LigneTrace): Promise<void> {
  await ajouterLigne(join(dossier, NOM), JSON.stringify(ligne));
}

/** Last change; null when there is none, or when its line cannot be read. */
export async function derniereTrace(dossier: string): Promise<LigneTrace | null> {
  try {
    const lignes = (await readFile(join(dossier, NOM), 'utf8')).split('\n');
    const lue = JSON.parse(lignes.findLast((l) => l !== '') ?? '') as LigneTrace;
    return Number.isNaN(Date.parse(lue.quand)) || typeof lue.inventaire !== 'string' ? null : lue;
  } catch {
    return null;
  }
}
