import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { OperationName } from '../../cognito/gateway.ts';
import { parsePoolId } from '../../model/ids.ts';
import { allReads, COMMAND_NEEDS, type CommandNeeds } from './command-needs.ts';
import type { PolicyDocument } from './command-policy.ts';
import { judgePermissions, type TriedPool } from './judge-permissions.ts';
import type { ReadState } from './read-outcome.ts';

const pool = parsePoolId('eu-central-1_AbCdEfGhI');
const standby = parsePoolId('eu-central-1_Standby01');

function tried(id: typeof pool, states: { readonly [Name in OperationName]?: ReadState } = {}): TriedPool {
  const arn = `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${id}`;
  const outcomes = [...allReads()].map((operation) => {
    const state = states[operation] ?? 'answered';
    return [operation, { operation, state }] as const;
  });
  return { id, arn, outcomes: new Map(outcomes) };
}

const bad = (one: TriedPool, target?: TriedPool): readonly string[] =>
  judgePermissions(one, target)
    .findings.filter(({ level }) => level !== 'ok')
    .map(({ code, level }) => `${code}: ${level}`);

describe('judgePermissions', () => {
  it.each<[string, Parameters<typeof tried>[1], readonly string[]]>([
    ['nothing denied', {}, []],
    ['listings', { ListUsers: 'denied', ListGroups: 'denied' }, ['backup-denied: problem']],
    ['the description', { DescribeUserPool: 'denied' }, ['backup-denied: problem']],
    ['a part of the configuration', { GetUserPoolMfaConfig: 'denied' }, ['configuration-denied: warning']],
    [
      'identity providers',
      { ListIdentityProviders: 'denied' },
      ['configuration-denied: warning', 'links-denied: warning'],
    ],
    ['limits', { GetProvisionedLimit: 'denied' }, ['limits-denied: note']],
    ['import jobs', { GetCSVHeader: 'denied' }, ['import-jobs-denied: note']],
    ['the pools of the account', { ListUserPools: 'denied' }, ['pools-denied: note']],
    ["what the pool's tier does not have", { DescribeRiskConfiguration: 'unavailable' }, []],
  ])('judges a role that is denied %s', (_what, states, expected) =>
    expect(bad(tried(pool, states))).toEqual([...expected, 'writes-not-tried: note']),
  );

  it('tells the target apart from the pool', () => {
    const { findings, commands } = judgePermissions(tried(pool), tried(standby, { ListUsers: 'denied' }));
    expect(findings.filter(({ level }) => level === 'problem')).toMatchObject([
      { code: 'restore-denied', found: expect.stringContaining(standby) },
    ]);
    const of = (name: string) => commands.find(({ command }) => command === name);
    expect(of('backup')).toMatchObject({ pool, denied: [] });
    expect(of('restore')).toMatchObject({ pool: standby, denied: ['ListUsers'] });
  });

  it('writes a policy that allows what the command needs, and no more', () => {
    const { commands } = judgePermissions(tried(pool), undefined);
    for (const { command, policy, answered, notTried } of commands) {
      const actions = policy.Statement.flatMap(({ Action }) => Action);
      const expected = [...answered, ...notTried].map((name) => (name.includes(':') ? name : `cognito-idp:${name}`));
      expect(actions.filter((name) => !OF_OTHER_SERVICES.includes(name)).toSorted(), command).toEqual(
        [...new Set(expected)].toSorted(),
      );
    }
    const clean = commands.find(({ command }) => command === 'clean')?.policy;
    const ofPool = clean?.Statement.find(({ Resource }) => Resource.endsWith(pool));
    expect(ofPool?.Action).toContain('cognito-idp:AdminDeleteUser');
    const backup = commands.find(({ command }) => command === 'backup')?.policy;
    expect(JSON.stringify(backup)).not.toMatch(/Delete|Create|Update|Set|Add/);
  });

  it('lets a role that reads a configuration ask AWS WAF and Lambda about the pool', () => {
    const { commands } = judgePermissions(tried(pool), undefined);
    const asking = commands.filter(({ policy }) =>
      policy.Statement.some(({ Action }) => Action.includes('cognito-idp:ListTerms')),
    );
    expect(asking.map(({ command }) => command)).toEqual([
      'backup',
      'backup --deep',
      'clean',
      'restore --new-pool',
      'drill',
    ]);
    const resource = (policy: PolicyDocument, action: string): readonly string[] =>
      policy.Statement.flatMap(({ Action, Resource }) => (Action.includes(action) ? [Resource] : []));
    for (const { policy, notTried } of asking) {
      const [ofPool] = resource(policy, 'cognito-idp:ListUsers');
      expect(resource(policy, 'cognito-idp:GetWebACLForResource')).toEqual([ofPool]);
      expect(resource(policy, 'wafv2:GetWebACLForResource')).toEqual(['*']);
      expect(resource(policy, 'lambda:GetPolicy')).toEqual(['arn:aws:lambda:eu-central-1:123456789012:function:*']);
      expect(notTried).not.toEqual(expect.arrayContaining([expect.stringMatching(/WebACL|GetPolicy/)]));
    }
  });
});

const OF_OTHER_SERVICES = ['cognito-idp:GetWebACLForResource', 'wafv2:GetWebACLForResource', 'lambda:GetPolicy'];

/** What a row of the README's table names: words that could be actions. */
function actionsOf(row: string): readonly string[] {
  return row.match(/(?<!:)\b(?:Admin|Add|Create|Delete|Describe|Get|List|Set|Start|Stop|Update)[A-Z]\w+/g) ?? [];
}

describe("the README's table of IAM actions", () => {
  it('names what the doctor takes for needed', async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    const section = readme.slice(readme.indexOf('## IAM actions'));
    const row = (beginning: string): readonly string[] =>
      actionsOf(section.split('\n').find((line) => line.startsWith(`| ${beginning}`)) ?? '');
    const needs = (name: string): CommandNeeds | undefined => COMMAND_NEEDS.find(({ command }) => command === name);
    // ListUserPools is for --all-pools.
    const listing = row('`backup`').filter((name) => name !== 'ListUserPools');
    const configuration = row('… with the pool');
    const creates = row('`restore`, `import`');
    const newPool = [...listing, ...configuration, ...creates, ...row('`restore --new-pool NAME`')];
    const table: Record<string, readonly string[]> = {
      backup: [...listing, ...configuration],
      'backup --deep': [...listing, ...configuration, ...row('`backup --deep`')],
      restore: [...listing, ...creates],
      import: [...listing, ...creates],
      'restore --existing update': [...listing, ...creates, ...row('`… --existing update`')],
      'restore or import --import-role': [...listing, ...creates, ...row('`… --import-role ARN`')],
      'restore or import --recreate': [
        ...listing,
        ...creates,
        ...row('`… --existing update`'),
        ...row('`… --recreate`'),
      ],
      clean: [...listing, ...configuration, ...row('`clean`')],
      'doctor --probe': row('`doctor --probe`'),
      'restore --new-pool': newPool,
      drill: [...newPool, ...row('`drill`')],
    };
    // The row of mirror says whose actions it needs, not which.
    expect(COMMAND_NEEDS.map(({ command }) => command).filter((name) => !(name in table))).toEqual(['mirror']);
    const ofOthers = section.split('\n').find((line) => line.startsWith('| … with the pool')) ?? '';
    for (const action of OF_OTHER_SERVICES) expect(ofOthers).toContain(`\`${action}\``);
    for (const [command, names] of Object.entries(table)) {
      const { reads = [], optional = [], writes = [] } = needs(command) ?? {};
      const needed = new Set([...reads, ...optional, ...writes]);
      expect([...needed].toSorted(), command).toEqual([...new Set(names)].toSorted());
    }
  });
});
