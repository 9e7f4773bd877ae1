import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demarrerPostgres, type Postgres } from '../../serveurs/postgres.ts';
import { demarrerS3, type ServeurS3 } from '../../serveurs/s3.ts';
import { type Coffre, lireCoffre, lireObjets } from './coffre.ts';
import type { LigneLue, Magasin } from './magasin.ts';

/** A base of PostgreSQL and, where several daemons share it, an object store for their pieces. */
export async function ouvrirPartage({
  dossier,
  noeuds,
}: {
  readonly dossier: string;
  readonly noeuds: number;
}): Promise<Magasin> {
  const serveur = await demarrerPostgres();
  let s3: ServeurS3 | null = null;
  const fermer = async (): Promise<void> => {
    await s3?.arreter();
    await serveur.fermer();
  };
  try {
    const base = await serveur.creerBase();
    s3 = noeuds > 1 ? await demarrerS3() : null;
    const donnees = (rang: number): string => join(dossier, noeuds > 1 ? `donnees-${rang + 1}` : 'donnees');
    const objets = s3 === null ? {} : { coffre: { type: 's3', s3: reglageS3(s3, dossier) } };
    const { hote, port, base: nom, utilisateur, secretFichier } = base;
    const postgres = { hote, port, base: nom, utilisateur, secret_fichier: secretFichier, tls: 'aucun' };
    return {
      serveur,
      donnees,
      reglages: (rang) => ({
        donnees: donnees(rang),
        noeud: { nom: `noeud-${rang + 1}` },
        stockage: { type: 'postgres', postgres },
        ...objets,
      }),
      journal: (orgs) => lireJournal(serveur, utilisateur, orgs),
      coffre: (arret) =>
        lirePieces(
          s3,
          Array.from({ length: noeuds }, (_, rang) => donnees(rang)),
          arret,
        ),
      fermer,
    };
  } catch (faute) {
    await fermer();
    throw faute;
  }
}

function reglageS3(s3: ServeurS3, dossier: string): Record<string, unknown> {
  const secret = join(dossier, 's3.secret');
  writeFileSync(secret, s3.secret);
  const { adresse, compartiment, cleAcces } = s3;
  return { adresse, compartiment, cle_acces: cleAcces, secret_fichier: secret };
}

function lirePieces(s3: ServeurS3 | null, donnees: readonly string[], arret: number): Promise<Coffre> {
  const [seul = ''] = donnees;
  if (s3 === null) return lireCoffre(join(seul, 'coffre'), arret);
  return lireObjets(
    s3,
    donnees.map((d) => join(d, 'brouillons')),
    arret,
  );
}

/** The journal of a base, read by nothing of the product. */
async function* lireJournal(
  serveur: Postgres,
  schema: string,
  orgs?: readonly string[],
): AsyncGenerator<LigneLue> {
  const chaines =
    orgs ??
    (await serveur.sql<{ org: string }>(`SELECT DISTINCT org FROM ${schema}.journal`)).map((c) => c.org);
  for (const org of chaines)
    yield* await serveur.sql<LigneLue & object>(
      `SELECT org, ligne FROM ${schema}.journal WHERE org = '${org}' ORDER BY n`,
    );
}
