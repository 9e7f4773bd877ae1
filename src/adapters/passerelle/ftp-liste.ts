import { type FileInfo, parseList } from 'basic-ftp';

/**
 * Reads a listing (MLSD, Unix or DOS form) line by line: one line that means nothing, a name holding a line feed for
 * instance, must not hide the others.
 */
export function lireListe(texte: string): FileInfo[] {
  return texte.split(/\r?\n/).flatMap((ligne) => {
    try {
      return parseList(ligne);
    } catch {
      return [];
    }
  });
}
