import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer as creerServeurHttps } from 'node:https';
import { createServer as creerServeurTcp, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createServer as creerServeurTls, type TLSSocket, type TlsOptions } from 'node:tls';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerTransportHttps, type OptionsTransportHttps } from '../../src/adapters/transport/https.ts';
import { creerPkiEssai, type NomPaire, type PkiEssai } from '../../src/banc/pki.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Envoi } from '../../src/ports/transport.ts';

/** Real time: these tests look at real sockets. */
export const horloge = creerClockSysteme();

export const muet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function nouvellePki(): Promise<PkiEssai> {
  return creerPkiEssai(mkdtempSync(join(tmpdir(), 'vgm-pki-')), { clock: horloge });
}

export function lirePaire(pki: PkiEssai, nom: NomPaire): { cert: string; key: string } {
  const paire = pki.paires[nom];
  return { cert: readFileSync(paire.certificat, 'utf8'), key: readFileSync(paire.cle, 'utf8') };
}

export function optionsTransport(
  pki: PkiEssai,
  suite: Partial<OptionsTransportHttps>,
): OptionsTransportHttps {
  const { cert, key } = lirePaire(pki, 'client');
  return {
    url: '',
    champ: '{archive}',
    agentUtilisateur: 'curl/8.5.0',
    certificat: cert,
    cle: key,
    autorites: readFileSync(pki.ca, 'utf8'),
    delaiConnexionMs: 3_000,
    delaiTotalMs: 5_000,
    ...suite,
  };
}

export function transport(pki: PkiEssai, suite: Partial<OptionsTransportHttps>) {
  return creerTransportHttps(optionsTransport(pki, suite), { log: muet, clock: horloge });
}

export function envoiDe(octets: Uint8Array, nom = 'VGM-TACT--210340012--20260302-1.tar.gz'): Envoi {
  return { nom, taille: octets.length, ouvrir: async () => Readable.from(couper(octets)) };
}

function* couper(octets: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i += 65_536) yield octets.subarray(i, i + 65_536);
}

export interface PorteOuverte {
  readonly port: number;
  fermer(): Promise<void>;
}

interface Ecoutant {
  listen(port: number, hote: string, suite: () => void): unknown;
  address(): AddressInfo | string | null;
  close(suite?: () => void): unknown;
}

async function ouvrir(serveur: Ecoutant, sockets: Set<Socket>): Promise<PorteOuverte> {
  await new Promise<void>((resoudre) => void serveur.listen(0, '127.0.0.1', resoudre));
  return {
    port: (serveur.address() as AddressInfo).port,
    fermer: () =>
      new Promise((resoudre) => {
        serveur.close(() => resoudre());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** HTTPS door demanding a certificate of the CA, with a handler of the test. */
export function porteHttps(
  pki: PkiEssai,
  traiter: (requete: IncomingMessage, reponse: ServerResponse) => void,
  suite: TlsOptions = {},
): Promise<PorteOuverte> {
  const sockets = new Set<Socket>();
  const ca = readFileSync(pki.ca, 'utf8');
  const serveur = creerServeurHttps(
    { ...lirePaire(pki, 'ministere'), ca, requestCert: true, ...suite },
    traiter,
  );
  serveur.on('connection', (socket: Socket) => sockets.add(socket));
  return ouvrir(serveur, sockets);
}

/** TLS door speaking whatever the test wants. */
export function porteTls(pki: PkiEssai, traiter: (socket: TLSSocket) => void): Promise<PorteOuverte> {
  const sockets = new Set<Socket>();
  const serveur = creerServeurTls(lirePaire(pki, 'ministere'), (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    traiter(socket);
  });
  return ouvrir(serveur, sockets);
}

export function porteTcp(traiter: (socket: Socket) => void): Promise<PorteOuverte> {
  const sockets = new Set<Socket>();
  const serveur = creerServeurTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    traiter(socket);
  });
  return ouvrir(serveur, sockets);
}

/** OpenSSL itself behind the door: it refuses client certificates by real TLS alerts. */
export async function porteOpenssl(pki: PkiEssai, version: '-tls1_2' | '-tls1_3'): Promise<PorteOuverte> {
  const libre = await porteTcp(() => undefined);
  const { port } = libre;
  await libre.fermer();
  const { certificat, cle } = pki.paires.ministere;
  const processus = spawn(
    'openssl',
    // biome-ignore format: one option per pair reads better
    ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', certificat, '-key', cle, '-CAfile', pki.ca,
      '-Verify', '1', '-verify_return_error', '-quiet', '-www', version],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await attendrePort(port);
  return {
    port,
    fermer: () =>
      new Promise((resoudre) => {
        processus.once('exit', () => resoudre());
        processus.kill('SIGKILL');
      }),
  };
}

async function attendrePort(port: number): Promise<void> {
  const { connect } = await import('node:net');
  for (let essai = 0; essai < 100; essai += 1) {
    const ouvert = await new Promise<boolean>((resoudre) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resoudre(true);
      });
      socket.once('error', () => resoudre(false));
    });
    if (ouvert) return;
    await horloge.sleep(50);
  }
}
