import type { FileHandle } from 'node:fs/promises';
import type { Metadonnees } from '../../ports/passerelle.ts';
import { type Bac, type EtatFichier, nomSur } from './casier.ts';
import { FAIT, fermerSans, type Guichet, refuser, type Suite } from './guichet.ts';

/** What a path of the client points at. */
type Lieu =
  | { readonly type: 'racine' }
  | { readonly type: 'dossier'; readonly bac: Bac }
  | { readonly type: 'fichier'; readonly bac: Bac; readonly nom: string }
  | { readonly type: 'nulle_part' };

export type EtatLieu = { readonly type: 'dossier' } | ({ readonly type: 'fichier' } & EtatFichier);

/** A file being written. */
export interface Depot {
  /** Writes at a place. */
  ecrire(octets: Uint8Array, position: number): Promise<Suite>;
  fermer(): Promise<Suite>;
  /** The line is gone: what arrived stays as it is. */
  abandonner(): Promise<void>;
}

/** A file being read. */
export interface Retrait {
  readonly taille: number;
  /** Empty at the end. */
  lire(position: number, longueur: number): Promise<Buffer>;
  /** @param rendu the reader has had it all, and says so: the gateway forgets it. */
  fermer(rendu: boolean): Promise<void>;
}

/** The folders as one session sees them; `entree` is for deposits, `sortie` for what is fetched. */
export class Comptoir {
  readonly #guichet: Guichet;
  /** Given by SITE over FTP; null over SFTP. */
  readonly #site: () => Partial<Metadonnees> | null;

  constructor(guichet: Guichet, site: () => Partial<Metadonnees> | null) {
    this.#guichet = guichet;
    this.#site = site;
  }

  /** null: no such folder. `dossiers`: names of sub-folders. */
  async lister(chemin: string): Promise<{ dossiers: string[]; fichiers: EtatFichier[] } | null> {
    const lieu = situer(chemin);
    if (lieu.type === 'racine') return { dossiers: ['entree', 'sortie'], fichiers: [] };
    if (lieu.type !== 'dossier') return null;
    return { dossiers: [], fichiers: await this.#guichet.casier.lister(lieu.bac) };
  }

  async etat(chemin: string): Promise<EtatLieu | null> {
    const lieu = situer(chemin);
    if (lieu.type === 'racine' || lieu.type === 'dossier') return { type: 'dossier' };
    if (lieu.type === 'nulle_part') return null;
    const etat = await this.#guichet.casier.etat(lieu.bac, lieu.nom);
    return etat === null ? null : { type: 'fichier', ...etat };
  }

  async deposer(chemin: string): Promise<Depot | Suite> {
    const lieu = situer(chemin);
    if (lieu.type === 'nulle_part') return refuser('absent', 'dossier absent');
    if (lieu.type !== 'fichier' || lieu.bac !== 'entree') return refuser('interdit', 'écriture fermée ici');
    if (this.#estFinal(lieu.nom) && (await this.#guichet.casier.etat('entree', lieu.nom)) !== null) {
      return refuser('existe', 'ce nom est déjà pris');
    }
    const fichier = await this.#guichet.casier.ecrire(lieu.nom);
    return new DepotOuvert(fichier, this.#guichet, () => this.#recevoir(lieu.nom));
  }

  async renommer(de: string, vers: string): Promise<Suite> {
    const [ancien, nouveau] = [situer(de), situer(vers)];
    if (ancien.type !== 'fichier' || nouveau.type !== 'fichier') return refuser('absent', 'fichier absent');
    if (ancien.bac !== 'entree' || nouveau.bac !== 'entree')
      return refuser('interdit', 'écriture fermée ici');
    const { casier } = this.#guichet;
    if ((await casier.etat('entree', ancien.nom)) === null) return refuser('absent', 'fichier absent');
    if ((await casier.etat('entree', nouveau.nom)) !== null) return refuser('existe', 'ce nom est déjà pris');
    const lue = this.#guichet.annonce(nouveau.nom, this.#site());
    if (lue.type === 'refusee') {
      this.#guichet.noterRefus(nouveau.nom, lue.motif);
      return refuser('interdit', lue.motif);
    }
    if (this.#guichet.gacher(await this.#guichet.tete(ancien.nom), 'sans_nom')) {
      return refuser('interdit', 'nom refusé par le scénario');
    }
    await casier.renommer(ancien.nom, nouveau.nom);
    return this.#guichet.prendre(nouveau.nom, lue.annonce);
  }

  async effacer(chemin: string): Promise<Suite> {
    const etat = await this.etat(chemin);
    const lieu = situer(chemin);
    if (etat?.type !== 'fichier' || lieu.type !== 'fichier') return refuser('absent', 'fichier absent');
    // What was taken is the State's, and what is published forgets itself.
    if (lieu.bac === 'sortie' || this.#estFinal(lieu.nom)) return refuser('interdit', 'effacement fermé ici');
    await this.#guichet.casier.effacer('entree', lieu.nom);
    return FAIT;
  }

  async retirer(chemin: string): Promise<Retrait | null> {
    const lieu = situer(chemin);
    if (lieu.type !== 'fichier' || lieu.bac !== 'sortie') return null;
    const etat = await this.#guichet.casier.etat('sortie', lieu.nom);
    if (etat === null) return null;
    return new RetraitOuvert(await this.#guichet.casier.lire(lieu.nom), etat, this.#guichet);
  }

  /** A file written under its final name is taken when it is closed; a temporary one waits for its name. */
  async #recevoir(nom: string): Promise<Suite> {
    const lue = this.#guichet.annonce(nom, this.#site());
    return lue.type === 'refusee' ? FAIT : this.#guichet.prendre(nom, lue.annonce);
  }

  #estFinal(nom: string): boolean {
    return this.#guichet.annonce(nom, this.#site()).type === 'lue';
  }
}

class DepotOuvert implements Depot {
  readonly #fichier: FileHandle;
  readonly #guichet: Guichet;
  readonly #recevoir: () => Promise<Suite>;
  /** To be cut at the next write, or at the end. */
  #aCouper = false;

  constructor(fichier: FileHandle, guichet: Guichet, recevoir: () => Promise<Suite>) {
    this.#fichier = fichier;
    this.#guichet = guichet;
    this.#recevoir = recevoir;
  }

  async ecrire(octets: Uint8Array, position: number): Promise<Suite> {
    if (this.#aCouper) return { type: 'coupe' };
    if (position === 0) {
      const tete = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
      if (this.#guichet.gacher(tete, 'plein')) return refuser('plein', 'disque plein');
      this.#aCouper = this.#guichet.gacher(tete, 'coupe_avant');
    }
    await this.#fichier.write(octets, 0, octets.length, position);
    return FAIT;
  }

  async fermer(): Promise<Suite> {
    await fermerSans(this.#fichier);
    return this.#aCouper ? { type: 'coupe' } : this.#recevoir();
  }

  abandonner(): Promise<void> {
    return fermerSans(this.#fichier);
  }
}

class RetraitOuvert implements Retrait {
  readonly taille: number;
  readonly #fichier: FileHandle;
  readonly #nom: string;
  readonly #guichet: Guichet;

  constructor(fichier: FileHandle, { nom, taille }: EtatFichier, guichet: Guichet) {
    this.#fichier = fichier;
    this.#nom = nom;
    this.#guichet = guichet;
    this.taille = taille;
  }

  async lire(position: number, longueur: number): Promise<Buffer> {
    const tampon = Buffer.alloc(longueur);
    const { bytesRead } = await this.#fichier.read(tampon, 0, longueur, position);
    return tampon.subarray(0, bytesRead);
  }

  async fermer(rendu: boolean): Promise<void> {
    await fermerSans(this.#fichier);
    if (!rendu) return;
    await this.#guichet.casier.effacer('sortie', this.#nom);
    this.#guichet.noterLu(this.#nom, this.taille);
  }
}

function situer(chemin: string): Lieu {
  const parties = chemin.split('/').filter((p) => p !== '' && p !== '.');
  const [dossier, nom, ...reste] = parties;
  if (dossier === undefined) return { type: 'racine' };
  if ((dossier !== 'entree' && dossier !== 'sortie') || reste.length > 0) return { type: 'nulle_part' };
  if (nom === undefined) return { type: 'dossier', bac: dossier };
  return nomSur(nom) ? { type: 'fichier', bac: dossier, nom } : { type: 'nulle_part' };
}
