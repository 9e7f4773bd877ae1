import type { Jour } from '../identifiants.ts';
import type { Territoire } from './feries.ts';

/** What the collectivité answered to a letter of the préfecture. */
export interface Reponse {
  /** 3-3 refus de pièces, 3-4 pièces, 4-3 rejet, 4-4 réponse. */
  readonly message: '3-3' | '3-4' | '4-3' | '4-4';
  /** `@DateReception` of the 3-5 or 4-5; null as long as the préfecture gave none. */
  readonly recue: Jour | null;
}

/** A letter that may put off the end of the contrôle: 3-1 demande de pièces, 4-1 lettre d'observations. */
export interface Courrier {
  readonly message: '3-1' | '4-1';
  /** Day on which the collectivité received it. */
  readonly recu: Jour;
  readonly reponse: Reponse | null;
}

/** All that is known of one acte; null = not known, or did not happen. */
export interface FaitsActe {
  readonly territoire: Territoire;
  /** `IDCL/@Nature`: `11` région, `21` département, `31` commune, `41` to `46` intercommunalité. */
  readonly natureCollectivite: string | null;
  /** Date of the decision, which is that of its signature. */
  readonly decision: Jour | null;
  /** Day on which the archive left. */
  readonly transmission: Jour | null;
  /** `ARActe/@DateReception`; never the day of the mail. */
  readonly reception: Jour | null;
  /** Publication, or notification of an individual decision, as the collectivité tells it. */
  readonly publication: Jour | null;
  /** `@CodeNatureActe`: `3` is an individual decision. */
  readonly nature: string | null;
  /** Levels 1 and 2 at least, dotted: `1.2`, `7.10`. */
  readonly matiere: string | null;
  /** `budget`: budget, décision modificative or budget supplémentaire; `compte`: accounts of a past year. */
  readonly budgetaire: 'budget' | 'compte' | null;
  /** The acte left with `DocumentPapier` = O: its paper complement, and the day on which it was received. */
  readonly papier: { readonly recu: Jour | null } | null;
  readonly courriers: readonly Courrier[];
  /** `DefereTA/DateDepot` (5-1). */
  readonly defere: Jour | null;
  /** `ARAnnulation/@DateReception` (6-2). */
  readonly annulation: Jour | null;
}
