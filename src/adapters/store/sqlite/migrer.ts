import { erreurStockage } from '../../../metier/catalogue/stockage.ts';
import { direFait } from '../marche.ts';
import type { Base } from './pilote.ts';
import { MIGRATIONS } from './schema.ts';

/** @returns the number of the schema of a base; 0: nothing was written yet. */
export function versionDe(base: Base): number {
  return base.ligne<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

/** Brings the file to the present schema. Throws VGM-STO-001 when a newer program wrote it. */
export function migrer(base: Base, fichier: string): void {
  const trouve = versionDe(base);
  const connu = MIGRATIONS.length;
  if (trouve > connu) throw erreurStockage('VGM-STO-001', { fichier, trouve, connu });
  for (let numero = trouve + 1; numero <= connu; numero += 1) {
    enTransaction(base, () => monter(base, numero));
  }
}

/**
 * Brings the file to one schema, up or down, whole or not at all.
 * @param vers 1 to the present one.
 * Throws VGM-STO-001 (newer program), VGM-STO-019 (something stands that the program of that schema could not hold).
 */
export function amener(base: Base, fichier: string, vers: number): void {
  const trouve = versionDe(base);
  const connu = MIGRATIONS.length;
  if (trouve > connu) throw erreurStockage('VGM-STO-001', { fichier, trouve, connu });
  enTransaction(base, () => {
    const faits = faitsRetenus(base, trouve, vers).flatMap((marche) => marche.faits);
    if (faits.length > 0)
      throw erreurStockage('VGM-STO-019', { fichier, de: trouve, vers, faits: faits.join(', ') });
    for (let numero = trouve + 1; numero <= vers; numero += 1) monter(base, numero);
    for (let numero = trouve; numero > vers; numero -= 1) {
      base.executer(`${MIGRATIONS[numero - 1]?.descend?.sql ?? ''}; PRAGMA user_version = ${numero - 1};`);
    }
  });
}

/** What keeps a base from going down, step by step, from the last one. */
export function faitsRetenus(
  base: Base,
  de: number,
  vers: number,
): readonly { readonly numero: number; readonly faits: readonly string[] }[] {
  const descentes = MIGRATIONS.map(({ descend }, rang) => ({ numero: rang + 1, descend }));
  return descentes
    .slice(vers, de)
    .toReversed()
    .map(({ numero, descend }) => ({
      numero,
      faits: (descend?.retient ?? []).flatMap((retenu) => {
        const nombre = base.ligne<{ nombre: number }>(retenu.compte)?.nombre ?? 0;
        return nombre === 0 ? [] : [direFait(retenu, nombre)];
      }),
    }));
}

function monter(base: Base, numero: number): void {
  base.executer(`${MIGRATIONS[numero - 1]?.monte ?? ''}; PRAGMA user_version = ${numero};`);
}

function enTransaction(base: Base, faire: () => void): void {
  base.executer('BEGIN IMMEDIATE');
  try {
    faire();
    base.executer('COMMIT');
  } finally {
    if (base.enTransaction) base.executer('ROLLBACK');
  }
}
