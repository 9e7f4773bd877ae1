import type { FluxId, Instant, RetourId, Sha256 } from './identifiants.ts';

/**
 * A message received from the State (an e-mail, or a file of DGFiP's gateway). Its raw bytes are in the coffre before anything is parsed.
 * `recu`: to be analysed; `attribue`: its flux knows; `a_trancher`: parked, a person must see it;
 * `classe`: settled by a person, or without effect (double, reminder).
 */
export type EtatRetour = 'recu' | 'attribue' | 'a_trancher' | 'classe';

/** Wording shown to people. */
export const LIBELLE_RETOUR: Readonly<Record<EtatRetour, string>> = {
  recu: 'à analyser',
  attribue: 'attribué',
  a_trancher: 'à trancher',
  classe: 'classé',
};

export interface Retour {
  readonly id: RetourId;
  readonly sha256: Sha256;
  readonly sha512: string;
  readonly taille: number;
  /** Source: `smtp`, `imap:<box>`, `maildir:<folder>`, `dgfip:<gateway>`. */
  readonly source: string;
  /** Name of the file at its source; null for an e-mail. */
  readonly nom: string | null;
  readonly recu: Instant;
  readonly etat: EtatRetour;
  readonly due: Instant | null;
  readonly tentatives: number;
  /** Why it is parked or settled, in French. */
  readonly motif: string | null;
  /** Flux it was attributed to (several when one mail carries several messages). */
  readonly flux: readonly FluxId[];
  readonly ver: number;
}
