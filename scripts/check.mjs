import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** In this order: what is quick to say no comes first. Each is a script of package.json and can be run alone. */
const STEPS = ['format:check', 'lint', 'types', 'build', 'test:only', 'unused', 'surface'];

const { values } = parseArgs({ options: { skip: { type: 'string', multiple: true, default: [] } } });
const unknown = values.skip.filter((step) => !STEPS.includes(step));
if (unknown.length > 0) throw new Error(`No such step: ${unknown.join(', ')}`);
const steps = STEPS.filter((step) => !values.skip.includes(step));

const startedMs = performance.now();
for (const [index, step] of steps.entries()) {
  const beganMs = performance.now();
  console.log(`\n── ${step} (${index + 1} of ${steps.length})`);
  const { status, signal } = spawnSync('npm', ['run', '--silent', step], { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`\n✗ ${step} failed after ${since(beganMs)} (${signal ?? `exit code ${status}`}): npm run ${step}`);
    process.exit(status || 1);
  }
  console.log(`✓ ${step} in ${since(beganMs)}`);
}
console.log(`\nAll ${steps.length} checks passed in ${since(startedMs)}`);

function since(beforeMs) {
  return `${((performance.now() - beforeMs) / 1000).toFixed(1)} s`;
}
