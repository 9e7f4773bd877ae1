import { erreurGestes } from '../metier/catalogue/gestes.ts';
import { FUSEAU, instantDe } from '../metier/echeances.ts';
import type { Instant, Jour, Siren } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import type { Portee } from '../ports/store.ts';
import type { Contexte, DemandeExport } from './gestes.ts';
import type { Periode } from './journal-periode.ts';
import type { OutilsGestes } from './outils.ts';

/** What the tables drawn from the journal share. */

/** The days asked for, in legal time, both included. */
export function periodeDe({ du, au }: DemandeExport): Periode {
  const lendemain = Temporal.PlainDate.from(au).add({ days: 1 }).toString() as Jour;
  return { debut: instantDe(du, 0), fin: instantDe(lendemain, 0) };
}

/** Throws VGM-GES-004 for a collectivité that the caller does not see. */
export async function porteeDe(
  { moteur }: OutilsGestes,
  ctx: Contexte,
  siren: Siren | undefined,
): Promise<Portee> {
  if (siren === undefined) return ctx.portee;
  const permise = 'operateur' in ctx.portee || ctx.portee.collectivite === siren;
  if (!permise || (await moteur.store.collectivites.trouver(siren)) === undefined)
    throw erreurGestes('VGM-GES-004', { siren });
  return { collectivite: siren };
}

/** `2026-03-02 10:00:00`: what spreadsheets take for a date. */
export function aParis(instant: Instant): string {
  const z = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(FUSEAU);
  return z.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
}

const ACCUSES: readonly string[] = [
  'ACCUSE_RECU',
  'ACCUSE_PARTIEL_RECU',
  'ANOMALIE_RECUE',
  'ACCUSE_TRANCHE',
  'ACCUSE_PARTIEL_TRANCHE',
  'ANOMALIE_TRANCHEE',
];

/** An answer of the State about what it was sent. */
export const estAccuse = ({ ev }: LigneJournal): boolean => ACCUSES.includes(ev);

/** What tells, without an answer, that the State holds it. */
const CONSTATS: readonly string[] = ['TRANCHE_RECU', 'REMISE_CONSTATEE'];
const PASSAGES: readonly string[] = ['MISE_EN_LIGNE', 'SORT_PERDU'];

/**
 * Does this line tell a passage on the line? That of a flux which left between a backup and the restoration was lost with its
 * base: the doubt of the restoration stands for it, once something proves that it left.
 */
export function estPassage({ n, ev }: LigneJournal, histoire: readonly LigneJournal[]): boolean {
  if (ev !== 'SORT_PERDU') return ev === 'MISE_EN_LIGNE';
  const apres = histoire.filter((l) => l.n > n);
  const prochain = apres.findIndex((l) => PASSAGES.includes(l.ev));
  const suite = prochain < 0 ? apres : apres.slice(0, prochain);
  return suite.some((l) => estAccuse(l) || CONSTATS.includes(l.ev));
}

/** May tell one: its history says. */
export const peutEtrePassage = ({ ev }: LigneJournal): boolean => PASSAGES.includes(ev);
