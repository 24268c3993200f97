import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import type { Finding } from '../../src/operations/reconcile/make-plan.ts';
import { restoreSnapshot, type RestoreOptions } from '../../src/operations/restore.ts';
import { readRunFile } from '../../src/runs/run-files.ts';
import { runsOf, type RunRecord } from '../../src/runs/run-record.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { collect } from '../fakes/collect.ts';
import { dyingGateway } from '../support/dying-gateway.ts';
import { refusingGateway } from '../support/refusing-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const SEED = ordinaryPool({ users: 12, groups: 3, seed: 5, model: 'email' });
const DAY_MS = 86_400_000;
const yes = async (): Promise<boolean> => true;

describe('a restore that left one user half-made', () => {
  let bench: Workbench;
  let source: PoolId;
  let standby: PoolId;
  let reader: SnapshotReader;
  let refused: string | undefined;
  beforeEach(async () => {
    bench = await setUpWorkbench();
    source = parsePoolId(plantSeed(bench.simulator, SEED));
    standby = parsePoolId(plantSeed(bench.simulator, { ...SEED, groups: [], users: [] }));
    reader = await bench.snapshotOf(source);
    const refusing = refusingGateway(bench.gateway, 'AdminAddUserToGroup');
    expect(await restore({}, refusing)).toMatchObject({ done: true, remaining: { changed: 1 } });
    refused = refusing.refused();
    expect(await newestRun()).toMatchObject({ state: 'left' });
  });
  afterEach(() => bench.close());

  const restore = (options: Partial<RestoreOptions> = {}, gateway: CognitoGateway = bench.gateway) =>
    restoreSnapshot({ ...bench.deps, gateway }, { reader, target: standby, confirm: yes, ...options });
  const newestRun = async (): Promise<RunRecord | undefined> =>
    (await collect(runsOf(bench.vault.storage, standby)))[0];
  const pool = () => bench.simulator.pool(standby);
  const changeAddress = async (): Promise<string> => {
    const person = [...bench.simulator.pool(source).users()].find(
      ({ status, enabled }) => status === 'CONFIRMED' && enabled,
    )!;
    const attributes = [
      ['email', 'brand.new@example.org'],
      ['email_verified', 'true'],
    ] as const;
    await bench.gateway.send('AdminUpdateUserAttributes', { poolId: source, username: person.username, attributes });
    reader = await bench.snapshotOf(source);
    return person.attributes.find(([name]) => name === 'email')![1];
  };

  it('finishes that one, and is done', async () => {
    expect(await restore()).toMatchObject({ remaining: { missing: 0, changed: 0 }, counts: { createUsers: 0 } });
    expect(await newestRun()).toMatchObject({ state: 'done' });
    expect(pool().user(refused ?? '')?.groups).not.toEqual([]);
  });

  it('can be run again after a run that was not confirmed', async () => {
    await expect(restore({ confirm: async () => false })).rejects.toMatchObject({ code: 'refused' });
    expect(await restore()).toMatchObject({ done: true, remaining: { changed: 0 } });
  });

  it('keeps its map when the run after it is killed at its first write', async () => {
    const before = pool().size;
    await changeAddress();
    await expect(restore({ existing: 'update' }, dyingGateway(bench.gateway, 1, 'before'))).rejects.toThrow();
    await restore({ existing: 'update' });
    expect(pool().size).toBe(before);
  });

  it('keeps its map when something else is restored in between', async () => {
    const other = plantSeed(bench.simulator, ordinaryPool({ users: 4, groups: 0, seed: 77, model: 'email' }));
    await restore({ reader: await bench.snapshotOf(other) });
    const before = pool().size;
    await changeAddress();
    await restore({ existing: 'update' });
    expect(pool().size).toBe(before);
  });

  it('makes a mirror replace nobody whose update is refused', async () => {
    const address = await changeAddress();
    const twin = [...pool().users()].find(({ attributes }) => attributes.some(([, value]) => value === address))!;
    const verified = await bench.verified(reader);
    const gateway = refusingGateway(bench.gateway, 'AdminUpdateUserAttributes');
    const options = { reader, verified, target: standby, confirm: yes, maxDeletes: 0 };
    const result = await mirrorSnapshot({ ...bench.deps, gateway }, options);
    expect(result.counts).toMatchObject({ deleteUsers: 0, createUsers: 0 });
    expect(pool().user(twin.sub)).toBeDefined();
  });

  it('takes nobody for its own who was invited after it', async () => {
    const attributes = [
      ['email', 'invited@example.org'],
      ['email_verified', 'true'],
    ] as const;
    const createdAt = Date.now() + 30 * DAY_MS;
    const invitation = { status: 'FORCE_CHANGE_PASSWORD', password: 'Invitation-1!', createdAt, attributes } as const;
    const invited = pool().addUser({ ...invitation, attributes: attributes.map(([name, value]) => [name, value]) });
    const snapshot = await bench.snapshotOf(standby);
    const lost = [...pool().users()].find(({ status, username }) => status === 'CONFIRMED' && username !== refused)!;
    pool().removeUser(lost.sub);
    await restore({ reader: snapshot, existing: 'skip' });
    expect(pool().user(invited.sub)?.status).toBe('FORCE_CHANGE_PASSWORD');
  });

  it('gives nobody back a group that was taken from them since', async () => {
    const member = pool()
      .memberships()
      .find(({ username }) => username !== refused)!;
    const { username, group } = member;
    await bench.gateway.send('AdminRemoveUserFromGroup', { poolId: standby, username, group });
    await restore({ existing: 'skip' });
    expect(pool().user(username)?.groups).not.toContain(group);
    expect(pool().user(refused ?? '')?.groups).not.toEqual([]);
  });

  it('says so and goes on where what it left cannot be read', async () => {
    const { findings } = (await newestRun())!;
    for (const { key } of findings) await bench.vault.storage.delete(key);
    expect(await restore()).toMatchObject({ done: true });
    expect(bench.events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'run-unreadable' }));
  });
});

describe('a restore that was killed', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await setUpWorkbench();
  });
  afterEach(() => bench.close());

  it('names whom it locked out in the run that finishes it, too', async () => {
    const users = Array.from({ length: 8 }, (_, index) => ({
      username: `user-${index}`,
      status: 'CONFIRMED' as const,
      attributes: [],
      groups: [],
    }));
    const seed = { ...ordinaryPool({ users: 0, groups: 0, seed: 1, model: 'username' }), users };
    const reader = await bench.snapshotOf(plantSeed(bench.simulator, seed));
    const target = parsePoolId(plantSeed(bench.simulator, { ...seed, users: [] }));
    const restore = (gateway: CognitoGateway) =>
      restoreSnapshot({ ...bench.deps, gateway }, { reader, target, confirm: yes });
    await expect(restore(dyingGateway(bench.gateway, 9, 'after'))).rejects.toThrow();
    expect(bench.simulator.pool(target).size).toBeGreaterThan(0);
    await restore(bench.gateway);
    const [run] = await collect(runsOf(bench.vault.storage, target));
    const findings = await collect(readRunFile<Finding>(bench.vault.storage, run!.findings));
    const lockedOut = findings.flatMap((one) => (one.finding === 'locked-out' ? [one.source.username] : []));
    expect(lockedOut.sort()).toEqual(users.map(({ username }) => username));
  });
});
