import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newScratchMark } from '../../src/operations/scratch-pool/new-scratch-mark.ts';
import { scratchName, scratchTags } from '../../src/plan/scratch-pool/scratch-mark.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { cliHere } from '../support/cli-here.ts';
import { effort } from '../support/effort.ts';
import { coveringByEnd, productOf } from './combinations.ts';
import { DRILL_DIMENSIONS, DRILL_REFUSALS, drillEndOf, drillRefusalOf, type DrillCase } from './drill-oracle.ts';
import { contentsOf, putBack, READS, UNPACED, type SourceOfCase } from './guard-world.ts';
import { holdEvery } from './hold-every.ts';
import { NewPoolStage } from './new-pool-stage.ts';

const TIMEOUT_MS = effort({ ordinary: 10, long: 240 }) * 60_000;
const HOUR_MS = 3_600_000;
/** Another machine; and a process of this one that is not there. */
const ELSEWHERE = '0000000000000000 1 1';
const noLonger = (owner: string): string => owner.replace(/ \d+ .*$/, ' 4194305 1');

describe('what the documents promise of every drill', () => {
  let stage: NewPoolStage;
  beforeAll(async () => (stage = await NewPoolStage.open()));
  afterAll(() => stage.close());

  it(
    'is what it does',
    async () => {
      const broken = await holdEvery('drill', chosen(), async (one) => {
        const breaches = await breachesOf(stage, one);
        return breaches.length > 0 ? [drillEndOf(one), ...breaches] : [];
      });
      expect(broken).toBe('');
    },
    TIMEOUT_MS,
  );

  it('has every rule decide something', () => {
    const decided = new Set([...productOf<DrillCase>(DRILL_DIMENSIONS)].map((one) => drillRefusalOf(one)?.name));
    expect(DRILL_REFUSALS.map(({ name }) => name).filter((name) => !decided.has(name))).toEqual([]);
  });
});

/** Of some 6,800 all pairs of those that make a pool, every value of the rest; in the long run all. */
function chosen(): readonly DrillCase[] {
  const all = [...productOf<DrillCase>(DRILL_DIMENSIONS)];
  const isMade = (one: DrillCase): boolean => drillEndOf(one) === 'a drill';
  const made = all.filter(isMade);
  const rest = all.filter((one) => !isMade(one));
  return effort({
    ordinary: () => [...coveringByEnd(made, drillEndOf, 2), ...coveringByEnd(rest, drillEndOf, 1)],
    long: () => all,
  })();
}

async function breachesOf(stage: NewPoolStage, one: DrillCase): Promise<readonly string[]> {
  const { simulator, folder } = stage.world;
  const source = await stage.sourceOf({ ...one, domain: 'free' });
  const earlier = await plantEarlier(stage, one);
  const out = await mkdtemp(join(folder, 'evidence-'));
  if (one.out === 'there') await mkdir(join(out, 'there'));
  const before = stage.pools();
  simulator.resetCounters();
  let asked = 0;
  const answer = (): string => {
    asked += 1;
    return one.terminal === 'answers-right' ? 'yes\r' : 'maybe\r';
  };
  const args = argumentsOf(stage, one, source, join(out, one.out));
  const result = await cliHere(args, one.terminal === 'none' ? undefined : answer);
  const { calls, messages, triggersFired } = simulator.counters;
  const mutations = Object.keys(calls).filter((operation) => !READS.test(operation));
  const isMade = drillEndOf(one) === 'a drill';
  const goes = isMade && one.earlier === 'killed' ? earlier : undefined;
  const expected = before.filter(({ Name }) => Name !== goes).map(({ Id }) => Id);
  const breaches = [
    ...endBreaches(one, result),
    ...(asked === questionsOf(one) ? [] : [`asks ${asked} times`]),
    ...(isMade ? [] : mutations.map((operation) => `calls ${operation}`)),
    ...(stage
      .pools()
      .map(({ Id }) => Id)
      .join() === expected.join()
      ? []
      : ['leaves other pools than there were']),
    ...(messages.causedByAdmin > 0 ? ['sends messages'] : []),
    ...(triggersFired > 0 ? ['fires triggers'] : []),
    ...(await evidenceBreaches(one, out)),
    ...(await vaultBreaches(source)),
  ];
  if (earlier !== undefined) stage.remove(earlier);
  await putBack(source);
  return breaches;
}

/** Answers the name of the pool that an earlier run has left. */
async function plantEarlier({ world }: NewPoolStage, { earlier }: DrillCase): Promise<string | undefined> {
  if (earlier === 'none') return undefined;
  const serviceTime = new Date();
  const mark = await newScratchMark({ purpose: 'drill', serviceTime, runtime: realRuntime, lifeMs: HOUR_MS });
  const owner = earlier === 'working' ? ELSEWHERE : noLonger(mark.owner);
  const PoolName = scratchName(mark);
  world.simulator.configure('CreateUserPool', { PoolName, UserPoolTags: scratchTags({ ...mark, owner }) });
  return PoolName;
}

function argumentsOf(
  { files }: NewPoolStage,
  one: DrillCase,
  { vault, poolId, snapshotId }: SourceOfCase,
  out: string,
): readonly string[] {
  return [
    'drill',
    ...(one.given === 'nothing' ? [] : [`${poolId}@${snapshotId}`]),
    ...(one.given === 'both' ? ['--remove-leftovers'] : []),
    '--vault',
    vault,
    '--out',
    out,
    '--json',
    ...UNPACED,
    ...{ all: [], one: ['--sample', '1'], none: ['--sample', '0'] }[one.sample],
    ...{ nothing: [], yes: ['--yes'], 'dry-run': ['--dry-run'] }[one.says],
    ...(one.snapshot === 'sealed' ? ['--identity', files.identity] : []),
  ];
}

function questionsOf(one: DrillCase): number {
  const by = drillRefusalOf(one);
  const isReached = by === undefined || by.name === 'nobody says yes';
  return isReached && one.says === 'nothing' && one.terminal !== 'none' ? 1 : 0;
}

function endBreaches(one: DrillCase, { exitCode, stdout }: { readonly exitCode: number; readonly stdout: string }) {
  const by = drillRefusalOf(one);
  const { code, message = '', evidence, leftovers } = JSON.parse(stdout) as Document;
  const wanted = { exitCode: by?.exitCode ?? 0, code: by?.code };
  if (exitCode !== wanted.exitCode || code !== wanted.code) {
    return [`ends with ${exitCode} ${code} (${message}), not ${JSON.stringify(wanted)}`];
  }
  if (by) return by.message.test(message) ? [] : [`refused otherwise: ${message}`];
  const breaches: string[] = [];
  if (leftovers?.removable.length !== (one.earlier === 'killed' ? 1 : 0)) breaches.push('miscounts what may go');
  if (leftovers?.left.length !== (one.earlier === 'working' ? 1 : 0)) breaches.push('miscounts what stays');
  if (evidence === undefined) return one.says === 'dry-run' ? breaches : [...breaches, 'has no evidence'];
  if (evidence.verdict !== 'pass') breaches.push(`is a ${evidence.verdict}`);
  if (evidence.place.pool.fate !== 'deleted') breaches.push(`the pool is ${evidence.place.pool.fate}`);
  return breaches;
}

interface Document {
  readonly code?: string;
  readonly message?: string;
  readonly leftovers?: { readonly removable: readonly unknown[]; readonly left: readonly unknown[] };
  readonly evidence?: { readonly verdict: string; readonly place: { readonly pool: { readonly fate: string } } };
}

/** Two files where something was made, else none. */
async function evidenceBreaches(one: DrillCase, out: string): Promise<string[]> {
  const files = (await readdir(out, { recursive: true })).filter((name) => name.includes('drill-'));
  const wanted = drillEndOf(one) === 'a drill' ? 2 : 0;
  return files.length === wanted ? [] : [`writes ${files.length} files of evidence`];
}

/** Whatever was done, the vault remembers no scratch pool and holds no lease; snapshots are as they were. */
async function vaultBreaches({ vault, contents, poolId }: SourceOfCase): Promise<string[]> {
  const after = await contentsOf(vault);
  const lease = `locks/${poolId}.json`;
  const held = after.get(lease);
  return [
    ...[...contents]
      .filter(([key, bytes]) => key !== lease && after.get(key) !== bytes)
      .map(([key]) => `changes ${key}`),
    ...[...after.keys()].filter((key) => !contents.has(key) && key !== lease).map((key) => `adds ${key}`),
    ...(held !== undefined && !Buffer.from(held, 'base64').includes('"state":"free"') ? [`holds ${lease}`] : []),
  ];
}
