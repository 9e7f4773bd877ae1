/**
 * Transactions 2 to 7 as the préfecture knows them (actes.md A.2, A.4). Written apart from `protocoles/actes`, as
 * `norme.ts` is.
 */

/** What the préfecture writes on its own initiative. */
export const COURRIERS = {
  '2-1': { racine: 'CourrierSimple', libelle: 'courrier simple', expose: null, texte: '' },
  '3-1': {
    racine: 'DemandePieceComplementaire',
    libelle: 'demande de pièces complémentaires',
    expose: 'DescriptionPieces',
    texte: 'Le plan de financement et la convocation des conseillers.',
  },
  '4-1': {
    racine: 'LettreObservations',
    libelle: "lettre d'observations",
    expose: 'Motif',
    texte: 'La délibération vise un texte qui n’est plus en vigueur.',
  },
  '5-1': {
    racine: 'DefereTA',
    libelle: 'déféré au tribunal administratif',
    expose: 'NatureIllegalite',
    texte: 'Incompétence de l’auteur de l’acte.',
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly racine: string;
      readonly libelle: string;
      /** Element that says what is wanted or why; null: the letter has none. */
      readonly expose: string | null;
      /** What is written there unless told otherwise. */
      readonly texte: string;
    }
  >
>;

export type CodeCourrier = keyof typeof COURRIERS;
export const CODES_COURRIER = Object.keys(COURRIERS) as readonly CodeCourrier[];

interface Envoi {
  readonly racine: string;
  /** Letter that it answers, and as what: each letter has one receipt and one answer. */
  readonly suite: { readonly de: CodeCourrier; readonly comme: 'accuse' | 'reponse' } | null;
  /** What is sent back; null: the protocol has nothing. */
  readonly accuse: '3-5' | '4-5' | '6-2' | '7-2' | null;
}

/** What a collectivité sends after its acte. */
export const ENVOIS = {
  '2-2': { racine: 'ReponseCourrierSimple', suite: { de: '2-1', comme: 'reponse' }, accuse: null },
  '3-2': { racine: 'ARDemandePieceComplementaire', suite: { de: '3-1', comme: 'accuse' }, accuse: null },
  '3-3': { racine: 'RefusPieceComplementaire', suite: { de: '3-1', comme: 'reponse' }, accuse: '3-5' },
  '3-4': { racine: 'PieceComplementaire', suite: { de: '3-1', comme: 'reponse' }, accuse: '3-5' },
  '4-2': { racine: 'ARLettreObservations', suite: { de: '4-1', comme: 'accuse' }, accuse: null },
  '4-3': { racine: 'RejetLettreObservations', suite: { de: '4-1', comme: 'reponse' }, accuse: '4-5' },
  '4-4': { racine: 'ReponseLettreObservations', suite: { de: '4-1', comme: 'reponse' }, accuse: '4-5' },
  '6-1': { racine: 'Annulation', suite: null, accuse: '6-2' },
  '7-1': { racine: 'DemandeClassification', suite: null, accuse: '7-2' },
} as const satisfies Readonly<Record<string, Envoi>>;

export type CodeEnvoi = keyof typeof ENVOIS;

export function estEnvoi(code: string): code is CodeEnvoi {
  return Object.hasOwn(ENVOIS, code);
}

/** Receipts that the préfecture is owed for each letter of a kind; the others have none. */
export const ACCUSES: Readonly<Partial<Record<CodeCourrier, CodeEnvoi>>> = { '3-1': '3-2', '4-1': '4-2' };
