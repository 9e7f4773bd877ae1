import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import type { Anomalie } from '../metier/anomalies.ts';
import { erreurCli } from '../metier/catalogue/cli.ts';
import { ErreurVgm, type NatureErreur } from '../metier/erreurs.ts';
import { type Appel, texte } from './monde.ts';

/** A problem answered by the daemon, with the anomalies of a refused document. */
export class ErreurDemon extends ErreurVgm {
  readonly anomalies: readonly Anomalie[];

  constructor(p: ProblemeRecu) {
    const { code, nature, title: message, cause, remede } = p;
    super({ code, nature, message, cause, remede }, { http: p.status, sortie: p.sortie ?? 1 });
    this.anomalies = p.anomalies ?? [];
  }
}

interface ProblemeRecu {
  readonly code: string;
  readonly nature: NatureErreur;
  readonly title: string;
  readonly cause: string;
  readonly remede: string;
  readonly status: number;
  readonly sortie?: 1 | 2 | 3;
  readonly anomalies?: readonly Anomalie[];
}

export interface Requete {
  readonly methode: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under `/api/v1`, with its query. */
  readonly chemin: string;
  readonly json?: unknown;
  readonly corps?: {
    readonly flux: AsyncIterable<Uint8Array>;
    readonly type: string;
    readonly longueur: number;
  };
  readonly entetes?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The daemon, through its socket: the only way in for the command line. */
export interface Client {
  readonly socket: string;
  /** @returns the JSON of a success. Throws ErreurDemon on a problem, VGM-CLI-001, 002, 006 or 007 otherwise. */
  json<T>(requete: Requete): Promise<T>;
  /** The same, bytes streamed. */
  flux(requete: Requete): Promise<IncomingMessage>;
}

function coupure(erreur: unknown, socket: string): ErreurVgm {
  const code = erreur instanceof Error && 'code' in erreur ? String(erreur.code) : '';
  if (['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR', 'EINVAL'].includes(code)) {
    return erreurCli('VGM-CLI-001', { socket }, erreur);
  }
  if (code === 'EACCES' || code === 'EPERM') return erreurCli('VGM-CLI-002', { socket }, erreur);
  return erreurCli('VGM-CLI-006', {}, erreur);
}

/** An answer may come while the body is still leaving (413): it wins over the failure of the sending. */
async function envoyer(socket: string, r: Requete): Promise<IncomingMessage> {
  const json = r.json === undefined ? undefined : Buffer.from(JSON.stringify(r.json));
  const longueur = r.corps?.longueur ?? json?.length;
  const type = r.corps?.type ?? (json === undefined ? undefined : 'application/json');
  const requete = request({
    socketPath: socket,
    path: `/api/v1${r.chemin}`,
    method: r.methode,
    agent: false,
    headers: {
      host: 'vaguemestre',
      ...r.entetes,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(longueur === undefined ? {} : { 'content-length': String(longueur) }),
    },
    ...(r.signal === undefined ? {} : { signal: r.signal }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  requete.once('response', resolve);
  requete.on('error', (e) => reject(coupure(e, socket)));
  if (r.corps === undefined) requete.end(json);
  else {
    pipeline(Readable.from(r.corps.flux), requete).catch((e: unknown) =>
      reject(e instanceof ErreurVgm ? e : coupure(e, socket)),
    );
  }
  return promise;
}

async function refuser(reponse: IncomingMessage, socket: string): Promise<ErreurVgm> {
  try {
    const lu = JSON.parse(await text(reponse)) as Partial<ProblemeRecu>;
    if (typeof lu.code === 'string' && typeof lu.title === 'string')
      return new ErreurDemon(lu as ProblemeRecu);
  } catch {
    // Not a problem: told below.
  }
  return erreurCli('VGM-CLI-007', { socket });
}

export function creerClient(socket: string): Client {
  const flux = async (requete: Requete): Promise<IncomingMessage> => {
    const reponse = await envoyer(socket, requete);
    const statut = reponse.statusCode ?? 0;
    if (statut < 200 || statut > 299) throw await refuser(reponse, socket);
    return reponse;
  };
  return {
    socket,
    flux,
    async json<T>(requete: Requete): Promise<T> {
      const reponse = await flux(requete);
      let corps: string;
      try {
        corps = await text(reponse);
      } catch (e) {
        throw coupure(e, socket);
      }
      try {
        return (corps === '' ? {} : JSON.parse(corps)) as T;
      } catch (e) {
        throw erreurCli('VGM-CLI-007', { socket }, e);
      }
    },
  };
}

/** The daemon that `--socket` names, or else the settings. */
export async function clientDe(appel: Appel): Promise<Client> {
  const socket = texte(appel.options, 'socket');
  if (socket !== undefined) return creerClient(socket);
  const [{ chargerConfig }, { cheminSocket }] = await Promise.all([
    import('../config/charger.ts'),
    import('../config/chemins.ts'),
  ]);
  const fichier = texte(appel.options, 'config');
  const { config } = chargerConfig({ env: appel.monde.env, ...(fichier === undefined ? {} : { fichier }) });
  return creerClient(cheminSocket(config));
}
