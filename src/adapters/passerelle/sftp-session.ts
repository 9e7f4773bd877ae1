import type { FileEntryWithStats } from 'ssh2';
import { nomDeFichier } from '../../formats/encodages/noms.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FichierEnAttente } from '../../ports/passerelle.ts';
import { type Delais, surveiller } from './delais.ts';
import { FautePair } from './fautes.ts';
import { Fenetre } from './fenetre.ts';
import { encoreEcrit, relayer } from './relais.ts';
import type { Ecriture, Lecture, Session, TailleDistante } from './session.ts';
import { type LigneSftp, RequetesSftp } from './sftp-requetes.ts';

/** Bytes asked per request; the library cuts to what the server takes. */
const LECTURE = 262_144;
/** Longest write request; a longer block of the source is cut, so that acknowledgements tell the progress. */
const ECRITURE = 65_536;
/** Bytes on the way without acknowledgement: enough for 100 Mbit/s over 80 ms. */
const EN_VOL = 1_048_576;

/** Answers to the last requests about a file. `durci`: null where the server knows no such thing. */
interface Fin {
  readonly durci: Promise<void> | null;
  readonly ferme: Promise<void>;
}

/** A file being written. */
interface Ouvert {
  readonly poignee: Buffer;
  readonly fenetre: Fenetre;
  /** Once asked for. */
  fin: Fin | null;
}

export class SessionSftp implements Session {
  readonly accueil: string;
  readonly #requetes: RequetesSftp;
  readonly #clock: Clock;
  readonly #delais: Delais;
  /** Does the server know `fsync@openssh.com`? */
  #fsync = true;

  constructor(ligne: LigneSftp, clock: Clock, delais: Delais) {
    this.accueil = ligne.accueil;
    this.#requetes = new RequetesSftp(ligne, clock, delais);
    this.#clock = clock;
    this.#delais = delais;
  }

  get vive(): boolean {
    return this.#requetes.vive;
  }

  async tailleDe(chemin: string): Promise<TailleDistante> {
    try {
      const { size } = await this.#requetes.demander<{ size: number }>(
        `taille de ${chemin}`,
        (sftp, rendre) => sftp.stat(chemin, rendre),
      );
      return size;
    } catch (erreur) {
      if (!(erreur instanceof FautePair) || erreur.genre === 'ligne') throw erreur;
      return erreur.genre === 'absent' ? 'absent' : 'inconnue';
    }
  }

  taillesDe(chemins: readonly string[]): Promise<readonly TailleDistante[]> {
    return this.#requetes.ensemble(() => Promise.all(chemins.map((chemin) => this.tailleDe(chemin))));
  }

  async annoncer(): Promise<void> {}

  async ecrire({ chemin, contenu, taille, entamer }: Ecriture): Promise<TailleDistante> {
    const poignee = await this.#requetes.demander<Buffer>(`ouverture de ${chemin}`, (sftp, rendre) =>
      sftp.open(chemin, 'w', rendre),
    );
    entamer();
    const fenetre = new Fenetre(EN_VOL);
    const ouvert: Ouvert = { poignee, fenetre, fin: null };
    try {
      await surveiller(this.#verser(ouvert, contenu), {
        clock: this.#clock,
        delais: this.#delais,
        taille,
        progres: () => (fenetre.enVol === 0 ? null : fenetre.acquittes),
      });
    } catch (erreur) {
      // Left open, the file would keep its room on a full disk even once removed.
      if (this.vive && ouvert.fin === null) await this.#fermerFichier(poignee).catch(() => undefined);
      throw erreur;
    }
    await this.#finir(ouvert.fin ?? this.#conclure(poignee));
    return this.tailleDe(chemin);
  }

  async renommer(de: string, vers: string, engager: () => void): Promise<void> {
    // The plain request refuses to overwrite; posix-rename@openssh.com would.
    await this.#requetes.demander(`nom définitif de ${vers}`, (sftp, rendre) => {
      engager();
      sftp.rename(de, vers, rendre);
    });
  }

  async effacer(chemin: string): Promise<void> {
    await this.#requetes.demander(`effacement de ${chemin}`, (sftp, rendre) => sftp.unlink(chemin, rendre));
  }

  async lister(dossier: string): Promise<FichierEnAttente[]> {
    const entrees = await this.#requetes.demander<FileEntryWithStats[]>(
      `liste de ${dossier || '.'}`,
      (sftp, rendre) => sftp.readdir(dossier || '.', rendre),
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
    let poignee: Buffer;
    try {
      poignee = await this.#requetes.demander<Buffer>(`ouverture de ${chemin}`, (sftp, rendre) =>
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
    this.#requetes.raccrocher(net);
  }

  async #verser(ouvert: Ouvert, contenu: AsyncIterable<Uint8Array>): Promise<void> {
    const { poignee, fenetre } = ouvert;
    let position = 0;
    for await (const bloc of contenu) {
      const octets = Buffer.from(bloc.buffer, bloc.byteOffset, bloc.length);
      for (let debut = 0; debut < octets.length; debut += ECRITURE) {
        const longueur = Math.min(ECRITURE, octets.length - debut);
        await fenetre.place(longueur);
        this.#partir(ouvert, octets.subarray(debut, debut + longueur), position);
        position += longueur;
      }
    }
    // A server carries out the requests about one file in their order: closing a small one costs no turn of the line.
    if (position <= ECRITURE) ouvert.fin = this.#conclure(poignee);
    await fenetre.vider();
  }

  #partir({ poignee, fenetre }: Ouvert, octets: Buffer, position: number): void {
    const rendre = fenetre.partir(octets.length);
    this.#requetes
      .envoyer<void>((sftp, fini) => sftp.write(poignee, octets, 0, octets.length, position, fini))
      .then(
        () => rendre(null),
        (faute: FautePair) => rendre(faute),
      );
  }

  /** Asks for the disk and the closing, together. */
  #conclure(poignee: Buffer): Fin {
    return this.#requetes.ensemble(() => ({
      durci: this.#durcir(poignee),
      ferme: this.#requetes.envoyer<void>((sftp, rendre) => sftp.close(poignee, rendre)),
    }));
  }

  /** What a server that knows how acknowledges is on its disk. */
  #durcir(poignee: Buffer): Promise<void> | null {
    if (!this.#fsync) return null;
    try {
      return this.#requetes.envoyer<void>((sftp, rendre) => sftp.ext_openssh_fsync(poignee, rendre));
    } catch {
      // The library throws at once when the server did not announce it.
      this.#fsync = false;
      return null;
    }
  }

  async #finir({ durci, ferme }: Fin): Promise<void> {
    try {
      if (durci !== null) await this.#requetes.attendre(durci, 'mise sur disque', this.#delais.silenceMs);
    } catch (erreur) {
      // Not allowed: a courtesy refused is no failure of the deposit.
      if (!(erreur instanceof FautePair) || erreur.genre !== 'refus') throw erreur;
    }
    await this.#requetes.attendre(ferme, 'fermeture');
  }

  async *#blocs(poignee: Buffer, lecture: Lecture): AsyncGenerator<Uint8Array> {
    const { taille } = lecture.fichier;
    let position = 0;
    while (position < taille) {
      const voulus = Math.min(LECTURE, taille - position);
      const tampon = Buffer.allocUnsafe(voulus);
      const lus = await this.#requetes.demander<number>('lecture', (sftp, rendre) =>
        sftp.read(poignee, tampon, 0, voulus, position, rendre),
      );
      if (lus === 0) break;
      yield tampon.subarray(0, lus);
      position += lus;
    }
    const apres = await this.#tailleOuverte(poignee);
    if (apres !== position) throw encoreEcrit(lecture, apres);
  }

  async #fermerFichier(poignee: Buffer): Promise<void> {
    await this.#requetes.demander('fermeture', (sftp, rendre) => sftp.close(poignee, rendre));
  }

  async #tailleOuverte(poignee: Buffer): Promise<number> {
    const { size } = await this.#requetes.demander<{ size: number }>('taille', (sftp, rendre) =>
      sftp.fstat(poignee, rendre),
    );
    return size;
  }
}
