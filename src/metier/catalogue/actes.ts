import { type Catalogue, fabrique } from '../erreurs.ts';

/** What may stop the making of an ACTES envelope. */
export const CATALOGUE_ACTES = {
  'VGM-ACT-001': {
    nature: 'definitive',
    message: 'Le résumé du flux {flux} ne permet pas de composer le message de l’acte.',
    cause: 'Le flux a été enregistré par une autre version du programme, ou modifié hors de lui.',
    remede: 'Abandonner ce flux et déposer l’acte de nouveau ; transmettre le cas à l’éditeur.',
    http: 500,
    sortie: 1,
  },
  'VGM-ACT-002': {
    nature: 'definitive',
    message:
      'Les pièces du flux {flux} ne correspondent pas à son résumé (pièces à envoyer : {pieces} ; typologies : {typologies}).',
    cause: 'Le flux a été enregistré par une autre version du programme, ou modifié hors de lui.',
    remede: 'Abandonner ce flux et déposer l’acte de nouveau ; transmettre le cas à l’éditeur.',
    http: 500,
    sortie: 1,
  },
  'VGM-ACT-003': {
    nature: 'definitive',
    message: 'La collectivité {siren} n’a pas de fiche ACTES : l’enveloppe ne peut pas être composée.',
    cause: 'La fiche ACTES a été retirée entre le dépôt de l’acte et la composition de son enveloppe.',
    remede: 'L’exploitant complète la fiche ACTES de la collectivité ; l’acte est ensuite déposé de nouveau.',
    http: 409,
    sortie: 1,
  },
  'VGM-ACT-004': {
    nature: 'definitive',
    message: 'L’acte {identite} ne porte plus le département de sa collectivité ({departement}).',
    cause: 'La fiche ACTES de la collectivité a changé depuis le dépôt de l’acte.',
    remede: 'Abandonner ce flux et déposer l’acte de nouveau : son identifiant suivra la fiche.',
    http: 409,
    sortie: 1,
  },
  'VGM-ACT-005': {
    nature: 'definitive',
    message: 'La pièce « {piece} » est de type {type}, qu’ACTES ne transporte pas.',
    cause: 'Le type constaté sur le contenu n’est ni PDF, ni XML, ni JPEG, ni PNG.',
    remede: 'Abandonner ce flux et déposer l’acte de nouveau avec une pièce d’un type admis.',
    http: 422,
    sortie: 3,
  },
  'VGM-ACT-006': {
    nature: 'definitive',
    message:
      'L’acte {identite} est classé selon la classification du {sienne} ; celle en vigueur est du {enVigueur}.',
    cause: 'La classification a changé entre son dépôt et son départ : l’État le refuserait (ODT-VERIF-01).',
    remede:
      'Rien n’est parti. Reprendre son classement avec la classification en vigueur (« vaguemestre classification »), puis le déposer de nouveau sous le même numéro.',
    http: 409,
    sortie: 3,
  },
} as const satisfies Catalogue;

export const erreurActes = fabrique(CATALOGUE_ACTES);
