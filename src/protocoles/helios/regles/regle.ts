import type { PositionXml } from '../../../formats/xml/evenements.ts';
import type { Anomalie, Gravite, ReponseControle } from '../../../metier/anomalies.ts';
import type { FaitsDepotPes } from '../depot.ts';
import type { Entetes, FaitsAcquitRetour, FaitsPes } from '../lecture/faits.ts';

export interface ReglagesControle {
  /** Bytes that the State takes in one file. */
  readonly tailleMax: number;
}

/** What the rules look at: the facts, and what was told apart in them once. */
export interface Sujet {
  readonly faits: FaitsDepotPes;
  /** Null when the file is no PES Aller that could be read. */
  readonly pes: FaitsPes | null;
  readonly acquitRetour: FaitsAcquitRetour | null;
  /** Of either; null for anything else. */
  readonly entetes: Entetes | null;
  readonly reglages: ReglagesControle;
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
  readonly code: `HELIOS-${string}`;
  readonly question: string;
  readonly source: string;
  readonly gravite: Gravite;
  examiner(sujet: Sujet): readonly Constat[] | null;
}

/** Findings told one by one; those that follow say the same of other places. */
const CONSTATS_MAX = 20;

function enAnomalie(regle: Regle, constat: Constat): Anomalie {
  const { code, gravite } = regle;
  const { message, remede, ou } = constat;
  const anomalie = { code, gravite: constat.gravite ?? gravite, message, remede };
  return ou === undefined ? anomalie : { ...anomalie, ou };
}

/** The first ones name the mistake; the weight of what is not told counts all the same. */
function borner(anomalies: readonly Anomalie[], code: string): readonly Anomalie[] {
  const tues = anomalies.slice(CONSTATS_MAX);
  if (tues.length === 0) return anomalies;
  const gravite = tues.some((a) => a.gravite === 'bloquante') ? 'bloquante' : 'avertissement';
  const semblables = accorder(
    tues.length,
    'autre constat semblable n’est pas listé',
    'autres constats semblables ne sont pas listés',
  );
  const reste = { code, gravite, message: `${semblables}.`, remede: 'Corriger de même.' } as const;
  return [...anomalies.slice(0, CONSTATS_MAX), reste];
}

/** Asks one question and keeps its answer, whatever it is. */
export function repondre(regle: Regle, sujet: Sujet): ReponseControle {
  const constats = regle.examiner(sujet);
  const { code, question, source } = regle;
  const anomalies = borner(
    (constats ?? []).map((c) => enAnomalie(regle, c)),
    code,
  );
  const reponse = constats === null ? 'sans objet' : anomalies.length === 0 ? 'oui' : 'non';
  return { code, question, source, reponse, anomalies };
}

/** Where to look: path of the element, line, column. */
export function lieu(chemin: string, { ligne, colonne }: PositionXml): string {
  return `${chemin}, ligne ${ligne}, colonne ${colonne}`;
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

function codePoint(caractere: string): string {
  return `U+${(caractere.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Agreement in number: from 2 on, French takes the plural. */
export function accorder(nombre: number, singulier: string, pluriel: string): string {
  return `${nombre.toLocaleString('fr-FR')} ${nombre < 2 ? singulier : pluriel}`;
}
