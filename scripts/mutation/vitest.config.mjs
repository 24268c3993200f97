import { statSync } from 'node:fs';
import { chosenTarget } from './targets.mjs';

/** Small files first: a mutant that one of them notices costs no more than that. */
class SmallestFirst {
  async sort(files) {
    return files.toSorted((a, b) => statSync(a.moduleId).size - statSync(b.moduleId).size);
  }

  async shard(files) {
    return files;
  }
}

// One project: a mutant of something static is tried on every test of the configuration, so it holds those of the target alone.
export default {
  test: {
    include: chosenTarget().tests,
    reporters: [],
    // The files of a run share their modules; each run, which is one mutant, loads them anew.
    isolate: false,
    sequence: { sequencer: SmallestFirst },
    testTimeout: 60_000,
    env: { TEST_EFFORT: 'brief' },
  },
};
