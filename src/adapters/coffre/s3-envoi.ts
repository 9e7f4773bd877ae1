import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import { refusServeur } from './s3-causes.ts';
import type { ClientS3, DependancesS3, Reponse } from './s3-client.ts';
import { type Avis, type Contenu, juger, mesurer } from './s3-empreintes.ts';
import { relireEntier } from './s3-lecture.ts';
import { type Piece, envoyerParParties } from './s3-parties.ts';
import { entetesVerrou, prolonger } from './s3-verrou.ts';
import type { ReglageS3 } from './s3-reglage.ts';
import { cleDe } from './s3-reponses.ts';

/** Looks at an object, then at what a write made of it. */
const TOURS = 3;

export type Presence = 'absente' | 'intacte' | 'autre';

interface Examen {
  readonly essais?: number;
  /** @param tete answer to HEAD. */
  readonly siIntacte?: (tete: Reponse) => Promise<void>;
}

/**
 * Puts pieces in the object store. A piece counts as kept when the server answered success and a digest of all its bytes says
 * that they are ours: the server's own, or the one of the bytes read back when it tells none.
 */
export class Expediteur {
  readonly #client: ClientS3;
  readonly #reglage: ReglageS3;
  readonly #deps: DependancesS3;
  /** False once the server said that it knows no conditional write. */
  #conditionnel = true;
  #averti = false;

  constructor(client: ClientS3, reglage: ReglageS3, deps: DependancesS3) {
    this.#client = client;
    this.#reglage = reglage;
    this.#deps = deps;
  }

  /**
   * Durable when it resolves. Bytes already there are left; those that are not the right ones are told, and replaced.
   * Throws VGM-COF-002 and VGM-COF-003.
   */
  async envoyer(contenu: Contenu): Promise<void> {
    const piece = await this.#mesurer(contenu);
    let vue: Presence = this.#voirDAbord(piece) ? await this.#voir(piece) : 'absente';
    for (let tour = 1; tour <= TOURS; tour += 1) {
      if (vue === 'intacte') return;
      if (vue === 'autre') this.#dire('pièce altérée au coffre : elle est remplacée', piece);
      if (await this.#deposer(piece, vue === 'absente' && this.#conditionnel)) return;
      if (tour > 1) await this.#client.pause(tour);
      vue = await this.#voir(piece);
    }
    if (vue !== 'intacte')
      throw erreurCoffre('VGM-COF-002', { detail: 'il ne garde pas ce qu’on lui envoie' });
  }

  /** Is the object there, with these bytes? */
  async examiner(contenu: Contenu): Promise<Presence> {
    return this.#examiner(await this.#mesurer(contenu));
  }

  async #mesurer(contenu: Contenu): Promise<Piece> {
    const mesures = await mesurer(contenu, this.#reglage.taillePartie);
    return { contenu, mesures, cle: cleDe(this.#reglage.prefixe, contenu.sha256) };
  }

  #estGrosse({ contenu }: Piece): boolean {
    return contenu.taille >= this.#reglage.seuil;
  }

  /**
   * A small piece costs less to send than to ask for; the conditional write tells whether it was there. Under a lock a useless
   * version would stay for years, and some stores hear no condition where they keep versions.
   */
  #voirDAbord(piece: Piece): boolean {
    return this.#estGrosse(piece) || !this.#conditionnel || this.#reglage.retention !== null;
  }

  #dire(message: string, { contenu: { sha256 } }: Piece): void {
    this.#deps.log.warn(message, { sha256 });
  }

  /** The same as `examiner`, for a piece to keep: the lock of one already there is made to last. */
  #voir(piece: Piece, essais = this.#reglage.essais): Promise<Presence> {
    const outils = { client: this.#client, reglage: this.#reglage, clock: this.#deps.clock };
    return this.#examiner(piece, { essais, siIntacte: (tete) => prolonger(outils, piece.cle, tete) });
  }

  async #examiner(
    piece: Piece,
    { essais = this.#reglage.essais, siIntacte }: Examen = {},
  ): Promise<Presence> {
    const tete = await this.#client.demander({
      methode: 'HEAD',
      cle: piece.cle,
      entetes: { 'x-amz-checksum-mode': 'ENABLED' },
      essais,
    });
    if (tete.statut === 404) return 'absente';
    if (tete.statut !== 200) throw refusServeur(tete);
    const avis = await this.#juger(piece, tete);
    if (avis !== 'intacte') return 'autre';
    await siIntacte?.(tete);
    return 'intacte';
  }

  async #juger({ mesures, cle }: Piece, tete: Reponse): Promise<Avis> {
    const taille = tete.entete('content-length');
    const sha512 = tete.entete('x-amz-meta-sha512');
    if (taille !== undefined && Number(taille) !== mesures.taille) return 'autre';
    if (sha512 !== undefined && sha512 !== mesures.sha512) return 'autre';
    const avis = juger(tete, mesures);
    if (avis !== 'inconnue') return avis;
    if (!this.#averti) {
      this.#averti = true;
      this.#deps.log.warn('le stockage ne dit pas l’empreinte de toutes les pièces : elles sont relues');
    }
    return (await relireEntier(this.#client, cle, mesures.sha256)) ? 'intacte' : 'autre';
  }

  /** @returns true when it is written and proven; false when what is there must be looked at. */
  async #deposer(piece: Piece, condition: boolean): Promise<boolean> {
    const entetes = {
      'x-amz-meta-sha512': piece.mesures.sha512,
      'x-amz-meta-taille': String(piece.mesures.taille),
      ...entetesVerrou(this.#reglage.retention, this.#deps.clock),
    };
    const siAbsente = condition ? { 'if-none-match': '*' } : {};
    const outils = { client: this.#client, reglage: this.#reglage, log: this.#deps.log };
    const ecrite = this.#estGrosse(piece)
      ? envoyerParParties(outils, piece, { entetes, siAbsente })
      : this.#poser(piece, { ...entetes, ...siAbsente });
    let reponse: Reponse;
    try {
      reponse = await ecrite;
    } catch (panne) {
      // The answer may have been lost, not the bytes.
      if ((await this.#voir(piece, 1).catch(() => 'absente')) === 'intacte') return true;
      throw panne;
    }
    return this.#lireIssue(piece, reponse, condition);
  }

  #lireIssue({ mesures }: Piece, reponse: Reponse, condition: boolean): boolean {
    const { statut, code } = reponse;
    if (statut < 300) return juger(reponse, mesures) === 'intacte';
    if (statut === 412 || statut === 409 || code === 'NoSuchUpload') return false;
    if (condition && (statut === 501 || code === 'NotImplemented')) {
      this.#conditionnel = false;
      return false;
    }
    throw refusServeur(reponse);
  }

  #poser({ contenu, mesures, cle }: Piece, entetes: Readonly<Record<string, string>>): Promise<Reponse> {
    const { sha256, taille, md5 } = mesures;
    return this.#client.demander({
      methode: 'PUT',
      cle,
      entetes: {
        ...entetes,
        'content-md5': md5,
        'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
        'content-type': 'application/octet-stream',
      },
      corps: { sha256, taille, ouvrir: () => contenu.ouvrir(0, taille) },
    });
  }
}
