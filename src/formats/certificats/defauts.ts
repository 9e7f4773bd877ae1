import type { Certificat } from './certificat.ts';

/** Why a certificate, or the path that should carry it, is refused: one code per reason, with its words and its remedy. */

interface Texte {
  readonly message: string;
  readonly remede: string;
}

const RENOUVELER = 'Obtenir un certificat en cours de validité auprès de l’autorité qui l’a émis.';
const AUTORITE = 'Signaler le défaut à l’autorité de certification ; aucun de ses certificats n’est accepté.';
const REGENERER = 'Demander un certificat récent (RSA 2048 bits au moins ou courbe P-256, SHA-256 au moins).';

export const TEXTES_DEFAUT = {
  illisible: { message: 'Le certificat est illisible.', remede: 'Fournir le certificat en DER ou en PEM.' },
  expire: { message: 'Le certificat était expiré à la date examinée.', remede: RENOUVELER },
  pas_encore: {
    message: 'Le certificat n’était pas encore valable à la date examinée.',
    remede: 'Vérifier la date examinée, ou attendre le début de validité du certificat.',
  },
  emetteur_inconnu: {
    message: 'L’autorité qui a émis ce certificat est inconnue ici.',
    remede: 'Fournir les certificats intermédiaires, ou ajouter l’autorité au magasin de confiance.',
  },
  signature_fausse: {
    message: 'La signature du certificat ne vient d’aucune des autorités qui portent le nom de son émetteur.',
    remede: 'Le certificat est contrefait ou altéré : le refuser et prévenir son porteur.',
  },
  non_ancre: {
    message: 'Ce certificat racine n’est pas dans le magasin de confiance.',
    remede: 'L’exploitant l’ajoute au magasin de confiance s’il a des raisons sûres de s’y fier.',
  },
  pas_autorite: {
    message: 'Ce certificat en a émis un autre sans être celui d’une autorité.',
    remede: AUTORITE,
  },
  longueur_depassee: {
    message: 'Cette autorité n’avait pas le droit de créer une autorité de plus sous elle.',
    remede: AUTORITE,
  },
  usage_autorite: {
    message: 'Ce certificat d’autorité ne permet pas de signer des certificats.',
    remede: AUTORITE,
  },
  usage_signature: {
    message: 'Ce certificat n’est pas fait pour signer des documents (usage de la clé).',
    remede: 'Signer avec un certificat de signature ou de cachet.',
  },
  usage_etendu: {
    message: 'Ce certificat est réservé à un autre emploi (usage étendu de la clé).',
    remede: 'Signer avec un certificat de signature ou de cachet.',
  },
  extension_critique: {
    message: 'Le certificat porte une extension critique que ce programme ne connaît pas.',
    remede: 'Le certificat ne peut pas être jugé ici : transmettre le cas à l’éditeur.',
  },
  extension_non_honoree: {
    message: 'Cette autorité limite les noms ou transpose les politiques, ce que ce programme n’honore pas.',
    remede: 'Le certificat ne peut pas être jugé ici : transmettre le cas à l’éditeur.',
  },
  politique_absente: {
    message: 'Le chemin de certification n’autorise aucune des politiques attendues.',
    remede: 'Utiliser un certificat émis sous une politique admise.',
  },
  cle_faible: { message: 'La clé du certificat est trop faible.', remede: REGENERER },
  algorithme_obsolete: {
    message: 'Le certificat est signé avec un algorithme obsolète.',
    remede: REGENERER,
  },
  algorithme_inconnu: {
    message: 'Le certificat est signé avec un algorithme que ce programme ne connaît pas.',
    remede: REGENERER,
  },
  revoque: {
    message: 'Le certificat était révoqué à la date examinée.',
    remede: 'Signer avec un certificat en cours de validité.',
  },
} as const satisfies Readonly<Record<string, Texte>>;

export type CodeDefaut = keyof typeof TEXTES_DEFAUT;

export interface Defaut extends Texte {
  readonly code: CodeDefaut;
  /** Subject of the certificate concerned, RFC 2253; empty when it could not be read. */
  readonly sujet: string;
  /** What was seen, empty when the message says all. */
  readonly detail: string;
}

export function defaut(code: CodeDefaut, certificat: Certificat | null, detail = ''): Defaut {
  return { code, sujet: certificat?.sujet.texte ?? '', detail, ...TEXTES_DEFAUT[code] };
}

/** For people: `31 décembre 2026 à 23:59:59 UTC`. */
export function enDate(instant: number): string {
  const options = { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat('fr-FR', options).format(instant).replace(/^1 /, '1er ')} UTC`;
}
