import { MOTIF_ID_ACTE } from '../noms.ts';
import { citer, type Regle } from './regle.ts';

export const REGLES_PRECEDENT: readonly Regle[] = [
  {
    code: 'ACTES-PRE-01',
    question: 'L’identifiant de l’acte précédent est-il bien formé ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, PrecedentIdentifiantActe/@IDActe',
    gravite: 'bloquante',
    examiner: ({ champs: { precedent } }) => {
      if (precedent === undefined) return null;
      if (MOTIF_ID_ACTE.test(precedent)) return [];
      return [
        {
          ou: 'precedent',
          message: `L’identifiant de l’acte précédent ${citer(precedent)} est mal formé.`,
          remede:
            'Recopier l’identifiant unique porté par l’accusé de réception, de la forme « 034-123456789-20260115-2026_001-DE ».',
        },
      ];
    },
  },
  {
    code: 'ACTES-PRE-02',
    question: 'L’acte précédent est-il un acte de la même collectivité ?',
    source: 'Contrôle de vraisemblance de vaguemestre',
    gravite: 'avertissement',
    examiner: ({ champs: { precedent }, faits: { collectivite } }) => {
      if (precedent === undefined || !MOTIF_ID_ACTE.test(precedent)) return null;
      const siren = precedent.split('-')[1];
      if (siren === collectivite.siren) return [];
      return [
        {
          ou: 'precedent',
          message: `L’acte précédent ${citer(precedent)} est celui d’un autre SIREN (${siren}) que ${collectivite.siren}.`,
          remede: 'Vérifier l’identifiant ; c’est normal après une fusion ou un changement de SIREN.',
        },
      ];
    },
  },
];
