import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import { erreurBanc } from '../../metier/catalogue/banc.ts';
import { raisonEcoute } from '../porte.ts';
import { Comptoir, type Depot, type EtatLieu, type Retrait } from './comptoir.ts';
import type { Guichet, Suite } from './guichet.ts';
import type { OptionsServeurSftp, ServeurOuvert } from './serveurs.ts';

const { STATUS_CODE: STATUT, OPEN_MODE: MODE } = ssh2.utils.sftp;

/** Passtrans over SFTP. Throws VGM-BAN-001 when it cannot listen. */
export async function ouvrirServeurSftp(
  options: OptionsServeurSftp,
  guichet: Guichet,
): Promise<ServeurOuvert> {
  const ssh = new ssh2.Server({ hostKeys: [options.cleHote] });
  const prises = new Set<Socket>();
  /** By port of the client. */
  const attente = new Map<number, Socket>();
  ssh.on('connection', (client, { port }) => {
    const prise = attente.get(port);
    client.on('error', () => undefined);
    client.on('authentication', (demande) => {
      if (estAdmis(demande, options)) demande.accept();
      else demande.reject(['password', 'publickey']);
    });
    client.on('session', (accepter) => {
      accepter().on('sftp', (ouvrir) => new SessionServie(ouvrir(), guichet, () => prise?.destroy()));
    });
  });
  const serveur = createServer({ noDelay: true }, (prise) => {
    prises.add(prise);
    prise.on('error', () => undefined);
    const { remotePort = 0 } = prise;
    prise.on('close', () => prises.delete(prise) && attente.delete(remotePort));
    attente.set(remotePort, prise);
    // The socket stays ours: a scenario may hang it up without a word.
    ssh.injectSocket(prise);
  });
  serveur.listen(options.port, '127.0.0.1');
  await once(serveur, 'listening').catch((origine: unknown) => {
    const adresse = `127.0.0.1:${options.port}`;
    throw erreurBanc('VGM-BAN-001', { adresse, detail: raisonEcoute(origine) }, origine);
  });
  return {
    port: (serveur.address() as AddressInfo).port,
    async fermer() {
      for (const prise of prises) prise.destroy();
      serveur.close();
      await once(serveur, 'close');
    },
  };
}

function estAdmis(demande: ssh2.AuthContext, options: OptionsServeurSftp): boolean {
  if (demande.username !== options.utilisateur) return false;
  if (demande.method === 'password') return demande.password === options.motDePasse;
  if (demande.method !== 'publickey' || options.clePublique === '') return false;
  const admise = ssh2.utils.parseKey(options.clePublique);
  if (admise instanceof Error || !admise.getPublicSSH().equals(demande.key.data)) return false;
  // Without signature the client only asks whether the key would do.
  if (demande.signature === undefined || demande.blob === undefined) return true;
  return admise.verify(demande.blob, demande.signature, demande.hashAlgo) === true;
}

type Poignee =
  | { readonly type: 'depot'; readonly depot: Depot; chemin: string }
  | { readonly type: 'retrait'; readonly retrait: Retrait; lu: number }
  | { readonly type: 'liste'; readonly chemin: string; dite: boolean };

/** Requests are served one after the other, as they came. */
class SessionServie {
  readonly #sftp: ssh2.SFTPWrapper;
  readonly #comptoir: Comptoir;
  readonly #couper: () => void;
  readonly #poignees = new Map<number, Poignee>();
  #suivante = 0;
  #file: Promise<void> = Promise.resolve();

  constructor(sftp: ssh2.SFTPWrapper, guichet: Guichet, couper: () => void) {
    this.#sftp = sftp;
    this.#comptoir = new Comptoir(guichet, () => null);
    this.#couper = couper;
    sftp.on('OPEN', (id, chemin, drapeaux) => this.#servir(() => this.#ouvrir(id, chemin, drapeaux)));
    sftp.on('WRITE', (...[id, p, position, octets]) => {
      const copie = Buffer.from(octets);
      this.#servir(() => this.#ecrire(id, p, { position: Number(position), octets: copie }));
    });
    sftp.on('READ', (...[id, p, position, longueur]) =>
      this.#servir(() => this.#lire(id, p, { position: Number(position), longueur })),
    );
    sftp.on('FSTAT', (id, p) => this.#servir(() => this.#etatOuvert(id, p)));
    sftp.on('CLOSE', (id, p) => this.#servir(() => this.#fermer(id, p)));
    sftp.on('STAT', (id, chemin) => this.#servir(() => this.#etat(id, chemin)));
    sftp.on('LSTAT', (id, chemin) => this.#servir(() => this.#etat(id, chemin)));
    sftp.on('OPENDIR', (id, chemin) => this.#servir(() => this.#ouvrirListe(id, chemin)));
    sftp.on('READDIR', (id, p) => this.#servir(() => this.#lister(id, p)));
    sftp.on('REALPATH', (id, chemin) => {
      const filename = `/${chemin.replace(/^(\.?\/)+|^\.$/, '')}`;
      sftp.name(id, [{ filename, longname: filename, attrs: attributs({ type: 'dossier' }) }]);
    });
    sftp.on('RENAME', (id, de, vers) =>
      this.#servir(async () => this.#dire(id, await this.#comptoir.renommer(de, vers))),
    );
    sftp.on('REMOVE', (id, chemin) =>
      this.#servir(async () => this.#dire(id, await this.#comptoir.effacer(chemin))),
    );
    sftp.on('SETSTAT', (id) => sftp.status(id, STATUT.OK));
    sftp.on('FSETSTAT', (id) => sftp.status(id, STATUT.OK));
    sftp.on('end', () => this.#servir(() => this.#raccrocher()));
    sftp.on('close', () => this.#servir(() => this.#abandonner()));
  }

  #servir(travail: () => Promise<void>): void {
    this.#file = this.#file.then(travail).catch(() => this.#couper());
  }

  async #ouvrir(id: number, chemin: string, drapeaux: number): Promise<void> {
    if ((drapeaux & MODE.WRITE) === 0) {
      const retrait = await this.#comptoir.retirer(chemin);
      if (retrait === null) this.#sftp.status(id, STATUT.NO_SUCH_FILE, 'fichier absent');
      else this.#donner(id, { type: 'retrait', retrait, lu: 0 });
      return;
    }
    const depot = await this.#comptoir.deposer(chemin);
    if ('type' in depot) this.#dire(id, depot);
    else this.#donner(id, { type: 'depot', depot, chemin });
  }

  async #ecrire(id: number, p: Buffer, suite: { position: number; octets: Buffer }): Promise<void> {
    const poignee = this.#prise(p);
    if (poignee?.type !== 'depot') return void this.#sftp.status(id, STATUT.FAILURE);
    this.#dire(id, await poignee.depot.ecrire(suite.octets, suite.position));
  }

  async #lire(id: number, p: Buffer, suite: { position: number; longueur: number }): Promise<void> {
    const poignee = this.#prise(p);
    if (poignee?.type !== 'retrait') return void this.#sftp.status(id, STATUT.FAILURE);
    const octets = await poignee.retrait.lire(suite.position, suite.longueur);
    if (octets.length === 0) return void this.#sftp.status(id, STATUT.EOF);
    poignee.lu = Math.max(poignee.lu, suite.position + octets.length);
    this.#sftp.data(id, octets);
  }

  async #etatOuvert(id: number, p: Buffer): Promise<void> {
    const poignee = this.#prise(p);
    if (poignee?.type === 'retrait') {
      const { taille } = poignee.retrait;
      return void this.#sftp.attrs(id, attributs({ type: 'fichier', nom: '', taille, quand: 0 }));
    }
    if (poignee?.type === 'depot') return this.#etat(id, poignee.chemin);
    this.#sftp.status(id, STATUT.FAILURE);
  }

  async #fermer(id: number, p: Buffer): Promise<void> {
    const poignee = this.#prise(p);
    this.#poignees.delete(p.readUInt32BE(0));
    if (poignee?.type === 'depot') return this.#dire(id, await poignee.depot.fermer());
    if (poignee?.type === 'retrait') await poignee.retrait.fermer(poignee.lu >= poignee.retrait.taille);
    this.#sftp.status(id, STATUT.OK);
  }

  async #etat(id: number, chemin: string): Promise<void> {
    const etat = await this.#comptoir.etat(chemin);
    if (etat === null) this.#sftp.status(id, STATUT.NO_SUCH_FILE, 'fichier absent');
    else this.#sftp.attrs(id, attributs(etat));
  }

  async #ouvrirListe(id: number, chemin: string): Promise<void> {
    if ((await this.#comptoir.lister(chemin)) === null) this.#sftp.status(id, STATUT.NO_SUCH_FILE);
    else this.#donner(id, { type: 'liste', chemin, dite: false });
  }

  async #lister(id: number, p: Buffer): Promise<void> {
    const poignee = this.#prise(p);
    if (poignee?.type !== 'liste' || poignee.dite) return void this.#sftp.status(id, STATUT.EOF);
    poignee.dite = true;
    const { dossiers = [], fichiers = [] } = (await this.#comptoir.lister(poignee.chemin)) ?? {};
    const noms = [
      ...dossiers.map((nom) => ({ nom, attrs: attributs({ type: 'dossier' }) })),
      ...fichiers.map((f) => ({ nom: f.nom, attrs: attributs({ type: 'fichier', ...f }) })),
    ];
    if (noms.length === 0) return void this.#sftp.status(id, STATUT.EOF);
    this.#sftp.name(
      id,
      noms.map(({ nom, attrs }) => ({ filename: nom, longname: nom, attrs })),
    );
  }

  #dire(id: number, suite: Suite): void {
    if (suite.type === 'coupe') this.#couper();
    else if (suite.type === 'fait') this.#sftp.status(id, STATUT.OK);
    else {
      const codes = {
        absent: STATUT.NO_SUCH_FILE,
        interdit: STATUT.PERMISSION_DENIED,
        plein: STATUT.FAILURE,
        existe: STATUT.FAILURE,
      };
      this.#sftp.status(id, codes[suite.genre], suite.motif);
    }
  }

  #donner(id: number, poignee: Poignee): void {
    this.#suivante += 1;
    this.#poignees.set(this.#suivante, poignee);
    const jeton = Buffer.alloc(4);
    jeton.writeUInt32BE(this.#suivante);
    this.#sftp.handle(id, jeton);
  }

  #prise(p: Buffer): Poignee | undefined {
    return p.length === 4 ? this.#poignees.get(p.readUInt32BE(0)) : undefined;
  }

  /** The client has no more to ask, and waits for us to close. */
  async #raccrocher(): Promise<void> {
    await this.#abandonner();
    this.#sftp.end();
  }

  /** The line is gone: nothing is taken, nothing is forgotten. */
  async #abandonner(): Promise<void> {
    for (const poignee of this.#poignees.values()) {
      if (poignee.type === 'depot') await poignee.depot.abandonner();
      else if (poignee.type === 'retrait') await poignee.retrait.fermer(false);
    }
    this.#poignees.clear();
  }
}

/** `0o100644` and `0o40755`: what makes a file and a folder (stat(2)). */
function attributs(etat: EtatLieu): ssh2.Attributes {
  const commun = { uid: 0, gid: 0 };
  if (etat.type === 'dossier') return { ...commun, mode: 0o40755, size: 0, atime: 0, mtime: 0 };
  const date = Math.floor(etat.quand / 1000);
  return { ...commun, mode: 0o100644, size: etat.taille, atime: date, mtime: date };
}
