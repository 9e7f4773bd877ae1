import { describe, expect, test } from 'vitest';
import { tirage } from './mutants.ts';
import { Campagne, PLUS_STRICTS } from './xml-differentiel.ts';

/**
 * crypto.md §2 and §9.1: the bytes verified are the bytes read. Set `MINUTES` for a long campaign, `GRAINE` to replay one.
 */
const MINUTES = Number(process.env['MINUTES'] ?? 0);
const GRAINE = Number(process.env['GRAINE'] ?? (MINUTES > 0 ? Date.now() % 1e9 : 20260401));
const DOCUMENTS = 20_000;
const MUTANTS_PAR_DOCUMENT = 3;

describe('XML 1.0, namespaces and Canonical XML: the same verdict and the same bytes as libxml2', () => {
  test(
    'on random documents and their mutants, cut at random places',
    () => {
      const campagne = new Campagne(tirage(GRAINE));
      const { bilan } = campagne;
      const fin = performance.now() + MINUTES * 60_000;
      while (bilan.documents < DOCUMENTS || performance.now() < fin) {
        campagne.tour(MUTANTS_PAR_DOCUMENT);
        if (bilan.desaccords.length > 0) break;
      }
      const stricts = Object.entries(bilan.stricts).map(([code, n]) => `${code}: ${n}`);
      console.log(
        `XML differential: seed ${GRAINE}, ${bilan.documents} documents, ${bilan.mutants} mutants ` +
          `(${bilan.mutantsAcceptes} well formed), ${bilan.formes} canonical forms compared; ` +
          `stricter by choice: ${stricts.join(', ')}`,
      );
      expect(bilan.desaccords).toEqual([]);
      expect(bilan.documents).toBeGreaterThanOrEqual(DOCUMENTS);
      expect(bilan.mutants).toBeGreaterThanOrEqual(50_000);
      expect(bilan.formes).toBeGreaterThan(DOCUMENTS);
      // a disagreement that never shows has no reason to be allowed
      expect(Object.keys(bilan.stricts).toSorted()).toEqual(Object.keys(PLUS_STRICTS).toSorted());
    },
    (MINUTES + 3) * 60_000,
  );
});
