import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { FTPError, type FTPContext, type FTPResponse } from 'basic-ftp';
import type { Clock } from '../../ports/clock.ts';
import { borner } from './delais.ts';
import { FautePair } from './fautes.ts';

/** Opens one data connection; TLS, when there is, is not yet shaken: some servers begin only after their answer. */
export type OuvrirDonnees = (ftp: FTPContext) => Promise<Socket>;

/**
 * Passive mode. Only the port of the answer is believed: behind an address translation the announced address is wrong,
 * and elsewhere it could send our file to somebody else (RFC 2577 § 2). EPSV (RFC 2428) first, PASV once it was refused.
 */
export function modePassif(clock: Clock, ms: number): OuvrirDonnees {
  let sansEpsv = false;
  return async (ftp) => {
    const reponse = await borner(demander(ftp), { clock, ms, quoi: 'mode passif' });
    const prise = connect({ host: ftp.socket.remoteAddress, port: portDe(reponse), noDelay: true });
    try {
      await borner(etablie(prise), { clock, ms, quoi: 'connexion de données' });
    } catch (erreur) {
      prise.destroy();
      throw erreur;
    }
    return ftp.socket instanceof TLSSocket ? proteger(prise, ftp, ftp.socket) : prise;
  };

  async function demander(ftp: FTPContext): Promise<FTPResponse> {
    if (sansEpsv) return ftp.request('PASV');
    try {
      return await ftp.request('EPSV');
    } catch (erreur) {
      if (!(erreur instanceof FTPError)) throw erreur;
      sansEpsv = true;
      return ftp.request('PASV');
    }
  }
}

/** Resolves once bytes may be written. */
export function prete(prise: Socket): Promise<void> {
  if (!(prise instanceof TLSSocket) || prise.getCipher() !== undefined) return Promise.resolve();
  return attendre(prise, 'secureConnect');
}

function etablie(prise: Socket): Promise<void> {
  return attendre(prise, 'connect');
}

function attendre(prise: Socket, evenement: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const manquer = () => reject(new FautePair('ligne', 'connexion de données coupée'));
    prise.once('error', reject).once('close', manquer);
    prise.once(evenement, () => {
      prise.off('error', reject).off('close', manquer);
      resolve();
    });
  });
}

/**
 * The TLS session of the control connection is taken up again: vsftpd (`require_ssl_reuse`) and others so recognise that
 * both connections come from the same client. TLS 1.3 tickets serve once: each data connection brings the next.
 */
function proteger(prise: Socket, ftp: FTPContext, commande: TLSSocket): TLSSocket {
  const session = ftp.tlsSessionStore ?? commande.getSession();
  const chiffree = connectTls({
    ...ftp.tlsOptions,
    socket: prise,
    ...(session === undefined ? {} : { session }),
  });
  chiffree.on('session', (suivante) => {
    ftp.tlsSessionStore = suivante;
  });
  return chiffree;
}

/** `229 … (|||6446|)` or `227 … (h1,h2,h3,h4,p1,p2)`. */
function portDe({ message }: FTPResponse): number {
  const etendu = /\(([^\d\s])\1\1(\d{1,5})\1\)/.exec(message)?.[2];
  const [, haut, bas] = /\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})/.exec(message) ?? [];
  const port = etendu === undefined ? Number(haut) * 256 + Number(bas) : Number(etendu);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new FautePair('ligne', 'réponse incompréhensible au mode passif');
}
