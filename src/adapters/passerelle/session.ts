import type { FichierEnAttente, Metadonnees, Verser } from '../../ports/passerelle.ts';
import type { Delais } from './delais.ts';

/** What every gateway is told, whatever the protocol. */
export interface ReglagesPasserelle {
  /** For people. */
  readonly nom: string;
  readonly hote: string;
  readonly port: number;
  readonly utilisateur: string;
  /** Folders at the peer; empty = where the login lands. */
  readonly dossierDepot: string;
  readonly dossierRetrait: string;
  /** Name while the bytes arrive, `{nom}` standing for the final one; empty = written directly under its own name. */
  readonly provisoire: string;
  /** Who takes a fetched file away: the gateway by itself (DGFiP), or this client. */
  readonly retrait: 'passerelle' | 'client';
  readonly delais: Delais;
}

/** Size of a remote file, bytes. `inconnue`: the peer does not let us look. */
export type TailleDistante = number | 'absent' | 'inconnue';

/** What is written: exactly `taille` bytes, or the content throws. */
export interface Ecriture {
  readonly chemin: string;
  readonly contenu: AsyncIterable<Uint8Array>;
  readonly taille: number;
  /** Called once the peer has begun: something of the file may stand there from now on. */
  readonly entamer: () => void;
}

/**
 * One open and authenticated connection. Methods throw a FautePair (or what `contenu` and `verser` throw), and are
 * called one at a time. Paths are `<folder>/<name>`.
 */
export interface Session {
  /** How the peer was recognised, in French, for `diagnostiquer`. */
  readonly accueil: string;
  /** false: the line is broken or its state doubtful. */
  readonly vive: boolean;
  tailleDe(chemin: string): Promise<TailleDistante>;
  /** Of each, asked together where the protocol allows it. */
  taillesDe(chemins: readonly string[]): Promise<readonly TailleDistante[]>;
  /** Metadata given as commands; nothing where the name carries them. */
  annoncer(metadonnees: Metadonnees): Promise<void>;
  /** Creates or truncates. Resolves once the peer has acknowledged the last byte. @returns the size it shows then. */
  ecrire(ecriture: Ecriture): Promise<TailleDistante>;
  /** @param engager called just before the request that the peer may carry out without our knowing. */
  renommer(de: string, vers: string, engager: () => void): Promise<void>;
  effacer(chemin: string): Promise<void>;
  /** Regular files of a folder. */
  lister(dossier: string): Promise<FichierEnAttente[]>;
  /** Reads a file as `Releveur.telecharger` promises. @returns false when it is not there. */
  lire(lecture: Lecture): Promise<boolean>;
  /** Hangs up; never throws. `net`: with the courtesies of the protocol. */
  fermer(net: boolean): void;
}

export interface Lecture {
  readonly chemin: string;
  readonly fichier: FichierEnAttente;
  readonly verser: Verser;
}

export function cheminDe(dossier: string, nom: string): string {
  return dossier === '' ? nom : `${dossier.replace(/\/+$/, '')}/${nom}`;
}
