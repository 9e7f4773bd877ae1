import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, RetourId } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import { type EtatRetour, LIBELLE_RETOUR, type Retour } from '../metier/retours.ts';
import type { Ecriture } from '../ports/store.ts';
import type { Contexte } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

/** How an order about a message of the State is written: the message, and all that the order changes, in one transaction. */

const A_TRANCHER: readonly EtatRetour[] = ['a_trancher', 'classe'];

export async function retourDe(outils: OutilsGestes, ctx: Contexte, id: RetourId): Promise<Retour> {
  const retour = await outils.moteur.store.retours.trouver(ctx.portee, id);
  if (retour === undefined) throw erreurGestes('VGM-GES-002', { retour: id });
  return retour;
}

/** A message that a person may settle. Throws VGM-GES-002, -003, -005. */
export async function aTrancher(outils: OutilsGestes, ctx: Contexte, id: RetourId): Promise<Retour> {
  exigerOperateur(ctx);
  const retour = await retourDe(outils, ctx, id);
  if (!A_TRANCHER.includes(retour.etat))
    throw erreurGestes('VGM-GES-003', { retour: id, etat: LIBELLE_RETOUR[retour.etat] });
  return retour;
}

/** A message, and the flux that a person names for it. */
export interface Rattachement {
  readonly id: RetourId;
  readonly flux: FluxId;
}

/** Flux that a message concerns, and this one. */
export const avec = ({ flux }: Retour, id: FluxId): readonly FluxId[] => [...new Set([...flux, id])];

export interface Reglement {
  readonly etat: EtatRetour;
  readonly motif: string | null;
  readonly ev: string;
  readonly reprendre?: boolean;
  /** Flux that the message concerns from now on; those it concerned when undefined. */
  readonly flux?: readonly FluxId[];
  readonly suite?: Suite;
}

/** What the order does beside settling the message. */
export interface Suite extends Pick<Ecriture, 'flux' | 'nouveauxFlux' | 'nouvellesLivraisons' | 'journal'> {
  /** A flux that it moves or starts, as those who follow it must see it. */
  readonly publie?: { readonly flux: Flux; readonly ev: string };
}

export async function regler(
  { moteur }: OutilsGestes,
  ctx: Contexte,
  { retour, reglement }: { readonly retour: Retour; readonly reglement: Reglement },
): Promise<Retour> {
  const quand = moteur.clock.now();
  const due = reglement.reprendre === true ? quand : null;
  const { etat, motif, ev, flux = retour.flux } = reglement;
  const { publie, journal = [], ...suite } = reglement.suite ?? {};
  const ligne: EntreeJournal = {
    org: 'operateur',
    ev,
    tx: retour.id,
    obj: `sha256:${retour.sha256}`,
    acteur: ctx.acteur,
    res: 'OK',
    motif: motif ?? '',
    corr: ctx.corr,
  };
  await moteur.store.ecriture.ecrire({
    quand,
    ...suite,
    retours: [{ id: retour.id, ver: retour.ver, etat, due, tentatives: 0, motif, flux }],
    journal: [...journal, ligne],
  });
  if (publie !== undefined) moteur.diffusion.publier({ quand, ...publie });
  return { ...retour, etat, due, motif, flux, ver: retour.ver + 1 };
}
