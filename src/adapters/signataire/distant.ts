import { createHash } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { Agent } from 'undici';
import { z } from 'zod';
import type { Certificat } from '../../formats/certificats/certificat.ts';
import { erreurSignataire } from '../../metier/catalogue/signataire.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AlgorithmeSignataire, Signataire } from '../../ports/signataire.ts';
import type { Sondable, Sondage } from '../../ports/sonde.ts';
import { choisirAlgorithme, hachageDe, lireCertificatSignataire, signatureJuste } from './algorithme.ts';

/**
 * A key that lives elsewhere (HSM behind a small server, signing service), asked over HTTPS. The document never leaves:
 * only its digest does. Protocol: docs/decisions/0003-signataire.md.
 */

export interface OptionsSignataireDistant {
  readonly url: string;
  /** Certificate of the remote key, DER or PEM of one certificate. */
  readonly certificat: Uint8Array | string;
  readonly chaine: readonly Uint8Array[];
  readonly algorithme?: AlgorithmeSignataire;
  /** Bearer token; empty = none. */
  readonly jeton?: string;
  /** Client certificate and key, PEM contents. */
  readonly client?: { readonly certificat: string; readonly cle: string };
  /** Authorities of the server, PEM; those of the runtime when absent. */
  readonly autorites?: string;
  /** Bound of the whole exchange. */
  readonly delaiMs: number;
}

/** Looked at without being asked to sign. */
export interface SignataireDistant extends Signataire, Sondable {
  /** Closes the idle connections. */
  fermer(): Promise<void>;
}

const REPONSE_MAX = 16_384;
/** Longest wait of a look. Milliseconds. */
const SONDAGE_MS = 8_000;
const REPONSE = z.object({ signature: z.base64().min(4) });
const PROBLEME = z.object({ title: z.string().optional(), detail: z.string().optional() });

interface Poste {
  readonly url: URL;
  readonly agent: Agent;
  readonly certificat: Certificat;
  readonly algorithme: AlgorithmeSignataire;
  readonly options: OptionsSignataireDistant;
  readonly clock: Clock;
}

/** Throws VGM-SGT-002 to -004 at once: a wrong setting is not a network fault. */
export function creerSignataireDistant(
  options: OptionsSignataireDistant,
  deps: { readonly clock: Clock },
): SignataireDistant {
  const url = lireUrl(options.url);
  const certificat = lireCertificatSignataire(options.certificat);
  const algorithme = choisirAlgorithme(certificat.cle.objet, options.algorithme);
  const poste: Poste = {
    url,
    agent: creerAgent(options),
    certificat,
    algorithme,
    options,
    clock: deps.clock,
  };
  return {
    certificat: certificat.der,
    chaine: options.chaine,
    algorithme,
    signer: (octets) => signer(poste, octets),
    sonder: () => sonder(poste),
    fermer: () => poste.agent.destroy(),
  };
}

function lireUrl(texte: string): URL {
  const url = URL.parse(texte);
  if (url?.protocol === 'https:') return url;
  throw erreurSignataire('VGM-SGT-004', { detail: `« ${texte} » n’est pas une adresse HTTPS` });
}

function creerAgent({ autorites, client, delaiMs }: OptionsSignataireDistant): Agent {
  const ca = autorites === undefined ? getCACertificates('default') : [autorites];
  const paire = client === undefined ? {} : { cert: client.certificat, key: client.cle };
  if (autorites?.includes('-----BEGIN CERTIFICATE-----') === false) {
    throw erreurSignataire('VGM-SGT-004', { detail: 'les autorités du serveur ne sont pas en PEM' });
  }
  return new Agent({ connect: { ca, ...paire, timeout: delaiMs }, allowH2: false, keepAliveTimeout: 10_000 });
}

async function signer(poste: Poste, octets: Uint8Array): Promise<Uint8Array> {
  const { statut, corps } = await demander(poste, octets);
  const { host: hote } = poste.url;
  if (statut !== 200) throw refuser(statut, corps, hote);
  const lue = REPONSE.safeParse(corps);
  const signature = Uint8Array.from(Buffer.from(lue.success ? lue.data.signature : '', 'base64'));
  const rendue = { algorithme: poste.algorithme, octets, signature };
  if (!signatureJuste(rendue, poste.certificat.cle.objet)) throw erreurSignataire('VGM-SGT-007', { hote });
  return signature;
}

/** Busy, or ill for a while: ask again. Anything else will be answered the same tomorrow. */
function refuser(statut: number, corps: unknown, hote: string): Error {
  const lu = PROBLEME.safeParse(corps);
  const dit = lu.success ? (lu.data.detail ?? lu.data.title) : undefined;
  const detail = (dit ?? 'sans explication').slice(0, 200);
  return statut === 408 || statut === 429 || statut >= 500
    ? erreurSignataire('VGM-SGT-005', { hote, detail: `HTTP ${statut}, ${detail}` })
    : erreurSignataire('VGM-SGT-006', { hote, statut, detail });
}

async function demander(poste: Poste, octets: Uint8Array): Promise<{ statut: number; corps: unknown }> {
  return borner(poste, poste.options.delaiMs, (signal) => poster(poste, { octets, signal }));
}

/** Throws VGM-SGT-005 when nobody answers within so many milliseconds. */
async function borner<T>(
  { clock, url }: Poste,
  ms: number,
  faire: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const delai = new AbortController();
  const fin = new AbortController();
  void clock.sleep(ms, fin.signal).then(() => {
    if (!fin.signal.aborted) delai.abort();
  });
  try {
    return await faire(delai.signal);
  } catch (origine) {
    const detail = delai.signal.aborted ? 'délai dépassé' : causeDe(origine);
    throw erreurSignataire('VGM-SGT-005', { hote: url.host, detail }, origine);
  } finally {
    fin.abort();
  }
}

/** A question that signs nothing: whatever the service answers to it, it is there, and its certificate is accepted. */
async function sonder(poste: Poste): Promise<Sondage> {
  const { url, agent, options } = poste;
  const requete = { origin: url.origin, path: url.pathname + url.search, method: 'HEAD' } as const;
  try {
    const { statusCode, body } = await borner(poste, Math.min(options.delaiMs, SONDAGE_MS), (signal) =>
      agent.request({ ...requete, headers: jetonDe(options), signal }),
    );
    await body.dump();
    return { joignable: true, detail: `HTTP ${statusCode}` };
  } catch (cause) {
    return { joignable: false, detail: cause instanceof ErreurVgm ? cause.fiche.message : causeDe(cause) };
  }
}

function jetonDe({ jeton = '' }: OptionsSignataireDistant): Record<string, string> {
  return jeton === '' ? {} : { authorization: `Bearer ${jeton}` };
}

interface Envoi {
  readonly octets: Uint8Array;
  readonly signal: AbortSignal;
}

async function poster(poste: Poste, { octets, signal }: Envoi): Promise<{ statut: number; corps: unknown }> {
  const { url, agent, algorithme, certificat, options } = poste;
  const empreinte = createHash(hachageDe(algorithme)).update(octets).digest('base64');
  const reponse = await agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...jetonDe(options),
    },
    body: JSON.stringify({ version: 1, certificat: certificat.sha256, algorithme, empreinte }),
    signal,
  });
  return { statut: reponse.statusCode, corps: enJson(await lireCorps(reponse.body)) };
}

/** At most `REPONSE_MAX` bytes: a signature has some hundreds. */
async function lireCorps(corps: AsyncIterable<Uint8Array>): Promise<string> {
  const blocs: Uint8Array[] = [];
  let taille = 0;
  for await (const bloc of corps) {
    taille += bloc.length;
    if (taille > REPONSE_MAX) break;
    blocs.push(bloc);
  }
  return Buffer.concat(blocs).toString('utf8');
}

function enJson(texte: string): unknown {
  try {
    return JSON.parse(texte);
  } catch {
    return undefined;
  }
}

/** Never the whole message of the library: it may quote headers. */
function causeDe(origine: unknown): string {
  const { code, message } = origine as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message ?? 'erreur réseau').slice(0, 100);
}
