import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Client, type FileInfo, FTPError } from 'basic-ftp';
import { nomDeFichier } from '../../formats/encodages/noms.ts';
import { decoder } from '../../formats/encodages/texte.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FichierEnAttente, Metadonnees } from '../../ports/passerelle.ts';
import { borner, type Delais, surveiller } from './delais.ts';
import { causeReseau, FautePair, type GenreFaute, parolesDuPair } from './fautes.ts';
import { modePassif, type OuvrirDonnees } from './ftp-donnees.ts';
import { lireListe } from './ftp-liste.ts';
import { Transfert } from './ftp-transfert.ts';
import { encoreEcrit, interrompue, relayer } from './relais.ts';
import { cheminDe, type Ecriture, type Lecture, type Session, type TailleDistante } from './session.ts';

export interface LigneFtp {
  readonly client: Client;
  readonly accueil: string;
  readonly metadonnees: 'site' | 'site_meta' | 'aucune';
  /** Does the server list for machines (RFC 3659 § 7)? */
  readonly mlsd: boolean;
}

/** Bytes read ahead of the sink. */
const TAMPON = 262_144;
/** Longest listing, bytes: some hundred thousand names. */
const LISTE_MAX = 20_000_000;
/** Dates asked one by one where the listing has none. */
const DATES_MAX = 200;

export class SessionFtp implements Session {
  readonly accueil: string;
  readonly #client: Client;
  readonly #metadonnees: LigneFtp['metadonnees'];
  readonly #clock: Clock;
  readonly #delais: Delais;
  readonly #ouvrirDonnees: OuvrirDonnees;
  #liste: 'MLSD' | 'LIST';
  #enCours: Transfert | undefined;
  /** A transfer failed: a late answer could be taken for that of the next command. */
  #douteuse = false;

  constructor({ client, accueil, metadonnees, mlsd }: LigneFtp, clock: Clock, delais: Delais) {
    this.#client = client;
    this.#liste = mlsd ? 'MLSD' : 'LIST';
    this.#ouvrirDonnees = modePassif(clock, delais.reponseMs);
    this.#metadonnees = metadonnees;
    this.#clock = clock;
    this.#delais = delais;
    this.accueil = accueil;
  }

  get vive(): boolean {
    return !this.#douteuse && !this.#client.closed;
  }

  async tailleDe(chemin: string): Promise<TailleDistante> {
    try {
      return await this.#demander(`taille de ${chemin}`, () => this.#client.size(chemin));
    } catch (erreur) {
      if (!(erreur instanceof FautePair) || erreur.genre === 'ligne') throw erreur;
      // 550 says « no such file » and « you may not ask » alike; an absence is evidence, and is not guessed.
      return ditAbsent(erreur) ? 'absent' : this.#tailleListee(chemin);
    }
  }

  /** One after the other: a control line takes one command at a time. */
  async taillesDe(chemins: readonly string[]): Promise<readonly TailleDistante[]> {
    const tailles: TailleDistante[] = [];
    for (const chemin of chemins) tailles.push(await this.tailleDe(chemin));
    return tailles;
  }

  async annoncer({ dest, appli, msg }: Metadonnees): Promise<void> {
    if (this.#metadonnees === 'aucune') return;
    const commandes =
      this.#metadonnees === 'site'
        ? [`SITE P_DEST ${dest}`, `SITE P_APPLI ${appli}`, `SITE P_MSG ${msg}`]
        : [`SITE META P_DEST=${dest};P_APPLI=${appli};P_MSG=${msg}`];
    for (const commande of commandes) {
      const { code, message } = await this.#demander(commande, () => this.#client.send(commande));
      if (code < 200 || code > 299) throw new FautePair('refus', `réponse ${parolesDuPair(message)}`);
    }
  }

  async ecrire({ chemin, contenu, taille, entamer }: Ecriture): Promise<TailleDistante> {
    const transfert = await this.#ouvrirTransfert(`STOR ${chemin}`, taille);
    await this.#mener(transfert, {
      travail: transfert.televerser(contenu, entamer),
      progres: () => transfert.partis(),
    });
    return this.tailleDe(chemin);
  }

  async renommer(de: string, vers: string, engager: () => void): Promise<void> {
    await this.#demander(`RNFR ${de}`, () => this.#client.send(`RNFR ${de}`));
    engager();
    await this.#demander(`RNTO ${vers}`, () => this.#client.send(`RNTO ${vers}`));
  }

  async effacer(chemin: string): Promise<void> {
    await this.#demander(`DELE ${chemin}`, () => this.#client.remove(chemin));
  }

  async lister(dossier: string): Promise<FichierEnAttente[]> {
    const entrees = await this.#listerBrut(dossier);
    const fichiers: FichierEnAttente[] = [];
    for (const entree of entrees.filter((e) => e.isFile)) {
      const { name: cle, size: taille, modifiedAt } = entree;
      const demander = modifiedAt === undefined && fichiers.length < DATES_MAX;
      const date = demander ? await this.#dateDe(cheminDe(dossier, cle)) : modifiedAt;
      const quand = date === undefined ? null : (date.getTime() as Instant);
      fichiers.push({ cle, nom: nomDeFichier(decoder(Buffer.from(cle, 'latin1'))), taille, quand });
    }
    return fichiers;
  }

  /**
   * The server decides alone when it has sent all: a line cut after its last byte may lose a file that it forgets. The
   * content ends only after its closing answer.
   */
  async lire(lecture: Lecture): Promise<boolean> {
    const { chemin, fichier } = lecture;
    const avant = await this.tailleDe(chemin);
    if (avant === 'absent') return false;
    if (avant !== 'inconnue' && avant !== fichier.taille) throw encoreEcrit(lecture, avant);
    const blocs = this.#blocs(lecture);
    let premier: IteratorResult<Uint8Array>;
    try {
      premier = await blocs.next();
    } catch (erreur) {
      const refus = erreur instanceof FautePair && (erreur.genre === 'absent' || erreur.genre === 'refus');
      if (!refus) throw interrompue(lecture, 0, erreur);
      // Refused before the first byte: there is one answer and no more, the line is sound.
      if (!this.#client.closed && (await this.tailleDe(chemin)) === 'absent') return false;
      throw erreur;
    }
    await relayer(suivre(premier, blocs), lecture);
    return true;
  }

  fermer(): void {
    this.#enCours?.fermer(null);
    this.#client.close();
  }

  async *#blocs({ chemin, fichier }: Lecture): AsyncGenerator<Uint8Array> {
    const transfert = await this.#ouvrirTransfert(`RETR ${chemin}`, fichier.taille);
    const tuyau = new PassThrough({ highWaterMark: TAMPON });
    const mene = this.#mener(transfert, {
      travail: pipeline(transfert.lire(), tuyau),
      // A full pipe is our own slowness.
      progres: () => (tuyau.writableNeedDrain ? null : transfert.prise.bytesRead),
    });
    mene.catch((erreur: unknown) => tuyau.destroy(erreur instanceof Error ? erreur : undefined));
    try {
      yield* tuyau as AsyncIterable<Uint8Array>;
    } finally {
      // The pipe breaks with whatever came first; the transfer knows why.
      await mene;
    }
  }

  async #ouvrirTransfert(commande: string, taille: number): Promise<Transfert> {
    if (this.#client.closed) throw new FautePair('ligne', 'connexion fermée');
    try {
      const { ftp } = this.#client;
      const ordre = { commande, taille, clock: this.#clock, delais: this.#delais };
      const transfert = new Transfert(ftp, await this.#ouvrirDonnees(ftp), ordre);
      this.#enCours = transfert;
      return transfert;
    } catch (erreur) {
      throw lireFaute(erreur);
    }
  }

  /** Follows a transfer to its end, within its limits. */
  async #mener<T>(
    transfert: Transfert,
    { travail, progres }: { readonly travail: Promise<T>; readonly progres: () => number | null },
  ): Promise<T> {
    try {
      const fait = await surveiller(travail, { ...transfert.ordre, progres });
      transfert.fermer(null);
      return fait;
    } catch (erreur) {
      if (!transfert.fermer(erreur)) this.#douteuse = true;
      throw erreur instanceof ErreurVgm ? erreur : lireFaute(erreur);
    }
  }

  async #tailleListee(chemin: string): Promise<TailleDistante> {
    const coupe = chemin.lastIndexOf('/');
    const [dossier, nom] = [chemin.slice(0, Math.max(coupe, 0)), chemin.slice(coupe + 1)];
    try {
      const entrees = await this.#listerBrut(dossier);
      return entrees.find((e) => e.name === nom)?.size ?? 'absent';
    } catch (erreur) {
      if (!(erreur instanceof FautePair) || erreur.genre === 'ligne') throw erreur;
      return 'inconnue';
    }
  }

  /** MLSD where it is known, else LIST. Some servers refuse to list an empty folder. */
  async #listerBrut(dossier: string): Promise<FileInfo[]> {
    for (;;) {
      try {
        return lireListe(await this.#texteDe(`${this.#liste}${dossier === '' ? '' : ` ${dossier}`}`));
      } catch (erreur) {
        if (!(erreur instanceof FautePair) || erreur.genre === 'ligne') throw erreur;
        if (/\bno (such )?files? found\b/i.test(erreur.message)) return [];
        if (this.#liste === 'LIST' || erreur.genre === 'absent') throw erreur;
        this.#liste = 'LIST';
      }
    }
  }

  async #texteDe(commande: string): Promise<string> {
    const transfert = await this.#ouvrirTransfert(commande, LISTE_MAX);
    return this.#mener(transfert, {
      travail: rassembler(transfert.lire()),
      progres: () => transfert.prise.bytesRead,
    });
  }

  async #dateDe(chemin: string): Promise<Date | undefined> {
    try {
      return await this.#demander(`MDTM ${chemin}`, () => this.#client.lastMod(chemin));
    } catch (erreur) {
      if (erreur instanceof FautePair && erreur.genre === 'ligne') throw erreur;
      return undefined;
    }
  }

  async #demander<T>(quoi: string, faire: () => Promise<T>): Promise<T> {
    try {
      return await borner(faire(), { clock: this.#clock, ms: this.#delais.reponseMs, quoi });
    } catch (erreur) {
      throw lireFaute(erreur);
    }
  }
}

/** Byte for byte: names may be in any character set. */
async function rassembler(blocs: AsyncIterable<Uint8Array>): Promise<string> {
  let texte = '';
  for await (const bloc of blocs) {
    texte += Buffer.from(bloc.buffer, bloc.byteOffset, bloc.length).toString('latin1');
    if (texte.length > LISTE_MAX) throw new FautePair('ligne', 'liste démesurée');
  }
  return texte;
}

async function* suivre(
  premier: IteratorResult<Uint8Array>,
  suite: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (premier.done === true) return;
  yield premier.value;
  yield* suite;
}

function lireFaute(erreur: unknown): FautePair {
  if (erreur instanceof FautePair) return erreur;
  if (!(erreur instanceof FTPError)) return new FautePair('ligne', causeReseau(erreur), erreur);
  // vsftpd so takes leave when one of its processes dies: no answer to what was asked.
  const genre = erreur.message.startsWith('500 OOPS') ? 'ligne' : genreDe(erreur.code);
  return new FautePair(genre, `réponse ${parolesDuPair(erreur.message)}`, erreur);
}

/** RFC 959 § 4.2: 4xx may pass, 5xx will not; 421 closes the line, 550 names no file, 552 is a quota. */
function genreDe(code: number): GenreFaute {
  if (code === 421) return 'ligne';
  if (code === 550) return 'absent';
  if (code === 552 || code < 500) return 'passager';
  return 'refus';
}

function ditAbsent({ genre, message }: FautePair): boolean {
  return genre === 'absent' && !/permission|denied|not allowed|not permitted/i.test(message);
}
