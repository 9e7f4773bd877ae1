import { createHash } from 'node:crypto';
import type { Noeud } from '../../formats/xml/ecrire.ts';
import { AnalyseurXml } from '../../formats/xml/analyseur.ts';
import type { Balise, Recepteur, SessionXml } from '../../formats/xml/evenements.ts';
import { valeurAttribut } from '../../formats/xml/valeurs.ts';

/** A pièce of a bordereau, and its lignes, by number. */
export interface PieceLue {
  readonly numero: string;
  readonly lignes: readonly string[];
}

export interface BordereauLu {
  /** DomaineAck: 5 dépense, 6 recette. */
  readonly domaine: '5' | '6';
  readonly exercice: string;
  readonly numero: string;
  readonly pieces: readonly PieceLue[];
}

/** What the State answers about, and the two blocks that it repeats. */
export interface PesLu {
  readonly nomFic: string;
  readonly idPost: string;
  readonly idColl: string;
  readonly codCol: string;
  readonly codBud: string;
  readonly enveloppe: Noeud;
  readonly entete: Noeud;
  readonly bordereaux: readonly BordereauLu[];
  /** IdUnique of the attached pieces. */
  readonly piecesJointes: readonly string[];
}

export interface LecturePes {
  readonly sha256: string;
  readonly sha1: string;
  /** Bytes. */
  readonly taille: number;
  /** null when it is no PES_Aller that can be read. */
  readonly pes: PesLu | null;
  /** French; empty when `pes` is there. */
  readonly motif: string;
}

const RACINE = 'PES_Aller';

/** Reads a deposited file once, as a stream: digests, and what a PES says. Never throws on content. */
export async function lirePes(source: AsyncIterable<Uint8Array>): Promise<LecturePes> {
  const sha256 = createHash('sha256');
  const sha1 = createHash('sha1');
  const releve = new Releve();
  const analyseur = new AnalyseurXml(releve);
  let taille = 0;
  for await (const bloc of source) {
    sha256.update(bloc);
    sha1.update(bloc);
    taille += bloc.length;
    analyseur.ecrire(bloc);
  }
  const refus = analyseur.finir();
  const pes = refus === null ? releve.conclure() : null;
  const motif = pes === null ? (refus?.message ?? 'ce n’est pas un PES_Aller complet') : '';
  return { sha256: sha256.digest('hex'), sha1: sha1.digest('hex'), taille, pes, motif };
}

type EnCours = { nom: string; attributs: Record<string, string>; enfants: EnCours[] };

/** Keeps the head of the file whole, and of the rest only numbers. */
class Releve implements Recepteur {
  #lecture: SessionXml | undefined;
  readonly #chemin: string[] = [];
  readonly #noeuds: EnCours[] = [];
  #enveloppe: EnCours | undefined;
  #entete: EnCours | undefined;
  readonly #bordereaux: {
    domaine: '5' | '6';
    exercice: string;
    numero: string;
    pieces: { numero: string; lignes: string[] }[];
  }[] = [];
  readonly #piecesJointes: string[] = [];

  commencer(lecture: SessionXml): void {
    this.#lecture = lecture;
  }

  ouvrir(balise: Balise): void {
    const lecture = this.#lecture;
    if (lecture === undefined) return;
    const nom = lecture.noms.localDe(balise.nom);
    const valeur = this.#valeurDe(balise, lecture);
    const parent = this.#chemin.at(-1) ?? '';
    this.#chemin.push(nom);
    if (
      this.#noeuds.length > 0 ||
      (balise.profondeur === 2 && (nom === 'Enveloppe' || nom === 'EnTetePES'))
    ) {
      this.#retenir(nom, valeur);
    } else this.#compter(nom, parent, valeur);
  }

  fermer(): void {
    this.#chemin.pop();
    this.#noeuds.pop();
  }

  texte(): void {}
  caractere(): void {}
  commentaire(): void {}
  instruction(): void {}
  finir(): void {}

  conclure(): PesLu | null {
    const [enveloppe, entete] = [this.#enveloppe, this.#entete];
    if (enveloppe === undefined || entete === undefined) return null;
    const nomFic = chercher(enveloppe, 'NomFic');
    if (nomFic === '') return null;
    return {
      nomFic,
      idPost: chercher(entete, 'IdPost'),
      idColl: chercher(entete, 'IdColl'),
      codCol: chercher(entete, 'CodCol'),
      codBud: chercher(entete, 'CodBud'),
      enveloppe,
      entete,
      bordereaux: this.#bordereaux,
      piecesJointes: this.#piecesJointes,
    };
  }

  #valeurDe(balise: Balise, { noms, unicode }: SessionXml): string {
    for (let k = 0; k < balise.nombre; k += 1) {
      if (noms.localDe(balise.attNom[k] ?? 0) === 'V') return valeurAttribut(balise, k, unicode);
    }
    return '';
  }

  #retenir(nom: string, valeur: string): void {
    const noeud: EnCours = { nom, attributs: valeur === '' ? {} : { V: valeur }, enfants: [] };
    if (this.#chemin[0] !== RACINE) return;
    this.#noeuds.at(-1)?.enfants.push(noeud);
    if (this.#noeuds.length === 0 && nom === 'Enveloppe') this.#enveloppe = noeud;
    if (this.#noeuds.length === 0 && nom === 'EnTetePES') this.#entete = noeud;
    this.#noeuds.push(noeud);
  }

  #compter(nom: string, parent: string, valeur: string): void {
    const bordereau = this.#bordereaux.at(-1);
    if (nom === 'Bordereau') {
      const domaine = this.#chemin[1] === 'PES_RecetteAller' ? '6' : '5';
      this.#bordereaux.push({ domaine, exercice: '', numero: '', pieces: [] });
    } else if (nom === 'IdUnique' && parent === 'PJ') this.#piecesJointes.push(valeur);
    else if (bordereau === undefined) return;
    else if (nom === 'Exer' && parent === 'BlocBordereau') bordereau.exercice = valeur;
    else if (nom === 'IdBord') bordereau.numero = valeur;
    else if (nom === 'IdPce') bordereau.pieces.push({ numero: valeur, lignes: [] });
    else if (nom === 'IdLigne') bordereau.pieces.at(-1)?.lignes.push(valeur);
  }
}

function chercher(noeud: EnCours, nom: string): string {
  if (noeud.nom === nom) return noeud.attributs['V'] ?? '';
  for (const enfant of noeud.enfants) {
    const trouve = chercher(enfant, nom);
    if (trouve !== '') return trouve;
  }
  return '';
}
