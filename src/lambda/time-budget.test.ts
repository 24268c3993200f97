import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { MARGIN_VARIABLE, TimeBudget } from './time-budget.ts';

function setUp(options: { readonly remainingMs: number; readonly env?: Record<string, string> }) {
  let remainingMs = options.remainingMs;
  let cutAfterMs = 0;
  let cut = (): void => {};
  const sleep = async (delayMs: number): Promise<void> => {
    cutAfterMs = delayMs;
    await new Promise<void>((resolve) => {
      cut = resolve;
    });
  };
  const context = { awsRequestId: '1', getRemainingTimeInMillis: () => remainingMs };
  const budget = new TimeBudget(context, { ...manualRuntime(), sleep }, options.env ?? {});
  return {
    budget,
    cutAfterMs: () => cutAfterMs,
    setRemaining: (ms: number) => {
      remainingMs = ms;
    },
    cut: async () => {
      cut();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('TimeBudget', () => {
  it('keeps a tenth of a short call, and thirty seconds of a long one', () => {
    const short = setUp({ remainingMs: 60_000 });
    short.setRemaining(6_001);
    expect(short.budget.isSpent()).toBe(false);
    short.setRemaining(6_000);
    expect(short.budget.isSpent()).toBe(true);

    const long = setUp({ remainingMs: 900_000 });
    long.setRemaining(30_001);
    expect(long.budget.isSpent()).toBe(false);
    long.setRemaining(30_000);
    expect(long.budget.isSpent()).toBe(true);
  });

  it('takes its margin from the environment, and refuses one that is no number', () => {
    const { budget, setRemaining } = setUp({ remainingMs: 900_000, env: { [MARGIN_VARIABLE]: '2000' } });
    setRemaining(2_001);
    expect(budget.isSpent()).toBe(false);
    expect(budget.hasRoomFor(1)).toBe(false);
    expect(() => setUp({ remainingMs: 1, env: { [MARGIN_VARIABLE]: '2s' } })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  it('cuts work off before Lambda would, with a third of the margin left', async () => {
    const { budget, cutAfterMs, cut } = setUp({ remainingMs: 90_000 });
    expect(cutAfterMs()).toBe(87_000);
    expect(budget.signal.aborted).toBe(false);
    await cut();
    expect(() => throwIfInterrupted(budget.signal)).toThrow(expect.objectContaining({ code: 'interrupted' }));
  });

  it('knows its own interruption from other errors', async () => {
    const { budget, cut } = setUp({ remainingMs: 90_000 });
    expect(budget.hasCaused(new BackupError('interrupted', 'Interrupted'))).toBe(false);
    await cut();
    expect(budget.hasCaused(new BackupError('interrupted', 'Interrupted'))).toBe(true);
    expect(budget.hasCaused(new BackupError('throttled', 'Throttled'))).toBe(false);
  });

  it('leaves work that cannot be cut to the next call, unless it is what this call begins with', async () => {
    const { budget, setRemaining } = setUp({ remainingMs: 90_000 });
    setRemaining(0);
    expect(await budget.whole(async () => 'done', { isFirst: false })).toBeUndefined();
    expect(await budget.whole(async () => 'done', { isFirst: true })).toBe('done');
  });

  it('leaves work that was cut off to the next call, and fails when a whole call was too short for it', async () => {
    const { budget, cut } = setUp({ remainingMs: 90_000 });
    const work = async (signal: AbortSignal): Promise<string> => {
      await cut();
      throwIfInterrupted(signal);
      return 'done';
    };
    expect(await budget.whole(work, { isFirst: false })).toBeUndefined();
    await expect(budget.whole(work, { isFirst: true })).rejects.toMatchObject({ code: 'interrupted' });
  });
});
