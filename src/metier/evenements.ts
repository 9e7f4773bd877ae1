/**
 * Every event that the journal may hold, with the words shown to people. The code is what is proved, chained and
 * never changed; the wording may improve. A test holds this table equal to what the program writes.
 */
export const LIBELLE_EVENEMENT: Readonly<Record<string, string>> = {
  DEPOT: 'déposé',
  DEPOT_REFUSE: 'dépôt refusé',
  CONTROLE_FAVORABLE: 'contrôles favorables',
  CONTROLE_DEFAVORABLE: 'contrôles défavorables',
  SIGNATURE_ATTENDUE: 'signature attendue',
  SIGNATURE_APPORTEE: 'signature apportée',
  SIGNATURE_FAVORABLE: 'signatures favorables',
  SIGNATURE_DEFAVORABLE: 'signatures défavorables',
  IDENTITE: 'numéro d’envoi réservé',
  ENVELOPPE_FAITE: 'archive composée',
  MISE_EN_LIGNE: 'mis en ligne',
  REMISE_CONFIRMEE: 'pris par l’État',
  REMISE_NON_FAITE: 'non pris, à refaire',
  REMISE_INCERTAINE: 'remise au sort inconnu',
  REMISE_REFUSEE: 'refusé au guichet',
  REMISE_CONSTATEE: 'vu chez l’État',
  ACCUSE_RECU: 'accusé reçu',
  ACCUSE_PARTIEL_RECU: 'accusé partiel reçu',
  ANOMALIE_RECUE: 'refus de l’État reçu',
  TRANCHE_RECU: 'tranché : l’État le détient',
  TRANCHE_NON_RECU: 'tranché : l’État ne l’a pas',
  RENVOI_DEMANDE: 'renvoi demandé',
  ABANDON_DEMANDE: 'abandon demandé',
  RECEPTION: 'reçu de l’État',
  ALERTE: 'alerte',
  RETOUR_RECU: 'message de l’État rangé',
  RETOUR_ATTRIBUE: 'message attribué',
  RETOUR_A_TRANCHER: 'message à trancher',
  RETOUR_CLASSE: 'message classé',
  RETOUR_RATTACHE: 'message rattaché',
  RETOUR_RETRAITE: 'message à relire',
  NOTIFICATION_LIVREE: 'notification livrée',
  NOTIFICATION_ABANDONNEE: 'notification abandonnée',
  NOTIFICATION_REJOUEE: 'notification rejouée',
  COLLECTIVITE_CREEE: 'collectivité inscrite',
  COLLECTIVITE_MODIFIEE: 'collectivité modifiée',
  CLASSIFICATION_IMPORTEE: 'classification importée',
  POINT_AJOUTE: 'point de notification ajouté',
  POINT_RETIRE: 'point de notification retiré',
  POINT_ACTIVE: 'point de notification activé',
  POINT_SUSPENDU: 'point de notification suspendu',
  SECRET_RENOUVELE: 'secret renouvelé',
  DESTINATION_SUSPENDUE: 'émission suspendue',
  DESTINATION_REPRISE: 'émission reprise',
  JETON_CREE: 'jeton créé',
  JETON_REVOQUE: 'jeton révoqué',
};

/** Wording of an event; its code when a newer program wrote it. */
export function libelleEvenement(ev: string): string {
  return LIBELLE_EVENEMENT[ev] ?? ev;
}
