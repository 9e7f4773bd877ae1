export interface Constat {
  readonly sujet: string;
  readonly etat: 'bon' | 'attention' | 'panne';
  /** In French: what was seen. */
  readonly detail: string;
  /** In French: what to do; empty when nothing. */
  readonly remede: string;
}

/** One thing the daemon knows how to look at: a peer, a certificate, a disk. Never throws. */
export interface Sonde {
  readonly sujet: string;
  sonder(): Promise<Constat>;
}
