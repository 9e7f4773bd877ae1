import { ligneCsv, MARQUE_UTF8 } from '../formats/encodages/csv.ts';
import { LIBELLE_ETAT } from '../metier/etats.ts';
import { libelleEvenement } from '../metier/evenements.ts';
import type { Flux, Piece } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import { aParis, estAccuse } from './exports.ts';

/** The table of traces as text: one line for a file that went or came (cahier des charges HELIOS, 1-8). */

/** What is known of the bytes of a file, and the name they went or came under. */
export type FichierEchange = Pick<Piece, 'nom' | 'sha256' | 'sha512' | 'taille'>;

export interface Echange {
  readonly sens: 'émis' | 'reçu';
  readonly nature: string;
  readonly quand: Instant;
  readonly fichier: FichierEchange;
  /** Name given by the depositor; empty for what the State makes. */
  readonly depose: string;
  /** Null: the bytes could not be read again. */
  readonly sha1: string | null;
  /** What became of it. */
  readonly resultat: string;
  /** Answer of Hélios, one sentence; empty as long as there is none. */
  readonly acquittement: string;
  /** Null: a file of the State that nobody could attribute. */
  readonly flux: Flux | null;
  readonly collectivite: string;
}

const texte = (valeur: unknown): string => (typeof valeur === 'string' ? valeur : '');

const COLONNES: readonly (readonly [string, (e: Echange) => string | number])[] = [
  ['SIREN', (e) => e.flux?.collectivite ?? ''],
  ['Collectivité', (e) => e.collectivite],
  ['Sens', (e) => e.sens],
  ['Nature', (e) => e.nature],
  ['Nom du fichier', (e) => e.fichier.nom],
  ['Nom au dépôt', (e) => e.depose],
  ['NomFic', (e) => texte(e.flux?.resume['nomFic'])],
  ['CodCol', (e) => texte(e.flux?.resume['codCol'])],
  ['Date et heure (Paris)', (e) => aParis(e.quand)],
  ['Date et heure (UTC)', (e) => new Date(e.quand).toISOString()],
  ['Taille (octets)', (e) => e.fichier.taille],
  ['SHA-1', (e) => e.sha1 ?? 'pièce absente ou altérée'],
  ['SHA-256', (e) => e.fichier.sha256],
  ['SHA-512', (e) => e.fichier.sha512],
  ['Résultat', (e) => e.resultat],
  ['État', (e) => (e.flux === null ? '' : LIBELLE_ETAT[e.flux.etat])],
  ['Acquittement', (e) => e.acquittement],
  ['Flux', (e) => e.flux?.id ?? ''],
];

/** First line of the table, after the mark of its encoding. */
export const ENTETE_TRACE = MARQUE_UTF8 + ligneCsv(COLONNES.map(([titre]) => titre));

export function ligneEchange(echange: Echange): string {
  return ligneCsv(COLONNES.map(([, valeur]) => valeur(echange)));
}

const estRemise = ({ ev }: LigneJournal): boolean => /^(?:REMISE|TRANCHE)_/.test(ev);

/** The answer of Hélios as it was journalled. */
export function acquittementDe(histoire: readonly LigneJournal[]): string {
  return histoire.findLast(estAccuse)?.motif ?? '';
}

/** What became of one passage on the line: the last word on it before the next one. */
export function resultatEnvoi(histoire: readonly LigneJournal[], { n, ev }: LigneJournal): string {
  if (ev === 'SORT_PERDU') return 'parti avant la restauration de la base, à une heure inconnue';
  const apres = histoire.filter((l) => l.n > n);
  const prochain = apres.findIndex((l) => l.ev === 'MISE_EN_LIGNE');
  const suite = prochain < 0 ? apres : apres.slice(0, prochain);
  const remise = suite.findLast(estRemise);
  const connu = remise !== undefined && remise.ev !== 'REMISE_INCERTAINE';
  if (!connu && suite.some(estAccuse)) return 'établi par l’acquittement';
  return remise === undefined ? 'en cours' : libelleEvenement(remise.ev);
}
