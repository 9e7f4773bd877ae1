import type { Command } from 'commander';
import { erreurUsage } from './erreurs.ts';
import type { Sorties } from './monde.ts';

/** Completion scripts, written from the command tree itself. */

interface Noeud {
  /** `retours lister`; empty for the root. */
  readonly chemin: string;
  readonly mots: readonly { readonly mot: string; readonly texte: string }[];
}

function noeuds(commande: Command, chemin: readonly string[]): Noeud[] {
  const mots = [
    ...commande.commands.map((c) => ({ mot: c.name(), texte: c.description() })),
    ...commande.options.flatMap((o) =>
      o.long === undefined || o.long === null ? [] : [{ mot: o.long, texte: o.description }],
    ),
  ];
  const ici = { chemin: chemin.join(' '), mots };
  const dessous = commande.commands.flatMap((c) =>
    [c.name(), ...c.aliases()].flatMap((nom) => noeuds(c, [...chemin, nom])),
  );
  return [ici, ...dessous];
}

function bash(tous: readonly Noeud[]): string[] {
  const cas = tous.map((n) => `    "${n.chemin}") mots="${n.mots.map((m) => m.mot).join(' ')}" ;;`);
  return [
    '_vaguemestre() {',
    '  local courant="${COMP_WORDS[COMP_CWORD]}" chemin="" mots="" i mot',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    mot="${COMP_WORDS[i]}"',
    '    [[ $mot == -* ]] && break',
    '    chemin="${chemin:+$chemin }$mot"',
    '  done',
    '  case "$chemin" in',
    ...cas,
    '  esac',
    '  COMPREPLY=($(compgen -W "$mots" -- "$courant"))',
    '  [[ ${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$courant"))',
    '}',
    'complete -o filenames -F _vaguemestre vaguemestre',
  ];
}

function pourZsh(texte: string): string {
  return texte.replaceAll("'", "'\\''").replaceAll(':', '\\:');
}

function zsh(tous: readonly Noeud[]): string[] {
  const cas = tous.map((n) => {
    const mots = n.mots.map((m) => `'${pourZsh(m.mot)}:${pourZsh(m.texte)}'`);
    return `    '${n.chemin}') mots=(${mots.join(' ')}) ;;`;
  });
  return [
    '#compdef vaguemestre',
    '_vaguemestre() {',
    '  local chemin="" mot',
    '  local -a mots',
    '  for mot in ${words[2,CURRENT-1]}; do',
    '    [[ $mot == -* ]] && break',
    '    chemin="${chemin:+$chemin }$mot"',
    '  done',
    '  case "$chemin" in',
    ...cas,
    '  esac',
    "  _describe 'vaguemestre' mots || _files",
    '}',
    'compdef _vaguemestre vaguemestre',
  ];
}

function pourFish(texte: string): string {
  return texte.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function fish(tous: readonly Noeud[]): string[] {
  const lignes = tous.flatMap((n) => {
    const test = `test "$(__vaguemestre_chemin)" = "${n.chemin}"`;
    return n.mots.map((m) => {
      const quoi = m.mot.startsWith('--') ? `-l ${m.mot.slice(2)}` : `-f -a ${m.mot}`;
      return `complete -c vaguemestre -n '${test}' ${quoi} -d '${pourFish(m.texte)}'`;
    });
  });
  return [
    'function __vaguemestre_chemin',
    '  set -l mots (commandline -opc)[2..]',
    '  set -l chemin',
    '  for mot in $mots',
    "    string match -q -- '-*' $mot; and break",
    '    set -a chemin $mot',
    '  end',
    '  echo "$chemin"',
    'end',
    ...lignes,
  ];
}

/** Writes the script of a shell. Throws VGM-CLI-004 for another one. */
export function completer(racine: Command, shell: string, sorties: Sorties): number {
  const ecrivain = { bash, zsh, fish }[shell];
  if (ecrivain === undefined) {
    const detail = `Interpréteur inconnu : « ${shell} ». Il faut bash, zsh ou fish.`;
    throw erreurUsage(detail, 'completion');
  }
  for (const ligne of ecrivain(noeuds(racine, []))) sorties.ecrire(ligne);
  return 0;
}
