import { expect } from 'vitest';
import type { ComposedGateway } from '../../src/cognito/compose-gateway.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import type { ReconcileResult, ReconcileSlice } from '../../src/operations/reconcile/requests.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { HOSTILE_CONFIG, HOSTILE_SCHEMA, hostilePool } from '../../src/simulator/seeds/hostile-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import type { BrokenLine } from './broken-line.ts';
import { ROLE } from './every-operation.ts';

export const FLOW_NAMES = [
  'backup single',
  'backup sharded',
  'restore by api',
  'restore by import job',
  'mirror',
  'clean',
] as const;
export type FlowName = (typeof FLOW_NAMES)[number];

export interface Flows {
  get(name: FlowName): Flow;
}

/** One verb carried out end to end, as often as a test likes, each time from the same beginning. */
export interface Flow {
  readonly name: FlowName;
  /** Makes what the run starts from; what it answers runs the verb with a gateway, again and again if need be. */
  begin(): Promise<Started>;
}

export interface Started {
  /** Once through; answers how many steps Cognito refused, and throws what the verb throws. */
  run(gateway: ComposedGateway): Promise<number>;
  /** Expects that everything stands as wanted, and that nobody is locked out. */
  check(context: string): Promise<void>;
}

/** Users of the hostile pool who between them need every kind of call. */
const CHOSEN = [
  'comma,inside',
  '__proto__',
  'linked-once',
  'sms-mfa',
  'disabled-with-group',
  'phone-only-unverified',
  'status-unconfirmed',
  'status-reset-required',
  'Google_123456789012345678901',
];
const GROUPS = ['bare', 'precedence-zero', 'comma,inside', '__proto__', '{poolId}_Google'];

function smallHostilePool(): PoolSeed {
  const { groups, users } = hostilePool();
  return {
    config: HOSTILE_CONFIG,
    groups: groups.filter(({ name }) => GROUPS.includes(name)),
    users: users
      .filter(({ username }) => CHOSEN.includes(username ?? ''))
      .map((user) => (user.groups ? { ...user, groups: user.groups.filter((group) => GROUPS.includes(group)) } : user)),
  };
}

const yes = async (): Promise<boolean> => true;

/** The flows on one line, whose source pool is backed up here while nothing is broken. */
export async function flowsOn(line: BrokenLine): Promise<Flows> {
  const { simulator, runtime } = line;
  const seed = smallHostilePool();
  const source = plantSeed(simulator, seed);
  const sourceId = parsePoolId(source);
  const observer = (): void => undefined;
  const newVault = (): Promise<Vault> => openVault(memoryStorage(), { runtime, create: true });
  const dependencies = (gateway: ComposedGateway, vault: Vault): ReconcileDependencies => ({
    gateway,
    rate: (...asked) => gateway.governor.rate(...asked),
    storage: vault.storage,
    runtime,
    observer,
  });
  const backUp = async (gateway: ComposedGateway, vault: Vault, listing: 'single' | 'sharded') => {
    const result = await backupPool({ gateway, vault, runtime, observer }, { poolId: sourceId, listing });
    return openSnapshot(vault, { poolId: sourceId, id: result.snapshot.id });
  };
  const original = await newVault();
  const reader = await backUp(line.gateway(), original, 'single');
  const verified = await verifySnapshot(original, reader.ref);
  const wanted = await contentsOf(reader);

  const backupFlow = (listing: 'single' | 'sharded'): Flow => ({
    name: `backup ${listing}`,
    begin: async () => {
      const vault = await newVault();
      let taken: SnapshotReader | undefined;
      return {
        run: async (gateway) => {
          taken = await backUp(gateway, vault, listing);
          return 0;
        },
        check: async (context) => {
          expect((await verifySnapshot(vault, taken!.ref)).problems, context).toEqual([]);
          expect(await contentsOf(taken!), context).toEqual(wanted);
        },
      };
    },
  });

  const applyFlow = (
    name: FlowName,
    target: PoolSeed,
    apply: (
      deps: ReconcileDependencies,
      targetId: ReturnType<typeof parsePoolId>,
    ) => Promise<ReconcileResult | ReconcileSlice>,
    isEmptied = false,
  ): Flow => ({
    name,
    begin: async () => {
      const vault = await newVault();
      const targetId = plantSeed(simulator, target);
      return {
        run: async (gateway) => {
          const result = await apply(dependencies(gateway, vault), parsePoolId(targetId));
          expect(result).toMatchObject({ done: true, remaining: { missing: 0, extra: 0, changed: 0 } });
          return result.done ? result.failed : 0;
        },
        check: async (context) => {
          if (isEmptied) {
            expect(simulator.pool(targetId).size, context).toBe(0);
            expect(
              simulator
                .pool(targetId)
                .groups()
                .filter(({ name: group }) => !group.startsWith(targetId)),
            ).toEqual([]);
            return;
          }
          expect(comparePools(simulator, source, targetId), context).toEqual([]);
          expect(compareGroups(simulator, source, targetId), context).toEqual([]);
          const lockedOut = [...simulator.pool(targetId).users()].filter(
            ({ status }) => status === 'FORCE_CHANGE_PASSWORD',
          );
          expect(lockedOut, context).toEqual([]);
          expect(identityOf(line, targetId), context).toContain('223456789012345678901');
        },
      };
    },
  });

  const empty = { ...seed, groups: [], users: [] };
  // Without one of the attributes, which the restore has to create.
  const narrow = { ...empty, config: { ...HOSTILE_CONFIG, Schema: HOSTILE_SCHEMA.slice(1) } };
  const flows = [
    backupFlow('single'),
    backupFlow('sharded'),
    applyFlow('restore by api', narrow, (deps, target) =>
      restoreSnapshot(deps, { reader, target, confirm: yes, createMissingAttributes: true }),
    ),
    applyFlow('restore by import job', empty, (deps, target) =>
      restoreSnapshot(deps, { reader, target, confirm: yes, importRole: ROLE }),
    ),
    applyFlow('mirror', drifted(seed), (deps, target) =>
      mirrorSnapshot(deps, { reader, verified, target, confirm: yes }),
    ),
    applyFlow('clean', seed, (deps, target) => cleanPool(deps, { target, confirm: yes }), true),
  ];
  return {
    get: (name) => {
      const found = flows.find((flow) => flow.name === name);
      if (!found) throw new Error(`No flow ${name}`);
      return found;
    },
  };
}

/** A standby that fell behind in every way: missing, extra, changed, enabled, disabled, out of groups and in others. */
function drifted(seed: PoolSeed): PoolSeed {
  const kept = seed.users.filter(({ username }) => username !== 'comma,inside' && username !== 'status-unconfirmed');
  return {
    ...seed,
    groups: [
      ...seed.groups
        .filter(({ name }) => name !== 'comma,inside')
        // A description that is there can be changed, not taken away.
        .map((group) => (group.description === undefined ? group : { ...group, description: 'old' })),
      { name: 'gone-since' },
    ],
    users: [
      ...kept.map((user) => ({
        ...user,
        enabled: user.username === '__proto__' ? false : (user.enabled ?? true),
        attributes: [...(user.attributes ?? []), ['nickname', 'old']] as [string, string][],
        groups: user.username === 'sms-mfa' ? ['bare'] : (user.groups ?? []),
      })),
      { username: 'gone-since', attributes: [], groups: ['gone-since'] },
    ],
  };
}

function identityOf({ simulator }: BrokenLine, poolId: string): string | undefined {
  const user = simulator.pool(poolId).user('linked-once');
  return user?.attributes.find(([name]) => name === 'identities')?.[1];
}

async function contentsOf(reader: SnapshotReader): Promise<object> {
  const users = (await collect(reader.users())).map((user) => JSON.stringify(user)).sort();
  const memberships = (await collect(reader.memberships())).map((membership) => JSON.stringify(membership)).sort();
  const groups = (await collect(reader.groups())).map((group) => JSON.stringify(group)).sort();
  return { users, memberships, groups };
}
