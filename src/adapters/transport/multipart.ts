import { createHmac } from 'node:crypto';

/** Framing of the one file part (RFC 7578); the body itself goes through as a stream. */
export interface Cadre {
  readonly avant: Buffer;
  readonly apres: Buffer;
  readonly typeContenu: string;
}

/**
 * @param demande.champ form field name, `{archive}` standing for the archive name (S²LOW convention).
 * @param demande.sel secret of ours: the boundary must not be guessable by whoever writes the documents, else
 *   bytes of an archive could close the part; and it needs no randomness, so a repeat is byte-identical.
 */
export function encadrer(demande: { nom: string; champ: string; sel: string }): Cadre {
  const bord = `----vaguemestre${createHmac('sha256', demande.sel).update(demande.nom).digest('hex').slice(0, 40)}`;
  const champ = echapper(demande.champ.replaceAll('{archive}', demande.nom));
  const avant =
    `--${bord}\r\n` +
    `Content-Disposition: form-data; name="${champ}"; filename="${echapper(demande.nom)}"\r\n` +
    `Content-Type: application/octet-stream\r\n\r\n`;
  return {
    avant: Buffer.from(avant, 'utf8'),
    apres: Buffer.from(`\r\n--${bord}--\r\n`, 'utf8'),
    typeContenu: `multipart/form-data; boundary=${bord}`,
  };
}

/** Escapes of a quoted parameter, as browsers write them (WHATWG HTML, multipart/form-data encoding). */
function echapper(texte: string): string {
  return texte.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
