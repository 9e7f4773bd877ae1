/**
 * Bytes taken by words: on the few tens of bytes that tags are made of, a loop over words beats both a loop over bytes and a
 * call to the native ways.
 */

/** Bytes of a word to compare, and of one to copy. */
const MOT = 4;
export const MOT_LONG = 8;
/** Room that a buffer keeps after its last byte, so that a word may be read or written from any of them. */
export const MARGE_MOT = 8;

export function vueDe(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.length);
}

/** Whether `long` bytes are the same on both sides. */
// oxlint-disable-next-line max-params -- on the way of every tag, where an object to hold them would cost more than the work
export function memes(a: DataView, debutA: number, b: DataView, debutB: number, long: number): boolean {
  if (long < MOT) {
    for (let k = 0; k < long; k += 1) if (a.getUint8(debutA + k) !== b.getUint8(debutB + k)) return false;
    return true;
  }
  for (let k = 0; k < long - MOT; k += MOT)
    if (a.getInt32(debutA + k, true) !== b.getInt32(debutB + k, true)) return false;
  // the last word overlaps the one before it
  const dernier = long - MOT;
  return a.getInt32(debutA + dernier, true) === b.getInt32(debutB + dernier, true);
}
