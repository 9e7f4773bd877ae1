import type { NomProtocole } from './flux.ts';

/**
 * Queues: what waits for the same thing. A flux waits to be worked on (`flux-<protocole>`), then for its turn at a door of the
 * State (`dest-<destination>`), so that a door that hangs or is held to a pace holds up nothing but what leaves by it. Returns
 * and notifications have one queue each.
 */

export const FILE_RETOURS = 'retours';
export const FILE_LIVRAISONS = 'livraisons';

const DESTINATION = 'dest-';

export function fileDeProtocole(protocole: NomProtocole): string {
  return `flux-${protocole}`;
}

/** @param destination as orders name it: `ACTES`, `HELIOS:dgfip`. */
export function fileDeDestination(destination: string): string {
  return `${DESTINATION}${destination}`;
}

/** The door that a queue waits for; null when it waits for none. */
export function destinationDeFile(file: string): string | null {
  return file.startsWith(DESTINATION) ? file.slice(DESTINATION.length) : null;
}
