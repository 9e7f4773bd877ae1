import { createHash } from 'node:crypto';
import type { SourceOctets } from '../flux.ts';

/** Files beside a signature, read once each whatever the number of digests asked of them. */

/** By the name that the references give them; nothing else is ever opened. What was read already is given as it was read. */
export type FichiersFournis = ReadonlyMap<string, SourceOctets | FichierLu>;

export interface FichierLu {
  readonly octets: number;
  /** By the name that node:crypto has for the digest. */
  readonly empreintes: ReadonlyMap<string, Uint8Array>;
}

/** Throws what the source throws. */
export async function lireFichier(source: SourceOctets, hachages: Iterable<string>): Promise<FichierLu> {
  const hashes = [...hachages].map((nom) => [nom, createHash(nom)] as const);
  let octets = 0;
  for await (const bloc of source()) {
    octets += bloc.length;
    for (const [, hash] of hashes) hash.update(bloc);
  }
  return { octets, empreintes: new Map(hashes.map(([nom, hash]) => [nom, hash.digest()])) };
}
