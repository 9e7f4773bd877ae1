import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ajouterLigne } from '../../config/ajout.ts';
import { raisonDe } from '../../config/fichiers.ts';
import { sha256 } from '../../formats/certificats/certificat.ts';
import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import type { FichierMagasin } from './charger.ts';

/**
 * Who changed the trust folder, when and how: a file of lines, only added to, each holding the digest of the line
 * before it. Written before the change itself, so that no change is without its line.
 */

export interface LigneRegistre {
  /** From 1, without gap. */
  readonly n: number;
  readonly quand: Instant;
  /** System account, and the person behind it when sudo tells. */
  readonly qui: string;
  readonly geste: 'importer' | 'retirer';
  /** Family, or list. */
  readonly objet: string;
  /** French, one line. */
  readonly resume: string;
  /** State of the folder: what `LC_ALL=C sha256sum *.json | sha256sum` says in it. */
  readonly avant: Sha256;
  readonly apres: Sha256;
  /** SHA-256 of the line before, without its end; zeros for the first. */
  readonly precedente: Sha256;
}

export type NouvelleLigne = Omit<LigneRegistre, 'n' | 'precedente'>;

export interface Registre {
  readonly lignes: readonly LigneRegistre[];
  /** French: first break of the chain; null when it holds. */
  readonly rupture: string | null;
  /** SHA-256 of the last line. */
  readonly tete: Sha256;
}

const NOM = 'registre.jsonl';
const LECTURE = constants.O_RDONLY | constants.O_NOFOLLOW;
const ZEROS = '0'.repeat(64) as Sha256;

/** @param fichiers by name, and digest of their contents. */
export function etatDe(fichiers: ReadonlyMap<string, Sha256>): Sha256 {
  const lignes = [...fichiers].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([nom, s]) => `${s}  ${nom}\n`);
  return sha256(Buffer.from(lignes.join('')));
}

export function empreintes(fichiers: readonly FichierMagasin[]): Map<string, Sha256> {
  return new Map(fichiers.map((f) => [f.fichier.slice(f.fichier.lastIndexOf('/') + 1), f.sha256]));
}

function lireLigne(texte: string): LigneRegistre | null {
  try {
    const lue = JSON.parse(texte) as LigneRegistre;
    return typeof lue.n === 'number' && typeof lue.precedente === 'string' ? lue : null;
  } catch {
    return null;
  }
}

/** An absent register is an empty one; one that cannot be read is told as broken. */
export async function lireRegistre(dossier: string): Promise<Registre> {
  let texte = '';
  try {
    const fichier = await open(join(dossier, NOM), LECTURE);
    texte = await fichier.readFile('utf8').finally(() => fichier.close());
  } catch (origine) {
    const absent = origine instanceof Error && 'code' in origine && origine.code === 'ENOENT';
    if (!absent) return { lignes: [], rupture: `il ne peut pas être lu (${raisonDe(origine)})`, tete: ZEROS };
  }
  return relire(texte);
}

function relire(texte: string): Registre {
  const brutes = texte.split('\n').filter((l) => l !== '');
  const lignes: LigneRegistre[] = [];
  let tete = ZEROS;
  let rupture: string | null = null;
  for (const [rang, brute] of brutes.entries()) {
    const lue = lireLigne(brute);
    if (lue === null) rupture ??= `la ligne ${rang + 1} est illisible`;
    else {
      if (lue.precedente !== tete || lue.n !== lignes.length + 1) {
        rupture ??= `la ligne ${rang + 1} ne suit pas la précédente`;
      }
      lignes.push(lue);
    }
    tete = sha256(Buffer.from(brute));
  }
  return { lignes, rupture, tete };
}

/** Adds a line, durable when it resolves; a failure leaves the file as it was. */
export async function inscrire(dossier: string, nouvelle: NouvelleLigne): Promise<void> {
  const { lignes, tete } = await lireRegistre(dossier);
  const ligne: LigneRegistre = { n: lignes.length + 1, ...nouvelle, precedente: tete };
  await ajouterLigne(join(dossier, NOM), JSON.stringify(ligne));
}
