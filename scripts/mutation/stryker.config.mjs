import { chosenTarget } from './targets.mjs';

const target = chosenTarget();

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutation/skip-human-text.mjs'],
  ignorers: ['human-text'],
  mutate: target.mutate,
  vitest: { configFile: 'scripts/mutation/vitest.config.mjs', related: false },
  coverageAnalysis: 'perTest',
  // One runner is what the machine of a developer has to spare.
  concurrency: 1,
  // Read by Stryker through the API of TypeScript 5, which version 7 has no more. Nothing here wants it rewritten.
  tsconfigFile: 'none.json',
  ignorePatterns: ['/bench', '/docs', 'dist'],
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  // A second run tries again what survived, and what was changed.
  incremental: true,
  incrementalFile: `reports/mutation/${target.name}.incremental.json`,
  jsonReporter: { fileName: `reports/mutation/${target.name}.json` },
  allowEmpty: false,
};
