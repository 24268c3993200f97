import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePoolId, timedId, type SnapshotId } from '../../model/ids.ts';
import type { SnapshotSummary } from '../snapshots/list-snapshots.ts';
import { decideRetention, isEmptyPolicy, type KeepReason, type RetentionPolicy } from './retention.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const NONE: RetentionPolicy = { last: 0, daily: 0, weekly: 0, monthly: 0, withinMs: 0 };
const HOUR_MS = 60 * 60 * 1000;

let serial = 0;
function snapshot(at: string, status: SnapshotSummary['status'] = 'complete'): SnapshotSummary {
  serial += 1;
  const id = timedId(new Date(at), Buffer.of(serial >> 8, serial, 0)) as SnapshotId;
  return { id, poolId: parsePoolId('eu-central-1_Retained1'), status };
}

/** Dates of what stays, each with its reasons. */
function kept(snapshots: readonly SnapshotSummary[], policy: Partial<RetentionPolicy>): Record<string, KeepReason[]> {
  const decisions = decideRetention(snapshots, { ...NONE, ...policy }, NOW).filter(({ keep }) => keep.length > 0);
  return Object.fromEntries(decisions.map(({ snapshot: { id }, keep }) => [id.slice(0, 13), [...keep]]));
}

describe('decideRetention', () => {
  it('keeps the newest ones, and the newest good one under every policy', () => {
    const snapshots = [
      snapshot('2026-11-20T01:00:00Z'),
      snapshot('2026-11-21T01:00:00Z'),
      snapshot('2026-11-22T01:00:00Z'),
    ];
    expect(kept(snapshots, {})).toEqual({ '20261122T0100': ['newest'] });
    expect(kept(snapshots, { last: 2 })).toEqual({ '20261121T0100': ['last'], '20261122T0100': ['newest', 'last'] });
  });

  it('lets go what another one supersedes, which takes its place under every rule', () => {
    const [first, old, other] = ['2026-11-20T01:00:00Z', '2026-11-21T01:00:00Z', '2026-11-21T01:00:00Z'].map((at) =>
      snapshot(at),
    ) as [SnapshotSummary, SnapshotSummary, SnapshotSummary];
    for (const pair of [
      [old, { ...other, supersedes: old.id }],
      [{ ...old, supersedes: other.id }, other],
    ]) {
      const decided = decideRetention([first, ...pair], { ...NONE, last: 2, withinMs: 99 * 24 * HOUR_MS }, NOW);
      expect(decided.map(({ snapshot: { supersedes }, keep }) => [supersedes !== undefined, keep.length > 0])).toEqual([
        [false, true],
        ...pair.map(({ supersedes }) => [supersedes !== undefined, supersedes !== undefined]),
      ]);
    }
  });

  it('keeps what is superseded by something that cannot be read', () => {
    const [old, other] = [snapshot('2026-11-21T01:00:00Z'), snapshot('2026-11-21T01:00:00Z', 'damaged')] as const;
    const decided = decideRetention([old, { ...other, supersedes: old.id }], { ...NONE, last: 1 }, NOW);
    expect(decided.map(({ keep }) => keep)).toEqual([['newest', 'last'], ['unreadable']]);
  });

  it('keeps an unfinished one for two days after it was begun, however old its id', () => {
    const unfinished = snapshot('2026-11-01T01:00:00Z', 'unfinished');
    const at = (begunAt: string) => decideRetention([{ ...unfinished, begunAt }], { ...NONE, last: 1 }, NOW)[0]?.keep;
    expect(at('2026-11-22T00:00:00.000Z')).toEqual(['running']);
    expect(at('2026-11-21T00:00:00.000Z')).toEqual([]);
  });

  it('keeps the newest of each day, ISO week and month', () => {
    const snapshots = [
      snapshot('2026-09-30T23:59:59Z'),
      snapshot('2026-10-01T00:00:00Z'),
      // Sunday of week 46, Monday and Sunday of week 47.
      snapshot('2026-11-15T10:00:00Z'),
      snapshot('2026-11-16T10:00:00Z'),
      snapshot('2026-11-22T01:00:00Z'),
      snapshot('2026-11-22T02:00:00Z'),
    ];
    expect(kept(snapshots, { daily: 2 })).toEqual({
      '20261116T1000': ['daily'],
      '20261122T0200': ['newest', 'daily'],
    });
    expect(kept(snapshots, { weekly: 2 })).toEqual({
      '20261115T1000': ['weekly'],
      '20261122T0200': ['newest', 'weekly'],
    });
    expect(kept(snapshots, { monthly: 9 })).toEqual({
      '20260930T2359': ['monthly'],
      '20261001T0000': ['monthly'],
      '20261122T0200': ['newest', 'monthly'],
    });
  });

  it('counts a week across the turn of the year once', () => {
    const snapshots = [snapshot('2026-12-31T10:00:00Z'), snapshot('2027-01-01T10:00:00Z')];
    expect(kept(snapshots, { weekly: 5 })).toEqual({ '20270101T1000': ['newest', 'weekly'] });
  });

  it('keeps what is younger than asked for', () => {
    const snapshots = [
      snapshot('2026-11-23T10:00:00Z'),
      snapshot('2026-11-23T10:00:01Z'),
      snapshot('2026-11-23T11:00:00Z'),
    ];
    expect(kept(snapshots, { withinMs: 2 * HOUR_MS })).toEqual({
      '20261123T1000': ['within'],
      '20261123T1100': ['newest', 'within'],
    });
  });

  it('never counts a suspect, and lets it go once a good one follows', () => {
    const snapshots = [
      snapshot('2026-11-19T01:00:00Z', 'suspect'),
      snapshot('2026-11-20T01:00:00Z'),
      snapshot('2026-11-21T01:00:00Z', 'accepted'),
      snapshot('2026-11-22T01:00:00Z', 'suspect'),
    ];
    expect(kept(snapshots, { last: 1 })).toEqual({
      '20261121T0100': ['newest', 'last'],
      '20261122T0100': ['undecided'],
    });
    expect(kept(snapshots.slice(0, 1), { last: 1 })).toEqual({ '20261119T0100': ['undecided'] });
  });

  it('leaves a backup that may go on, and what cannot be read', () => {
    const snapshots = [
      snapshot('2026-11-01T01:00:00Z', 'damaged'),
      snapshot('2026-11-02T01:00:00Z', 'too-new'),
      snapshot('2026-11-21T11:59:59Z', 'unfinished'),
      snapshot('2026-11-21T12:00:01Z', 'unfinished'),
    ];
    expect(kept(snapshots, { last: 9 })).toEqual({
      '20261101T0100': ['unreadable'],
      '20261102T0100': ['unreadable'],
      '20261121T1200': ['running'],
    });
  });

  it('is never without a good snapshot, keeps at least what each rule asks for, and more with more', () => {
    const statuses = ['complete', 'accepted', 'suspect', 'unfinished', 'damaged', 'too-new'] as const;
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.constantFrom(...statuses)), { maxLength: 60 });
    const count = fc.integer({ min: 0, max: 8 });
    const policy = fc.record({ last: count, daily: count, weekly: count, monthly: count, withinMs: fc.constant(0) });
    fc.assert(
      fc.property(some, policy, (ages, rules) => {
        const snapshots = ages
          .toSorted(([a], [b]) => b - a)
          .map(([hours, status]) => snapshot(new Date(NOW.getTime() - hours * HOUR_MS).toISOString(), status));
        const good = snapshots.filter(({ status }) => status === 'complete' || status === 'accepted');
        const stays = (given: RetentionPolicy): Set<SnapshotSummary> =>
          new Set(decideRetention(snapshots, given, NOW).flatMap((d) => (d.keep.length > 0 ? [d.snapshot] : [])));
        const left = good.filter((each) => stays(rules).has(each));
        expect(left.length).toBeGreaterThanOrEqual(Math.min(good.length, Math.max(1, rules.last)));
        expect(left.at(-1)).toBe(good.at(-1));
        const more = stays({ ...rules, daily: rules.daily + 1, withinMs: 100 * HOUR_MS });
        for (const each of stays(rules)) expect(more.has(each)).toBe(true);
      }),
    );
  });
});

it('an empty policy is known for one', () => {
  expect(isEmptyPolicy(NONE)).toBe(true);
  for (const rule of ['last', 'daily', 'weekly', 'monthly', 'withinMs'] as const)
    expect(isEmptyPolicy({ ...NONE, [rule]: 1 })).toBe(false);
});
