import { type Catalogue, fabrique } from '../erreurs.ts';

/** Errors of the stamping of a PDF. What a deposited PDF is refused for is an anomalie of its controls. */
export const CATALOGUE_PDF = {
  'VGM-PDF-001': {
    nature: 'definitive',
    message: 'Ce PDF ne peut pas être tamponné : {detail}.',
    cause:
      'Le fichier est tronqué, abîmé, ou n’est pas un PDF. Des lecteurs l’affichent peut-être en le réparant, chacun à sa façon ; le compléter figerait une de ces lectures.',
    remede: 'Produire de nouveau le PDF avec le logiciel d’origine, ou tamponner une réimpression en PDF.',
    http: 422,
    sortie: 3,
  },
  'VGM-PDF-002': {
    nature: 'definitive',
    message: 'Ce PDF est chiffré et ne peut pas être tamponné : {detail}.',
    cause:
      'Seul un PDF qui s’ouvre sans mot de passe se tamponne, même s’il restreint la modification ou l’impression.',
    remede: 'Demander à son auteur un exemplaire qui s’ouvre sans mot de passe.',
    http: 422,
    sortie: 3,
  },
  'VGM-PDF-003': {
    nature: 'definitive',
    message: 'Ce PDF dépasse ce qui se tamponne ici : {detail}.',
    cause: 'Sa structure est démesurée : fichier fabriqué pour nuire, ou produit par un logiciel défaillant.',
    remede: 'Produire de nouveau le PDF avec un autre logiciel.',
    http: 422,
    sortie: 3,
  },
  'VGM-PDF-004': {
    nature: 'definitive',
    message: 'Ce PDF n’a pas de page {page} : il en compte {total}.',
    cause: 'La liste des pages à tamponner dépasse la fin du document.',
    remede: 'Corriger la liste des pages, ou les demander toutes.',
    http: 422,
    sortie: 3,
  },
  'VGM-PDF-005': {
    nature: 'passagere',
    message: 'Le tampon n’a pas été posé en {secondes} secondes ; il est abandonné.',
    cause: 'Le PDF est démesuré ou fabriqué pour nuire, ou la machine est surchargée.',
    remede: 'Recommencer ; si le délai est encore dépassé, remettre le document sans tampon.',
    http: 503,
    sortie: 1,
  },
  'VGM-PDF-006': {
    nature: 'passagere',
    message: 'La pose du tampon s’est interrompue ({detail}).',
    cause: 'La mémoire permise est épuisée, le fichier ne se lit plus, ou le programme est mal installé.',
    remede:
      'Recommencer ; si cela se répète, remettre le document sans tampon et transmettre le journal technique à l’éditeur.',
    http: 503,
    sortie: 1,
  },
  'VGM-PDF-007': {
    nature: 'definitive',
    message: 'Ce PDF est certifié par son auteur, qui n’y permet pas cet ajout ; il n’est pas tamponné.',
    cause:
      'Sa signature de certification (DocMDP) interdit ce changement, et il a été demandé de la respecter.',
    remede: 'Remettre le document sans tampon, ou demander le tampon malgré la certification.',
    http: 422,
    sortie: 3,
  },
} as const satisfies Catalogue;

export const erreurPdf = fabrique(CATALOGUE_PDF);
