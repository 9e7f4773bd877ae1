import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENEMENTS } from '../../src/metier/etats.ts';
import { LIBELLE_EVENEMENT } from '../../src/metier/evenements.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');
/** Written from a template in the code: their endings are closed unions of the domain. */
const COMPOSES = [
  'RETOUR_ATTRIBUE',
  'RETOUR_A_TRANCHER',
  'RETOUR_CLASSE',
  'NOTIFICATION_LIVREE',
  'NOTIFICATION_ABANDONNEE',
  'JETON_CREE',
  'JETON_REVOQUE',
];

test('every event that the program journals has its French words, and no word is there for nothing', () => {
  const textes = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(
      (f) =>
        f.endsWith('.ts') && !f.startsWith('banc/') && !f.startsWith('cli/') && f !== 'metier/evenements.ts',
    )
    .map((f) => readFileSync(join(SRC, f), 'utf8'))
    .join('\n');
  const ecrits = [
    ...textes.matchAll(/\bev(?::| =) [^;\n]*?'([A-Z_]{4,})'(?:[^;\n]*?: '([A-Z_]{4,})')?/g),
  ].flatMap((m) => [m[1], m[2]]);
  const attendus = new Set([
    ...EVENEMENTS.map((e) => e.toUpperCase()),
    ...COMPOSES,
    ...ecrits.filter((e) => e !== undefined),
  ]);
  expect([...attendus].filter((ev) => !(ev in LIBELLE_EVENEMENT))).toEqual([]);
  expect(Object.keys(LIBELLE_EVENEMENT).filter((ev) => !attendus.has(ev))).toEqual([]);
});
