import type { Anomalie, Gravite } from '../../metier/anomalies.ts';

/** Codes of these controls, never reused: gravity and remedy. */
export const REGLES_ARCHIVE = {
  'ACTES-ARC-01': [
    'bloquante',
    'Nommer l’archive TRI-APPL--SIREN--AAAAMMJJ-n.tar.gz, n de 1 à 9999 sans zéro devant.',
  ],
  'ACTES-ARC-02': [
    'bloquante',
    'Répartir les pièces en plusieurs envois, ou en transmettre une partie sur papier.',
  ],
  'ACTES-ARC-03': ['bloquante', 'Joindre une enveloppe EnveloppeCLMISILL, et une seule.'],
  'ACTES-ARC-04': [
    'bloquante',
    'Donner à l’enveloppe le nom de l’archive, sans le trigramme et avec l’extension .xml.',
  ],
  'ACTES-ARC-05': ['bloquante', 'Produire de nouveau ce fichier : XML bien formé, sans DOCTYPE.'],
  'ACTES-ARC-06': ['bloquante', 'Corriger le fichier à la ligne indiquée.'],
  'ACTES-ARC-07': ['bloquante', 'Mettre le même SIREN dans l’enveloppe, les messages et tous les noms.'],
  'ACTES-ARC-08': ['bloquante', 'Ajouter le fichier à l’archive, ou corriger le nom cité.'],
  'ACTES-ARC-09': ['bloquante', 'Retirer le fichier de l’archive, ou le citer dans un message.'],
  'ACTES-ARC-10': ['bloquante', 'Écrire dans Annexes/@Nombre le nombre exact d’éléments Annexe.'],
  'ACTES-ARC-11': [
    'bloquante',
    'Nommer le message DEP-SIREN-AAAAMMJJ-NUMERO-NAT-t-m_0.xml, selon son contenu.',
  ],
  'ACTES-ARC-12': ['avertissement', 'Employer la date de l’acte, comme dans son identifiant unique.'],
  'ACTES-ARC-13': [
    'bloquante',
    'Nommer le document TYPOL-, puis le nom du message sans « _0.xml », puis _k et l’extension.',
  ],
  'ACTES-ARC-14': ['bloquante', 'Préfixer le nom du code de typologie de la pièce, par exemple « 99_DE- ».'],
  'ACTES-ARC-15': ['bloquante', 'Donner l’extension du contenu réel : pdf, xml, jpg ou png.'],
  'ACTES-ARC-16': [
    'bloquante',
    'Fournir un PDF ; le XML est réservé aux documents budgétaires (nature 5, matière 7.1).',
  ],
  'ACTES-ARC-17': ['bloquante', 'Produire de nouveau le PDF ; il doit s’ouvrir sans réparation.'],
  'ACTES-ARC-18': ['bloquante', 'Enregistrer le PDF sans protection.'],
  'ACTES-ARC-19': ['bloquante', 'Joindre de nouveau le fichier ; l’envoi a pu être interrompu.'],
  'ACTES-ARC-20': [
    'bloquante',
    'Écrire 1 à 15 caractères parmi A à Z, 0 à 9 et « _ », sans « _ » au début ni à la fin.',
  ],
  'ACTES-ARC-21': ['bloquante', 'N’envoyer que des messages de la collectivité vers l’État.'],
  'ACTES-ARC-22': ['bloquante', 'Ne citer chaque fichier qu’une fois.'],
  'ACTES-ARC-23': [
    'bloquante',
    'Corriger la date de l’acte, ou attendre qu’il soit pris pour le transmettre.',
  ],
  'ACTES-ARC-24': ['avertissement', 'Écrire le XML en ISO-8859-1, jeu de caractères de la norme.'],
  'ACTES-ARC-25': ['avertissement', 'Vérifier le SIREN auprès de l’INSEE.'],
} as const satisfies Record<string, readonly [Gravite, string]>;
type CodeArchive = keyof typeof REGLES_ARCHIVE;

/** What was found, as it is found. */
export class Releve {
  readonly anomalies: Anomalie[] = [];

  dire(
    code: CodeArchive,
    message: string,
    fichier?: { readonly ou: string; readonly gravite?: Gravite },
  ): void {
    const [gravite, remede] = REGLES_ARCHIVE[code];
    const anomalie = { code, gravite: fichier?.gravite ?? gravite, message, remede };
    this.anomalies.push(fichier === undefined ? anomalie : { ...anomalie, ou: fichier.ou });
  }
}
