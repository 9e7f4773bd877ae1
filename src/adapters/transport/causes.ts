/** Reading of network and TLS failures: a French cause for people, and whether the peer refused us before reading. */

const PHRASES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'nom du serveur introuvable',
  EAI_AGAIN: 'service de noms (DNS) injoignable',
  ECONNREFUSED: 'connexion refusée par le serveur',
  ECONNRESET: 'connexion coupée par le serveur',
  EPIPE: 'connexion fermée par le serveur',
  ETIMEDOUT: 'le serveur ne répond pas',
  EHOSTUNREACH: 'serveur hors d’atteinte',
  ENETUNREACH: 'réseau hors d’atteinte',
  CERT_HAS_EXPIRED: 'certificat du serveur expiré',
  CERT_NOT_YET_VALID: 'certificat du serveur pas encore valable',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificat du serveur signé par une autorité inconnue',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificat du serveur auto-signé',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificat du serveur signé par une autorité inconnue',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificat du serveur signé par une autorité inconnue',
  UNABLE_TO_GET_ISSUER_CERT: 'certificat du serveur signé par une autorité inconnue',
  CERT_SIGNATURE_FAILURE: 'signature du certificat du serveur fausse',
  CERT_REVOKED: 'certificat du serveur révoqué',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'la clé n’est pas celle du certificat',
  ERR_OSSL_PEM_NO_START_LINE: 'un fichier ne contient ni certificat ni clé au format PEM',
  ERR_OSSL_EVP_BAD_DECRYPT: 'le mot de passe de la clé est faux',
  ERR_OSSL_BAD_DECRYPT: 'le mot de passe de la clé est faux',
  ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED: 'la clé est chiffrée et aucun mot de passe n’est donné',
  ERR_TLS_CERT_ALTNAME_INVALID: 'le certificat du serveur ne porte pas ce nom',
};

/**
 * TLS alerts by which a peer ends the handshake (RFC 8446 § 6.2). With TLS 1.3 those about the client certificate
 * come after our side believes the handshake done: they still mean that the peer read no request.
 */
const ALERTES_POIGNEE: Readonly<Record<string, string>> = {
  CERTIFICATE_REQUIRED: 'certificat client exigé',
  BAD_CERTIFICATE: 'certificat client refusé',
  UNSUPPORTED_CERTIFICATE: 'type de certificat client refusé',
  CERTIFICATE_REVOKED: 'certificat client révoqué',
  CERTIFICATE_EXPIRED: 'certificat client expiré',
  CERTIFICATE_UNKNOWN: 'certificat client refusé',
  UNKNOWN_CA: 'autorité du certificat client inconnue',
  ACCESS_DENIED: 'accès refusé au certificat client',
  HANDSHAKE_FAILURE: 'poignée de main TLS refusée, certificat client exigé ?',
  DECRYPT_ERROR: 'preuve de possession de la clé refusée',
  PROTOCOL_VERSION: 'version de TLS refusée',
  INSUFFICIENT_SECURITY: 'chiffrement jugé insuffisant',
  UNRECOGNIZED_NAME: 'nom du serveur non reconnu par le pair',
};

/** `0,4 s`: French decimal mark. */
export function enSecondes(ms: number): string {
  return `${String(ms / 1000).replace('.', ',')} s`;
}

/** Code of a native error, `ECONNRESET`, `ERR_SSL_…`; empty when it has none. */
export function codeDe(erreur: unknown): string {
  if (typeof erreur !== 'object' || erreur === null || !('code' in erreur)) return '';
  return typeof erreur.code === 'string' ? erreur.code : '';
}

/** @returns the French wording of a handshake alert sent by the peer, or undefined when the error is not one. */
export function alertePoignee(erreur: unknown): string | undefined {
  const trouve = /^ERR_SSL_.*_ALERT_([A-Z_]+)$/.exec(codeDe(erreur))?.[1];
  return trouve === undefined ? undefined : ALERTES_POIGNEE[trouve];
}

/** One French sentence with the technical code in brackets. */
export function causeDe(erreur: unknown): string {
  const code = codeDe(erreur);
  const phrase = alertePoignee(erreur) ?? PHRASES[code];
  if (phrase !== undefined) return `${phrase} (${code})`;
  const message = erreur instanceof Error ? erreur.message.split('\n', 1)[0] : String(erreur);
  return code === '' || message?.includes(code)
    ? `panne réseau : ${message}`
    : `panne réseau : ${message} (${code})`;
}
