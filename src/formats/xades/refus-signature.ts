import type { RefusXml } from '../xml/evenements.ts';
import type { RefusSignature } from './signer-types.ts';

/** Why a file is not signed; nothing was written, or what was is to be thrown away. */

const CHOISIR = 'Choisir ce qui doit être signé parmi les bordereaux du fichier, ou le fichier entier.';
const EDITEUR = 'Transmettre le journal technique à l’éditeur.';

export const REFUS_SIGNATURE = {
  racine: [
    'XDS-201',
    'La racine « {valeur} » n’est pas celle d’un fichier à signer ici.',
    'Vérifier que le fichier est un PES Aller.',
  ],
  aucune: ['XDS-202', 'Le fichier ne contient rien de ce qui est à signer.', CHOISIR],
  introuvable: ['XDS-203', 'Aucun élément à signer ne porte l’identifiant « {valeur} ».', CHOISIR],
  sansId: [
    'XDS-204',
    'L’élément à signer « {valeur} » n’a pas d’identifiant (attribut Id).',
    'Demander l’ajout des identifiants manquants, ou corriger le fichier à sa source.',
  ],
  dejaSigne: [
    'XDS-205',
    'L’élément « {valeur} » porte déjà une signature ; la politique n’admet pas de cosignature.',
    'Signer le fichier d’origine, sans signature.',
  ],
  racineSignee: [
    'XDS-206',
    'Le fichier est déjà signé en entier : le modifier détruirait cette signature.',
    'Transmettre le fichier tel quel, ou signer l’original sans signature.',
  ],
  dedansSigne: [
    'XDS-207',
    'Le fichier contient déjà {valeur} signature(s) ; il ne peut pas être signé en plus en entier.',
    'Signer les bordereaux restants, ou l’original sans signature.',
  ],
  vide: ['XDS-208', 'L’élément « {valeur} » est vide : il n’y a rien à signer.', CHOISIR],
  idCible: [
    'XDS-226',
    'L’identifiant « {valeur} » de l’élément à signer n’est pas un nom simple : une signature ne peut pas le désigner sans ambiguïté.',
    'Donner à l’élément, à sa source, un Id fait de lettres sans accent, de chiffres, de points, de tirets ou de soulignés, qui ne commence pas par un chiffre.',
  ],
  identifiant: [
    'XDS-209',
    'L’identifiant « {valeur} » ne peut pas être donné à une signature de ce fichier.',
    EDITEUR,
  ],
  certificat: [
    'XDS-210',
    'Le certificat du signataire est illisible ({valeur}).',
    'Fournir de nouveau la clé de signature.',
  ],
  certificatDate: [
    'XDS-211',
    'Le certificat du signataire n’est pas en cours de validité à la date de la signature.',
    'Renouveler le certificat, ou corriger l’horloge de la machine.',
  ],
  politique: [
    'XDS-212',
    'La politique de signature « {valeur} » emploie une empreinte obsolète.',
    'Choisir une politique dont l’empreinte est en SHA-256.',
  ],
  role: [
    'XDS-213',
    'La qualité du signataire est vide, alors que la politique de signature la demande.',
    'Indiquer la qualité du signataire (« Maire », « Ordonnateur »…).',
  ],
  caractere: [
    'XDS-214',
    'La qualité ou le lieu contient un caractère interdit en XML.',
    'Ressaisir la qualité et le lieu sans ce caractère.',
  ],
  sourceChangee: [
    'XDS-215',
    'Le fichier a changé pendant sa signature.',
    'Recommencer sur un fichier que personne ne modifie ; rien de ce qui a été écrit ne vaut.',
  ],
  signatureFausse: [
    'XDS-216',
    'La clé a rendu une signature qui ne correspond pas à son certificat.',
    'Rien n’a été signé : vérifier que la clé et le certificat vont ensemble.',
  ],
  rien: ['XDS-217', 'Rien n’est donné à signer.', 'Donner au moins un contenu à signer.'],
  objetsTrop: [
    'XDS-218',
    'Plus de {valeur} contenus sont à signer ensemble.',
    'Répartir les contenus entre plusieurs signatures.',
  ],
  nomFichier: [
    'XDS-219',
    'Le nom « {valeur} » ne peut pas désigner un fichier dans une signature.',
    'Nommer le fichier par un chemin relatif simple, sans « .. » ni barre oblique inverse.',
  ],
  fichierDouble: ['XDS-220', 'Le fichier « {valeur} » est donné deux fois à signer.', 'Le donner une fois.'],
  nature: [
    'XDS-221',
    'La nature « {valeur} » n’est pas un type MIME.',
    'L’écrire sous la forme « application/pdf ».',
  ],
  contenuTropGros: [
    'XDS-222',
    'Un contenu à envelopper dans la signature dépasse {valeur} octets.',
    'Le signer à part (signature détachée).',
  ],
  contenuSigne: [
    'XDS-223',
    'Un contenu à envelopper dans la signature porte lui-même une signature.',
    'Le joindre en base64, ou le signer à part (signature détachée).',
  ],
  encodages: [
    'XDS-224',
    'Les contenus XML à envelopper ont des encodages différents ({valeur}).',
    'Joindre en base64 ceux qui ne sont pas dans l’encodage du premier.',
  ],
  documentSigne: [
    'XDS-225',
    'Le document contient déjà {valeur} signature(s) : une de plus les détruirait ou se confondrait avec elles.',
    'Signer l’original sans signature, ou signer le document à part (signature détachée).',
  ],
} as const satisfies Readonly<Record<string, readonly [`XDS-${string}`, string, string]>>;

export type CleRefusSignature = keyof typeof REFUS_SIGNATURE;

export function refusSignature(cle: CleRefusSignature, valeur: string | number = ''): RefusSignature {
  const [code, message, remede] = REFUS_SIGNATURE[cle];
  const citee = String(valeur)
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 120);
  return { code, message: message.replace('{valeur}', () => citee), remede };
}

export function refusLecture({ code, message, position }: RefusXml): RefusSignature {
  return {
    code,
    message: `${message} (ligne ${position.ligne}, colonne ${position.colonne})`,
    remede: 'Corriger le fichier à sa source, puis le signer.',
  };
}
