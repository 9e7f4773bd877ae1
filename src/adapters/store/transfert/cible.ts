import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { Arrivee } from '../postgres/demenagement.ts';
import type { Session } from '../postgres/session.ts';
import { type Depart, partie } from '../sqlite/demenagement.ts';
import { ANNEXES, ANODINES, type Plan } from './plan.ts';

/** What the marks of both sides allow, and the first mark of the side that is filled. */

export interface Situation {
  readonly fichier: string;
  /** French, for people. */
  readonly serveur: string;
  readonly depart: Depart | null;
  readonly arrivee: Arrivee | null;
  /** Digest of the first line of the journal that leaves. */
  readonly origine: string;
  /** Tables of the target that hold something. */
  readonly occupees: readonly string[];
  readonly recommencer: boolean;
}

/** `neuf`: an empty target is filled from the start, after it was emptied of a copy that is no use any more. */
export type Suite = 'neuf' | 'reprise' | 'faite';

/** Throws VGM-STO-011 (the target is not ours to fill), VGM-STO-016 (this base has gone elsewhere). */
export function decider(s: Situation): Suite {
  const { depart, arrivee } = s;
  const memes = depart !== null && depart.essai === arrivee?.essai;
  if (depart?.etat === 'parti' && !memes) throw partie('VGM-STO-016', s.fichier, depart);
  if (arrivee === null) {
    if (s.occupees.length === 0) return 'neuf';
    throw occupee(s, `elle contient déjà ${s.occupees.join(', ')}`);
  }
  if (arrivee.etat === 'complet') {
    if (memes && depart.etat === 'parti') return 'faite';
    throw occupee(s, 'elle a déjà reçu une base, et elle sert');
  }
  if (arrivee.etat === 'rendu') throw occupee(s, 'SQLite a été repris, et elle garde ce qui y a été fait');
  if (s.recommencer) return 'neuf';
  if (memes) return 'reprise';
  if (arrivee.origine === s.origine) return 'neuf';
  throw occupee(s, 'elle est remplie en partie, depuis une autre base (--recommencer la vide)');
}

function occupee({ serveur }: Situation, raison: string) {
  return erreurStockage('VGM-STO-011', { serveur, raison });
}

/** @returns tables that are carried and hold something, but for what stopped daemons leave behind. */
export async function tablesOccupees(session: Session, { copiees }: Plan): Promise<readonly string[]> {
  const occupees: string[] = [];
  for (const { nom } of copiees) {
    if (ANODINES.includes(nom)) continue;
    const dit = await session.ligne<{ non: boolean }>(`SELECT NOT EXISTS (SELECT 1 FROM ${nom}) AS non`);
    if (dit?.non !== true) occupees.push(nom);
  }
  return occupees;
}

const MARQUE = `INSERT INTO demenagement (seul, essai, etat, origine, avancement, quand)
  VALUES (1, :essai, 'en_cours', :origine, '{}', :quand)
  ON CONFLICT (seul) DO UPDATE SET essai = excluded.essai, etat = excluded.etat, origine = excluded.origine,
    avancement = excluded.avancement, quand = excluded.quand`;

/**
 * Empties the target and marks it, at once: from then on no daemon opens it before its end. What is not a copy of ours is never
 * erased: a target that was found empty loses the rows of stopped daemons alone.
 */
export async function vider(
  session: Session,
  { copiees }: Plan,
  marque: Omit<Arrivee, 'etat' | 'avancement'> & { readonly vierge: boolean },
): Promise<Arrivee> {
  const { essai, origine, quand, vierge } = marque;
  const tables = vierge ? [...ANODINES, 'ecrivains'] : [...copiees.map((t) => t.nom), ...ANNEXES];
  await session.executer('BEGIN');
  try {
    await session.executer(
      `ALTER TABLE journal DISABLE TRIGGER journal_fige; TRUNCATE ${tables.join(', ')}; ALTER TABLE journal ENABLE TRIGGER journal_fige`,
    );
    await session.ecrire(MARQUE, { essai, origine, quand });
    await session.executer('COMMIT');
  } catch (erreur) {
    session.abandonner();
    throw erreur;
  }
  return { essai, origine, quand, etat: 'en_cours', avancement: '{}' };
}

/** From then on daemons open it. Throws VGM-STO-011 when it is not the copy that was verified. */
export async function sceller(
  session: Session,
  { essai, serveur, quand }: { readonly essai: string; readonly serveur: string; readonly quand: Instant },
): Promise<void> {
  const scellees = await session.ecrire(
    "UPDATE demenagement SET etat = 'complet', quand = :quand WHERE essai = :essai AND etat = 'en_cours'",
    { essai, quand },
  );
  if (scellees !== 1)
    throw erreurStockage('VGM-STO-011', { serveur, raison: 'une autre commande y travaille' });
}
