import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { creerFakeWebhook } from '../../src/adapters/webhook/fake.ts';
import { creerWebhook } from '../../src/adapters/webhook/https.ts';
import { HORLOGE_VRAIE, MUET, NOTIFICATION_DEFAUT, forgerPaire } from '../unit/notification/decor.ts';
import { contratWebhook } from './webhook.contract.ts';

contratWebhook('fake', async () => {
  const webhook = creerFakeWebhook();
  return {
    webhook,
    url: 'https://receveur.test/',
    regler: (statut, retryAfterS) =>
      webhook.regler(retryAfterS === undefined ? { statut } : { statut, patienter: retryAfterS * 1000 }),
    recus: () => webhook.envois.map((e) => e.id),
    fermer: async () => {},
  };
});

contratWebhook('undici in front of a real HTTPS server', async () => {
  const tls = forgerPaire();
  const ids: string[] = [];
  let reglage: { statut: number; retryAfterS: number | undefined } = { statut: 204, retryAfterS: undefined };
  const serveur = createServer({ key: tls.cle, cert: tls.certificat }, (requete, reponse) => {
    ids.push(String(requete.headers['webhook-id']));
    if (reglage.statut === 0) requete.socket.destroy();
    else {
      const { statut, retryAfterS } = reglage;
      const redirection = statut >= 300 && statut < 400 ? { location: 'https://ailleurs.test/' } : {};
      const attente = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
      requete.resume().on('end', () => reponse.writeHead(statut, { ...redirection, ...attente }).end());
    }
  });
  serveur.listen(0, '127.0.0.1');
  await once(serveur, 'listening');
  const config = {
    ...NOTIFICATION_DEFAUT.webhook,
    reseaux_permis: ['127.0.0.0/8'],
    autorites: tls.autorite,
  };
  return {
    webhook: creerWebhook(config, {
      clock: HORLOGE_VRAIE,
      log: MUET,
      resoudre: (_nom, _options, suite) => suite(null, [{ address: '127.0.0.1', family: 4 }]),
    }),
    url: `https://receveur.test:${(serveur.address() as AddressInfo).port}/`,
    regler: (statut, retryAfterS) => {
      reglage = { statut, retryAfterS };
    },
    recus: () => ids,
    fermer: async () => {
      serveur.close();
      serveur.closeAllConnections();
    },
  };
});
