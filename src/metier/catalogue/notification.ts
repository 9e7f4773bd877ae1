import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the notification axis: settings that cannot be used, and addresses the guard refuses. */
export const CATALOGUE_NOTIFICATION = {
  'VGM-NTF-001': {
    nature: 'definitive',
    message: 'Le réglage notification.webhook.reseaux_permis contient « {valeur} », qui n’est pas lisible.',
    cause: 'La valeur n’est ni un réseau (10.0.0.0/8, fd00::/8), ni une adresse, ni un nom de machine.',
    remede: 'L’exploitant corrige cette valeur dans la configuration, puis redémarre le démon.',
    http: 500,
    sortie: 2,
  },
  'VGM-NTF-002': {
    nature: 'passagere',
    message: 'Le nom « {nom} » mène à l’adresse {adresse}, où l’envoi est interdit.',
    cause: 'Cette adresse est privée, locale ou réservée : un webhook ne peut viser que l’Internet public.',
    remede:
      'Corriger l’adresse du webhook ; si le receveur est bien sur un réseau interne, l’exploitant ajoute ce réseau à notification.webhook.reseaux_permis.',
    http: 422,
    sortie: 1,
  },
  'VGM-NTF-003': {
    nature: 'definitive',
    message: 'Le fichier d’autorités de certification {fichier} ne peut pas être lu.',
    cause: 'Le fichier est absent, illisible pour le démon, ou ne contient aucun certificat PEM.',
    remede: 'L’exploitant vérifie le réglage « autorites » de la notification et les droits du fichier.',
    http: 500,
    sortie: 1,
  },
  'VGM-NTF-004': {
    nature: 'definitive',
    message: 'Le secret donné n’est pas un secret de webhook.',
    cause: 'Un secret s’écrit « whsec_ » suivi de 24 à 64 octets en base64.',
    remede: 'Recopier en entier le secret affiché à la création du point de notification.',
    http: 422,
    sortie: 2,
  },
  'VGM-NTF-005': {
    nature: 'definitive',
    message: 'Impossible d’écouter sur le port {port} de cette machine.',
    cause: 'Un autre programme occupe déjà ce port, ou ce port demande des droits particuliers.',
    remede: 'Choisir un autre port, ou 0 pour en laisser choisir un libre.',
    http: 500,
    sortie: 2,
  },
} as const satisfies Catalogue;

export const erreurNotification = fabrique(CATALOGUE_NOTIFICATION);
