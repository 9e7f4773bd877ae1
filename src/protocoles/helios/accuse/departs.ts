import { departs, type Flux } from '../../../metier/flux.ts';
import { instantDuNom } from '../nommage.ts';

/** How far the clock of the State and ours may differ. Milliseconds. */
const ECART_HORLOGES = 600_000;
const SECONDE = 1000;

/** A base that was put back from a backup forgot how many times a flux left: more than once, for all it knows. */
const OUBLIES = 2;

/** Sendings that an acquittement may answer: no answer is made before its question. */
export interface DepartsAvant {
  /** Made before it, whatever the clocks say. */
  readonly surs: number;
  /** The same, and those made within the doubt of the clocks. */
  readonly possibles: number;
}

/**
 * Sendings of a flux that were made before an acquittement. Its name tells when it was made, to the second; a name that
 * does not is believed to come after all of them.
 */
export function departsAvant(flux: Pick<Flux, 'resume'>, acquittement: string): DepartsAvant {
  const tous = departs(flux);
  const oublies = flux.resume['sortPerdu'] === undefined ? 0 : OUBLIES;
  const fait = instantDuNom(acquittement);
  if (fait === null) return { surs: tous.length, possibles: tous.length + oublies };
  const avant = (limite: number) => tous.filter((d) => Math.floor(d / SECONDE) * SECONDE <= limite).length;
  return { surs: avant(fait), possibles: avant(fait + ECART_HORLOGES) + oublies };
}
