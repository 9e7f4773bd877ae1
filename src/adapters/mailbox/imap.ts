import { readFile } from 'node:fs/promises';
import { ImapFlow, type ImapFlowError, type ImapFlowOptions } from 'imapflow';
import type { Config } from '../../config/manifest.ts';
import { erreurReception } from '../../metier/catalogue/reception.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Log } from '../../ports/log.ts';
import type { Consigner, Mailbox } from '../../ports/mailbox.ts';
import { type EnAttente, faireTournee, surveiller, type Tournee, Tri } from './lots.ts';

type ConfigImap = Config['reception']['imap'][number];

const CONNEXION_MS = 20_000;
const SALUT_MS = 16_000;
const INACTIVITE_MS = 60_000;
/** Bytes asked per FETCH of a message too large to be read with its lot. */
const TRANCHE = 1_048_576;

/**
 * Mailbox read over IMAP (specs: one mail per answer of the ministry, all messages of the folder are read).
 * One connection per round: nothing is kept between two, so a restart or a changed password needs no care.
 * A message leaves its folder only once it is durable here; read twice, it counts once (same digest).
 * @throws VGM-ACC-020 when the folder of filed messages is the one that is read.
 */
export function ouvrirImap(config: ConfigImap, deps: { readonly log: Log }): Mailbox {
  const nom = `imap:${config.nom}`;
  if (config.dossier_traite === config.dossier) {
    throw erreurReception('VGM-ACC-020', { boite: nom, dossier: config.dossier });
  }
  const tri = new Tri(nom, deps.log);
  return {
    nom,
    async relever(consigner) {
      const client = await connecter(config, deps.log);
      const garde = surveiller(consigner);
      try {
        return await tourner({ client, config, nom, tri, consigner: garde.consigner });
      } catch (erreur) {
        throw garde.enCause(erreur) ? erreur : traduire(erreur, config);
      } finally {
        await client.logout().catch(() => client.close());
      }
    },
    async sonder() {
      const client = await connecter(config, deps.log);
      try {
        (await ouvrirDossier(client, config, true)).release();
      } catch (erreur) {
        throw traduire(erreur, config);
      } finally {
        await client.logout().catch(() => client.close());
      }
    },
  };
}

interface Releve {
  readonly client: ImapFlow;
  readonly config: ConfigImap;
  readonly nom: string;
  readonly tri: Tri;
  readonly consigner: Consigner;
}

async function connecter(config: ConfigImap, log: Log): Promise<ImapFlow> {
  let client: ImapFlow | undefined;
  try {
    client = new ImapFlow(await options(config));
    // A late socket error must not bring the daemon down: the pending command rejects with it anyway.
    client.on('error', (e: Error) =>
      log.warn('connexion IMAP perdue', { boite: config.nom, detail: e.message }),
    );
    await client.connect();
    return client;
  } catch (erreur) {
    client?.close();
    throw traduire(erreur, config);
  }
}

async function options(config: ConfigImap): Promise<ImapFlowOptions> {
  const secret = (await lireFichier(config, config.secret_fichier)).toString('utf8').replace(/\r?\n$/, '');
  const autorites =
    config.autorites === '' ? {} : { tls: { ca: await lireFichier(config, config.autorites) } };
  return {
    host: config.hote,
    port: config.port,
    secure: config.tls === 'tls',
    ...(config.tls === 'tls' ? {} : { doSTARTTLS: config.tls === 'starttls' }),
    auth: { user: config.utilisateur, pass: secret },
    ...autorites,
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: CONNEXION_MS,
    greetingTimeout: SALUT_MS,
    socketTimeout: INACTIVITE_MS,
  };
}

async function lireFichier(config: ConfigImap, fichier: string): Promise<Buffer> {
  try {
    return await readFile(fichier);
  } catch (origine) {
    throw erreurReception('VGM-ACC-021', { boite: config.nom, fichier }, origine);
  }
}

async function tourner(releve: Releve): Promise<number> {
  const { client, config, tri } = releve;
  const verrou = await ouvrirDossier(client, config);
  try {
    const messages = await attente(client);
    return await faireTournee(tri.recevables(messages), new TourneeImap(releve));
  } finally {
    verrou.release();
  }
}

async function ouvrirDossier(
  client: ImapFlow,
  config: ConfigImap,
  readOnly = false,
): Promise<{ release(): void }> {
  try {
    return await client.getMailboxLock(config.dossier, { readOnly });
  } catch (erreur) {
    if ((erreur as ImapFlowError).responseStatus === undefined) throw erreur;
    throw erreurReception('VGM-ACC-013', { boite: config.nom, dossier: config.dossier }, erreur);
  }
}

async function attente(client: ImapFlow): Promise<EnAttente[]> {
  if (client.mailbox === false || client.mailbox.exists === 0) return [];
  const vus = await client.fetchAll('1:*', { uid: true, size: true });
  // RFC822.SIZE is not always told: such a message is read by slices, under the same limit.
  return vus.map((m) => ({ cle: String(m.uid), taille: m.size ?? TRANCHE + 1 }));
}

/** Small messages are read with one FETCH for the lot; the others by slices, so that memory stays bounded. */
class TourneeImap implements Tournee {
  readonly #releve: Releve;
  readonly #lus = new Map<string, Buffer>();
  #destinationPrete = false;

  constructor(releve: Releve) {
    this.#releve = releve;
  }

  async preparer(lot: readonly EnAttente[]): Promise<void> {
    this.#lus.clear();
    const petits = lot.filter((m) => m.taille <= TRANCHE).map((m) => m.cle);
    if (petits.length === 0) return;
    const messages = await this.#releve.client.fetchAll(
      petits.join(','),
      { uid: true, source: true },
      { uid: true },
    );
    for (const m of messages) if (m.source !== undefined) this.#lus.set(String(m.uid), m.source);
  }

  async consigner(message: EnAttente): Promise<boolean> {
    const { consigner, nom } = this.#releve;
    if (message.taille > TRANCHE) return this.#consignerParTranches(message);
    const octets = this.#lus.get(message.cle);
    if (octets === undefined || octets.length === 0) return false; // taken away by someone else meanwhile
    await consigner(octets, nom);
    return true;
  }

  async #consignerParTranches(message: EnAttente): Promise<boolean> {
    const { consigner, nom } = this.#releve;
    const premiere = await tranche(this.#releve, message.cle, 0);
    if (premiere.length === 0) return false;
    await consigner(suivre(this.#releve, message.cle, premiere), nom);
    return true;
  }

  async ranger(cles: readonly string[]): Promise<void> {
    const { client, config } = this.#releve;
    const uids = cles.join(',');
    if (config.dossier_traite !== '') await this.#preparerDestination();
    const fait =
      config.dossier_traite === ''
        ? await client.messageDelete(uids, { uid: true })
        : await client.messageMove(uids, config.dossier_traite, { uid: true });
    if (!fait) throw erreurReception('VGM-ACC-014', { boite: config.nom, dossier: config.dossier_traite });
  }

  async #preparerDestination(): Promise<void> {
    if (this.#destinationPrete) return;
    const { client, config } = this.#releve;
    const voulu = config.dossier_traite;
    // Some servers keep every folder under a prefix (`INBOX.`), which imapflow adds by itself.
    const chemins = [voulu, `${client.namespace?.prefix ?? ''}${voulu}`];
    try {
      const connus = await client.list({ listOnly: true });
      if (!connus.some((d) => chemins.includes(d.path))) await client.mailboxCreate(voulu);
    } catch (erreur) {
      if ((erreur as ImapFlowError).responseStatus === undefined) throw erreur;
      throw erreurReception('VGM-ACC-014', { boite: config.nom, dossier: voulu }, erreur);
    }
    this.#destinationPrete = true;
  }
}

/** A failure of the line is named here, where it is not yet mixed with those of the filing. */
async function tranche(releve: Releve, uid: string, debut: number): Promise<Uint8Array> {
  const demande = { uid: true, source: { start: debut, maxLength: TRANCHE } };
  try {
    const lu = await releve.client.fetchOne(uid, demande, { uid: true });
    return (lu || undefined)?.source ?? new Uint8Array(0);
  } catch (erreur) {
    throw traduire(erreur, releve.config);
  }
}

/** Only an empty slice is the end: some servers answer a partial FETCH short of what was asked. */
async function* suivre(releve: Releve, uid: string, premiere: Uint8Array): AsyncGenerator<Uint8Array> {
  let debut = 0;
  for (let octets = premiere; octets.length > 0; octets = await tranche(releve, uid, debut)) {
    yield octets;
    debut += octets.length;
    if (octets.length > TRANCHE) return; // the server ignores partial FETCH: this was the whole message
  }
}

/** Technical failure → catalogue row. What is already ours (filing refused…) passes unchanged. */
function traduire(erreur: unknown, config: ConfigImap): unknown {
  if (erreur instanceof ErreurVgm) return erreur;
  const boite = config.nom;
  if (!(erreur instanceof Error)) return erreur;
  const { authenticationFailed, code, tlsFailed, responseText } = erreur as ImapFlowError;
  if (authenticationFailed === true) {
    return erreurReception('VGM-ACC-011', { boite, utilisateur: config.utilisateur }, erreur);
  }
  const detail = responseText ?? code ?? erreur.message;
  const certificat = tlsFailed === true || /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_VERIFY/.test(code ?? '');
  return erreurReception(certificat ? 'VGM-ACC-012' : 'VGM-ACC-010', { boite, detail }, erreur);
}
