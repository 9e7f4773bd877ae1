import { DOMAINES_ACK, type SensRefus } from '../codes.ts';
import type { AcquitLu, ElementAck, ErreurAck, NonAcquitLu, UniteAck } from './faits.ts';

/**
 * Fate of one unit of acceptance. The State accepts and refuses bordereau by bordereau and piece by piece: a file is
 * often taken in part. `doublon`: refused for being there already; after a second sending, that proves the first one.
 * `indecis`: told both ways, or a state that cannot be read.
 */
export type SortUnite = 'accepte' | 'refuse' | 'doublon' | 'indecis';

export interface UniteJugee {
  /** `depense`, `recette`, or the code of the State for the others; null for a piece and for the file. */
  readonly domaine: string | null;
  readonly unite: UniteAck;
  readonly sort: SortUnite;
  readonly erreurs: readonly ErreurAck[];
}

/** The file as a whole. `doublon`: all of it is there already. `sans_contenu`: an acquittement that answers nothing. */
export type IssueAck = 'accepte' | 'partiel' | 'refuse' | 'doublon' | 'indecis' | 'sans_contenu';

export interface BilanAck {
  readonly issue: IssueAck;
  readonly unites: readonly UniteJugee[];
}

const DOMAINES: Readonly<Record<string, string>> = { '5': 'depense', '6': 'recette' };

/** `041` and `41` are one bordereau, `02026` and `2026` one exercice. */
export function nombre(valeur: string | null): string | null {
  if (valeur === null) return null;
  const nu = valeur.trim();
  return /^[0-9]+$/.test(nu) ? nu.replace(/^0+(?=.)/, '') : nu;
}

/** A bordereau is the same under the domain of its signature (3); without a year, it is told by its number. */
function cle({ domaine, unite }: ElementAck): string {
  switch (unite.type) {
    case 'bordereau':
      return [
        'bordereau',
        DOMAINES[domaine ?? ''] ?? domaine ?? '',
        nombre(unite.exercice),
        nombre(unite.numero),
      ].join('|');
    case 'pj':
      return `pj|${unite.idUnique}`;
    case 'marche':
      return `marche|${unite.idMarche}`;
    case 'fichier':
      return `fichier|${domaine ?? ''}`;
    default:
      return unite satisfies never;
  }
}

/** What the errors of one unit call for together. */
export function sensDe(erreurs: readonly ErreurAck[]): SensRefus {
  const [premiere] = erreurs;
  if (premiere === undefined) return 'a_corriger';
  return erreurs.every((e) => e.sens === premiere.sens) ? premiere.sens : 'a_corriger';
}

function sortDe(elements: readonly ElementAck[]): SortUnite {
  const etats = new Set(elements.map((e) => e.accepte));
  if (etats.size !== 1 || etats.has(null)) return 'indecis';
  if (etats.has(true)) return 'accepte';
  return sensDe(elements.flatMap((e) => e.erreurs)) === 'doublon' ? 'doublon' : 'refuse';
}

function juger(elements: readonly ElementAck[]): UniteJugee {
  const [premier] = elements as [ElementAck];
  const { unite, domaine } = premier;
  const nom = unite.type === 'pj' ? null : (DOMAINES[domaine ?? ''] ?? domaine);
  return { domaine: nom, unite, sort: sortDe(elements), erreurs: elements.flatMap((e) => e.erreurs) };
}

function issueDe(unites: readonly UniteJugee[]): IssueAck {
  if (unites.length === 0) return 'sans_contenu';
  const propres = new Set(unites.filter((u) => u.unite.type !== 'fichier').map((u) => u.sort));
  const entiers = new Set(unites.filter((u) => u.unite.type === 'fichier').map((u) => u.sort));
  if (propres.has('indecis') || entiers.has('indecis')) return 'indecis';
  // a refusal of the file itself leaves nothing in: said beside an acceptance, it contradicts it
  if (entiers.has('refuse')) return propres.has('accepte') ? 'indecis' : 'refuse';
  const [seul, ...autres] = propres;
  if (seul === undefined) return entiers.has('doublon') ? 'doublon' : 'accepte';
  return autres.length === 0 ? seul : 'partiel';
}

/** Which bordereaux, which pieces are in; the same one named several times is told once, with all its errors. */
export function bilanAcquit({ elements, tronque }: AcquitLu): BilanAck {
  const groupes = new Map<string, ElementAck[]>();
  for (const element of elements) {
    const k = cle(element);
    const groupe = groupes.get(k);
    if (groupe === undefined) groupes.set(k, [element]);
    else groupe.push(element);
  }
  const unites = [...groupes.values()].map(juger);
  return { issue: tronque ? 'indecis' : issueDe(unites), unites };
}

/** Everything is refused. */
export function bilanRefusEntier({ erreurs }: NonAcquitLu): BilanAck {
  const sort = sensDe(erreurs) === 'doublon' ? 'doublon' : 'refuse';
  return { issue: sort, unites: [{ domaine: null, unite: { type: 'fichier' }, sort, erreurs }] };
}

/** « bordereau de dépense n° 41 (2026) », « pièce justificative P1 », « fichier (signature du fichier) ». */
export function nommerUnite({ domaine, unite }: Pick<UniteJugee, 'domaine' | 'unite'>): string {
  switch (unite.type) {
    case 'bordereau': {
      const de = { depense: ' de dépense', recette: ' de recette' }[domaine ?? ''] ?? '';
      const exercice = unite.exercice === null ? '' : ` (${unite.exercice})`;
      return `bordereau${de} n° ${unite.numero}${exercice}`;
    }
    case 'pj':
      return `pièce justificative ${unite.idUnique}`;
    case 'marche':
      return `marché ${unite.idMarche}`;
    case 'fichier': {
      const quoi = DOMAINES_ACK.get(domaine ?? '');
      return quoi === undefined ? 'fichier' : `fichier (${quoi})`;
    }
    default:
      return unite satisfies never;
  }
}
