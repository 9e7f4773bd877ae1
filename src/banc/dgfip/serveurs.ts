/** The doors of the simulated gateway, as settings give them. */

export interface OptionsServeurSftp {
  /** 0 = any free port. */
  readonly port: number;
  /** Host key, OpenSSH or PEM text. */
  readonly cleHote: string;
  readonly utilisateur: string;
  readonly motDePasse: string;
  /** Public key let in, OpenSSH text; empty = none. */
  readonly clePublique: string;
}

export interface OptionsServeurFtp {
  /** 0 = any free port. */
  readonly port: number;
  /** PEM contents; null = in clear, as inside the tunnel. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly utilisateur: string;
  readonly motDePasse: string;
  /** `site`: one command per datum (GATEWAY); `site_meta`: all in one (PASSTRANS_FTPS). */
  readonly metadonnees: 'site' | 'site_meta';
}

export interface ServeurOuvert {
  readonly port: number;
  fermer(): Promise<void>;
}
