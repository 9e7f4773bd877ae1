import type { Jour } from '../identifiants.ts';
import type { Territoire } from './feries.ts';
import { ajouterJoursOuvres } from './ouvres.ts';

/** A duration counted from a day, that day not included. */
export interface Duree {
  readonly mois?: number;
  readonly jours?: number;
}

export interface TermeFranc {
  /** Last day on which one may still act. */
  readonly fin: Jour;
  /** The same before it was carried over to a working day. */
  readonly terme: Jour;
}

/**
 * From quantième to quantième; where the month has no such day, its last one (code de procédure civile, art. 641,
 * which the administrative courts follow): 31 December and two months make 28 or 29 February.
 */
export function ajouter(depart: Jour, { mois = 0, jours = 0 }: Duree): Jour {
  return Temporal.PlainDate.from(depart).add({ months: mois, days: jours }).toString() as Jour;
}

/**
 * Délai franc: neither the day of the event nor the day of the term is counted, so that one may still act on the day
 * after the term; when that day is a Saturday, a Sunday or a public holiday, until the next working day. No article
 * says it for the two months of CJA, art. R. 421-1; the rule is that of the Conseil d'État (19 September 2014,
 * n° 362568), and CPC, art. 642 for the carrying over.
 */
export function delaiFranc(depart: Jour, duree: Duree, territoire: Territoire): TermeFranc {
  const terme = ajouter(ajouter(depart, duree), { jours: 1 });
  return { fin: ajouterJoursOuvres(terme, 0, territoire), terme };
}

/**
 * The préfet defers an acte to the tribunal within two months of its transmission (CGCT, L. 2131-6, L. 3132-1,
 * L. 4142-1): a délai franc, as the délai of any applicant.
 */
export function delaiDefere(depart: Jour, territoire: Territoire): TermeFranc {
  return delaiFranc(depart, { mois: 2 }, territoire);
}

/**
 * The préfet refers a budget that is not balanced to the chambre régionale des comptes within thirty days of its
 * transmission (CGCT, L. 1612-5). The administration speaks of one month, and no decision was found that says whether
 * these days are francs: the later of the four readings is kept, so that the day told is never too early.
 */
export function delaiBudgetaire(depart: Jour, territoire: Territoire): TermeFranc {
  const [trente, mois] = [
    delaiFranc(depart, { jours: 30 }, territoire),
    delaiFranc(depart, { mois: 1 }, territoire),
  ];
  return trente.terme > mois.terme ? trente : mois;
}

/**
 * A demand of suspension made within ten days of the reception suspends at once an acte of urbanisme, a marché or a
 * délégation de service public (CGCT, L. 2131-6). Counted as a délai franc for want of a text that says otherwise.
 */
export function delaiSuspension(depart: Jour, territoire: Territoire): TermeFranc {
  return delaiFranc(depart, { jours: 10 }, territoire);
}

/**
 * An individual decision is transmitted within fifteen days of its signature (CGCT, L. 2131-2, II). A duty of the
 * collectivité and not a time to sue: counted without any favour, neither franc nor carried over.
 */
export function limiteTransmission(signature: Jour): Jour {
  return ajouter(signature, { jours: 15 });
}

/** Silence of two months is a refusal (CJA, R. 421-2), born on the same day two months later, working day or not. */
export function refusImplicite(demande: Jour): Jour {
  return ajouter(demande, { mois: 2 });
}
