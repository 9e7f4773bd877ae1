import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the trust store: whom to believe is never guessed, so whatever is doubtful stops here. */
export const CATALOGUE_CONFIANCE = {
  'VGM-CNF-001': {
    nature: 'definitive',
    message: 'Le magasin de confiance ne peut pas servir :\n{problemes}',
    cause: 'Un de ses fichiers est absent, illisible, mal écrit ou mal protégé.',
    remede: 'L’exploitant corrige ce qui est listé, puis vérifie avec « vaguemestre confiance montrer ».',
    http: 500,
    sortie: 1,
  },
  'VGM-CNF-002': {
    nature: 'definitive',
    message: 'Le fichier des politiques de signature est refusé :\n{problemes}',
    cause: 'Il est absent, mal écrit, ou dit une chose impossible.',
    remede: 'L’exploitant corrige ce qui est listé, ou vide le réglage « confiance.politiques ».',
    http: 500,
    sortie: 1,
  },
  'VGM-CNF-003': {
    nature: 'definitive',
    message: 'La liste {fichier} n’est pas importée : {motif}',
    cause:
      'Une liste de confiance ne s’importe que signée par qui de droit, en vigueur, et plus récente que la précédente.',
    remede: 'Suivre ce qui est dit ; rien n’a changé dans le magasin de confiance.',
    http: 422,
    sortie: 3,
  },
  'VGM-CNF-004': {
    nature: 'definitive',
    message: 'Aucun certificat n’est importé :\n{problemes}',
    cause: 'Le magasin de confiance n’admet que des certificats d’autorités, et jamais de secret.',
    remede:
      'Corriger ce qui est listé, puis reprendre la commande ; rien n’a changé dans le magasin de confiance.',
    http: 422,
    sortie: 3,
  },
  'VGM-CNF-005': {
    nature: 'passagere',
    message: 'Le magasin de confiance {dossier} est en cours de modification par une autre commande.',
    cause: 'Deux modifications ne se font jamais en même temps.',
    remede: 'Attendre la fin de l’autre commande, puis reprendre celle-ci.',
    http: 503,
    sortie: 1,
  },
  'VGM-CNF-006': {
    nature: 'passagere',
    message: 'Le magasin de confiance {dossier} ne peut pas être modifié ({raison}).',
    cause: 'Droits insuffisants, volume plein ou en lecture seule.',
    remede:
      'L’exploitant rend le dossier inscriptible, fait de la place ou en donne un autre, puis reprend la commande ; ce qui précédait est intact.',
    http: 503,
    sortie: 1,
  },
  'VGM-CNF-007': {
    nature: 'definitive',
    message: 'Rien n’est retiré : {detail}',
    cause:
      'La famille ou l’autorité désignée n’est pas dans le dossier de confiance, ou le mot en désigne plusieurs.',
    remede: 'Reprendre un nom ou une empreinte que montre « vaguemestre confiance montrer ».',
    http: 404,
    sortie: 2,
  },
  'VGM-CNF-008': {
    nature: 'definitive',
    message: 'Le fichier {fichier} n’est pas jugé : {motif}.',
    cause: 'On juge un certificat, en PEM ou en DER ; le fichier contient autre chose.',
    remede: 'Fournir le certificat lui-même, suivi au besoin de ceux de ses autorités.',
    http: 422,
    sortie: 3,
  },
  'VGM-CNF-009': {
    nature: 'definitive',
    message: 'Le réglage « confiance.revocation.reseaux_permis » contient une valeur illisible : {valeur}.',
    cause: 'On y écrit un réseau (10.0.0.0/8), une adresse ou un nom.',
    remede: 'L’exploitant corrige cette valeur ; config/defaut.toml en donne la forme.',
    http: 500,
    sortie: 1,
  },
  'VGM-CNF-010': {
    nature: 'definitive',
    message: 'Le nom {nom} mène à une adresse privée, locale ou réservée ({adresse}).',
    cause: 'Un certificat ne peut pas faire interroger le réseau interne par ce programme.',
    remede:
      'Si ce serveur d’autorité est bien interne, l’exploitant le déclare dans confiance.revocation.reseaux_permis.',
    http: 502,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurConfiance = fabrique(CATALOGUE_CONFIANCE);
