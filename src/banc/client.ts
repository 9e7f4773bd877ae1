import { Agent, request } from 'undici';
import { erreurBanc } from '../metier/catalogue/banc.ts';
import type { NomProtocole, ObjetJson, RoleDepot } from '../metier/flux.ts';

/** A file of a deposit: its part of the norm, its bytes. */
export interface FichierClient {
  readonly role: RoleDepot;
  readonly nom: string;
  readonly octets: Uint8Array;
}

export interface ReponseClient {
  readonly statut: number;
  readonly corps: ObjetJson;
}

export interface DepotClient {
  readonly siren: string;
  /** ACTES unless said otherwise. */
  readonly protocole?: NomProtocole;
  readonly metadonnees: ObjetJson;
  readonly fichiers: readonly FichierClient[];
  readonly cle?: string;
}

/** What a depositing software would be: it speaks to the daemon through its API and knows nothing else of it. */
export interface ClientApi {
  deposer(depot: DepotClient): Promise<ReponseClient>;
  lire(chemin: string): Promise<ReponseClient>;
  envoyer(methode: 'POST' | 'PUT', chemin: string, corps: ObjetJson | Uint8Array): Promise<ReponseClient>;
  telecharger(chemin: string): Promise<Uint8Array>;
  fermer(): Promise<void>;
}

const RACINE = 'http://localhost/api/v1';
const FRONTIERE = '----vaguemestre-banc';

function partie(entete: string, octets: Uint8Array): Uint8Array[] {
  return [Buffer.from(`--${FRONTIERE}\r\n${entete}\r\n\r\n`), octets, Buffer.from('\r\n')];
}

function formulaire(depot: DepotClient): Buffer {
  const { siren: collectivite, protocole = 'ACTES', metadonnees } = depot;
  const demande = Buffer.from(JSON.stringify({ protocole, collectivite, metadonnees }));
  const json = partie(
    'Content-Disposition: form-data; name="demande"\r\nContent-Type: application/json',
    demande,
  );
  const fichiers = depot.fichiers.flatMap((f) =>
    partie(
      `Content-Disposition: form-data; name="${f.role}"; filename="${f.nom}"\r\nContent-Type: application/octet-stream`,
      f.octets,
    ),
  );
  return Buffer.concat([...json, ...fichiers, Buffer.from(`--${FRONTIERE}--\r\n`)]);
}

/** @param socket path of the operator's socket of the daemon. @param connexions kept open at most. */
export function creerClientApi(socket: string, connexions = 16): ClientApi {
  const dispatcher = new Agent({ connect: { socketPath: socket }, connections: connexions });
  const demander = async (chemin: string, options: Omit<Parameters<typeof request>[1], 'dispatcher'> = {}) =>
    request(`${RACINE}${chemin}`, { ...options, dispatcher });
  const enJson = async (reponse: Awaited<ReturnType<typeof demander>>): Promise<ReponseClient> => {
    const texte = await reponse.body.text();
    return { statut: reponse.statusCode, corps: texte === '' ? {} : (JSON.parse(texte) as ObjetJson) };
  };
  return {
    deposer: async (depot) => {
      const headers = {
        'content-type': `multipart/form-data; boundary=${FRONTIERE}`,
        ...(depot.cle === undefined ? {} : { 'idempotency-key': depot.cle }),
      };
      return enJson(await demander('/flux', { method: 'POST', headers, body: formulaire(depot) }));
    },
    lire: async (chemin) => enJson(await demander(chemin)),
    envoyer: async (methode, chemin, corps) => {
      const brut = corps instanceof Uint8Array;
      const headers = { 'content-type': brut ? 'application/xml' : 'application/json' };
      const body = brut ? corps : JSON.stringify(corps);
      return enJson(await demander(chemin, { method: methode, headers, body }));
    },
    telecharger: async (chemin) => {
      const reponse = await demander(chemin);
      if (reponse.statusCode !== 200) throw erreurBanc('VGM-BAN-003', { chemin, statut: reponse.statusCode });
      return new Uint8Array(await reponse.body.arrayBuffer());
    },
    fermer: () => dispatcher.close(),
  };
}
