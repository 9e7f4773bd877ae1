import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LigneCatalogue } from '../../src/metier/erreurs.ts';

const CATALOGUE = join(import.meta.dirname, '..', '..', 'src', 'metier', 'catalogue');
const SRC = join(CATALOGUE, '..', '..');

async function lignes(): Promise<[string, LigneCatalogue][]> {
  const toutes: [string, LigneCatalogue][] = [];
  for (const fichier of readdirSync(CATALOGUE)) {
    const module = (await import(join(CATALOGUE, fichier))) as Record<string, unknown>;
    for (const [nom, valeur] of Object.entries(module)) {
      if (nom.startsWith('CATALOGUE_'))
        toutes.push(...Object.entries(valeur as Record<string, LigneCatalogue>));
    }
  }
  return toutes;
}

describe('ARCHITECTURE §6: one catalogue row per error', () => {
  test('codes have the form VGM-<STEP>-<nnn> and are never used twice', async () => {
    const codes = (await lignes()).map(([code]) => code);
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !/^VGM-[A-Z0-9]{2,4}-[0-9]{3}$/.test(code))).toEqual([]);
    expect(codes.filter((code, rang) => codes.indexOf(code) !== rang)).toEqual([]);
  });

  test('every row says cause and remedy in French sentences', async () => {
    const pauvres = (await lignes()).filter(
      ([, l]) =>
        ![l.message, l.cause, l.remede].every((t) => /^\S.{8,}[.:)»}]$/s.test(t)) ||
        /[a-z]'[a-z]/.test(l.message),
    );
    expect(pauvres.map(([code]) => code)).toEqual([]);
  });

  test('no code is thrown that the catalogue does not hold, and none is held that nobody uses', async () => {
    const codes = new Set((await lignes()).map(([code]) => code));
    const textes = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((f) => f.endsWith('.ts') && !f.startsWith('metier/catalogue/'))
      .map((f) => readFileSync(join(SRC, f), 'utf8'))
      .join('\n');
    const employes = new Set(textes.match(/VGM-[A-Z0-9]{2,4}-[0-9]{3}/g));
    expect([...employes].filter((code) => !codes.has(code))).toEqual([]);
    expect([...codes].filter((code) => !employes.has(code))).toEqual([]);
  });

  test('docs/erreurs.md is the catalogue, row for row', async () => {
    const doc = readFileSync(join(SRC, '..', 'docs', 'erreurs.md'), 'utf8');
    const manquants = (await lignes()).filter(
      ([code, l]) => !doc.includes(`## ${code}`) || !doc.includes(l.message) || !doc.includes(l.remede),
    );
    expect(manquants.map(([code]) => code)).toEqual([]);
    expect(doc.match(/^## VGM-/gm)?.length).toBe((await lignes()).length);
  });
});
