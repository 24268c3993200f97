import { describe, expect, it } from 'vitest';
import type { BackupEvent } from '../../model/events.ts';
import { manualRuntime } from '../../runtime/manual-runtime.ts';
import { WritingTime } from './writing-time.ts';

describe('WritingTime', () => {
  it('counts from where users are written to the next phase, each time, and hands every event on', () => {
    const runtime = manualRuntime();
    const writing = new WritingTime(runtime);
    const seen: BackupEvent[] = [];
    const observer = writing.watch((event) => seen.push(event));
    const phases = ['plan', 'apply-groups', 'apply-users', 'verify-target', 'apply-users', 'new-pool'] as const;
    for (const [index, phase] of phases.entries()) {
      observer({ kind: 'phase', phase });
      observer({ kind: 'progress', phase, done: 1 });
      runtime.advance(10 ** index);
    }
    expect(writing.totalMs()).toBe(100 + 10_000);
    expect(seen).toHaveLength(2 * phases.length);
  });

  it('counts up to now while they are written', () => {
    const runtime = manualRuntime();
    const writing = new WritingTime(runtime);
    expect(writing.totalMs()).toBe(0);
    writing.watch(() => undefined)({ kind: 'phase', phase: 'apply-users' });
    runtime.advance(7);
    expect(writing.totalMs()).toBe(7);
  });
});
