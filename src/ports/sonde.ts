export interface Constat {
  readonly sujet: string;
  readonly etat: 'bon' | 'attention' | 'panne';
  /** In French: what was seen. */
  readonly detail: string;
  /** In French: what to do; empty when nothing. */
  readonly remede: string;
}

/** What a look at a peer gave. */
export interface Sondage {
  readonly joignable: boolean;
  /** French, for people. */
  readonly detail: string;
}

/** A peer that can be looked at without giving it anything to do. Never throws. */
export interface Sondable {
  sonder(): Promise<Sondage>;
}

/** One thing the daemon knows how to look at: a peer, a certificate, a disk. Never throws. */
export interface Sonde {
  readonly sujet: string;
  sonder(): Promise<Constat>;
}
