/** What a network failure means, for the person who reads the delivery log of a webhook. */
const MOTIFS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Le nom du receveur n’existe pas dans l’annuaire DNS. Vérifier l’adresse du webhook.',
  EAI_AGAIN: 'L’annuaire DNS ne répond pas. L’envoi sera retenté.',
  ECONNREFUSED: 'Le receveur refuse la connexion. Vérifier qu’il est démarré et que le port est le bon.',
  ECONNRESET: 'Le receveur a coupé la connexion.',
  EPIPE: 'Le receveur a coupé la connexion.',
  EHOSTUNREACH: 'Le receveur est injoignable par le réseau.',
  ENETUNREACH: 'Le receveur est injoignable par le réseau.',
  ETIMEDOUT: 'Le receveur ne répond pas à la connexion.',
  UND_ERR_CONNECT_TIMEOUT: 'Le receveur ne répond pas à la connexion.',
  UND_ERR_HEADERS_TIMEOUT: 'Le receveur n’a pas répondu à temps.',
  UND_ERR_BODY_TIMEOUT: 'Le receveur n’a pas répondu à temps.',
  UND_ERR_HEADERS_OVERFLOW: 'La réponse du receveur a des en-têtes trop longs.',
  UND_ERR_SOCKET: 'Le receveur a coupé la connexion sans répondre.',
  UND_ERR_DESTROYED: 'L’envoi a été interrompu par l’arrêt du démon ; il sera retenté.',
  CERT_HAS_EXPIRED: 'Le certificat du receveur est expiré. Le renouveler.',
  CERT_NOT_YET_VALID: 'Le certificat du receveur n’est pas encore valable.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'Le certificat du receveur est auto-signé. L’exploitant peut déclarer son autorité (notification.webhook.autorites).',
  SELF_SIGNED_CERT_IN_CHAIN:
    'Le certificat du receveur vient d’une autorité inconnue. L’exploitant peut la déclarer (notification.webhook.autorites).',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Le certificat du receveur vient d’une autorité inconnue. L’exploitant peut la déclarer (notification.webhook.autorites).',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Le certificat du receveur vient d’une autorité inconnue, ou sa chaîne est incomplète. Installer le certificat intermédiaire sur le receveur ; sinon l’exploitant déclare l’autorité (notification.webhook.autorites).',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'Le certificat du receveur ne porte pas son nom. Installer le bon certificat.',
};

function codeDe(origine: unknown): string {
  if (origine instanceof AggregateError && origine.errors.length > 0) return codeDe(origine.errors[0]);
  if (!(origine instanceof Error)) return '';
  const code = 'code' in origine && typeof origine.code === 'string' ? origine.code : '';
  // undici wraps some of the errors of the socket.
  return code === '' || code === 'UND_ERR_SOCKET' ? codeDe(origine.cause) || code : code;
}

/** @returns one French sentence; an unknown failure shows its code. */
export function motifReseau(origine: unknown): string {
  const code = codeDe(origine);
  const connu = MOTIFS[code];
  if (connu !== undefined) return connu;
  if (code.startsWith('ERR_SSL_') || code.startsWith('EPROTO'))
    return `Le receveur n’établit pas de connexion TLS valable (${code}).`;
  return `L’envoi a échoué sur le réseau (${code === '' ? 'cause inconnue' : code}).`;
}
