import type { Jour } from '../identifiants.ts';
import { type Cours, courir } from './cours.ts';
import { delaiBudgetaire, delaiDefere, type TermeFranc } from './delais.ts';
import type { FaitsActe } from './faits.ts';
import { type Textes, textesDe } from './textes.ts';

/** The facts of an acte and how its délais run: what each milestone is read from. */
export interface Affaire {
  readonly faits: FaitsActe;
  readonly textes: Textes;
  /** Day on which the préfecture held the complete acte; null = not known, or not yet. */
  readonly complet: Jour | null;
  readonly legalite: Cours | null;
  readonly budget: Cours | null;
}

const SANS_RECEPTION = 'tant que la date de réception par la préfecture n’est pas connue';
const INCOMPLET = 'tant que la préfecture n’a pas reçu le complément sur papier';

export function plusTardif(a: Jour, b: Jour): Jour {
  return a > b ? a : b;
}

/** An acte announced with a paper complement is complete when the préfecture holds both (norm ACTES, multi-canal). */
function jourComplet({ reception, papier }: FaitsActe): Jour | null {
  if (reception === null || papier === null) return reception;
  return papier.recu === null ? null : plusTardif(reception, papier.recu);
}

/** End of a sentence: for want of what nothing runs. */
export function pourquoiInconnu({ faits }: Affaire): string {
  return faits.reception === null ? SANS_RECEPTION : INCOMPLET;
}

export function affaireDe(faits: FaitsActe): Affaire {
  const { territoire, courriers } = faits;
  const complet = jourComplet(faits);
  const compter = (delai: (depart: Jour, t: typeof territoire) => TermeFranc, suivis: typeof courriers) =>
    complet === null ? null : courir(complet, suivis, (depart) => delai(depart, territoire));
  // a recours gracieux puts off the time to sue, not the referral of a budget
  const pieces = courriers.filter((c) => c.message === '3-1');
  const budget = faits.budgetaire === 'budget' ? compter(delaiBudgetaire, pieces) : null;
  const textes = textesDe(faits.natureCollectivite);
  return { faits, textes, complet, legalite: compter(delaiDefere, courriers), budget };
}
