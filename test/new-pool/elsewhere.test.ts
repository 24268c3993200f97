import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drill } from '../../src/operations/drill/drill.ts';
import { plantEverythingPool } from '../../src/simulator/seeds/everything-pool.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { cliHere } from '../support/cli-here.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import { newPoolBench, type NewPoolBench } from './new-pool-bench.ts';

const ELSEWHERE = { region: 'eu-west-1', accountId: '222222222222' };
const HERE = '123456789012';
const READS = /^(Describe|List|Get)/;

let bench: NewPoolBench;
let there: Workbench;
beforeEach(async () => {
  bench = await newPoolBench();
  there = await setUpWorkbench(ELSEWHERE);
});
afterEach(async () => {
  expect(there.simulator.counters.messages.causedByAdmin).toBe(0);
  await there.close();
  await bench.close();
});

function restore(reader: SnapshotReader, options: Parameters<NewPoolBench['restore']>[1] = {}) {
  const secrets = ['Google', 'Facebook', 'LoginWithAmazon', 'Entra'].map(
    (name) => [name, { client_secret: 'x' }] as const,
  );
  const providerSecrets = new Map<string, Record<string, string>>([
    ...secrets,
    ['SignInWithApple', { private_key: 'APPLE-PRIVATE-KEY' }],
  ]);
  return bench.restore(reader, { region: ELSEWHERE.region, providerSecrets, ...options }, { gateway: there.gateway });
}

function mutationsThere(): readonly string[] {
  return Object.keys(there.simulator.counters.calls).filter((operation) => !READS.test(operation));
}

/** Every ARN of the pool in the other account, by requests of AWS's own, but for the pool's. */
function foreignArnsOf(poolId: string): readonly string[] {
  const ask = (operation: string, more: object = {}): unknown => bench.configure(poolId, operation, more);
  const domains = ['everything', 'login.example.com'].map((Domain) => ask('DescribeUserPoolDomain', { Domain }));
  const read = [
    ...['DescribeUserPool', 'GetUserPoolMfaConfig', 'DescribeRiskConfiguration', 'GetLogDeliveryConfiguration'].map(
      (operation) => ask(operation),
    ),
    ask('ListGroups'),
    domains,
  ];
  const arns: readonly string[] = JSON.stringify(read).match(/arn:[\w-]+:[^"]+/g) ?? [];
  return [...new Set(arns)].filter((arn) => arn.includes(HERE) && !arn.includes(':userpool/')).toSorted();
}

function moved(arn: string): string {
  return arn.replaceAll(HERE, ELSEWHERE.accountId).replace(':eu-central-1:', `:${ELSEWHERE.region}:`);
}

describe('a pool that has everything, restored in another account and Region', () => {
  it('names every ARN that is left behind before it writes, and lives there under those that take their place', async () => {
    const { poolId } = plantEverythingPool(bench.simulator);
    const reader = await bench.snapshotOf(poolId);
    const foreign = foreignArnsOf(poolId);
    expect(foreign.length).toBeGreaterThan(15);
    // By it the account is known.
    there.simulator.configure('CreateUserPool', { PoolName: 'neighbour' });
    there.simulator.resetCounters();

    const refusal = await restore(reader).catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ code: 'refused', hint: expect.stringContaining('--map-arn') });
    expect((refusal as Error).message).toContain(`in account ${ELSEWHERE.accountId}, ${ELSEWHERE.region}`);
    expect(foreign.filter((arn) => !(refusal as Error).message.includes(`${arn} (`))).toEqual([]);
    expect(mutationsThere()).toEqual([]);

    // One that is left out is named alone.
    const [last = '', ...mapped] = foreign.toReversed();
    const arns = new Map(mapped.map((arn) => [arn, moved(arn)]));
    await expect(restore(reader, { arns })).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`refer to what is elsewhere: ${last.replace(/[/.]/g, '\\$&')} \\(`)),
    });
    expect(mutationsThere()).toEqual([]);

    const { made, isAccountAssumed } = await restore(reader, { arns: new Map([...arns, [last, moved(last)]]) });
    if (!made) throw new Error('Nothing was made');
    expect(isAccountAssumed).toBe(false);
    expect(made).toMatchObject({ origin: 'created', failures: [], differences: [] });
    expect(made.users?.remaining).toEqual({ missing: 0, extra: 0, changed: 0 });

    const { id } = made.pool;
    expect(id).toMatch(/^eu-west-1_/);
    expect(made.handOver).toMatchObject({
      region: { old: 'eu-central-1', new: 'eu-west-1' },
      pool: { old: poolId, new: id },
      arn: { new: `arn:aws:cognito-idp:eu-west-1:${ELSEWHERE.accountId}:userpool/${id}` },
      issuer: { old: expect.stringContaining(`.eu-central-1.`), new: expect.stringContaining('.eu-west-1.') },
      jwksUrl: { new: expect.stringMatching(/eu-west-1.*\/\.well-known\/jwks\.json$/) },
      domains: [{ kind: 'prefix', new: 'everything.auth.eu-west-1.amazoncognito.com' }, { kind: 'custom' }],
    });
    expect(made.handOver.issuer.new).toContain(id);
    const stale = made.handOver.triggers.filter(({ command }) => /eu-central-1|123456789012/.test(command));
    expect(stale).toEqual([]);
    // Nothing of the new pool refers to the old place any more, roles of groups included.
    const shown = ['DescribeUserPool', 'GetUserPoolMfaConfig', 'GetLogDeliveryConfiguration', 'ListGroups'].map(
      (operation) => there.simulator.configure(operation, { UserPoolId: id }),
    );
    expect(JSON.stringify(shown).match(/arn:[^"]*123456789012[^"]*/g)).toBeNull();
    expect([...there.simulator.pool(id).users()].length).toBeGreaterThan(5);
  });

  it('where no pool can tell the account: it is known once the pool is made, and nothing but the empty pool is there', async () => {
    const role = `arn:aws:iam::${HERE}:role/admins`;
    const poolId = bench.createPool({});
    bench.simulator.pool(poolId).addGroup({ name: 'admins', roleArn: role });
    bench.simulator.pool(poolId).addUser({ username: 'ada', attributes: [], groups: ['admins'] });
    const reader = await bench.snapshotOf(poolId);

    await expect(restore(reader)).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(role) });

    expect(mutationsThere()).toEqual(['CreateUserPool']);
    const { made } = await restore(reader, { arns: new Map([[role, moved(role)]]) });
    expect(made).toMatchObject({ origin: 'resumed', failures: [], differences: [] });
    expect(there.simulator.pool(made?.pool.id ?? '').groups()).toMatchObject([{ roleArn: moved(role) }]);
  });

  it.each([
    ['mapped to another', moved],
    ['mapped to itself', (role: string) => role],
  ])('a role of a group that is %s is brought, and a drill finds nothing wrong with it', async (_what, map) => {
    const role = `arn:aws:iam::${HERE}:role/admins`;
    const poolId = bench.createPool({});
    bench.simulator.pool(poolId).addGroup({ name: 'admins', roleArn: role });
    bench.simulator.pool(poolId).addUser({ username: 'ada', attributes: [], groups: ['admins'] });
    const reader = await bench.snapshotOf(poolId);
    there.simulator.configure('CreateUserPool', { PoolName: 'neighbour' });
    const arns = new Map([[role, map(role)]]);

    const { users, made } = await restore(reader, { arns });

    expect(users?.losses.map(({ kind }) => kind)).not.toContain('group-role');
    expect(there.simulator.pool(made?.pool.id ?? '').groups()).toMatchObject([{ roleArn: map(role) }]);
    const { vault, deps } = bench;
    const { outcome } = await drill(
      { ...deps, gateway: there.gateway, vault },
      { ref: reader.ref, region: ELSEWHERE.region, arns, confirm: async () => true },
    );
    expect(outcome?.comparison.changedBy).toEqual({});
    expect(outcome?.problems).toEqual([]);
  });
});

describe('the command', () => {
  it('takes Region, endpoint and ARNs, and keeps the vault where it is', async () => {
    const lambda = (region: string, account: string) => `arn:aws:lambda:${region}:${account}:function:after`;
    const [old, now] = [lambda('eu-central-1', HERE), lambda(ELSEWHERE.region, ELSEWHERE.accountId)];
    const poolId = bench.createPool({ LambdaConfig: { PostAuthentication: old } });
    bench.simulator.pool(poolId).addUser({ username: 'ada', attributes: [] });
    const reader = await bench.snapshotOf(poolId);
    there.simulator.configure('CreateUserPool', { PoolName: 'neighbour' });
    const args = [
      'restore',
      `${poolId}@${reader.ref.id}`,
      '--vault',
      `${bench.folder}/vault`,
      '--new-pool',
      'risen',
      '--yes',
      '--region',
      ELSEWHERE.region,
      '--endpoint-url',
      there.simulator.endpoint,
      '--json',
      '--max-rps',
      '1000',
    ];

    const refused = await cliHere(args);
    expect(refused.exitCode).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'refused', message: expect.stringContaining(old) });
    const done = await cliHere([...args, '--map-arn', `${old}=${now}`]);

    expect(done.exitCode, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({
      account: { id: ELSEWHERE.accountId, isAssumed: false },
      region: ELSEWHERE.region,
      handOver: { region: { new: ELSEWHERE.region }, triggers: [{ functionArn: now }] },
    });
    expect(bench.poolsNamed('risen')).toEqual([]);
  });
});
