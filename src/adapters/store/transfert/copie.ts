import { ecrireTous, tenirTous } from '../postgres/ensembles.ts';
import { panneStockage } from '../panne.ts';
import type { Session } from '../postgres/session.ts';
import type { Base, Parametres, Valeur } from '../sqlite/pilote.ts';
import type { TablePlan } from './plan.ts';

/** Copies rows in batches, each in one transaction with the place that it reached: killed at any instant, the next run goes on. */

type Ligne = Readonly<Record<string, Valeur>>;
/** By table, the key of the last row that is on the other side. */
export type Avancement = Readonly<Record<string, readonly Valeur[]>>;

/** Rows of a batch, and characters beyond which it leaves at once. */
const LOT = 1000;
const LOT_CARACTERES = 500_000;

interface Lot {
  readonly lignes: readonly Ligne[];
  /** Key of the last one. */
  readonly fin: readonly Valeur[];
}

function* parLots(base: Base, table: TablePlan, depuis: readonly Valeur[] | undefined): Generator<Lot> {
  const { nom, curseur, colonnes } = table;
  const choix = [...new Set([...curseur, ...colonnes.map((c) => c.nom)])].join(', ');
  const apres = `(${curseur.join(', ')}) > (${curseur.map((_, rang) => `:d${rang}`).join(', ')})`;
  const sql = `SELECT ${choix} FROM ${nom} ${depuis === undefined ? '' : `WHERE ${apres}`} ORDER BY ${curseur.join(', ')}`;
  const valeurs: Parametres = Object.fromEntries((depuis ?? []).map((v, rang) => [`d${rang}`, v]));
  const cleDe = (ligne: Ligne) => curseur.map((c) => ligne[c] ?? null);
  let lignes: Ligne[] = [];
  let caracteres = 0;
  for (const ligne of base.parcourir<Ligne>(sql, valeurs)) {
    lignes.push(ligne);
    for (const valeur of Object.values(ligne)) caracteres += typeof valeur === 'string' ? valeur.length : 8;
    if (lignes.length < LOT && caracteres < LOT_CARACTERES) continue;
    yield { lignes, fin: cleDe(ligne) };
    [lignes, caracteres] = [[], 0];
  }
  const derniere = lignes.at(-1);
  if (derniere !== undefined) yield { lignes, fin: cleDe(derniere) };
}

function insertion({ nom, colonnes, numerotee }: TablePlan): string {
  const noms = colonnes.map((c) => c.nom).join(', ');
  return `INSERT INTO ${nom} (${noms}) ${numerotee ? 'OVERRIDING SYSTEM VALUE' : ''} SELECT ${noms}
    FROM json_to_recordset(:lignes) AS l (${colonnes.map((c) => `${c.nom} ${c.type}`).join(', ')})`;
}

const PLACE = `UPDATE demenagement SET avancement = :avancement WHERE essai = :essai AND etat = 'en_cours'`;

/** A copy under way. */
export class Copie {
  readonly #base: Base;
  readonly #session: Session;
  readonly #essai: string;
  #avancement: Avancement;

  constructor(
    base: Base,
    session: Session,
    arrivee: { readonly essai: string; readonly avancement: string },
  ) {
    this.#base = base;
    this.#session = session;
    this.#essai = arrivee.essai;
    this.#avancement = JSON.parse(arrivee.avancement) as Avancement;
  }

  /** @param apresLot told of the rows of each batch, once they are there. Throws VGM-NOY-004, VGM-NOY-005: what is there stays. */
  async porter(table: TablePlan, apresLot: (lignes: number) => void): Promise<void> {
    const sql = insertion(table);
    // One batch is on its way while the next one is read.
    let enVol: Promise<number> = Promise.resolve(0);
    for (const lot of parLots(this.#base, table, this.#avancement[table.nom])) {
      apresLot(await enVol);
      enVol = this.#envoyer(table, sql, lot);
      enVol.catch(() => undefined);
    }
    apresLot(await enVol);
  }

  async #envoyer({ nom }: TablePlan, sql: string, { lignes, fin }: Lot): Promise<number> {
    const session = this.#session;
    this.#avancement = { ...this.#avancement, [nom]: fin };
    const place = { avancement: JSON.stringify(this.#avancement), essai: this.#essai };
    // Nothing rests on it before the marks, that wait for the disk and for all that was written before them.
    const [, , placees, dit] = await tenirTous([
      session.executer('BEGIN; SET LOCAL synchronous_commit = off'),
      tenirTous(ecrireTous(session, sql, lignes)),
      session.ecrire(PLACE, place),
      session.executer('COMMIT'),
    ] as const);
    if (placees !== 1 || dit !== 'COMMIT') throw panneStockage('la base d’arrivée a changé pendant la copie');
    return lignes.length;
  }
}
