import { describe, expect, it } from 'vitest';
import { presentUser, sampleContext, wantedUser } from '../../test/fakes/sample-plan.ts';
import { planMatch } from './plan-match.ts';

const extra = { kind: 'extra', actual: presentUser() } as const;
const { username, sub, createdAt } = extra.actual;
const deleting = { deletes: true } as const;

describe('planMatch', () => {
  it('creates who is missing, and leaves a pair alone that needs nothing', () => {
    const desired = wantedUser();
    expect(planMatch({ kind: 'missing', desired }, sampleContext()).entry?.kind).toBe('create-user');
    const pair = { kind: 'pair', desired, actual: presentUser({ enabled: false }) } as const;
    expect(planMatch(pair, sampleContext()).entry).toBeUndefined();
    expect(planMatch(pair, sampleContext({ scope: { existing: 'update' } })).entry?.kind).toBe('update-user');
  });

  it('deletes who is extra only where the scope deletes and reaches', () => {
    const entry = { kind: 'delete-user', username, sub };
    expect(planMatch(extra, sampleContext()).entry).toBeUndefined();
    expect(planMatch(extra, sampleContext({ scope: deleting })).entry).toEqual(entry);
    expect(planMatch(extra, sampleContext({ scope: { ...deleting, onlyUsers: [sub] } })).entry).toEqual(entry);
    expect(planMatch(extra, sampleContext({ scope: { ...deleting, onlyUsers: ['bob'] } })).entry).toBeUndefined();
  });

  it('deletes nobody who was created after what was confirmed', () => {
    const before = sampleContext({ scope: deleting, deletesUntil: '2026-02-01T23:59:59.999Z' });
    expect(planMatch(extra, before)).toMatchObject({
      conflict: { kind: 'created-meanwhile', source: { username, sub } },
    });
    expect(planMatch(extra, before).entry).toBeUndefined();
    expect(planMatch(extra, sampleContext({ scope: deleting, deletesUntil: createdAt })).entry).toBeDefined();
  });

  it('reports a conflict of a user in scope alone', () => {
    const conflict = { kind: 'conflict', conflict: 'duplicate-key', desired: wantedUser() } as const;
    expect(planMatch(conflict, sampleContext()).conflict).toMatchObject({
      kind: 'duplicate-key',
      source: { username: 'ann', sub: wantedUser().sub, status: 'CONFIRMED' },
    });
    expect(planMatch(conflict, sampleContext({ scope: { onlyUsers: ['bob'] } }))).toEqual({
      losses: [],
      gaps: [],
      unknownGroups: [],
    });
  });
});
