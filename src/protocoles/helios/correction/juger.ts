import { type BilanAck, sensDe, type SortEnvoye } from '../accuse/bilan.ts';
import { refusEntier } from '../accuse/confrontation.ts';
import type { ErreurAck } from '../accuse/faits.ts';
import { refusDe } from '../codes.ts';

/**
 * What is to be done of one bordereau or piece.
 * - `retirer`: the State holds it, a second sending would be a double;
 * - `corriger`: refused, for what its errors say;
 * - `renvoyer`: the State could not treat it, the same content may go again;
 * - `renumeroter`: its number stands already for something else at the State's;
 * - `trancher`: the answer does not say, a person asks the comptable.
 */
export type Conduite = 'retirer' | 'corriger' | 'renvoyer' | 'renumeroter' | 'trancher';

/** The same for the file: nothing to send, the same file again, another file, or a question first. */
export type ConduiteFichier = 'rien' | 'renvoyer' | 'corriger' | 'trancher';

/** An error of the State, and our words for its code. */
export type ErreurExpliquee = ErreurAck & { readonly explication: string };

export interface Jugement {
  readonly sort: SortEnvoye;
  readonly conduite: Conduite;
  readonly erreurs: readonly ErreurExpliquee[];
}

/** What the whole answer says, as far as it bears on each unit. */
export interface Contexte {
  /** The file is accepted as a whole, by an answer that names nothing of it. */
  readonly accepteEnBloc: boolean;
  /** Sendings made before the answer: from the second one on, a double is our own first. */
  readonly departs: number;
  /** Errors of the file itself: those of a unit that is refused with it, and has none of its own. */
  readonly duFichier: readonly ErreurAck[];
}

export function contexteDe({ issue, unites }: BilanAck, departs: number): Contexte {
  const entiers = unites.filter((u) => u.unite.type === 'fichier');
  return {
    accepteEnBloc: issue === 'accepte' && entiers.length === unites.length,
    departs,
    duFichier: refusEntier(entiers)?.erreurs ?? [],
  };
}

function conduiteDe(sort: SortEnvoye, erreurs: readonly ErreurAck[], contexte: Contexte): Conduite {
  switch (sort) {
    case 'accepte':
      return 'retirer';
    case 'doublon':
      if (contexte.departs > 1) return 'retirer';
      // the number of a pièce or of a line is taken, not that of their bordereau
      return erreurs.every((e) => e.niveau === 'element') ? 'renumeroter' : 'corriger';
    case 'refuse':
      return sensDe(erreurs) === 'passager' ? 'renvoyer' : 'corriger';
    case 'indecis':
      return 'trancher';
    case 'sans_reponse':
      return contexte.accepteEnBloc ? 'retirer' : 'trancher';
    default:
      return sort satisfies never;
  }
}

interface Reponse {
  readonly sort: SortEnvoye;
  readonly erreurs: readonly ErreurAck[];
}

export function juger({ sort, erreurs }: Reponse, contexte: Contexte): Jugement {
  const avecLeFichier = erreurs.length === 0 && (sort === 'refuse' || sort === 'doublon');
  const siennes = avecLeFichier ? contexte.duFichier : erreurs;
  return {
    sort,
    conduite: conduiteDe(sort, siennes, contexte),
    erreurs: siennes.map((e) => ({ ...e, explication: refusDe(e.code, e.libelle).libelle })),
  };
}

/** @param toutes what is to be done of each part of the file. */
export function conduiteFichier(toutes: ReadonlySet<Conduite>): ConduiteFichier {
  if (toutes.has('corriger') || toutes.has('renumeroter')) return 'corriger';
  // what may go again as it is does not go with what is there already
  if (toutes.has('renvoyer')) return toutes.size === 1 ? 'renvoyer' : 'corriger';
  return toutes.has('trancher') || toutes.size === 0 ? 'trancher' : 'rien';
}
