/** Findings of a verification: a row of a table each, in French, with the value seen. */

export type Gravite = 'refus' | 'obsolete' | 'reserve';

/** Code, gravity, message where `{valeur}` is what was seen, remedy. */
export type LigneConstat = readonly [code: string, gravite: Gravite, texte: string, remede: string];

export interface Constat {
  readonly code: string;
  readonly gravite: Gravite;
  /** French, with the value seen. */
  readonly message: string;
  readonly remede: string;
}

/** What a finding may quote of the file. */
const CITATION_MAX = 120;

export function constater(
  [code, gravite, texte, remede]: LigneConstat,
  valeur: string | number = '',
): Constat {
  const vue = String(valeur).replace(/\p{Cc}/gu, ' ');
  const citee = vue.length > CITATION_MAX ? `${vue.slice(0, CITATION_MAX)}…` : vue;
  return { code, gravite, message: texte.replace('{valeur}', () => citee), remede };
}

/** Each finding is told once. */
export class Cahier {
  readonly constats: Constat[] = [];

  noter(ligne: LigneConstat, valeur: string | number = ''): void {
    this.reprendre([constater(ligne, valeur)]);
  }

  /** Findings made elsewhere. */
  reprendre(constats: readonly Constat[]): void {
    for (const nouveau of constats) {
      const deja = this.constats.some((c) => c.code === nouveau.code && c.message === nouveau.message);
      if (!deja) this.constats.push(nouveau);
    }
  }

  porte(gravite: Gravite): boolean {
    return this.constats.some((c) => c.gravite === gravite);
  }
}
