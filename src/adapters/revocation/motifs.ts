/** What a failure of the network means, for the person who wonders why a revocation is not known. */
const MOTIFS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'le nom du serveur n’existe pas dans l’annuaire DNS',
  EAI_AGAIN: 'l’annuaire DNS ne répond pas',
  ECONNREFUSED: 'le serveur refuse la connexion',
  ECONNRESET: 'le serveur a coupé la connexion',
  EPIPE: 'le serveur a coupé la connexion',
  EHOSTUNREACH: 'le serveur est injoignable par le réseau',
  ENETUNREACH: 'le serveur est injoignable par le réseau',
  ETIMEDOUT: 'le serveur ne répond pas à la connexion',
  UND_ERR_CONNECT_TIMEOUT: 'le serveur ne répond pas à la connexion',
  UND_ERR_HEADERS_TIMEOUT: 'le serveur n’a pas répondu à temps',
  UND_ERR_BODY_TIMEOUT: 'le serveur n’a pas répondu à temps',
  UND_ERR_HEADERS_OVERFLOW: 'la réponse a des en-têtes trop longs',
  UND_ERR_SOCKET: 'le serveur a coupé la connexion sans répondre',
  UND_ERR_DESTROYED: 'la demande a été interrompue par l’arrêt du programme',
};

function codeDe(origine: unknown): string {
  if (origine instanceof AggregateError && origine.errors.length > 0) return codeDe(origine.errors[0]);
  if (!(origine instanceof Error)) return '';
  const code = 'code' in origine && typeof origine.code === 'string' ? origine.code : '';
  // undici wraps some of the errors of the socket.
  return code === '' || code === 'UND_ERR_SOCKET' ? codeDe(origine.cause) || code : code;
}

/** @returns one French clause; an unknown failure shows its code. */
export function motifReseau(origine: unknown): string {
  const code = codeDe(origine);
  return MOTIFS[code] ?? `la demande a échoué sur le réseau (${code === '' ? 'cause inconnue' : code})`;
}
