import { type DemandeTravail, type FileTravail, OPERATEUR } from '../../../ports/store.ts';
import {
  COLONNES_FLUX,
  COLONNES_LIVRAISON,
  COLONNES_RETOUR,
  type LigneFlux,
  type LigneLivraison,
  type LigneRetour,
  lireFlux,
  lireLivraison,
} from '../lignes.ts';
import { Baux } from './baux.ts';
import { duesDe, etatDuTravail, nomsDesFiles, premiereEcheance } from './files.ts';
import { annoncees, choisirRetours, Tourniquet } from './reclamer.ts';
import { TourLivraisons } from './reclamer-livraisons.ts';
import type { Reserve } from './reserve.ts';
import { avecFlux } from './retours.ts';

/** Claims stand apart from the writers' queue: they hold only what nobody else holds, and wait for nothing. */
export function creerFileTravail(base: Reserve): FileTravail {
  const tourFlux = new Tourniquet(base);
  const tourLivraisons = new TourLivraisons(base);
  const baux = new Baux(base);
  const flux = {
    table: 'flux',
    colonnes: COLONNES_FLUX,
    choisir: async (d: DemandeTravail) => (d.seuls === undefined ? tourFlux.choisir(d) : annoncees(d)),
  } as const;
  const retours = {
    table: 'retours',
    colonnes: COLONNES_RETOUR,
    choisir: async (d: DemandeTravail) => (d.seuls === undefined ? choisirRetours(base, d) : annoncees(d)),
  } as const;
  const livraisons = {
    table: 'livraisons',
    colonnes: COLONNES_LIVRAISON,
    choisir: (d: DemandeTravail) => tourLivraisons.choisir(d),
  } as const;
  return {
    reclamerFlux: async (demande) => (await baux.reclamer<LigneFlux>(demande, flux)).map(lireFlux),
    reclamerRetours: async (demande) =>
      avecFlux(base, OPERATEUR, await baux.reclamer<LigneRetour>(demande, retours)),
    reclamerLivraisons: async (demande) =>
      (await baux.reclamer<LigneLivraison>(demande, livraisons)).map(lireLivraison),
    renouveler: (demande) => baux.renouveler(demande),
    libererBaux: (proprietaire) => baux.liberer(proprietaire),
    prochaineEcheance: () => premiereEcheance(base),
    dues: (demande) => duesDe(base, demande),
    files: () => nomsDesFiles(base),
    etat: (quand) => etatDuTravail(base, quand),
  };
}
