import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type IncomingMessage, request as http } from 'node:http';
import { request as https } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { manifest } from '../../src/config/manifest.ts';
import { creerServeurApi, type ServeurApi } from '../../src/http/serveur.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Random } from '../../src/ports/random.ts';
import { GestesFictifs } from './gestes-fictifs.ts';

/** A real server over a real socket and real HTTPS, before fake gestures. */

export interface Reponse {
  readonly statut: number;
  readonly entetes: IncomingMessage['headers'];
  readonly octets: Buffer;
  readonly json: Record<string, unknown>;
}

export interface Demande {
  readonly methode?: string;
  readonly chemin: string;
  readonly corps?: Buffer | string;
  readonly entetes?: Record<string, string>;
  readonly jeton?: string;
}

export interface BancApi {
  readonly dossier: string;
  readonly socket: string;
  readonly url: string;
  readonly gestes: GestesFictifs;
  readonly serveur: ServeurApi;
  readonly erreurs: string[];
  demander(d: Demande): Promise<Reponse>;
  /** Over HTTPS. */
  distant(d: Demande): Promise<Reponse>;
  fermer(): Promise<void>;
}

export function randomFictif(): Random {
  let n = 0;
  return {
    uuid: () => `00000000-0000-7000-8000-${String((n += 1)).padStart(12, '0')}`,
    hex: (k) => 'ab'.repeat(k),
    fraction: () => 0.5,
  };
}

/** A clock whose sleeps only end by their signal. */
export const clockFictif: Clock = {
  now: () => Date.parse('2026-03-02T09:00:00Z') as Instant,
  sleep: (_ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted === true) resolve();
    signal?.addEventListener('abort', () => resolve());
    return promise;
  },
};

export function logFictif(erreurs: string[]): Log {
  return {
    info: () => undefined,
    warn: () => undefined,
    error: (message, champs, origine) =>
      void erreurs.push(
        `${message} ${JSON.stringify(champs)} ${origine instanceof Error ? origine.stack : ''}`,
      ),
  };
}

function paire(dossier: string): { cert: Buffer; key: Buffer } {
  const [cle, cert] = [join(dossier, 'k.pem'), join(dossier, 'c.pem')];
  execFileSync(
    'openssl',
    // prettier-ignore
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      cle,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  return { cert: readFileSync(cert), key: readFileSync(cle) };
}

async function conclure(reponse: IncomingMessage): Promise<Reponse> {
  const octets = await buffer(reponse);
  const json = /json/.test(reponse.headers['content-type'] ?? '') ? JSON.parse(octets.toString('utf8')) : {};
  return { statut: reponse.statusCode ?? 0, entetes: reponse.headers, octets, json };
}

export async function ouvrirBanc(reglages: Record<string, unknown> = {}, port = 0): Promise<BancApi> {
  const dossier = mkdtempSync(join(tmpdir(), 'vgm-api-'));
  const gestes = new GestesFictifs(dossier);
  const erreurs: string[] = [];
  const config = manifest.parse({ donnees: dossier, api: { port: 8443, ...reglages } });
  const { cert, key } = paire(dossier);
  const serveur = creerServeurApi({
    gestes,
    config,
    version: '0.1.0-essai',
    log: logFictif(erreurs),
    random: randomFictif(),
    clock: clockFictif,
    https: { cert, key },
    port,
  });
  const { socket, url } = await serveur.demarrer();
  const envoyer = (d: Demande, ou: 'socket' | 'https'): Promise<Reponse> => {
    const { promise, resolve, reject } = Promise.withResolvers<Reponse>();
    const json = typeof d.corps === 'string' ? { 'content-type': 'application/json' } : {};
    const auth = d.jeton === undefined ? {} : { authorization: `Bearer ${d.jeton}` };
    const longueur = d.corps === undefined ? {} : { 'content-length': String(Buffer.byteLength(d.corps)) };
    const options = {
      method: d.methode ?? 'GET',
      path: d.chemin,
      headers: { ...json, ...longueur, ...auth, ...d.entetes },
    };
    const requete =
      ou === 'socket' ? http({ ...options, socketPath: socket }) : https(url ?? '', { ...options, ca: cert });
    requete.on('response', (r) => conclure(r).then(resolve, reject));
    requete.on('error', reject);
    requete.end(d.corps);
    return promise;
  };
  return {
    dossier,
    socket,
    url: url ?? '',
    gestes,
    serveur,
    erreurs,
    demander: (d) => envoyer(d, 'socket'),
    distant: (d) => envoyer(d, 'https'),
    async fermer() {
      await serveur.arreter();
      rmSync(dossier, { recursive: true, force: true });
    },
  };
}

export interface PartieEcrite {
  readonly nom: string;
  readonly fichier?: string;
  readonly type?: string;
  readonly corps: Buffer | string;
}

export const FRONTIERE = 'frontiere-0123456789';

/** A form as clients write it (RFC 7578). */
export function formulaire(parties: readonly PartieEcrite[]): {
  corps: Buffer;
  entetes: Record<string, string>;
} {
  const blocs = parties.flatMap((p) => [
    Buffer.from(
      `--${FRONTIERE}\r\nContent-Disposition: form-data; name="${p.nom}"${
        p.fichier === undefined ? '' : `; filename="${p.fichier}"`
      }\r\n${p.type === undefined ? '' : `Content-Type: ${p.type}\r\n`}\r\n`,
    ),
    Buffer.from(p.corps),
    Buffer.from('\r\n'),
  ]);
  return {
    corps: Buffer.concat([...blocs, Buffer.from(`--${FRONTIERE}--\r\n`)]),
    entetes: { 'content-type': `multipart/form-data; boundary=${FRONTIERE}` },
  };
}

export function demandeJson(plus: Record<string, unknown> = {}): PartieEcrite {
  const metadonnees = { numero: 'DEL1', ...plus };
  return {
    nom: 'demande',
    corps: JSON.stringify({ protocole: 'ACTES', collectivite: '213400001', metadonnees }),
  };
}

export const DOCUMENT: PartieEcrite = {
  nom: 'document',
  fichier: 'delib.pdf',
  type: 'application/pdf',
  corps: '%PDF-1.7 contenu',
};
