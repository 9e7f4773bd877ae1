import {
  type Balise,
  type Fermante,
  type Passage,
  type PositionXml,
  type SessionXml,
  VALEUR,
} from '../../../formats/xml/evenements.ts';
import { Muet } from '../../../formats/xml/muet.ts';
import { ESPACE_SIGNATURE, ESPACES } from '../codes.ts';
import { lectureAcquitRetour } from './acquit-retour.ts';
import { type Branche, Marche } from './carte.ts';
import { LectureDomaine } from './domaine.ts';
import { LectureEntetes } from './entetes.ts';
import type { ElementAcquitRetour, FaitsFichier, FaitsEncodage, Liste, SignatureVue } from './faits.ts';
import { Listes } from './listes.ts';
import { LecturePiecesJointes, type ReglesPJ } from './pieces-jointes.ts';

export interface ReglesReleve {
  readonly pieces: ReglesPJ;
  /** Most that is kept of each list. */
  readonly maxima: Partial<Record<Liste, number>>;
}

/** The parts of the reading of a PES Aller. */
interface Parties {
  readonly depense: LectureDomaine;
  readonly recette: LectureDomaine;
  readonly pieces: LecturePiecesJointes;
}

type Genre = FaitsFichier['genre'];

/**
 * The facts of a deposited file, taken in one pass: PES_Aller, PES_ACQUIT_RETOUR, or another root of which only the
 * name is kept. Judges nothing. `vider` is to be awaited after each portion of the file.
 */
export class ReleveFichier extends Muet {
  readonly #regles: ReglesReleve;
  readonly #entetes = new LectureEntetes();
  readonly #listes: Listes;
  readonly #autres: { readonly nom: string; readonly position: PositionXml }[] = [];
  readonly #elements: ElementAcquitRetour[] = [];
  #session: SessionXml | null = null;
  #parties: Parties | null = null;
  #marche: Marche | null = null;
  #genre: Genre = 'inconnu';
  #racine = { espace: '', nom: '' };
  #id: string | null = null;
  #nomSignature = -1;
  /** Depth of the open signature: what is inside it is not looked at. */
  #signature = 0;
  #windows = 0;
  #premierWindows: PositionXml | null = null;

  constructor(regles: ReglesReleve) {
    super();
    this.#regles = regles;
    this.#listes = new Listes(regles.maxima);
  }

  override commencer(session: SessionXml): void {
    this.#session = session;
    this.#nomSignature = session.noms.nom(ESPACE_SIGNATURE, 'Signature');
  }

  override ouvrir(balise: Balise): void {
    const pieces = this.#parties?.pieces;
    if (pieces?.ouverte === true) pieces.caractere(0xfffd);
    if (balise.profondeur === 1) this.#ouvrirRacine(balise);
    if (this.#signature > 0) return;
    if (balise.nom === this.#nomSignature) this.#signer(balise);
    else this.#valeursHautes(balise);
    this.#marche?.ouvrir(balise);
  }

  #ouvrirRacine(balise: Balise): void {
    const session = this.#session as SessionXml;
    const { noms } = session;
    this.#racine = { espace: noms.uri(noms.espaceDe(balise.nom)), nom: noms.localDe(balise.nom) };
    this.#id = balise.id;
    const enfants = this.#enfants(session);
    if (enfants !== null) this.#marche = new Marche(session, { enfants });
  }

  #enfants(session: SessionXml): Readonly<Record<string, Branche>> | null {
    const { espace, nom } = this.#racine;
    if (nom === 'PES_ACQUIT_RETOUR' && espace === ESPACES.acquitRetour) {
      this.#genre = nom;
      return { ...this.#entetes.branches(), ACQUIT_RETOUR: lectureAcquitRetour(this.#elements) };
    }
    if (nom !== 'PES_Aller' || espace !== ESPACES.aller) return null;
    this.#genre = nom;
    const parties = {
      depense: new LectureDomaine('depense', session, this.#listes),
      recette: new LectureDomaine('recette', session, this.#listes),
      pieces: new LecturePiecesJointes(session, this.#listes, this.#regles.pieces),
    };
    this.#parties = parties;
    return {
      ...this.#entetes.branches(),
      PES_DepenseAller: parties.depense.branche,
      PES_RecetteAller: parties.recette.branche,
      PES_Facture: this.#autreDomaine('PES_Facture'),
      PES_Marche: this.#autreDomaine('PES_Marche'),
      PES_PJ: parties.pieces.branche,
    };
  }

  #autreDomaine(nom: string): Branche {
    return {
      ouvrir: (balise) => {
        const position = this.#session?.situer(balise.debut) ?? { octet: 0, ligne: 0, colonne: 0 };
        if (!balise.vide && this.#autres.length < 10) this.#autres.push({ nom, position });
      },
    };
  }

  #signer(balise: Balise): void {
    this.#signature = balise.profondeur;
    const position = (this.#session as SessionXml).situer(balise.debut);
    const lieu = this.#lieu(balise.profondeur);
    if (this.#listes.place('signatures')) this.#listes.signatures.push({ position, id: balise.id, lieu });
  }

  /** PES_Aller > PES_DepenseAller > Bordereau > Signature. */
  #lieu(profondeur: number): SignatureVue['lieu'] {
    if (this.#genre !== 'PES_Aller') return { type: 'ailleurs' };
    if (profondeur === 2) return { type: 'fichier' };
    if (profondeur !== 4) return { type: 'ailleurs' };
    for (const domaine of ['depense', 'recette'] as const) {
      const bordereau = this.#parties?.[domaine].bordereau ?? null;
      if (bordereau === null) continue;
      bordereau.signatures += 1;
      return { type: 'bordereau', domaine, rang: bordereau.rang };
    }
    return { type: 'ailleurs' };
  }

  #valeursHautes(balise: Balise): void {
    if (this.#session?.encodage !== 'ISO-8859-1') return;
    for (let k = 0; k < balise.nombre; k += 1) {
      if (((balise.attEtat[k] as number) & VALEUR.haut) === 0) continue;
      this.#compterWindows(balise.octets, balise.attDebut[k] as number, balise.attFin[k] as number);
    }
  }

  #compterWindows(octets: Buffer, debut: number, fin: number): void {
    for (let i = debut; i < fin; i += 1) {
      const c = octets[i] as number;
      if (c < 0x80 || c > 0x9f) continue;
      this.#windows += 1;
      this.#premierWindows ??= this.#session?.situer(i) ?? null;
    }
  }

  override fermer(fermante: Fermante): void {
    if (this.#signature > 0) {
      if (fermante.profondeur !== this.#signature) return;
      this.#signature = 0;
    }
    this.#marche?.fermer(fermante);
  }

  override texte(passage: Passage): void {
    if (this.#signature === 0) this.#parties?.pieces.texte(passage);
  }

  override caractere(code: number): void {
    if (this.#signature === 0) this.#parties?.pieces.caractere(code);
  }

  /** Decoded bytes wait to be inflated. */
  get enAttente(): boolean {
    return this.#parties?.pieces.enAttente ?? false;
  }

  async vider(): Promise<void> {
    await this.#parties?.pieces.vider();
  }

  async abandonner(): Promise<void> {
    await this.#parties?.pieces.abandonner();
  }

  #encodage(annonce: string | null): FaitsEncodage {
    const premiere = this.#premierWindows;
    const windows1252 = premiere === null ? null : { nombre: this.#windows, premiere };
    return { lu: this.#session?.encodage ?? 'UTF-8', annonce, windows1252 };
  }

  /** @param annonce name of the encoding in the XML declaration. */
  faits(annonce: string | null): FaitsFichier {
    const encodage = this.#encodage(annonce);
    const { entetes, repetitions } = this.#entetes;
    if (this.#genre === 'inconnu') return { genre: 'inconnu', encodage, racine: this.#racine };
    if (this.#genre === 'PES_ACQUIT_RETOUR') {
      return { genre: this.#genre, encodage, entetes, repetitions, elements: this.#elements };
    }
    const { domaines, pieces, references, signatures, tronquees } = this.#listes;
    return {
      genre: this.#genre,
      encodage,
      id: this.#id,
      entetes,
      repetitions,
      domaines,
      autresDomaines: this.#autres,
      idVerPJ: this.#parties?.pieces.idVer ?? null,
      pieces,
      references,
      signatures,
      tronquees: [...tronquees],
    };
  }
}
