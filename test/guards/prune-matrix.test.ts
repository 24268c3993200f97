import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliHere } from '../support/cli-here.ts';
import { effort } from '../support/effort.ts';
import { coveringByEnd, productOf } from './combinations.ts';
import { DIMENSIONS, type SnapshotKind } from './dimensions.ts';
import { contentsOf, GuardWorld, putBack } from './guard-world.ts';
import { holdEvery } from './hold-every.ts';

/** `prune` looks at a vault alone: neither the tags and triggers of a pool nor a terminal decide anything. */
interface PruneCase {
  /** Of the newest snapshot; an older good one is always there. */
  readonly snapshot: SnapshotKind;
  readonly protectedTag: boolean;
  readonly standbyTag: boolean;
  readonly rule: 'none' | 'of-nothing' | 'keep-last-1';
  readonly says: 'nothing' | 'apply' | 'apply-at-once';
  readonly terminal: 'none' | 'answers-wrong';
}

const PRUNE_DIMENSIONS = {
  snapshot: DIMENSIONS.snapshot,
  protectedTag: [false, true],
  standbyTag: [false, true],
  rule: ['none', 'of-nothing', 'keep-last-1'],
  says: ['nothing', 'apply', 'apply-at-once'],
  terminal: ['none', 'answers-wrong'],
} as const;

const RULES = { none: [], 'of-nothing': ['--keep-last', '0'], 'keep-last-1': ['--keep-last', '1'] };
const SAYS = { nothing: ['--grace', '0s'], apply: ['--apply'], 'apply-at-once': ['--apply', '--grace', '0s'] };

/** Suspect and unreadable snapshots take nobody's place, so that the older one stays. */
const TAKES_PLACE: { readonly [Kind in SnapshotKind]: boolean } = {
  good: true,
  accepted: true,
  empty: true,
  suspect: false,
  damaged: false,
};

describe('what the documents promise of every prune', () => {
  let world: GuardWorld;
  beforeAll(async () => (world = await GuardWorld.open()));
  afterAll(() => world.close());

  it('is what it does', async () => {
    expect(await holdEvery('prune', chosen(), (one) => breachesOf(world, one))).toBe('');
  }, 600_000);
});

/** All 360, or with both tags or none the pairs of what each way to end has: nothing but rule, flags and snapshot decides. */
function chosen(): readonly PruneCase[] {
  const all = [...productOf<PruneCase>(PRUNE_DIMENSIONS)];
  const endOf = ({ rule, says, snapshot }: PruneCase): string =>
    rule === 'keep-last-1' ? `${says} ${TAKES_PLACE[snapshot]}` : rule;
  const taggedAlike = all.filter(({ protectedTag, standbyTag }) => protectedTag === standbyTag);
  return effort({ ordinary: () => coveringByEnd(taggedAlike, endOf, 2), long: () => all })();
}

async function breachesOf(world: GuardWorld, one: PruneCase): Promise<string[]> {
  const { snapshot, rule, says, terminal, ...tags } = one;
  const source = await world.sourceOf(snapshot, { ...tags, trigger: 'none' });
  const { vault, contents, poolId, snapshotId, olderId } = source;
  world.simulator.resetCounters();
  const asked: string[] = [];
  const answer = (question: string): string => `${asked.push(question) > 0 ? 'n' : ''}\r`;
  const args = ['prune', '--vault', vault, '--json', ...RULES[rule], ...SAYS[says]];
  const { exitCode } = await cliHere(args, terminal === 'none' ? undefined : answer);
  const after = await contentsOf(vault);
  const changed = [...contents].filter(([key, bytes]) => after.get(key) !== bytes).map(([key]) => key);
  const added = [...after.keys()].filter((key) => !contents.has(key));
  if (changed.length + added.length > 0) await putBack(source);

  const isRefused = rule !== 'keep-last-1';
  const goes = !isRefused && says !== 'nothing' && TAKES_PLACE[snapshot];
  const older = `pools/${poolId}/snapshots/${olderId}/`;
  const breaches: string[] = [];
  if (exitCode !== (isRefused ? 2 : 0)) breaches.push(`ends with ${exitCode}`);
  if (asked.length > 0) breaches.push('asks');
  if (Object.keys(world.simulator.counters.calls).length > 0) breaches.push('calls Cognito');
  const mark = goes && says === 'apply' ? [`${older}expired.json`] : [];
  if (added.join() !== mark.join()) breaches.push(`writes [${added.join()}], not [${mark.join()}]`);
  const gone = goes && says === 'apply-at-once' ? [...contents.keys()].filter((key) => key.startsWith(older)) : [];
  if (changed.join() !== gone.join()) breaches.push(`changes [${changed.join()}], not [${gone.join()}]`);
  if (changed.some((key) => key.includes(snapshotId))) breaches.push('touches the newest snapshot');
  return breaches;
}
