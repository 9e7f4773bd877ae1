import { DOMAINE_PJ } from '../codes.ts';
import { type BilanAck, nombre, type SortEnvoye, type SortUnite, type UniteJugee } from './bilan.ts';
import type { ErreurAck } from './faits.ts';

/** Holds an answer against the file it answers: the unit of acceptance is the bordereau, or the piece (d.2). */

export interface BordereauConfronte {
  readonly domaine: string;
  readonly exercice: string;
  readonly numero: string;
}

/** What the file holds, under the names an answer gives. */
export interface ContenuEnvoye {
  readonly bordereaux: readonly BordereauConfronte[];
  /** IdUnique. */
  readonly pieces: readonly string[];
  /** Every bordereau and every piece is named above. */
  readonly complet: boolean;
}

interface Sort {
  readonly sort: SortEnvoye;
  readonly erreurs: readonly ErreurAck[];
}

/** What became of each bordereau and piece of the file that was sent. */
export interface Confrontation {
  readonly bordereaux: readonly (BordereauConfronte & Sort)[];
  readonly pieces: readonly ({ readonly idUnique: string } & Sort)[];
}

/** Several answers about one bordereau: the worst is its fate, and all their errors are its own. */
const GRAVITE: readonly SortUnite[] = ['indecis', 'refuse', 'doublon', 'accepte'];

const pire = (sorts: readonly SortUnite[]): SortUnite | undefined => GRAVITE.find((g) => sorts.includes(g));

/** The worst that is said of the file itself; undefined when nothing of it is refused. */
export function refusEntier(unites: readonly UniteJugee[]): UniteJugee | undefined {
  const refus = unites.filter((u) => u.unite.type === 'fichier' && u.sort !== 'accepte');
  const sort = pire(refus.map((u) => u.sort));
  return refus.find((u) => u.sort === sort);
}

/** Domains accepted as a whole, by an answer that names none of their units. */
function domainesAcceptes(unites: readonly UniteJugee[]): ReadonlySet<string | null> {
  if (refusEntier(unites) !== undefined) return new Set();
  const nommees = unites.filter((u) => u.unite.type !== 'fichier');
  const nommes = new Set(nommees.map((u) => (u.unite.type === 'pj' ? DOMAINE_PJ : u.domaine)));
  const entiers = unites.filter((u) => u.unite.type === 'fichier');
  return new Set(entiers.map((u) => u.domaine).filter((domaine) => !nommes.has(domaine)));
}

/** Does this answer speak of this bordereau? */
export function repondDe({ domaine, unite }: UniteJugee, b: BordereauConfronte): boolean {
  if (unite.type !== 'bordereau' || nombre(unite.numero) !== nombre(b.numero)) return false;
  const exercice = nombre(unite.exercice);
  if (exercice !== null && exercice !== nombre(b.exercice)) return false;
  // a signature (domain 3) or a rôle (7) is told by its number alone
  return domaine !== 'depense' && domaine !== 'recette' ? true : domaine === b.domaine;
}

function sortDe(reponses: readonly UniteJugee[], defaut: SortEnvoye): Sort {
  const sort = pire(reponses.map((r) => r.sort)) ?? defaut;
  return { sort, erreurs: reponses.flatMap((r) => r.erreurs) };
}

/**
 * A refusal told by a number that several bordereaux bear, when one of them is accepted under its own domain: nobody
 * knows which one it is.
 */
function sortDuBordereau(
  reponses: readonly UniteJugee[],
  douteuses: ReadonlySet<UniteJugee>,
  defaut: SortEnvoye,
): Sort {
  const sien = sortDe(reponses, defaut);
  const doute = reponses.some((r) => r.sort === 'accepte') && reponses.some((r) => douteuses.has(r));
  return doute ? { ...sien, sort: 'indecis' } : sien;
}

/** Answers by the number they name: thousands of bordereaux are held against thousands of answers. */
function parNumero(unites: readonly UniteJugee[]): ReadonlyMap<string, readonly UniteJugee[]> {
  return Map.groupBy(unites, ({ unite }) => {
    if (unite.type === 'bordereau') return `bordereau ${nombre(unite.numero)}`;
    return unite.type === 'pj' ? `pj ${unite.idUnique}` : unite.type;
  });
}

/** Refusals that bear on more than one bordereau of the file. */
function equivoques(
  reponses: ReadonlyMap<string, readonly UniteJugee[]>,
  bordereaux: readonly BordereauConfronte[],
): ReadonlySet<UniteJugee> {
  const homonymes = Map.groupBy(bordereaux, (b) => `bordereau ${nombre(b.numero)}`);
  const multiples = [...homonymes].filter(([, memes]) => memes.length > 1);
  return new Set(
    multiples.flatMap(([cle, memes]) =>
      (reponses.get(cle) ?? []).filter(
        (r) => r.sort !== 'accepte' && memes.filter((b) => repondDe(r, b)).length > 1,
      ),
    ),
  );
}

/** @returns the fate of each part of the file: what the answer does not name takes that of the file, or of its domain. */
export function confronter(
  { unites }: BilanAck,
  { bordereaux, pieces }: Omit<ContenuEnvoye, 'complet'>,
): Confrontation {
  const refus = refusEntier(unites)?.sort;
  const acceptes = domainesAcceptes(unites);
  const defaut = (domaine: string): SortEnvoye =>
    refus ?? (acceptes.has(domaine) ? 'accepte' : 'sans_reponse');
  const reponses = parNumero(unites);
  const douteuses = equivoques(reponses, bordereaux);
  return {
    bordereaux: bordereaux.map(({ domaine, exercice, numero }) => {
      const b = { domaine, exercice, numero };
      const siennes = (reponses.get(`bordereau ${nombre(numero)}`) ?? []).filter((u) => repondDe(u, b));
      return { ...b, ...sortDuBordereau(siennes, douteuses, defaut(domaine)) };
    }),
    pieces: pieces.map((idUnique) => ({
      idUnique,
      ...sortDe(reponses.get(`pj ${idUnique}`) ?? [], defaut(DOMAINE_PJ)),
    })),
  };
}
