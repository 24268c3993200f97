import { statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Tests that go through the built command and handlers. Of the others a few start it, too; units and sweeps need no `dist/`. */
const BUILT = ['test/e2e/**/*.test.ts', 'test/lambda/**/*.test.ts'];

/** Tests on a real S3, each a named skip where COGNITO_BACKUP_TEST_S3 names none: see CONTRIBUTING.md. */
const REAL_S3 = ['test/s3/**/*.test.ts'];

/** Thousands of cases each, on decisions of the tool's own: `.ci/run` does without them on the second version of Node. */
const SWEEPS = ['canaries', 'damage', 'failing-storage', 'faults', 'fuzz', 'guards', 'kills', 'listing', 'races'].map(
  (name) => `test/${name}/**/*.test.ts`,
);

/**
 * Where tests put their folders: in memory where there is room, because a vault syncs every file it writes, and a disk takes
 * some milliseconds for each. What needs a disk of its own mounts one.
 */
function temporaryFolder(): { readonly TMPDIR?: string } {
  const inMemory = '/dev/shm';
  if (process.env['TMPDIR'] !== undefined) return {};
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize > 4 * 2 ** 30 ? { TMPDIR: inMemory } : {};
  } catch {
    return {};
  }
}

export default defineConfig(({ mode }) => {
  // `npm run test:long` sweeps further in the same tests: see test/support/effort.ts.
  const long = mode === 'long';
  // Files share the modules of their worker: loading them anew took a second of CPU for each.
  const shared = {
    isolate: false,
    setupFiles: ['./test/support/setup.ts'],
    env: { TEST_EFFORT: long ? 'long' : 'ordinary', ...temporaryFolder() },
  };
  const timeout = (ms: number) => ({ testTimeout: long ? ms * 60 : ms, hookTimeout: ms });
  return {
    test: {
      // One more than the smallest machine has cores: a good part of the tests waits for processes and disks.
      maxWorkers: 3,
      reporters: ['default', './scripts/totals-reporter.mjs'],
      projects: [
        { test: { ...shared, name: 'unit', include: ['src/**/*.test.ts'], ...timeout(30_000) } },
        {
          test: {
            ...shared,
            name: 'in-process',
            include: ['test/**/*.test.ts'],
            exclude: [...BUILT, ...REAL_S3, ...SWEEPS],
            globalSetup: ['./scripts/ensure-build.mjs'],
            ...timeout(120_000),
          },
        },
        { test: { ...shared, name: 'sweeps', include: SWEEPS, ...timeout(120_000) } },
        {
          test: {
            ...shared,
            name: 'built',
            include: BUILT,
            globalSetup: ['./scripts/ensure-build.mjs'],
            ...timeout(300_000),
          },
        },
        {
          test: {
            ...shared,
            name: 'real-s3',
            include: REAL_S3,
            globalSetup: process.env['COGNITO_BACKUP_TEST_S3'] ? ['./scripts/ensure-build.mjs'] : [],
            ...timeout(300_000),
          },
        },
      ],
    },
  };
});
