import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Metadonnees } from '../../ports/passerelle.ts';
import { Comptoir, type Retrait } from './comptoir.ts';
import { dateFtp, Donnees, type FormeListe, lignesDe } from './ftp-donnees.ts';
import type { Guichet, Suite } from './guichet.ts';
import type { OptionsServeurFtp } from './serveurs.ts';

type Options = OptionsServeurFtp & { readonly contexte: SecureContext | null };

const TRANCHE = 65_536;

/** SITE names of the metadata, as the gateway spells them. */
const CHAMPS = { P_DEST: 'dest', P_APPLI: 'appli', P_MSG: 'msg' } as const;

/** What the first word of a line asks; `null`: the line is hung up. */
type Commande = (argument: string) => Promise<string | null> | string | null;

/** One control connection: commands are answered one after the other. */
export class SessionFtp {
  #prise: Socket;
  readonly #options: Options;
  readonly #comptoir: Comptoir;
  #site: { -readonly [C in keyof Metadonnees]?: string } = {};
  #utilisateur = '';
  #connecte = false;
  #protege = false;
  #dossier = '';
  #binaire = false;
  #source = '';
  #donnees: Donnees | null = null;
  #tampon = '';
  #file: Promise<void> = Promise.resolve();

  constructor(prise: Socket, options: Options, guichet: Guichet) {
    this.#prise = prise;
    this.#options = options;
    this.#comptoir = new Comptoir(guichet, () => this.#site);
  }

  accueillir(): void {
    this.#ecouter();
    this.#dire('220 Passerelle de la DGFiP simulee');
  }

  #ecouter(): void {
    this.#prise.setEncoding('latin1');
    this.#prise.on('error', () => undefined);
    this.#prise.on('close', () => this.#donnees?.fermer());
    this.#prise.on('data', (texte) => {
      this.#tampon += String(texte);
      for (let fin = this.#tampon.indexOf('\r\n'); fin >= 0; fin = this.#tampon.indexOf('\r\n')) {
        const ligne = this.#tampon.slice(0, fin);
        this.#tampon = this.#tampon.slice(fin + 2);
        this.#file = this.#file.then(() => this.#repondre(ligne)).catch(() => void this.#prise.destroy());
      }
    });
  }

  async #repondre(ligne: string): Promise<void> {
    const [, verbe = '', argument = ''] = /^(\S+) ?(.*)$/s.exec(ligne) ?? [];
    const nom = verbe.toUpperCase();
    const commande = this.#commandes[nom];
    if (commande === undefined) return this.#dire('502 Commande inconnue');
    if (!this.#connecte && !AVANT_CONNEXION.has(nom)) return this.#dire('530 Connexion requise');
    const reponse = await commande(argument);
    if (reponse === null) this.#prise.destroy();
    else if (reponse !== '') this.#dire(reponse);
    if (nom === 'AUTH' && reponse?.startsWith('234') === true) this.#chiffrer();
  }

  #dire(texte: string): void {
    if (this.#prise.writable) this.#prise.write(`${texte}\r\n`, 'latin1');
  }

  readonly #commandes: Readonly<Record<string, Commande>> = {
    AUTH: () => (this.#options.contexte === null ? '502 Pas de TLS' : '234 TLS'),
    PBSZ: () => '200 PBSZ=0',
    PROT: (niveau) => {
      if (niveau !== 'P') return '534 Protection exigee';
      this.#protege = true;
      return '200 Donnees protegees';
    },
    USER: (nom) => {
      if (this.#options.contexte !== null && !(this.#prise instanceof TLSSocket)) return '530 TLS exige';
      this.#utilisateur = nom;
      return '331 Mot de passe';
    },
    PASS: (secret) => {
      const { utilisateur, motDePasse } = this.#options;
      const donne = Buffer.from(secret, 'latin1').toString('utf8');
      this.#connecte = this.#utilisateur === utilisateur && donne === motDePasse;
      return this.#connecte ? '230 Bienvenue' : '530 Compte refuse';
    },
    FEAT: () => '211-Extensions\r\n EPSV\r\n MDTM\r\n MLST type*;size*;modify*;\r\n SIZE\r\n UTF8\r\n211 Fin',
    SYST: () => '215 UNIX Type: L8',
    OPTS: (texte) => (/^utf8 on$/i.test(texte) ? '200 UTF-8' : '501 Option inconnue'),
    TYPE: (type) => this.#choisirType(type.toUpperCase()),
    MODE: (mode) => (mode.toUpperCase() === 'S' ? '200 Flux' : '504 Mode inconnu'),
    STRU: (forme) => (forme.toUpperCase() === 'F' ? '200 Fichier' : '504 Structure inconnue'),
    NOOP: () => '200 Bien',
    PWD: () => `257 "/${this.#dossier.replace(/^\/+/, '')}"`,
    CWD: (chemin) => this.#aller(chemin),
    CDUP: () => this.#aller('/'),
    QUIT: () => {
      this.#prise.end('221 Au revoir\r\n');
      return '';
    },
    EPSV: async () => `229 Mode passif (|||${await this.#attendreDonnees()}|)`,
    PASV: async () => {
      const port = await this.#attendreDonnees();
      return `227 Mode passif (127,0,0,1,${port >> 8},${port & 255})`;
    },
    SIZE: (chemin) => this.#etat(chemin, (taille) => `213 ${taille}`),
    MDTM: (chemin) => this.#etat(chemin, (_taille, quand) => `213 ${dateFtp(quand)}`),
    MLSD: (chemin) => this.#lister(chemin, 'MLSD'),
    // « -a », « -l »… are asked by some clients, and change nothing here
    LIST: (chemin) => this.#lister(chemin.replace(/^-\S*\s*/, ''), 'LIST'),
    NLST: (chemin) => this.#lister(chemin.replace(/^-\S*\s*/, ''), 'NLST'),
    RETR: (chemin) => this.#rendre(chemin),
    STOR: (chemin) => this.#recevoir(chemin),
    RNFR: async (chemin) => {
      this.#source = this.#situer(chemin);
      return (await this.#comptoir.etat(this.#source))?.type === 'fichier'
        ? '350 Bien'
        : '550 Fichier absent';
    },
    RNTO: async (chemin) => {
      const suite = await this.#comptoir.renommer(this.#source, this.#situer(chemin));
      if (suite.type === 'fait') this.#site = {};
      return enReponse(suite, '250 Renomme');
    },
    DELE: async (chemin) => enReponse(await this.#comptoir.effacer(this.#situer(chemin)), '250 Efface'),
    SITE: (texte) => this.#noterSite(texte),
  };

  #chiffrer(): void {
    const { contexte } = this.#options;
    if (contexte === null) return;
    this.#prise.removeAllListeners('data');
    const chiffree = new TLSSocket(this.#prise, { isServer: true, secureContext: contexte });
    this.#prise = chiffree;
    this.#ecouter();
  }

  /** `SITE P_DEST <v>`, or `SITE META P_DEST=…;P_APPLI=…;P_MSG=…`. */
  #noterSite(texte: string): string {
    const [mot = '', ...reste] = texte.split(' ');
    const valeur = reste.join(' ');
    if (this.#options.metadonnees === 'site') {
      const champ = CHAMPS[mot as keyof typeof CHAMPS];
      if (champ === undefined || valeur === '') return '501 SITE inconnu';
      this.#site[champ] = valeur;
      return '200 Note';
    }
    const paires = valeur.split(';').map((p) => p.split('='));
    const bonnes = paires.length === 3 && paires.every(([cle = '', v = '']) => cle in CHAMPS && v !== '');
    if (mot !== 'META' || !bonnes) return '501 SITE META inconnu';
    for (const [cle, v] of paires) this.#site[CHAMPS[cle as keyof typeof CHAMPS]] = v ?? '';
    return '200 Note';
  }

  async #aller(chemin: string): Promise<string> {
    const but = this.#situer(chemin);
    if ((await this.#comptoir.etat(but))?.type !== 'dossier') return '550 Dossier absent';
    this.#dossier = but;
    return '250 Bien';
  }

  async #etat(chemin: string, dire: (taille: number, quand: number) => string): Promise<string> {
    const etat = await this.#comptoir.etat(this.#situer(chemin));
    return etat?.type === 'fichier' ? dire(etat.taille, etat.quand) : '550 Fichier absent';
  }

  /** ASCII serves for lists, which many clients ask in it; a file in ASCII would arrive changed. */
  #choisirType(type: string): string {
    if (type !== 'I' && !/^A( N)?$/.test(type)) return '504 Type inconnu';
    this.#binaire = type === 'I';
    return this.#binaire ? '200 Binaire' : '200 ASCII, pour les listes';
  }

  async #lister(chemin: string, forme: FormeListe): Promise<string> {
    const contenu = await this.#comptoir.lister(this.#situer(chemin));
    if (contenu === null) return '550 Dossier absent';
    return this.#emettre((prise) => pipeline([Buffer.from(lignesDe(contenu, forme))], prise));
  }

  /** Given whole and answered for: forgotten. */
  async #rendre(chemin: string): Promise<string> {
    if (!this.#binaire) return BINAIRE;
    const retrait = await this.#comptoir.retirer(this.#situer(chemin));
    if (retrait === null) return '550 Fichier absent';
    let rendu = false;
    try {
      const reponse = await this.#emettre((prise) => pipeline(blocsDe(retrait), prise));
      rendu = reponse.startsWith('226');
      return reponse;
    } finally {
      await retrait.fermer(rendu);
    }
  }

  async #recevoir(chemin: string): Promise<string | null> {
    if (!this.#binaire) return BINAIRE;
    const depot = await this.#comptoir.deposer(this.#situer(chemin));
    if ('type' in depot) return enReponse(depot, '');
    const prise = await this.#ouvrirDonnees();
    if (prise === null) {
      await depot.abandonner();
      return '425 Pas de connexion de donnees';
    }
    let position = 0;
    try {
      for await (const bloc of prise as AsyncIterable<Uint8Array>) {
        const suite = await depot.ecrire(bloc, position);
        if (suite.type !== 'fait') {
          await depot.abandonner();
          return enReponse(suite, '');
        }
        position += bloc.length;
      }
    } catch {
      await depot.abandonner();
      return '426 Transfert interrompu';
    } finally {
      prise.destroy();
    }
    return enReponse(await depot.fermer(), '226 Recu');
  }

  async #emettre(donner: (prise: Socket) => Promise<void>): Promise<string> {
    const prise = await this.#ouvrirDonnees();
    if (prise === null) return '425 Pas de connexion de donnees';
    prise.resume();
    try {
      // As real servers do: what the system has taken is said to be sent.
      await donner(prise);
      return '226 Envoye';
    } catch {
      prise.destroy();
      return '426 Transfert interrompu';
    }
  }

  async #attendreDonnees(): Promise<number> {
    this.#donnees?.fermer();
    this.#donnees = await Donnees.ouvrir();
    return this.#donnees.port;
  }

  async #ouvrirDonnees(): Promise<Socket | null> {
    const donnees = this.#donnees;
    this.#donnees = null;
    if (donnees === null) return null;
    this.#dire('150 Allez');
    return donnees.client(this.#protege ? this.#options.contexte : null);
  }

  /** A path as the client means it, from where it stands. Names travel byte for byte: ours are UTF-8. */
  #situer(chemin: string): string {
    const clair = Buffer.from(chemin, 'latin1').toString('utf8');
    return clair.startsWith('/') || this.#dossier === '' ? clair : `${this.#dossier}/${clair}`;
  }
}

const BINAIRE = '504 Fichiers en binaire seulement : TYPE I';

/** What may be said before the login. */
const AVANT_CONNEXION: ReadonlySet<string> = new Set([
  'AUTH',
  'PBSZ',
  'PROT',
  'USER',
  'PASS',
  'FEAT',
  'SYST',
  'QUIT',
  'NOOP',
]);

function enReponse(suite: Suite, bien: string): string | null {
  if (suite.type === 'fait') return bien;
  if (suite.type === 'coupe') return null;
  const codes = { absent: 550, interdit: 553, plein: 452, existe: 553 } as const;
  const motif = Buffer.from(suite.motif, 'utf8').toString('latin1');
  return `${codes[suite.genre]} ${motif}`;
}

async function* blocsDe(retrait: Retrait): AsyncGenerator<Uint8Array> {
  let position = 0;
  for (;;) {
    const bloc = await retrait.lire(position, TRANCHE);
    if (bloc.length === 0) return;
    yield bloc;
    position += bloc.length;
  }
}
