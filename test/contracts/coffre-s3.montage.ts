import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import type { DependancesS3 } from '../../src/adapters/coffre/s3-client.ts';
import type { ReglageS3 } from '../../src/adapters/coffre/s3-reglage.ts';
import { creerFakeLog, type FakeLog } from '../../src/adapters/log/fake.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';

/** Where a test server answers, and as whom. */
export interface AccesEssai {
  readonly adresse: string;
  readonly compartiment: string;
  readonly cleAcces: string;
  readonly secret: string;
}

const MIO = 1024 * 1024;

/** Settings of the adapter for a test: parts are the smallest that S3 takes, waits are a few milliseconds. */
export function reglageEssai(acces: AccesEssai, dossier: string, autres: Partial<ReglageS3> = {}): ReglageS3 {
  const { adresse, compartiment, cleAcces, secret } = acces;
  return {
    adresse,
    compartiment,
    cleAcces,
    secret,
    region: 'us-east-1',
    prefixe: 'tdt/',
    style: 'chemin',
    autorites: '',
    brouillons: dossier,
    taillePartie: 5 * MIO,
    seuil: 6 * MIO,
    parallele: 3,
    retention: null,
    delaiMs: 5_000,
    essais: 4,
    attenteMs: 5,
    ...autres,
  };
}

export function depsEssai(): DependancesS3 & { readonly log: FakeLog } {
  const clock = creerClockSysteme();
  return { clock, random: creerRandomSysteme(clock), log: creerFakeLog() };
}
