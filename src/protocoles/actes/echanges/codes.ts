/** Exchanges about an acte that the State has received: what each side may say, and in answer to what (transactions 2 to 7). */

/** Letters of the préfecture; each starts a flux that cites its acte. */
export const COURRIERS = {
  '2-1': { racine: 'CourrierSimple', libelle: 'courrier simple', accuse: null, reponses: ['2-2'] },
  '3-1': {
    racine: 'DemandePieceComplementaire',
    libelle: 'demande de pièces complémentaires',
    accuse: '3-2',
    reponses: ['3-3', '3-4'],
  },
  '4-1': {
    racine: 'LettreObservations',
    libelle: 'lettre d’observations',
    accuse: '4-2',
    reponses: ['4-3', '4-4'],
  },
  '5-1': { racine: 'DefereTA', libelle: 'déféré au tribunal administratif', accuse: null, reponses: [] },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly racine: string;
      readonly libelle: string;
      /** Receipt that leaves by itself, as soon as the letter is filed. */
      readonly accuse: CodeEnvoye | null;
      readonly reponses: readonly CodeEnvoye[];
    }
  >
>;

export type CodeCourrier = keyof typeof COURRIERS;

/** What the collectivité sends about an acte, and what closes it. */
interface Envoi {
  readonly racine: string;
  readonly libelle: string;
  /** Documents that go with it: none, exactly one, one or several. */
  readonly documents: 'aucun' | 'un' | 'plusieurs';
  /** Receipt of the State; null: the norm has none, and « transmis » is its end. */
  readonly accuse: '3-5' | '4-5' | '6-2' | '7-2' | null;
}

export const ENVOIS = {
  '2-2': {
    racine: 'ReponseCourrierSimple',
    libelle: 'réponse à un courrier simple',
    documents: 'un',
    accuse: null,
  },
  '3-2': {
    racine: 'ARDemandePieceComplementaire',
    libelle: 'accusé de réception d’une demande de pièces',
    documents: 'aucun',
    accuse: null,
  },
  '3-3': {
    racine: 'RefusPieceComplementaire',
    libelle: 'refus de pièces complémentaires',
    documents: 'un',
    accuse: '3-5',
  },
  '3-4': {
    racine: 'PieceComplementaire',
    libelle: 'pièces complémentaires',
    documents: 'plusieurs',
    accuse: '3-5',
  },
  '4-2': {
    racine: 'ARLettreObservations',
    libelle: 'accusé de réception d’une lettre d’observations',
    documents: 'aucun',
    accuse: null,
  },
  '4-3': {
    racine: 'RejetLettreObservations',
    libelle: 'rejet d’une lettre d’observations',
    documents: 'un',
    accuse: '4-5',
  },
  '4-4': {
    racine: 'ReponseLettreObservations',
    libelle: 'réponse à une lettre d’observations',
    documents: 'un',
    accuse: '4-5',
  },
  '6-1': {
    racine: 'Annulation',
    libelle: 'annulation de la transmission',
    documents: 'aucun',
    accuse: '6-2',
  },
  '7-1': {
    racine: 'DemandeClassification',
    libelle: 'demande de classification',
    documents: 'aucun',
    accuse: '7-2',
  },
} as const satisfies Readonly<Record<string, Envoi>>;

export type CodeEnvoye = '2-2' | '3-2' | '3-3' | '3-4' | '4-2' | '4-3' | '4-4' | '6-1' | '7-1';

/** Message of the norm that a flux carries; the acte itself when its summary says nothing else. */
export type CodeMessage = '1-1' | CodeCourrier | CodeEnvoye;

export const estCourrier = (code: string): code is CodeCourrier => Object.hasOwn(COURRIERS, code);
export const estEnvoye = (code: string): code is CodeEnvoye => Object.hasOwn(ENVOIS, code);

/** What a message is called, as shown to people. */
export function libelleMessage(code: CodeMessage): string {
  if (estCourrier(code)) return COURRIERS[code].libelle;
  return estEnvoye(code) ? ENVOIS[code].libelle : 'transmission d’un acte';
}
