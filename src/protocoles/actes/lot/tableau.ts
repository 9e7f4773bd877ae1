import { CsvError, parse } from 'csv-parse/sync';
import { decoder } from '../../../formats/encodages/texte.ts';
import { compterConnues } from './colonnes.ts';
import type { Faute } from './fautes.ts';

/** The bytes of a manifest as rows of cells, whatever the tool and the system that wrote them. */

/** Bytes; 10,000 actes take about 2 MB. */
export const MANIFESTE_MAX = 16 * 1024 * 1024;
/** Rows; the whole is held in memory. */
const RANGS_MAX = 20_000;
const CELLULES_MAX = 100;

const SEPARATEURS = [';', ',', '\t'] as const;

export interface Rang {
  /** As a spreadsheet counts. */
  readonly ligne: number;
  /** Without the spaces around. */
  readonly cellules: readonly string[];
}

export type Tableau = { readonly rangs: readonly Rang[] } | { readonly faute: Faute };

function refuser(question: Faute['question'], ligne: number, dit: readonly [string, string]): Tableau {
  return { faute: { question, ligne, message: dit[0], remede: dit[1] } };
}

const ENREGISTRER =
  'Dans le tableur : Enregistrer sous, « CSV UTF-8 (délimité par des virgules) » ou « Texte CSV ».';

/** What is no text, by its first bytes; null for a text. */
function autreQueTexte(octets: Uint8Array): readonly [string, string] | null {
  const tete = Buffer.from(octets.subarray(0, 4)).toString('latin1');
  if (tete.startsWith('PK') || tete.startsWith('\xd0\xcf'))
    return ['Le manifeste est un classeur de tableur ou un ZIP, et non un fichier CSV.', ENREGISTRER];
  if (octets.length === 0)
    return ['Le manifeste est vide.', 'Écrire une ligne de titres, puis une ligne par acte.'];
  return null;
}

/** UTF-16 is what « Texte Unicode » means to a spreadsheet. */
function enTexte(octets: Uint8Array): string {
  const [un, deux] = octets;
  if (un === 0xff && deux === 0xfe) return new TextDecoder('utf-16le').decode(octets);
  if (un === 0xfe && deux === 0xff) return new TextDecoder('utf-16be').decode(octets);
  return decoder(octets);
}

function decouper(texte: string, separateur: string): string[][] {
  return parse(texte, {
    delimiter: separateur,
    record_delimiter: '\n',
    relax_column_count: true,
    max_record_size: 1024 * 1024,
  });
}

/** The one that makes known titles out of the first line. */
function separateurDe(texte: string): string {
  const [premiere = ''] = texte.trimStart().split('\n', 1);
  const comptes = SEPARATEURS.map((s) => compterConnues(premiere.split(s).map((t) => t.replaceAll('"', ''))));
  return SEPARATEURS[comptes.indexOf(Math.max(...comptes))] ?? ';';
}

const MAL_CITE: readonly [string, string] = [
  'Des guillemets sont mal placés : la suite du manifeste ne peut pas être lue.',
  'Entourer la cellule entière de guillemets et doubler ceux du texte : "Bail du ""Moulin""".',
];

/** Rows that hold something. The first fault of the quotes hides what follows: it is told alone. */
export function lireTableau(octets: Uint8Array): Tableau {
  const etranger = autreQueTexte(octets);
  if (etranger !== null) return refuser('fichier', 0, etranger);
  const texte = enTexte(octets).replace(/\r\n?/g, '\n');
  if (texte.includes('\0'))
    return refuser('fichier', 0, [
      'Le manifeste contient des octets nuls : ce n’est pas un texte.',
      ENREGISTRER,
    ]);
  let lignes: string[][];
  try {
    lignes = decouper(texte, separateurDe(texte));
  } catch (erreur) {
    if (!(erreur instanceof CsvError)) throw erreur;
    return refuser('guillemets', Number(erreur['records'] ?? 0) + 1, MAL_CITE);
  }
  const rangs = lignes
    .map((cellules, i) => ({ ligne: i + 1, cellules: cellules.map((c) => c.trim()) }))
    .filter(({ cellules }) => cellules.some((c) => c !== ''));
  const large = rangs.find(({ cellules }) => cellules.length > CELLULES_MAX);
  if (large !== undefined)
    return refuser('cellules', large.ligne, [
      `La ligne compte ${large.cellules.length} cellules.`,
      `N’en écrire que ${CELLULES_MAX} au plus.`,
    ]);
  if (rangs.length > RANGS_MAX)
    return refuser('fichier', 0, [
      `Le manifeste compte ${rangs.length} lignes.`,
      `Le partager en lots de ${RANGS_MAX} lignes au plus.`,
    ]);
  return { rangs };
}
