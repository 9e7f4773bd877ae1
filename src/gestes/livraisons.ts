import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { LivraisonId } from '../metier/identifiants.ts';
import type { Livraison } from '../metier/notifications.ts';
import type { Contexte, Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

async function livraisonDe(outils: OutilsGestes, ctx: Contexte, id: LivraisonId): Promise<Livraison> {
  const livraison = await outils.moteur.store.livraisons.trouver(ctx.portee, id);
  if (livraison === undefined) throw erreurGestes('VGM-GES-008', { livraison: id });
  return livraison;
}

export function livraisons(outils: OutilsGestes): Gestes['livraisons'] {
  const { store, clock } = outils.moteur;
  return {
    lister: (ctx, filtre) => store.livraisons.lister(ctx.portee, filtre),
    essais: async (ctx, id) => {
      await livraisonDe(outils, ctx, id);
      return store.livraisons.essais(ctx.portee, id);
    },
    rejouer: async (ctx, id) => {
      const livraison = await livraisonDe(outils, ctx, id);
      const quand = clock.now();
      const ligne = {
        org: livraison.collectivite,
        ev: 'NOTIFICATION_REJOUEE',
        tx: livraison.flux,
        obj: '',
        acteur: ctx.acteur,
        res: 'OK',
        motif: livraison.type,
        corr: id,
      } as const;
      await store.ecriture.ecrire({
        quand,
        livraisons: [{ id, ver: livraison.ver, etat: 'a_faire', due: quand, tentatives: 0 }],
        journal: [ligne],
      });
      return { ...livraison, etat: 'a_faire', due: quand, tentatives: 0, ver: livraison.ver + 1 };
    },
  };
}
