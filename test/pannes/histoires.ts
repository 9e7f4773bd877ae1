import { expect } from 'vitest';
import type { FicheActes, FicheHelios } from '../../src/metier/collectivite.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import type { Antivirus } from '../../src/ports/antivirus.ts';
import { CTX, SIREN } from '../parcours/atelier.ts';
import type { OptionsDgfip } from './dgfip-fictive.ts';
import type { Coup } from './etat-fictif.ts';
import { fautes } from './fautes.ts';
import { Monde, type PointDeMort } from './monde.ts';

/** One story: what the State's door does, then what the world does around the engine. */
export interface Histoire {
  readonly nom: string;
  readonly coups?: readonly Coup[];
  readonly antivirus?: () => Antivirus;
  readonly dgfip?: OptionsDgfip;
  /** On the cards of the collectivités. */
  readonly helios?: Partial<FicheHelios>;
  readonly actes?: Partial<FicheActes>;
  /** What came before, without any death. @returns the flux that it is about. */
  readonly avant?: (m: Monde) => Promise<FluxId>;
  /** @returns the flux to be looked at. */
  readonly jouer: (m: Monde, avant: FluxId) => Promise<FluxId>;
  readonly fin: Etat;
  /** What must hold besides: one sentence for each fault. */
  readonly fautes?: (m: Monde) => Promise<string[]>;
}

export const HEURE = 3_600_000;

/** Lets time pass, and the person settle, until the flux waits for its receipt and for nothing else. */
export async function mener(m: Monde, id: FluxId): Promise<void> {
  for (let tour = 0; tour < 12; tour += 1) {
    await m.calme();
    const etat = await m.etatDe(id);
    const flux = (await m.flux()).find((f) => f.id === id);
    if (etat === 'transmis' || etat === 'echec' || (flux !== undefined && m.attendAccuse(flux))) return;
    await m.trancher();
    await m.passer(HEURE / 4);
  }
  expect.fail(`stuck: ${JSON.stringify(await m.flux())}`);
}

/** Plays a story with one death; @returns whether the point was reached, and the effects seen. */
async function rejouer(h: Histoire, point: PointDeMort): Promise<{ mort: boolean; effets: number }> {
  const m = await Monde.ouvrir({
    coups: h.coups ?? [],
    ...(h.antivirus === undefined ? {} : { antivirus: h.antivirus() }),
    ...(h.dgfip === undefined ? {} : { dgfip: h.dgfip }),
    ...(h.helios === undefined ? {} : { helios: h.helios }),
    ...(h.actes === undefined ? {} : { actes: h.actes }),
  });
  await m.essayer((a) =>
    a.gestes.collectivites.ajouterPoint(CTX, SIREN, {
      canal: 'webhook',
      cible: 'https://x.example/',
      evenements: [],
    }),
  );
  const avant = (await h.avant?.(m)) ?? ('' as FluxId);
  m.viser(point);
  const id = await h.jouer(m, avant);
  // The longest wait of a debt that failed once or twice.
  for (let tour = 0; tour < 4 && !(await m.quitte()); tour += 1) await m.passer(HEURE);
  const effets = m.effets.length;
  const ou = `${h.nom}, death ${point.cote} effect ${point.rang} (${m.effets[point.rang - 1] ?? 'none'})`;
  expect(await m.etatDe(id), ou).toBe(h.fin);
  expect([...(await fautes(m, { livrees: true })), ...((await h.fautes?.(m)) ?? [])], ou).toEqual([]);
  await m.fermer();
  return { mort: m.morts > 0, effets };
}

/**
 * Plays a story with a death before, then after, each of its effects. Two answers read at once may meet or not, and who loses is
 * analysed again: the number of effects is that of each run. The last run of a side is the one that had no effect left to die at.
 */
export async function eprouver(h: Histoire): Promise<void> {
  const { effets } = await rejouer(h, { rang: 0, cote: 'avant' });
  expect(effets, h.nom).toBeGreaterThan(0);
  let points = 0;
  for (const cote of ['avant', 'apres'] as const) {
    for (let rang = 1; ; rang += 1) {
      const vu = await rejouer(h, { rang, cote });
      if (!vu.mort) {
        expect(vu.effets, `${h.nom}: effect ${rang} was reached, and nobody died of it`).toBeLessThan(rang);
        break;
      }
      points += 1;
    }
  }
  console.log(`crash points: ${points} (${effets} effects) — ${h.nom}`);
  expect(points, h.nom).toBeGreaterThan(effets);
}
