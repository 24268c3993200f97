import { describe, expect, it } from 'vitest';
import { sampleGroup } from '../../test/fakes/sample-pool.ts';
import { sampleContext, type SampleContext } from '../../test/fakes/sample-plan.ts';
import type { Group } from '../model/group.ts';
import type { DesiredGroup } from './desired.ts';
import { planGroups } from './plan-groups.ts';

const plan = (
  desired: readonly DesiredGroup[] | undefined,
  context: SampleContext = {},
  needed: readonly string[] = [],
) => planGroups(desired, new Set(needed), sampleContext(context));
const told = ({ entries }: ReturnType<typeof planGroups>): string[] =>
  entries.map((entry) => `${entry.kind} ${'group' in entry ? entry.group.name : entry.name}`);
const mirror = { deletes: true, existing: 'update' } as const;
const SOURCE_GROUP = 'eu-central-1_AbCdEfGhI_Google';
const TARGET_GROUP = 'eu-central-1_TargetPool_Google';

describe('planGroups', () => {
  it('creates what is missing, with precedence 0 and without what is not there', () => {
    expect(plan([sampleGroup('a', { precedence: 0 }), sampleGroup('__proto__')]).entries).toStrictEqual([
      { kind: 'create-group', group: { name: 'a', precedence: 0 } },
      { kind: 'create-group', group: { name: '__proto__' } },
    ]);
  });

  it('leaves groups that exist alone, and updates them only when told to', () => {
    const changed = [sampleGroup('a', { description: 'new' })];
    expect(told(plan(changed, { groups: ['a'] }))).toEqual([]);
    expect(told(plan(changed, { groups: ['a'], scope: { existing: 'update' } }))).toEqual(['update-group a']);
    expect(
      told(plan([sampleGroup('a', { description: '' })], { groups: ['a'], scope: { existing: 'update' } })),
    ).toEqual([]);
  });

  it('deletes what is extra only where groups are in scope', () => {
    expect(told(plan([], { groups: ['a'] }))).toEqual([]);
    expect(told(plan([], { groups: ['a', 'b'], scope: mirror }))).toEqual(['delete-group a', 'delete-group b']);
    expect(told(plan([], { groups: ['a', 'b'], scope: { ...mirror, onlyGroups: ['b'] } }))).toEqual(['delete-group b']);
    expect(told(plan([], { groups: ['a'], scope: { ...mirror, onlyUsers: ['ann'] } }))).toEqual([]);
  });

  it('never touches the groups of providers, and counts those it cannot bring', () => {
    const result = plan([sampleGroup(SOURCE_GROUP)], { groups: [TARGET_GROUP], scope: mirror });
    expect([result.entries, result.losses]).toEqual([[], ['provider-group']]);
    expect(plan([sampleGroup(SOURCE_GROUP)], { scope: { onlyGroups: ['a'] } }).losses).toEqual([]);
  });

  it('creates a group without a role of another account, and with one of its own', () => {
    const role = (account: string): string => `arn:aws:iam::${account}:role/x`;
    const foreign = plan([sampleGroup('a', { roleArn: role('999999999999') })]);
    expect(foreign).toEqual({ entries: [{ kind: 'create-group', group: { name: 'a' } }], losses: ['group-role'] });
    const own = plan([sampleGroup('a', { roleArn: role('123456789012') })]);
    expect(own.entries).toMatchObject([{ group: { roleArn: role('123456789012') } }]);
    expect(own.losses).toEqual([]);
    const chosen = plan([{ ...sampleGroup('a', { roleArn: role('999999999999') }), isRoleChosen: true }]);
    expect(chosen).toEqual({
      entries: [{ kind: 'create-group', group: { name: 'a', roleArn: role('999999999999') } }],
      losses: [],
    });
    expect(plan([sampleGroup('a')]).losses).toEqual([]);
  });

  it('updates what UpdateGroup can bring about, and names the whole group', () => {
    const arn = 'arn:aws:iam::123456789012:role/x';
    const changes = (existing: Partial<Group>, desired: Partial<Group>): unknown => {
      const sample = sampleContext({ scope: { existing: 'update' } });
      const targetGroups = new Map([['a', sampleGroup('a', existing)]]);
      return planGroups([sampleGroup('a', desired)], new Set(), { ...sample, targetGroups }).entries[0];
    };
    const group = { name: 'a', description: '' };
    expect(changes({}, { precedence: 0 })).toEqual({ kind: 'update-group', group: { ...group, precedence: 0 } });
    expect(changes({ precedence: 0 }, { precedence: 0 })).toBeUndefined();
    expect(changes({ precedence: 0 }, {})).toBeUndefined();
    expect(changes({}, { roleArn: arn })).toEqual({ kind: 'update-group', group: { ...group, roleArn: arn } });
    expect(changes({ roleArn: arn }, { roleArn: arn })).toBeUndefined();
    expect(changes({ roleArn: arn }, {})).toBeUndefined();
    expect(changes({ description: 'old' }, {})).toEqual({ kind: 'update-group', group });
    expect(changes({ description: '' }, {})).toBeUndefined();
  });

  it('loses no role that the target has, though it be of another account', () => {
    const roleArn = 'arn:aws:iam::999999999999:role/x';
    const sample = sampleContext();
    const lost = (existing: Group): readonly string[] =>
      planGroups([sampleGroup('a', { roleArn })], new Set(), { ...sample, targetGroups: new Map([['a', existing]]) })
        .losses;
    expect(lost(sampleGroup('a', { roleArn }))).toEqual([]);
    expect(lost(sampleGroup('a'))).toEqual(['group-role']);
    const bare = { ...sample, targetGroups: new Map([['a', sampleGroup('a', { roleArn })]]) };
    expect(planGroups([sampleGroup('a')], new Set(), bare).losses).toEqual([]);
  });

  it('deletes nothing that the value does not speak of, and nothing that is wanted', () => {
    expect(told(plan([sampleGroup('a')], { groups: ['a', 'b'], scope: mirror }))).toEqual(['delete-group b']);
    expect(plan(undefined)).toEqual({ entries: [], losses: [] });
  });

  it('counts no group of a provider that the target has', () => {
    expect(plan([sampleGroup(TARGET_GROUP)], { groups: [TARGET_GROUP] })).toEqual({ entries: [], losses: [] });
    const { entries } = planGroups([sampleGroup(SOURCE_GROUP)], new Set(), sampleContext({ source: undefined }));
    expect(entries).toHaveLength(1);
  });

  it('creates for single users only the groups they go into', () => {
    expect(told(plan([sampleGroup('a'), sampleGroup('b')], { scope: { onlyUsers: ['ann'] } }, ['b']))).toEqual([
      'create-group b',
    ]);
  });
});
