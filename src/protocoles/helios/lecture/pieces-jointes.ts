import { createHash, type Hash } from 'node:crypto';
import type { Balise, Passage, SessionXml } from '../../../formats/xml/evenements.ts';
import { valeurAttribut } from '../../../formats/xml/valeurs.ts';
import type { Sha256 } from '../../../metier/identifiants.ts';
import { DecodeurBase64 } from './base64.ts';
import type { Branche } from './carte.ts';
import { Decompression, ENTIER_MAX, type LimitesPiece, type Provision, type Puits } from './decompression.ts';
import type { Champ, Modifiable, PieceJointe, SortBase64 } from './faits.ts';
import type { Listes } from './listes.ts';

export interface LimitesPJ extends LimitesPiece {
  /** Bytes of all the pieces of a file once inflated. */
  readonly fichier: number;
}

/** Who takes the original file of each piece. @param rang `PieceJointe.rang`; what is written after it is not read yet. */
export type Preneur = (rang: number) => Puits;

/** The XSD speaks of a factor of 8 to 20; a bomb has a thousand. */
export const LIMITES_PJ: LimitesPJ = {
  piece: 1_000_000_000,
  fichier: 2_000_000_000,
  entier: ENTIER_MAX,
};

export interface ReglesPJ {
  readonly limites: LimitesPJ;
  /** null: nobody wants the original files. */
  readonly preneur: Preneur | null;
}

type EnCours = Modifiable<PieceJointe> & { readonly domainesCites: string[] };

/** Inflating takes its time: what was decoded waits in a queue that `vider` drains between two portions of the file. */
type Consigne =
  | { readonly type: 'debut'; readonly piece: Modifiable<PieceJointe> }
  | { readonly type: 'bloc'; readonly octets: Buffer }
  | { readonly type: 'fin'; readonly base64: SortBase64; readonly reste: Buffer };

interface Travail {
  readonly piece: Modifiable<PieceJointe>;
  readonly hash: Hash;
  readonly decompression: Decompression;
  taille: number;
}

/** `PES_PJ`: what is said of each piece, and its content, of which only digests are kept. */
export class LecturePiecesJointes {
  idVer: Champ | null = null;
  readonly branche: Branche;
  readonly #session: SessionXml;
  readonly #listes: Listes;
  readonly #limites: LimitesPJ;
  readonly #preneur: Preneur | null;
  readonly #provision: Provision;
  readonly #file: Consigne[] = [];
  #piece: EnCours | null = null;
  #decodeur: DecodeurBase64 | null = null;
  #travail: Travail | null = null;

  constructor(session: SessionXml, listes: Listes, { limites, preneur }: ReglesPJ) {
    this.#session = session;
    this.#listes = listes;
    this.#limites = limites;
    this.#preneur = preneur;
    this.#provision = { reste: limites.fichier, sansPause: 0 };
    this.branche = this.#racine();
  }

  #racine(): Branche {
    const idVer = {
      champ: (champ: Champ) => {
        this.idVer ??= champ;
      },
    };
    return { enfants: { EnTetePES_PJ: { enfants: { IdVer: idVer } }, PJ: this.#une() } };
  }

  #une(): Branche {
    const prendre = (cle: 'idUnique' | 'nomPJ' | 'typePJ' | 'description'): Branche => ({
      champ: (champ) => {
        if (this.#piece !== null) this.#piece[cle] ??= champ;
      },
    });
    return {
      ouvrir: (balise) => this.#ouvrir(balise),
      fermer: () => {
        this.#piece = null;
      },
      enfants: {
        Contenu: { enfants: { Fichier: this.#fichier() } },
        IdUnique: prendre('idUnique'),
        NomPJ: prendre('nomPJ'),
        TypePJ: prendre('typePJ'),
        Description: prendre('description'),
        RefCompta: this.#refCompta(),
      },
    };
  }

  #ouvrir(balise: Balise): void {
    this.#piece = {
      rang: this.#listes.pieces.length + 1,
      position: this.#session.situer(balise.debut),
      idUnique: null,
      nomPJ: null,
      typePJ: null,
      description: null,
      typeMime: null,
      fichiers: 0,
      contenu: null,
      domainesCites: [],
      refCompta: 0,
    };
    if (this.#listes.place('pieces')) this.#listes.pieces.push(this.#piece);
  }

  #refCompta(): Branche {
    return {
      ouvrir: () => {
        if (this.#piece !== null) this.#piece.refCompta += 1;
      },
      enfants: {
        Domaine: {
          champ: ({ valeur }) => {
            const cites = this.#piece?.domainesCites;
            if (cites !== undefined && cites.length < 20 && !cites.includes(valeur)) cites.push(valeur);
          },
        },
      },
    };
  }

  #fichier(): Branche {
    return { ouvrir: (balise) => this.#commencer(balise), fermer: () => this.#terminer() };
  }

  #commencer(balise: Balise): void {
    const piece = this.#piece;
    if (piece === null) return;
    piece.fichiers += 1;
    // the content of a second one would be hidden behind the first
    if (piece.fichiers > 1) return;
    const mime = this.#session.noms.nom('', 'MIMEType');
    for (let k = 0; k < balise.nombre; k += 1) {
      if (balise.attNom[k] === mime) {
        piece.typeMime = valeurAttribut(balise, k, this.#session.unicode).trim().slice(0, 100);
      }
    }
    this.#file.push({ type: 'debut', piece });
    this.#decodeur = new DecodeurBase64((octets) => void this.#file.push({ type: 'bloc', octets }));
  }

  texte(passage: Passage): void {
    this.#decodeur?.ajouter(passage);
  }

  /** @param code U+FFFD also stands for markup inside the content. */
  caractere(code: number): void {
    this.#decodeur?.ajouterCaractere(code);
  }

  #terminer(): void {
    const decodeur = this.#decodeur;
    if (decodeur === null) return;
    this.#file.push({ type: 'fin', ...decodeur.finir() });
    this.#decodeur = null;
  }

  /** A content is under way: text is of interest. */
  get ouverte(): boolean {
    return this.#decodeur !== null;
  }

  /** To be awaited after each portion of the file: memory then holds what that portion decoded, no more. */
  async vider(): Promise<void> {
    for (const consigne of this.#file.splice(0)) await this.#executer(consigne);
  }

  get enAttente(): boolean {
    return this.#file.length > 0;
  }

  async #executer(consigne: Consigne): Promise<void> {
    if (consigne.type === 'debut') {
      const { piece } = consigne;
      const puits = this.#preneur?.(piece.rang) ?? null;
      const decompression = new Decompression(this.#limites, this.#provision, puits);
      this.#travail = { piece, hash: createHash('sha256'), decompression, taille: 0 };
      return;
    }
    const travail = this.#travail;
    if (travail === null) return;
    const octets = consigne.type === 'bloc' ? consigne.octets : consigne.reste;
    travail.hash.update(octets);
    travail.taille += octets.length;
    if (consigne.type === 'bloc') return travail.decompression.ecrire(octets);
    const { base64 } = consigne;
    const empreinte = travail.hash.digest('hex') as Sha256;
    const original = await travail.decompression.finir(octets);
    travail.piece.contenu = { base64, taille: travail.taille, empreinte, ...original };
    this.#travail = null;
  }

  /** The reading is over, well or not: nothing is left open. */
  async abandonner(): Promise<void> {
    await this.#travail?.decompression.abandonner();
    this.#travail = null;
  }
}
