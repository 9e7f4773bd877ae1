import { access, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { raisonDe } from '../../config/fichiers.ts';
import { messageFrancais } from '../../config/messages.ts';
import { sha256 } from '../../formats/certificats/certificat.ts';
import { fusionner } from '../../formats/certificats/fusion.ts';
import {
  lireMagasin,
  type MagasinConfiance,
  type MagasinOuvert,
  ouvrirMagasin,
} from '../../formats/certificats/magasin.ts';
import { lireJson } from '../../formats/encodages/lire-json.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import { lireFichierSur, type OptionsLecture } from './lecture.ts';

/** The trust store as it stands on disk: files of JSON, or folders of them, joined into one. */

export interface FichierMagasin {
  readonly fichier: string;
  readonly sha256: Sha256;
  readonly magasin: MagasinConfiance;
}

export type ChargementMagasin =
  | {
      readonly type: 'charge';
      /** Ready to be judged with. */
      readonly magasin: MagasinOuvert;
      /** The same, as data. */
      readonly donnees: MagasinConfiance;
      readonly fichiers: readonly FichierMagasin[];
      /** Files of the folders that are no store (certificates put there by hand…): nothing trusts them. */
      readonly ignores: readonly string[];
    }
  /** One French line per problem: file, place, remedy. */
  | { readonly type: 'refuse'; readonly problemes: readonly string[] };

interface Trouve extends OptionsLecture {
  readonly fichier: string;
}

interface Inventaire {
  readonly trouves: readonly Trouve[];
  readonly ignores: readonly string[];
  readonly problemes: readonly string[];
}

/** Files of the folder itself that are not hidden; those under another name than `*.json` are left out and said. */
async function inventorier(chemin: string): Promise<Inventaire> {
  const vide = { trouves: [], ignores: [], problemes: [] };
  try {
    const faits = await stat(chemin);
    if (!faits.isDirectory()) return { ...vide, trouves: [{ fichier: chemin, liens: 'suivis' }] };
    if ((faits.mode & 0o002) !== 0) {
      const remede = 'Retirer ce droit (chmod o-w), puis vérifier ce que le dossier contient.';
      return { ...vide, problemes: [`${chemin} : tout compte de la machine peut y écrire. ${remede}`] };
    }
    const entrees = await readdir(chemin, { withFileTypes: true });
    const noms = entrees
      .filter((e) => !e.isDirectory() && !e.name.startsWith('.') && !e.name.endsWith('.jsonl'))
      .map((e) => e.name)
      .toSorted();
    const magasins = noms.filter((n) => n.endsWith('.json'));
    return {
      ...vide,
      trouves: magasins.map((n) => ({ fichier: join(chemin, n), liens: 'refuses' })),
      ignores: noms.filter((n) => !n.endsWith('.json')).map((n) => join(chemin, n)),
    };
  } catch (origine) {
    const remede = 'Corriger le chemin ou les droits.';
    return { ...vide, problemes: [`${chemin} : ${raisonDe(origine)}. ${remede}`] };
  }
}

type LectureFichierMagasin =
  | ({ readonly type: 'lu' } & FichierMagasin)
  | { readonly type: 'refuse'; readonly problemes: readonly string[] };

async function lireUn({ fichier, liens }: Trouve): Promise<LectureFichierMagasin> {
  const lecture = await lireFichierSur(fichier, { liens });
  if (lecture.type === 'refuse') return { type: 'refuse', problemes: [lecture.probleme] };
  const json = lireJson(lecture.octets.toString('utf8'));
  if (json.type === 'illisible') {
    const ou = `ligne ${json.ligne}, colonne ${json.colonne}`;
    const remede = 'Corriger cette ligne, ou remettre le fichier d’origine.';
    return { type: 'refuse', problemes: [`${fichier}, ${ou} : ${json.motif}. ${remede}`] };
  }
  const lu = lireMagasin(json.valeur, messageFrancais);
  if (lu.type === 'lu') return { type: 'lu', fichier, sha256: sha256(lecture.octets), magasin: lu.magasin };
  const remede = 'Corriger le fichier, ou refaire l’import (vaguemestre confiance importer).';
  return { type: 'refuse', problemes: lu.problemes.map((p) => `${fichier}, ${p}. ${remede}`) };
}

/**
 * Loads a store from JSON files or folders of them. Symbolic links inside a folder, and files that any account may
 * write, are refused. Never throws.
 * @param chemins files or folders; a name that does not exist is a problem.
 */
export async function chargerMagasin(chemins: string | readonly string[]): Promise<ChargementMagasin> {
  const inventaires = await Promise.all([chemins].flat().map(inventorier));
  const uniques = new Map(inventaires.flatMap((i) => i.trouves).map((t) => [resolve(t.fichier), t]));
  const lectures = await Promise.all([...uniques.values()].map(lireUn));
  const problemes = [
    ...inventaires.flatMap((i) => i.problemes),
    ...lectures.flatMap((l) => (l.type === 'refuse' ? l.problemes : [])),
  ];
  if (problemes.length > 0) return { type: 'refuse', problemes };
  const fichiers = lectures.flatMap((l) =>
    l.type === 'lu' ? [{ fichier: l.fichier, sha256: l.sha256, magasin: l.magasin }] : [],
  );
  const fusion = fusionner(fichiers);
  if (fusion.type === 'refuse') return fusion;
  return {
    type: 'charge',
    magasin: ouvrirMagasin(fusion.magasin),
    donnees: fusion.magasin,
    fichiers,
    ignores: inventaires.flatMap((i) => i.ignores),
  };
}

/** The same for a folder that may not be there yet, and then holds nothing, with other files and folders beside it. */
export async function chargerDossier(dossier: string, autres: readonly string[]): Promise<ChargementMagasin> {
  const present = await access(dossier).then(
    () => true,
    (origine: NodeJS.ErrnoException) => origine.code !== 'ENOENT',
  );
  return chargerMagasin([...(present ? [dossier] : []), ...autres]);
}
