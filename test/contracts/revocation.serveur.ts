import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { QuestionRevocation } from '../../src/formats/certificats/revocation.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { EXTENSIONS, JOUR_MS, Pki } from '../unit/formats/certificats/pki.ts';

/**
 * An authority alive around the real hour, its OCSP responder (`openssl ocsp` behind node:http: by itself it would
 * listen on every address) and its lists, on the loopback.
 */

const executer = promisify(execFile);

export const MAINTENANT = (Math.floor(Date.now() / 1000) * 1000) as Instant;
export const jour = (n: number): string => new Date(MAINTENANT + n * JOUR_MS).toISOString().slice(0, 10);
const VIE = { debut: jour(-30), fin: jour(300) };

export type Guichet = (requete: IncomingMessage, reponse: ServerResponse) => void | Promise<void>;

export interface ServeurRevocation {
  readonly pki: Pki;
  readonly base: string;
  /** Paths asked, in order: `POST /ocsp`. */
  readonly demandes: string[];
  /** Answers at a path from now on. */
  servir(chemin: string, guichet: Guichet): void;
  /** OCSP as openssl does it. */
  repondeur(options?: { readonly par?: string; readonly options?: readonly string[] }): Guichet;
  octets(contenu: () => Uint8Array, type?: string): Guichet;
  /** A certificate whose addresses are these paths of the server, or whole addresses. */
  emettre(
    nom: string,
    adresses: { readonly ocsp?: readonly string[]; readonly crl?: readonly string[] },
  ): QuestionRevocation;
  question(nom: string): QuestionRevocation;
  fermer(): Promise<void>;
}

export async function ouvrirServeur(): Promise<ServeurRevocation> {
  const pki = new Pki();
  pki.emettre('vive', { nom: 'vive', extensions: EXTENSIONS.racine, ...VIE });
  pki.emettre('vive', { nom: 'repondeur', extensions: [...EXTENSIONS.ocsp, 'noCheck=ignored'], ...VIE });
  const guichets = new Map<string, Guichet>();
  const demandes: string[] = [];
  const serveur = createServer((requete, reponse) => {
    const chemin = requete.url ?? '';
    demandes.push(`${requete.method} ${chemin}`);
    const guichet = guichets.get(chemin);
    if (guichet === undefined) reponse.writeHead(404).end();
    else void guichet(requete, reponse);
  });
  serveur.listen(0, '127.0.0.1');
  await once(serveur, 'listening');
  const base = `http://127.0.0.1:${(serveur.address() as AddressInfo).port}`;
  let rang = 0;
  const absolue = (a: string) => (a.startsWith('/') ? base + a : a);
  const question = (nom: string): QuestionRevocation => ({
    certificat: pki.certificat(nom),
    emetteur: pki.certificat('vive'),
    instant: MAINTENANT,
  });
  return {
    pki,
    base,
    demandes,
    question,
    servir: (chemin, guichet) => void guichets.set(chemin, guichet),
    repondeur:
      ({ par = 'repondeur', options = ['-ndays', '1'] } = {}) =>
      async (requete, reponse) => {
        rang += 1;
        const sien = `r${rang}`;
        const [q, r] = [pki.chemin(`q${rang}`), pki.chemin(sien)];
        await writeFile(q, await buffer(requete));
        // biome-ignore format: one option per pair reads better
        await executer('openssl', ['ocsp', '-index', pki.chemin('vive.index'), '-CA', pki.chemin('vive.pem'), '-rsigner',
          pki.chemin(`${par}.pem`), '-rkey', pki.chemin(`${par}.key`), '-reqin', q, '-respout', r, ...options]);
        reponse.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(pki.lire(sien));
      },
    octets:
      (contenu, type = 'application/pkix-crl') =>
      (requete, reponse) => {
        requete.resume();
        reponse.writeHead(200, { 'content-type': type }).end(contenu());
      },
    emettre(nom, { ocsp = [], crl = [] }) {
      const acces = ocsp.map((a) => `OCSP;URI:${absolue(a)}`).join(',');
      const extensions = [
        'basicConstraints=CA:FALSE',
        'keyUsage=critical,digitalSignature',
        ...(acces === '' ? [] : [`authorityInfoAccess=${acces}`]),
        ...(crl.length === 0
          ? []
          : [`crlDistributionPoints=${crl.map((a) => `URI:${absolue(a)}`).join(',')}`]),
      ];
      pki.emettre('vive', { nom, extensions, ...VIE });
      return question(nom);
    },
    async fermer() {
      serveur.close();
      serveur.closeAllConnections();
      pki.fermer();
    },
  };
}
