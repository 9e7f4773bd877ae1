/** Values of a query. Rows of a set-based statement travel as one JSON text, read by `json_to_recordset`. */
export type Valeur = string | number | null | readonly string[] | readonly number[];
export type Parametres = Readonly<Record<string, Valeur>>;

export interface Requete {
  readonly name: string;
  readonly text: string;
  /** Names of `$1`, `$2`… */
  readonly noms: readonly string[];
}

/** `:name`, but neither `::type` nor the colon of a literal. */
const NOMMEE = /(?<!:):([a-z]\w*)/gi;

/** Statements as PostgreSQL wants them, each prepared once by connection under a name of its own. */
export class Requetes {
  readonly #connues = new Map<string, Requete>();

  lire(sql: string): Requete {
    const connue = this.#connues.get(sql);
    if (connue !== undefined) return connue;
    const noms: string[] = [];
    const text = sql.replace(NOMMEE, (_, nom: string) => {
      const rang = noms.indexOf(nom);
      return `$${rang === -1 ? noms.push(nom) : rang + 1}`;
    });
    const requete = { name: `vgm${this.#connues.size}`, text, noms };
    this.#connues.set(sql, requete);
    return requete;
  }

  /** Statements met so far: the tests explain each of them. */
  toutes(): readonly Requete[] {
    return [...this.#connues.values()];
  }
}

/** What runs statements: the pool for a read, one session inside a transaction. */
export interface Base {
  /** Rows, typed by the caller, who wrote both the query and the schema. */
  lignes<L>(sql: string, valeurs?: Parametres): Promise<L[]>;
  /** First row. */
  ligne<L>(sql: string, valeurs?: Parametres): Promise<L | undefined>;
  /** @returns the number of rows changed. */
  ecrire(sql: string, valeurs?: Parametres): Promise<number>;
}

/** PostgreSQL holds neither NUL nor half a pair of surrogates: the sign of what cannot be read stands for them. */
export function lisible(texte: string): string {
  return texte.includes('\0') ? texte.replaceAll('\0', '\uFFFD').toWellFormed() : texte.toWellFormed();
}

export function valeursDe(noms: readonly string[], valeurs: Parametres): Valeur[] {
  return noms.map((nom) => {
    const valeur = valeurs[nom] ?? null;
    return typeof valeur === 'string' ? lisible(valeur) : valeur;
  });
}
