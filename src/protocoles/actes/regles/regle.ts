import type { Anomalie, Gravite, ReponseControle } from '../../../metier/anomalies.ts';
import type { Classification } from '../../../metier/collectivite.ts';
import type { FaitsDepot, FaitsPiece } from '../../protocole.ts';
import type { Nature } from '../codes.ts';
import type { ChampsLus, MetadonneesLues } from '../depot.ts';

/** What the rules look at: the facts, and what was read from them once. */
export interface Sujet {
  readonly faits: FaitsDepot;
  readonly lues: MetadonneesLues;
  /** Declared fields that could be read; a missing one was reported by ACTES-META-01 or -02. */
  readonly champs: ChampsLus;
  readonly nature: Nature | null;
  readonly classification: Classification | null;
  readonly document: FaitsPiece | null;
  readonly annexes: readonly FaitsPiece[];
  readonly classificationRequise: boolean;
}

/** One thing found; gravity is that of the rule unless it says otherwise. */
export interface Constat {
  readonly ou?: string | undefined;
  readonly message: string;
  readonly remede: string;
  readonly gravite?: Gravite;
}

/** A control: pure. `examiner` gives null when the question does not arise. */
export interface Regle {
  readonly code: `ACTES-${string}`;
  readonly question: string;
  readonly source: string;
  readonly gravite: Gravite;
  examiner(sujet: Sujet): readonly Constat[] | null;
}

function enAnomalie(regle: Regle, constat: Constat): Anomalie {
  const { code, gravite } = regle;
  const { message, remede, ou } = constat;
  const anomalie = { code, gravite: constat.gravite ?? gravite, message, remede };
  return ou === undefined ? anomalie : { ...anomalie, ou };
}

/** Asks one question and keeps its answer, whatever it is. */
export function repondre(regle: Regle, sujet: Sujet): ReponseControle {
  const constats = regle.examiner(sujet);
  const anomalies = (constats ?? []).map((c) => enAnomalie(regle, c));
  const { code, question, source } = regle;
  const reponse = constats === null ? 'sans objet' : anomalies.length === 0 ? 'oui' : 'non';
  return { code, question, source, reponse, anomalies };
}

const LONGUEUR_CITEE = 80;

/** A value as shown in a message: between guillemets, cut when long, invisible characters by their code. */
export function citer(valeur: string): string {
  const points = Array.from(valeur.slice(0, LONGUEUR_CITEE * 2));
  const coupe = points.length > LONGUEUR_CITEE || valeur.length > LONGUEUR_CITEE * 2;
  const visible = points
    .slice(0, LONGUEUR_CITEE)
    .map((c) => (/[\p{C}\u2028\u2029]/u.test(c) ? `[${codePoint(c)}]` : c))
    .join('');
  return `« ${visible}${coupe ? '…' : ''} »`;
}

/** `U+000B`. */
export function codePoint(caractere: string): string {
  return `U+${(caractere.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Agreement in number: from 2 on, French takes the plural. */
export function accorder(nombre: number, singulier: string, pluriel: string): string {
  return `${nombre} ${nombre < 2 ? singulier : pluriel}`;
}

/** `2026-01-15` → `15/01/2026`. */
export function dateFrancaise(jour: string): string {
  return jour.replace(/^(\d{4})-(\d{2})-(\d{2})$/, '$3/$2/$1');
}

/** Where a piece stands, for the reader: field of the metadata that describes it. */
export function lieu(rang: number): string {
  return rang === 0 ? 'document' : `annexes[${rang - 1}]`;
}
