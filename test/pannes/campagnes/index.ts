import { antivirus } from './antivirus.ts';
import type { Campagne } from './campagne.ts';
import { certificat } from './certificat.ts';
import { disquePlein } from './disque-plein.ts';
import { fsyncEio } from './fsync-eio.ts';
import { gel } from './gel.ts';
import { horloge } from './horloge.ts';
import { kill9 } from './kill9.ts';
import { ligne } from './ligne.ts';
import { surAnciens } from './million.ts';
import { pairs } from './pairs.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';

const MILLION = 1_000_000;

/** In the order they run. */
export const CAMPAGNES: readonly Campagne[] = [
  kill9,
  disquePlein,
  fsyncEio,
  ligne,
  horloge,
  pairs,
  certificat,
  antivirus,
  redis,
  postgres,
  gel,
  surAnciens(MILLION),
];
