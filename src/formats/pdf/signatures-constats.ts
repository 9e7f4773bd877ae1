import type { LigneConstat } from '../certificats/cahier.ts';

/** What the verification of the signatures of a PDF finds beside what each is worth as CMS (`CMS-…`). Codes are never reused. */

const FORGE = 'Cette forme est celle d’une falsification : ne pas traiter le fichier, prévenir l’émetteur.';
const LOGICIEL = 'Faire signer de nouveau avec un logiciel qui suit la norme (PAdES, ETSI EN 319 142-1).';
const RELIRE =
  'Ouvrir le fichier dans un lecteur de PDF pour voir ce qui a été ajouté ; au besoin, faire signer de nouveau.';
const INFORMER = 'Rien à corriger ; en tenir compte à la lecture du rapport.';

export const PDS = {
  illisible: [
    'PDS-001',
    'refus',
    'Le fichier porte une signature, et sa structure ne peut pas être lue ({valeur}) : rien n’est vérifiable.',
    'Produire de nouveau le PDF et le faire signer, sans le modifier ensuite.',
  ],
  trop: ['PDS-002', 'refus', 'Le fichier porte plus de {valeur} signatures.', FORGE],
  hors: [
    'PDS-003',
    'reserve',
    'Le fichier garde la trace d’une signature que le document ne montre pas (retirée, ou droits d’usage).',
    RELIRE,
  ],

  dictionnaire: [
    'PDS-010',
    'refus',
    'Le dictionnaire de la signature n’est pas lisible dans le fichier ({valeur}) : elle n’est pas vérifiable.',
    LOGICIEL,
  ],
  sousFiltre: ['PDS-011', 'refus', 'La sorte de signature « {valeur} » n’est pas vérifiable ici.', LOGICIEL],
  contenu: [
    'PDS-012',
    'refus',
    'La valeur de la signature (Contents) n’est pas lisible ({valeur}).',
    LOGICIEL,
  ],
  plageAbsente: [
    'PDS-013',
    'refus',
    'La signature ne dit pas ce qu’elle couvre (ByteRange : {valeur}).',
    FORGE,
  ],
  plageDebut: ['PDS-014', 'refus', 'La signature ne couvre pas le début du fichier.', FORGE],
  plageTrou: [
    'PDS-015',
    'refus',
    'La signature laisse hors d’elle autre chose que sa propre valeur (octets {valeur}).',
    FORGE,
  ],
  plageFin: ['PDS-016', 'refus', 'La signature couvre des octets que le fichier n’a pas.', FORGE],
  revision: [
    'PDS-017',
    'refus',
    'Ce que la signature couvre n’est pas une révision entière du document.',
    FORGE,
  ],
  modifie: ['PDS-018', 'refus', 'Le document a été modifié après la signature.', RELIRE],
  complete: [
    'PDS-019',
    'reserve',
    'Le document a été complété après la signature (autre signature, horodatage ou preuves).',
    INFORMER,
  ],
  certifie: [
    'PDS-020',
    'reserve',
    'La signature certifie le document ; niveau de changement permis : {valeur}.',
    INFORMER,
  ],
} as const satisfies Readonly<Record<string, LigneConstat>>;
