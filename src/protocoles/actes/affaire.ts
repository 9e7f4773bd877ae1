import type { Courrier, FaitsActe, Reponse } from '../../metier/calendrier/faits.ts';
import { territoireDe } from '../../metier/calendrier/feries.ts';
import type { Collectivite } from '../../metier/collectivite.ts';
import { jourDe } from '../../metier/echeances.ts';
import type { Flux } from '../../metier/flux.ts';
import { type Jour, lireJour } from '../../metier/identifiants.ts';
import { messageDe } from './echanges/resume.ts';
import { estBudgetaire } from './natures.ts';

/** A letter about an acte, and what was answered to it. */
export interface Echange {
  readonly courrier: Flux;
  readonly reponses: readonly Flux[];
}

const jourDu = ({ resume }: Flux, champ: string): Jour | null =>
  lireJour(String(resume[champ] ?? '')) ?? null;
const dit = ({ resume }: Flux, champ: string): string | null => {
  const valeur = resume[champ];
  return typeof valeur === 'string' && valeur !== '' ? valeur : null;
};

const REPONSES: readonly string[] = ['3-3', '3-4', '4-3', '4-4'] satisfies readonly Reponse['message'][];

function reponseDe(reponses: readonly Flux[]): Reponse | null {
  const partie = reponses.find((r) => REPONSES.includes(messageDe(r)) && r.transmis !== null);
  if (partie === undefined) return null;
  return { message: messageDe(partie) as Reponse['message'], recue: jourDu(partie, 'dateReception') };
}

/** Accounts of a past year follow another calendar than budgets (CGCT, art. L. 1612-12 to -14). */
const COMPTE = '09';

function budgetaire(acte: Flux): FaitsActe['budgetaire'] {
  const nature = { code: dit(acte, 'nature') ?? '', abrege: '', libelle: '' };
  if (!estBudgetaire(nature, dit(acte, 'matiere') ?? undefined)) return null;
  return dit(acte, 'natDec') === COMPTE ? 'compte' : 'budget';
}

/** What the legal calendar of an acte rests on, as far as its flux and those that cite it tell. */
export function faitsActe(
  acte: Flux,
  echanges: readonly Echange[],
  { actes: fiche }: Pick<Collectivite, 'actes'>,
): FaitsActe {
  const courriers = echanges.flatMap(({ courrier, reponses }): Courrier[] => {
    const message = messageDe(courrier);
    if (message !== '3-1' && message !== '4-1') return [];
    return [{ message, recu: jourDe(courrier.depose), reponse: reponseDe(reponses) }];
  });
  const defere = echanges.find(({ courrier }) => messageDe(courrier) === '5-1')?.courrier;
  return {
    territoire: territoireDe(fiche?.departement ?? '') ?? 'metropole',
    natureCollectivite: fiche?.nature ?? null,
    decision: jourDu(acte, 'date'),
    transmission: acte.transmis === null ? null : jourDe(acte.transmis),
    reception: jourDu(acte, 'dateReception'),
    publication: jourDu(acte, 'publication'),
    nature: dit(acte, 'nature'),
    matiere: dit(acte, 'matiere'),
    budgetaire: budgetaire(acte),
    papier: acte.resume['documentPapier'] === true ? { recu: jourDu(acte, 'complementRecu') } : null,
    courriers,
    defere: defere === undefined ? null : (jourDu(defere, 'dateCourrier') ?? jourDe(defere.depose)),
    annulation: jourDu(acte, 'dateAnnulation'),
  };
}
