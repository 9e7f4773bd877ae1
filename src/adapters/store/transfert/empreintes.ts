import { createHash } from 'node:crypto';
import type { Session } from '../postgres/session.ts';
import type { Base, Valeur } from '../sqlite/pilote.ts';
import type { Colonne, TablePlan } from './plan.ts';

/**
 * Holds a table against its copy, without anything of what copied it: rows are digested here on one side, by the server itself on
 * the other, slice by slice in the order of the key. A value is its kind, its length and its bytes, so that no two rows read alike.
 */

export interface TableComparee {
  readonly table: string;
  /** Rows on either side. */
  readonly ici: number;
  readonly la: number;
  /** Digest of the digests of the slices of this side; that of the other side is the same when `ecart` is null. */
  readonly sha256: string;
  /** First slice that differs: keys of the last row before it and of its last row; null before the first and after the last one. */
  readonly ecart: {
    readonly apres: readonly Valeur[] | null;
    readonly jusqua: readonly Valeur[] | null;
  } | null;
}

const TRANCHE = 1000;
const TRANCHE_CARACTERES = 500_000;
/** Slices asked for and not answered yet. */
const FRONT = 4;

function direValeur(valeur: Valeur, { type }: Colonne): string {
  if (valeur === null) return 'N';
  if (type === 'double precision') {
    const octets = Buffer.alloc(8);
    octets.writeDoubleBE(Number(valeur));
    return `R${octets.toString('hex')}`;
  }
  if (typeof valeur === 'number') return `I${valeur}`;
  // PostgreSQL holds no NUL: the sign of what cannot be read stands for it there.
  const texte = valeur.replaceAll('\0', '\uFFFD');
  return `T${Buffer.byteLength(texte)}:${texte}`;
}

function expression({ nom, type }: Colonne): string {
  const dite = {
    text: `'T' || octet_length(${nom}) || ':' || ${nom}`,
    bigint: `'I' || ${nom}`,
    integer: `'I' || ${nom}`,
    'double precision': `'R' || encode(float8send(${nom}), 'hex')`,
  }[type];
  return `coalesce(${dite}, 'N')`;
}

interface Tranche {
  readonly nombre: number;
  readonly sha256: string;
  readonly jusqua: readonly Valeur[];
}

function* tranches(base: Base, { nom, cle, colonnes, ou }: TablePlan): Generator<Tranche> {
  const ordre = cle.map((c) => c.nom).join(', ');
  const noms = colonnes.map((c) => c.nom).join(', ');
  let [nombre, caracteres, hash] = [0, 0, createHash('sha256')];
  let jusqua: readonly Valeur[] = [];
  const sql = `SELECT ${noms} FROM ${nom} WHERE ${ou} ORDER BY ${ordre}`;
  for (const ligne of base.parcourir<Readonly<Record<string, Valeur>>>(sql)) {
    const texte = colonnes.map((c) => direValeur(ligne[c.nom] ?? null, c)).join('');
    hash.update(nombre === 0 ? texte : `\n${texte}`);
    nombre += 1;
    caracteres += texte.length;
    jusqua = cle.map((c) => ligne[c.nom] ?? null);
    if (nombre < TRANCHE && caracteres < TRANCHE_CARACTERES) continue;
    yield { nombre, sha256: hash.digest('hex'), jusqua };
    [nombre, caracteres, hash] = [0, 0, createHash('sha256')];
  }
  if (nombre > 0) yield { nombre, sha256: hash.digest('hex'), jusqua };
}

const bornes = (cle: readonly Colonne[], lettre: string) =>
  `(${cle.map((c, rang) => `:${lettre}${rang}::${c.type}`).join(', ')})`;
const nommees = (lettre: string, valeurs: readonly Valeur[] | null) =>
  Object.fromEntries((valeurs ?? []).map((v, rang) => [`${lettre}${rang}`, v]));

function creerLecture(session: Session, { nom, cle, colonnes, ou }: TablePlan) {
  const ordre = cle.map((c) => c.nom).join(', ');
  const apresEux = `(${ordre}) > ${bornes(cle, 'a')}`;
  const texte = (debut: string) => `SELECT count(*) AS nombre,
      encode(sha256(convert_to(coalesce(string_agg(dite, E'\\n' ORDER BY ${ordre}), ''), 'UTF8')), 'hex') AS sha256
    FROM (SELECT ${ordre}, ${colonnes.map(expression).join(' || ')} AS dite FROM ${nom}
      WHERE ${ou} ${debut} AND (${ordre}) <= ${bornes(cle, 'b')}) AS tranche`;
  return {
    lire: (apres: readonly Valeur[] | null, jusqua: readonly Valeur[]) =>
      session.ligne<{ nombre: number; sha256: string }>(texte(apres === null ? '' : `AND ${apresEux}`), {
        ...nommees('a', apres),
        ...nommees('b', jusqua),
      }),
    async compter(apres: readonly Valeur[] | null): Promise<number> {
      const sql = `SELECT count(*) AS nombre FROM ${nom} WHERE ${ou} ${apres === null ? '' : `AND ${apresEux}`}`;
      return (await session.ligne<{ nombre: number }>(sql, nommees('a', apres)))?.nombre ?? 0;
    },
  };
}

/** @param vues told of the rows of each slice. Throws VGM-NOY-005. */
export async function comparer(
  table: TablePlan,
  { base, session }: { readonly base: Base; readonly session: Session },
  vues: (lignes: number) => void,
): Promise<TableComparee> {
  const lecture = creerLecture(session, table);
  const total = createHash('sha256');
  const enVol: Promise<void>[] = [];
  let ecart: TableComparee['ecart'] = null;
  let apres: readonly Valeur[] | null = null;
  let ici = 0;
  const juger = async (debut: readonly Valeur[] | null, tranche: Tranche): Promise<void> => {
    const la = await lecture.lire(debut, tranche.jusqua);
    if (la?.nombre !== tranche.nombre || la.sha256 !== tranche.sha256)
      ecart ??= { apres: debut, jusqua: tranche.jusqua };
  };
  for (const tranche of tranches(base, table)) {
    const jugement = juger(apres, tranche);
    jugement.catch(() => undefined);
    enVol.push(jugement);
    apres = tranche.jusqua;
    ici += tranche.nombre;
    total.update(tranche.sha256);
    if (enVol.length >= FRONT) await enVol.shift();
    vues(tranche.nombre);
  }
  await Promise.all(enVol);
  if ((await lecture.compter(apres)) > 0) ecart ??= { apres, jusqua: null };
  const la = ecart === null ? ici : await lecture.compter(null);
  return { table: table.nom, ici, la, sha256: total.digest('hex'), ecart };
}
