import { type Jour, lireJour } from '../../../metier/identifiants.ts';
import { citer, dateFrancaise, type Regle, type Sujet } from './regle.ts';

/** A day of the calendar; year 0 is refused, xsd:date has none. */
export function jourReel(date: string | undefined): Jour | undefined {
  return date === undefined || date.startsWith('0000') ? undefined : lireJour(date);
}

function dateLue(sujet: Sujet): Jour | undefined {
  return jourReel(sujet.champs.date);
}

export const REGLES_DATE: readonly Regle[] = [
  {
    code: 'ACTES-DAT-01',
    question: 'La date de décision est-elle une date du calendrier ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, Acte/@Date (xsd:date)',
    gravite: 'bloquante',
    examiner: (sujet) => {
      const { date } = sujet.champs;
      if (date === undefined) return null;
      if (dateLue(sujet) !== undefined) return [];
      return [
        {
          ou: 'date',
          message: `La date de décision ${citer(date)} n’existe pas ou n’est pas écrite AAAA-MM-JJ.`,
          remede: `Écrire la date de la décision sous la forme « ${sujet.faits.jour} ».`,
        },
      ];
    },
  },
  {
    code: 'ACTES-DAT-02',
    question: 'La date de décision est-elle passée ou du jour ?',
    source: 'Norme d’échange ACTES : la date d’un acte transmis ne peut être postérieure à sa transmission',
    gravite: 'bloquante',
    examiner: (sujet) => {
      const date = dateLue(sujet);
      if (date === undefined) return null;
      if (date <= sujet.faits.jour) return [];
      return [
        {
          ou: 'date',
          message: `La date de décision, ${dateFrancaise(date)}, est dans le futur (nous sommes le ${dateFrancaise(sujet.faits.jour)}).`,
          remede: 'Corriger la date, ou attendre que la décision soit prise pour la transmettre.',
        },
      ];
    },
  },
  {
    code: 'ACTES-DAT-03',
    question: 'La date de décision est-elle vraisemblable ?',
    source: 'Contrôle de vraisemblance de vaguemestre',
    gravite: 'avertissement',
    examiner: (sujet) => {
      const date = dateLue(sujet);
      if (date === undefined) return null;
      if (date >= '1900-01-01') return [];
      return [
        {
          ou: 'date',
          message: `La date de décision, ${dateFrancaise(date)}, est antérieure à 1900.`,
          remede: 'Vérifier l’année : cette date fera partie de l’identifiant définitif de l’acte.',
        },
      ];
    },
  },
];
