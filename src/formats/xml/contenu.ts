import type { Passage } from './evenements.ts';
import { type Flot, INCOMPLET } from './flot.ts';
import { CLASSE, CROCHET, LF, SUPERIEUR } from './octets.ts';

/** What the two readings of character data have in common: the event, and line ends. */
class Lecteur implements Passage {
  octets: Buffer = Buffer.alloc(0);
  debut = 0;
  fin = 0;
  direct = true;
  readonly cdata: boolean;
  protected readonly flot: Flot;
  /** A line end whose LF is missing from the file. */
  readonly #ligne: Passage;

  constructor(flot: Flot, cdata: boolean) {
    this.flot = flot;
    this.cdata = cdata;
    this.#ligne = { octets: Buffer.from('\n'), debut: 0, fin: 1, direct: true, cdata };
  }

  /** Delivers what was read since `debut`, up to `fin`, and starts again from `reprise`. */
  protected livrer(fin: number, reprise: number): void {
    if (fin > this.debut) {
      this.fin = fin;
      this.flot.recepteur.texte(this);
    }
    this.debut = reprise;
    this.direct = true;
  }

  /** CR LF and a lone CR both read as LF (XML 1.0, 2.11). @returns where to go on, INCOMPLET when LF may follow. */
  protected finDeLigne(indice: number): number {
    const suite = this.octets[indice + 1];
    if (indice + 1 >= this.flot.fin && !this.flot.dernier) return INCOMPLET;
    this.livrer(indice, indice + 1);
    if (suite !== LF) this.flot.recepteur.texte(this.#ligne);
    return indice + 1;
  }
}

/** Text between tags. A text that the buffer cuts is delivered as far as it goes. */
export class LecteurTexte extends Lecteur {
  /** Where the characters that stand side by side in the file began: `]]>` is looked for from here. */
  #suite = 0;

  constructor(flot: Flot) {
    super(flot, false);
  }

  /** @returns index of the next `<`, or of what cannot be read yet, or REFUSE. */
  lire(debut: number): number {
    const flot = this.flot;
    const octets = flot.octets;
    const classes = flot.tables.texte;
    this.octets = octets;
    this.debut = debut;
    this.direct = true;
    this.#suite = debut;
    let j = debut;
    for (;;) {
      let classe = classes[octets[j] as number] as number;
      while (classe === 0) {
        j += 1;
        classe = classes[octets[j] as number] as number;
      }
      if (classe === CLASSE.inferieur) {
        this.livrer(j, j);
        return j;
      }
      if (classe === CLASSE.haut) {
        this.direct = false;
        j += 1;
      } else {
        const k = this.#particulier(j, classe);
        if (k < 0) return k === INCOMPLET ? this.#couper(j) : k;
        j = k;
      }
    }
  }

  #particulier(j: number, classe: number): number {
    if (classe === CLASSE.interdit) return this.flot.interdit(j);
    if (classe === CLASSE.aEchapper) {
      if (this.#crochets(j) === 2) return this.flot.refuser('crochets', j - 2);
      this.direct = false;
      return j + 1;
    }
    if (classe === CLASSE.fin) {
      const k = this.finDeLigne(j);
      if (k > 0) this.#suite = k;
      return k;
    }
    return this.#reference(j);
  }

  #reference(j: number): number {
    const apres = this.flot.reference(j);
    if (apres < 0) return apres;
    this.livrer(j, apres);
    this.flot.recepteur.caractere(this.flot.code, j);
    this.#suite = apres;
    return apres;
  }

  /** How many `]` stand just before, two at most. */
  #crochets(fin: number): number {
    let k = fin - 1;
    while (k >= this.#suite && k >= fin - 2 && this.octets[k] === CROCHET) k -= 1;
    return fin - 1 - k;
  }

  /** The buffer ends here: what is sure is delivered, the rest waits. */
  #couper(j: number): number {
    const { fin, dernier } = this.flot;
    const sur = j < fin || dernier ? j : j - this.#crochets(j);
    this.livrer(sur, sur);
    return sur;
  }
}

/** The inside of a CDATA section, which may be cut anywhere. */
export class LecteurCdata extends Lecteur {
  /** Inside a section: the next byte of the file belongs to it. */
  dedans = false;

  constructor(flot: Flot) {
    super(flot, true);
  }

  /** @returns index after `]]>`, or of what cannot be read yet (`dedans` stays true), or REFUSE. */
  lire(debut: number): number {
    const octets = this.flot.octets;
    const classes = this.flot.tables.cdata;
    this.octets = octets;
    this.debut = debut;
    this.direct = true;
    let j = debut;
    for (;;) {
      let classe = classes[octets[j] as number] as number;
      while (classe === 0) {
        j += 1;
        classe = classes[octets[j] as number] as number;
      }
      if (classe <= CLASSE.haut) {
        this.direct = false;
        j += 1;
        continue;
      }
      const k = this.#particulier(j, classe);
      if (!this.dedans || k < INCOMPLET) return k;
      if (k === INCOMPLET) {
        this.livrer(j, j);
        return j;
      }
      j = k;
    }
  }

  #particulier(j: number, classe: number): number {
    if (classe === CLASSE.interdit) return this.flot.interdit(j);
    if (classe === CLASSE.fin) return this.finDeLigne(j);
    const { fin } = this.flot;
    if (j + 1 >= fin) return INCOMPLET;
    if (this.octets[j + 1] !== CROCHET) return j + 1;
    if (j + 2 >= fin) return INCOMPLET;
    if (this.octets[j + 2] !== SUPERIEUR) return j + 1;
    this.livrer(j, j);
    this.dedans = false;
    return j + 3;
  }
}
