import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the writing of XML and of the schemas. What is wrong in a file received is a result, not an error. */
export const CATALOGUE_XML = {
  'VGM-XML-001': {
    nature: 'definitive',
    message: 'Le caractère {caractere} ne peut pas figurer dans un fichier XML ({ou}).',
    cause:
      'Un texte saisi contient un caractère de contrôle ou un caractère invalide, souvent un copier-coller.',
    remede: 'Le déposant ressaisit ce texte sans ce caractère.',
    http: 422,
    sortie: 3,
  },
  'VGM-XML-002': {
    nature: 'definitive',
    message: 'Le nom « {nom} » ne peut pas être un nom d’élément ou d’attribut XML.',
    cause: 'Défaut du programme.',
    remede: 'Transmettre le journal technique à l’éditeur.',
    http: 500,
    sortie: 1,
  },
  'VGM-XML-003': {
    nature: 'definitive',
    message: 'Le schéma « {schema} » n’existe pas dans {dossier}.',
    cause: 'Le dossier des schémas est incomplet, ou déjà refermé.',
    remede: 'L’exploitant réinstalle le programme ; aucun fichier de ce dossier n’est modifiable.',
    http: 500,
    sortie: 1,
  },
  'VGM-XML-004': {
    nature: 'definitive',
    message: 'Le schéma « {schema} » est inutilisable : {detail}.',
    cause: 'Un fichier du dossier des schémas est altéré ou absent.',
    remede: 'L’exploitant réinstalle le programme ; aucun fichier de ce dossier n’est modifiable.',
    http: 500,
    sortie: 1,
  },
  'VGM-XML-005': {
    nature: 'passagere',
    message: 'La validation par libxml2 n’a pas répondu en {secondes} secondes ; le fichier n’est pas jugé.',
    cause: 'Le schéma ou le fichier demande un très long calcul, ou la machine est surchargée.',
    remede: 'Recommencer ; si le délai est encore dépassé, valider le fichier avec un autre outil.',
    http: 503,
    sortie: 1,
  },
  'VGM-XML-006': {
    nature: 'passagere',
    message: 'La validation par libxml2 s’est interrompue ({detail}) ; le fichier n’est pas jugé.',
    cause: 'Le fichier est trop gros pour la mémoire de libxml2, ou le programme est mal installé.',
    remede: 'Recommencer quand la machine a de la mémoire libre, ou valider le fichier avec un autre outil.',
    http: 503,
    sortie: 1,
  },
  'VGM-XML-007': {
    nature: 'definitive',
    message: 'Le fichier dépasse {mo} Mo, le plus que libxml2 reçoive ici ; il n’est pas jugé.',
    cause: 'Ce schéma emploie ce que seul libxml2 applique, en gardant le fichier entier en mémoire.',
    remede:
      'Valider le fichier avec un autre outil ; un schéma sans clé ni redéfinition ne connaît pas cette limite.',
    http: 413,
    sortie: 1,
  },
} as const satisfies Catalogue;

export const erreurXml = fabrique(CATALOGUE_XML);
