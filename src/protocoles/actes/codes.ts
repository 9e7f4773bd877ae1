/** Tables of the ACTES exchange norm: messages, natures, refusal codes. Facts only. */

/** Namespace of every ACTES element and attribute (actesv1_1.xsd, both forms qualified). */
export const ESPACE_ACTES = 'http://www.interieur.gouv.fr/ACTES#v1.1-20040216';
/** Namespace of the `SIREN` attribute alone (siret.xsd). */
export const ESPACE_INSEE = 'http://xml.insee.fr/schema';

export interface MessageNorme {
  readonly code: string;
  readonly emetteur: 'collectivite' | 'etat';
  readonly libelle: string;
}

/** The 21 business messages, by root element. */
export const MESSAGES: ReadonlyMap<string, MessageNorme> = new Map([
  ['Acte', { code: '1-1', emetteur: 'collectivite', libelle: 'transmission d’un acte' }],
  ['ARActe', { code: '1-2', emetteur: 'etat', libelle: 'accusé de réception d’un acte' }],
  ['AnomalieActe', { code: '1-3', emetteur: 'etat', libelle: 'refus d’un acte' }],
  ['CourrierSimple', { code: '2-1', emetteur: 'etat', libelle: 'courrier simple' }],
  [
    'ReponseCourrierSimple',
    { code: '2-2', emetteur: 'collectivite', libelle: 'réponse à un courrier simple' },
  ],
  [
    'DemandePieceComplementaire',
    { code: '3-1', emetteur: 'etat', libelle: 'demande de pièces complémentaires' },
  ],
  [
    'ARDemandePieceComplementaire',
    {
      code: '3-2',
      emetteur: 'collectivite',
      libelle: 'accusé de réception d’une demande de pièces complémentaires',
    },
  ],
  [
    'RefusPieceComplementaire',
    { code: '3-3', emetteur: 'collectivite', libelle: 'refus de pièces complémentaires' },
  ],
  [
    'PieceComplementaire',
    { code: '3-4', emetteur: 'collectivite', libelle: 'envoi de pièces complémentaires' },
  ],
  [
    'ARPieceComplementaire',
    { code: '3-5', emetteur: 'etat', libelle: 'accusé de réception des pièces complémentaires' },
  ],
  ['LettreObservations', { code: '4-1', emetteur: 'etat', libelle: 'lettre d’observations' }],
  [
    'ARLettreObservations',
    { code: '4-2', emetteur: 'collectivite', libelle: 'accusé de réception d’une lettre d’observations' },
  ],
  [
    'RejetLettreObservations',
    { code: '4-3', emetteur: 'collectivite', libelle: 'rejet d’une lettre d’observations' },
  ],
  [
    'ReponseLettreObservations',
    { code: '4-4', emetteur: 'collectivite', libelle: 'réponse à une lettre d’observations' },
  ],
  [
    'ARReponseRejetLettreObservations',
    {
      code: '4-5',
      emetteur: 'etat',
      libelle: 'accusé de réception de la réponse à une lettre d’observations',
    },
  ],
  ['DefereTA', { code: '5-1', emetteur: 'etat', libelle: 'déféré au tribunal administratif' }],
  [
    'Annulation',
    { code: '6-1', emetteur: 'collectivite', libelle: 'annulation de la transmission d’un acte' },
  ],
  ['ARAnnulation', { code: '6-2', emetteur: 'etat', libelle: 'accusé de réception d’une annulation' }],
  ['DemandeClassification', { code: '7-1', emetteur: 'collectivite', libelle: 'demande de classification' }],
  ['RetourClassification', { code: '7-2', emetteur: 'etat', libelle: 'classification en vigueur' }],
  [
    'ReponseClassificationSansChangement',
    { code: '7-3', emetteur: 'etat', libelle: 'classification inchangée' },
  ],
] as const);

export interface Nature {
  readonly code: string;
  /** Two capital letters, last field of the IDActe. */
  readonly abrege: string;
  readonly libelle: string;
}

/** National natures, used as long as the collectivité has no classification of its own (7-2 is the authority). */
export const NATURES_NATIONALES: readonly Nature[] = [
  { code: '1', abrege: 'DE', libelle: 'Délibérations' },
  { code: '2', abrege: 'AR', libelle: 'Actes réglementaires' },
  { code: '3', abrege: 'AI', libelle: 'Actes individuels' },
  { code: '4', abrege: 'CC', libelle: 'Contrats, conventions et avenants' },
  { code: '5', abrege: 'BF', libelle: 'Documents budgétaires et financiers' },
  { code: '6', abrege: 'AU', libelle: 'Autres' },
];

/** What to do about the refusals met so far. No official list of these codes is published. */
const REMEDES: ReadonlyMap<string, string> = new Map([
  [
    'ODT-VERIF-01',
    'La classification utilisée est périmée ; la nouvelle est demandée d’elle-même à la préfecture. Dès qu’elle est là (« vaguemestre classification … » la montre), déposer l’acte de nouveau sous le même numéro.',
  ],
  [
    'ODT-VERIF-17',
    'L’État n’a pas reconnu la transmission, souvent à cause d’un nom de fichier mal formé : l’exploitant signale ce refus à l’éditeur avec l’archive envoyée ; l’acte pourra être déposé de nouveau sous le même numéro.',
  ],
  [
    'PREF-VERIF-02',
    'Le SIREN de la collectivité n’est pas enregistré dans ACTES : demander à la préfecture de l’enregistrer (convention de télétransmission), puis déposer l’acte de nouveau sous le même numéro.',
  ],
]);

const REMEDE_GENERAL =
  'Corriger ce que le message de l’État désigne, puis déposer l’acte de nouveau : il n’a pas été reçu, le même numéro peut resservir. En cas de doute, s’adresser à la préfecture.';

/** @returns the refusal code written in the words of the State (`ODT-VERIF-01`), or null. */
export function codeDuDetail(detail: string): string | null {
  return /([A-Z]+-VERIF-[0-9]+)/.exec(detail)?.[1] ?? null;
}

/** @returns what to do after a refusal of that code. */
export function remedeDuRefus(code: string | null): string {
  return (code === null ? undefined : REMEDES.get(code)) ?? REMEDE_GENERAL;
}
