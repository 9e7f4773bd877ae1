/**
 * Errors: something stopped us. One catalogue row each (`VGM-<STEP>-<nnn>`), in French, with cause and remedy.
 * What is found wrong in a sender's document is not an error but an anomalie (`anomalies.ts`).
 */

/**
 * The three fates of a failure, decided where the failure happens.
 * - passagere: nothing happened on the other side, try again later;
 * - incertaine: the State may already hold it, no automatic retry until evidence or a person settles it;
 * - definitive: trying again would give the same answer.
 */
export type NatureErreur = 'passagere' | 'incertaine' | 'definitive';

/** A row of the catalogue. `message` may hold `{named}` places filled at run time. */
export interface LigneCatalogue {
  readonly nature: NatureErreur;
  /** What happened, in French, for the person who reads it. */
  readonly message: string;
  /** The usual cause. */
  readonly cause: string;
  /** What to do, and who does it. */
  readonly remede: string;
  /** Status of the HTTP answer that carries it (RFC 9457). */
  readonly http: number;
  /** Exit code of the CLI: 1 failure, 2 usage, 3 refused document. */
  readonly sortie: 1 | 2 | 3;
}

export type Catalogue = Readonly<Record<`VGM-${string}`, LigneCatalogue>>;
export type Details = Readonly<Record<string, string | number | boolean>>;

/** The same error, as plain data: what is stored, journalled and sent to people. */
export interface FicheErreur {
  readonly code: string;
  readonly nature: NatureErreur;
  readonly message: string;
  readonly cause: string;
  readonly remede: string;
}

/** The only error class thrown on purpose. `cause` (native) keeps the technical origin, for the technical log only. */
export class ErreurVgm extends Error {
  readonly fiche: FicheErreur;
  readonly http: number;
  readonly sortie: 1 | 2 | 3;

  constructor(fiche: FicheErreur, effets: { http: number; sortie: 1 | 2 | 3 }, origine?: unknown) {
    super(`${fiche.code} ${fiche.message}`, origine === undefined ? undefined : { cause: origine });
    this.name = 'ErreurVgm';
    this.fiche = fiche;
    this.http = effets.http;
    this.sortie = effets.sortie;
  }
}

/** Amounts of bytes are grouped as in French (150 000 000); ports, ranks and statuses are left as they are. */
function remplir(texte: string, details: Details): string {
  return texte.replace(/\{(\w+)\}(?=( octets)?)/g, (place, nom: string, unite: string | undefined) => {
    const valeur = details[nom] ?? place;
    const quantite = typeof valeur === 'number' && unite !== undefined;
    return quantite ? valeur.toLocaleString('fr-FR') : String(valeur);
  });
}

/**
 * Builds the thrower of one catalogue: `const erreur = fabrique(CATALOGUE_DEPOT)`, then
 * `throw erreur('VGM-DEP-001', { taille: 12 }, origin)`. An unknown code does not type-check.
 */
export function fabrique<C extends Catalogue>(catalogue: C) {
  return (code: keyof C & string, details: Details = {}, origine?: unknown): ErreurVgm => {
    const ligne = catalogue[code as keyof Catalogue] as LigneCatalogue;
    const fiche: FicheErreur = {
      code,
      nature: ligne.nature,
      message: remplir(ligne.message, details),
      cause: remplir(ligne.cause, details),
      remede: remplir(ligne.remede, details),
    };
    return new ErreurVgm(fiche, { http: ligne.http, sortie: ligne.sortie }, origine);
  };
}
