import type { Instant, Sha256 } from '../../../metier/identifiants.ts';
import type {
  ChangementRestauration,
  IdentitePerdue,
  NouvelleRestauration,
  Orphelin,
  Restauration,
  Restaurations,
  SourceLue,
} from '../../../ports/restauration.ts';
import { sauter } from '../../../metier/series.ts';
import { ecrireTous } from './ensembles.ts';
import type { FileEcriture } from './file-ecriture.ts';
import type { Base } from './requetes.ts';

/** Rows sent at once: there may be as many orphans as pieces. */
const PAQUET = 1000;

const COLONNES = 'id, sauvegarde, restauree, preparee, close';
const COLONNES_ORPHELIN =
  'sha256, sha512, taille, ajoutee, genre, libelle, protocole, collectivite, identite, nom';

const PERDUES = `INSERT INTO identites_perdues (protocole, identite, restauration, preuve)
  SELECT protocole, identite, restauration, preuve FROM json_to_recordset(:lignes)
    AS p (protocole text, identite text, restauration text, preuve text)
  ON CONFLICT (protocole, identite) DO NOTHING`;

const ORPHELINS = `INSERT INTO orphelins (${COLONNES_ORPHELIN}, restauration)
  SELECT ${COLONNES_ORPHELIN}, restauration FROM json_to_recordset(:lignes) AS o (sha256 text, sha512 text,
    taille bigint, ajoutee bigint, genre text, libelle text, protocole text, collectivite text, identite text,
    nom text, restauration text)
  ON CONFLICT (sha256) DO UPDATE SET restauration = excluded.restauration`;

const NUMEROS_VUS = `INSERT INTO series (serie, dernier)
  SELECT serie, max(numero) FROM json_to_recordset(:lignes) AS n (serie text, numero integer) GROUP BY serie
  ON CONFLICT (serie) DO UPDATE SET dernier = greatest(series.dernier, excluded.dernier)`;

const LOIN = `SELECT serie, dernier FROM series
  WHERE dernier >= :apres AND right(serie, length(:fin)) = :fin ORDER BY serie FOR UPDATE`;
const SAUTS = `UPDATE series AS s SET dernier = n.dernier
  FROM json_to_recordset(:lignes) AS n (serie text, dernier integer) WHERE s.serie = n.serie`;

/** Applies one change; what was told before stays as it was told. */
export async function changerRestauration(
  base: Base,
  c: ChangementRestauration,
  quand: Instant,
): Promise<void> {
  const { id, preparee, close, lue, perdues = [] } = c;
  if (preparee === true) {
    await base.ecrire('UPDATE restaurations SET preparee = coalesce(preparee, :quand) WHERE id = :id', {
      id,
      quand,
    });
  }
  if (close === true) {
    await base.ecrire('UPDATE restaurations SET close = coalesce(close, :quand) WHERE id = :id', {
      id,
      quand,
    });
  }
  if (lue !== undefined) {
    await base.ecrire(
      `INSERT INTO sources_lues (restauration, source, lue) VALUES (:id, :lue, :quand)
        ON CONFLICT (restauration, source) DO NOTHING`,
      { id, lue, quand },
    );
  }
  await parPaquets(base, PERDUES, nommer(perdues, id));
}

function nommer<R extends IdentitePerdue | Orphelin>(rangees: Iterable<R>, restauration: string) {
  return Iterator.from(rangees).map((rangee) => ({ ...rangee, restauration }));
}

async function parPaquets(base: Base, sql: string, rangees: Iterable<object>): Promise<void> {
  const suite = Iterator.from(rangees);
  for (;;) {
    const paquet = suite.take(PAQUET).toArray();
    await Promise.all(ecrireTous(base, sql, paquet));
    if (paquet.length < PAQUET) return;
  }
}

/** Nobody works any more on what the other life had in hand, and what it gave back was perhaps given again since. */
async function oublierAutreVie(base: Base): Promise<void> {
  for (const table of ['flux', 'retours', 'livraisons'])
    await base.ecrire(`UPDATE ${table} SET bail = NULL, bail_par = NULL WHERE bail_par IS NOT NULL`);
  for (const table of ['numeros_rendus', 'tours', 'noeuds']) await base.ecrire(`DELETE FROM ${table}`);
}

/** The numbers seen are drawn; a series that is already far in its day leaves room for those that were not seen. */
async function avancerSeries(base: Base, { numeros, series }: NouvelleRestauration): Promise<void> {
  await parPaquets(base, NUMEROS_VUS, numeros);
  const loin = await base.lignes<{ serie: string; dernier: number }>(LOIN, { ...series });
  const sautees = loin.map(({ serie, dernier }) => ({ serie, dernier: sauter(dernier) }));
  await Promise.all(ecrireTous(base, SAUTS, sautees));
}

async function inscrire(base: Base, nouvelle: NouvelleRestauration): Promise<void> {
  const { id, sauvegarde, restauree } = nouvelle;
  await base.ecrire(
    'INSERT INTO restaurations (id, sauvegarde, restauree) VALUES (:id, :sauvegarde, :restauree)',
    { id, sauvegarde, restauree },
  );
  await parPaquets(base, ORPHELINS, nommer(nouvelle.orphelins, id));
  await parPaquets(base, PERDUES, nommer(nouvelle.perdues, id));
  await oublierAutreVie(base);
  await avancerSeries(base, nouvelle);
}

const CONNUE = `SELECT 1 AS un FROM identites_perdues WHERE protocole = :protocole AND identite = :identite
  UNION ALL
  SELECT 1 FROM pieces JOIN orphelins ON orphelins.sha256 = pieces.sha256
    WHERE pieces.flux = :id AND pieces.role IN ('document', 'pes', 'pes_signe')
  LIMIT 1`;

export function creerRestaurations(base: Base, ecriture: FileEcriture): Restaurations {
  return {
    async derniere() {
      const sql = `SELECT ${COLONNES} FROM restaurations ORDER BY seq DESC LIMIT 1`;
      return (await base.ligne<Restauration>(sql)) ?? null;
    },
    sources: (id) =>
      base.lignes<SourceLue>(
        'SELECT source, lue FROM sources_lues WHERE restauration = :id ORDER BY source',
        { id },
      ),
    orphelins: (id, { apres = '' as Sha256, limite }) =>
      base.lignes<Orphelin>(
        `SELECT ${COLONNES_ORPHELIN} FROM orphelins
          WHERE restauration = :id AND sha256 > :apres ORDER BY sha256 LIMIT :limite`,
        { id, apres, limite },
      ),
    archives: (protocole, identite) =>
      base.lignes<Orphelin>(
        `SELECT ${COLONNES_ORPHELIN} FROM orphelins
          WHERE identite = :identite AND protocole = :protocole AND genre = 'archive' ORDER BY ajoutee, sha256`,
        { protocole, identite },
      ),
    async connue({ id, protocole, identite }) {
      return (await base.ligne(CONNUE, { id, protocole, identite })) !== undefined;
    },
    async nomDonne(nom, sha256) {
      const sql = 'SELECT 1 AS un FROM orphelins WHERE nom = :nom AND sha256 <> :sha256 LIMIT 1';
      return (await base.ligne(sql, { nom, sha256 })) !== undefined;
    },
    async inscrire(nouvelle) {
      const chaines = await base.lignes<{ org: string }>('SELECT org FROM chaines WHERE n > 0');
      const orgs = [...new Set([...chaines.map((c) => c.org), 'operateur'])].toSorted();
      await ecriture.soumettre({
        prevoir: (lot) => lot.besoinsChaines(orgs),
        faire: (lot) => {
          const journal = orgs.map((org) => nouvelle.journal(org, lot.tete(org)));
          lot.appliquer({ quand: nouvelle.restauree, journal });
        },
        enPropre: (transaction) => inscrire(transaction, nouvelle),
      });
    },
  };
}
