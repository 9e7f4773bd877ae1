import { gunzipSync, constants } from 'node:zlib';

/** The first file part of a multipart/form-data body, whatever its field name (§ D.1: both known forms are accepted). */
export interface PartieFichier {
  readonly nom: string;
  readonly octets: Buffer;
}

/** @returns the boundary of a Content-Type, or undefined when the request is not a form. */
export function bordDe(typeContenu: string | undefined): string | undefined {
  const trouve = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(typeContenu ?? '');
  return trouve?.[1] ?? trouve?.[2];
}

/** @param partiel accept a part whose end has not arrived yet. */
export function premierFichier(corps: Buffer, bord: string, partiel = false): PartieFichier | undefined {
  const delimiteur = Buffer.from(`--${bord}`, 'latin1');
  const separateur = Buffer.concat([Buffer.from('\r\n'), delimiteur]);
  let debut = corps.indexOf(delimiteur);
  while (debut >= 0) {
    const finEntetes = corps.indexOf('\r\n\r\n', debut);
    if (finEntetes < 0) return undefined;
    const entetes = corps.toString('utf8', debut + delimiteur.length, finEntetes);
    const fin = corps.indexOf(separateur, finEntetes + 2);
    const nom = /^content-disposition:.*[;\s]filename="([^"]*)"/im.exec(entetes)?.[1];
    if (nom !== undefined && (fin >= 0 || partiel)) {
      return { nom, octets: corps.subarray(finEntetes + 4, fin < 0 ? corps.length : fin) };
    }
    if (fin < 0) return undefined;
    debut = fin + 2;
  }
  return undefined;
}

/**
 * NumeroInterne announced by the second file of an archive that is still arriving, to cut a connection in the middle
 * of a body and not after it. @returns undefined when too little has come.
 */
export function numeroEnChemin(debut: Buffer): string | undefined {
  let tar: Buffer;
  try {
    tar = gunzipSync(debut, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 50_000_000 });
  } catch {
    return undefined;
  }
  const taille = Number.parseInt(tar.toString('latin1', 124, 136), 8);
  if (Number.isNaN(taille)) return undefined;
  const second = 512 + Math.ceil(taille / 512) * 512;
  const nom = tar.toString('latin1', second, second + 100);
  return /^[^-]{3}-[0-9]{9}-[0-9]{8}-([A-Z0-9_]+)-/.exec(nom)?.[1];
}
