import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../../test/fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../../../test/fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUser, sampleUsers } from '../../../test/fakes/sample-pool.ts';
import {
  poolHandlers,
  scriptedGateway,
  type Handlers,
  type PoolContent,
  type ScriptedGateway,
} from '../../../test/fakes/scripted-gateway.ts';
import { withCallCounts } from '../../cognito/counted.ts';
import { BackupError } from '../../model/errors.ts';
import type { BackupEvent } from '../../model/events.ts';
import type { SnapshotId } from '../../model/ids.ts';
import type { User } from '../../model/user.ts';
import { manualRuntime, type ManualRuntime } from '../../runtime/manual-runtime.ts';
import { partKey } from '../../snapshot/keys.ts';
import { openSnapshot } from '../../snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../snapshot/vault.ts';
import { openLocalFolder } from '../../storage/local-folder.ts';
import { acceptSnapshot } from '../snapshots/accept-snapshot.ts';
import { backupPool, type BackupOptions, type BackupResult } from './backup.ts';
import { listSnapshots } from '../snapshots/list-snapshots.ts';
import { verifySnapshot } from '../verify/verify-snapshot.ts';

const POOL = samplePool();

let storage: MemoryStorage;
let runtime: ManualRuntime;
let vault: Vault;
let events: BackupEvent[];

beforeEach(async () => {
  storage = memoryStorage();
  runtime = manualRuntime();
  vault = await openVault(storage, { create: true, runtime });
  events = [];
});

function gatewayOf(content: Partial<PoolContent> = {}, more: Handlers = {}): ScriptedGateway {
  const users = content.users ?? sampleUsers(100);
  const pool = content.pool ?? samplePool({ estimatedUsers: users.length });
  return scriptedGateway({ ...poolHandlers({ ...content, users, pool }), ...more }, () => runtime.now());
}

async function backUp(gateway: ScriptedGateway, options: Partial<BackupOptions> = {}): Promise<BackupResult> {
  const observer = (event: BackupEvent) => void events.push(event);
  return backupPool({ gateway, vault, runtime, observer }, { poolId: POOL.id, listing: 'auto', ...options });
}

async function finished(gateway: ScriptedGateway, options: Partial<BackupOptions> = {}) {
  const result = await backUp(gateway, options);
  if (!result.done) throw new Error('The backup did not end');
  return result;
}

async function read(result: BackupResult) {
  const reader = await openSnapshot(vault, { poolId: POOL.id, id: result.snapshot.id });
  return {
    manifest: reader.manifest,
    pool: await reader.pool(),
    groups: await collect(reader.groups()),
    users: bySub(await collect(reader.users())),
    memberships: (await collect(reader.memberships())).map(({ group, sub }) => `${group} ${sub}`).sort(),
  };
}

function bySub(users: readonly User[]): readonly User[] {
  return users.toSorted((a, b) => (a.sub < b.sub ? -1 : 1));
}

function sentTokens(gateway: ScriptedGateway): readonly (string | undefined)[] {
  return gateway.calls
    .filter(({ operation }) => operation === 'ListUsers')
    .map(({ request }) => (request as { nextToken?: string }).nextToken);
}

const USERS = sampleUsers(300);
const GROUPS = ['admins', '__proto__', 'empty', '../x'].map((name) => sampleGroup(name));
const MEMBERS = new Map([
  ['admins', USERS.slice(0, 150).map(({ sub }) => sub)],
  ['__proto__', [USERS[7]!.sub]],
  ['../x', USERS.slice(290).map(({ sub }) => sub)],
]);
const CONTENT = { users: USERS, groups: GROUPS, members: MEMBERS };
const LINKS = [...MEMBERS].flatMap(([group, subs]) => subs.map((sub) => `${group} ${sub}`)).sort();

describe('a backup', () => {
  it.each(['single', 'sharded'] as const)('captures users, groups and memberships, listing %s', async (listing) => {
    const result = await finished(gatewayOf(CONTENT), { listing });

    const { manifest, users, groups, memberships, pool } = await read(result);
    expect(users).toEqual(bySub(USERS));
    expect(groups).toEqual(GROUPS);
    expect(memberships).toEqual(LINKS);
    expect(pool).toEqual(samplePool({ estimatedUsers: 300 }));
    expect(result).toMatchObject({
      status: 'complete',
      warnings: [],
      totals: { users: 300, groups: 4, memberships: 161, orphans: 0 },
    });
    expect(manifest.listing).toEqual({ mode: listing, shards: listing === 'single' ? 1 : 16, secondPass: false });
    expect(await verifySnapshot(vault, { poolId: POOL.id, id: result.snapshot.id })).toMatchObject({
      ok: true,
      problems: [],
      unnamedParts: 0,
    });
  });

  it('goes on after short and empty pages while there is a token', async () => {
    const result = await finished(gatewayOf({ ...CONTENT, pageSize: 7, emptyPages: true }), { listing: 'sharded' });
    expect((await read(result)).users).toEqual(bySub(USERS));
  });

  it('captures an empty pool', async () => {
    const result = await finished(gatewayOf({ users: [] }));
    expect(result.totals).toMatchObject({ users: 0, groups: 0, memberships: 0 });
    expect((await read(result)).users).toEqual([]);
  });

  it('chooses one chain for a small pool and sixteen for a large one', async () => {
    const small = await finished(gatewayOf({ users: USERS, pool: samplePool({ estimatedUsers: 19_999 }) }));
    runtime.advance(1_000);
    const large = await finished(gatewayOf({ users: USERS, pool: samplePool({ estimatedUsers: 20_000 }) }));
    expect((await read(small)).manifest.listing.mode).toBe('single');
    expect((await read(large)).manifest.listing.mode).toBe('sharded');
  });

  it('cuts parts at about 5,000 users', async () => {
    const result = await finished(gatewayOf({ users: sampleUsers(12_000) }), { listing: 'single' });
    const parts = (await read(result)).manifest.parts.filter(({ kind }) => kind === 'users');
    expect(parts.map(({ records }) => records)).toEqual([5_040, 5_040, 1_920]);
  });

  it('leaves nothing but what the manifest names, and no checkpoint', async () => {
    const result = await finished(gatewayOf(CONTENT), { listing: 'sharded' });
    const named = (await read(result)).manifest.parts.map(({ path }) => path);
    const folder = `pools/${POOL.id}/snapshots/${result.snapshot.id}/`;
    const there = [...storage.objects.keys()]
      .filter((key) => key.startsWith(folder))
      .map((key) => key.slice(folder.length));
    expect(there.sort()).toEqual([...named, 'manifest.json'].sort());
    expect(storage.writes.at(-1)).toBe(`${folder}manifest.json`);
  });

  it('begun in a second whose last id is taken can be read', async () => {
    const last = '20261122T120000Z-ffffff' as SnapshotId;
    await storage.putIfAbsent(partKey({ poolId: POOL.id, id: last }, 'pool.json.gz'), Buffer.of(0));
    const result = await finished(gatewayOf(CONTENT));
    expect(result.snapshot.id > last).toBe(true);
    expect((await read(result)).manifest.window.startedAt).toBe('2026-11-22T12:00:01.000Z');
  });

  it('counts the calls of its own pool into the manifest', async () => {
    const gateway = withCallCounts(gatewayOf(CONTENT));
    const deps = { gateway, vault, runtime, observer: () => undefined, callCounts: () => gateway.counts() };
    await gateway.send('DescribeUserPool', { poolId: POOL.id });
    const result = await backupPool(deps, { poolId: POOL.id, listing: 'single' });
    const { calls, throttles } = (await read(result)).manifest;
    expect(calls).toEqual({
      OtherServices: 1,
      UserPoolRead: 1,
      UserPoolClientRead: 1,
      UserPoolResourceRead: 10,
      UserList: 11,
    });
    expect(throttles).toBe(0);
  });

  it('never puts a name, an address or a sub into checkpoint, manifest, keys or events', async () => {
    const seen: string[] = [];
    storage.afterWrite = (key) => {
      seen.push(key);
      if (key.endsWith('.json')) seen.push(Buffer.from(storage.objects.get(key)!).toString());
    };
    await finished(gatewayOf({ ...CONTENT, pageSize: 20 }), { listing: 'sharded' });
    const text = [...seen, JSON.stringify(events)].join('\n');
    for (const secret of ['user-7', 'example.com', 'admins', USERS[7]!.sub]) expect(text).not.toContain(secret);
  });
});

describe('a backup warns', () => {
  it('of orphans, and leaves them out', async () => {
    const members = new Map([
      ['admins', [USERS[0]!.sub, 'b-not-listed', USERS[1]!.sub]],
      ['empty', ['b-not-listed']],
    ]);
    const result = await finished(gatewayOf({ ...CONTENT, members }));
    expect(result.totals).toMatchObject({ memberships: 2, orphans: 2 });
    expect(result.warnings.map(({ code }) => code)).toEqual(['orphans']);
    expect((await read(result)).memberships).toEqual([`admins ${USERS[0]!.sub}`, `admins ${USERS[1]!.sub}`].sort());
    expect((await verifySnapshot(vault, { poolId: POOL.id, id: result.snapshot.id })).problems).toEqual([]);
  });

  it('of a group deleted meanwhile', async () => {
    const gateway = gatewayOf(CONTENT);
    const listed = gateway.handlers.ListUsersInGroup!;
    gateway.handlers.ListUsersInGroup = (request, call) => {
      if (request.group === 'admins')
        throw new BackupError('rejected', 'Gone', { awsName: 'ResourceNotFoundException' });
      return listed(request, call);
    };
    const result = await finished(gateway);
    expect(result.warnings.map(({ code }) => code)).toEqual(['group-deleted']);
    expect(result.totals.memberships).toBe(11);
  });

  it('fails when it is the pool that was deleted meanwhile', async () => {
    const gone = new BackupError('pool-not-found', 'Gone', { awsName: 'ResourceNotFoundException' });
    const gateway = gatewayOf(CONTENT);
    const fail = (): never => {
      throw gone;
    };
    gateway.handlers.ListUsersInGroup = () => {
      gateway.handlers.DescribeUserPool = fail;
      throw new BackupError('rejected', 'Gone', { awsName: 'ResourceNotFoundException' });
    };
    await expect(backUp(gateway)).rejects.toBe(gone);
  });

  it('when a sharded listing is far from the estimate', async () => {
    const pool = samplePool({ estimatedUsers: 400 });
    const result = await finished(gatewayOf({ users: USERS, pool }), { listing: 'sharded' });
    expect(result.warnings.map(({ code }) => code)).toEqual(['estimate-differs']);
  });

  it.each([
    [300, 240, 'suspect'],
    [300, 241, 'complete'],
    [200, 151, 'complete'],
    [200, 150, 'suspect'],
  ])('and is suspect when %i users fall to %i: %s', async (before, after, status) => {
    await finished(gatewayOf({ users: sampleUsers(before) }));
    runtime.advance(1_000);
    const result = await finished(gatewayOf({ users: sampleUsers(after) }));
    expect(result.status).toBe(status);
    expect((await read(result)).manifest.previous?.users).toBe(before);
  });

  it('until a suspect is accepted: then it is what the next one is compared with', async () => {
    await finished(gatewayOf({ users: sampleUsers(300) }));
    runtime.advance(1_000);
    const first = await finished(gatewayOf({ users: sampleUsers(100) }));
    runtime.advance(1_000);
    expect((await finished(gatewayOf({ users: sampleUsers(100) }))).status).toBe('suspect');

    const ref = { poolId: POOL.id, id: first.snapshot.id };
    expect(await acceptSnapshot({ vault, runtime }, ref)).toMatchObject({ status: 'accepted', changed: true });
    expect(await acceptSnapshot({ vault, runtime }, ref)).toMatchObject({ status: 'accepted', changed: false });
    runtime.advance(1_000);
    expect((await finished(gatewayOf({ users: sampleUsers(100) }))).status).toBe('complete');
    expect((await listSnapshots(vault)).map(({ status }) => status)).toEqual([
      'complete',
      'accepted',
      'suspect',
      'complete',
    ]);
  });
});

describe('a backup refuses', () => {
  it('a token that comes back, and the next run begins anew', async () => {
    const gateway = gatewayOf({ users: USERS }, { ListUsers: () => ({ items: [], nextToken: 'again' }) });
    await expect(backUp(gateway)).rejects.toMatchObject({ code: 'listing-broken' });
    runtime.advance(1_000);
    await finished(gatewayOf({ users: USERS }));
    expect((await listSnapshots(vault)).map(({ status }) => status)).toEqual(['unfinished', 'complete']);
  });

  it('a listing that ignores the prefix', async () => {
    const gateway = gatewayOf({ users: USERS }, { ListUsers: () => ({ items: [USERS[5]!] }) });
    await expect(backUp(gateway, { listing: 'sharded' })).rejects.toMatchObject({
      code: 'listing-broken',
      message: 'Cognito listed users outside the prefix asked for',
    });
  });

  it('a manifest that another run has written under its id', async () => {
    storage.beforeWrite = (key) => {
      if (key.endsWith('manifest.json')) storage.objects.set(key, Buffer.from('theirs'));
    };
    await expect(backUp(gatewayOf({ users: USERS }))).rejects.toMatchObject({ code: 'locked' });
    const [key] = [...storage.objects.keys()].filter((name) => name.endsWith('manifest.json'));
    expect(Buffer.from(storage.objects.get(key!)!).toString()).toBe('theirs');
  });

  it('to call a snapshot damaged whose digests are gone because another run has finished it', async () => {
    const { get } = storage;
    storage.get = async (key, options) => {
      if (!key.endsWith('.digests')) return get(key, options);
      storage.objects.set(key.replace(/users\/.*/, 'manifest.json'), Buffer.from('theirs'));
      storage.objects.delete(key);
      return undefined;
    };
    await expect(backUp(gatewayOf({ users: USERS }))).rejects.toMatchObject({ code: 'locked' });
    const key = [...storage.objects.keys()].find((name) => name.endsWith('checkpoint.json'))!;
    expect(Buffer.from(storage.objects.get(key)!).toString()).not.toContain('abandoned');
  });

  it('a user listed twice, without a manifest', async () => {
    const gateway = gatewayOf({ users: [...USERS, USERS[3]!] });
    await expect(backUp(gateway)).rejects.toMatchObject({ code: 'listing-broken' });
    expect([...storage.objects.keys()].some((key) => key.endsWith('manifest.json'))).toBe(false);
  });

  it('what Cognito refuses, before anything is written', async () => {
    const refuse = (): never => {
      throw new BackupError('pool-not-found', 'No such pool');
    };
    const writes = storage.writes.length;
    await expect(backUp(gatewayOf({}, { DescribeUserPool: refuse }))).rejects.toMatchObject({ code: 'pool-not-found' });
    expect(storage.writes.length).toBe(writes);
  });
});

describe('a backup that was killed', () => {
  /** Enough pages that chains save checkpoints between their parts: 200 empty pages close a part too. */
  const SLOW = { ...CONTENT, pageSize: 2, emptyPages: true } satisfies Partial<PoolContent>;

  async function killedAt(write: number, when: 'beforeWrite' | 'afterWrite'): Promise<void> {
    const from = storage.writes.length;
    let dead = false;
    storage[when] = (_key, at) => {
      if (at - from >= write) dead = true;
      if (dead) throw new Error('killed');
    };
    await backUp(gatewayOf(SLOW), { listing: 'single' }).catch((error: unknown) => error);
    storage.beforeWrite = () => undefined;
    storage.afterWrite = () => undefined;
  }

  it.each(['beforeWrite', 'afterWrite'] as const)(
    'at any write (%s) is finished by the next run within the same second, and the earlier snapshot stays',
    async (when) => {
      const earlier = await finished(gatewayOf({ users: sampleUsers(10) }));
      const before = new Map(storage.objects);
      const writesBefore = storage.writes.length;
      await finished(gatewayOf(SLOW), { listing: 'single' });
      const writes = storage.writes.length - writesBefore;
      expect(writes).toBeGreaterThan(8);

      for (let write = 0; write < writes; write += 1) {
        storage.objects.clear();
        for (const [key, bytes] of before) storage.objects.set(key, bytes);
        await killedAt(write, when);
        const wasDone =
          (await listSnapshots(vault)).length === 2 && (await listSnapshots(vault))[1]!.status === 'complete';
        if (!wasDone) await finished(gatewayOf(SLOW), { listing: 'single' });

        const whole = (await listSnapshots(vault)).filter(({ status }) => status === 'complete');
        expect(whole, `write ${write}`).toHaveLength(2);
        expect(whole[0]!.id).toBe(earlier.snapshot.id);
        const { users, memberships } = await read({ ...earlier, snapshot: { id: whole[1]!.id } });
        expect(users).toEqual(bySub(USERS));
        expect(memberships).toEqual(LINKS);
        expect(await verifySnapshot(vault, { poolId: POOL.id, id: whole[1]!.id })).toMatchObject({ ok: true });
        for (const [key, bytes] of before) expect(storage.objects.get(key)).toEqual(bytes);
      }
    },
  );

  it('goes on with the tokens it had', async () => {
    const controller = new AbortController();
    const gateway = gatewayOf({ users: USERS, pageSize: 10 });
    const listUsers = gateway.handlers.ListUsers!;
    gateway.handlers.ListUsers = (request, call) => {
      if (call === 9) controller.abort();
      return listUsers(request, call);
    };
    await expect(backUp(gateway, { signal: controller.signal })).rejects.toMatchObject({ code: 'interrupted' });

    runtime.advance(59 * 60_000);
    const second = gatewayOf({ users: USERS, pageSize: 10 });
    const result = await finished(second);
    expect(sentTokens(second)[0]).toBe('users-:a');
    expect(sentTokens(second)).toHaveLength(20);
    expect(events.some(({ kind }) => kind === 'resumed')).toBe(true);
    expect((await read(result)).users).toEqual(bySub(USERS));
    expect(second.calls.some(({ operation }) => operation === 'ListGroups')).toBe(false);
  });

  it('starts its shards over when the tokens are an hour old', async () => {
    await backUp(gatewayOf({ users: USERS, pageSize: 10 }), { deadline: () => true });
    runtime.advance(60 * 60_000);
    const second = gatewayOf({ users: USERS, pageSize: 10 });
    const result = await finished(second);
    expect(sentTokens(second)[0]).toBeUndefined();
    expect((await read(result)).users).toEqual(bySub(USERS));
    expect((await read(result)).manifest.totals.users).toBe(300);
  });

  it('is left behind after a day', async () => {
    const first = await backUp(gatewayOf({ users: USERS, pageSize: 10 }), { deadline: () => true });
    runtime.advance(25 * 60 * 60_000);
    expect((await finished(gatewayOf({ users: USERS }))).snapshot.id).not.toBe(first.snapshot.id);
  });

  it('is not continued in another listing mode asked for', async () => {
    const first = await backUp(gatewayOf({ users: USERS, pageSize: 10 }), { listing: 'single', deadline: () => true });
    runtime.advance(1_000);
    expect((await finished(gatewayOf({ users: USERS }), { listing: 'sharded' })).snapshot.id).not.toBe(
      first.snapshot.id,
    );
  });

  it('keeps the configuration that its first run read, and what that lacked', async () => {
    const configured: Handlers = { GetUserPoolMfaConfig: () => ({ MfaConfiguration: 'OPTIONAL' }) };
    await backUp(gatewayOf({ users: USERS, pageSize: 10 }, configured), { deadline: () => true });
    const second = gatewayOf({ users: USERS, pageSize: 10 });
    const { configuration, notCaptured, snapshot } = await finished(second);
    expect(configuration).toEqual({ mfa: 1 });
    expect(notCaptured).toContainEqual(expect.objectContaining({ kind: 'risk', reason: 'not-supported' }));
    expect(second.calls.some(({ operation }) => operation === 'GetUserPoolMfaConfig')).toBe(false);
    const reader = await openSnapshot(vault, { poolId: POOL.id, id: snapshot.id });
    expect(await collect(reader.configuration())).toEqual([
      { kind: 'mfa', key: 'ALL', document: { MfaConfiguration: 'OPTIONAL' } },
    ]);
  });

  it('is not continued from a damaged checkpoint', async () => {
    const first = await backUp(gatewayOf({ users: USERS, pageSize: 10 }), { deadline: () => true });
    const key = [...storage.objects.keys()].find((name) => name.endsWith('checkpoint.json'))!;
    storage.objects.get(key)![30]! ^= 1;
    runtime.advance(1_000);
    expect((await finished(gatewayOf({ users: USERS }))).snapshot.id).not.toBe(first.snapshot.id);
  });

  it('stops when another run takes over', async () => {
    const gateway = gatewayOf({ users: sampleUsers(12_000) });
    const listUsers = gateway.handlers.ListUsers!;
    gateway.handlers.ListUsers = async (request, call) => {
      if (call === 50) await backUp(gatewayOf({ users: sampleUsers(12_000) }), { deadline: () => true });
      return listUsers(request, call);
    };
    await expect(backUp(gateway)).rejects.toMatchObject({ code: 'locked' });
  });
});

describe('lanes of groups', () => {
  it('are continued group by group, each with its own tokens', async () => {
    const groups = Array.from({ length: 20 }, (_, index) => sampleGroup(`group-${index}`));
    const members = new Map(
      groups.map(({ name }, index) => [name, USERS.slice(index, index + 3).map(({ sub }) => sub)]),
    );
    const content = { users: USERS.slice(0, 30), groups, members, pageSize: 2 };
    await backUp(gatewayOf(content), { deadline: () => true });
    const result = await finished(gatewayOf(content));
    const links = [...members].flatMap(([name, subs]) => subs.map((sub) => `${name} ${sub}`));
    expect((await read(result)).memberships).toEqual(links.sort());
    expect(events.filter((event) => event.kind === 'warning')).toEqual([]);
  });
});

describe('a token that expired', () => {
  function expiring(times: number): ScriptedGateway {
    const gateway = gatewayOf({ users: USERS, pageSize: 10 });
    const listUsers = gateway.handlers.ListUsers!;
    let left = times;
    gateway.handlers.ListUsers = (request, call) => {
      if (request.nextToken === 'users-:5' && left > 0) {
        left -= 1;
        throw new BackupError('rejected', 'Bad token', { awsName: 'InvalidParameterException' });
      }
      return listUsers(request, call);
    };
    return gateway;
  }

  it('starts the listing over, twice at most', async () => {
    const result = await finished(expiring(2));
    expect((await read(result)).users).toEqual(bySub(USERS));
    expect(events.filter((event) => event.kind === 'warning')).toHaveLength(2);
  });

  it('a third time fails with advice, and the next run begins anew', async () => {
    await expect(backUp(expiring(3))).rejects.toMatchObject({
      code: 'token-expired',
      hint: expect.stringContaining('new snapshot'),
    });
    runtime.advance(1_000);
    const result = await finished(gatewayOf({ users: USERS }));
    expect(result.totals.users).toBe(300);
    expect((await listSnapshots(vault)).map(({ status }) => status)).toEqual(['unfinished', 'complete']);
  });
});

describe('a deadline', () => {
  it.each(['single', 'sharded'] as const)(
    'cuts a backup into slices that end in one snapshot, listing %s',
    async (listing) => {
      const content = { ...CONTENT, pageSize: 10 };
      const ids = new Set<string>();
      let slices = 0;
      for (;;) {
        const result = await backUp(gatewayOf(content), { listing, deadline: () => true });
        ids.add(result.snapshot.id);
        slices += 1;
        runtime.advance(1_000);
        if (result.done) break;
        expect(slices).toBeLessThan(60);
      }
      expect(slices).toBeGreaterThan(3);
      expect(ids.size).toBe(1);
      const { users, memberships } = await read({
        done: false,
        snapshot: { id: [...ids][0] as never },
        poolId: POOL.id,
        durationMs: 0,
      });
      expect(users).toEqual(bySub(USERS));
      expect(memberships).toEqual(LINKS);
    },
  );
});

describe('a storage whose answers go missing', () => {
  it('does not stop a backup: what stands there is our own', async () => {
    const { putIfAbsent, putIfMatch } = storage;
    storage.putIfAbsent = async (...call) => void (await putIfAbsent(...call));
    storage.putIfMatch = async (...call) => void (await putIfMatch(...call));
    const result = await finished(gatewayOf(CONTENT), { listing: 'sharded' });
    expect((await read(result)).memberships).toEqual(LINKS);
  });
});

describe('a storage that fails midway', () => {
  it('has nothing left to write once the backup has stopped', async () => {
    const { putIfAbsent } = storage;
    let pending = 0;
    storage.putIfAbsent = async (key, ...rest) => {
      if (key.endsWith('.digests')) throw new BackupError('disk-full', 'Full');
      pending += 1;
      // Longer than the refusal takes to arrive.
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      pending -= 1;
      return putIfAbsent(key, ...rest);
    };
    await expect(backUp(gatewayOf(CONTENT))).rejects.toMatchObject({ code: 'disk-full' });
    expect(pending).toBe(0);
  });
});

describe('a gateway that fails midway', () => {
  it('keeps what was read for the next run', async () => {
    const gateway = gatewayOf({ users: USERS, pageSize: 10 });
    const listUsers = gateway.handlers.ListUsers!;
    gateway.handlers.ListUsers = (request, call) => {
      if (call === 12) throw new BackupError('throttled', 'Cognito throttled ListUsers');
      return listUsers(request, call);
    };
    await expect(backUp(gateway)).rejects.toMatchObject({ code: 'throttled' });
    const second = gatewayOf({ users: USERS, pageSize: 10 });
    await finished(second);
    expect(sentTokens(second)[0]).toBe('users-:c');
  });

  it('one failing shard stops the others', async () => {
    const gateway = gatewayOf({ users: sampleUsers(5_000), pageSize: 1 });
    const listUsers = gateway.handlers.ListUsers!;
    gateway.handlers.ListUsers = (request, call) => {
      if (request.filter?.includes('"3"') && call > 40) throw new BackupError('unavailable', 'Down');
      return listUsers(request, call);
    };
    await expect(backUp(gateway, { listing: 'sharded' })).rejects.toMatchObject({ code: 'unavailable' });
    expect(gateway.calls.length).toBeLessThan(100);
  });
});

it('a sub that begins with a capital letter is outside every shard but not outside a single chain', async () => {
  const users = [sampleUser(1), sampleUser(2, { sub: 'Zulu' })];
  expect((await finished(gatewayOf({ users }), { listing: 'single' })).totals.users).toBe(2);
});

it('a backup into a folder on disk is read from there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backup-test-'));
  try {
    vault = await openVault(await openLocalFolder(join(folder, 'vault'), { create: true, runtime }), {
      create: true,
      runtime,
    });
    await backUp(gatewayOf({ ...CONTENT, pageSize: 10 }), { listing: 'sharded', deadline: () => true });
    const result = await finished(gatewayOf({ ...CONTENT, pageSize: 10 }), { listing: 'sharded' });
    const { users, memberships } = await read(result);
    expect(users).toEqual(bySub(USERS));
    expect(memberships).toEqual(LINKS);
    expect(await verifySnapshot(vault, { poolId: POOL.id, id: result.snapshot.id })).toMatchObject({ ok: true });
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('a snapshot list shows what cannot be read, and a backup goes on beside it', async () => {
  const ids: string[] = [];
  for (const content of ['{"format":2}', 'broken', undefined]) {
    const { snapshot } = await finished(gatewayOf({ users: USERS }));
    const key = [...storage.objects.keys()].find((name) => name.endsWith(`${snapshot.id}/manifest.json`))!;
    if (content === undefined) storage.objects.delete(key);
    else storage.objects.set(key, Buffer.from(content));
    ids.push(snapshot.id);
    runtime.advance(1_000);
  }
  await finished(gatewayOf({ users: sampleUsers(10) }));
  const listed = await listSnapshots(vault, { poolId: POOL.id });
  expect(listed.map(({ status }) => status)).toEqual(['too-new', 'damaged', 'unfinished', 'complete']);
  expect(listed.slice(0, 3).map(({ id }) => id)).toEqual(ids);
});
