import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { LotId } from '../../metier/identifiants.ts';
import type { Lot } from '../../metier/lots.ts';
import type { Contexte, Gestes } from '../gestes.ts';
import type { OutilsRecevoir } from './recevoir.ts';

/** What may be asked of batches. */
export function lots(outils: OutilsRecevoir): Gestes['lots'] {
  const { store, clock } = outils.moteur;
  const lotDe = async (ctx: Contexte, id: LotId): Promise<Lot> => {
    const lot = await store.lots.trouver(ctx.portee, id);
    if (lot === undefined) throw erreurLot('VGM-LOT-008', { lot: id });
    return lot;
  };
  return {
    deposer: async (ctx, demande) => {
      // What reads ZIP and CSV is loaded once a batch comes.
      const { recevoirLot } = await import('./recevoir.ts');
      return recevoirLot(outils, ctx, demande);
    },
    lister: (ctx, filtre) => store.lots.lister(ctx.portee, filtre),
    montrer: async (ctx, id, filtre) => {
      const lot = await lotDe(ctx, id);
      return { lot, lignes: await store.lots.lignes(ctx.portee, id, filtre) };
    },
    abandonner: async (ctx, id, motif) => {
      const lot = await lotDe(ctx, id);
      const ligne = {
        org: lot.collectivite,
        ev: 'LOT_ABANDONNE',
        tx: '',
        obj: `sha256:${lot.sha256}`,
        acteur: ctx.acteur,
        res: 'OK',
        motif: `${id} : ${motif}`,
        corr: ctx.corr,
      } as const;
      await store.lots.abandonner(id, motif, { quand: clock.now(), journal: [ligne] }).catch((e: unknown) => {
        if (e instanceof ErreurVgm && e.fiche.code === 'VGM-NOY-001')
          throw erreurLot('VGM-LOT-010', { lot: id }, e);
        throw e;
      });
      return lotDe(ctx, id);
    },
  };
}
