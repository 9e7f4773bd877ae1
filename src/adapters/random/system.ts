import { randomBytes } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { creerUuid7 } from './uuid.ts';

const BITS_53 = 2 ** 53;

/** Bytes drawn from the system at once: one call for hundreds of identifiers. */
const RESERVE = 8192;

/** @returns a source of random bytes in hexadecimal, drawn by reserves; no byte is given twice. */
function creerSource(): (n: number) => string {
  let reserve = Buffer.alloc(0);
  let rang = 0;
  return (n) => {
    if (n > RESERVE) return randomBytes(n).toString('hex');
    if (rang + n > reserve.length) {
      reserve = randomBytes(RESERVE);
      rang = 0;
    }
    rang += n;
    const texte = reserve.toString('hex', rang - n, rang);
    reserve.fill(0, rang - n, rang);
    return texte;
  };
}

/** Randomness of the operating system. One per process: identifiers increase within it. */
export function creerRandomSysteme(clock: Clock): Random {
  const hex = creerSource();
  return {
    uuid: creerUuid7(clock, hex),
    hex,
    fraction: () => Number(BigInt(`0x${hex(8)}`) >> 11n) / BITS_53,
  };
}
