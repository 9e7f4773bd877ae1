import type { Regle } from './regle.ts';

export const REGLES_METADONNEES: readonly Regle[] = [
  {
    code: 'ACTES-META-01',
    question: 'Les métadonnées ont-elles la forme attendue (champs connus, types exacts) ?',
    source: 'Contrat de dépôt de vaguemestre',
    gravite: 'bloquante',
    examiner: ({ lues }) => lues.defauts,
  },
  {
    code: 'ACTES-META-02',
    question: 'Tous les champs obligatoires sont-ils déclarés ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, élément Acte : attributs et éléments obligatoires',
    gravite: 'bloquante',
    examiner: ({ lues }) =>
      lues.absents.map((nom) => ({
        ou: nom,
        message: `Le champ « ${nom} » manque.`,
        remede: `Déclarer « ${nom} » avec l’acte.`,
      })),
  },
];
