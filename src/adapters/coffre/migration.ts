import type { Sha256 } from '../../metier/identifiants.ts';
import type { CoffreOuvert } from '../../ports/coffre.ts';
import { enParallele, fusionner, type Inventaire, type PieceListee } from './inventaire.ts';
import { estAbsente, type PiecesDossier } from './pieces.ts';
import { contenuDeFichier, type PiecesS3 } from './s3.ts';
import { jugerEtag, mesurer } from './s3-empreintes.ts';
import { Compteur } from './empreintes.ts';

/**
 * Copies every piece of one coffre to another, each proven on the other side. Nothing is written but pieces under their digest: the
 * process may die at any instant, and a new run takes up what is left. Nothing is ever deleted.
 */

/** What became of one piece: `alteree`, its own bytes are not those of its name and the other side has none that are. */
export type Sort = 'copiee' | 'presente' | 'reparee' | 'sauvee' | 'alteree';

export interface Sens {
  readonly source: Inventaire;
  readonly cible: Inventaire;
  /** Makes sure that the piece is whole on the other side. @param autre what is listed there. */
  porter(piece: PieceListee, autre: PieceListee | null): Promise<Sort>;
}

export interface Compte {
  pieces: number;
  octets: number;
}

export interface Bilan {
  readonly source: Compte;
  readonly cible: Compte;
  readonly sorts: Readonly<Record<Sort, number>>;
  /** Bytes that were sent. */
  readonly octetsCopies: number;
  /** Of the source, whole nowhere; the first of them. */
  readonly alterees: readonly Sha256[];
  /** Altered at the source, whole on the other side; the first of them. */
  readonly sauvees: readonly Sha256[];
  /** Of the source, that the other side has not, or not of that size; the first of them, and how many. */
  readonly manquantes: readonly Sha256[];
  readonly manque: number;
  /** Of the other side only. */
  readonly seulementCible: number;
  readonly complet: boolean;
}

/** Pieces handled at once. */
const FRONT = 4;
/** Named one by one. */
const CITEES_MAX = 1000;
/** A daemon that goes on adding pieces is followed so many times; then it is said that it does. */
const TOURS = 3;

/** What is on both sides, listed at one moment. */
interface Constat {
  readonly source: Compte;
  readonly cible: Compte;
  readonly seulementCible: number;
  readonly manque: number;
  /** The first of what is missing. */
  readonly restent: readonly (readonly [PieceListee, PieceListee | null])[];
}

/** A migration under way. */
class Migration {
  readonly #sens: Sens;
  readonly #avancer: (vues: number, octets: number) => void;
  readonly sorts: Record<Sort, number> = { copiee: 0, presente: 0, reparee: 0, sauvee: 0, alteree: 0 };
  readonly alterees = new Set<Sha256>();
  readonly sauvees = new Set<Sha256>();
  octetsCopies = 0;
  readonly #vues: Compte = { pieces: 0, octets: 0 };

  constructor(sens: Sens, avancer: (vues: number, octets: number) => void) {
    this.#sens = sens;
    this.#avancer = avancer;
  }

  async porterTout(): Promise<void> {
    const { source, cible } = this.#sens;
    await enParallele(fusionner(source, cible), FRONT, async ([piece, autre]) => {
      if (piece !== null) await this.porter(piece, autre);
    });
  }

  async porter(piece: PieceListee, autre: PieceListee | null): Promise<void> {
    const sort = await this.#sens.porter(piece, autre);
    this.sorts[sort] += 1;
    if (sort === 'copiee' || sort === 'reparee') this.octetsCopies += piece.taille;
    if (sort === 'alteree') this.alterees.add(piece.sha256);
    if (sort === 'sauvee') this.sauvees.add(piece.sha256);
    this.#vues.pieces += 1;
    this.#vues.octets += piece.taille;
    this.#avancer(this.#vues.pieces, this.#vues.octets);
  }

  /** Both sides are listed again: what came meanwhile counts, and a store that forgot what it acknowledged is seen. */
  async constater(): Promise<Constat> {
    const source: Compte = { pieces: 0, octets: 0 };
    const cible: Compte = { pieces: 0, octets: 0 };
    const restent: [PieceListee, PieceListee | null][] = [];
    let [manque, seulementCible] = [0, 0];
    for await (const [piece, autre] of fusionner(this.#sens.source, this.#sens.cible)) {
      compter(source, piece);
      compter(cible, autre);
      if (piece === null) seulementCible += 1;
      else if (autre === null || (autre.taille !== piece.taille && !this.sauvees.has(piece.sha256))) {
        manque += 1;
        if (restent.length < CITEES_MAX) restent.push([piece, autre]);
      }
    }
    return { source, cible, seulementCible, manque, restent };
  }
}

function compter(compte: Compte, piece: PieceListee | null): void {
  if (piece === null) return;
  compte.pieces += 1;
  compte.octets += piece.taille;
}

/** @param avancer told of the pieces seen so far. Throws what either side throws: what was copied stays copied. */
export async function migrer(sens: Sens, avancer: (vues: number, octets: number) => void): Promise<Bilan> {
  const migration = new Migration(sens, avancer);
  await migration.porterTout();
  let constat = await migration.constater();
  for (let tour = 1; tour < TOURS; tour += 1) {
    const neuves = constat.restent.filter(([{ sha256 }]) => !migration.alterees.has(sha256));
    if (neuves.length === 0) break;
    for (const [piece, autre] of neuves) await migration.porter(piece, autre);
    constat = await migration.constater();
  }
  const { sorts, octetsCopies, alterees, sauvees } = migration;
  const { restent, ...comptes } = constat;
  return {
    ...comptes,
    sorts,
    octetsCopies,
    alterees: [...alterees].slice(0, CITEES_MAX),
    sauvees: [...sauvees].slice(0, CITEES_MAX),
    manquantes: restent.map(([{ sha256 }]) => sha256),
    complet: constat.manque === 0 && sorts.alteree === 0,
  };
}

export interface OptionsVersS3 {
  readonly dossier: PiecesDossier;
  readonly s3: PiecesS3;
  readonly taillePartie: number;
  /** Read back whole what is already there, whatever the store says of it. */
  readonly relire: boolean;
}

/** From a folder to an object store. */
export function versS3({ dossier, s3, taillePartie, relire }: OptionsVersS3): Sens {
  return {
    source: dossier,
    cible: s3,
    async porter({ sha256, taille }, autre) {
      const chemin = dossier.chemin(sha256);
      const compteur = new Compteur(undefined);
      const brut = contenuDeFichier({ sha256, sha512: '', taille }, chemin);
      for await (const morceau of brut.ouvrir(0, taille)) compteur.voir(morceau);
      const depot = compteur.conclure();
      if (depot.sha256 !== sha256) {
        return autre !== null && (await s3.verifier(sha256)) ? 'sauvee' : 'alteree';
      }
      const contenu = contenuDeFichier(depot, chemin);
      if (autre !== null && (await estEntiere(autre))) return 'presente';
      await s3.envoyer(contenu);
      return autre === null ? 'copiee' : 'reparee';

      async function estEntiere(la: PieceListee): Promise<boolean> {
        if (relire) return s3.verifier(sha256);
        if (la.taille !== taille) return false;
        const mesures = await mesurer(contenu, taillePartie);
        if (jugerEtag(la.etag ?? '', mesures) === 'intacte') return true;
        return (await s3.examiner(contenu)) === 'intacte';
      }
    },
  };
}

export interface OptionsVersDossier {
  readonly s3: PiecesS3;
  readonly dossier: PiecesDossier;
  /** Over the same folder. */
  readonly coffre: CoffreOuvert;
}

/** From an object store to a folder. */
export function versDossier({ s3, dossier, coffre }: OptionsVersDossier): Sens {
  return {
    source: s3,
    cible: dossier,
    async porter({ sha256 }, autre) {
      if (autre !== null && (await dossier.verifier(sha256))) return 'presente';
      try {
        const attente = await coffre.recevoir(await s3.ouvrir(sha256));
        if (attente.sha256 !== sha256) {
          await attente.jeter();
          return 'alteree';
        }
        await attente.garder();
        return autre === null ? 'copiee' : 'reparee';
      } catch (erreur) {
        // Listed, and gone since: it has no bytes to give.
        if (estAbsente(erreur)) return 'alteree';
        throw erreur;
      }
    },
  };
}
