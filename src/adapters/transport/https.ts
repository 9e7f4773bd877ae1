import { createSecureContext, connect, type SecureContext, type TLSSocket } from 'node:tls';
import { erreurTransport } from '../../metier/catalogue/transport.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Sondage } from '../../ports/sonde.ts';
import type { Envoi, ReponseTransport, Transport } from '../../ports/transport.ts';
import { causeDe } from './causes.ts';
import { AgentMinistere, cibleTls } from './connexion.ts';
import { encadrer } from './multipart.ts';
import { poster } from './requete.ts';

export interface OptionsTransportHttps {
  readonly url: string;
  /** Tried when the first address took nothing for certain; empty = none. */
  readonly urlSecours?: string;
  /** Name of the form field; `{archive}` is the archive name. */
  readonly champ: string;
  readonly agentUtilisateur: string;
  /** Client certificate, PEM (contents, not path); intermediates may follow. */
  readonly certificat: string;
  /** Its private key, PEM. */
  readonly cle: string;
  /** Passphrase of the key; empty = none. */
  readonly phrase?: string;
  /** Authorities of the server, PEM; empty = those of the runtime. */
  readonly autorites?: string;
  readonly delaiConnexionMs: number;
  readonly delaiTotalMs: number;
}

export interface SondageTls extends Sondage {
  /** End of validity of the server certificate, ISO 8601; null when none was seen. */
  readonly certificatServeurFin: string | null;
}

export interface TransportHttps extends Transport {
  /** Handshake only, nothing is sent: for `diagnostiquer`. */
  sonder(): Promise<SondageTls>;
  /** Closes the idle connections. */
  fermer(): Promise<void>;
}

/** Throws VGM-TRP-001 (address) or VGM-TRP-002 (PEM) at once: a wrong setting is not a network fault. */
export function creerTransportHttps(
  options: OptionsTransportHttps,
  deps: { readonly log: Log; readonly clock: Clock },
): TransportHttps {
  const urls = [options.url, options.urlSecours ?? ''].filter((url) => url !== '');
  for (const url of urls) verifierUrl(url);
  const contexte = ouvrirContexte(options);
  const agent = new AgentMinistere({ contexte, delaiConnexionMs: options.delaiConnexionMs }, deps.clock);

  const tenter = async (envoi: Envoi, suite: { url: string; signal: AbortSignal }) => {
    const cadre = encadrer({ nom: envoi.nom, champ: options.champ, sel: options.cle });
    const { agentUtilisateur, delaiTotalMs } = options;
    const demande = { url: suite.url, envoi, cadre, agentUtilisateur, delaiTotalMs };
    const reponse = await poster(demande, { agent, clock: deps.clock, signal: suite.signal });
    deps.log.info('remise au ministère', {
      archive: envoi.nom,
      url: suite.url,
      resultat: reponse.type,
      statut: reponse.type === 'reponse' ? reponse.statut : null,
      cause: reponse.type === 'reponse' ? null : reponse.cause,
    });
    return reponse;
  };

  return {
    async remettre(envoi, signal) {
      const [url = '', secours] = urls;
      const premiere = await tenter(envoi, { url, signal });
      if (premiere.type !== 'non_parti' || secours === undefined || signal.aborted) return premiere;
      const seconde = await tenter(envoi, { url: secours, signal });
      return seconde.type === 'non_parti' ? reunir(premiere, seconde) : seconde;
    },
    sonder: () => sonder({ url: options.url, contexte, delaiMs: options.delaiConnexionMs }, deps.clock),
    fermer: async () => agent.destroy(),
  };
}

type NonParti = Extract<ReponseTransport, { type: 'non_parti' }>;

function reunir(premiere: NonParti, seconde: NonParti): NonParti {
  return { ...premiere, cause: `${premiere.cause} ; adresse de secours : ${seconde.cause}` };
}

function verifierUrl(url: string): void {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw erreurTransport('VGM-TRP-001', { url });
}

function ouvrirContexte(options: OptionsTransportHttps): SecureContext {
  const { certificat, cle, phrase = '', autorites = '' } = options;
  try {
    return createSecureContext({
      ...(certificat === '' ? {} : { cert: certificat, key: cle }),
      ...(phrase === '' ? {} : { passphrase: phrase }),
      ...(autorites === '' ? {} : { ca: autorites }),
      minVersion: 'TLSv1.2',
    });
  } catch (erreur) {
    throw erreurTransport('VGM-TRP-002', { detail: causeDe(erreur) }, erreur);
  }
}

/** A handshake that looks at the server certificate even when it must be refused, to say until when it holds. */
async function sonder(
  cible: { url: string; contexte: SecureContext; delaiMs: number },
  clock: Clock,
): Promise<SondageTls> {
  const { hostname, port } = new URL(cible.url);
  const fin = new AbortController();
  const socket = connect({
    ...cibleTls(hostname, Number(port || 443)),
    secureContext: cible.contexte,
    rejectUnauthorized: false,
  });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  socket.on('error', (erreur) => resolve(causeDe(erreur)));
  socket.once('close', () => resolve('connexion fermée par le serveur (certificat client refusé ?)'));
  socket.once('secureConnect', () => {
    // TLS 1.3: a refusal of our certificate comes after (RFC 8446 § 4.4.4).
    void clock.sleep(Math.min(300, cible.delaiMs), fin.signal).then(() => resolve(null));
  });
  void clock.sleep(cible.delaiMs, fin.signal).then(() => resolve('le serveur ne répond pas à temps'));
  const panne = await promise;
  fin.abort();
  const sondage = compteRendu(socket, panne);
  socket.destroy();
  return sondage;
}

function compteRendu(socket: TLSSocket, panne: string | null): SondageTls {
  const fin = finCertificat(socket);
  if (panne !== null) return { joignable: false, detail: panne, certificatServeurFin: fin };
  if (!socket.authorized) {
    const origine: unknown = socket.authorizationError;
    const detail = causeDe(origine instanceof Error ? origine : { code: String(origine) });
    return { joignable: false, detail, certificatServeurFin: fin };
  }
  const detail = `poignée de main ${socket.getProtocol() ?? 'TLS'} réussie`;
  return { joignable: true, detail, certificatServeurFin: fin };
}

function finCertificat(socket: TLSSocket): string | null {
  const certificat = socket.getPeerCertificate();
  const instant = Date.parse(certificat?.valid_to ?? '');
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}
