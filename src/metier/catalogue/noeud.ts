import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of daemons that share a store, and of what shares the work out between them. */
export const CATALOGUE_NOEUD = {
  'VGM-NOE-001': {
    nature: 'definitive',
    message: 'Un autre démon en service porte déjà le nom de nœud « {nom} ».',
    cause:
      'Deux machines ont le même réglage « noeud.nom », ou une machine a été copiée avec son nom et son dossier de données.',
    remede: 'Donner à chaque démon un nom qui lui soit propre (« noeud.nom »), puis démarrer de nouveau.',
    http: 500,
    sortie: 1,
  },
  'VGM-REP-001': {
    nature: 'definitive',
    message: 'Le serveur Redis {adresse} ne peut pas servir :\n{problemes}',
    cause: 'Il perdrait des annonces à un redémarrage, ou en jetterait quand sa mémoire est pleine.',
    remede:
      'L’exploitant règle Redis comme dit (redis.conf), le redémarre, ou revient à « repartition.type = "locale" ».',
    http: 500,
    sortie: 1,
  },
  'VGM-REP-002': {
    nature: 'passagere',
    message: 'Le serveur Redis {adresse} ne répond pas : {detail}.',
    cause: 'Serveur arrêté ou en cours de redémarrage, réseau coupé, adresse fausse.',
    remede:
      'Vérifier Redis et « repartition.redis » ; d’ici là chaque nœud cherche lui-même le travail : rien ne se perd, l’attente s’allonge un peu.',
    http: 503,
    sortie: 1,
  },
  'VGM-REP-003': {
    nature: 'definitive',
    message: 'Le serveur Redis {adresse} refuse ce démon : {detail}.',
    cause: 'Mot de passe ou utilisateur faux, ou droits trop étroits (ACL).',
    remede:
      'L’exploitant corrige « repartition.redis.utilisateur » et le fichier du mot de passe, ou les droits du compte dans Redis.',
    http: 500,
    sortie: 1,
  },
  'VGM-REP-004': {
    nature: 'passagere',
    message: 'Le serveur Redis {adresse} répond, mais n’écrit rien : {detail}.',
    cause:
      'Mémoire ou disque plein, réplique à la place du serveur principal, données en cours de relecture.',
    remede:
      'L’exploitant rend Redis capable d’écrire (« maxmemory », place sur le disque, adresse du serveur principal) ; d’ici là chaque nœud cherche lui-même le travail : rien ne se perd, l’attente s’allonge un peu.',
    http: 503,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurNoeud = fabrique(CATALOGUE_NOEUD);
