import { defineConfig } from 'vitest/config';

/** Tests that need no built `dist/`; what stands elsewhere below `test/` goes through the built command and handlers. */
const IN_PROCESS = ['test/architecture/**/*.test.ts', 'test/contracts/**/*.test.ts', 'test/operations/**/*.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', './scripts/totals-reporter.mjs'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'in-process',
          include: IN_PROCESS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'built',
          include: ['test/**/*.test.ts'],
          exclude: IN_PROCESS,
          globalSetup: ['./scripts/ensure-build.mjs'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
