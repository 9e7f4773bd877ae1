import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

/** What befalls a request between the adapter and the server. */
export type PanneS3 =
  /** Answered by the relay; the server sees nothing. */
  | { readonly geste: 'repondre'; readonly statut: number; readonly code: string; readonly attendre?: number }
  /** Forwarded whole; the answer is lost. */
  | { readonly geste: 'perdre_reponse' }
  /** The line is hung up once that many bytes went up. */
  | { readonly geste: 'couper_aller'; readonly apres: number }
  /** The line is hung up once that many bytes of the body came down. */
  | { readonly geste: 'couper_retour'; readonly apres: number }
  /** That many bytes come down, then nothing any more. */
  | { readonly geste: 'figer_retour'; readonly apres: number }
  /** One byte at a time, every so many milliseconds. */
  | { readonly geste: 'goutte'; readonly ms: number }
  /** Never answered. */
  | { readonly geste: 'taire' }
  /** One byte of the body that goes up is changed. */
  | { readonly geste: 'alterer_aller' }
  /** Headers of the answer are taken away. */
  | { readonly geste: 'oter'; readonly entetes: readonly string[] };

export interface RequeteVue {
  readonly methode: string;
  /** Path and query. */
  readonly chemin: string;
  readonly entetes: IncomingHttpHeaders;
}

export interface RelaisS3 {
  readonly adresse: string;
  /** All that came, in order. */
  readonly vues: RequeteVue[];
  /** The fault of the `fois` next requests that match. */
  tomber(panne: PanneS3, quand: { readonly si: (vue: RequeteVue) => boolean; readonly fois?: number }): void;
  /** Connections that are open. */
  connexions(): Promise<number>;
  /** Forgets the faults and what was seen. */
  remettre(): void;
  fermer(): Promise<void>;
}

interface Regle {
  readonly panne: PanneS3;
  readonly si: (vue: RequeteVue) => boolean;
  reste: number;
}

async function* compter(source: Readable, apres: number): AsyncGenerator<Uint8Array> {
  let reste = apres;
  for await (const morceau of source as AsyncIterable<Buffer>) {
    yield morceau.subarray(0, reste);
    reste -= morceau.length;
    if (reste <= 0) return;
  }
}

async function* alterer(source: Readable): AsyncGenerator<Uint8Array> {
  let faite = false;
  for await (const morceau of source as AsyncIterable<Buffer>) {
    const copie = Buffer.from(morceau);
    if (!faite && copie.length > 0) copie[0] = (copie[0] ?? 0) ^ 1;
    faite = true;
    yield copie;
  }
}

async function* egoutter(source: Readable, ms: number): AsyncGenerator<Uint8Array> {
  for await (const morceau of source as AsyncIterable<Buffer>) {
    for (const octet of morceau) {
      yield Uint8Array.of(octet);
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
}

/** A thin HTTP relay in front of an S3 server, which fails where it is told. */
export async function ouvrirRelaisS3(cible: string): Promise<RelaisS3> {
  const vues: RequeteVue[] = [];
  const regles: Regle[] = [];
  const { hostname, port } = new URL(cible);
  const serveur = createServer((requete, reponse) => {
    const vue = { methode: requete.method ?? '', chemin: requete.url ?? '', entetes: requete.headers };
    vues.push(vue);
    const regle = regles.find((r) => r.reste > 0 && r.si(vue));
    if (regle !== undefined) regle.reste -= 1;
    passer(requete, reponse, regle?.panne).catch(() => reponse.destroy());
  });
  // A faulty exchange must not be met again on a connection kept open.
  serveur.keepAliveTimeout = 1000;

  async function monter(requete: IncomingMessage, panne: PanneS3 | undefined): Promise<IncomingMessage> {
    const vers = request({
      hostname,
      port,
      method: requete.method,
      path: requete.url,
      headers: requete.headers,
      agent: false,
    });
    const recue = once(vers, 'response') as Promise<[IncomingMessage]>;
    recue.catch(() => undefined);
    if (panne?.geste === 'couper_aller') {
      await pipeline(compter(requete, panne.apres), vers, { end: false });
      vers.destroy();
      throw new Error('cut on the way up');
    }
    await pipeline(panne?.geste === 'alterer_aller' ? alterer(requete) : requete, vers);
    return (await recue)[0];
  }

  async function passer(
    requete: IncomingMessage,
    reponse: ServerResponse,
    panne: PanneS3 | undefined,
  ): Promise<void> {
    if (panne?.geste === 'taire') return;
    if (panne?.geste === 'repondre') {
      requete.resume();
      await once(requete, 'end');
      const apres = panne.attendre === undefined ? {} : { 'retry-after': String(panne.attendre) };
      reponse.writeHead(panne.statut, { 'content-type': 'application/xml', ...apres });
      const corps = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${panne.code}</Code></Error>`;
      reponse.end(requete.method === 'HEAD' ? undefined : corps);
      return;
    }
    const recue = await monter(requete, panne);
    if (panne?.geste === 'perdre_reponse') {
      recue.resume();
      await once(recue, 'close');
      reponse.destroy();
      return;
    }
    const otees = panne?.geste === 'oter' ? panne.entetes : [];
    const entetes = Object.entries(recue.headers).filter(([nom]) => !otees.includes(nom));
    reponse.writeHead(recue.statusCode ?? 500, Object.fromEntries(entetes) as Record<string, string>);
    await descendre(recue, reponse, panne);
  }

  async function descendre(
    recue: IncomingMessage,
    reponse: ServerResponse,
    panne: PanneS3 | undefined,
  ): Promise<void> {
    if (panne?.geste === 'couper_retour' || panne?.geste === 'figer_retour') {
      for await (const morceau of compter(recue, panne.apres)) {
        await new Promise((resolve) => reponse.write(morceau, resolve));
      }
      // What was let through must arrive.
      if (panne.geste === 'couper_retour') reponse.socket?.destroySoon();
      return;
    }
    await pipeline(panne?.geste === 'goutte' ? egoutter(recue, panne.ms) : recue, reponse);
  }

  serveur.listen(0, '127.0.0.1');
  await once(serveur, 'listening');
  return {
    adresse: `http://127.0.0.1:${(serveur.address() as AddressInfo).port}`,
    vues,
    tomber: (panne, { si, fois = 1 }) => void regles.push({ panne, si, reste: fois }),
    connexions: () => promisify(serveur.getConnections.bind(serveur))(),
    remettre() {
      regles.length = 0;
      vues.length = 0;
    },
    async fermer() {
      serveur.closeAllConnections();
      serveur.close();
      await once(serveur, 'close');
    },
  };
}
