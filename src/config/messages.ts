import type { z } from 'zod';

/**
 * French wording of zod's findings. Given to each parse (`{ error: messageFrancais }`) rather than installed
 * with `z.config`, which would be state shared by the whole process. zod's own French locale is not used:
 * it writes « doit avoir >=1 caractères ».
 */

const TYPES: Readonly<Record<string, string>> = {
  string: 'un texte entre guillemets',
  number: 'un nombre',
  int: 'un nombre entier',
  boolean: 'true ou false',
  array: 'une liste entre crochets',
  object: 'un groupe de réglages',
  record: 'un groupe de réglages',
  null: 'null',
};

function nature(valeur: unknown): string {
  if (valeur === undefined) return 'rien';
  if (valeur === null) return 'null';
  if (Array.isArray(valeur)) return 'une liste';
  if (typeof valeur === 'string') return `le texte « ${valeur.slice(0, 80)} »`;
  if (typeof valeur === 'object') return 'un groupe';
  return `« ${String(valeur)} »`;
}

interface Borne {
  readonly origine: string;
  readonly limite: number | bigint;
  readonly incluse: boolean | undefined;
}

function borne(sens: 'moins' | 'plus', { origine, limite, incluse }: Borne): string {
  const s = Number(limite) > 1 ? 's' : '';
  if (origine === 'string') return `au ${sens} ${limite} caractère${s}`;
  if (origine === 'array' || origine === 'set') return `au ${sens} ${limite} élément${s}`;
  const mot = sens === 'moins' ? 'supérieur' : 'inférieur';
  return incluse === false ? `un nombre ${mot} à ${limite}` : `un nombre ${mot} ou égal à ${limite}`;
}

function choix(valeurs: readonly unknown[]): string {
  const textes = valeurs.map((v) => (typeof v === 'string' ? `"${v}"` : String(v)));
  const dernier = textes.pop() ?? '';
  return textes.length === 0 ? dernier : `${textes.join(', ')} ou ${dernier}`;
}

const CITES_MAX = 20;

function inconnus(cles: readonly string[]): string {
  const cites = cles.slice(0, CITES_MAX).map((c) => `« ${c.length > 80 ? `${c.slice(0, 80)}…` : c} »`);
  const tus = cles.length > CITES_MAX ? ` et ${cles.length - CITES_MAX} autres` : '';
  return `${cles.length > 1 ? 'noms inconnus' : 'nom inconnu'} : ${cites.join(', ')}${tus}`;
}

/** zod error map, in French: `il faut …, et on lit …`. */
export function messageFrancais(faute: z.core.$ZodRawIssue): string {
  const lu = nature(faute.input);
  switch (faute.code) {
    case 'invalid_type':
      if (faute.input === undefined) return 'obligatoire, et absent';
      return `il faut ${TYPES[faute.expected] ?? faute.expected}, et on lit ${lu}`;
    case 'too_small':
      return `il faut ${borne('moins', { origine: faute.origin, limite: faute.minimum, incluse: faute.inclusive })}, et on lit ${lu}`;
    case 'too_big':
      return `il faut ${borne('plus', { origine: faute.origin, limite: faute.maximum, incluse: faute.inclusive })}, et on lit ${lu}`;
    case 'invalid_value':
      return `il faut ${choix(faute.values)}, et on lit ${lu}`;
    case 'invalid_format':
      return `forme inattendue : on lit ${lu}`;
    case 'unrecognized_keys':
      return inconnus(faute.keys);
    case 'invalid_union':
      if (Array.isArray(faute['options']) && typeof faute.input === 'object')
        return `il faut ${choix(faute['options'].filter((o) => o !== undefined))}`;
      return `aucune des formes permises ne convient : on lit ${lu}`;
    case 'not_multiple_of':
      return `il faut un multiple de ${faute.divisor}, et on lit ${lu}`;
    default:
      return `valeur refusée : on lit ${lu}`;
  }
}

/** `["fenetres", 0, "debut"]` → `fenetres[0].debut`. */
export function chemin(parties: readonly PropertyKey[]): string {
  return parties.reduce<string>((texte, p) => {
    if (typeof p === 'number') return `${texte}[${p}]`;
    return texte === '' ? String(p) : `${texte}.${String(p)}`;
  }, '');
}
