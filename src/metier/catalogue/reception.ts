import { type Catalogue, fabrique } from '../erreurs.ts';

/**
 * Errors met while fetching the State's answers (first half of the step ACC; 001 to 009 belong to their reading).
 * A mailbox out of reach is always transient: the messages wait at the source, nothing of them is lost.
 */
export const CATALOGUE_RECEPTION = {
  'VGM-ACC-010': {
    nature: 'passagere',
    message: 'La boîte de réception « {boite} » ne répond pas ({detail}).',
    cause: 'Serveur arrêté, adresse ou port faux, réseau coupé ou pare-feu.',
    remede:
      'La relève reprendra d’elle-même. Si cela dure, l’exploitant vérifie l’hôte et le port sous [[reception.imap]] et l’état du serveur.',
    http: 503,
    sortie: 1,
  },
  'VGM-ACC-011': {
    nature: 'passagere',
    message: 'La boîte de réception « {boite} » refuse le compte « {utilisateur} ».',
    cause: 'Mot de passe changé ou faux, compte bloqué.',
    remede:
      'L’exploitant corrige le fichier nommé par « secret_fichier » ; il est relu à chaque relève, sans redémarrage.',
    http: 503,
    sortie: 1,
  },
  'VGM-ACC-012': {
    nature: 'passagere',
    message: 'Le certificat du serveur de la boîte « {boite} » n’est pas reconnu ({detail}).',
    cause: 'Certificat périmé, nom différent de l’hôte, ou autorité absente de « autorites ».',
    remede:
      'L’exploitant met à jour le fichier d’autorités sous [[reception.imap]], ou fait renouveler le certificat du serveur.',
    http: 503,
    sortie: 1,
  },
  'VGM-ACC-013': {
    nature: 'passagere',
    message: 'Le dossier « {dossier} » de la boîte « {boite} » est introuvable ou illisible.',
    cause: 'Nom de dossier faux dans la configuration, droits insuffisants ou disque non monté.',
    remede: 'L’exploitant corrige « dossier » dans la configuration, ou les droits du dossier.',
    http: 503,
    sortie: 1,
  },
  'VGM-ACC-014': {
    nature: 'passagere',
    message: 'La boîte « {boite} » n’a pas laissé ranger les messages consignés dans « {dossier} ».',
    cause: 'Droits ou quota du compte sur ce dossier.',
    remede:
      'L’exploitant vérifie les droits et le quota de la boîte. Les messages sont déjà consignés : relus, ils ne compteront qu’une fois.',
    http: 503,
    sortie: 1,
  },
  'VGM-ACC-015': {
    nature: 'definitive',
    message:
      'Le message {message} de la source « {boite} » dépasse {limite} octets ; il est laissé à la source.',
    cause: 'Aucune réponse connue de l’État n’a cette taille ; courriel étranger probable.',
    remede: 'L’exploitant l’examine dans la boîte, puis l’écarte ou le fait suivre à la main.',
    http: 413,
    sortie: 1,
  },
  'VGM-ACC-016': {
    nature: 'passagere',
    message: 'Le message {message} de la source « {boite} » est vide ; il est laissé à la source.',
    cause: 'Livraison interrompue (disque plein côté serveur de messagerie).',
    remede: 'L’exploitant vérifie le serveur de messagerie, puis efface le fichier vide.',
    http: 503,
    sortie: 1,
  },
  'VGM-ACC-017': {
    nature: 'passagere',
    message: 'La connexion s’est fermée avant la fin du message.',
    cause: 'Coupure du réseau ou arrêt de l’expéditeur pendant l’envoi.',
    remede: 'Rien n’a été gardé ; le serveur expéditeur renverra le message de lui-même.',
    http: 503,
    sortie: 1,
  },
  'VGM-ACC-018': {
    nature: 'passagere',
    message: 'Le récepteur SMTP ne peut pas écouter sur {adresse} ({detail}).',
    cause: 'Port déjà pris, adresse absente de la machine, certificat ou clé illisible.',
    remede: 'L’exploitant corrige « adresse », « port », « certificat » et « cle » sous [reception.smtp].',
    http: 500,
    sortie: 1,
  },
  'VGM-ACC-019': {
    nature: 'definitive',
    message: 'Le courriel dépasse les limites de lecture ({detail}).',
    cause:
      'Trop de parties, ou parties trop volumineuses une fois décodées : aucune réponse connue de l’État.',
    remede: 'Une personne examine le message brut, gardé entier, et tranche.',
    http: 413,
    sortie: 1,
  },
  'VGM-ACC-020': {
    nature: 'definitive',
    message: 'La boîte « {boite} » range ses messages dans le dossier même qu’elle relève (« {dossier} »).',
    cause: '« dossier » et « dossier_traite » sont identiques dans la configuration.',
    remede: 'L’exploitant donne deux dossiers différents sous [[reception.imap]].',
    http: 500,
    sortie: 2,
  },
  'VGM-ACC-021': {
    nature: 'passagere',
    message: 'Le fichier « {fichier} » de la boîte « {boite} » est illisible.',
    cause: 'Fichier absent, ou droits insuffisants pour le compte du démon.',
    remede: 'L’exploitant rétablit le fichier ou ses droits ; il est relu à chaque relève, sans redémarrage.',
    http: 503,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurReception = fabrique(CATALOGUE_RECEPTION);
