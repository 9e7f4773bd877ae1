import { type Catalogue, fabrique } from '../erreurs.ts';

/** What the store finds when it opens its files. Failures while it runs are VGM-NOY-005. */
export const CATALOGUE_STOCKAGE = {
  'VGM-STO-001': {
    nature: 'definitive',
    message:
      'La base {fichier} a été écrite par une version plus récente du programme (schéma {trouve}, connu : {connu}).',
    cause: 'Le programme a été ramené à une version antérieure après une mise à jour.',
    remede:
      'L’exploitant réinstalle la version la plus récente, ou restaure la sauvegarde faite avant la mise à jour.',
    http: 500,
    sortie: 1,
  },
  'VGM-STO-002': {
    nature: 'passagere',
    message: 'Le serveur PostgreSQL {serveur} ne répond pas : {raison}.',
    cause: 'Le serveur est arrêté, son adresse est fausse, ou un pare-feu les sépare.',
    remede:
      'L’exploitant vérifie « stockage.postgres.hote » et « stockage.postgres.port », puis que le serveur écoute à cette adresse.',
    http: 503,
    sortie: 1,
  },
  'VGM-STO-003': {
    nature: 'definitive',
    message:
      'Le serveur PostgreSQL {serveur} refuse la connexion de « {utilisateur} » à la base « {base} » : {raison}.',
    cause: 'Le rôle ou la base n’existe pas, le mot de passe est faux, ou pg_hba.conf ne l’admet pas.',
    remede:
      'L’exploitant crée le rôle et la base, et vérifie le fichier nommé par « stockage.postgres.secret_fichier ».',
    http: 503,
    sortie: 1,
  },
  'VGM-STO-004': {
    nature: 'definitive',
    message: 'Le serveur PostgreSQL {serveur} peut perdre ce qu’il a confirmé : {reglage} = {valeur}.',
    cause: 'Ce réglage échange la durée des écritures contre de la vitesse : une coupure de courant suffit.',
    remede:
      'L’exploitant remet « {reglage} = on » dans postgresql.conf et redémarre PostgreSQL ; rien ne s’écrit avant.',
    http: 503,
    sortie: 1,
  },
  'VGM-STO-005': {
    nature: 'definitive',
    message:
      'Le serveur PostgreSQL {serveur} est trop ancien : version {version}, il faut au moins {minimum}.',
    cause: 'Le programme emploie ce que les versions antérieures n’ont pas.',
    remede: 'L’exploitant met PostgreSQL à jour (pg_upgrade), puis redémarre le démon.',
    http: 503,
    sortie: 1,
  },
  'VGM-STO-006': {
    nature: 'definitive',
    message: 'La base du serveur PostgreSQL {serveur} ne convient pas : {raison}.',
    cause: 'Le réglage désigne un autre serveur que le principal, ou une base créée sans l’encodage UTF8.',
    remede:
      "L’exploitant désigne le serveur principal, ou crée une base par « CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 ».",
    http: 503,
    sortie: 1,
  },
  'VGM-STO-007': {
    nature: 'definitive',
    message: 'L’horloge de cette machine et celle du serveur PostgreSQL {serveur} diffèrent de {ecart} s.',
    cause: 'L’une des deux n’est pas mise à l’heure ; les nœuds se prendraient leurs travaux.',
    remede: 'L’exploitant met les deux machines à l’heure (NTP), puis redémarre le démon.',
    http: 503,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurStockage = fabrique(CATALOGUE_STOCKAGE);
