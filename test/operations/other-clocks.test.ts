import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { directGateway } from '../kills/direct-gateway.ts';
import { comparePools } from '../support/compare-pools.ts';
import { dyingGateway } from '../support/dying-gateway.ts';

const HOUR_MS = 3_600_000;

const seed = ordinaryPool({ users: 12, groups: 0, seed: 5, model: 'email' });
const clock = manualRuntime();
const now = (): number => clock.now().getTime();
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ quotaScale: 'unlimited', clock: now });
});
afterAll(() => simulator.stop());

it.each([
  ['agreed', 0, 0],
  ['was an hour ahead', HOUR_MS, 0],
  ['was an hour behind', -HOUR_MS, 0],
  ['agreed, and the clock of the killed one was an hour behind', 0, -HOUR_MS],
])('a killed run is finished by the next one where the clock of an earlier run %s', async (_, earlierMs, killedMs) => {
  const [source, target] = [plantSeed(simulator, seed), plantSeed(simulator, { ...seed, groups: [], users: [] })];
  const bare = directGateway(simulator, now);
  const send: CognitoGateway['send'] = (...call) => {
    // No two calls meet Cognito in one millisecond: what a run creates is younger than its start.
    clock.advance(1);
    return bare.send(...call);
  };
  const gateway = { ...bare, send };
  const storage = memoryStorage();
  const vault = await openVault(storage, { runtime: clock, create: true });
  const poolId = parsePoolId(source);
  const { snapshot } = await backupPool(
    { gateway, vault, runtime: clock, observer: () => undefined },
    { poolId, listing: 'single' },
  );
  const reader = await openSnapshot(vault, { poolId, id: snapshot.id });
  const pool = simulator.pool(target);
  const usersIn = (wanted: string) => [...pool.users()].filter(({ status }) => status === wanted);
  const restore = (offMs = 0, by = gateway) => {
    const runtime = { ...clock, now: () => new Date(now() + offMs) };
    const deps = { gateway: by, rate: async () => 1_000, storage, runtime, observer: () => undefined };
    return restoreSnapshot(deps, { reader, target: parsePoolId(target), confirm: async () => true });
  };
  await restore(earlierMs);
  for (const { sub } of usersIn('CONFIRMED')) pool.removeUser(sub);
  clock.advance(60_000);

  await expect(restore(killedMs, dyingGateway(gateway, 1, 'after'))).rejects.toThrow('killed');
  expect(usersIn('FORCE_CHANGE_PASSWORD')).not.toEqual([]);
  clock.advance(60_000);

  expect(await restore()).toMatchObject({ done: true, remaining: { missing: 0, changed: 0 } });
  expect(usersIn('FORCE_CHANGE_PASSWORD')).toEqual([]);
  expect(comparePools(simulator, source, target, { by: 'contact' })).toEqual([]);
});
