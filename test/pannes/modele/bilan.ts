import type { Etat } from '../../../src/metier/etats.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import type { Scene } from './scene.ts';

/** What a campaign of stories went through: a check that meets nothing checks nothing. */
export interface BilanModele {
  histoires: number;
  gestes: number;
  effets: number;
  morts: number;
  /** Stories in which the second engine worked. */
  aDeux: number;
  ordres: number;
  messages: number;
  notifications: number;
  readonly etats: Partial<Record<Etat, number>>;
}

export function ouvrirBilan(): BilanModele {
  const rien = { histoires: 0, gestes: 0, effets: 0, morts: 0, aDeux: 0, ordres: 0, messages: 0 };
  return { ...rien, notifications: 0, etats: {} };
}

export async function compter(b: BilanModele, { flotte, carnet }: Scene, gestes: number): Promise<void> {
  b.histoires += 1;
  b.gestes += gestes;
  b.effets += flotte.tourniquet.passes;
  b.morts += flotte.morts;
  b.aDeux += carnet.vivants[1] ? 1 : 0;
  b.ordres += carnet.ordres.filter((o) => o.fait === true).length;
  b.messages += carnet.remis.length;
  b.notifications += flotte.receptions.length;
  for (const { etat } of await flotte.sol.store.flux.lister(OPERATEUR, { limite: 1000 }))
    b.etats[etat] = (b.etats[etat] ?? 0) + 1;
}
