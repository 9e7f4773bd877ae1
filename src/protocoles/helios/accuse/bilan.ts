import { DOMAINES_ACK, type SensRefus } from '../codes.ts';
import type { AcquitLu, ElementAck, ErreurAck, NonAcquitLu, UniteAck } from './faits.ts';

/**
 * Fate of one unit of acceptance. The State accepts and refuses bordereau by bordereau and piece by piece: a file is
 * often taken in part. `doublon`: refused for being there already; after a second sending, that proves the first one.
 * `indecis`: told both ways, or a state that cannot be read.
 */
export type SortUnite = 'accepte' | 'refuse' | 'doublon' | 'indecis';

/** The same for a unit of the file that was sent, which the answer may leave out. */
export type SortEnvoye = SortUnite | 'sans_reponse';

export interface UniteJugee {
  /** `depense`, `recette`, or the code of the State for the others; null for a piece and for the file. */
  readonly domaine: string | null;
  readonly unite: UniteAck;
  readonly sort: SortUnite;
  readonly erreurs: readonly ErreurAck[];
}

/**
 * The file as a whole: accepted when every EtatAck is 1 and every part has its own (d.2). `doublon`: all of it is there
 * already. `sans_contenu`: an acquittement that answers nothing.
 */
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

/** What one domain says of one unit; `confronter` adds up what several say of it (a bordereau and its signature, 3). */
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

/** Fates that count: those of the parts, then of the file itself a refusal always, an acceptance when nothing else is said. */
export function sortsQuiComptent(
  parts: readonly SortEnvoye[],
  unites: readonly UniteJugee[],
): ReadonlySet<SortEnvoye> {
  const entiers = unites.filter((u) => u.unite.type === 'fichier').map((u) => u.sort);
  const sorts = new Set([...parts, ...entiers.filter((sort) => sort !== 'accepte')]);
  const muette = [...sorts].every((sort) => sort === 'sans_reponse');
  return muette && entiers.length > 0 ? new Set(['accepte']) : sorts;
}

/** Fates as one: a part is in as soon as one is accepted. Without any, what is there already came from elsewhere. */
export function issueDe(sorts: ReadonlySet<SortEnvoye>): IssueAck {
  if (sorts.has('indecis')) return 'indecis';
  if (sorts.has('accepte')) return sorts.size === 1 ? 'accepte' : 'partiel';
  if (sorts.has('doublon') && sorts.size === 1) return 'doublon';
  return sorts.has('refuse') || sorts.has('doublon') ? 'refuse' : 'sans_contenu';
}

/**
 * What an answer says by itself, its file not being known yet (`jugerAck`): which bordereaux, which pieces are in; the same
 * one named several times is told once, with all its errors.
 */
export function bilanAcquit({ elements, tronque }: AcquitLu): BilanAck {
  const groupes = new Map<string, ElementAck[]>();
  for (const element of elements) {
    const k = cle(element);
    const groupe = groupes.get(k);
    if (groupe === undefined) groupes.set(k, [element]);
    else groupe.push(element);
  }
  const unites = [...groupes.values()].map(juger);
  const parts = unites.filter((u) => u.unite.type !== 'fichier').map((u) => u.sort);
  return { issue: tronque ? 'indecis' : issueDe(sortsQuiComptent(parts, unites)), unites };
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
