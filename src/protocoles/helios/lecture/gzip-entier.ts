import { constants, gunzipSync } from 'node:zlib';
import type { SortGzip } from './faits.ts';

interface Entier {
  readonly sort: Extract<SortGzip, 'bon' | 'tronque' | 'corrompu'>;
  /** As a flow would have delivered it: nothing, when its one block turns out to be corrupt. */
  readonly sortis: Buffer;
}

function inflater(octets: Uint8Array, maxOutputLength: number, finishFlush: number): Entier | null {
  try {
    const sort = finishFlush === constants.Z_FINISH ? 'bon' : 'tronque';
    return { sort, sortis: gunzipSync(octets, { maxOutputLength, finishFlush }) };
  } catch (faute) {
    const { code, errno } = faute as { readonly code?: string; readonly errno?: number };
    if (code === 'ERR_BUFFER_TOO_LARGE') return null;
    if (errno !== constants.Z_BUF_ERROR) return { sort: 'corrompu', sortis: Buffer.alloc(0) };
    // what came out before the end that is missing
    return inflater(octets, maxOutputLength, constants.Z_SYNC_FLUSH);
  }
}

/**
 * A gzip held whole, inflated where it stands: no flow, no other thread, which would cost ten times the work itself.
 * @param plafond bytes, at least 1. null: more comes out of it.
 */
export function inflaterEntier(octets: Uint8Array, plafond: number): Entier | null {
  return inflater(octets, plafond, constants.Z_FINISH);
}
