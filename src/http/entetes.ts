import type { FastifyReply } from 'fastify';
import type { PieceDuFlux } from '../metier/flux.ts';

/** RFC 6266 and 8187: an ASCII name for old clients, the true one for the others. Nothing of it can break the header. */
export function disposition(nom: string): string {
  const ascii = nom
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["\\/;]/g, '_');
  const entier = encodeURIComponent(nom.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${entier}`;
}

function base64(hexa: string): string {
  return Buffer.from(hexa, 'hex').toString('base64');
}

/** Name, type, length and digests (RFC 9530) of a piece: what arrives can be checked without us. */
export function entetesPiece(reponse: FastifyReply, piece: PieceDuFlux): void {
  reponse.headers({
    'content-type': piece.type,
    'content-length': piece.taille,
    'content-disposition': disposition(piece.nom),
    'repr-digest': `sha-256=:${base64(piece.sha256)}:, sha-512=:${base64(piece.sha512)}:`,
    'x-content-type-options': 'nosniff',
  });
}
