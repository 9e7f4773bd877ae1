import { parse, TomlError } from 'smol-toml';
import { chemin, messageFrancais } from '../../config/messages.ts';
import { lireJson } from '../../formats/encodages/lire-json.ts';
import { POLITIQUES_HELIOS, type TablePolitiques } from '../../formats/xades/politiques.ts';
import { lirePolitiques } from '../../formats/xades/politiques-fichier.ts';
import { lireFichierSur } from './lecture.ts';

export type ChargementPolitiques =
  | { readonly type: 'charge'; readonly table: TablePolitiques }
  /** One French line per problem: file, place, remedy. */
  | { readonly type: 'refuse'; readonly problemes: readonly string[] };

type Analyse = { readonly valeur: unknown } | { readonly faute: string };

function analyser(fichier: string, texte: string): Analyse {
  if (fichier.endsWith('.json')) {
    const json = lireJson(texte);
    if (json.type === 'lu') return { valeur: json.valeur };
    return { faute: `ligne ${json.ligne}, colonne ${json.colonne} : ${json.motif}. Corriger cette ligne.` };
  }
  try {
    return { valeur: parse(texte.replace(/^\uFEFF/, '')) };
  } catch (e) {
    if (!(e instanceof TomlError)) throw e;
    const ou = `ligne ${e.line}, colonne ${e.column}`;
    return { faute: `${ou} : TOML mal écrit. Corriger cette ligne :\n${e.codeblock.trimEnd()}` };
  }
}

/**
 * The table of signature policies of this site. Never throws.
 * @param fichier TOML, or JSON by its name `*.json`; empty: the built-in table.
 */
export async function chargerPolitiques(fichier: string): Promise<ChargementPolitiques> {
  if (fichier === '') return { type: 'charge', table: POLITIQUES_HELIOS };
  const lecture = await lireFichierSur(fichier, { liens: 'suivis' });
  if (lecture.type === 'refuse') return { type: 'refuse', problemes: [lecture.probleme] };
  const analyse = analyser(fichier, lecture.octets.toString('utf8'));
  if ('faute' in analyse) return { type: 'refuse', problemes: [`${fichier}, ${analyse.faute}`] };
  const lues = lirePolitiques(analyse.valeur, POLITIQUES_HELIOS, messageFrancais);
  if (lues.type === 'lue') return { type: 'charge', table: lues.table };
  const remede = 'Corriger cette ligne ; docs/exploitation.md en donne la forme.';
  return {
    type: 'refuse',
    problemes: lues.fautes.map((f) => `${fichier}, ${chemin(f.place)} : ${f.message}. ${remede}`),
  };
}
