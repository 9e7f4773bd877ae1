import { DOMAINE_PJ, refusDe } from '../codes.ts';
import type { Branche } from '../lecture/carte.ts';
import type { ElementAck, ErreurAck, UniteAck } from './faits.ts';

/** A file of 150 MB answers some thousands of bordereaux and pieces. */
const ELEMENTS_MAX = 100_000;
/** Errors of one answer; the first ones name the mistake. */
const ERREURS_MAX = 1000;
const LIBELLE_MAX = 500;

type Cle =
  | 'domaine'
  | 'etat'
  | 'numBord'
  | 'exerciceBord'
  | 'idMarche'
  | 'idUnique'
  | 'numPiece'
  | 'numLigne';

interface EnCours {
  readonly champs: Partial<Record<Cle, string>>;
  readonly erreurs: ErreurAck[];
}

/** xs:boolean, and nothing else: what cannot be read is neither a yes nor a no. */
function booleen(valeur: string | undefined): boolean | null {
  const nu = valeur?.trim();
  if (nu === '1' || nu === 'true') return true;
  return nu === '0' || nu === 'false' ? false : null;
}

const plein = (valeur: string | undefined): string | null => {
  const nu = valeur?.trim() ?? '';
  return nu === '' ? null : nu;
};

/** The first form may name the bordereau of a piece beside it. */
function unite(champs: EnCours['champs']): UniteAck {
  const numero = plein(champs.numBord);
  const idUnique = plein(champs.idUnique);
  if (idUnique !== null && (numero === null || champs.domaine?.trim() === DOMAINE_PJ))
    return { type: 'pj', idUnique };
  if (numero !== null) return { type: 'bordereau', numero, exercice: plein(champs.exerciceBord) };
  const idMarche = plein(champs.idMarche);
  return idMarche === null ? { type: 'fichier' } : { type: 'marche', idMarche };
}

/**
 * `ACQUIT`, in its two forms: the second nests the errors of pièces and lines (DetailPiece, DetailLigne), the first
 * writes one flat ElementACQUIT for each error. An error of the first form stands beside its NumPiece and NumLigne.
 */
export class LectureAcquit {
  readonly elements: ElementAck[] = [];
  tronque = false;
  #element: EnCours | null = null;
  #piece: string | null = null;
  #ligne: string | null = null;
  #erreur: { code: string | null; libelle: string | null } | null = null;

  get branche(): Branche {
    const erreur = this.#uneErreur();
    const ligne: Branche = {
      fermer: () => {
        this.#ligne = null;
      },
      enfants: { NumLigne: { champ: ({ valeur }) => void (this.#ligne = plein(valeur)) }, Erreur: erreur },
    };
    const piece: Branche = {
      fermer: () => {
        this.#piece = null;
      },
      enfants: {
        NumPiece: { champ: ({ valeur }) => void (this.#piece = plein(valeur)) },
        Erreur: erreur,
        DetailLigne: ligne,
      },
    };
    return { enfants: { ElementACQUIT: this.#unElement(piece, erreur) } };
  }

  #unElement(piece: Branche, erreur: Branche): Branche {
    const champ = (cle: Cle): Branche => ({
      champ: ({ valeur }) => {
        if (this.#element !== null) this.#element.champs[cle] ??= valeur;
      },
    });
    return {
      ouvrir: () => {
        this.#element = { champs: {}, erreurs: [] };
        this.#erreur = { code: null, libelle: null };
      },
      fermer: () => this.#finir(),
      enfants: {
        DomaineAck: champ('domaine'),
        EtatAck: champ('etat'),
        NumBord: champ('numBord'),
        ExerciceBord: champ('exerciceBord'),
        IdMarche: champ('idMarche'),
        IdUnique: champ('idUnique'),
        NumPiece: champ('numPiece'),
        NumLigne: champ('numLigne'),
        ...this.#valeurs(),
        Erreur: erreur,
        DetailPiece: piece,
      },
    };
  }

  #valeurs(): Readonly<Record<string, Branche>> {
    return {
      NumAnoAck: {
        champ: ({ valeur }) => {
          if (this.#erreur !== null) this.#erreur.code ??= plein(valeur);
        },
      },
      LibelleAnoAck: {
        champ: ({ valeur }) => {
          if (this.#erreur !== null) this.#erreur.libelle ??= plein(valeur);
        },
      },
    };
  }

  /** The one of the first form is put aside while a nested one is read. */
  #uneErreur(): Branche {
    let aPlat: { code: string | null; libelle: string | null } | null = null;
    return {
      ouvrir: () => {
        aPlat = this.#erreur;
        this.#erreur = { code: null, libelle: null };
      },
      fermer: () => {
        this.#garder(this.#piece, this.#ligne);
        this.#erreur = aPlat;
      },
      enfants: this.#valeurs(),
    };
  }

  #garder(piece: string | null, ligne: string | null): void {
    const erreurs = this.#element?.erreurs;
    const vue = this.#erreur;
    if (erreurs === undefined || vue === null || erreurs.length >= ERREURS_MAX) return;
    const { code } = vue;
    const libelle = vue.libelle?.slice(0, LIBELLE_MAX) ?? null;
    const niveau = ligne !== null ? 'ligne' : piece !== null ? 'piece' : 'element';
    erreurs.push({ niveau, piece, ligne, code, libelle, sens: refusDe(code, libelle).sens });
  }

  #finir(): void {
    const element = this.#element;
    if (element === null) return;
    const { champs, erreurs } = element;
    if (this.#erreur?.code != null || this.#erreur?.libelle != null) {
      this.#garder(plein(champs.numPiece), plein(champs.numLigne));
    }
    this.#element = null;
    this.#erreur = null;
    if (this.elements.length >= ELEMENTS_MAX) {
      this.tronque = true;
      return;
    }
    this.elements.push({
      domaine: plein(champs.domaine),
      unite: unite(champs),
      accepte: booleen(champs.etat),
      erreurs,
    });
  }
}
