/** The header block of POSIX ustar (IEEE Std 1003.1, pax, « ustar Interchange Format »): 512 bytes, octal fields. */

export const BLOC = 512;
/** POSIX default record: 20 blocks. GNU tar pads to it, so do we. */
export const ENREGISTREMENT = 20 * BLOC;
/** Eleven octal digits. */
export const TAILLE_MAX = 0o77777777777;

const SOMME = 148;
const FIN_SOMME = 156;

export interface EnTete {
  readonly nom: string;
  readonly taille: number;
  /** Typeflag as it is written; NUL is given as `0`. */
  readonly type: string;
}

export type LectureEnTete =
  | { readonly type: 'lu'; readonly entete: EnTete }
  | { readonly type: 'somme' }
  | { readonly type: 'format' };

/** Sum of all bytes, those of the checksum itself counted as spaces. */
function somme(bloc: Buffer): number {
  return bloc.reduce((total, octet, i) => total + (i >= SOMME && i < FIN_SOMME ? 0x20 : octet), 0);
}

function octal(valeur: number, chiffres: number): string {
  return valeur.toString(8).padStart(chiffres, '0');
}

/** A regular file, mode 0644, owner 0: nothing of this machine shows. `nom` is ASCII, 100 characters at most. */
export function ecrireEnTete(nom: string, taille: number, secondes: number): Buffer {
  const bloc = Buffer.alloc(BLOC);
  bloc.write(nom, 0);
  bloc.write(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  bloc.write(`${octal(taille, 11)}\0${octal(secondes, 11)}\0`, 124);
  bloc.write('0', 156);
  bloc.write('ustar\u000000', 257);
  bloc.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 329);
  bloc.write(`${octal(somme(bloc), 6)}\0 `, SOMME);
  return bloc;
}

/** Octal number ended by NUL or space, spaces before it allowed; null for anything else (base 256 included). */
function nombre(bloc: Buffer, debut: number, longueur: number): number | null {
  const texte = /^ *([0-7]+)[ \0]*$/.exec(bloc.toString('latin1', debut, debut + longueur))?.[1];
  return texte === undefined ? null : Number.parseInt(texte, 8);
}

/** Names are bytes: UTF-8 when they are, else one character per byte, so that nothing is lost. */
function chaine(bloc: Buffer, debut: number, longueur: number): string {
  const champ = bloc.subarray(debut, debut + longueur);
  const fin = champ.indexOf(0);
  const utile = fin < 0 ? champ : champ.subarray(0, fin);
  const texte = utile.toString('utf8');
  return texte.includes('\ufffd') ? utile.toString('latin1') : texte;
}

/** Reads a header block that is not all zeros. GNU's variant of the magic is accepted: GNU tar writes it by default. */
export function lireEnTete(bloc: Buffer): LectureEnTete {
  const magie = bloc.toString('latin1', 257, 265);
  const posix = magie.startsWith('ustar\0');
  if (!posix && magie !== 'ustar  \0') return { type: 'format' };
  if (nombre(bloc, SOMME, 8) !== somme(bloc)) return { type: 'somme' };
  const taille = nombre(bloc, 124, 12);
  if (taille === null) return { type: 'format' };
  const drapeau = bloc.toString('latin1', 156, 157);
  const prefixe = posix ? chaine(bloc, 345, 155) : '';
  const nom = chaine(bloc, 0, 100);
  return {
    type: 'lu',
    entete: {
      nom: prefixe === '' ? nom : `${prefixe}/${nom}`,
      taille,
      type: drapeau === '\0' ? '0' : drapeau,
    },
  };
}
