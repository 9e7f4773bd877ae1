import {
  APRES_VALEUR,
  AVANT_URI,
  AVANT_VALEUR,
  NOM_EMPREINTES,
  NOM_EMPREINTES_LIGNES,
  NOM_LIGNES,
  NOM_MANIFESTE,
  PIED_MANIFESTE,
  TETE_MANIFESTE,
} from './manifeste.ts';
import { XMLSEC, xpathSignature } from './signatures.ts';

/** Writes a string as a single-quoted word of the shell. */
const mot = (texte: string): string => `'${texte}'`;
/** Writes a string as an awk literal. */
const awk = (texte: string): string => `"${texte.replaceAll('"', '\\"')}"`;

/**
 * `verifier.sh`: POSIX sh, sha256sum and the ordinary text tools, nothing of ours (rule « proof without us »);
 * xmlsec1 where it is, for the signatures of a PES: a deposit refused for a false one has a sound proof all the same.
 * The manifest is written again from the files and compared whole, so that no byte of it can change unseen.
 * A number read from a line is checked before any arithmetic: a shell would evaluate it.
 */
export const VERIFIER_SH = `#!/bin/sh
# Vérifie ce dossier de preuve : « sh verifier.sh ».
# Outils nécessaires : sh, dirname, sha256sum, awk, find, sort, uniq, cut, sed, tr, grep, cmp. Rien d’autre.
# Si xmlsec1 est là, il vérifie aussi les signatures que porte un PES, ce qui ne change pas le verdict ; s’en
# dispenser : « sh verifier.sh sans-signatures ».
# Code de sortie : 0 si le dossier est intact, 1 s’il est altéré.
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")" || exit 1
fautes=0
faute() { echo "FAUX  $1"; fautes=$((fautes + 1)); }

# 1. Chaque fichier a l’empreinte écrite dans la liste.
sha256sum -c ${NOM_EMPREINTES} >/dev/null 2>&1 || {
  faute "des fichiers n’ont pas l’empreinte écrite dans ${NOM_EMPREINTES} :"
  sha256sum -c ${NOM_EMPREINTES} 2>/dev/null | sed -n 's/^\\(.*\\): FAILED.*/        \\1/p'
}

# 2. Aucun fichier ajouté, aucun fichier retiré.
presents=$(find . ! -type d | sed 's|^\\./||' | sort)
attendus=$({ cut -c67- ${NOM_EMPREINTES}; echo ${NOM_EMPREINTES}; echo ${NOM_MANIFESTE}; } | sort)
[ "$presents" = "$attendus" ] || {
  faute "des fichiers sont en trop ou manquent :"
  { echo "$presents"; echo "$attendus"; } | sort | uniq -u | sed 's/^/        /'
}

# 3. Le manifeste est exactement celui de ces fichiers.
{ sha256sum ${NOM_EMPREINTES}; sed '/  mimetype$/d' ${NOM_EMPREINTES}; } | sort -k 2 | awk '
function v(c) { return index("0123456789abcdef", c) - 1 }
BEGIN {
  B = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
${TETE_MANIFESTE.map((l) => `  print ${awk(l)}`).join('\n')}
}
{
  h = substr($0, 1, 64) "00"; s = ""
  for (i = 1; i < 66; i += 3) {
    x = v(substr(h, i, 1)) * 256 + v(substr(h, i + 1, 1)) * 16 + v(substr(h, i + 2, 1))
    s = s substr(B, int(x / 64) + 1, 1) substr(B, x % 64 + 1, 1)
  }
  print ${awk(AVANT_URI)} substr($0, 67) ${awk(AVANT_VALEUR)} substr(s, 1, 43) ${awk(`=${APRES_VALEUR}`)}
}
END { print ${awk(PIED_MANIFESTE)} }' | cmp -s - ${NOM_MANIFESTE} || faute "le manifeste ${NOM_MANIFESTE} ne correspond pas aux fichiers"

# 4. Chaque ligne du journal a son empreinte ; deux lignes qui se suivent sont chaînées.
dernier=0; organisme=; precedente=; empreintes=
while IFS= read -r ligne; do
  n=\${ligne#${mot('{"n":')}}; n=\${n%%,*}
  org=\${ligne#*${mot('"org":"')}}; org=\${org%%${mot('"')}*}
  case $n in '' | 0* | *[!0-9]*) faute "ligne de journal illisible"; n=1; org= ;; esac
  if [ "$org" = "$organisme" ] && [ "$n" -le "$dernier" ]; then
    faute "la ligne $n du journal n’est pas à sa place"
  elif [ "$org" = "$organisme" ] && [ "$n" -eq $((dernier + 1)) ]; then
    case $ligne in
      *",\\"prev\\":\\"$precedente\\"}") ;;
      *) faute "la ligne $n du journal ne suit pas la ligne $dernier" ;;
    esac
  fi
  precedente=$(printf '%s' "$ligne" | sha256sum | cut -c1-64)
  empreintes="$empreintes$precedente
"
  dernier=$n; organisme=$org
done <${NOM_LIGNES}
printf '%s' "$empreintes" | cmp -s - ${NOM_EMPREINTES_LIGNES} || faute "le journal n’a pas les empreintes écrites dans ${NOM_EMPREINTES_LIGNES}"

# 5. Le journal cite chaque pièce ; il ne cite que des pièces présentes, sauf un retour de l’État resté sans effet.
for empreinte in $(sed -n 's|^\\([0-9a-f]\\{64\\}\\)  pieces/.*|\\1|p' ${NOM_EMPREINTES}); do
  grep -q '"obj":"[^"]*sha256:'"$empreinte" ${NOM_LIGNES} ||
    faute "aucune ligne du journal ne cite la pièce d’empreinte $empreinte"
done
for empreinte in $(grep -v '"ev":"RETOUR_' ${NOM_LIGNES} | sed -n 's/.*"obj":"\\([^"]*\\)".*/\\1/p' |
  tr ' ' '\\n' | sed -n 's/^sha256:\\([0-9a-f]\\{64\\}\\)$/\\1/p' | sort -u); do
  grep -q "^$empreinte  pieces/" ${NOM_EMPREINTES} || faute "le journal cite une pièce absente, d’empreinte $empreinte"
done

if [ "$fautes" -ne 0 ]; then
  echo "DOSSIER ALTÉRÉ : $fautes défaut(s) ci-dessus."
  exit 1
fi
echo "DOSSIER INTACT : tous les fichiers, le manifeste et le journal concordent."

# 6. Les signatures d’un PES, une à une : « ne la confirme pas » se lit avec le rapport sur les signatures.
[ "$1" != sans-signatures ] || exit 0
for pes in pieces/[0-9][0-9][0-9]-pes-* pieces/[0-9][0-9][0-9]-pes_signe-*; do
  [ -f "$pes" ] || continue
  nombre=$(tr '<' '\\n' <"$pes" | grep -c '^/[^>]*SignatureValue')
  [ "$nombre" -eq 0 ] || command -v xmlsec1 >/dev/null 2>&1 || {
    echo "SIGNATURES  $pes : $nombre, non vérifiées (xmlsec1 n’est pas installé)"
    continue
  }
  rang=0
  while [ "$rang" -lt "$nombre" ]; do
    rang=$((rang + 1))
    if ${XMLSEC.join(' ')} --node-xpath "${xpathSignature('$rang')}" "$pes" >/dev/null 2>&1; then
      echo "SIGNATURE   $pes, n° $rang : intègre (xmlsec1)"
    else
      echo "SIGNATURE   $pes, n° $rang : xmlsec1 ne la confirme pas"
    fi
  done
done
exit 0
`;
