import type { Instant } from '../../../metier/identifiants.ts';
import { type DemandeTravail, type FileTravail, OPERATEUR, type TableTravail } from '../../../ports/store.ts';
import {
  COLONNES_FLUX,
  COLONNES_LIVRAISON,
  COLONNES_RETOUR,
  type LigneFlux,
  type LigneLivraison,
  type LigneRetour,
  lireFlux,
  lireLivraison,
  lireRetour,
} from '../lignes.ts';
import { duesDe, etatDuTravail, nomsDesFiles } from './files.ts';
import type { FileEcriture } from './lot.ts';
import type { Base } from './pilote.ts';
import { TourLivraisons } from './reclamer-livraisons.ts';
import { annoncees, choisirRetours, louer, prolonger, Tourniquet } from './reclamer.ts';
import { fluxDuRetour } from './retours.ts';

const TABLES: readonly TableTravail[] = ['flux', 'retours', 'livraisons'];

function lireLouees<L>(
  base: Base,
  source: { table: TableTravail; colonnes: string },
  ids: readonly string[],
): L[] {
  const sql = `SELECT ${source.colonnes} FROM ${source.table} WHERE id = :id`;
  return ids.flatMap((id) => base.lignes<L>(sql, { id }));
}

function choisirParmi(base: Base, table: TableTravail, demande: DemandeTravail): string[] {
  const trouvees = annoncees<{ id: string }>(base, { table, colonnes: 'id' }, demande);
  return trouvees.slice(0, demande.nombre).map((l) => l.id);
}

function premiereDe(base: Base, table: TableTravail, file?: string): Instant | null {
  const condition = file === undefined ? '' : 'file = :file AND';
  const sql = `SELECT min(echeance) AS t FROM ${table} WHERE ${condition} echeance IS NOT NULL`;
  return base.ligne<{ t: Instant | null }>(sql, file === undefined ? {} : { file })?.t ?? null;
}

/** Claims go through the writers' queue: a lease that is not durable would not be one. */
export function creerFileTravail(base: Base, ecriture: FileEcriture): FileTravail {
  const tourFlux = new Tourniquet(base);
  const tourLivraisons = new TourLivraisons(base);

  const reclamer = <L>(
    demande: DemandeTravail,
    source: { table: TableTravail; colonnes: string; choisir: () => string[] },
  ): Promise<L[]> => {
    if (demande.nombre < 1) return Promise.resolve([]);
    return ecriture.soumettre(() => {
      const ids = source.choisir();
      louer(base, source.table, { ids, pour: demande });
      return lireLouees<L>(base, source, ids);
    });
  };

  return {
    async reclamerFlux(demande) {
      const choisir = () =>
        demande.seuls === undefined ? tourFlux.choisir(demande) : choisirParmi(base, 'flux', demande);
      const lignes = await reclamer<LigneFlux>(demande, { table: 'flux', colonnes: COLONNES_FLUX, choisir });
      return lignes.map(lireFlux);
    },
    async reclamerRetours(demande) {
      const choisir = () =>
        demande.seuls === undefined ? choisirRetours(base, demande) : choisirParmi(base, 'retours', demande);
      const source = { table: 'retours', colonnes: COLONNES_RETOUR, choisir } as const;
      const lignes = await reclamer<LigneRetour>(demande, source);
      return lignes.map((ligne) => lireRetour(ligne, fluxDuRetour(base, OPERATEUR, ligne.id)));
    },
    async reclamerLivraisons(demande) {
      const choisir = () => tourLivraisons.choisir(demande);
      const source = { table: 'livraisons', colonnes: COLONNES_LIVRAISON, choisir } as const;
      return (await reclamer<LigneLivraison>(demande, source)).map(lireLivraison);
    },
    renouveler: (demande) => ecriture.soumettre(() => prolonger(base, demande)),
    libererBaux(proprietaire) {
      return ecriture.soumettre(() => {
        for (const table of TABLES) {
          base.ecrire(`UPDATE ${table} SET bail = NULL, bail_par = NULL WHERE bail_par = :proprietaire`, {
            proprietaire,
          });
        }
      });
    },
    async prochaineEcheance() {
      const premieres = [
        ...nomsDesFiles(base).map((file) => premiereDe(base, 'flux', file)),
        ...(['retours', 'livraisons'] as const).map((table) => premiereDe(base, table)),
      ];
      const echeances = premieres.filter((t) => t !== null);
      return echeances.length === 0 ? null : (Math.min(...echeances) as Instant);
    },
    dues: async (demande) => duesDe(base, demande),
    files: async () => nomsDesFiles(base),
    etat: async (quand) => etatDuTravail(base, quand),
  };
}
