import { erreurGestes } from '../metier/catalogue/gestes.ts';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import type { Contexte, Gestes, Montre } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

/** The flux, within what the caller may see. Throws VGM-NOY-003: another's flux and no flux look the same. */
export async function fluxDe(outils: Pick<OutilsGestes, 'moteur'>, ctx: Contexte, id: FluxId): Promise<Flux> {
  const flux = await outils.moteur.store.flux.trouver(ctx.portee, id);
  if (flux === undefined) throw erreurNoyau('VGM-NOY-003', { flux: id });
  return flux;
}

const LIVRAISONS_MAX = 200;

export function consultations(
  outils: OutilsGestes,
): Pick<Gestes, 'lister' | 'montrer' | 'compter' | 'ouvrirPiece' | 'suivre'> {
  const { store, diffusion } = outils.moteur;
  return {
    lister: (ctx, filtre) => store.flux.lister(ctx.portee, filtre),
    compter: (ctx) => store.flux.compter(ctx.portee),
    montrer: async (ctx, id): Promise<Montre> => {
      const flux = await fluxDe(outils, ctx, id);
      const lignes = await store.journal.lignesDuFlux(ctx.portee, id);
      return {
        flux,
        pieces: await store.flux.pieces(ctx.portee, id),
        chronologie: lignes.map((l) => JSON.parse(l.ligne) as LigneJournal),
        livraisons: await store.livraisons.lister(ctx.portee, { flux: id, limite: LIVRAISONS_MAX }),
        citants: await store.flux.citants(ctx.portee, id),
      };
    },
    ouvrirPiece: async (ctx, id, rang) => {
      await fluxDe(outils, ctx, id);
      const piece = (await store.flux.pieces(ctx.portee, id)).find((p) => p.rang === rang);
      if (piece === undefined) throw erreurGestes('VGM-GES-001', { flux: id, rang });
      return { piece, contenu: await outils.coffre.ouvrir(piece.sha256) };
    },
    suivre: async function* (ctx, signal) {
      for await (const nouvelle of diffusion.ecouter(signal)) {
        if ('operateur' in ctx.portee || ctx.portee.collectivite === nouvelle.flux.collectivite)
          yield nouvelle;
      }
    },
  };
}
