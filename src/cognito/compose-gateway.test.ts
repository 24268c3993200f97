import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BackupEvent } from '../model/events.ts';
import { parsePoolId, type PoolId } from '../model/ids.ts';
import { manualRuntime, type ManualRuntime } from '../runtime/manual-runtime.ts';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import { createCognitoClient } from './client.ts';
import { createGateway, type ComposedGateway, type GatewayOptions } from './compose-gateway.ts';
import { adoptActiveJob, runImportJob } from './import-job.ts';
import { listAll, listPages } from './listing.ts';
import { stubAws } from '../../test/support/environment.ts';

const ROLE = 'arn:aws:iam::123456789012:role/import';

let runtime: ManualRuntime;
let simulator: Simulator;
let events: BackupEvent[];
let poolId: PoolId;
let folder: string;
const observer = (event: BackupEvent) => void events.push(event);

/** The simulator lives on the same clock as the governor: quotas are enforced to the millisecond, and nothing sleeps. */
beforeEach(async () => {
  stubAws();
  runtime = manualRuntime(new Date(Math.ceil(new Date().getTime() / 1000) * 1000));
  events = [];
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  simulator = await startSimulator({ clock: () => runtime.now().getTime(), pageJitter: true });
  poolId = parsePoolId(simulator.createPool({ AutoVerifiedAttributes: ['email'] }));
});
afterEach(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true });
});

function gatewayWith(options: Partial<GatewayOptions> = {}): ComposedGateway {
  const client = createCognitoClient({ region: simulator.region, endpoint: simulator.endpoint });
  return createGateway({ client, runtime, observer, ...options });
}

async function createUsers(gateway: ComposedGateway, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const attributes = [
      ['email', `user${i}@example.com`],
      ['email_verified', 'true'],
    ] as const;
    await gateway.send('AdminCreateUser', { poolId, username: `user${i}`, attributes });
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function importFile(gateway: ComposedGateway): Promise<string> {
  const header = await gateway.send('GetCSVHeader', { poolId });
  const row = header.map((name) => {
    if (name === 'cognito:username') return 'anna';
    if (name === 'email') return 'anna@example.com';
    return name.endsWith('_verified') ? String(name === 'email_verified') : '';
  });
  const csvPath = join(folder, 'users.csv');
  await writeFile(csvPath, `${header.join(',')}\n${row.join(',')}\n`);
  return csvPath;
}

describe('the composed gateway against the simulator', () => {
  it('creates, lists, groups and deletes users at the documented quotas without one throttle', async () => {
    const gateway = gatewayWith();
    await createUsers(gateway, 130);
    await gateway.send('CreateGroup', { poolId, group: { name: 'g', precedence: 0 } });
    await gateway.send('AdminAddUserToGroup', { poolId, username: 'user1', group: 'g' });
    const users = await collect(listAll(gateway, 'ListUsers', { poolId }));
    expect(new Set(users.map((user) => user.username)).size).toBe(130);
    expect(users[0]).toMatchObject({ status: 'FORCE_CHANGE_PASSWORD', enabled: true });
    const members = await collect(listAll(gateway, 'ListUsersInGroup', { poolId, group: 'g' }));
    expect(members.map((user) => user.username)).toEqual(['user1']);
    const groups = await collect(listAll(gateway, 'ListGroups', { poolId }));
    expect(groups).toMatchObject([{ name: 'g', precedence: 0 }]);
    for (const user of users) await gateway.send('AdminDeleteUser', { poolId, username: user.username });
    expect(await collect(listAll(gateway, 'ListUsers', { poolId }))).toEqual([]);
    expect(gateway.counts().throttles).toBe(0);
    expect(gateway.counts().calls).toMatchObject({ UserCreation: 130, UserUpdate: 131 });
    expect(gateway.serviceTime()?.getTime()).toBeGreaterThan(0);
  });

  it('learns raised quotas and is done sooner', async () => {
    await simulator.stop();
    simulator = await startSimulator({ clock: () => runtime.now().getTime(), quotaScale: 100 });
    poolId = parsePoolId(simulator.createPool({}));
    const gateway = gatewayWith();
    const startMs = runtime.monotonicMs();
    await createUsers(gateway, 200);
    expect(runtime.monotonicMs() - startMs).toBeLessThan(1000);
    expect(await gateway.governor.rate('UserCreation')).toBe(2500);
    expect(gateway.counts().throttles).toBe(0);
  });

  it('gets through when it takes more than the quota', async () => {
    const gateway = gatewayWith({ maxRps: 200 });
    await createUsers(gateway, 100);
    expect(gateway.counts().throttles).toBeGreaterThan(0);
    expect(events.filter((event) => event.kind === 'throttled')).toHaveLength(gateway.counts().throttles);
    const users = await collect(listAll(gateway, 'ListUsers', { poolId }));
    expect(users).toHaveLength(100);
  });

  it('names an unknown pool, an existing user and an expired token', async () => {
    const gateway = gatewayWith();
    const unknown = parsePoolId('eu-central-1_Unknown01');
    await expect(gateway.send('DescribeUserPool', { poolId: unknown })).rejects.toMatchObject({
      code: 'pool-not-found',
    });
    await createUsers(gateway, 70);
    await expect(createUsers(gateway, 1)).rejects.toMatchObject({ awsName: 'UsernameExistsException' });
    const pages = listPages(gateway, 'ListUsers', { poolId });
    await pages.next();
    runtime.advance(3_700_000);
    await expect(pages.next()).rejects.toMatchObject({ code: 'token-expired' });
  });

  it.each(['429', '500', 'reset-before', 'truncated-body', 'html-body'] as const)('gets past %s', async (kind) => {
    simulator.faults.add({ kind, operation: 'ListUsers', nth: 1, times: 2 });
    expect(await gatewayWith().send('ListUsers', { poolId })).toMatchObject({ items: [] });
  });

  it.each([
    ['access-denied', 'not-authorized'],
    ['expired-token', 'credentials'],
  ] as const)('reports %s at once', async (kind, code) => {
    simulator.faults.add({ kind, operation: 'ListUsers' });
    await expect(gatewayWith().send('ListUsers', { poolId })).rejects.toMatchObject({ code });
    expect(simulator.counters.calls['ListUsers']).toBe(1);
  });

  it('says that the user exists when the answer to its creation got lost', async () => {
    simulator.faults.add({ kind: 'reset-after', operation: 'AdminCreateUser', nth: 1 });
    const create = gatewayWith().send('AdminCreateUser', { poolId, username: 'anna', attributes: [] });
    await expect(create).rejects.toMatchObject({ code: 'rejected', awsName: 'UsernameExistsException' });
  });

  it('describes the pool', async () => {
    const description = await gatewayWith().send('DescribeUserPool', { poolId });
    expect(description).toMatchObject({ id: poolId, autoVerifiedAttributes: ['email'], mfa: 'OFF' });
    expect(description.schema.map((attribute) => attribute.name)).toContain('email_verified');
  });

  it('goes on with an import whose upload broke off and whose start got no answer', async () => {
    simulator.faults.add({ kind: 'reset-before', operation: 'ImportUpload', nth: 1 });
    simulator.faults.add({ kind: 'reset-after', operation: 'StartUserImportJob', nth: 1 });
    const gateway = gatewayWith();
    const options = { poolId, roleArn: ROLE, csvPath: await importFile(gateway), name: 'job-1', runtime, observer };
    expect(await runImportJob(gateway, options)).toMatchObject({ state: 'Succeeded', imported: 1 });
  });

  it('imports a file, and adopts the job after an interruption', async () => {
    const gateway = gatewayWith();
    const csvPath = await importFile(gateway);
    const abort = new AbortController();
    const interrupting = (event: BackupEvent) => {
      observer(event);
      if (event.kind === 'import-job' && event.state === 'Pending') abort.abort();
    };
    const options = { poolId, roleArn: ROLE, csvPath, name: 'job-1', runtime, observer };
    const run = runImportJob(gateway, { ...options, observer: interrupting, signal: abort.signal });
    await expect(run).rejects.toMatchObject({ code: 'interrupted' });
    await expect(runImportJob(gateway, options)).rejects.toMatchObject({ code: 'locked' });
    const job = await adoptActiveJob(gateway, poolId, { runtime, observer });
    expect(job).toMatchObject({ state: 'Succeeded', imported: 1, skipped: 0, failed: 0 });
    expect(await adoptActiveJob(gateway, poolId, { runtime, observer })).toBeUndefined();
  });
});
