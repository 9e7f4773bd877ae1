import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Milliseconds of each test file, as the first run, without mutant, saw them. */
const durees = new Map<string, number>();

/** A mutant dies at the first test that sees it: the short files first. */
class BrefsDabord extends BaseSequencer {
  override async sort(fichiers: TestSpecification[]): Promise<TestSpecification[]> {
    for (const f of fichiers) {
      const vu = this.ctx.cache.getTestSpecificationResult(f);
      if (vu !== undefined && !durees.has(f.moduleId)) durees.set(f.moduleId, vu.duration);
    }
    return fichiers.toSorted((a, b) => (durees.get(a.moduleId) ?? 0) - (durees.get(b.moduleId) ?? 0));
  }
}

/**
 * Tests that Stryker runs against each mutant, told by `lancer.ts`: no server, no package to install, no campaign of random
 * documents, no file of several megabytes.
 */
export default defineConfig({
  test: {
    include: (process.env['VGM_MUTATION_ESSAIS'] ?? '').split(','),
    exclude: [
      ...configDefaults.exclude,
      'test/unit/formats/xades*/{juges,mutants}.test.ts',
      'test/unit/formats/xml-hasard.test.ts',
      'test/unit/formats/pdf-*/hasard.test.ts',
      'test/unit/formats/xml-moteur/poids.test.ts',
    ],
    sequence: { sequencer: BrefsDabord },
    isolate: false,
    testTimeout: 40_000,
    hookTimeout: 60_000,
  },
});
