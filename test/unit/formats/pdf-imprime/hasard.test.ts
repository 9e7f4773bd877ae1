import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { imprimer } from '../../../../src/formats/pdf/imprime.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';

const COLONNES = [
  { titre: 'Nom du fichier', part: 4 },
  { titre: 'Format', part: 2 },
  { titre: 'Taille', part: 2 },
];

test('any text is printed, whatever is written', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 20 }),
      async (textes) => {
        const lignes = textes.map((t) => [t, t, t]);
        const octets = await imprimer({
          titre: textes.join(' '),
          entete: textes[0] ?? '',
          pied: textes[2] ?? '',
          date: Date.parse('2026-03-04T10:00:00Z') as Instant,
          sections: [{ type: 'tableau', titre: textes[1] ?? '', colonnes: COLONNES, lignes }],
        });
        expect(octets.subarray(0, 5).toString()).toBe('%PDF-');
      },
    ),
    { seed: 20_260_304, numRuns: 10 },
  );
});
