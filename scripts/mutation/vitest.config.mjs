import { defineConfig } from 'vitest/config';
import { chosenTarget } from './targets.mjs';

// One project: a mutant of something static is tried on every test of the configuration, so it holds those of the target alone.
export default defineConfig({
  test: {
    include: chosenTarget().tests,
    reporters: [],
    // The files of a run share their modules; each run, which is one mutant, loads them anew.
    isolate: false,
    testTimeout: 60_000,
    env: { TEST_EFFORT: 'brief' },
  },
});
