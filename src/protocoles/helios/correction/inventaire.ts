import { nombre } from '../accuse/bilan.ts';
import type { FaitsPes } from '../lecture/faits.ts';

/** What a PES holds that the State accepts or refuses: its bordereaux, its attached pieces. */

export interface BordereauEnvoye {
  /** `depense` or `recette`. */
  readonly domaine: string;
  readonly exercice: string;
  /** TypBord. */
  readonly type: string;
  readonly numero: string;
  /** IdUnique of the pieces it cites, each once. */
  readonly pieces: readonly string[];
}

export interface Inventaire {
  readonly bordereaux: readonly BordereauEnvoye[];
  /** IdUnique, each once. */
  readonly pieces: readonly string[];
  /** Nothing was left aside for its number. */
  readonly complet: boolean;
}

/** One number is used once by exercice and by type of bordereau (XSD, IdBord). */
export function cleBordereau({ domaine, exercice, type, numero }: Omit<BordereauEnvoye, 'pieces'>): string {
  return [domaine, nombre(exercice), nombre(type), nombre(numero)].join('|');
}

export function inventaire(faits: FaitsPes): Inventaire {
  const citees = Map.groupBy(faits.references, ({ domaine, bordereau }) => `${domaine}|${bordereau}`);
  const bordereaux = faits.domaines.flatMap(({ nom, bordereaux: siens }) =>
    siens.map(({ rang, exer, typBord, idBord }) => ({
      domaine: nom,
      exercice: exer?.valeur ?? '',
      type: typBord?.valeur ?? '',
      numero: idBord?.valeur ?? '',
      pieces: [...new Set((citees.get(`${nom}|${rang}`) ?? []).flatMap((r) => r.idUnique ?? []))],
    })),
  );
  const pieces = [...new Set(faits.pieces.flatMap((p) => p.idUnique?.valeur ?? []))];
  const complet = !faits.tronquees.some((liste) => liste === 'bordereaux' || liste === 'pieces');
  return { bordereaux, pieces, complet };
}
