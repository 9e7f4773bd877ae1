import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that Stryker runs against each mutant: no server, no package to install, no campaign of random documents. */
export default defineConfig({
  test: {
    include: ['test/unit/formats/**/*.test.ts', 'test/unit/notification/signature.test.ts'],
    exclude: [...configDefaults.exclude, 'test/unit/formats/xades*/{juges,mutants}.test.ts'],
    testTimeout: 40_000,
    hookTimeout: 60_000,
  },
});
