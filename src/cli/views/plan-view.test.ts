import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { noActions } from '../../model/counts.ts';
import { parsePoolId } from '../../model/ids.ts';
import type { PlanReport } from '../../operations/reconcile/requests.ts';
import { planLines, type PlanViewOptions } from './plan-view.ts';

const out = pico.createColors(false);
const target = {
  id: parsePoolId('eu-central-1_StandbyXY'),
  name: 'standby\u001b[31m',
  arn: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_StandbyXY',
};
const plan: PlanReport = {
  target,
  planned: { ...noActions(), createUsers: 1_200, deleteUsers: 3 },
  losses: [{ kind: 'password', count: 1_200, effect: 'Gone' }],
  conflicts: [{ kind: 'duplicate-key', count: 2, effect: 'Shared' }],
  experiences: [{ kind: 'locked-out', count: 1, meaning: 'could not get back in' }],
  schemaGaps: [{ attribute: 'custom:x', users: 5 }],
  unknownGroups: [],
  unknownUsers: 0,
  orphanMemberships: 4,
  calls: new Map(),
  mauUsers: 1_200,
  byEngine: { api: 200, importJob: 1_000 },
  valueUsers: 1_200,
  erasedUsers: 0,
  wantedUsers: 1_200,
  targetUsers: 3,
  remaining: { missing: 1_200, extra: 3, changed: 0 },
  callsByCategory: { UserCreation: 200, UserUpdate: 3 },
  durationMs: 95_000,
};
const options: PlanViewOptions = {
  command: 'mirror',
  details: false,
  findings: [
    { finding: 'locked-out', source: { username: 'ada' } },
    { finding: 'conflict', kind: 'duplicate-key', source: { username: 'bob\u202e' } },
  ],
};

describe('planLines', () => {
  it('shows what happens, to which pool of which account, what it costs and what is lost', () => {
    const text = planLines(plan, options, out).join('\n');
    expect(text).toContain('standby\\u{1b}[31m (eu-central-1_StandbyXY) in account 123456789012');
    expect(text).toMatch(/Create users +1,200 {2}1,000 by import job, 200 by API/);
    expect(text).toMatch(/Delete users +3/);
    expect(text).toMatch(/API calls +203 {2}UserCreation 200 · UserUpdate 3/);
    expect(text).toMatch(/Takes about +1 min 35 s at the rates in force/);
    expect(text).toMatch(/Billed +1,200 users as monthly active/);
    expect(text).toMatch(/1,200 {2}password {2}Gone/);
    expect(text).toMatch(/2 {2}duplicate-key {2}Shared/);
    expect(text).toMatch(/5 {2}custom:x/);
  });

  it('names nobody unless asked to, and then safely', () => {
    const silent = planLines(plan, options, out).join('\n');
    expect(silent).not.toContain('ada');
    expect(silent).toContain('--details names them');
    const lines = planLines(plan, { ...options, details: true }, out);
    expect(lines).toContain('      ada');
    expect(lines).toContain('      bob\\u{202e} (duplicate-key)');
    expect(lines).toContain('    and 1 more user');
  });

  it('says when there is nothing to do', () => {
    const text = planLines({ ...plan, planned: noActions() }, options, out).join('\n');
    expect(text).toContain('Nothing to do');
    expect(text).not.toContain('API calls');
  });

  it('says how many of the users are wanted', () => {
    expect(planLines(plan, options, out).join('\n')).toMatch(/Wanted +1,200 users/);
    expect(planLines({ ...plan, wantedUsers: 2 }, options, out).join('\n')).toMatch(/Wanted +2 of 1,200 users/);
  });
});
