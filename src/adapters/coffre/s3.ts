import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Sha256 } from '../../metier/identifiants.ts';
import type { Coffre, CoffreOuvert, Depot, PieceEnAttente, Source } from '../../ports/coffre.ts';
import type { Sondable } from '../../ports/sonde.ts';
import { Brouillons, mettreEnAttente } from './brouillons.ts';
import { effacer, panneDisque, preparer } from './disque.ts';
import { Compteur } from './empreintes.ts';
import type { Inventaire } from './inventaire.ts';
import { estAbsente, estFidele } from './pieces.ts';
import { ClientS3, type DependancesS3 } from './s3-client.ts';
import { CompartimentS3 } from './s3-compartiment.ts';
import { type Contenu, contenuEnMemoire } from './s3-empreintes.ts';
import { Expediteur, type Presence } from './s3-envoi.ts';
import { ouvrirObjet, type Plage } from './s3-lecture.ts';
import type { ReglageS3 } from './s3-reglage.ts';
import { cleDe } from './s3-reponses.ts';
import { exigerVerrou } from './s3-verrou.ts';

/** Up to that size a buffer is sent from memory, without a draft. */
const PETIT = 1024 * 1024;
const BLOC = 256 * 1024;

/** A file as what is sent; a disk that fails to be read is VGM-NOY-005. */
export function contenuDeFichier(depot: Depot, chemin: string): Contenu {
  return {
    ...depot,
    async *ouvrir(debut, fin) {
      if (fin <= debut) return;
      try {
        yield* createReadStream(chemin, { start: debut, end: fin - 1, highWaterMark: BLOC });
      } catch (origine) {
        throw panneDisque(origine);
      }
    },
  };
}

/** The pieces of an object store: read, written, listed. No draft is made: bytes are whole when they come here. */
export class PiecesS3 implements Pick<Coffre, 'ouvrir' | 'verifier'>, Inventaire, Sondable {
  readonly #reglage: ReglageS3;
  readonly #client: ClientS3;
  readonly #expediteur: Expediteur;
  readonly #compartiment: CompartimentS3;
  readonly #secours: Pick<Coffre, 'ouvrir' | 'verifier'> | null;
  readonly #envois = new Map<Sha256, Promise<void>>();

  /** @param secours where a piece that is not there is looked for. */
  constructor(
    reglage: ReglageS3,
    deps: DependancesS3,
    secours: Pick<Coffre, 'ouvrir' | 'verifier'> | null = null,
  ) {
    this.#reglage = reglage;
    this.#client = new ClientS3(reglage, deps);
    this.#expediteur = new Expediteur(this.#client, reglage, deps);
    this.#compartiment = new CompartimentS3(this.#client, reglage, deps);
    this.#secours = secours;
  }

  /** Durable when it resolves. The same bytes asked for at once are sent once. */
  async envoyer(contenu: Contenu): Promise<void> {
    const { sha256 } = contenu;
    const enCours = this.#envois.get(sha256);
    if (enCours !== undefined) return enCours;
    const envoi = this.#expediteur.envoyer(contenu).finally(() => this.#envois.delete(sha256));
    this.#envois.set(sha256, envoi);
    return envoi;
  }

  examiner(contenu: Contenu): Promise<Presence> {
    return this.#expediteur.examiner(contenu);
  }

  async ouvrir(sha256: Sha256, plage?: Plage): Promise<Readable> {
    const lecture = { cle: cleDe(this.#reglage.prefixe, sha256), sha256, plage };
    if (this.#secours === null) return ouvrirObjet(this.#client, { ...lecture, insister: true });
    try {
      return await ouvrirObjet(this.#client, { ...lecture, insister: false });
    } catch (erreur) {
      if (!estAbsente(erreur)) throw erreur;
    }
    try {
      return await this.#secours.ouvrir(sha256, plage);
    } catch (erreur) {
      if (!estAbsente(erreur)) throw erreur;
    }
    return ouvrirObjet(this.#client, { ...lecture, insister: true });
  }

  async verifier(sha256: Sha256): Promise<boolean> {
    let flot: Readable;
    try {
      flot = await this.ouvrir(sha256);
    } catch (erreur) {
      if (estAbsente(erreur)) return false;
      throw erreur;
    }
    return estFidele(flot, sha256);
  }

  lister() {
    return this.#compartiment.lister();
  }

  sonder() {
    return this.#compartiment.sonder();
  }

  /** Throws VGM-COF-004 when a lock is wanted and there is none. */
  exigerVerrou(): Promise<void> {
    return exigerVerrou({ client: this.#client, reglage: this.#reglage });
  }

  balayer(): Promise<void> {
    return this.#compartiment.balayer();
  }

  fermer(): Promise<void> {
    return this.#client.fermer();
  }
}

/**
 * The coffre on an object store: `<prefixe>ab/<sha256>`. A stream, whose digest is known at its end only, is first received in a
 * draft on this machine; it is a piece once the store has proven that it holds its bytes.
 */
class CoffreS3 implements CoffreOuvert {
  readonly #pieces: PiecesS3;
  readonly #brouillons: Brouillons;

  constructor(pieces: PiecesS3, brouillons: Brouillons) {
    this.#pieces = pieces;
    this.#brouillons = brouillons;
  }

  async ajouter(source: Source, limite?: number): Promise<Depot> {
    if (source instanceof Uint8Array && source.length <= PETIT) {
      const compteur = new Compteur(limite);
      compteur.voir(source);
      const depot = compteur.conclure();
      await this.#pieces.envoyer(contenuEnMemoire(depot, source));
      return depot;
    }
    const { chemin, depot } = await this.#brouillons.ecrire(source, limite);
    try {
      await this.#pieces.envoyer(contenuDeFichier(depot, chemin));
      return depot;
    } finally {
      await effacer(chemin);
    }
  }

  async recevoir(source: Source, limite?: number): Promise<PieceEnAttente> {
    const brouillon = await this.#brouillons.ecrire(source, limite);
    const { chemin, depot } = brouillon;
    return mettreEnAttente(brouillon, {
      garder: () => this.#pieces.envoyer(contenuDeFichier(depot, chemin)),
      lire: async (debut, fin) => buffer(await this.#pieces.ouvrir(depot.sha256, { debut, fin })),
      ranger: () => effacer(chemin),
    });
  }

  ouvrir(sha256: Sha256, plage?: Plage): Promise<Readable> {
    return this.#pieces.ouvrir(sha256, plage);
  }

  verifier(sha256: Sha256): Promise<boolean> {
    return this.#pieces.verifier(sha256);
  }

  fermer(): Promise<void> {
    return this.#pieces.fermer();
  }
}

export interface CoffreS3Ouvert {
  readonly coffre: CoffreOuvert;
  readonly sonde: Sondable;
}

/**
 * Opens the coffre of a daemon: drafts left by an interrupted process are swept, and so are its uploads, in the background.
 * Throws VGM-COF-004 when the settings want a lock that the compartiment has not, VGM-COF-002 or -003 when it cannot be known.
 */
export async function ouvrirCoffreS3(
  reglage: ReglageS3,
  deps: DependancesS3,
  secours: Pick<Coffre, 'ouvrir' | 'verifier'> | null = null,
): Promise<CoffreS3Ouvert> {
  const tmp = join(reglage.brouillons, 'tmp');
  preparer(reglage.brouillons, tmp, true);
  const pieces = new PiecesS3(reglage, deps, secours);
  try {
    await pieces.exigerVerrou();
  } catch (erreur) {
    await pieces.fermer();
    throw erreur;
  }
  void pieces.balayer();
  return { coffre: new CoffreS3(pieces, new Brouillons(tmp, deps.random)), sonde: pieces };
}
