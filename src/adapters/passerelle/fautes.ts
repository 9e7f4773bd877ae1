/**
 * What a protocol reports to the deposit and to the fetch, which alone decide the nature of a failure: they know what
 * had been asked of the peer.
 * - ligne: connection, silence or nonsense: what the peer did with the last request is unknown;
 * - absent: the peer answered that there is no such file or folder;
 * - passager: it answered « not now » (busy, disk full);
 * - refus: it answered no.
 */
export type GenreFaute = 'ligne' | 'absent' | 'passager' | 'refus';

export class FautePair extends Error {
  override readonly name = 'FautePair';
  readonly genre: GenreFaute;

  /** @param detail French, or the words of the peer. */
  constructor(genre: GenreFaute, detail: string, origine?: unknown) {
    super(detail, { cause: origine });
    this.genre = genre;
  }
}

const PHRASES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'nom du serveur introuvable',
  EAI_AGAIN: 'service de noms (DNS) injoignable',
  ECONNREFUSED: 'connexion refusée par le serveur',
  ECONNRESET: 'connexion coupée par le serveur',
  EPIPE: 'connexion fermée par le serveur',
  ETIMEDOUT: 'le serveur ne répond pas',
  EHOSTUNREACH: 'serveur hors d’atteinte',
  ENETUNREACH: 'réseau hors d’atteinte',
};

/** What the libraries say in English of a line that is gone. */
const PAROLES: readonly (readonly [RegExp, string])[] = [
  [/closed client/i, 'connexion fermée par nous'],
  [/FIN packet|closed connection|no response from server|unexpected (end|close)/i, 'connexion coupée'],
  [/keepalive timeout/i, 'le serveur ne répond plus'],
  [/before handshake|before secure TLS/i, 'connexion coupée pendant la poignée de main'],
  [/no matching/i, 'aucun algorithme commun avec le serveur'],
];

/** Reasons for which a server certificate is not believed, as node:tls names them. */
const CERTIFICATS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'certificat expiré',
  CERT_NOT_YET_VALID: 'certificat pas encore valable',
  SELF_SIGNED_CERT_IN_CHAIN: 'autorité inconnue',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificat auto-signé',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'autorité inconnue',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'autorité inconnue',
  UNABLE_TO_GET_ISSUER_CERT: 'autorité inconnue',
  CERT_SIGNATURE_FAILURE: 'signature fausse',
  CERT_REVOKED: 'certificat révoqué',
  ERR_TLS_CERT_ALTNAME_INVALID: 'il ne porte pas le nom de l’hôte',
};

function codeDe(erreur: unknown): string {
  const code = typeof erreur === 'object' && erreur !== null && 'code' in erreur ? erreur.code : '';
  return typeof code === 'string' ? code : '';
}

/** French reason when the peer's certificate was not believed, else undefined. */
export function causeCertificat(erreur: unknown): string | undefined {
  const code = codeDe(erreur);
  const phrase = CERTIFICATS[code];
  return phrase === undefined ? undefined : `${phrase} (${code})`;
}

/** One French sentence, with the technical code in brackets when there is one. */
export function causeReseau(erreur: unknown): string {
  const code = codeDe(erreur);
  const phrase = PHRASES[code];
  if (phrase !== undefined) return `${phrase} (${code})`;
  const message = erreur instanceof Error ? (erreur.message.split('\n', 1)[0] ?? '') : String(erreur);
  const connue = PAROLES.find(([motif]) => motif.test(message));
  return connue?.[1] ?? `panne de la ligne : ${parolesDuPair(message)}`;
}

/** Words of the peer, fit to be shown: one line, no control character, at most 200 characters. */
export function parolesDuPair(texte: string): string {
  return texte
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 200);
}

/** Whatever a library throws, as a fault of the line, unless it is already ours. */
export function enFaute(erreur: unknown): FautePair {
  return erreur instanceof FautePair ? erreur : new FautePair('ligne', causeReseau(erreur), erreur);
}
