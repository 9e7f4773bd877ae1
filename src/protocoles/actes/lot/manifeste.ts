import { NATURES_NATIONALES } from '../codes.ts';
import { citer } from '../regles/regle.ts';
import { type Lue, lireDate, lireListe, lireMatiere, lirePapier, lireTypologie } from './cellules.ts';
import { type Colonne, type Entetes, lireEntetes, OBLIGATOIRES } from './colonnes.ts';
import type { Faute } from './fautes.ts';
import { lireTableau, type Rang } from './tableau.ts';

/** A file named by a line, as it is written there, and what it is. */
export interface PieceNommee {
  readonly fichier: string;
  readonly typologie: string;
}

/** One acte of the batch. */
export interface LigneLot {
  /** Row of the table, the headers being row 1. */
  readonly ligne: number;
  readonly numero: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly objet: string;
  readonly nature: string;
  readonly matiere: string;
  readonly document: PieceNommee;
  readonly annexes: readonly PieceNommee[];
  readonly papier: boolean;
  readonly precedent: string | undefined;
}

export interface Manifeste {
  /** Rows that stand each for an acte, read or not; none: the manifest cannot be read as a whole. */
  readonly rangs: readonly number[];
  /** Sound only where there is no fault. */
  readonly lignes: readonly LigneLot[];
  readonly fautes: readonly Faute[];
}

/** Reads one line, cell by cell: a bad one hides no other fault. */
class LecteurLigne {
  readonly #entetes: Entetes;
  readonly #rang: Rang;
  readonly fautes: Faute[] = [];

  constructor(entetes: Entetes, rang: Rang) {
    this.#entetes = entetes;
    this.#rang = rang;
  }

  fautif(faute: Pick<Faute, 'question' | 'message' | 'remede'>, colonne?: Colonne): void {
    const { ligne } = this.#rang;
    this.fautes.push(colonne === undefined ? { ...faute, ligne } : { ...faute, ligne, colonne });
  }

  cellule(colonne: Colonne): string {
    const rang = this.#entetes.rangs.get(colonne);
    return rang === undefined ? '' : (this.#rang.cellules[rang] ?? '');
  }

  /** What is empty is told once, as missing. */
  lire<T>(colonne: Colonne, lecture: (cellule: string) => Lue<T>, vide: T): T {
    const cellule = this.cellule(colonne);
    return cellule === '' ? vide : this.#garder(colonne, lecture(cellule), vide);
  }

  #garder<T>(colonne: Colonne, lue: Lue<T>, vide: T): T {
    if ('valeur' in lue) return lue.valeur;
    this.fautif(lue, colonne);
    return vide;
  }

  annexes(): PieceNommee[] {
    const fichiers = lireListe(this.cellule('annexes'));
    const typologies = lireListe(this.cellule('typologies_annexes'));
    if (fichiers.includes(''))
      this.fautif(
        {
          question: 'absent',
          message: 'Un nom d’annexe est vide.',
          remede: 'Séparer les noms par une seule barre : plan.pdf|rapport.pdf.',
        },
        'annexes',
      );
    if (fichiers.length !== typologies.length) {
      const message = `Pour le nombre d’annexes (${fichiers.length}), le nombre de typologies est ${typologies.length}.`;
      const remede = 'Donner une typologie par annexe, dans l’ordre, séparées par « | ».';
      this.fautif({ question: 'typologie', message, remede }, 'typologies_annexes');
    }
    return fichiers.map((fichier, i) => {
      const typologie = typologies[i];
      if (typologie === undefined) return { fichier, typologie: '' };
      return { fichier, typologie: this.#garder('typologies_annexes', lireTypologie(typologie), '') };
    });
  }

  /** A cell too many is most often a separator that was not put between quotes: what follows it is shifted. */
  entiere(): boolean {
    const { largeur } = this.#entetes;
    const { cellules } = this.#rang;
    const pleines = cellules.findLastIndex((c) => c !== '') + 1;
    if (cellules.length >= largeur && pleines <= largeur) return true;
    const message = `La ligne compte ${cellules.length} cellules, et la première en compte ${largeur}.`;
    const remede = 'Entourer de guillemets la cellule qui contient le séparateur, ou compléter la ligne.';
    this.fautif({ question: 'cellules', message, remede });
    return false;
  }
}

function lireLigne(entetes: Entetes, rang: Rang): { ligne: LigneLot | null; fautes: readonly Faute[] } {
  const l = new LecteurLigne(entetes, rang);
  if (!l.entiere()) return { ligne: null, fautes: l.fautes };
  for (const colonne of OBLIGATOIRES)
    if (entetes.rangs.has(colonne) && l.cellule(colonne) === '')
      l.fautif(
        { question: 'absent', message: 'La cellule est vide.', remede: 'La remplir : elle est obligatoire.' },
        colonne,
      );
  const ligne: LigneLot = {
    ligne: rang.ligne,
    numero: l.cellule('numero'),
    date: l.lire('date', lireDate, ''),
    objet: l.cellule('objet'),
    nature: l.cellule('nature'),
    matiere: l.lire('matiere', lireMatiere, ''),
    document: { fichier: l.cellule('document'), typologie: l.lire('typologie', lireTypologie, '') },
    annexes: l.annexes(),
    papier: l.lire('papier', lirePapier, false),
    precedent: l.cellule('precedent') || undefined,
  };
  return { ligne, fautes: l.fautes };
}

/** The last three fields of an IDActe: two lines that share them are one acte. */
function cleDe({ numero, date, nature }: LigneLot): string {
  const abrege = NATURES_NATIONALES.find((n) => n.code === nature)?.abrege ?? nature;
  return JSON.stringify([numero, date, abrege.toUpperCase()]);
}

function doubles(lignes: readonly LigneLot[]): Faute[] {
  const premieres = new Map<string, number>();
  return lignes.flatMap((l): Faute[] => {
    if (l.numero === '' || l.date === '') return [];
    const premiere = premieres.get(cleDe(l));
    if (premiere === undefined) {
      premieres.set(cleDe(l), l.ligne);
      return [];
    }
    const message = `L’acte ${citer(l.numero)} est déjà à la ligne ${premiere}, avec la même date et la même nature.`;
    const remede = 'Retirer l’une des deux lignes, ou corriger le numéro.';
    return [{ question: 'double', ligne: l.ligne, colonne: 'numero', message, remede }];
  });
}

/** Reads a manifest whole: every fault that can be told without the files and without the daemon. */
export function lireManifeste(octets: Uint8Array): Manifeste {
  const tableau = lireTableau(octets);
  if ('faute' in tableau) return { rangs: [], lignes: [], fautes: [tableau.faute] };
  const [titres, ...rangs] = tableau.rangs;
  const entetes = lireEntetes(titres?.cellules ?? [], titres?.ligne ?? 1);
  // without its columns, each line would be wrong
  if (entetes.fautes.length > 0) return { rangs: [], lignes: [], fautes: entetes.fautes };
  if (rangs.length === 0) {
    const remede = 'Écrire une ligne par acte sous les titres.';
    return {
      rangs: [],
      lignes: [],
      fautes: [{ question: 'fichier', ligne: 0, message: 'Le manifeste ne contient aucun acte.', remede }],
    };
  }
  const lues = rangs.map((rang) => lireLigne(entetes, rang));
  const lignes = lues.flatMap(({ ligne }) => (ligne === null ? [] : [ligne]));
  return {
    rangs: rangs.map((r) => r.ligne),
    lignes,
    fautes: [...lues.flatMap(({ fautes }) => fautes), ...doubles(lignes)],
  };
}
