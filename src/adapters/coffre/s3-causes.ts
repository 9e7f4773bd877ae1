import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import type { ErreurVgm } from '../../metier/erreurs.ts';

/** What the network and the object store answer, in French clauses. */

const RESEAU: Readonly<Record<string, string>> = {
  ENOTFOUND: 'nom du serveur introuvable',
  EAI_AGAIN: 'service de noms (DNS) injoignable',
  ECONNREFUSED: 'connexion refusée',
  ECONNRESET: 'connexion coupée',
  EPIPE: 'connexion coupée',
  EHOSTUNREACH: 'serveur hors d’atteinte',
  ENETUNREACH: 'réseau hors d’atteinte',
  ETIMEDOUT: 'pas de réponse à la connexion',
  UND_ERR_CONNECT_TIMEOUT: 'pas de réponse à la connexion',
  UND_ERR_SOCKET: 'connexion coupée',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'réponse interrompue',
  UND_ERR_DESTROYED: 'le démon s’arrête',
  UND_ERR_CLOSED: 'le démon s’arrête',
  CERT_HAS_EXPIRED: 'certificat du serveur expiré',
  CERT_NOT_YET_VALID: 'certificat du serveur pas encore valable',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificat du serveur signé par lui-même (coffre.s3.autorites)',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificat du serveur signé par une autorité inconnue (coffre.s3.autorites)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'certificat du serveur signé par une autorité inconnue (coffre.s3.autorites)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'certificat du serveur signé par une autorité inconnue (coffre.s3.autorites)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'le certificat du serveur ne porte pas ce nom',
};

const REFUS: Readonly<Record<string, string>> = {
  AccessDenied: 'accès refusé à cette clé',
  InvalidAccessKeyId: 'clé d’accès inconnue',
  SignatureDoesNotMatch: 'signature refusée : le secret n’est pas celui de la clé d’accès',
  NoSuchBucket: 'le compartiment n’existe pas',
  RequestTimeTooSkewed: 'l’horloge de cette machine s’écarte de la sienne',
  PermanentRedirect: 'le compartiment est à une autre adresse ou dans une autre région',
  AuthorizationHeaderMalformed: 'la région réglée n’est pas celle du compartiment',
  QuotaExceeded: 'plus de place',
  InsufficientStorage: 'plus de place',
  EntityTooLarge: 'objet plus gros que ce qu’il admet',
  InvalidObjectState: 'objet en stockage froid, illisible sans restauration',
};

/** Code of a native error; undici wraps some of those of the socket. */
function codeDe(origine: unknown): string {
  if (origine instanceof AggregateError && origine.errors.length > 0) return codeDe(origine.errors[0]);
  if (!(origine instanceof Error)) return '';
  const code = 'code' in origine && typeof origine.code === 'string' ? origine.code : '';
  return code === '' || code === 'UND_ERR_SOCKET' ? codeDe(origine.cause) || code : code;
}

function clauseReseau(origine: unknown): string {
  const code = codeDe(origine);
  const connue = RESEAU[code];
  if (connue !== undefined) return connue;
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return `pas de connexion TLS valable (${code})`;
  return `panne du réseau (${code === '' ? 'cause inconnue' : code})`;
}

/** A line that failed, or that was given up after `delaiMs` of silence. */
export function panneLigne(origine: unknown, lente: boolean, delaiMs: number): ErreurVgm {
  const secondes = (delaiMs / 1000).toLocaleString('fr-FR');
  const detail = lente ? `rien, ou presque, en ${secondes} s` : clauseReseau(origine);
  return erreurCoffre('VGM-COF-002', { detail }, origine);
}

interface Statut {
  readonly statut: number;
  /** `AccessDenied`…; empty when the answer gave none. */
  readonly code: string;
}

/** A server that cannot answer now. */
export function panneServeur({ statut, code }: Statut): ErreurVgm {
  const precision = code === '' ? '' : ` (${code})`;
  return erreurCoffre('VGM-COF-002', { detail: `il répond HTTP ${statut}${precision}` });
}

/** An answer that no new try would change. */
export function refusServeur({ statut, code }: Statut): ErreurVgm {
  const clause = REFUS[code];
  const technique = code === '' ? `HTTP ${statut}` : `HTTP ${statut}, ${code}`;
  return erreurCoffre('VGM-COF-003', {
    detail: clause === undefined ? technique : `${clause} (${technique})`,
  });
}
