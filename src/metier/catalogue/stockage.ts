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
  'VGM-STO-008': {
    nature: 'definitive',
    message: 'La base {fichier} ne sert plus : elle est passée à PostgreSQL, {vers}, le {quand}.',
    cause:
      'Les réglages désignent encore la base embarquée (stockage.type = "sqlite"), ou une commande la nomme.',
    remede:
      'L’exploitant met « stockage.type = "postgres" » et redémarre. Pour revenir exprès à cette base : « vaguemestre stockage reprendre », qui dit ce qui se perd.',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-009': {
    nature: 'definitive',
    message: 'La base du serveur PostgreSQL {serveur} n’est remplie qu’en partie.',
    cause: 'Le passage de SQLite à PostgreSQL a été interrompu, ou sa vérification a trouvé un écart.',
    remede:
      'L’exploitant relance « vaguemestre stockage migrer », qui reprend où il en était. Pour y renoncer : « vaguemestre stockage reprendre », et « stockage.type = "sqlite" ».',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-010': {
    nature: 'definitive',
    message: 'La base du serveur PostgreSQL {serveur} ne sert plus : SQLite a été repris le {quand}.',
    cause: 'La commande « vaguemestre stockage reprendre » a rendu le service à la base embarquée.',
    remede:
      'L’exploitant met « stockage.type = "sqlite" ». Un nouveau passage à PostgreSQL veut une base neuve ; celle-ci se garde, elle dit ce qui a été fait entre-temps.',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-011': {
    nature: 'definitive',
    message: 'La base du serveur PostgreSQL {serveur} ne peut pas recevoir celle-ci : {raison}.',
    cause:
      'Rien n’est mêlé ni écrasé : la base d’arrivée est vide, ou remplie en partie par ce même passage.',
    remede:
      'L’exploitant crée une autre base (docs/exploitation.md, « La base sur PostgreSQL ») et la nomme dans « stockage.postgres.base ».',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-012': {
    nature: 'passagere',
    message: 'Un démon ou une autre commande travaille sur la base du serveur PostgreSQL {serveur}.',
    cause: 'Des sessions de vaguemestre y sont ouvertes : {sessions}.',
    remede: 'Arrêter tous les démons de cette base, sur toutes les machines, puis recommencer.',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-013': {
    nature: 'definitive',
    message: 'Il n’y a pas de base SQLite à {fichier}.',
    cause: 'Le démon n’a jamais démarré avec ces réglages, ou le dossier des données est un autre.',
    remede: 'Vérifier le réglage « donnees » avec « vaguemestre config ».',
    http: 404,
    sortie: 1,
  },
  'VGM-STO-014': {
    nature: 'definitive',
    message: 'Ce programme ne sait pas porter {quoi} d’une base à l’autre.',
    cause: 'La base a été modifiée à la main, ou le programme est incomplet.',
    remede: 'Remettre le schéma de la base comme le programme l’a fait, ou prévenir le support.',
    http: 500,
    sortie: 1,
  },
  'VGM-STO-015': {
    nature: 'passagere',
    message: 'La commande a été interrompue avant la fin.',
    cause: 'On lui a demandé de s’arrêter (Ctrl-C ou SIGTERM).',
    remede: 'Relancer la même commande : ce qui est déjà porté ne l’est pas une seconde fois.',
    http: 503,
    sortie: 1,
  },
  'VGM-STO-016': {
    nature: 'definitive',
    message: 'La base {fichier} est déjà passée ailleurs : {vers}, le {quand}.',
    cause: 'Les réglages ne désignent pas la base PostgreSQL où elle est arrivée, ou celle-ci a été perdue.',
    remede:
      'Remettre les réglages « stockage.postgres » d’alors. Si cette base est perdue : « vaguemestre stockage reprendre --perdue », puis recommencer.',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-017': {
    nature: 'definitive',
    message: 'La base {fichier} n’est pas passée à PostgreSQL : il n’y a rien à reprendre.',
    cause: 'Elle sert toujours.',
    remede: 'Démarrer le démon avec « stockage.type = "sqlite" ».',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-018': {
    nature: 'definitive',
    message: 'Reprendre la base {fichier} perdrait ce qui s’est fait depuis : {raison}.',
    cause: 'Cette base est celle du {quand} ; depuis, le service a été rendu par PostgreSQL, {vers}.',
    remede:
      'Relancer avec --perdue si c’est voulu : la base est alors traitée comme une sauvegarde remise, et rien ne part avant « vaguemestre reconcilier ».',
    http: 409,
    sortie: 1,
  },
  'VGM-STO-019': {
    nature: 'definitive',
    message: 'La base {fichier} ne peut pas redescendre du schéma {de} au schéma {vers} : {faits}.',
    cause: 'Le programme de ce schéma ne saurait pas ces faits ; ils seraient perdus. Rien n’a changé.',
    remede:
      'Garder la version présente, ou remettre la sauvegarde faite avant la mise à jour (« vaguemestre restaurer »).',
    http: 409,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurStockage = fabrique(CATALOGUE_STOCKAGE);
