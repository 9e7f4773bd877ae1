import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { creerWebhook } from '../../../src/adapters/webhook/https.ts';
import { type OptionsReception, recevoirWebhooks } from '../../../src/cli/webhook-recevoir.ts';
import { composerCharge } from '../../../src/etapes/notification.ts';
import { nouveauSecret } from '../../../src/formats/webhook/signature.ts';
import type { Instant, LivraisonId } from '../../../src/metier/identifiants.ts';
import { HORLOGE_VRAIE, MUET, NOTIFICATION_DEFAUT, fluxDe } from './decor.ts';

const A = nouveauSecret('11'.repeat(32));
const B = nouveauSecret('22'.repeat(32));
const aFermer: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const fermer of aFermer.splice(0)) await fermer();
});

async function ouvrir(options: Partial<OptionsReception> = {}) {
  const lignes: string[] = [];
  const arret = new AbortController();
  const { port, ferme } = await recevoirWebhooks(
    { port: 0, ...options },
    { ecrire: (ligne) => lignes.push(ligne) },
    arret.signal,
  );
  aFermer.push(() => {
    arret.abort();
    return ferme;
  });
  const webhook = creerWebhook(
    { ...NOTIFICATION_DEFAUT.webhook, http_permis: true, reseaux_permis: ['127.0.0.1'] },
    { clock: HORLOGE_VRAIE, log: MUET },
  );
  aFermer.push(() => webhook.fermer());
  const livrer = (secret: string, quand = Date.now()) =>
    webhook.livrer({
      url: `http://127.0.0.1:${port}/`,
      id: 'l-1' as LivraisonId,
      quand: quand as Instant,
      corps: JSON.stringify(composerCharge('flux.acquitte', fluxDe())),
      secrets: [secret],
    });
  return { port, lignes, livrer, arret, ferme };
}

describe('local receiver for developers', () => {
  test('shows each delivery in French, tells a good signature from a bad one, and says a double', async () => {
    const { lignes, livrer } = await ouvrir({ secret: A });
    expect(await livrer(A)).toMatchObject({ statut: 204, livree: true });
    await livrer(B);
    const debut = `Livraison l-1 | flux.acquitte | flux ${fluxDe().id} (${fluxDe().identite}) | état : acquitté | `;
    expect(lignes).toEqual([
      `${debut}signature bonne`,
      `${debut}signature mauvaise (la signature ne correspond ni au corps ni au secret connus) | double, déjà vu`,
    ]);
  });

  test('with a clock, an old delivery is bad as it would be for a real receiver', async () => {
    const { lignes, livrer } = await ouvrir({ secret: A, clock: HORLOGE_VRAIE });
    await livrer(A);
    await livrer(A, Date.now() - 3_600_000);
    expect(lignes[0]).toContain('signature bonne');
    expect(lignes[1]).toContain('signature mauvaise (l’envoi est trop ancien)');
  });

  test('without a secret it says that nothing was checked, and answers the status asked', async () => {
    const { lignes, livrer } = await ouvrir({ statut: 503 });
    expect(await livrer(A)).toMatchObject({ statut: 503, livree: false });
    expect(lignes[0]).toContain('signature non vérifiée (aucun secret donné)');
  });

  test('one JSON object per line on request', async () => {
    const { lignes, livrer } = await ouvrir({ json: true, secret: A });
    await livrer(A);
    expect(JSON.parse(lignes[0] ?? '')).toMatchObject({
      id: 'l-1',
      type: 'flux.acquitte',
      etat: 'acquitte',
      signature: 'bonne',
      dejaVu: false,
      charge: { type: 'flux.acquitte' },
    });
  });

  test('what is not a delivery does not stop it, nor drive the terminal', async () => {
    const { port, lignes, livrer } = await ouvrir();
    const url = `http://127.0.0.1:${port}/`;
    expect((await fetch(url)).status).toBe(405);
    await fetch(url, { method: 'POST', body: '{"type":"\\u001b[2Jx","data":{"etat":"toString"}}' });
    const coupee = connect(port, '127.0.0.1');
    coupee.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nabc');
    coupee.resume().end();
    await once(coupee, 'close');
    await fetch(url, { method: 'POST', body: 'x'.repeat(1_100_000) }).catch(() => undefined);
    expect((await livrer(A)).livree).toBe(true);
    expect(lignes[0]).toBe(
      'Livraison sans identifiant |  [2Jx | flux inconnu | état : toString | signature non vérifiée (aucun secret donné)',
    );
    expect(lignes).toHaveLength(2);
  });

  test('stops with the signal', async () => {
    const { arret, ferme, livrer } = await ouvrir();
    arret.abort();
    await ferme;
    expect((await livrer(A)).livree).toBe(false);
  });

  test('a malformed secret or a taken port is an error that says what to do', async () => {
    await expect(ouvrir({ secret: 'whsec_court' })).rejects.toThrow('VGM-NTF-004');
    const { port } = await ouvrir();
    await expect(ouvrir({ port })).rejects.toThrow('VGM-NTF-005');
  });
});
