import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import type { Config } from '../../config/manifest.ts';
import type { Resolution } from '../../formats/reseau/adresses.ts';
import { signer } from '../../formats/webhook/signature.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { erreurNotification } from '../../metier/catalogue/notification.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { EnvoiWebhook, ReponseNotification, Webhook } from '../../ports/notification.ts';
import { creerGarde, type Garde } from './garde.ts';
import { motifReseau } from './motifs.ts';
import { lireRetryAfter } from './retry-after.ts';

/** Bytes of the answer that are read, so that the connection can serve again; beyond, it is cut. */
const CORPS_MAX = 4096;

export interface DependancesWebhook {
  readonly clock: Clock;
  readonly log: Log;
  /** Version of the program, for `user-agent`. */
  readonly version?: string;
  /** Resolver of names; the system's by default. */
  readonly resoudre?: Resolution;
}

type ConfigWebhook = Config['notification']['webhook'];

/** Authorities of the system plus the operator's own. Throws VGM-NTF-003. */
function autorites(fichier: string): string[] {
  if (fichier === '') return getCACertificates('default');
  let pem: string;
  try {
    pem = readFileSync(fichier, 'utf8');
  } catch (origine) {
    throw erreurNotification('VGM-NTF-003', { fichier }, origine);
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw erreurNotification('VGM-NTF-003', { fichier });
  return [...getCACertificates('default'), pem];
}

function creerAgent(config: ConfigWebhook, garde: Garde): Agent {
  const delai = config.delai_s * 1000;
  return new Agent({
    connect: { lookup: garde.lookup, ca: autorites(config.autorites), timeout: delai },
    allowH2: false,
    connections: config.concurrence,
    headersTimeout: delai,
    bodyTimeout: delai,
    keepAliveTimeout: 10_000,
  });
}

/** Reads the answer away. What the receiver writes is kept nowhere: it could be anything. */
async function jeter(corps: Dispatcher.ResponseData['body']): Promise<void> {
  let vus = 0;
  try {
    for await (const bloc of corps) {
      vus += (bloc as Buffer).length;
      if (vus > CORPS_MAX) break;
    }
  } catch {
    // The status has been given; a body that breaks off changes nothing to it.
  }
}

function lireStatut(statut: number): Pick<ReponseNotification, 'livree' | 'jamais' | 'motif'> {
  if (statut >= 200 && statut < 300) return { livree: true, jamais: false, motif: 'remis' };
  if (statut >= 300 && statut < 400)
    return {
      livree: false,
      jamais: false,
      motif: `Le receveur renvoie vers une autre adresse (HTTP ${statut}) ; les redirections ne sont pas suivies. Enregistrer l’adresse finale.`,
    };
  if (statut === 410)
    return {
      livree: false,
      jamais: true,
      motif: 'Le receveur ne veut plus aucune notification (HTTP 410).',
    };
  return { livree: false, jamais: false, motif: `Le receveur a répondu HTTP ${statut}.` };
}

function entetesDe(envoi: EnvoiWebhook, agentUtilisateur: string): Record<string, string> {
  const quandS = Math.floor(envoi.quand / 1000);
  return {
    'content-type': 'application/json',
    'user-agent': agentUtilisateur,
    'webhook-id': envoi.id,
    'webhook-timestamp': String(quandS),
    'webhook-signature': signer({ id: envoi.id, quandS, corps: envoi.corps, secrets: envoi.secrets }),
  };
}

function echec(motif: string): Omit<ReponseNotification, 'duree'> {
  return { statut: 0, livree: false, jamais: false, motif };
}

interface Poste {
  readonly agent: Agent;
  readonly agentUtilisateur: string;
  readonly clock: Clock;
  /** Milliseconds for the whole exchange. */
  readonly delai: number;
}

async function poster(
  poste: Poste,
  envoi: EnvoiWebhook,
  vers: { readonly url: URL; readonly signal: AbortSignal },
) {
  const { url, signal } = vers;
  const reponse = await poste.agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers: entetesDe(envoi, poste.agentUtilisateur),
    body: envoi.corps,
    signal,
  });
  await jeter(reponse.body);
  const lu = lireStatut(reponse.statusCode);
  const patienter = lireRetryAfter(reponse.headers['retry-after'], poste.clock.now());
  const attente = lu.livree || patienter === undefined ? {} : { patienter };
  return { statut: reponse.statusCode, ...lu, ...attente };
}

/** Aborts after the delay, unless `fin` comes first. */
async function minuter(poste: Poste, delai: AbortController, fin: AbortSignal): Promise<void> {
  await poste.clock.sleep(poste.delai, fin);
  if (!fin.aborted) delai.abort();
}

/** One bound for the whole exchange: a receiver that trickles its answer must not hold a place. */
async function tenter(poste: Poste, envoi: EnvoiWebhook, url: URL) {
  const delai = new AbortController();
  const fin = new AbortController();
  void minuter(poste, delai, fin.signal);
  try {
    return await poster(poste, envoi, { url, signal: delai.signal });
  } catch (origine) {
    if (delai.signal.aborted)
      return echec(`Le receveur n’a pas répondu en ${(poste.delai / 1000).toLocaleString('fr-FR')} s.`);
    const refus = origine instanceof ErreurVgm ? origine.fiche : undefined;
    return echec(refus === undefined ? motifReseau(origine) : `${refus.message} ${refus.remede}`);
  } finally {
    fin.abort();
  }
}

/** Sends Standard Webhooks over HTTPS, behind the guard. Throws VGM-NTF-001 or VGM-NTF-003 at creation only. */
export function creerWebhook(
  config: ConfigWebhook,
  deps: DependancesWebhook,
): Webhook & { fermer(): Promise<void> } {
  const { clock, log } = deps;
  const garde = deps.resoudre === undefined ? creerGarde(config) : creerGarde(config, deps.resoudre);
  const poste: Poste = {
    agent: creerAgent(config, garde),
    agentUtilisateur: deps.version === undefined ? 'vaguemestre' : `vaguemestre/${deps.version}`,
    clock,
    delai: config.delai_s * 1000,
  };
  return {
    livrer: async (envoi) => {
      const debut = clock.now();
      const verdict = garde.verifierUrl(envoi.url);
      const reponse =
        verdict.type === 'permise' ? await tenter(poste, envoi, verdict.url) : echec(verdict.motif);
      const duree = Math.max(0, clock.now() - debut);
      // Never the path nor the query: people put tokens there.
      const hote = verdict.type === 'permise' ? verdict.url.host : null;
      const { statut, livree } = reponse;
      log.info('webhook', { livraison: envoi.id, hote, statut, livree, duree });
      return { ...reponse, duree };
    },
    fermer: () => poste.agent.destroy(),
  };
}
