import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { verifier } from '../formats/webhook/signature.ts';
import type { Clock } from '../ports/clock.ts';

export interface WebhookRecu {
  readonly id: string;
  readonly type: string;
  /** The signature holds with the secret given to the depositor. */
  readonly signe: boolean;
}

/** The receiving side of a client software, on loopback: keeps what it is told, once per `webhook-id`. */
export interface Receveur {
  readonly url: string;
  readonly recus: ReadonlyMap<string, WebhookRecu>;
  /** Secrets of the points that send here. */
  connaitre(secret: string): void;
  arreter(): Promise<void>;
}

const TOLERANCE_S = 300;

export async function ouvrirReceveur(clock: Clock): Promise<Receveur> {
  const recus = new Map<string, WebhookRecu>();
  const secrets: string[] = [];
  const serveur = createServer(async (requete, reponse) => {
    const corps = await text(requete);
    const id = String(requete.headers['webhook-id'] ?? '');
    const verdict = verifier({
      id,
      corps,
      secrets,
      quandS: Number(requete.headers['webhook-timestamp']),
      signature: String(requete.headers['webhook-signature'] ?? ''),
      maintenantS: Math.floor(clock.now() / 1000),
      toleranceS: TOLERANCE_S,
    });
    const { type = '' } = JSON.parse(corps) as { type?: string };
    recus.set(id, { id, type, signe: verdict.type === 'bonne' });
    reponse.writeHead(204).end();
  });
  await new Promise<void>((pret) => serveur.listen(0, '127.0.0.1', pret));
  return {
    url: `http://127.0.0.1:${(serveur.address() as AddressInfo).port}/webhooks`,
    recus,
    connaitre: (secret) => {
      secrets.push(secret);
    },
    arreter: async () => {
      serveur.closeAllConnections();
      await new Promise<void>((ferme) => serveur.close(() => ferme()));
    },
  };
}
