import { describe, expect, it } from 'vitest';
import { ProgressView } from './progress-view.ts';

describe('ProgressView', () => {
  it('says how far a listing is, how fast it goes and how long it will take', () => {
    const view = new ProgressView();
    view.observe({ kind: 'phase', phase: 'list-users', total: 20_000 }, 0);
    view.observe({ kind: 'progress', phase: 'list-users', done: 5_000, total: 20_000 }, 4_000);
    view.observe({ kind: 'progress', phase: 'list-memberships', done: 900 }, 5_000);
    expect(view.line(5_000)).toBe(
      'Listing users  5,000 of about 20,000 · 25 % · 1,000/s · 15 s left · 900 memberships',
    );
    expect(view.share()).toBe(0.25);
  });

  it('leaves out of the rate what a resumed run had done before', () => {
    const view = new ProgressView();
    view.observe({ kind: 'progress', phase: 'apply-users', done: 1_000, total: 2_000 }, 0);
    view.observe({ kind: 'progress', phase: 'apply-users', done: 1_100, total: 2_000 }, 10_000);
    expect(view.line(10_000)).toBe('Writing users  1,100 of 2,000 · 55 % · 10/s · 1 min 30 s left');
  });

  it('never promises more than everything, however wrong the estimate was', () => {
    const view = new ProgressView();
    view.observe({ kind: 'phase', phase: 'list-users', total: 10 }, 0);
    view.observe({ kind: 'progress', phase: 'list-users', done: 40, total: 10 }, 1_000);
    expect(view.share()).toBe(1);
    expect(view.line(1_000)).toBe('Listing users  40 of about 10 · 100 % · 40/s');
  });

  it('tells of throttling, of waiting and of another attempt, and forgets them when it goes on', () => {
    const view = new ProgressView();
    view.observe({ kind: 'phase', phase: 'apply-users', total: 10 }, 0);
    view.observe({ kind: 'throttled', category: 'UserUpdate', operation: 'AdminDeleteUser', ratePerSecond: 9 }, 0);
    view.observe({ kind: 'retried', operation: 'AdminDeleteUser', attempt: 1, reason: 'ECONNRESET' }, 0);
    expect(view.line(0)).toBe(
      'Writing users  0 of 10 · 0 % · throttled 1 times · trying AdminDeleteUser again (ECONNRESET)',
    );
    view.observe({ kind: 'waiting', reason: 'listings lag writes', delayMs: 4_000 }, 0);
    expect(view.line(0)).toContain('waiting 4.0 s: listings lag writes');
    view.observe({ kind: 'progress', phase: 'apply-users', done: 5, total: 10 }, 1_000);
    expect(view.line(1_000)).toBe('Writing users  5 of 10 · 50 % · 5.0/s · 1.0 s left · throttled 1 times');
  });

  it('leaves a line behind for every phase that ended', () => {
    const view = new ProgressView();
    expect(view.observe({ kind: 'phase', phase: 'list-groups' }, 0)).toEqual([]);
    view.observe({ kind: 'progress', phase: 'list-groups', done: 1 }, 500);
    expect(view.observe({ kind: 'phase', phase: 'list-users', total: 3 }, 1_000)).toEqual([
      'Listing groups: 1 group in 1.0 s',
    ]);
    view.observe({ kind: 'progress', phase: 'list-users', done: 3, total: 3 }, 2_000);
    view.observe({ kind: 'progress', phase: 'list-memberships', done: 2 }, 2_000);
    expect(view.end(3_000)).toEqual(['Listing users: 3 users and 2 memberships in 2.0 s']);
    expect(view.line(3_000)).toBeUndefined();
  });

  it('follows an import job', () => {
    const view = new ProgressView();
    const job = { kind: 'import-job', jobId: 'import-1', skipped: 0, failed: 1 } as const;
    view.observe({ ...job, state: 'Pending', imported: 0 }, 0);
    view.observe({ ...job, state: 'InProgress', imported: 99 }, 10_000);
    expect(view.line(10_000)).toBe('Import job  100 users · 10/s · job is InProgress');
  });

  it('keeps warnings and tells of a run that goes on', () => {
    const view = new ProgressView();
    expect(view.observe({ kind: 'warning', code: 'x', message: 'Look out' }, 0)).toEqual(['Warning: Look out']);
    expect(view.observe({ kind: 'resumed', what: 'backup', id: 'b-1' }, 0)).toEqual([
      'Going on with the backup b-1 that was interrupted',
    ]);
  });
});
