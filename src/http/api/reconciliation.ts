import type { FastifyInstance } from 'fastify';
import type { Porte } from '../porte.ts';
import { lire, ordreClore } from './formes.ts';
import { vueReconciliation } from './vues-reconciliation.ts';

/** Backup of the base, and what follows a restoration (operator only: `gestes` refuses the others). */
export function routesReconciliation(app: FastifyInstance, { gestes }: Porte): void {
  app.post('/instantane', async (requete) => ({ instantane: await gestes.instantane(requete.contexte) }));

  app.get('/reconciliation', async (requete) => {
    const vue = await gestes.reconciliation.montrer(requete.contexte);
    return { reconciliation: vue === null ? null : vueReconciliation(vue) };
  });

  app.post('/reconciliation/clore', async (requete) => {
    const { sansAttendre, motif } = lire(ordreClore, requete.body ?? {});
    const close = await gestes.reconciliation.clore(requete.contexte, { sansAttendre, motif });
    return { reconciliation: vueReconciliation(close) };
  });

  app.post('/reconciliation/retours', async (requete) => ({
    nombre: await gestes.reconciliation.rangerRetours(requete.contexte),
  }));
}
