import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import { direFait } from '../marche.ts';
import { MIGRATIONS } from './schema.ts';
import type { Session } from './session.ts';

/** Two nodes that start together: the second waits for the first, however long, and finds it done. */
const VERROU = `
BEGIN;
SET LOCAL lock_timeout = 0;
SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(hashtextextended('vaguemestre:' || current_schema(), 0));
CREATE TABLE IF NOT EXISTS migrations (numero INTEGER NOT NULL PRIMARY KEY, quand BIGINT NOT NULL);`;

export interface ContexteMigration {
  /** As people name it. */
  readonly serveur: string;
  readonly quand: Instant;
}

/** @returns the number of the schema of a base; 0: nothing was written yet. */
export async function versionDe(session: Session): Promise<number> {
  const table = await session.ligne<{ la: boolean }>("SELECT to_regclass('migrations') IS NOT NULL AS la");
  if (table?.la !== true) return 0;
  return (
    (await session.ligne<{ numero: number | null }>('SELECT max(numero) AS numero FROM migrations'))
      ?.numero ?? 0
  );
}

/** Brings the base to the present schema, whole or not at all. Throws VGM-STO-001 when a newer program wrote it. */
export function migrer(session: Session, contexte: ContexteMigration): Promise<void> {
  return sousVerrou(session, () => monterJusqua(session, contexte, MIGRATIONS.length));
}

/**
 * Brings the base to one schema, up or down, whole or not at all.
 * @param vers 1 to the present one.
 * @param avant looked at once nobody else may change the schema; what it throws leaves all as it was.
 * Throws VGM-STO-001 (newer program), VGM-STO-019 (something stands that the program of that schema could not hold).
 */
export function amener(
  session: Session,
  contexte: ContexteMigration & { readonly avant: () => Promise<void> },
  vers: number,
): Promise<void> {
  return sousVerrou(session, async () => {
    await contexte.avant();
    const trouve = await versionDe(session);
    const faits = (await faitsRetenus(session, trouve, vers)).flatMap((marche) => marche.faits);
    if (faits.length > 0)
      throw erreurStockage('VGM-STO-019', {
        fichier: contexte.serveur,
        de: trouve,
        vers,
        faits: faits.join(', '),
      });
    await monterJusqua(session, contexte, vers);
    for (let numero = trouve; numero > vers; numero -= 1) {
      await session.executer(MIGRATIONS[numero - 1]?.descend?.sql ?? '');
      await session.ecrire('DELETE FROM migrations WHERE numero = :numero', { numero });
    }
  });
}

/** What keeps a base from going down, step by step, from the last one. */
export async function faitsRetenus(
  session: Session,
  de: number,
  vers: number,
): Promise<readonly { readonly numero: number; readonly faits: readonly string[] }[]> {
  const marches = [];
  for (let numero = Math.min(de, MIGRATIONS.length); numero > vers; numero -= 1) {
    const faits = [];
    for (const retenu of MIGRATIONS[numero - 1]?.descend?.retient ?? []) {
      const nombre = (await session.ligne<{ nombre: number }>(retenu.compte))?.nombre ?? 0;
      if (nombre > 0) faits.push(direFait(retenu, nombre));
    }
    marches.push({ numero, faits });
  }
  return marches;
}

async function monterJusqua(
  session: Session,
  { serveur, quand }: ContexteMigration,
  vers: number,
): Promise<void> {
  const trouve = await versionDe(session);
  const connu = MIGRATIONS.length;
  if (trouve > connu) throw erreurStockage('VGM-STO-001', { fichier: serveur, trouve, connu });
  const ici = await session.ligne<{ schema: string }>('SELECT quote_ident(current_schema()) AS schema');
  for (let numero = trouve + 1; numero <= vers; numero += 1) {
    const texte = (MIGRATIONS[numero - 1]?.monte ?? '').replaceAll('{schema}', ici?.schema ?? '');
    await session.executer(texte.replaceAll(/ TEXT\b/g, ' text COLLATE "C"'));
    await session.ecrire('INSERT INTO migrations (numero, quand) VALUES (:numero, :quand)', {
      numero,
      quand,
    });
  }
}

async function sousVerrou(session: Session, faire: () => Promise<void>): Promise<void> {
  await session.executer(VERROU);
  try {
    await faire();
  } catch (erreur) {
    session.abandonner();
    throw erreur;
  }
  await session.executer('COMMIT');
}
