import type { Mailbox } from '../../ports/mailbox.ts';

/** In-memory mailbox; the list is the source, shared by those who put messages in it. */
export interface FakeMailbox extends Mailbox {
  /** What still waits at the source. */
  readonly attente: Uint8Array[];
}

/** @param attente the source: give the same list to a second mailbox to play a restart. */
export function creerFakeMailbox(nom: string, attente: Uint8Array[] = []): FakeMailbox {
  return {
    nom,
    attente,
    async relever(consigner) {
      let consignes = 0;
      // The source shrinks on the way: the round walks what waited when it began.
      for (const message of attente.slice()) {
        await consigner(message, nom);
        attente.splice(attente.indexOf(message), 1);
        consignes += 1;
      }
      return consignes;
    },
    sonder: async () => undefined,
  };
}
