import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import type { Confirmation } from '../../src/plan/guards.ts';
import type { PoolConfig } from '../../src/simulator/pool-config.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { countingWrites } from '../support/dying-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const seed = ordinaryPool({ users: 8, groups: 2, seed: 5, model: 'username' });

describe('guards', () => {
  let bench: Workbench;
  let source: string;
  let deps: ReconcileDependencies;
  let writes: () => number;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    source = plantSeed(bench.simulator, seed);
    const counting = countingWrites(bench.gateway);
    writes = counting.writes;
    deps = { ...bench.deps, gateway: counting.gateway };
  });
  afterEach(() => bench.close());

  const pool = (config: PoolConfig = {}, users = seed.users): string =>
    plantSeed(bench.simulator, { ...seed, config: { ...seed.config, ...config }, users });
  const asked: Confirmation[] = [];
  const refuse = async (_plan: unknown, confirmation: Confirmation): Promise<boolean> => {
    asked.push(confirmation);
    return false;
  };
  const runFilesOf = async (target: string): Promise<number> => {
    let count = 0;
    for await (const object of bench.deps.storage.list(`runs/${target}/`)) count += object.sizeBytes > 0 ? 1 : 0;
    return count;
  };

  it.each([
    ['clean', { UserPoolTags: { 'cognito-backup:protected': 'true' } }],
    ['mirror', { UserPoolTags: { 'cognito-backup:protected': 'true' } }],
    ['restore', { LambdaConfig: { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:check' } }],
    ['mirror', { LambdaConfig: { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:check' } }],
  ] as const)('%s refuses a target with %o and writes nothing', async (command, config) => {
    const target = pool(config, command === 'clean' ? seed.users : []);
    const options = { target: parsePoolId(target), confirm: async () => true };
    const reader = await bench.snapshotOf(source);
    const verified = await bench.verified(reader);
    const run = {
      clean: () => cleanPool(deps, options),
      mirror: () => mirrorSnapshot(deps, { ...options, reader, verified }),
      restore: () => restoreSnapshot(deps, { ...options, reader }),
    };
    await expect(run[command]()).rejects.toMatchObject({ code: 'refused' });
    expect(writes()).toBe(0);
  });

  it('asks for the pool id or for yes, by what could be lost', async () => {
    const reader = await bench.snapshotOf(source);
    const [first] = seed.users;
    if (!first?.username) throw new Error('The seed is empty');
    bench.simulator.pool(source).removeUser(first.username);
    const verified = await bench.verified(reader);
    asked.length = 0;
    const standby = { UserPoolTags: { 'cognito-backup:role': 'standby' } };
    const refused = (run: Promise<unknown>) => expect(run).rejects.toMatchObject({ code: 'refused' });

    await refused(restoreSnapshot(deps, { reader, target: parsePoolId(source), confirm: refuse }));
    await refused(restoreSnapshot(deps, { reader, target: parsePoolId(pool({}, [])), confirm: refuse }));
    await refused(cleanPool(deps, { target: parsePoolId(pool()), confirm: refuse }));
    await refused(cleanPool(deps, { target: parsePoolId(pool(standby)), confirm: refuse }));
    await refused(mirrorSnapshot(deps, { reader, verified, target: parsePoolId(pool({}, [])), confirm: refuse }));
    const other = { username: 'somebody-else', attributes: [] };
    await refused(mirrorSnapshot(deps, { reader, verified, target: parsePoolId(pool({}, [other])), confirm: refuse }));
    await refused(
      mirrorSnapshot(deps, { reader, verified, target: parsePoolId(pool(standby, [other])), confirm: refuse }),
    );

    expect(asked).toEqual(['pool-id', 'yes', 'pool-id', 'yes', 'yes', 'pool-id', 'yes']);
    expect(writes()).toBe(0);
  });

  it('leaves nothing in the vault when not confirmed, and nothing at all after a dry run', async () => {
    const reader = await bench.snapshotOf(source);
    const target = pool({}, []);
    const options = { reader, target: parsePoolId(target) };
    await expect(restoreSnapshot(deps, { ...options, confirm: refuse })).rejects.toMatchObject({ code: 'refused' });
    const dry = await restoreSnapshot(deps, { ...options, confirm: refuse, dryRun: true });
    expect(dry).toMatchObject({ done: true, dryRun: true, counts: { createUsers: 0 } });
    expect(await runFilesOf(target)).toBe(0);
    expect(writes()).toBe(0);
  });

  it('refuses attributes that the target lacks, and creates them on request', async () => {
    const reader = await bench.snapshotOf(source);
    const target = pool({ Schema: [] }, []);
    const options = { reader, target: parsePoolId(target), confirm: async () => true };
    await expect(restoreSnapshot(deps, options)).rejects.toMatchObject({ code: 'schema-gap' });
    expect(writes()).toBe(0);
    const result = await restoreSnapshot(deps, { ...options, createMissingAttributes: true });
    expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, changed: 0 } });
  });

  it('never deletes a user who was created after the plan: no backup holds them', async () => {
    const target = pool();
    let deletes = 0;
    const gateway: typeof deps.gateway = {
      ...bench.gateway,
      send: async (operation, request, signal) => {
        deletes += operation === 'AdminDeleteUser' ? 1 : 0;
        if (deletes === 3) bench.simulator.pool(target).addUser({ username: `late-${deletes}`, attributes: [] });
        deletes += deletes === 3 ? 1 : 0;
        return bench.gateway.send(operation, request, signal);
      },
    };
    const result = await cleanPool({ ...deps, gateway }, { target: parsePoolId(target), confirm: async () => true });
    expect([...bench.simulator.pool(target).users()].map(({ username }) => username)).toEqual(['late-3']);
    expect(result).toMatchObject({ done: true, failed: 0, conflicts: 1 });
  });

  it('locks the target for the time of a run', async () => {
    const reader = await bench.snapshotOf(source);
    const target = parsePoolId(pool({}, []));
    let second: unknown;
    await restoreSnapshot(deps, {
      reader,
      target,
      confirm: async () => {
        second = await restoreSnapshot(deps, { reader, target, confirm: async () => true }).catch(
          (error: unknown) => error,
        );
        return true;
      },
    });
    expect(second).toMatchObject({ code: 'locked' });
  });
});
