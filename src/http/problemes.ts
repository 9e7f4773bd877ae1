import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { erreurApi } from '../metier/catalogue/api.ts';
import type { Anomalie } from '../metier/anomalies.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Log } from '../ports/log.ts';

const TYPE_PROBLEME = 'application/problem+json; charset=utf-8';

/** RFC 9457 problem, with our code, cause and remedy as extension members. */
export interface Probleme {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly nature: string;
  readonly cause: string;
  readonly remede: string;
  /** Exit code for a script: 1 failure, 2 usage, 3 refused document. */
  readonly sortie: 1 | 2 | 3;
  readonly anomalies?: readonly Anomalie[];
}

/** A refusal of the sender's document: the problem that carries every anomalie (ARCHITECTURE §6). */
export class RefusDepot extends ErreurVgm {
  readonly anomalies: readonly Anomalie[];

  /** @param base what is refused, when it is not one deposit. */
  constructor(anomalies: readonly Anomalie[], base = refusDepot(anomalies)) {
    super(base.fiche, base);
    this.anomalies = anomalies;
  }
}

function refusDepot(anomalies: readonly Anomalie[]): ErreurVgm {
  const n = anomalies.filter((a) => a.gravite === 'bloquante').length;
  const compte = n > 1 ? `${n} anomalies bloquantes` : `${n} anomalie bloquante`;
  return erreurApi('VGM-API-010', { compte });
}

function probleme(erreur: ErreurVgm): Probleme {
  const { code, nature, message, cause, remede } = erreur.fiche;
  return {
    type: `urn:vaguemestre:erreur:${code}`,
    title: message,
    status: erreur.http,
    detail: `${cause} ${remede}`,
    code,
    nature,
    cause,
    remede,
    sortie: erreur.sortie,
    ...(erreur instanceof RefusDepot ? { anomalies: erreur.anomalies } : {}),
  };
}

function codeDe(erreur: unknown): string {
  return erreur instanceof Error && 'code' in erreur && typeof erreur.code === 'string' ? erreur.code : '';
}

function statutDe(erreur: unknown): number {
  return erreur instanceof Error && 'statusCode' in erreur ? Number(erreur.statusCode) : 500;
}

/** Errors raised by fastify itself, read by their code: their English text never leaves. */
function duCadre(erreur: unknown, requete: FastifyRequest): ErreurVgm | undefined {
  const limite = requete.routeOptions?.bodyLimit ?? 0;
  const type = requete.headers['content-type'] ?? 'aucun';
  switch (codeDe(erreur)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return erreurApi('VGM-API-004', { limite }, erreur);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return erreurApi(
        'VGM-API-005',
        { type: type.slice(0, 100), attendu: 'du JSON (application/json)' },
        erreur,
      );
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return erreurApi('VGM-API-011', { lieu: 'la demande', detail: 'le corps est vide' }, erreur);
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return erreurApi('VGM-API-011', { lieu: 'la demande', detail: 'faute de syntaxe' }, erreur);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return erreurApi('VGM-API-012', {}, erreur);
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return inconnue(requete);
    default:
      return undefined;
  }
}

/** Nothing answers here. The path is cut: it comes from outside and goes to a terminal. */
export function inconnue(requete: FastifyRequest): ErreurVgm {
  const chemin = (requete.url.split('?')[0] ?? '').replace(/[^\x21-\x7e]/g, '?').slice(0, 200);
  return erreurApi('VGM-API-002', { methode: requete.method, chemin });
}

/** Any error as one of the catalogue; what nobody foresaw goes to the technical log and answers 500 without detail. */
export function traduire(erreur: unknown, requete: FastifyRequest, log: Log): ErreurVgm {
  if (erreur instanceof ErreurVgm) {
    if (erreur.http >= 500)
      log.error(erreur.fiche.message, { code: erreur.fiche.code, corr: requete.id }, erreur);
    return erreur;
  }
  const connue = duCadre(erreur, requete);
  if (connue !== undefined) return connue;
  if (erreur instanceof SyntaxError && statutDe(erreur) === 400) {
    return erreurApi('VGM-API-011', { lieu: 'la demande', detail: 'faute de syntaxe' }, erreur);
  }
  if (requete.raw.destroyed && !requete.raw.complete) return erreurApi('VGM-API-012', {}, erreur);
  log.error(
    'erreur inattendue dans l’API',
    { corr: requete.id, route: requete.routeOptions?.url ?? '' },
    erreur,
  );
  return erreurApi('VGM-API-500', { corr: requete.id }, erreur);
}

export function repondreProbleme(reponse: FastifyReply, erreur: ErreurVgm): FastifyReply {
  if (erreur.http === 401) reponse.header('www-authenticate', 'Bearer realm="vaguemestre"');
  return reponse
    .code(erreur.http)
    .removeHeader('content-disposition')
    .removeHeader('content-length')
    .removeHeader('repr-digest')
    .header('cache-control', 'no-store')
    .header('content-type', TYPE_PROBLEME)
    .send(JSON.stringify(probleme(erreur)));
}

/** Answer written by hand to a client whose bytes are not even HTTP: fastify is not reached. */
export function reponseBrute(statut: number): string {
  const corps = JSON.stringify({ ...probleme(erreurApi('VGM-API-015')), status: statut });
  return [
    `HTTP/1.1 ${statut} ${STATUS_CODES[statut] ?? 'Bad Request'}`,
    `Content-Type: ${TYPE_PROBLEME}`,
    `Content-Length: ${Buffer.byteLength(corps)}`,
    'Connection: close',
    '',
    corps,
  ].join('\r\n');
}
