import { randomBytes } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { creerUuid7 } from './uuid.ts';

const BITS_53 = 2 ** 53;

function hex(n: number): string {
  return randomBytes(n).toString('hex');
}

/** Randomness of the operating system. One per process: identifiers increase within it. */
export function creerRandomSysteme(clock: Clock): Random {
  return {
    uuid: creerUuid7(clock, hex),
    hex,
    fraction: () => Number(randomBytes(8).readBigUInt64BE() >> 11n) / BITS_53,
  };
}
