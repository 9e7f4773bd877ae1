/** What the recorder is asked for. */
export interface Demande {
  readonly dossier: string;
  readonly actes: number;
  readonly pes: number;
  readonly graine: number;
}

/** What the world learns, told at the moment when it learns it. */
export type Marque =
  /** A depositor has its answer. */
  | { readonly quoi: 'accuse'; readonly flux: string }
  /** Its first bytes have reached the State. */
  | { readonly quoi: 'entame'; readonly nom: string }
  /** The State has taken it. */
  | { readonly quoi: 'pris'; readonly nom: string; readonly sha256: string }
  /** Our receiver of mails has answered for this one. */
  | { readonly quoi: 'courriel'; readonly idActe: string; readonly message: string }
  | { readonly quoi: 'publie'; readonly nom: string; readonly sha256: string }
  /** Read to its end at the gateway, and forgotten there. */
  | { readonly quoi: 'lu'; readonly nom: string }
  /** A collectivité was told. */
  | { readonly quoi: 'notifie'; readonly id: string; readonly type: string };
