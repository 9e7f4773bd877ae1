import { array, assert, constantFrom, json, nat, oneof, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lireJson } from '../../../src/formats/encodages/lire-json.ts';

const lit = (texte: string): boolean => {
  try {
    JSON.parse(texte);
    return true;
  } catch {
    return false;
  }
};

describe('JSON with a place for each fault (RFC 8259)', () => {
  test.each([
    ['{"a":[1,2.5e-3,true,null,"é\\u00e9\\n"]}', { a: [1, 0.0025, true, null, 'éé\n'] }],
    ['\uFEFF [ ]', []],
  ])('%j is read', (texte, valeur) => {
    expect(lireJson(texte)).toEqual({ type: 'lu', valeur });
  });

  test.each([
    ['{"a":1}x', 1, 8, 'rien n’est attendu après la fin du document'],
    ['[1,]', 1, 4, 'une valeur est attendue ici'],
    ['[1 2]', 1, 4, 'une virgule ou une fermeture est attendue ici'],
    ['{a:1}', 1, 2, 'un nom entre guillemets ou « } » est attendu ici'],
    ['{"a":1,}', 1, 8, 'un nom entre guillemets est attendu ici'],
    ['{"a"\n1}', 2, 1, 'deux-points attendu ici'],
    ['[\n\n  tru]', 3, 3, 'une valeur ou « ] » est attendue ici'],
    ['[01]', 1, 3, 'une virgule ou une fermeture est attendue ici'],
    ['["\\x"]', 1, 3, 'ce texte est mal fermé ou mal échappé'],
    ['["abc', 1, 6, 'ce texte est mal fermé ou mal échappé'],
    ['[{]', 1, 3, 'un nom entre guillemets ou « } » est attendu ici'],
    ['[1}', 1, 3, 'une virgule ou une fermeture est attendue ici'],
    ['{"a":{}', 1, 8, 'le texte s’arrête trop tôt'],
    ['{"a":1,\n "a":2}', 2, 2, '« a » : ce nom est écrit deux fois'],
    ['{"__proto__":1}', 1, 2, '« __proto__ » : ce nom n’est pas admis'],
  ] as const)('%j: line %i, column %i', (texte, ...[ligne, colonne, motif]) => {
    expect(lireJson(texte)).toEqual({ type: 'illisible', ligne, colonne, motif });
  });

  test('agrees with JSON.parse on what is JSON; the fault is inside the text, and always named', () => {
    const morceau = constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '"b"',
      '1',
      '-',
      '.5',
      'e',
      'true',
      'nul',
      ' ',
      '\n',
      '\u0001',
      'é',
    );
    const textes = oneof(
      array(morceau, { maxLength: 12 }).map((m) => m.join('')),
      tuple(json(), nat(), morceau).map(
        ([j, n, m]) => j.slice(0, n % (j.length + 1)) + m + j.slice(n % (j.length + 1)),
      ),
      tuple(json(), nat()).map(([j, n]) => j.slice(0, n % (j.length + 1))),
    );
    assert(
      property(textes, (texte) => {
        const lu = lireJson(texte);
        if (lu.type === 'lu') return lit(texte);
        const lignes = texte.split('\n');
        const dedans = lu.colonne <= (lignes[lu.ligne - 1]?.length ?? -1) + 1;
        return dedans && lu.motif !== 'JSON illisible' && (!lit(texte) || lu.motif.startsWith('« '));
      }),
      { numRuns: 3000 },
    );
  });
});
