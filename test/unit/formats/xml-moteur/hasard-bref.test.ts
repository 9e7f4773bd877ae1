import { expect, test } from 'vitest';
import { tirage } from '../../../conformite/mutants.ts';
import { Campagne } from '../../../conformite/xml-differentiel.ts';

/** A short draw of the differential campaign (`test/conformite/xml-differentiel.test.ts`), short enough to judge mutants of the code. */

test.each([11, 12, 13, 14])(
  'random documents and their accidents read as libxml2 does: seed %i',
  (graine) => {
    const campagne = new Campagne(tirage(graine));
    const { bilan } = campagne;
    while (bilan.formes < 150 && bilan.desaccords.length === 0) campagne.tour(2);
    expect(bilan.desaccords).toEqual([]);
    expect(bilan.mutants).toBeGreaterThanOrEqual(bilan.documents);
  },
);
