import type { Balise, Fermante, Passage, Recepteur, SessionXml } from '../evenements.ts';
import type { Cible, ElementCanonise } from './cible.ts';
import { Forme } from './forme.ts';
import { type AttributXml, Heritage } from './heritage.ts';

const NS_DS = 'http://www.w3.org/2000/09/xmldsig#';
const RIEN: readonly AttributXml[] = [];

/** What to canonicalise of the element that opens: nothing, one form, several. */
export type Choix<C extends Cible> = (balise: Balise, session: SessionXml) => C | readonly C[] | null;

export interface OptionsCanonisation<C extends Cible> {
  readonly choisir: Choix<C>;
  /** The whole document, what stands around the root included (a reference of empty URI). */
  readonly document?: C;
  /** Told of each element as it ends, so inner elements first. */
  readonly termine: (element: ElementCanonise<C>) => void;
}

/** The elements chosen by their `Id`; the keys are exact values of the attribute. */
export function parId<C extends Cible>(cibles: ReadonlyMap<string, C | readonly C[]>): Choix<C> {
  return (balise) => (balise.id === null ? null : (cibles.get(balise.id) ?? null));
}

/** A form being written, and where its element stands. */
interface EnCours<C extends Cible> {
  readonly cible: C;
  readonly forme: Forme;
  /** Depth of the element; 0 for the whole document, whose apex is the root. */
  readonly profondeur: number;
  readonly id: string | null;
  readonly nom: number;
  readonly debut: number;
  readonly finNom: number;
  /** Depth of the Signature being left out, 0 when none. */
  omise: number;
  omissions: number;
}

/**
 * Canonicalises the chosen elements, as many at once as wanted, in the pass that reads them; serves one reading. Memory
 * does not depend on their size. What was written before a refusal is worth nothing: digests are read only after the reading ended well.
 */
export class Canonisation<C extends Cible = Cible> implements Recepteur {
  readonly #choisir: Choix<C>;
  readonly #termine: (element: ElementCanonise<C>) => void;
  readonly #document: C | null;
  #enCours: EnCours<C>[] = [];
  #session: SessionXml | null = null;
  #heritage: Heritage | null = null;
  #signature = -1;
  #profondeur = 0;
  #racineVue = false;

  constructor(options: OptionsCanonisation<C>) {
    this.#choisir = options.choisir;
    this.#termine = options.termine;
    this.#document = options.document ?? null;
  }

  commencer(session: SessionXml): void {
    this.#session = session;
    session.avantReprise(() => this.#poser());
    this.#heritage = new Heritage(session);
    this.#signature = session.noms.nom(NS_DS, 'Signature');
    if (this.#document !== null) this.#ajouter(this.#document, null);
  }

  #poser(): void {
    for (const k of this.#enCours) k.forme.sortie.poser();
  }

  ouvrir(balise: Balise): void {
    this.#profondeur = balise.profondeur;
    this.#racineVue = true;
    const enCours = this.#enCours;
    for (let n = 0; n < enCours.length; n += 1) this.#ouvrirDans(enCours[n] as EnCours<C>, balise);
    const session = this.#session;
    if (session === null) return;
    const choix = this.#choisir(balise, session);
    if (choix !== null) this.#choix(choix, balise);
    if (session.noms.xmlVu) this.#heritage?.entrer(balise);
  }

  #ouvrirDans(k: EnCours<C>, balise: Balise): void {
    if (k.omise > 0) return;
    const { profondeur } = balise;
    // the apex of the whole document is the root, at depth 1
    const sommet = k.profondeur === 0 ? 1 : k.profondeur;
    if (balise.nom === this.#signature && profondeur === sommet + 1 && k.cible.sansSignature === true) {
      k.omise = profondeur;
      k.omissions += 1;
    } else k.forme.ouvrir(balise, profondeur === sommet ? RIEN : null);
  }

  #choix(choix: C | readonly C[], balise: Balise): void {
    const cibles = Array.isArray(choix) ? (choix as readonly C[]) : [choix as C];
    for (const cible of cibles) {
      const herites = cible.mode === 'inclusive' ? (this.#heritage?.pour(balise) ?? RIEN) : RIEN;
      this.#ajouter(cible, balise)?.forme.ouvrir(balise, herites);
    }
  }

  #ajouter(cible: C, balise: Balise | null): EnCours<C> | null {
    const session = this.#session;
    if (session === null) return null;
    const k: EnCours<C> = {
      cible,
      forme: new Forme(cible, session),
      profondeur: balise?.profondeur ?? 0,
      id: balise?.id ?? null,
      nom: balise?.nom ?? -1,
      debut: balise === null ? 0 : session.base + balise.debut,
      finNom: balise === null ? 0 : session.base + balise.finNom,
      omise: 0,
      omissions: 0,
    };
    this.#enCours.push(k);
    return k;
  }

  fermer(fermante: Fermante): void {
    const { profondeur } = fermante;
    const enCours = this.#enCours;
    let fini = false;
    for (let n = 0; n < enCours.length; n += 1) {
      const k = enCours[n] as EnCours<C>;
      if (k.omise === 0) k.forme.fermer(fermante);
      else if (k.omise === profondeur) k.omise = 0;
      if (k.profondeur === profondeur) fini = true;
    }
    if (fini) this.#retirer(fermante);
    if (this.#session?.noms.xmlVu === true) this.#heritage?.sortir(profondeur);
    this.#profondeur = profondeur - 1;
  }

  #retirer(fermante: Fermante): void {
    const { profondeur } = fermante;
    const base = this.#session?.base ?? 0;
    const finis = this.#enCours.filter((k) => k.profondeur === profondeur);
    this.#enCours = this.#enCours.filter((k) => k.profondeur !== profondeur);
    for (const k of finis) this.#terminer(k, base + fermante.debut, base + fermante.fin);
  }

  #terminer(k: EnCours<C>, fermante: number, fin: number): void {
    k.forme.sortie.vider();
    const { cible, id, nom, debut, finNom } = k;
    const longueur = k.forme.sortie.livres;
    this.#termine({ cible, id, nom, debut, finNom, fermante, fin, longueur, signaturesOmises: k.omissions });
  }

  texte(passage: Passage): void {
    const enCours = this.#enCours;
    for (let n = 0; n < enCours.length; n += 1) {
      const k = enCours[n] as EnCours<C>;
      if (k.omise === 0) k.forme.texte(passage);
    }
  }

  caractere(code: number): void {
    for (const k of this.#enCours) if (k.omise === 0) k.forme.sortie.caractere(code);
  }

  commentaire(passage: Passage): void {
    for (const k of this.#enCours) {
      if (k.omise === 0 && k.cible.commentaires === true) {
        this.#entourer(k.forme, () => k.forme.commentaire(passage));
      }
    }
  }

  instruction(cible: string, passage: Passage): void {
    for (const k of this.#enCours) {
      if (k.omise === 0) this.#entourer(k.forme, () => k.forme.instruction(cible, passage));
    }
  }

  /** Outside the root, a line feed parts what precedes it from it, and it from what follows. */
  #entourer(forme: Forme, ecrire: () => void): void {
    const dehors = this.#profondeur === 0;
    if (dehors && this.#racineVue) forme.saut();
    ecrire();
    if (dehors && !this.#racineVue) forme.saut();
  }

  finir(): void {
    const session = this.#session;
    const fin = session === null ? 0 : session.base;
    for (const k of this.#enCours) this.#terminer(k, fin, fin);
    this.#enCours = [];
  }
}
