import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant, LivraisonId } from '../../src/metier/identifiants.ts';
import type { EnvoiWebhook, Webhook } from '../../src/ports/notification.ts';

/** A receiver that each adapter is put in front of. */
export interface BancWebhook {
  readonly webhook: Webhook & { fermer(): Promise<void> };
  readonly url: string;
  /** Status of the receiver from now on (0 = it cuts the line), and `Retry-After` in seconds. */
  regler(statut: number, retryAfterS?: number): void;
  /** Identifiers received, in order. */
  recus(): readonly string[];
  fermer(): Promise<void>;
}

/** The contract of the port `Webhook`. */
export function contratWebhook(nom: string, ouvrir: () => Promise<BancWebhook>): void {
  describe(`Webhook, ${nom}`, () => {
    let banc: BancWebhook;
    beforeAll(async () => {
      banc = await ouvrir();
    });
    afterAll(async () => {
      await banc.webhook.fermer();
      await banc.fermer();
    });
    const envoi = (id: string): EnvoiWebhook => ({
      url: banc.url,
      id: id as LivraisonId,
      quand: 1_768_470_600_000 as Instant,
      corps: '{"type":"flux.acquitte"}',
      secrets: ['whsec_MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE='],
    });

    test.each([200, 202, 204])('%i is delivered', async (statut) => {
      banc.regler(statut);
      const reponse = await banc.webhook.livrer(envoi(`ok-${statut}`));
      expect(reponse).toMatchObject({ statut, livree: true, jamais: false });
      expect(banc.recus()).toContain(`ok-${statut}`);
    });

    test.each([301, 307, 400, 401, 404, 429, 500, 503])(
      '%i is a failure that may be tried again',
      async (statut) => {
        banc.regler(statut);
        const reponse = await banc.webhook.livrer(envoi(`ko-${statut}`));
        expect(reponse).toMatchObject({ statut, livree: false, jamais: false });
        expect(reponse.motif).not.toBe('');
        expect(reponse.patienter).toBeUndefined();
      },
    );

    test('410 means never again (Standard Webhooks)', async () => {
      banc.regler(410);
      expect(await banc.webhook.livrer(envoi('fini'))).toMatchObject({
        statut: 410,
        livree: false,
        jamais: true,
      });
    });

    test('Retry-After is handed over in milliseconds', async () => {
      banc.regler(503, 120);
      expect(await banc.webhook.livrer(envoi('plus-tard'))).toMatchObject({
        statut: 503,
        patienter: 120_000,
      });
    });

    test('a receiver that cuts the line is an outcome with status 0, not an exception', async () => {
      banc.regler(0);
      expect(await banc.webhook.livrer(envoi('coupe'))).toMatchObject({
        statut: 0,
        livree: false,
        jamais: false,
      });
    });

    test('the same delivery may be sent again under the same identifier', async () => {
      banc.regler(500);
      await banc.webhook.livrer(envoi('encore'));
      banc.regler(204);
      await banc.webhook.livrer(envoi('encore'));
      expect(banc.recus().filter((id) => id === 'encore')).toHaveLength(2);
    });
  });
}
