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

/** What is answered to a letter of the préfecture. */
export interface ReponseCourrier {
  readonly refus: boolean;
  /** One for each file. */
  readonly typologies: readonly string[];
  readonly fichiers: readonly FichierClient[];
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
  /** @param courrier flux of the letter. */
  repondre(courrier: string, reponse: ReponseCourrier): Promise<ReponseClient>;
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

function formulaire(demande: ObjetJson, fichiers: readonly FichierClient[]): Buffer {
  const json = partie(
    'Content-Disposition: form-data; name="demande"\r\nContent-Type: application/json',
    Buffer.from(JSON.stringify(demande)),
  );
  const parties = fichiers.flatMap((f) =>
    partie(
      `Content-Disposition: form-data; name="${f.role}"; filename="${f.nom}"\r\nContent-Type: application/octet-stream`,
      f.octets,
    ),
  );
  return Buffer.concat([...json, ...parties, Buffer.from(`--${FRONTIERE}--\r\n`)]);
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
  const poster = async (chemin: string, body: Buffer, cle?: string): Promise<ReponseClient> => {
    const headers = {
      'content-type': `multipart/form-data; boundary=${FRONTIERE}`,
      ...(cle === undefined ? {} : { 'idempotency-key': cle }),
    };
    return enJson(await demander(chemin, { method: 'POST', headers, body }));
  };
  return {
    deposer: ({ siren: collectivite, protocole = 'ACTES', metadonnees, fichiers, cle }) =>
      poster('/flux', formulaire({ protocole, collectivite, metadonnees }, fichiers), cle),
    repondre: (courrier, { refus, typologies, fichiers }) =>
      poster(`/flux/${courrier}/reponse`, formulaire({ refus, typologies: [...typologies] }, fichiers)),
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
