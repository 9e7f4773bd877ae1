import type { Gestes } from '../../src/gestes/gestes.ts';
import type { Reconciliation } from '../../src/gestes/rapport-reconciliation.ts';
import { erreurGestes } from '../../src/metier/catalogue/gestes.ts';
import { erreurSauvegarde } from '../../src/metier/catalogue/sauvegarde.ts';
import type { Jour, Sha256 } from '../../src/metier/identifiants.ts';
import { fluxFictif, SIREN, T0, uuid } from './faits-fictifs.ts';

/** A base that was put back this morning: one source read, one not, a PES found in the coffre. */
export const RECONCILIATION: Reconciliation = {
  restauration: { id: uuid(9), sauvegarde: T0, restauree: T0, preparee: T0, close: null },
  sources: [
    { nom: 'imap:retours', lue: T0 },
    { nom: 'dgfip:sftp', lue: null },
  ],
  aAnalyser: 0,
  incertains: [fluxFictif(1, { etat: 'incertain' })],
  orphelins: [
    {
      sha256: 'a'.repeat(64) as Sha256,
      sha512: 'b'.repeat(128),
      taille: 1234,
      ajoutee: T0,
      genre: 'pes',
      libelle: 'PES BUDGET_12 (CodCol 123, SIREN 213400016)',
      protocole: 'HELIOS',
      collectivite: SIREN,
      identite: '123/BUDGET_12',
      nom: null,
      fluxConnu: false,
    },
  ],
  genres: { pes: 1 },
  series: { jour: '2026-03-02' as Jour, apres: 7084 },
  empechements: ['la source dgfip:sftp n’a pas été relue en entier depuis la restauration'],
};

/** Backups and what follows them, kept in memory. */
export function sauvegardeFictive(): Pick<Gestes, 'instantane' | 'reconciliation'> {
  let etat = RECONCILIATION;
  const operateur = (ctx: { readonly portee: object }): void => {
    if (!('operateur' in ctx.portee)) throw erreurGestes('VGM-GES-005');
  };
  return {
    instantane: async (ctx) => {
      operateur(ctx);
      throw erreurSauvegarde('VGM-SAU-010');
    },
    reconciliation: {
      montrer: async (ctx) => {
        operateur(ctx);
        return etat;
      },
      clore: async (ctx, { sansAttendre }) => {
        operateur(ctx);
        if (etat.restauration.close !== null) throw erreurSauvegarde('VGM-SAU-020');
        if (!sansAttendre.includes('dgfip:sftp'))
          throw erreurSauvegarde('VGM-SAU-021', { raisons: etat.empechements.join(' ; ') });
        etat = { ...etat, restauration: { ...etat.restauration, close: T0 }, empechements: [] };
        return etat;
      },
      rangerRetours: async (ctx) => {
        operateur(ctx);
        return 3;
      },
    },
  };
}
