import type { Etat } from '../metier/etats.ts';
import { fileDeDestination, fileDeProtocole } from '../metier/files.ts';
import type { Flux } from '../metier/flux.ts';
import type { OutilsMoteur } from './outils.ts';

/** States in which a flux waits at a door of the State: to leave, or to be looked for there. */
const AU_GUICHET: readonly Etat[] = ['pret', 'en_ligne', 'incertain'];

/** Queue in which a flux waits, as it now stands. */
export async function fileDe(
  { destinationDe }: Pick<OutilsMoteur, 'destinationDe'>,
  flux: Flux,
): Promise<string> {
  const destination = AU_GUICHET.includes(flux.etat) ? await destinationDe(flux) : null;
  return destination === null ? fileDeProtocole(flux.protocole) : fileDeDestination(destination);
}
