import { erreurSignature } from '../../metier/catalogue/signature.ts';
import type { FicheErreur } from '../../metier/erreurs.ts';
import type { ObjetJson, Piece } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Issue } from '../../metier/issues.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { Examen, Verification } from './examen.ts';
import { garderRapport, type OrigineSignature } from './rapport.ts';
import { refusDe } from './verdict.ts';

/** From what was found to the outcome of the step, with the report that says it all. */

export interface OutilsIssue {
  readonly coffre: Pick<Coffre, 'ajouter'>;
  readonly clock: Clock;
  /** Bytes that the State takes in one file. */
  readonly tailleMax: number;
}

/** A file judged, on its way to its outcome. */
export interface Dossier {
  /** The file we have just signed, to hang on the flux; null when the file judged hangs there already. */
  readonly nouveau: Piece | null;
  readonly fichier: Pick<Piece, 'role' | 'nom' | 'sha256' | 'taille'>;
  readonly verification: Extract<Verification, { type: 'lue' }>;
  readonly examen: Extract<Examen, { type: 'juge' }>;
  readonly origine: OrigineSignature;
  /** Merged into the summary beside what every favourable outcome says. */
  readonly complement: ObjetJson;
}

/** Wait before looking again at what only the operator can repair. Milliseconds. */
const REPRISE = 900_000;

function pluriel(nombre: number, mot: string): string {
  return `${nombre} ${mot}${nombre > 1 ? 's' : ''}`;
}

/** Something only the operator can repair: told once, looked at again from time to time, never held against the file. */
export function alerter(
  { clock }: { readonly clock: Pick<Clock, 'now'> },
  { message, remede }: FicheErreur,
): Issue {
  const prochaine = (clock.now() + REPRISE) as Instant;
  return { type: 'alerte', alerte: `${message} ${remede}`, prochaine };
}

export function refuser(erreur: FicheErreur, pieces: readonly Piece[] = []): Issue {
  return { type: 'avance', evenement: 'signature_defavorable', pieces, motif: erreur.code, erreur };
}

/** What was deposited was weighed then; signatures have made it heavier since. */
function tropGros({ tailleMax: limite }: OutilsIssue, fichier: Dossier['fichier']): FicheErreur | null {
  const { role, taille } = fichier;
  if (role !== 'pes_signe' || taille <= limite) return null;
  return erreurSignature('VGM-SIG-032', { taille, limite }).fiche;
}

/** The outcome of a file that bears signatures. */
export function conclure(outils: OutilsIssue, dossier: Dossier): Promise<Issue> {
  const { verification, examen, fichier } = dossier;
  const refus = refusDe(verification.rapport, examen.constats) ?? tropGros(outils, fichier);
  if (refus !== null) return refuserAvecRapport(outils, dossier, refus);
  return approuver(outils, dossier, verification.rapport.resume);
}

export async function refuserAvecRapport(
  outils: OutilsIssue,
  dossier: Dossier,
  erreur: FicheErreur,
): Promise<Issue> {
  const rapport = await rapporter(outils, dossier, { verdict: 'defavorable', resume: erreur.message });
  return refuser(erreur, [rapport, ...dossier.examen.pieces]);
}

/** @param resume French, whole sentences. */
export async function approuver(outils: OutilsIssue, dossier: Dossier, resume: string): Promise<Issue> {
  const { nouveau, examen, origine, complement, verification } = dossier;
  const rapport = await rapporter(outils, dossier, { verdict: 'favorable', resume });
  const { length: signatures } = verification.rapport.signatures;
  const { length: avertissements } = examen.constats;
  const faites = signatures === 0 ? 'sans signature' : pluriel(signatures, 'signature');
  const suite = avertissements === 0 ? '' : `, ${pluriel(avertissements, 'avertissement')}`;
  return {
    type: 'avance',
    evenement: 'signature_favorable',
    pieces: [...(nouveau === null ? [] : [nouveau]), rapport, ...examen.pieces],
    complement: {
      signatures,
      avertissementsSignature: avertissements,
      signePar: origine,
      signatureAttendue: null,
      ...complement,
    },
    motif: `${faites}${suite}`,
  };
}

function rapporter(
  { coffre, clock }: OutilsIssue,
  { fichier, verification, examen, origine }: Dossier,
  dit: { readonly verdict: 'favorable' | 'defavorable'; readonly resume: string },
): Promise<Piece> {
  const { rapport, faits } = verification;
  const { constats, confiances } = examen;
  const controle = clock.now();
  return garderRapport(coffre, { ...dit, origine, controle, fichier, rapport, faits, constats, confiances });
}
