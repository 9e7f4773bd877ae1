import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { AlgorithmeSignataire, Signataire } from '../../ports/signataire.ts';
import { choisirAlgorithme, hachageDe } from './algorithme.ts';

/** With a callback, node:crypto signs in the thread pool: the loop keeps serving meanwhile. */
const signerAilleurs = promisify(sign);

export interface CleLocale {
  readonly cle: KeyObject;
  readonly certificat: Uint8Array;
  readonly chaine: readonly Uint8Array[];
  readonly algorithme?: AlgorithmeSignataire;
}

/** A key held by this process. Throws VGM-SGT-003. */
export function signataireLocal({ cle, certificat, chaine, algorithme: demande }: CleLocale): Signataire {
  const algorithme = choisirAlgorithme(cle, demande);
  return {
    certificat,
    chaine,
    algorithme,
    async signer(octets) {
      const options = { key: cle, dsaEncoding: 'ieee-p1363' } as const;
      return new Uint8Array(await signerAilleurs(hachageDe(algorithme), octets, options));
    },
  };
}
