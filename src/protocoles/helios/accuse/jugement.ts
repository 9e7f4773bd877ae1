import type { EvenementEtat } from '../../../metier/etats.ts';
import type { Flux, ObjetJson } from '../../../metier/flux.ts';
import {
  type BilanAck,
  type IssueAck,
  issueDe,
  nombre,
  type SortEnvoye,
  sortsQuiComptent,
  type UniteJugee,
} from './bilan.ts';
import { type Confrontation, confronter, type ContenuEnvoye, repondDe } from './confrontation.ts';
import type { DepartsAvant } from './departs.ts';

/** What an answer does to the file it answers, judged on the parts of that file. */

/** What a person says Hélios did of the file, when its answer does not tell. */
export const ISSUES_TRANCHEES = ['accepte', 'partiel', 'refuse'] as const;
export type IssueTranchee = (typeof ISSUES_TRANCHEES)[number];

/** Kept with the answer in the summary of the flux; null when it spoke for itself. */
export function trancheDe({ resume }: Pick<Flux, 'resume'>): IssueTranchee | null {
  const { tranche } = (resume['acquittement'] ?? {}) as ObjetJson;
  return ISSUES_TRANCHEES.find((issue) => issue === tranche) ?? null;
}

export interface Circonstances {
  /** Sendings that the answer may be of. */
  readonly departs: DepartsAvant;
  /** Null: nobody settled it. */
  readonly tranche: IssueTranchee | null;
}

export type EvenementAck = Extract<EvenementEtat, 'accuse_recu' | 'accuse_partiel_recu' | 'anomalie_recue'>;

export interface JugementAck {
  /** Each answered part of the file once, under the name it bears there; then what is said of the file and of marchés. */
  readonly bilan: BilanAck;
  readonly confrontation: Confrontation;
  /** Null: only a person can say. */
  readonly evenement: EvenementAck | null;
}

type Partie = Confrontation['bordereaux'][number];

function unitePour({ domaine, exercice, numero, sort, erreurs }: Partie): UniteJugee | null {
  if (sort === 'sans_reponse') return null;
  const unite = { type: 'bordereau', numero, exercice: exercice === '' ? null : exercice } as const;
  return { domaine, unite, sort, erreurs };
}

/** Bordereaux of the file that one answer speaks of. */
function partiesDe(
  u: UniteJugee,
  parNumero: ReadonlyMap<string | null, readonly Partie[]>,
): readonly Partie[] {
  if (u.unite.type !== 'bordereau') return [];
  return (parNumero.get(nombre(u.unite.numero)) ?? []).filter((b) => repondDe(u, b));
}

/** What several domains say of one bordereau is told once; what the file does not hold stays as it is told. */
function unitesDuFichier({ unites }: BilanAck, { bordereaux }: Confrontation): readonly UniteJugee[] {
  const parNumero = Map.groupBy(bordereaux, (b) => nombre(b.numero));
  const dites = new Set<Partie>();
  return unites.flatMap((u) => {
    const parties = partiesDe(u, parNumero);
    if (parties.length === 0) return [u];
    const neuves = parties.filter((p) => !dites.has(p));
    for (const partie of neuves) dites.add(partie);
    return neuves.flatMap((p) => unitePour(p) ?? []);
  });
}

/** What a person says of the whole file is said of each part that the answer leaves in doubt, or tells otherwise. */
function trancher({ bordereaux, pieces }: Confrontation, issue: IssueTranchee | null): Confrontation {
  if (issue === null || issue === 'partiel') return { bordereaux, pieces };
  const dire = <T extends { readonly sort: SortEnvoye }>(partie: T): T => {
    if (issue === 'accepte') return { ...partie, sort: 'accepte', erreurs: [] };
    return partie.sort === 'doublon' ? partie : { ...partie, sort: 'refuse' };
  };
  return { bordereaux: bordereaux.map(dire), pieces: pieces.map(dire) };
}

/**
 * « Doublon » is the answer to a second sending of what Hélios already holds: then it proves the first. Answered to the
 * first one, it says that the number was already taken by something else. Null when the hour of its making does not tell.
 */
function estLeNotre({ surs, possibles }: DepartsAvant): boolean | null {
  if (surs > 1) return true;
  return possibles > 1 ? null : false;
}

const EVENEMENTS = {
  accepte: 'accuse_recu',
  partiel: 'accuse_partiel_recu',
  refuse: 'anomalie_recue',
} as const satisfies Record<IssueTranchee, EvenementAck>;

/** Issue, once it is known whether what is there already is ours; null when it is not known. */
function issueEntendue(sorts: ReadonlySet<SortEnvoye>, departs: DepartsAvant): IssueTranchee | null {
  const issue = issueDe(sorts);
  switch (issue) {
    case 'accepte':
    case 'partiel':
      return issue;
    case 'refuse':
    case 'doublon': {
      if (!sorts.has('doublon')) return 'refuse';
      const notre = estLeNotre(departs);
      if (notre === null) return null;
      if (!notre) return 'refuse';
      return issue === 'doublon' ? 'accepte' : 'partiel';
    }
    case 'indecis':
    case 'sans_contenu':
      return null;
    default:
      return issue satisfies never;
  }
}

/** The words of « doublon » stay: they are told with both of its meanings. */
function issueDite(dite: IssueAck, entendue: IssueTranchee | null): IssueAck {
  return dite === 'doublon' || entendue === null ? dite : entendue;
}

/** What counts beside the parts of the file: its marchés, and what lies beyond a list that was cut. */
function autresParties(unites: readonly UniteJugee[], { complet }: ContenuEnvoye): readonly UniteJugee[] {
  return unites.filter(({ unite: { type } }) => type === 'marche' || (type !== 'fichier' && !complet));
}

/** Judges an answer on a file whose parts are known. Pure. */
export function jugerAck(
  bilan: BilanAck,
  contenu: ContenuEnvoye,
  { departs, tranche }: Circonstances,
): JugementAck {
  const confrontation = confronter(bilan, contenu);
  const unites = unitesDuFichier(bilan, confrontation);
  const parties = [...confrontation.bordereaux, ...confrontation.pieces, ...autresParties(unites, contenu)];
  const sorts = sortsQuiComptent(
    parties.map((p) => p.sort),
    unites,
  );
  const lisible = bilan.issue !== 'indecis' && bilan.issue !== 'sans_contenu';
  const entendue = tranche ?? (lisible ? issueEntendue(sorts, departs) : null);
  const issue = tranche ?? (lisible ? issueDite(issueDe(sorts), entendue) : bilan.issue);
  return {
    bilan: { issue, unites },
    confrontation: trancher(confrontation, tranche),
    evenement: entendue === null ? null : EVENEMENTS[entendue],
  };
}
