import { buffer } from 'node:stream/consumers';
import type { PieceDuFlux } from '../../metier/flux.ts';
import type { Coffre } from '../../ports/coffre.ts';
import { nomCachet } from '../../protocoles/actes/noms.ts';
import type { FichierSignable, MessagePrepare, SignaturesEnvoi } from '../../protocoles/protocole.ts';
import { relire } from '../relire.ts';

/** Bytes of the signatures that a flux holds, by the name of the file that each goes with. */

type Lecture = Pick<Coffre, 'ouvrir'>;

/** Those that the depositor gave. Throws VGM-NOY-006 when one of them was altered. */
export async function lireApportees(
  coffre: Lecture,
  fichiers: readonly FichierSignable[],
): Promise<SignaturesEnvoi> {
  const lues = new Map<string, Uint8Array>();
  for (const { nom, apportee } of fichiers) {
    if (apportee !== null) lues.set(nom, await buffer(relire(coffre, apportee)));
  }
  return lues;
}

/** All of them, ours among them: what leaves with the message. Throws VGM-NOY-006. */
export async function lireSignatures(
  coffre: Lecture,
  message: Pick<MessagePrepare, 'nom' | 'fichiers'>,
  pieces: readonly PieceDuFlux[],
): Promise<SignaturesEnvoi> {
  const lues = new Map(await lireApportees(coffre, message.fichiers));
  for (const nom of [...message.fichiers.map((f) => f.nom), message.nom]) {
    const cachet = pieces.findLast((p) => p.role === 'cachet' && p.nom === nomCachet(nom));
    if (cachet !== undefined) lues.set(nom, await buffer(relire(coffre, cachet)));
  }
  return lues;
}
