import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { TARGETS } from './targets.mjs';

const CONFIG = 'scripts/mutation/stryker.config.mjs';

/** `npm run mutation [TARGET…]`: mutates the targets one after another and ends with their scores. */
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(TARGETS, name));
if (unknown.length > 0)
  throw new Error(`No such target: ${unknown.join(', ')}; there are ${Object.keys(TARGETS).join(', ')}`);

const rows = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(TARGETS)) {
  const env = { ...process.env, MUTATION_TARGET: name };
  const { status } = spawnSync('npx', ['--no-install', 'stryker', 'run', CONFIG], { stdio: 'inherit', env });
  if (status !== 0) process.exit(status || 1);
  rows.push(scoreOf(name));
}
console.table(rows);

function scoreOf(name) {
  const { files } = JSON.parse(readFileSync(`reports/mutation/${name}.json`, 'utf8'));
  const mutants = Object.values(files).flatMap((file) => file.mutants);
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  const missed = count('Survived', 'NoCoverage');
  const score = `${((noticed / (noticed + missed)) * 100).toFixed(1)} %`;
  return { target: name, mutants: noticed + missed, noticed, missed, score, ignored: count('Ignored') };
}
