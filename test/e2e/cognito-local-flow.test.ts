import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { verifyPool } from '../../src/operations/verify-pool.ts';
import { verifySnapshot } from '../../src/operations/verify-snapshot.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { federatedUsers } from '../../src/simulator/seeds/federated-users.ts';
import { hostilePool } from '../../src/simulator/seeds/hostile-pool.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import type { CognitoUnderTest } from '../contracts/cognito/contract-bed.ts';
import { emulatorAt } from '../contracts/cognito/service-at.ts';
import { startCognitoLocal, type CognitoLocal } from '../support/cognito-local.ts';
import {
  createPoolLike,
  plantThroughSdk,
  readThroughSdk,
  type PoolContents,
  type UserContents,
} from '../support/plain-sdk-pool.ts';
import { typeCommand } from '../support/typed-command.ts';
import { hurriedRuntime } from '../support/workbench.ts';

/*
 * The main job against an emulator that is not ours. cognito-local writes its whole pool to disk at each change: some 300
 * creates a second into an empty pool, 21 at 4,000 users, so pools stay small here. It ignores Limit: nothing here is paged
 * but what the tool's other tests page against the simulator.
 */
let local: CognitoLocal;
let service: CognitoUnderTest;
let folder: string;

beforeAll(async () => {
  local = await startCognitoLocal();
  service = emulatorAt(local);
  folder = await mkdtemp(join(tmpdir(), 'cognito-local-flow-'));
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the main flow as a user types it, against cognito-local', () => {
  it('brings 500 users and 5 groups into a second pool, twice, and empties it between', async () => {
    const ordinary = ordinaryPool({ users: 500, groups: 5, seed: 7, model: 'username' });
    // No operation of an administrator makes RESET_REQUIRED there.
    const users = ordinary.users.map((user) =>
      user.status === 'RESET_REQUIRED' ? { ...user, status: 'FORCE_CHANGE_PASSWORD' as const } : user,
    );
    const { poolId: source, refused } = await plantThroughSdk(service.sdk, { ...ordinary, users });
    expect([...refused.users, ...refused.groups]).toEqual([]);
    const target = await createPoolLike(service.sdk, ordinary);
    const before = await readThroughSdk(service.sdk, source);
    expect([before.users.size, before.groups.size]).toEqual([500, 5]);
    expect([...before.users.values()].filter(({ enabled }) => !enabled).length).toBeGreaterThan(5);
    const messages = local.messagesSent();

    const backup = await type('backup', '--pool', source, ...AWS());
    expect(backup).toMatchObject({ status: 'complete', totals: { users: 500, groups: 5 } });
    expect(await type('verify', `${source}@latest`)).toMatchObject({ ok: true, problems: [] });
    const restore = ['restore', `${source}@latest`, '--pool', target, '--engine', 'api', '--yes', ...AWS()];
    const verify = ['verify', `${source}@latest`, '--pool', target, '--exit-code', '--endpoint-url', local.endpoint];
    for (const time of ['first', 'second']) {
      const restored = await type(...restore);
      const expected = restorable(before, source);
      expect(restored, time).toMatchObject({
        planned: { createUsers: expected.users.size, createGroups: 5 },
        done: { createUsers: expected.users.size, createGroups: 5 },
        failed: 0,
        conflicts: 0,
        remaining: { missing: 0, extra: 0, changed: 0 },
      });
      expect(differences(expected, await readThroughSdk(service.sdk, target)), time).toEqual([]);
      expect(await type(...verify), time).toMatchObject({
        ok: true,
        differences: { missing: 0, extra: 0, changed: 0 },
      });
      if (time === 'second') continue;
      await type('clean', '--pool', target, '--confirm', target, ...AWS());
      const empty = await readThroughSdk(service.sdk, target);
      expect([empty.users.size, empty.groups.size]).toEqual([0, 0]);
    }
    expect(local.messagesSent()).toBe(messages);
  });
});

describe('the hostile pool, against cognito-local', () => {
  it('comes back byte for byte, as far as cognito-local takes it', async () => {
    const { poolId, refused } = await plantThroughSdk(service.sdk, hostilePool());
    expect(refused.users).toEqual(REFUSED_USERS);
    expect(refused.groups).toEqual(REFUSED_GROUPS);
    const source = parsePoolId(poolId);
    const target = parsePoolId(await createPoolLike(service.sdk, hostilePool()));
    const messages = local.messagesSent();

    const storage = await openLocalFolder(join(folder, 'hostile'), { runtime: realRuntime, create: true });
    const vault = await openVault(storage, { runtime: realRuntime, create: true });
    const { gateway } = service;
    const deps: ReconcileDependencies = {
      gateway,
      rate: async () => 1_000,
      storage,
      runtime: hurriedRuntime,
      observer: () => {},
    };
    const { snapshot } = await backupPool({ ...deps, vault }, { poolId: source, listing: 'auto' });
    const ref = { poolId: source, id: snapshot.id };
    expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, problems: [] });
    const reader = await openSnapshot(vault, ref);
    const result = await restoreSnapshot(deps, { reader, target, engine: 'api', confirm: async () => true });

    expect(result).toMatchObject({ failed: 0, conflicts: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
    const expected = restorable(await readThroughSdk(service.sdk, source), source);
    expect(expected.users.size).toBeGreaterThan(100);
    expect(differences(expected, await readThroughSdk(service.sdk, target))).toEqual([]);
    const { differences: left } = await verifyPool(deps, reader, { poolId: target });
    expect(left).toEqual({ missing: 0, extra: 0, changed: 0 });
    expect(local.messagesSent()).toBe(messages);
  });
});

/**
 * What cognito-local 5.3.0 does not take of the hostile pool, and why. It keeps users and groups as members of an object, so
 * whatever objects inherit exists already; a group `__proto__` is swallowed. It takes the user with SMS MFA without the MFA.
 */
const REFUSED_USERS: ReadonlyMap<string, string> = new Map([
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map(
    (name) => [name, 'UsernameExistsException'] as const,
  ),
  ...['archived', 'compromised', 'unknown', 'reset-required'].flatMap((status) => {
    const reason = `no operation brings about ${status.toUpperCase().replace('-', '_')}`;
    return [[`status-${status}`, reason] as const, [`disabled-${status}`, reason] as const];
  }),
  ...federatedUsers()
    .filter(({ status }) => status === 'EXTERNAL_PROVIDER')
    .map(({ username = '' }) => [username, 'no operation brings about EXTERNAL_PROVIDER'] as const),
]);
const REFUSED_GROUPS: ReadonlyMap<string, string> = new Map([['__proto__', 'taken, but never listed']]);

function AWS(): string[] {
  return ['--endpoint-url', local.endpoint, '--max-rps', '500'];
}

/** Types a command with the vault of this file; its JSON document. Fails unless the command exits 0. */
async function type(...args: readonly string[]): Promise<unknown> {
  const line = [...args, '--vault', join(folder, 'vault'), '--json'];
  const { exitCode, stdout, stderr } = await typeCommand(line, { home: folder });
  expect({ command: args[0], exitCode, stderr: exitCode === 0 ? '' : `${stderr}${stdout}` }).toEqual({
    command: args[0],
    exitCode: 0,
    stderr: '',
  });
  return JSON.parse(stdout);
}

/**
 * What is to come back: all but users who never confirmed, identities at providers, and the groups of providers. Every role
 * is of another account there, because the pools' ARNs name none.
 */
function restorable({ users, groups }: PoolContents, source: string): PoolContents {
  const isOurs = (group: string): boolean => !group.startsWith(`${source}_`);
  const kept = [...users].filter(([, { status }]) => status !== 'UNCONFIRMED');
  const comparable = kept.map(([name, user]): [string, UserContents] => [
    name,
    {
      ...user,
      // Who has a password that nobody knows is confirmed by it.
      status: 'CONFIRMED',
      attributes: attributesAfter(user),
      groups: user.groups.filter(isOurs),
    },
  ]);
  const withoutRole = [...groups].map(([name, fields]): [string, string] => {
    const [description, precedence] = JSON.parse(fields) as unknown[];
    return [name, JSON.stringify([description, precedence, null])];
  });
  return { users: new Map(comparable), groups: new Map(withoutRole.filter(([name]) => isOurs(name))) };
}

/** A contact without a flag is unverified; the restored one says so. */
function attributesAfter({ attributes }: UserContents): UserContents['attributes'] {
  const after = new Map(attributes.filter(([name]) => name !== 'identities'));
  for (const contact of ['email', 'phone_number']) {
    const flag = `${contact}_verified`;
    if (after.has(contact) && !after.has(flag)) after.set(flag, 'false');
  }
  return [...after].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** One line a difference. */
function differences(expected: PoolContents, actual: PoolContents): string[] {
  return [
    ...differencesOf('user', asText(expected.users), asText(actual.users)),
    ...differencesOf('group', expected.groups, actual.groups),
  ];
}

function asText(users: PoolContents['users']): ReadonlyMap<string, string> {
  return new Map([...users].map(([name, user]) => [name, JSON.stringify(user)]));
}

function differencesOf(
  what: string,
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names]
    .filter((name) => expected.get(name) !== actual.get(name))
    .map((name) => `${what} ${name}: ${expected.get(name) ?? 'none'} -> ${actual.get(name) ?? 'none'}`);
}
