import { describe, expect, it } from 'vitest';
import type { Runtime } from '../runtime/runtime.ts';
import { showProgress } from './progress.ts';
import { fakeTerminal } from './testing/fake-terminal.ts';

/** A clock that a test moves, and sleepers that it wakes. */
function steppedRuntime() {
  let nowMs = 0;
  let wake: (() => void) | undefined;
  const runtime: Runtime = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: () => new Promise((resolve) => (wake = resolve)),
    randomBytes: (size) => new Uint8Array(size),
  };
  const step = async (ms: number): Promise<void> => {
    nowMs += ms;
    wake?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { runtime, step };
}

describe('showProgress', () => {
  it('writes a plain line at every beat off a terminal, and none when there is nothing to say', async () => {
    const terminal = fakeTerminal({ live: false });
    const { runtime, step } = steppedRuntime();
    const progress = showProgress({ terminal, runtime, quiet: false });
    await step(10_000);
    progress.observer({ kind: 'phase', phase: 'apply-users', total: 100 });
    progress.observer({ kind: 'progress', phase: 'apply-users', done: 50, total: 100 });
    await step(10_000);
    progress.stop('done');
    await step(10_000);
    expect(terminal.stderr).toEqual(['Writing users  50 of 100 · 50 % · 5.0/s · 10 s left']);
  });

  it('redraws one line on a terminal, within its width, and leaves what was done', async () => {
    const terminal = fakeTerminal({ live: true, columns: 50 });
    const { runtime, step } = steppedRuntime();
    const progress = showProgress({ terminal, runtime, quiet: false });
    progress.observer({ kind: 'phase', phase: 'apply-users', total: 4 });
    progress.observer({ kind: 'progress', phase: 'apply-users', done: 1, total: 4 });
    await step(1_000);
    expect(terminal.statusLine).toBe('━━━━━━━━━━━━━━━━━━━━ Writing users  1 of 4 · 25 %');
    progress.stop('done');
    expect(terminal.statusLine).toBeUndefined();
    expect(terminal.stderr).toEqual(['✓ Writing users: 1 user in 1.0 s']);
  });

  it('gives no tick to a phase that did not end', async () => {
    const terminal = fakeTerminal({ live: true });
    const { runtime, step } = steppedRuntime();
    const progress = showProgress({ terminal, runtime, quiet: false });
    progress.observer({ kind: 'phase', phase: 'apply-users', total: 4 });
    progress.observer({ kind: 'progress', phase: 'apply-users', done: 3, total: 4 });
    await step(1_000);
    progress.stop('failed');
    expect(terminal.stderr).toEqual(['✗ Writing users: 3 users in 1.0 s, then it stopped']);
  });

  it('ticks off what led to a question, draws nothing while it is on the screen, and does not call that a failure', async () => {
    const terminal = fakeTerminal({ live: true });
    const { runtime, step } = steppedRuntime();
    const progress = showProgress({ terminal, runtime, quiet: false });
    progress.observer({ kind: 'phase', phase: 'plan' });
    await step(1_000);
    progress.pause();
    await step(60_000);
    expect(terminal.statusLine).toBeUndefined();
    progress.resume();
    progress.stop('failed');
    expect(terminal.stderr).toEqual(['✓ Comparing with the target in 1.0 s']);
  });

  it('lets only warnings through when it is to be quiet', async () => {
    const terminal = fakeTerminal({ live: false });
    const { runtime, step } = steppedRuntime();
    const progress = showProgress({ terminal, runtime, quiet: true });
    progress.observer({ kind: 'phase', phase: 'plan' });
    progress.observer({ kind: 'resumed', what: 'run', id: 'x' });
    progress.observer({ kind: 'warning', code: 'x', message: 'Group \u202exyz is gone' });
    await step(10_000);
    progress.stop('done');
    expect(terminal.stderr).toEqual(['Warning: Group \\u{202e}xyz is gone']);
  });
});
