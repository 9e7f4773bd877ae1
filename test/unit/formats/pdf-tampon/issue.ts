import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import { ErreurVgm } from '../../../../src/metier/erreurs.ts';
import { DEMANDE } from './oracles.ts';

/** @returns code of the refusal, or `pose`. Anything but our own errors goes through. */
export function issue(octets: Uint8Array): string {
  try {
    tamponnerPdf(octets, DEMANDE);
    return 'pose';
  } catch (e) {
    if (e instanceof ErreurVgm) return e.fiche.code;
    throw e;
  }
}
