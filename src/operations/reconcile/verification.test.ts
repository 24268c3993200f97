import { describe, expect, it } from 'vitest';
import { manualRuntime } from '../../runtime/manual-runtime.ts';
import { Settling } from './settling.ts';
import { Verification, type RoundBefore } from './verification.ts';

const ROUND: RoundBefore = { round: 1, hadJob: false, failed: 0, deletesLeft: 0 };

/** What a listing has left over. */
function left(
  digest: string,
  remaining: Partial<Record<'missing' | 'extra' | 'changed', number>> = { missing: 2 },
  deleteUsers = 0,
) {
  const summary = { planned: { deleteUsers }, remaining: { missing: 0, extra: 0, changed: 0, ...remaining } };
  return { digest, summary } as Parameters<Verification['next']>[0];
}

/** After a round whose writes the listing shows, or may not show yet. */
function verification({ settled }: { readonly settled: boolean }, state = { firstRound: 1 }): Verification {
  const settling = new Settling(manualRuntime());
  settling.begin(!settled);
  settling.look();
  return new Verification(settling, state);
}

describe('Verification', () => {
  it('tries what two listings agree on once, and takes what is left of that for the result', () => {
    const verify = verification({ settled: true });
    const seen = [left('2:a'), left('2:a'), left('2:a')].map((plan) => verify.next(plan, ROUND));
    expect(seen).toEqual(['look', 'try', 'end']);
  });

  it('looks on as long as no two listings agree', () => {
    const verify = verification({ settled: true });
    expect(['2:a', '2:b', '2:a', '2:a'].map((digest) => verify.next(left(digest), ROUND))).toEqual([
      'look',
      'look',
      'look',
      'try',
    ]);
  });

  it('neither tries nor ends while listings may lag', () => {
    const verify = verification({ settled: false });
    const seen = [1, 2, 3].map(() => verify.next(left('2:a'), ROUND));
    expect(seen).toEqual(['look', 'look', 'look']);
  });

  it('does not wait where only the steps after a job can be left', () => {
    const verify = verification({ settled: false });
    const seen = [1, 2].map(() => verify.next(left('2:a', { changed: 2 }), { ...ROUND, hadJob: true }));
    expect(seen).toEqual(['look', 'try']);
    const missing = verification({ settled: false });
    expect([1, 2].map(() => missing.next(left('2:a'), { ...ROUND, hadJob: true }))).toEqual(['look', 'look']);
  });

  it('does not wait where no more is left than has failed', () => {
    const verify = verification({ settled: false });
    expect([1, 2].map(() => verify.next(left('2:a'), { ...ROUND, failed: 2 }))).toEqual(['look', 'try']);
    const more = verification({ settled: false });
    expect([1, 2].map(() => more.next(left('3:a', { missing: 3 }), { ...ROUND, failed: 2 }))).toEqual(['look', 'look']);
  });

  it('neither tries again nor believes that it was in vain while listings may lag', () => {
    const verify = verification({ settled: false });
    const seen = [1, 2, 3, 4].map(() => verify.next(left('2:a'), { ...ROUND, failed: 2 }));
    expect(seen).toEqual(['look', 'try', 'look', 'look']);
    const last = verification({ settled: false });
    expect([1, 2].map(() => last.next(left('2:a'), { ...ROUND, round: 4, failed: 2 }))).toEqual(['look', 'look']);
  });

  it('ends after three more rounds with what two listings agree on', () => {
    const verify = verification({ settled: true });
    const last = { ...ROUND, round: 4 };
    expect(['2:a', '2:b', '2:b'].map((digest) => verify.next(left(digest), last))).toEqual(['look', 'look', 'end']);
  });

  it('deletes no more than was confirmed, and ends with what would', () => {
    const verify = verification({ settled: true });
    const plan = left('2:a', { extra: 2 }, 2);
    const seen = [1, 2].map(() => verify.next(plan, { ...ROUND, deletesLeft: 1 }));
    expect(seen).toEqual(['look', 'end']);
    const confirmed = verification({ settled: true });
    expect([1, 2].map(() => confirmed.next(plan, { ...ROUND, deletesLeft: 2 }))).toEqual(['look', 'try']);
    const lagging = verification({ settled: false });
    expect([1, 2].map(() => lagging.next(plan, { ...ROUND, failed: 2 }))).toEqual(['look', 'look']);
  });

  it('goes on in another process where it was', () => {
    const first = verification({ settled: true });
    first.next(left('2:a'), ROUND);
    const second = verification({ settled: true }, first.state);
    expect(second.next(left('2:a'), ROUND)).toBe('try');
    const third = verification({ settled: true }, second.state);
    expect(third.next(left('2:a'), { ...ROUND, round: 2 })).toBe('end');
  });
});
