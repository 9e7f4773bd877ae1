import { erreurPdf } from '../../metier/catalogue/pdf.ts';
import type { ErreurVgm } from '../../metier/erreurs.ts';
import { type Chaine, type Dictionnaire, NUL, type ObjetPdf, type Tableau } from './objets.ts';
import type { Octets } from './octets.ts';

/** Reads objects from bytes (ISO 32000-1, 7.2 and 7.3). Throws VGM-PDF-001 and VGM-PDF-003, nothing else. */

/** What one object may ask, whoever wrote it: a list of 100 000 pages is the largest that is met. */
const NIVEAUX_MAX = 60;
const ELEMENTS_MAX = 400_000;
const MOT_MAX = 4096;
const CHAINE_MAX = 4_000_000;

const ORDINAIRE = 0;
const BLANC = 1;
const DELIMITEUR = 2;

/** Class of each byte (7.2.2); the end of the bytes, -1, is no index of it. */
export const CLASSES: Uint8Array = Uint8Array.from({ length: 256 }, (_, c) => {
  if ([0, 9, 10, 12, 13, 32].includes(c)) return BLANC;
  return '()<>[]{}/%'.includes(String.fromCharCode(c)) ? DELIMITEUR : ORDINAIRE;
});

const LF = 0x0a;
const CR = 0x0d;
const DIESE = 0x23;
const POURCENT = 0x25;
const OUVRANTE = 0x28;
const FERMANTE = 0x29;
const BARRE = 0x2f;
const ZERO = 0x30;
const NEUF = 0x39;
const INFERIEUR = 0x3c;
const SUPERIEUR = 0x3e;
const R = 0x52;
const CROCHET_OUVRANT = 0x5b;
const ANTIBARRE = 0x5c;
const CROCHET_FERMANT = 0x5d;

export const abime = (detail: string): ErreurVgm => erreurPdf('VGM-PDF-001', { detail });
export const demesure = (detail: string): ErreurVgm => erreurPdf('VGM-PDF-003', { detail });

export class Analyseur {
  readonly #octets: Octets;
  #restants = ELEMENTS_MAX;
  position: number;

  constructor(octets: Octets, position: number) {
    this.#octets = octets;
    this.position = position;
  }

  #ici(avance = 0): number {
    return this.#octets.a(this.position + avance);
  }

  #classe(): number {
    const c = this.#ici();
    return c < 0 ? DELIMITEUR : (CLASSES[c] ?? ORDINAIRE);
  }

  /** Passes white space and comments. */
  blancs(): void {
    for (;;) {
      const c = this.#ici();
      if (c === POURCENT) {
        while (this.#ici() !== LF && this.#ici() !== CR && this.#ici() >= 0) this.position += 1;
      } else if (c < 0 || CLASSES[c] !== BLANC) return;
      this.position += 1;
    }
  }

  /** The next word or stray delimiter, white space passed; empty at the end. */
  mot(): string {
    this.blancs();
    const debut = this.position;
    while (this.#classe() === ORDINAIRE) this.position += 1;
    if (this.position === debut && this.#ici() >= 0) this.position += 1;
    if (this.position - debut > MOT_MAX) throw demesure('un mot y est sans fin');
    return this.#octets.texte(debut, this.position);
  }

  /** The next object, whatever it is. */
  objet(niveau = 0): ObjetPdf {
    this.#restants -= 1;
    if (niveau > NIVEAUX_MAX) throw demesure('des objets y sont imbriqués sans mesure');
    if (this.#restants < 0) throw demesure('un objet y compte trop d’éléments');
    this.blancs();
    const c = this.#ici();
    if (c < 0) throw abime('il s’arrête au milieu d’un objet');
    if (c === BARRE) return { type: 'nom', nom: this.#nom() };
    if (c === OUVRANTE) return this.#litterale();
    if (c === CROCHET_OUVRANT) return this.#tableau(niveau);
    if (c === INFERIEUR)
      return this.#ici(1) === INFERIEUR ? this.#dictionnaire(niveau) : this.#hexadecimale();
    return this.#atome();
  }

  #atome(): ObjetPdf {
    const texte = this.mot();
    if (!/^[+\-.0-9]/.test(texte)) return { type: 'mot', texte };
    if (/^[0-9]{1,10}$/.test(texte)) {
      const generation = this.#generation();
      if (generation !== null) return { type: 'reference', numero: Number(texte), generation };
    }
    const valeur = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(texte) ? Number(texte) : 0;
    return { type: 'nombre', valeur, texte };
  }

  /** After a whole number, `0 R` makes a reference (7.3.10); anything else is left for the next reading. */
  #generation(): number | null {
    const depart = this.position;
    this.blancs();
    let valeur = 0;
    const debut = this.position;
    for (let c = this.#ici(); c >= ZERO && c <= NEUF && valeur < 100_000; c = this.#ici()) {
      valeur = valeur * 10 + c - ZERO;
      this.position += 1;
    }
    if (this.position > debut) {
      this.blancs();
      if (this.#ici() === R) {
        this.position += 1;
        if (this.#classe() !== ORDINAIRE) return valeur;
      }
    }
    this.position = depart;
    return null;
  }

  #nom(): string {
    this.position += 1;
    const debut = this.position;
    let diese = false;
    while (this.#classe() === ORDINAIRE) {
      diese ||= this.#ici() === DIESE;
      this.position += 1;
    }
    if (this.position - debut > MOT_MAX) throw demesure('un nom y est sans fin');
    const brut = this.#octets.texte(debut, this.position);
    if (!diese) return brut;
    return brut.replace(/#([0-9A-Fa-f]{2})/g, (_, hexa: string) =>
      String.fromCharCode(Number.parseInt(hexa, 16)),
    );
  }

  #litterale(): Chaine {
    const debut = this.position;
    let niveau = 0;
    do {
      const c = this.#ici();
      if (c < 0) throw abime('il s’arrête au milieu d’une chaîne');
      if (c === ANTIBARRE) this.position += 1;
      else if (c === OUVRANTE) niveau += 1;
      else if (c === FERMANTE) niveau -= 1;
      this.position += 1;
      if (this.position - debut > CHAINE_MAX) throw demesure('une chaîne y est sans fin');
    } while (niveau > 0);
    return { type: 'chaine', texte: this.#octets.texte(debut, this.position) };
  }

  #hexadecimale(): Chaine {
    const debut = this.position;
    while (this.#ici() !== SUPERIEUR) {
      if (this.#ici() < 0) throw abime('il s’arrête au milieu d’une chaîne');
      this.position += 1;
      if (this.position - debut > CHAINE_MAX) throw demesure('une chaîne y est sans fin');
    }
    this.position += 1;
    return { type: 'chaine', texte: this.#octets.texte(debut, this.position) };
  }

  #tableau(niveau: number): Tableau {
    this.position += 1;
    const elements: ObjetPdf[] = [];
    for (this.blancs(); this.#ici() !== CROCHET_FERMANT; this.blancs()) elements.push(this.objet(niveau + 1));
    this.position += 1;
    return { type: 'tableau', elements };
  }

  #finDictionnaire(): boolean {
    this.blancs();
    return this.#ici() === SUPERIEUR && this.#ici(1) === SUPERIEUR;
  }

  #dictionnaire(niveau: number): Dictionnaire {
    this.position += 2;
    const entrees = new Map<string, ObjetPdf>();
    while (!this.#finDictionnaire()) {
      if (this.#ici() !== BARRE) throw abime('un dictionnaire y est mal écrit');
      const cle = this.#nom();
      // a key without value is a writer's slip that readers forgive
      entrees.set(cle, this.#finDictionnaire() ? NUL : this.objet(niveau + 1));
    }
    this.position += 2;
    return { type: 'dictionnaire', entrees };
  }

  /** The next word is this one: passes it. */
  passer(attendu: string): boolean {
    const depart = this.position;
    if (this.mot() === attendu) return true;
    this.position = depart;
    return false;
  }
}
