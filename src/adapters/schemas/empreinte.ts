import { createHash } from 'node:crypto';

/** SHA-256, in lower-case hexadecimal. */
export function empreinteDe(contenu: string | Uint8Array): string {
  return createHash('sha256').update(contenu).digest('hex');
}
