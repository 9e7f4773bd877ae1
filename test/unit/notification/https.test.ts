import { once } from 'node:events';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { creerWebhook } from '../../../src/adapters/webhook/https.ts';
import { lireRetryAfter } from '../../../src/adapters/webhook/retry-after.ts';
import { nouveauSecret } from '../../../src/formats/webhook/signature.ts';
import type { Instant, LivraisonId } from '../../../src/metier/identifiants.ts';
import { HORLOGE_VRAIE, MUET, NOTIFICATION_DEFAUT, type PaireTls, forgerPaire } from './decor.ts';

const A = nouveauSecret('11'.repeat(32));
const B = nouveauSecret('22'.repeat(32));
const CORPS = '{"type":"flux.acquitte","data":{"etat":"acquitté"}}';

let tls: PaireTls;
const aFermer: (() => Promise<unknown> | void)[] = [];

beforeAll(() => {
  tls = forgerPaire();
});

afterEach(async () => {
  for (const fermer of aFermer.splice(0)) await fermer();
});

async function ouvrir(serveur: Server): Promise<number> {
  serveur.listen(0, '127.0.0.1');
  await once(serveur, 'listening');
  aFermer.push(() => {
    serveur.close();
    serveur.closeAllConnections();
  });
  return (serveur.address() as AddressInfo).port;
}

const receveur = (guichet: RequestListener): Promise<number> =>
  ouvrir(createServer({ key: tls.cle, cert: tls.certificat }, guichet));

function creer(change: Partial<typeof NOTIFICATION_DEFAUT.webhook> = {}) {
  const config = {
    ...NOTIFICATION_DEFAUT.webhook,
    reseaux_permis: ['127.0.0.0/8'],
    autorites: tls.autorite,
    ...change,
  };
  const webhook = creerWebhook(config, {
    clock: HORLOGE_VRAIE,
    log: MUET,
    version: '9.8.7',
    resoudre: (_nom, _options, suite) => suite(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  aFermer.push(() => webhook.fermer());
  return webhook;
}

const envoi = (url: string, change: { quand?: number; secrets?: string[] } = {}) => ({
  url,
  id: 'l-1' as LivraisonId,
  quand: (change.quand ?? Date.now()) as Instant,
  corps: CORPS,
  secrets: change.secrets ?? [A],
});

describe('delivery over HTTPS', () => {
  test('carries the headers of Standard Webhooks, the timestamp being that of the attempt', async () => {
    const vus: Record<string, string>[] = [];
    const corps: string[] = [];
    const port = await receveur((requete, reponse) => {
      vus.push(requete.headers as Record<string, string>);
      requete.setEncoding('utf8').on('data', (bloc: string) => corps.push(bloc));
      requete.on('end', () => reponse.writeHead(204).end());
    });
    const webhook = creer();
    const quand = Date.now();
    const url = `https://receveur.test:${port}/vgm?jeton=x`;
    expect(await webhook.livrer(envoi(url, { quand, secrets: [B, A] }))).toMatchObject({
      statut: 204,
      livree: true,
    });
    expect(vus[0]).toMatchObject({
      'webhook-id': 'l-1',
      'webhook-timestamp': String(Math.floor(quand / 1000)),
      'content-type': 'application/json',
      'user-agent': 'vaguemestre/9.8.7',
    });
    // Rotation: the receiver may know the old secret only, or the new one only.
    for (const secret of [A, B]) new Webhook(secret).verify(corps.join(''), vus[0] ?? {});
  });

  test('a redirection is a failure and is not followed', async () => {
    const chemins: (string | undefined)[] = [];
    const port = await receveur((requete, reponse) => {
      chemins.push(requete.url);
      requete.resume();
      reponse.writeHead(302, { location: '/ailleurs' }).end();
    });
    const reponse = await creer().livrer(envoi(`https://receveur.test:${port}/ici`));
    expect(reponse).toMatchObject({ statut: 302, livree: false });
    expect(reponse.motif).toContain('redirections ne sont pas suivies');
    expect(chemins).toEqual(['/ici']);
  });

  test('a receiver that never answers is given up after the delay', async () => {
    const port = await receveur((requete) => void requete.resume());
    const reponse = await creer({ delai_s: 0.3 }).livrer(envoi(`https://receveur.test:${port}/`));
    expect(reponse).toMatchObject({ statut: 0, livree: false, jamais: false });
    expect(reponse.motif).toContain('pas répondu en 0,3 s');
    expect(reponse.duree).toBeGreaterThanOrEqual(250);
    expect(reponse.duree).toBeLessThan(5000);
  });

  test('a receiver that trickles its body does not hold the place, and its status counts', async () => {
    const port = await receveur((requete, reponse) => {
      requete.resume();
      reponse.writeHead(200);
      const goutte = setInterval(() => reponse.write('x'), 50);
      reponse.on('close', () => clearInterval(goutte));
    });
    const reponse = await creer({ delai_s: 3 }).livrer(envoi(`https://receveur.test:${port}/`));
    expect(reponse).toMatchObject({ statut: 200, livree: true });
    expect(reponse.duree).toBeLessThan(5000);
  });

  test('a huge body is cut after a few kilobytes, not read', async () => {
    let ecrits = 0;
    const bloc = Buffer.alloc(65_536);
    const port = await receveur((requete, reponse) => {
      requete.resume();
      reponse.writeHead(200);
      const verser = (): void => {
        while (!reponse.destroyed && ecrits < 500_000_000) {
          ecrits += bloc.length;
          if (!reponse.write(bloc)) {
            reponse.once('drain', verser);
            return;
          }
        }
      };
      verser();
    });
    expect(await creer().livrer(envoi(`https://receveur.test:${port}/`))).toMatchObject({ livree: true });
    expect(ecrits).toBeLessThan(20_000_000);
  });

  test('connections are kept alive between two deliveries', async () => {
    const ports = new Set<number | undefined>();
    const port = await receveur((requete, reponse) => {
      ports.add(requete.socket.remotePort);
      requete.resume().on('end', () => reponse.writeHead(200).end('merci'));
    });
    const webhook = creer();
    for (let i = 0; i < 20; i += 1) await webhook.livrer(envoi(`https://receveur.test:${port}/`));
    // The pool may open a second line while the first is being handed back, never one per delivery.
    expect(ports.size).toBeLessThan(5);
  });

  test('a certificate of an unknown authority is refused, and the reason says what to do', async () => {
    const port = await receveur((_requete, reponse) => void reponse.end());
    const reponse = await creer({ autorites: '' }).livrer(envoi(`https://receveur.test:${port}/`));
    expect(reponse).toMatchObject({ statut: 0, livree: false });
    expect(reponse.motif).toContain('notification.webhook.autorites');
  });

  test('a certificate for another name is refused', async () => {
    const port = await receveur((_requete, reponse) => void reponse.end());
    const reponse = await creer().livrer(envoi(`https://autre.test:${port}/`));
    expect(reponse.motif).toContain('ne porte pas son nom');
  });

  test('a closed port is an outcome with its reason', async () => {
    const serveur = createHttp();
    const port = await ouvrir(serveur);
    serveur.close();
    await once(serveur, 'close');
    const reponse = await creer().livrer(envoi(`https://127.0.0.1:${port}/`));
    expect(reponse).toMatchObject({ statut: 0, livree: false });
    expect(reponse.motif).toContain('refuse la connexion');
  });

  test('the guard acts before anything leaves, on literals and on names', async () => {
    let vus = 0;
    const port = await receveur((_requete, reponse) => {
      vus += 1;
      reponse.end();
    });
    const webhook = creer({ reseaux_permis: [] });
    for (const hote of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'receveur.test']) {
      const reponse = await webhook.livrer(envoi(`https://${hote}:${port}/`));
      expect(reponse).toMatchObject({ statut: 0, livree: false, jamais: false });
      expect(reponse.motif).toMatch(/Internet public|interdit/);
    }
    expect(vus).toBe(0);
  });

  test('plain HTTP goes only where the operator allowed it', async () => {
    const port = await ouvrir(
      createHttp((requete, reponse) => requete.resume() && reponse.writeHead(204).end()),
    );
    const url = `http://127.0.0.1:${port}/`;
    expect((await creer().livrer(envoi(url))).livree).toBe(false);
    expect((await creer({ http_permis: true }).livrer(envoi(url))).livree).toBe(true);
  });

  test('closing lets no delivery throw', async () => {
    const port = await receveur((requete) => void requete.resume());
    const webhook = creer();
    const encours = webhook.livrer(envoi(`https://receveur.test:${port}/`));
    await new Promise((fini) => setTimeout(fini, 100));
    await webhook.fermer();
    expect(await encours).toMatchObject({ statut: 0, livree: false });
    expect(await webhook.livrer(envoi(`https://receveur.test:${port}/`))).toMatchObject({ livree: false });
  });

  test('an authority file that cannot be read stops the start', () => {
    expect(() => creer({ autorites: '/nulle/part.pem' })).toThrow('VGM-NTF-003');
    expect(() => creer({ autorites: import.meta.filename })).toThrow('VGM-NTF-003');
  });
});

describe('Retry-After (RFC 9110 § 10.2.3)', () => {
  const MAINTENANT = Date.UTC(2026, 0, 15, 9, 30);
  test.each([
    ['120', 120_000],
    ['0', 0],
    [' 7 ', 7000],
    ['Thu, 15 Jan 2026 09:31:00 GMT', 60_000],
    ['Thu, 15 Jan 2026 09:00:00 GMT', 0],
    [['30', '60'], 30_000],
    ['demain', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s milliseconds', (entete, attendu) => {
    expect(lireRetryAfter(entete, MAINTENANT)).toBe(attendu);
  });
});
