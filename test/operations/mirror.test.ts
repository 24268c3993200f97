import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { countingWrites } from '../support/dying-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const yes = async (): Promise<boolean> => true;
const seed = ordinaryPool({ users: 60, groups: 5, seed: 3, model: 'email' });

describe('mirror', () => {
  let bench: Workbench;
  let source: string;
  let standby: string;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    source = plantSeed(bench.simulator, seed);
    standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
    await mirror();
  });
  afterEach(() => bench.close());

  const mirror = async () => {
    const reader = await bench.snapshotOf(source);
    const verified = await bench.verified(reader);
    return mirrorSnapshot(bench.deps, { reader, verified, target: parsePoolId(standby), confirm: yes });
  };

  const send = (): Workbench['gateway']['send'] => bench.gateway.send.bind(bench.gateway);

  it('writes nothing when nothing differs', async () => {
    const counting = countingWrites(bench.gateway);
    const reader = await bench.snapshotOf(source);
    const result = await mirrorSnapshot(
      { ...bench.deps, gateway: counting.gateway },
      { reader, verified: await bench.verified(reader), target: parsePoolId(standby), confirm: yes },
    );
    expect(counting.writes()).toBe(0);
    expect(result).toMatchObject({ done: true, planned: { createUsers: 0, updateUsers: 0, deleteUsers: 0 } });
  });

  it('carries over edits, deletions, creations, memberships and groups', async () => {
    const poolId = parsePoolId(source);
    const users = [...bench.simulator.pool(source).users()];
    const [edited, deleted, disabled, moved] = users.filter((user) => user.status === 'CONFIRMED' && user.enabled);
    if (!edited || !deleted || !disabled || !moved) throw new Error('The seed has too few users');
    await send()('AdminUpdateUserAttributes', {
      poolId,
      username: edited.username,
      attributes: [
        ['email', 'someone.new@example.org'],
        ['email_verified', 'true'],
        ['given_name', 'Änne, "quoted"'],
      ],
    });
    await send()('AdminDeleteUser', { poolId, username: deleted.username });
    await send()('AdminDisableUser', { poolId, username: disabled.username });
    await send()('CreateGroup', { poolId, group: { name: 'brand-new', precedence: 0 } });
    await send()('AdminAddUserToGroup', { poolId, username: moved.username, group: 'brand-new' });
    for (const group of moved.groups)
      await send()('AdminRemoveUserFromGroup', { poolId, username: moved.username, group });
    bench.simulator.resetCounters();

    const result = await mirror();

    expect(comparePools(bench.simulator, source, standby, { by: 'contact' })).toEqual([]);
    expect(compareGroups(bench.simulator, source, standby)).toEqual([]);
    expect(result).toMatchObject({
      done: true,
      counts: { createUsers: 0, updateUsers: 1, deleteUsers: 1, disableUsers: 1, createGroups: 1 },
      failed: 0,
      remaining: { missing: 0, extra: 0, changed: 0 },
    });
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  });

  it('leaves the members of a deleted group to its deletion', async () => {
    const [group] = bench.simulator.pool(source).groups();
    if (!group) throw new Error('The seed has no group');
    await send()('DeleteGroup', { poolId: parsePoolId(source), name: group.name });

    const result = await mirror();

    expect(result).toMatchObject({ done: true, counts: { deleteGroups: 1, removeMemberships: 0 } });
    expect(comparePools(bench.simulator, source, standby, { by: 'contact' })).toEqual([]);
    expect(compareGroups(bench.simulator, source, standby)).toEqual([]);
  });

  it('refuses to mirror a pool to itself, and more deletes than allowed, before any write', async () => {
    const counting = countingWrites(bench.gateway);
    const deps = { ...bench.deps, gateway: counting.gateway };
    const reader = await bench.snapshotOf(source);
    const verified = await bench.verified(reader);
    await expect(
      mirrorSnapshot(deps, { reader, verified, target: parsePoolId(source), confirm: yes }),
    ).rejects.toMatchObject({
      code: 'refused',
    });
    for (const user of [...bench.simulator.pool(source).users()].slice(0, 30))
      bench.simulator.pool(source).removeUser(user.sub);
    const smaller = await bench.snapshotOf(source);
    await expect(
      mirrorSnapshot(deps, {
        reader: smaller,
        verified: await bench.verified(smaller),
        target: parsePoolId(standby),
        confirm: yes,
        maxDeletes: 10,
      }),
    ).rejects.toMatchObject({ code: 'refused' });
    await expect(
      mirrorSnapshot(deps, { reader: smaller, verified, target: parsePoolId(standby), confirm: yes }),
    ).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('not verified') as string });
    expect(counting.writes()).toBe(0);
  });

  it('restore with --existing skip leaves a changed user alone and brings back a deleted one', async () => {
    const reader = await bench.snapshotOf(source);
    const poolId = parsePoolId(standby);
    const [edited, deleted] = [...bench.simulator.pool(standby).users()].filter((user) => user.enabled);
    if (!edited || !deleted) throw new Error('The seed has too few users');
    await send()('AdminUpdateUserAttributes', {
      poolId,
      username: edited.username,
      attributes: [['given_name', 'Kept']],
    });
    await send()('AdminDeleteUser', { poolId, username: deleted.username });
    const result = await restoreSnapshot(bench.deps, { reader, target: poolId, confirm: yes });
    expect(result).toMatchObject({ done: true, counts: { createUsers: 1, updateUsers: 0 }, remaining: { missing: 0 } });
    const names = bench.simulator
      .pool(standby)
      .user(edited.sub)
      ?.attributes.find(([name]) => name === 'given_name');
    expect(names?.[1]).toBe('Kept');
    const differences = comparePools(bench.simulator, source, standby, { by: 'contact' });
    expect(differences).toEqual([expect.stringContaining('Kept')]);
  });
});
