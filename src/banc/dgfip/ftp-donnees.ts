import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { EtatFichier } from './casier.ts';

/** A data connection awaited: the port is told first, the client comes when it will. */
export class Donnees {
  readonly #serveur: Server;
  /** null: closed before anybody came. */
  readonly #client: Promise<Socket | null>;

  private constructor(serveur: Server) {
    this.#serveur = serveur;
    const { promise, resolve } = Promise.withResolvers<Socket | null>();
    this.#client = promise;
    serveur.once('connection', (prise: Socket) => {
      prise.on('error', () => undefined);
      serveur.close();
      resolve(prise);
    });
    serveur.once('close', () => resolve(null));
  }

  static async ouvrir(): Promise<Donnees> {
    const serveur = createServer({ noDelay: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
    const donnees = new Donnees(serveur);
    await once(serveur, 'listening');
    return donnees;
  }

  get port(): number {
    return (this.#serveur.address() as AddressInfo).port;
  }

  /** @param contexte null = in clear. */
  async client(contexte: SecureContext | null): Promise<Socket | null> {
    const prise = await this.#client;
    if (prise === null || contexte === null) return prise;
    const chiffree = new TLSSocket(prise, { isServer: true, secureContext: contexte });
    const { promise, resolve } = Promise.withResolvers<boolean>();
    chiffree.on('error', () => resolve(false));
    chiffree.once('close', () => resolve(false));
    // Ended before the handshake, an empty list would be a line cut.
    chiffree.once('secure', () => resolve(true));
    return (await promise) ? chiffree : null;
  }

  fermer(): void {
    this.#serveur.close();
    void this.#client.then((prise) => prise?.destroy());
  }
}

/** `YYYYMMDDHHMMSS`, UTC (RFC 3659 § 2.3). */
export function dateFtp(quand: number): string {
  return new Date(quand).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
}

export type FormeListe = 'MLSD' | 'LIST' | 'NLST';

/** Lines of a listing, for machines (MLSD), as `ls -l` writes them, or names alone. Names byte for byte. */
export function lignesDe(
  contenu: { readonly dossiers: readonly string[]; readonly fichiers: readonly EtatFichier[] },
  forme: FormeListe,
): string {
  const { dossiers, fichiers } = contenu;
  if (forme === 'NLST') return [...dossiers, ...fichiers.map((f) => f.nom)].map((n) => `${n}\r\n`).join('');
  const lignes = [
    ...dossiers.map((nom) =>
      forme === 'MLSD' ? `type=dir; ${nom}` : `drwxr-xr-x 2 dgfip dgfip 4096 Jan 01 2026 ${nom}`,
    ),
    ...fichiers.map(({ nom, taille, quand }) =>
      forme === 'MLSD'
        ? `type=file;size=${taille};modify=${dateFtp(quand)}; ${nom}`
        : `-rw-r--r-- 1 dgfip dgfip ${taille} Jan 01 2026 ${nom}`,
    ),
  ];
  return lignes.map((l) => `${l}\r\n`).join('');
}
