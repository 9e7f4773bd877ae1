import type { Readable } from 'node:stream';
import type { FicheErreur } from '../metier/erreurs.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Sondable } from './sonde.ts';

/** What the DGFiP's gateway is told of a PES beside its bytes (GATEWAY and PASSTRANS modes). */
export interface Metadonnees {
  /** P_DEST, the department centre: `VHPCE11`… */
  readonly dest: string;
  /** P_APPLI: `GHELPES2` in production, `THELPES2` on the test platform. */
  readonly appli: string;
  /** P_MSG: `PES#<CodCol>#<IdPost>#<CodBud>`. */
  readonly msg: string;
}

/** A PES as the gateway knows it: fixed before the first try, the same on every one. */
export interface IdentitePes {
  /**
   * Over FTP, the whole remote name: `PESALR2_<SIREN>_<yyMMdd>_<NNN>.xml`. Over Passtrans SFTP, what follows the
   * metadata in it: the SHA-1 of the file, in hexadecimal.
   */
  readonly nomDistant: string;
  readonly metadonnees: Metadonnees;
  /** Bytes. */
  readonly taille: number;
}

export interface EnvoiPes extends IdentitePes {
  readonly ouvrir: () => Promise<Readable>;
}

export type IssueDepot =
  /** The peer holds the whole file under `nomFinal`. `deja`: found there, left by an earlier try; nothing was sent. */
  | { readonly type: 'prise'; readonly nomFinal: string; readonly deja: boolean }
  /**
   * `erreur.nature`: passagere = the peer took nothing, certain; incertaine = it may hold the file; definitive = the
   * same try would fail the same way. `enCause`: what has to change. A fault of the gateway, even definitive, is never
   * a verdict on the document.
   */
  | { readonly type: 'echec'; readonly erreur: FicheErreur; readonly enCause: 'passerelle' | 'envoi' };

/** What the remote listing says of a PES. `inconnue`: the peer lets nobody look. */
export type Presence =
  | { readonly type: 'presente' }
  /** Something else bears the name. Bytes. */
  | { readonly type: 'differente'; readonly taille: number }
  | { readonly type: 'absente' }
  | { readonly type: 'inconnue' };

/** The way out. */
export interface Deposant {
  /**
   * Leaves a PES, under a temporary name then under its own, never over another file. Safe to repeat under the same
   * identity. Throws only what `envoi.ouvrir` throws.
   */
  deposer(envoi: EnvoiPes, signal: AbortSignal): Promise<IssueDepot>;
  /**
   * Evidence for an uncertain fate: `presente` settles it. `absente` proves nothing where the gateway takes files away.
   * Throws VGM-PAS-… .
   */
  existe(identite: IdentitePes): Promise<Presence>;
}

/** A file that waits at the gateway. */
export interface FichierEnAttente {
  /** Its name at the source, to be given back as it is. */
  readonly cle: string;
  /** The same for people: decoded, without invisible characters. Never a path. */
  readonly nom: string;
  /** Bytes. */
  readonly taille: number;
  /** Last change; null when the peer does not tell. */
  readonly quand: Instant | null;
}

/**
 * Takes the bytes of a file; durable when it resolves. Must read the content to its end, and fail with it: content
 * that throws is not the file.
 */
export type Verser = (contenu: AsyncIterable<Uint8Array>) => Promise<void>;

/** The way back. Throws VGM-PAS-… . */
export interface Releveur {
  /** Regular files only, in no order. Temporary names of ours are left out. */
  lister(): Promise<readonly FichierEnAttente[]>;
  /**
   * The DGFiP forgets a file once it is read: bytes go to durable storage before anything else, and nothing is read of a
   * file that is empty or that changed since it was listed (VGM-PAS-018, -019). A failure of `verser` passes unchanged.
   * @returns `disparu` when it is no longer there; `verser` was not called.
   */
  telecharger(fichier: FichierEnAttente, verser: Verser): Promise<'recu' | 'disparu'>;
  /** Once filed. Does nothing where the gateway forgets by itself. A file already gone is no failure. */
  retirer(fichier: FichierEnAttente): Promise<void>;
}

/** The DGFiP's gateway for HELIOS. */
export interface Passerelle extends Deposant, Releveur, Sondable {
  /** Closes the idle connections. */
  fermer(): Promise<void>;
}
