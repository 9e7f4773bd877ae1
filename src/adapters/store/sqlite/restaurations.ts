import type { Sha256 } from '../../../metier/identifiants.ts';
import type {
  ChangementRestauration,
  IdentitePerdue,
  NouvelleRestauration,
  Orphelin,
  Restauration,
  Restaurations,
  SourceLue,
} from '../../../ports/restauration.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import { sauter } from '../../../metier/series.ts';
import type { EcrireJournal } from './journal.ts';
import type { FileEcriture } from './lot.ts';
import type { Base } from './pilote.ts';

const COLONNES = 'id, sauvegarde, restauree, preparee, close';
const COLONNES_ORPHELIN =
  'sha256, sha512, taille, ajoutee, genre, libelle, protocole, collectivite, identite, nom';

const AJOUT_PERDUE = `INSERT INTO identites_perdues (protocole, identite, restauration, preuve)
  VALUES (:protocole, :identite, :restauration, :preuve) ON CONFLICT (protocole, identite) DO NOTHING`;

function ajouterPerdue(base: Base, restauration: string, perdue: IdentitePerdue): void {
  base.ecrire(AJOUT_PERDUE, { restauration, ...perdue });
}

/** Applies one change inside the caller's transaction; what was told before stays as it was told. */
export function changerRestauration(base: Base, c: ChangementRestauration, quand: Instant): void {
  const { id } = c;
  if (c.preparee === true) {
    base.ecrire('UPDATE restaurations SET preparee = coalesce(preparee, :quand) WHERE id = :id', {
      id,
      quand,
    });
  }
  if (c.close === true) {
    base.ecrire('UPDATE restaurations SET close = coalesce(close, :quand) WHERE id = :id', { id, quand });
  }
  if (c.lue !== undefined) {
    base.ecrire(
      `INSERT INTO sources_lues (restauration, source, lue) VALUES (:id, :source, :quand)
        ON CONFLICT (restauration, source) DO NOTHING`,
      { id, source: c.lue, quand },
    );
  }
  for (const perdue of c.perdues ?? []) ajouterPerdue(base, id, perdue);
}

/** Nobody works any more on what the other life had in hand, and what it gave back was perhaps given again since. */
function oublierAutreVie(base: Base): void {
  for (const table of ['flux', 'retours', 'livraisons'])
    base.ecrire(`UPDATE ${table} SET bail = NULL, bail_par = NULL WHERE bail_par IS NOT NULL`);
  for (const table of ['numeros_rendus', 'tours', 'noeuds']) base.ecrire(`DELETE FROM ${table}`);
}

/** The numbers seen are drawn; a series that is already far in its day leaves room for those that were not seen. */
function avancerSeries(base: Base, { numeros, series }: NouvelleRestauration): void {
  for (const { serie, numero } of numeros) {
    base.ecrire(
      `INSERT INTO series (serie, dernier) VALUES (:serie, :numero)
        ON CONFLICT (serie) DO UPDATE SET dernier = max(dernier, excluded.dernier)`,
      { serie, numero },
    );
  }
  const { fin, apres } = series;
  const loin = base.lignes<{ serie: string; dernier: number }>(
    'SELECT serie, dernier FROM series WHERE dernier >= :apres AND substr(serie, -length(:fin)) = :fin',
    { fin, apres },
  );
  for (const { serie, dernier } of loin) {
    base.ecrire('UPDATE series SET dernier = :vers WHERE serie = :serie', { serie, vers: sauter(dernier) });
  }
}

interface Tete {
  readonly org: string;
  readonly n: number;
  readonly sha256: string;
}

/** Last line of each chain. */
const TETES = `SELECT org, n, sha256 FROM journal AS j
  WHERE n = (SELECT max(n) FROM journal WHERE org = j.org) ORDER BY org`;

function inscrire(base: Base, journal: EcrireJournal, nouvelle: NouvelleRestauration): void {
  const { id, sauvegarde, restauree } = nouvelle;
  const tetes = base.lignes<Tete>(TETES);
  base.ecrire('INSERT INTO restaurations (id, sauvegarde, restauree) VALUES (:id, :sauvegarde, :restauree)', {
    id,
    sauvegarde,
    restauree,
  });
  for (const orphelin of nouvelle.orphelins) {
    base.ecrire(
      `INSERT INTO orphelins (${COLONNES_ORPHELIN}, restauration)
        VALUES (:sha256, :sha512, :taille, :ajoutee, :genre, :libelle, :protocole, :collectivite, :identite, :nom,
          :restauration)
        ON CONFLICT (sha256) DO UPDATE SET restauration = excluded.restauration`,
      { restauration: id, ...orphelin },
    );
  }
  for (const perdue of nouvelle.perdues) ajouterPerdue(base, id, perdue);
  oublierAutreVie(base);
  avancerSeries(base, nouvelle);
  const chaines = tetes.some((t) => t.org === 'operateur')
    ? tetes
    : [...tetes, { org: 'operateur', n: 0, sha256: '' }];
  journal(
    chaines.map(({ org, n, sha256 }) => nouvelle.journal(org, { n, sha256 })),
    restauree,
  );
}

const CONNUE = `SELECT 1 FROM identites_perdues WHERE protocole = :protocole AND identite = :identite
  UNION ALL
  SELECT 1 FROM pieces JOIN orphelins ON orphelins.sha256 = pieces.sha256
    WHERE pieces.flux = :id AND pieces.role IN ('document', 'pes', 'pes_signe')
  LIMIT 1`;

export function creerRestaurations(
  base: Base,
  { ecriture, journal }: { readonly ecriture: FileEcriture; readonly journal: EcrireJournal },
): Restaurations {
  return {
    async derniere() {
      return (
        base.ligne<Restauration>(`SELECT ${COLONNES} FROM restaurations ORDER BY seq DESC LIMIT 1`) ?? null
      );
    },
    async sources(id) {
      return base.lignes<SourceLue>(
        'SELECT source, lue FROM sources_lues WHERE restauration = :id ORDER BY source',
        { id },
      );
    },
    async orphelins(id, { apres = '' as Sha256, limite }) {
      return base.lignes<Orphelin>(
        `SELECT ${COLONNES_ORPHELIN} FROM orphelins
          WHERE restauration = :id AND sha256 > :apres ORDER BY sha256 LIMIT :limite`,
        { id, apres, limite },
      );
    },
    async archives(protocole, identite) {
      return base.lignes<Orphelin>(
        `SELECT ${COLONNES_ORPHELIN} FROM orphelins
          WHERE identite = :identite AND protocole = :protocole AND genre = 'archive' ORDER BY ajoutee, sha256`,
        { protocole, identite },
      );
    },
    async connue({ id, protocole, identite }) {
      return base.ligne(CONNUE, { id, protocole, identite }) !== undefined;
    },
    async nomDonne(nom, sha256) {
      return (
        base.ligne('SELECT 1 FROM orphelins WHERE nom = :nom AND sha256 <> :sha256', { nom, sha256 }) !==
        undefined
      );
    },
    inscrire: (nouvelle) => ecriture.soumettre(() => inscrire(base, journal, nouvelle)),
  };
}
