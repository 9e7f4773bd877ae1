/** Bytes of a file name that every file system takes, with room for a prefix. */
const OCTETS_MAX = 200;
/** An extension worth keeping when a name is cut. */
const EXTENSION = /\.[A-Za-z0-9]{1,10}$/;

/** Controls, marks that reorder the line (`fact‮fdp.exe`), lone surrogates, line separators: nothing a reader sees. */
const INVISIBLES = /[\p{C}\u2028\u2029]/gu;

function couper(nom: string): string {
  const extension = EXTENSION.exec(nom)?.[0] ?? '';
  let debut = '';
  let octets = Buffer.byteLength(extension);
  for (const caractere of nom.slice(0, nom.length - extension.length)) {
    octets += Buffer.byteLength(caractere);
    if (octets > OCTETS_MAX) break;
    debut += caractere;
  }
  return `${debut}${extension}`;
}

/**
 * A file name given by somebody else, as a label and never a path: what follows the last separator, without
 * invisible characters, at most 200 bytes of UTF-8. Empty when nothing of it is left.
 */
export function nomDeFichier(recu: string): string {
  const visible = recu.replace(INVISIBLES, '').normalize('NFC');
  const base = visible.slice(Math.max(visible.lastIndexOf('/'), visible.lastIndexOf('\\')) + 1).trim();
  return /^\.*$/.test(base) ? '' : couper(base);
}
