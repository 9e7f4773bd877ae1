import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { erreurBanc } from '../metier/catalogue/banc.ts';
import { bordDe, numeroEnChemin, premierFichier, type PartieFichier } from './multipart.ts';

/** Whom the door listens to. All PEM contents, not paths. */
export interface OptionsPorte {
  /** 0 = any free port. */
  readonly port: number;
  readonly hote?: string;
  readonly cert: string;
  readonly key: string;
  /** Authorities whose client certificates are let in. */
  readonly caClients: string;
}

/** What the door does next; null cuts the line without a word. */
export type Decision = { readonly statut: number; readonly texte: string } | null;

export interface Guichet {
  /** A whole archive came. */
  recevoir(partie: PartieFichier): Promise<Decision>;
  /** True when the line must be cut while the archive of this acte is still arriving. */
  couperEnChemin(nom: string, numero: string): boolean;
  /** An order to the préfecture, JSON. */
  ordonner(corps: string): { readonly statut: number; readonly texte: string };
  readonly tailleMax: number;
}

export interface PorteOuverte {
  readonly port: number;
  /** Cuts every line, and waits for what was begun to be decided. */
  fermer(): Promise<void>;
}

/** Where orders are posted; archives are, anywhere else. */
export const CHEMIN_ORDRES = '/ordres';
const ORDRE_MAX = 10_000;

/** From that many bytes on, the beginning of an archive is enough to know its acte. */
const APERCU = 65_536;

/** Longer than any client keeps a connection idle: the ministry never hangs up first. */
const KEEP_ALIVE_MS = 60_000;

const RAISONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'le port est déjà pris',
  EACCES: 'droits insuffisants pour ce port',
  EADDRNOTAVAIL: 'cette adresse n’est pas celle de la machine',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'la clé n’est pas celle du certificat',
};

/** Why a door did not open, in French. */
export function raisonEcoute(erreur: unknown): string {
  const code = erreur instanceof Error && 'code' in erreur ? String(erreur.code) : '';
  return RAISONS[code] ?? (erreur instanceof Error ? erreur.message : String(erreur));
}

/** Opens the HTTPS door: certificate of `caClients` demanded by TLS itself, one archive per POST. */
export async function ouvrirPorte(options: OptionsPorte, guichet: Guichet): Promise<PorteOuverte> {
  const hote = options.hote ?? '127.0.0.1';
  const sockets = new Set<Socket>();
  const enCours = new Set<Promise<void>>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const refuser = (erreur: unknown) => {
    const detail = raisonEcoute(erreur);
    return erreurBanc('VGM-BAN-001', { adresse: `${hote}:${options.port}`, detail }, erreur);
  };
  const recevoir = (requete: IncomingMessage, reponse: ServerResponse): void => {
    const fait = traiter(requete, reponse, guichet)
      .catch(() => void requete.socket.destroy())
      .finally(() => enCours.delete(fait));
    enCours.add(fait);
  };
  const serveur = construire(options, recevoir, refuser);
  serveur.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  serveur.once('error', (erreur) => reject(refuser(erreur)));
  serveur.listen(options.port, hote, resolve);
  await promise;
  return {
    port: (serveur.address() as AddressInfo).port,
    fermer: async () => {
      const ferme = new Promise<void>((resoudre) => serveur.close(() => resoudre()));
      for (const socket of sockets) socket.destroy();
      await ferme;
      // A line that is cut does not stop the hand that holds the archive: the register must still be open.
      await Promise.all(enCours);
    },
  };
}

type Recevoir = (requete: IncomingMessage, reponse: ServerResponse) => void;

function construire(options: OptionsPorte, recevoir: Recevoir, refuser: (erreur: unknown) => Error) {
  const { cert, key, caClients } = options;
  try {
    const serveur = createServer(
      { cert, key, ca: caClients, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
      recevoir,
    );
    serveur.keepAliveTimeout = KEEP_ALIVE_MS;
    return serveur;
  } catch (erreur) {
    throw refuser(erreur);
  }
}

async function traiter(requete: IncomingMessage, reponse: ServerResponse, guichet: Guichet): Promise<void> {
  if (requete.method === 'POST' && requete.url === CHEMIN_ORDRES) return obeir(requete, reponse, guichet);
  const refus = refuserEntete(requete, guichet.tailleMax);
  if (refus !== undefined) {
    // Answered before the body is read, as a real front server does; the line cannot serve again.
    reponse.writeHead(refus.statut, { connection: 'close' }).end(refus.texte);
    return;
  }
  const bord = bordDe(requete.headers['content-type']) ?? '';
  const corps = await lireCorps(requete, bord, guichet);
  if (corps === undefined) return;
  const partie = premierFichier(corps, bord);
  const decision =
    partie === undefined
      ? { statut: 400, texte: 'Aucun fichier dans le formulaire.' }
      : await guichet.recevoir(partie);
  if (decision === null) requete.socket.destroy();
  else {
    reponse.writeHead(decision.statut, { 'content-type': 'text/plain; charset=utf-8' }).end(decision.texte);
  }
}

async function obeir(requete: IncomingMessage, reponse: ServerResponse, guichet: Guichet): Promise<void> {
  let corps = '';
  for await (const bloc of requete) {
    corps += String(bloc);
    if (corps.length > ORDRE_MAX) break;
  }
  const { statut, texte } = guichet.ordonner(corps);
  reponse.writeHead(statut, { 'content-type': 'text/plain; charset=utf-8' }).end(`${texte}\n`);
}

function refuserEntete(
  requete: IncomingMessage,
  tailleMax: number,
): { statut: number; texte: string } | undefined {
  if (requete.method !== 'POST') return { statut: 405, texte: 'Seule la méthode POST est admise.' };
  const taille = Number(requete.headers['content-length'] ?? Number.NaN);
  if (Number.isNaN(taille)) return { statut: 411, texte: 'La longueur du corps est exigée.' };
  if (taille > tailleMax) return { statut: 413, texte: `Archive trop grosse : ${taille} octets.` };
  if (bordDe(requete.headers['content-type']) === undefined) {
    return { statut: 415, texte: 'Un formulaire multipart/form-data est attendu.' };
  }
  return undefined;
}

/** @returns undefined when the line was cut, by us or by the other side. */
async function lireCorps(
  requete: IncomingMessage,
  bord: string,
  guichet: Guichet,
): Promise<Buffer | undefined> {
  const annonce = Number(requete.headers['content-length']);
  const blocs: Buffer[] = [];
  let recus = 0;
  let regarde = false;
  try {
    for await (const bloc of requete) {
      blocs.push(bloc as Buffer);
      recus += (bloc as Buffer).length;
      if (regarde || recus < APERCU || recus >= annonce) continue;
      regarde = true;
      const debut = premierFichier(Buffer.concat(blocs), bord, true);
      const numero = debut === undefined ? undefined : numeroEnChemin(debut.octets);
      if (debut !== undefined && numero !== undefined && guichet.couperEnChemin(debut.nom, numero)) {
        requete.socket.destroy();
        return undefined;
      }
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(blocs);
}
