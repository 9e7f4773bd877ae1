import type { Socket } from 'node:net';
import type { FileEntryWithStats, SFTPWrapper } from 'ssh2';
import type Client from 'ssh2-sftp-client';
import { nomDeFichier } from '../../formats/encodages/noms.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FichierEnAttente } from '../../ports/passerelle.ts';
import { borner, type Delais, surveiller } from './delais.ts';
import { causeReseau, FautePair, type GenreFaute, parolesDuPair } from './fautes.ts';
import { Fenetre } from './fenetre.ts';
import { encoreEcrit, relayer } from './relais.ts';
import type { Ecriture, Lecture, Session, TailleDistante } from './session.ts';

export interface LigneSftp {
  readonly client: Client;
  readonly sftp: SFTPWrapper;
  readonly prise: Socket;
  readonly accueil: string;
}

/** Answers of the protocol (draft-ietf-secsh-filexfer-02 § 7). A failure without a reason is usually a full disk. */
const STATUTS: Readonly<Record<number, readonly [GenreFaute, string]>> = {
  2: ['absent', 'fichier ou dossier absent'],
  3: ['refus', 'droits refusés'],
  4: ['passager', 'échec sans précision, disque plein ou quota atteint ?'],
  5: ['refus', 'nom non admis'],
  8: ['refus', 'opération non admise'],
};

/** Bytes asked per request; the library cuts to what the server takes. */
const LECTURE = 262_144;
/** Longest write request; a longer block of the source is cut, so that acknowledgements tell the progress. */
const ECRITURE = 65_536;
/** Bytes on the way without acknowledgement: enough for 100 Mbit/s over 80 ms. */
const EN_VOL = 1_048_576;

/** A courteous goodbye that nobody answers. Milliseconds. */
const ADIEU_MS = 1_000;

export class SessionSftp implements Session {
  readonly accueil: string;
  readonly #ligne: LigneSftp;
  readonly #clock: Clock;
  readonly #delais: Delais;
  #panne: string | null = null;

  constructor(ligne: LigneSftp, clock: Clock, delais: Delais) {
    this.#ligne = ligne;
    this.#clock = clock;
    this.#delais = delais;
    this.accueil = ligne.accueil;
    ligne.prise.on('error', (erreur) => {
      this.#panne ??= causeReseau(erreur);
    });
    ligne.prise.on('close', () => {
      this.#panne ??= 'connexion fermée par le serveur';
    });
    // Keep-alives unanswered, packets that mean nothing: the line is no longer to be trusted.
    const douter = (erreur: unknown) => {
      this.#panne ??= causeReseau(erreur);
    };
    ligne.client.on('error', douter);
    ligne.sftp.on('error', douter);
  }

  get vive(): boolean {
    return this.#panne === null && this.#ligne.prise.writable;
  }

  async tailleDe(chemin: string): Promise<TailleDistante> {
    try {
      const { size } = await this.#demander<{ size: number }>(`taille de ${chemin}`, (rendre) =>
        this.#ligne.sftp.stat(chemin, rendre),
      );
      return size;
    } catch (erreur) {
      if (!(erreur instanceof FautePair) || erreur.genre === 'ligne') throw erreur;
      return erreur.genre === 'absent' ? 'absent' : 'inconnue';
    }
  }

  async annoncer(): Promise<void> {}

  async ecrire({ chemin, contenu, taille, entamer }: Ecriture): Promise<void> {
    const { sftp } = this.#ligne;
    const poignee = await this.#demander<Buffer>(`ouverture de ${chemin}`, (rendre) =>
      sftp.open(chemin, 'w', rendre),
    );
    entamer();
    const fenetre = new Fenetre(EN_VOL);
    try {
      await surveiller(this.#verser(poignee, contenu, fenetre), {
        clock: this.#clock,
        delais: this.#delais,
        taille,
        progres: () => (fenetre.enVol === 0 ? null : fenetre.acquittes),
      });
      await this.#durcir(poignee);
    } catch (erreur) {
      // Left open, the file would keep its room on a full disk even once removed.
      if (this.vive) await this.#fermerFichier(poignee).catch(() => undefined);
      throw erreur;
    }
    await this.#fermerFichier(poignee);
  }

  async renommer(de: string, vers: string, engager: () => void): Promise<void> {
    // The plain request refuses to overwrite; posix-rename@openssh.com would.
    await this.#demander(`nom définitif de ${vers}`, (rendre) => {
      engager();
      this.#ligne.sftp.rename(de, vers, rendre);
    });
  }

  async effacer(chemin: string): Promise<void> {
    await this.#demander(`effacement de ${chemin}`, (rendre) => this.#ligne.sftp.unlink(chemin, rendre));
  }

  async lister(dossier: string): Promise<FichierEnAttente[]> {
    const entrees = await this.#demander<FileEntryWithStats[]>(
      `liste de ${dossier || '.'}`,
      (rendre) => this.#ligne.sftp.readdir(dossier || '.', rendre),
      this.#delais.silenceMs,
    );
    return entrees
      .filter((e) => e.attrs.isFile())
      .map((e) => ({
        cle: e.filename,
        nom: nomDeFichier(e.filename),
        taille: e.attrs.size,
        quand: (e.attrs.mtime * 1000) as Instant,
      }));
  }

  /**
   * The handle is closed only once the sink is done: a gateway that forgets what was read forgets then. On any failure
   * the line is cut without closing, so that the file stays.
   */
  async lire(lecture: Lecture): Promise<boolean> {
    const { chemin, fichier } = lecture;
    const { sftp } = this.#ligne;
    let poignee: Buffer;
    try {
      poignee = await this.#demander<Buffer>(`ouverture de ${chemin}`, (rendre) =>
        sftp.open(chemin, 'r', rendre),
      );
    } catch (erreur) {
      if (erreur instanceof FautePair && erreur.genre === 'absent') return false;
      throw erreur;
    }
    const avant = await this.#tailleOuverte(poignee);
    if (avant !== fichier.taille) throw encoreEcrit(lecture, avant);
    await relayer(this.#blocs(poignee, lecture), lecture);
    // The bytes are ours: a line lost now changes nothing.
    await this.#fermerFichier(poignee).catch(() => undefined);
    return true;
  }

  fermer(net: boolean): void {
    const { client, prise } = this.#ligne;
    const vive = this.vive;
    this.#panne ??= 'connexion fermée par nous';
    if (!net || !vive) {
      prise.destroy();
      return;
    }
    prise.setTimeout(ADIEU_MS, () => prise.destroy());
    client.end().catch(() => prise.destroy());
  }

  async #verser(poignee: Buffer, contenu: AsyncIterable<Uint8Array>, fenetre: Fenetre): Promise<void> {
    let position = 0;
    for await (const bloc of contenu) {
      const octets = Buffer.from(bloc.buffer, bloc.byteOffset, bloc.length);
      for (let debut = 0; debut < octets.length; debut += ECRITURE) {
        const longueur = Math.min(ECRITURE, octets.length - debut);
        await fenetre.place(longueur);
        if (this.#panne !== null) throw new FautePair('ligne', this.#panne);
        const rendre = fenetre.partir(longueur);
        this.#ligne.sftp.write(poignee, octets, debut, longueur, position, (erreur) =>
          rendre(erreur ? this.#lireStatut(erreur) : null),
        );
        position += longueur;
      }
    }
    await fenetre.vider();
  }

  async *#blocs(poignee: Buffer, lecture: Lecture): AsyncGenerator<Uint8Array> {
    let position = 0;
    for (;;) {
      const tampon = Buffer.allocUnsafe(LECTURE);
      const lus = await this.#demander<number>('lecture', (rendre) =>
        this.#ligne.sftp.read(poignee, tampon, 0, LECTURE, position, rendre),
      );
      if (lus === 0) break;
      yield tampon.subarray(0, lus);
      position += lus;
    }
    const apres = await this.#tailleOuverte(poignee);
    if (apres !== position) throw encoreEcrit(lecture, apres);
  }

  async #fermerFichier(poignee: Buffer): Promise<void> {
    await this.#demander('fermeture', (rendre) => this.#ligne.sftp.close(poignee, rendre));
  }

  async #tailleOuverte(poignee: Buffer): Promise<number> {
    const { size } = await this.#demander<{ size: number }>('taille', (rendre) =>
      this.#ligne.sftp.fstat(poignee, rendre),
    );
    return size;
  }

  /** Where the server knows how (fsync@openssh.com), what it acknowledges is on its disk. */
  async #durcir(poignee: Buffer): Promise<void> {
    const { sftp } = this.#ligne;
    try {
      await this.#demander(
        'mise sur disque',
        (rendre) => sftp.ext_openssh_fsync(poignee, rendre),
        this.#delais.silenceMs,
      );
    } catch (erreur) {
      // Not known, or not allowed: a courtesy refused is no failure of the deposit.
      if (erreur instanceof FautePair && erreur.genre !== 'refus') throw erreur;
    }
  }

  async #demander<T = void>(
    quoi: string,
    appeler: (rendre: (erreur?: Error | null, valeur?: T) => void) => void,
    ms: number = this.#delais.reponseMs,
  ): Promise<T> {
    if (this.#panne !== null) throw new FautePair('ligne', this.#panne);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    appeler((erreur, valeur) => {
      if (erreur) reject(this.#lireStatut(erreur));
      else resolve(valeur as T);
    });
    return borner(promise, { clock: this.#clock, ms, quoi });
  }

  #lireStatut(erreur: Error): FautePair {
    const code: unknown = 'code' in erreur ? erreur.code : undefined;
    const statut = typeof code === 'number' ? STATUTS[code] : undefined;
    if (statut === undefined) return new FautePair('ligne', this.#panne ?? causeReseau(erreur), erreur);
    const [genre, phrase] = statut;
    return new FautePair(genre, `${phrase} (${parolesDuPair(erreur.message)})`, erreur);
  }
}
