import { afterEach, describe, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import type { User } from '../../src/model/user.ts';
import { backupPool, type BackupOptions, type BackupResult } from '../../src/operations/backup/backup.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import type { SimulatedPool } from '../../src/simulator/simulated-pool.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { collect } from '../fakes/collect.ts';
import { effort } from '../support/effort.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import { BusyWriter, type Prey } from './busy-writer.ts';

type SimulatedUser = NonNullable<ReturnType<SimulatedPool['user']>>;

const LAG_MS = 5_000;
const HOUR_MS = 3_600_000;
const SEEDS = Array.from({ length: effort({ ordinary: 1, long: 6 }) }, (_, index) => index + 1);

/** How the run before the last one ends: at this call, and how long the pause is. */
const ENDINGS = [
  ['undisturbed', undefined],
  ['killed, tokens alive', { call: 30, pauseMs: 60_000 }],
  ['killed, tokens expired', { call: 30, pauseMs: 2 * HOUR_MS }],
] as const;

const CASES = SEEDS.flatMap((seed) =>
  (['single', 'sharded'] as const).flatMap((listing) => ENDINGS.map((ending) => ({ seed, listing, ending }))),
);

describe('a backup beside somebody who writes, listings lagging', () => {
  let bench: Workbench;
  afterEach(() => bench.close());

  it.each(CASES)(
    'captures the unchanged exactly, seed $seed, $listing, $ending.0',
    async ({ seed, listing, ending }) => {
      let nowMs = Date.parse('2026-11-22T12:00:00.000Z');
      bench = await setUpWorkbench({ seed, lagMs: LAG_MS, pageJitter: true, clock: () => nowMs });
      const random = new SeededRandom(seed);
      const poolId = parsePoolId(
        plantSeed(bench.simulator, ordinaryPool({ users: 600, groups: 12, seed, model: 'username' })),
      );
      const tick = (): void => void (nowMs += random.below(120));
      const before = [...bench.simulator.pool(poolId).users()];
      const isPrey = (user: SimulatedUser): boolean => user.username < 'k';
      const names = bench.simulator
        .pool(poolId)
        .groups()
        .map(({ name }) => name);
      const prey: Prey = {
        usernames: before.filter(isPrey).map(({ username }) => username),
        groups: names.filter((_, index) => index % 3 === 0),
        joiners: before.map(({ username }) => username),
      };
      expect(prey.usernames.length).toBeGreaterThan(100);
      const writer = new BusyWriter(ticking(bench.newGateway(), tick), poolId, {
        random: new SeededRandom(seed),
        prey,
      });
      for (let writes = 0; writes < 30; writes += 1) await writer.write();

      const gateway = ticking(bench.newGateway(), tick);
      const [, stop] = ending;
      const result = await writer.during(async () => {
        if (stop) {
          await expect(backUp(dyingAt(stop.call, gateway), { poolId, listing })).rejects.toBe(KILLED);
          nowMs += stop.pauseMs;
        }
        return backUp(gateway, { poolId, listing });
      });
      expect(writer.writes).toBeGreaterThan(40);
      const { resumed, startedOver } = resumptions(bench);
      expect(resumed).toBe(stop ? 1 : 0);
      // A shard of one page holds no token that could expire.
      if (listing === 'single') expect(startedOver).toBe((stop?.pauseMs ?? 0) > HOUR_MS);

      const reader = await openSnapshot(bench.vault, { poolId, id: result.snapshot.id });
      const users = await collect(reader.users());
      const memberships = (await collect(reader.memberships())).map(({ group, sub }) => `${group} ${sub}`);
      expect(new Set(users.map(({ sub }) => sub)).size).toBe(users.length);
      expect(new Set(memberships).size).toBe(memberships.length);
      const unchanged = before.filter((user) => !isPrey(user));
      expect(bySub(users.filter(({ sub }) => unchanged.some((user) => user.sub === sub)))).toEqual(
        bySub(unchanged.map(asListed)),
      );
      const kept = new Set(names.filter((name) => !prey.groups.includes(name)));
      const sure = unchanged.flatMap(({ groups, sub }) =>
        groups.filter((name) => kept.has(name)).map((name) => `${name} ${sub}`),
      );
      const unchangedSubs = new Set(unchanged.map(({ sub }) => sub));
      const found = memberships.filter((line) => {
        const [group = '', sub = ''] = line.split(' ');
        return kept.has(group) && unchangedSubs.has(sub);
      });
      expect(found.sort()).toEqual(sure.sort());
      expect(sure.length).toBeGreaterThan(100);
      expect(await bench.verified(reader)).toMatchObject({ ok: true, problems: [] });
    },
  );

  async function backUp(gateway: CognitoGateway, options: BackupOptions): Promise<BackupResult & { done: true }> {
    const observer = (event: Workbench['events'][number]): void => void bench.events.push(event);
    const result = await backupPool({ gateway, vault: bench.vault, runtime: realRuntime, observer }, options);
    if (!result.done) throw new Error('The backup did not end');
    return result;
  }
});

function ticking(gateway: CognitoGateway, tick: () => void): CognitoGateway {
  return {
    ...gateway,
    send: (operation, request, signal) => {
      tick();
      return gateway.send(operation, request, signal);
    },
  };
}

const KILLED = new BackupError('internal', 'The process was killed here');

/** Dies at a call. What is open is still written: a process that dies at a write is for the kill tests. */
function dyingAt(call: number, gateway: CognitoGateway): CognitoGateway {
  let calls = 0;
  return {
    ...gateway,
    send: async (operation, request, signal) => {
      calls += 1;
      if (calls >= call) throw KILLED;
      return gateway.send(operation, request, signal);
    },
  };
}

function resumptions({ events }: Workbench): { resumed: number; startedOver: boolean } {
  return {
    resumed: events.filter(({ kind }) => kind === 'resumed').length,
    startedOver: events.some((event) => event.kind === 'warning' && event.code === 'listing-started-over'),
  };
}

function asListed(user: SimulatedUser): User {
  return {
    username: user.username,
    sub: user.sub,
    status: user.status,
    enabled: user.enabled,
    attributes: user.attributes,
    createdAt: new Date(user.createdAt).toISOString(),
    modifiedAt: new Date(user.modifiedAt).toISOString(),
    ...(user.smsMfa && { mfaOptions: [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }] }),
  };
}

function bySub(users: readonly User[]): readonly User[] {
  return users.toSorted((a, b) => (a.sub < b.sub ? -1 : 1));
}
