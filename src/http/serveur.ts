import { chmod, rename, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { cheminSocket } from '../config/chemins.ts';
import { creerDossiers } from '../config/dossiers.ts';
import type { Config } from '../config/manifest.ts';
import type { Contexte, Gestes } from '../gestes/gestes.ts';
import { erreurApi } from '../metier/catalogue/api.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { OPERATEUR } from '../ports/store.ts';
import { routesApi } from './api/routes.ts';
import type { Porte } from './porte.ts';
import { inconnue, repondreProbleme, reponseBrute, traduire } from './problemes.ts';

export interface OptionsApi {
  readonly gestes: Gestes;
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  readonly random: Random;
  readonly clock: Clock;
  /** PEM pair of the HTTPS door; needed when `api.port` is not 0. */
  readonly https?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Port actually asked for, instead of `api.port` (tests take a free one with 0). */
  readonly port?: number;
}

export interface ServeurApi {
  /** Opens the doors. Throws VGM-API-013 (socket in use), 014 (cannot open), 017 (no certificate). */
  demarrer(): Promise<{ readonly socket: string; readonly url: string | null }>;
  /** Ends live answers, lets the others finish (`moteur.arret_s` at most), closes the doors and removes the socket. */
  arreter(): Promise<void>;
}

/** A 150 MB deposit over a slow line (170 kB/s) still passes; a line that sleeps does not stay for ever. */
const REQUETE_MAX_MS = 15 * 60_000;
const CORPS_JSON_MAX = 1024 * 1024;

type Authentifier = (requete: FastifyRequest) => Promise<Contexte | undefined>;

/** Bytes that are not HTTP, or headers without end: answered by hand, in French. */
function clientIllisible(erreur: Error & { code?: string }, socket: Socket): void {
  if (erreur.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const statut = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[erreur.code ?? ''] ?? 400;
  socket.end(reponseBrute(statut));
}

/**
 * Once the stop is asked, cuts what remains as soon as every answer is given: a refused client that neither finishes
 * its body nor closes would hold the server, whose idle connections are the only ones that node closes by itself.
 */
function fermerDesLeRepos(app: FastifyInstance, arret: AbortSignal): void {
  let enCours = 0;
  const couper = (): void => {
    if (arret.aborted && enCours === 0) app.server.closeAllConnections();
  };
  app.addHook('onRequest', async (_requete, reponse) => {
    enCours += 1;
    reponse.raw.once('close', () => {
      enCours -= 1;
      couper();
    });
  });
  app.addHook('preClose', async () => couper());
}

function instance(porte: Porte, https: OptionsApi['https'], authentifier: Authentifier): FastifyInstance {
  const { log, random } = porte;
  const options = {
    logger: false,
    bodyLimit: CORPS_JSON_MAX,
    requestTimeout: REQUETE_MAX_MS,
    genReqId: () => random.uuid(),
    clientErrorHandler: clientIllisible,
    frameworkErrors: (e: Error, requete: FastifyRequest, reponse: Parameters<typeof repondreProbleme>[0]) =>
      repondreProbleme(reponse, traduire(e, requete, log)),
    return503OnClosing: false,
  };
  const app = (https === undefined
    ? Fastify(options)
    : Fastify({ ...options, https: { ...https, minVersion: 'TLSv1.2' } })) as unknown as FastifyInstance;
  fermerDesLeRepos(app, porte.arret);
  app.decorateRequest('contexte', null as unknown as Contexte);
  app.setErrorHandler((e, requete, reponse) => repondreProbleme(reponse, traduire(e, requete, log)));
  app.setNotFoundHandler((requete, reponse) => repondreProbleme(reponse, inconnue(requete)));
  app.register(async (v1) => routesApi(v1, porte, authentifier), { prefix: '/api/v1' });
  return app;
}

/** The socket is open to its owner alone (mode 0600): who can open it is the operator. */
function parSocket(requete: FastifyRequest): Promise<Contexte> {
  return Promise.resolve({ portee: OPERATEUR, acteur: 'agent:local', corr: requete.id });
}

function parJeton(gestes: Gestes): Authentifier {
  return async (requete) => {
    const [, jeton] = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(requete.headers.authorization ?? '') ?? [];
    return jeton === undefined ? undefined : gestes.jetons.authentifier(jeton, requete.id);
  };
}

async function repond(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const essai = connect(socket);
  essai.once('connect', () => resolve(true));
  essai.once('error', () => resolve(false));
  const vivant = await promise;
  essai.destroy();
  return vivant;
}

function raisonDe(erreur: unknown): string {
  const code = erreur instanceof Error && 'code' in erreur ? String(erreur.code) : '';
  const raisons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'le port est déjà pris',
    EACCES: 'droits insuffisants',
    EADDRNOTAVAIL: 'cette adresse n’est pas celle de la machine',
    ENOENT: 'le dossier n’existe pas',
    EINVAL: 'le chemin est trop long',
    ENOTFOUND: 'ce nom d’hôte est inconnu',
  };
  return raisons[code] ?? (code === '' ? 'raison inconnue' : code);
}

/**
 * Opens under a side name, closes it to others, then renames: the socket never exists with wider rights,
 * and one left behind by a killed daemon is replaced at once.
 */
async function ouvrirSocket(app: FastifyInstance, socket: string): Promise<void> {
  if (await repond(socket)) throw erreurApi('VGM-API-013', { socket });
  const provisoire = `${socket}.neuf`;
  try {
    creerDossiers(dirname(socket), 0o700);
    await rm(provisoire, { force: true });
    await app.listen({ path: provisoire });
    await chmod(provisoire, 0o600);
    await rename(provisoire, socket);
  } catch (e) {
    throw erreurApi('VGM-API-014', { porte: socket, raison: raisonDe(e) }, e);
  }
}

async function ouvrirHttps(app: FastifyInstance, adresse: string, port: number): Promise<string> {
  try {
    return await app.listen({ host: adresse, port });
  } catch (e) {
    throw erreurApi('VGM-API-014', { porte: `https://${adresse}:${port}`, raison: raisonDe(e) }, e);
  }
}

/** Our own API: on the operator's socket, and on HTTPS with tokens when `api.port` is not 0. */
export function creerServeurApi(options: OptionsApi): ServeurApi {
  const { gestes, config, version, log, random, clock, https } = options;
  const fin = new AbortController();
  const porte: Porte = { gestes, config, version, log, random, arret: fin.signal };
  const socket = cheminSocket(config);
  const locale = instance(porte, undefined, parSocket);
  const distante =
    config.api.port === 0 || https === undefined ? undefined : instance(porte, https, parJeton(gestes));
  let ouvert = false;
  const arreter = async (): Promise<void> => {
    fin.abort();
    const fini = new AbortController();
    const couperet = clock.sleep(config.moteur.arret_s * 1000, fini.signal).then(() => {
      for (const app of [distante, locale]) app?.server.closeAllConnections();
    });
    await Promise.all([distante?.close(), locale.close()]);
    fini.abort();
    await couperet;
    // Only our own: after VGM-API-013 the socket is the other daemon's.
    if (ouvert) await rm(socket, { force: true });
  };
  const demarrer = async (): Promise<{ socket: string; url: string | null }> => {
    if (config.api.port !== 0 && distante === undefined) throw erreurApi('VGM-API-017');
    await ouvrirSocket(locale, socket);
    ouvert = true;
    if (distante === undefined) return { socket, url: null };
    try {
      return {
        socket,
        url: await ouvrirHttps(distante, config.api.adresse, options.port ?? config.api.port),
      };
    } catch (e) {
      await arreter();
      throw e;
    }
  };
  return { demarrer, arreter };
}
