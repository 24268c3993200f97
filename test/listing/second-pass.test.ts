import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { newAgeKey } from '../../src/encryption/age.ts';
import { KeyRing } from '../../src/encryption/key-ring.ts';
import { noKeys } from '../../src/encryption/vault-keys.ts';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { isBackupError } from '../../src/model/errors.ts';
import type { BackupEvent } from '../../src/model/events.ts';
import type { User } from '../../src/model/user.ts';
import { backupPool, type BackupOptions, type BackupResult } from '../../src/operations/backup/backup.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { samplePool, sampleUser, sampleUsers } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway, type ScriptedGateway } from '../fakes/scripted-gateway.ts';
import { sweep } from '../fuzz/sweep.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { ShiftingPool } from './shifting-pool.ts';
import { Unrest } from './unrest.ts';

const POOL = samplePool();
/** In pages of two, one chain of these is 220 pages long: three pieces. */
const USERS = sampleUsers(440);
const STARTED_MS = Date.parse('2026-11-22T12:00:00.000Z');
const KILLED = new Error('killed');

let storage: MemoryStorage;
let runtime: ManualRuntime;
let events: BackupEvent[];
/** Who is in the pool now. */
let users: User[];
/** Whom a listing leaves out: by shard, or in the second pass (`all`). */
let isLost: (user: User, chain: string) => boolean;
/** Called before a page of one chain is answered, counted from 0 within a run. */
let onSecondPass: (page: number) => void;

beforeEach(() => {
  storage = memoryStorage();
  runtime = manualRuntime(new Date(STARTED_MS));
  events = [];
  users = [...USERS];
  isLost = () => false;
  onSecondPass = () => undefined;
});

function gatewayNow(): ScriptedGateway {
  let pages = 0;
  const handlersOf = (listed: readonly User[]) =>
    poolHandlers({ pool: samplePool({ estimatedUsers: 440 }), users: listed, pageSize: 2 });
  const gateway = scriptedGateway(
    {
      ...handlersOf(users),
      ListUsers: (request, call) => {
        const [, sub] = /^sub = "(.*)"$/.exec(request.filter ?? '') ?? [];
        if (sub !== undefined) return { items: users.filter((user) => user.sub === sub) };
        const [, chain = 'all'] = /"(.)"/.exec(request.filter ?? '') ?? [];
        if (chain === 'all') {
          onSecondPass(pages);
          pages += 1;
        }
        return handlersOf(users.filter((user) => !isLost(user, chain))).ListUsers!(request, call);
      },
    },
    () => runtime.now(),
  );
  return gateway;
}

async function backUp(options: Partial<BackupOptions> = {}, given?: Vault): Promise<BackupResult> {
  const vault = given ?? (await openVault(storage, { create: true, runtime }));
  const observer = (event: BackupEvent) => void events.push(event);
  const gateway = gatewayNow();
  calls = () =>
    gateway.calls.filter(({ operation }) => operation === 'ListUsers').map(({ request }) => request as Asked);
  return backupPool(
    { gateway, vault, runtime, observer },
    { poolId: POOL.id, listing: 'sharded', secondPass: true, ...options },
  );
}

interface Asked {
  readonly filter?: string;
  readonly nextToken?: string;
}
/** What the last run has listed of users. */
let calls: () => readonly Asked[] = () => [];
const inOneChain = (): readonly Asked[] => calls().filter(({ filter }) => filter === undefined);

async function finished(options: Partial<BackupOptions> = {}, vault?: Vault) {
  const result = await backUp(options, vault);
  if (!result.done) throw new Error('The backup did not end');
  return result;
}

async function expectWhole(result: BackupResult): Promise<void> {
  const vault = await openVault(storage, { runtime });
  const ref = { poolId: POOL.id, id: result.snapshot.id };
  expect(await verifySnapshot(vault, ref)).toMatchObject({ ok: true, problems: [], unnamedParts: 0 });
  expect([...storage.objects.keys()].filter((key) => /digests|checkpoint/.test(key))).toEqual([]);
}

const warnings = (): readonly string[] => events.flatMap((event) => (event.kind === 'warning' ? [event.code] : []));
const statuses = async (): Promise<readonly string[]> =>
  (await listSnapshots(await openVault(storage, { runtime }))).map(({ status }) => status);

/** Kills the run at a page of its second pass; what it has open is not stored. */
function killAtPage(page: number): void {
  onSecondPass = (at) => {
    if (at !== page) return;
    storage.beforeWrite = () => {
      throw KILLED;
    };
    throw KILLED;
  };
}

function revive(): void {
  storage.beforeWrite = () => undefined;
  onSecondPass = () => undefined;
}

describe('a second pass', () => {
  it('proves a listing that is right, after the shards and once they lag no more', async () => {
    let begunMs = 0;
    onSecondPass = (page) => {
      if (page === 0) begunMs = runtime.now().getTime();
    };
    const result = await finished();

    expect(result.secondPass).toEqual({ users: 440, missingInShards: 0, missingInSecondPass: 0 });
    expect(result).toMatchObject({ totals: { users: 440 }, warnings: [] });
    const first = calls().findIndex(({ filter }) => filter === undefined);
    expect(calls().slice(first)).toHaveLength(220);
    expect(inOneChain()).toHaveLength(220);
    expect(begunMs - STARTED_MS).toBe(60_000);
    await expectWhole(result);
  });

  it.each([
    ['the users of one shard', (user: User) => user.sub.startsWith('7'), 28],
    ['one user', (user: User) => user === USERS[200], 1],
  ])('finds that the shards have missed %s: no snapshot, and the next run begins anew', async (_, lost, missed) => {
    isLost = (user, chain) => chain !== 'all' && lost(user);
    await expect(backUp()).rejects.toMatchObject({
      code: 'listing-broken',
      message: `Listing by the first digit of sub has missed ${missed} of 440 users`,
      hint: expect.stringContaining('--listing single'),
    });
    expect([...storage.objects.keys()].some((key) => key.endsWith('manifest.json'))).toBe(false);
    isLost = () => false;
    runtime.advance(1_000);
    expect((await finished()).secondPass).toMatchObject({ users: 440 });
    expect(await statuses()).toEqual(['unfinished', 'complete']);
  });

  it('finds a user whose sub begins with no hex digit', async () => {
    users[9] = sampleUser(9, { sub: 'Zulu' });
    await expect(backUp()).rejects.toMatchObject({ code: 'listing-broken' });
  });

  const at = (ms: number): string => new Date(STARTED_MS + ms).toISOString();
  it.each([
    ['made and changed long before', {}, false],
    ['made just before', { createdAt: at(-60_000), modifiedAt: at(-60_000) }, true],
    ['made a little earlier', { createdAt: at(-60_001), modifiedAt: at(-60_001) }, false],
    ['changed meanwhile', { modifiedAt: at(1_000) }, true],
    ['made meanwhile', { createdAt: at(5_000), modifiedAt: at(5_000) }, true],
  ])('of a user that the shards lack, %s: %o is excused: %s', async (_, dates, isExcused) => {
    const late = sampleUser(1_000, dates);
    users.push(late);
    isLost = (user, chain) => user === late && chain !== 'all';
    const outcome = await backUp().catch((error: unknown) => error);
    if (isExcused) {
      expect(outcome).toMatchObject({
        secondPass: { users: 441, missingInShards: 1, missingInSecondPass: 0 },
        totals: { users: 440 },
        warnings: [],
      });
    } else expect(isBackupError(outcome, 'listing-broken')).toBe(true);
  });

  it('excuses users who were deleted or made between the two listings', async () => {
    onSecondPass = (page) => {
      if (page > 0) return;
      users.splice(10, 5);
      users.push(sampleUser(2_000, { createdAt: at(60_000), modifiedAt: at(60_000) }));
    };
    const result = await finished();
    expect(result.secondPass).toEqual({ users: 436, missingInShards: 1, missingInSecondPass: 5 });
    expect(result.warnings).toEqual([]);
    await expectWhole(result);
  });

  it.each([
    [3, 'The second pass did not list 3 users of the snapshot; of 3 looked up, 2 are still in the pool'],
    [130, 'The second pass did not list 130 users of the snapshot; of 100 looked up, 99 are still in the pool'],
  ])('warns of users whom one chain has missed (%i, one of them changed)', async (lost, message) => {
    users[0] = { ...users[0]!, modifiedAt: at(2_000) };
    const left = new Set(users.slice(0, lost).map(({ sub }) => sub));
    isLost = (user, chain) => chain === 'all' && left.has(user.sub);
    const result = await finished();
    expect(result.secondPass).toEqual({ users: 440 - lost, missingInShards: 0, missingInSecondPass: lost });
    expect(result.warnings).toEqual([
      { code: 'second-pass-differs', message: `${message}: one chain does not list all` },
    ]);
    await expectWhole(result);
  });

  it('proves nothing when it lists a user twice', async () => {
    onSecondPass = () => {
      if (users.length === 440) users.push(users[3]!);
    };
    await expect(backUp()).rejects.toMatchObject({
      code: 'listing-broken',
      message: 'The second pass listed a user twice',
    });
  });

  it('tells no sub to checkpoint, manifest, keys or events', async () => {
    const seen: string[] = [];
    storage.afterWrite = (key) => {
      seen.push(key);
      if (!key.endsWith('.gz')) seen.push(Buffer.from(storage.objects.get(key)!).toString('latin1'));
    };
    isLost = (user, chain) => chain === 'all' && user === USERS[7];
    await finished();
    expect([...seen, JSON.stringify(events)].join('\n')).not.toContain(USERS[7]!.sub);
  });
});

describe('a second pass that was killed', () => {
  it.each([0, 1, 99, 100, 150, 219])('at page %i goes on with its token', async (page) => {
    killAtPage(page);
    await expect(backUp()).rejects.toBe(KILLED);
    revive();
    runtime.advance(50 * 60_000);
    const result = await finished();
    expect(result.secondPass).toEqual({ users: 440, missingInShards: 0, missingInSecondPass: 0 });
    const stored = Math.floor(page / 100) * 100;
    expect(calls()).toHaveLength(220 - stored);
    expect(calls()[0]?.nextToken).toBe(stored === 0 ? undefined : `users-:${stored.toString(16)}`);
    await expectWhole(result);
  });

  it('starts over when its token is an hour old, and mixes no two listings', async () => {
    killAtPage(150);
    await expect(backUp()).rejects.toBe(KILLED);
    revive();
    runtime.advance(61 * 60_000);
    // Of the first listing's pages nothing counts: they would hide that this one has lost a user.
    isLost = (user, chain) => chain === 'all' && user === USERS[3];
    const result = await finished();
    expect(inOneChain()).toHaveLength(220);
    expect(calls()[0]?.nextToken).toBeUndefined();
    expect(result.secondPass).toEqual({ users: 439, missingInShards: 0, missingInSecondPass: 1 });
    expect(warnings()).toEqual(['listing-started-over', 'second-pass-differs']);
    await expectWhole(result);
  });

  it('is given up when its tokens expire a third time', async () => {
    for (let run = 0; run < 4; run += 1) {
      killAtPage(run === 3 ? -1 : 150);
      const error: unknown = await backUp().catch((reason: unknown) => reason);
      if (run === 3) expect(isBackupError(error, 'token-expired')).toBe(true);
      revive();
      runtime.advance(61 * 60_000);
    }
    expect(await finished()).toMatchObject({ done: true });
    expect(await statuses()).toEqual(['unfinished', 'complete']);
  });

  it('between its end and the manifest is not made again', async () => {
    isLost = (user, chain) => chain === 'all' && user === USERS[3];
    storage.beforeWrite = (key) => {
      if (key.endsWith('manifest.json')) throw KILLED;
    };
    await expect(backUp()).rejects.toBe(KILLED);
    revive();
    const result = await finished();
    expect(calls()).toEqual([{ poolId: POOL.id, filter: `sub = "${USERS[3]!.sub}"` }]);
    expect(result.warnings.map(({ code }) => code)).toEqual(['second-pass-differs']);
    await expectWhole(result);
  });

  it.each(['beforeWrite', 'afterWrite'] as const)('at any of its writes (%s) ends right', async (when) => {
    await finished();
    const writes = storage.writes.length;
    const first = storage.writes.findIndex((key) => key.includes('second-pass')) - 2;
    for (let write = first; write < writes; write += 1) {
      storage.objects.clear();
      const from = storage.writes.length;
      storage[when] = (_key, index) => {
        if (index - from >= write) throw KILLED;
      };
      await backUp().catch((error: unknown) => error);
      storage.beforeWrite = () => undefined;
      storage.afterWrite = () => undefined;
      if (!(await statuses()).includes('complete')) {
        expect((await finished()).secondPass).toEqual({ users: 440, missingInShards: 0, missingInSecondPass: 0 });
      }
      expect(await statuses(), `write ${write}`).toEqual(['complete']);
      runtime.advance(1_000);
    }
  });
});

describe('slices with a deadline', () => {
  it('make one snapshot, proven', async () => {
    const ids = new Set<string>();
    let slices = 0;
    for (;;) {
      let asked = 0;
      const result = await backUp({ deadline: () => (asked += 1) > 60 });
      ids.add(result.snapshot.id);
      slices += 1;
      runtime.advance(1_000);
      if (!result.done) continue;
      expect(result.secondPass).toEqual({ users: 440, missingInShards: 0, missingInSecondPass: 0 });
      await expectWhole(result);
      break;
    }
    expect(ids.size).toBe(1);
    expect(slices).toBeGreaterThan(6);
  });

  it('end while it waits for listings to lag no more, and the next waits for what is left', async () => {
    const result = await backUp({ deadline: () => runtime.now().getTime() >= STARTED_MS + 20_000 });
    expect(result.done).toBe(false);
    expect(runtime.now().getTime() - STARTED_MS).toBe(20_000);
    let begunMs = 0;
    onSecondPass = (page) => {
      if (page === 0) begunMs = runtime.now().getTime();
    };
    await finished();
    expect(begunMs - STARTED_MS).toBe(60_000);
  });
});

describe('an encrypted backup that goes on without a private key', () => {
  async function killedAndGoneOn(change: () => void): Promise<BackupResult> {
    const key = await newAgeKey();
    const openAnew = (): Promise<Vault> =>
      openVault(storage, { create: true, runtime, keys: { ...noKeys(), choice: { recipients: [key.recipient] } } });
    killAtPage(150);
    await expect(backUp({}, await openAnew())).rejects.toBe(KILLED);
    revive();
    change();
    const result = await finished({}, await openAnew());
    const ring = new KeyRing({ keys: [key] });
    const vault = await openVault(storage, { runtime, keys: { ...noKeys(), ring } });
    expect(await verifySnapshot(vault, { poolId: POOL.id, id: result.snapshot.id })).toMatchObject({ ok: true });
    return result;
  }

  it('is proven all the same', async () => {
    const result = await killedAndGoneOn(() => undefined);
    expect(result).toMatchObject({ secondPass: { users: 440, missingInShards: 0 }, warnings: [] });
  });

  it('is refused all the same', async () => {
    const going = killedAndGoneOn(() => undefined);
    isLost = (user, chain) => chain !== 'all' && user === USERS[5];
    await expect(going).rejects.toMatchObject({ code: 'listing-broken' });
  });

  it('says that it cannot tell who was deleted from who was missed', async () => {
    const result = await killedAndGoneOn(() => {
      isLost = (user) => user === USERS[430];
    });
    expect(result).toMatchObject({
      secondPass: { users: 439, missingInShards: 0, missingInSecondPass: 1 },
      warnings: [{ code: 'second-pass-differs', message: expect.stringContaining('without the private key') }],
    });
  });
});

describe('asking for a second pass', () => {
  it('of one chain is a mistake, before anything is done', async () => {
    await expect(backUp({ listing: 'single' })).rejects.toMatchObject({ code: 'usage' });
    expect(calls()).toEqual([]);
    expect(storage.writes.filter((key) => key !== 'vault.json')).toEqual([]);
  });

  it('of a small pool listed in one chain is answered with a notice', async () => {
    const result = await finished({ listing: 'auto' });
    expect(result.secondPass).toBe(false);
    expect(warnings()).toEqual(['second-pass-needless']);
    expect(calls()).toHaveLength(220);
  });

  it('counts for a snapshot begun without', async () => {
    const first = await backUp({ secondPass: false, deadline: () => true });
    const result = await finished();
    expect(result.snapshot.id).toBe(first.snapshot.id);
    expect(result.secondPass).toMatchObject({ users: 440 });
  });

  it('holds for the run that goes on, whatever that one asks for', async () => {
    const first = await backUp({ deadline: () => true });
    const result = await finished({ secondPass: false, listing: 'auto' });
    expect(result.snapshot.id).toBe(first.snapshot.id);
    expect(result.secondPass).toMatchObject({ users: 440 });
  });

  it('is not asked, then none is made', async () => {
    expect((await finished({ secondPass: false })).secondPass).toBe(false);
    expect(inOneChain()).toEqual([]);
    expect(runtime.sleeps).toEqual([]);
  });
});

describe('a manifest with a second pass', () => {
  it.each([
    ['more users than listed in both', { users: 441, missingInShards: 0, missingInSecondPass: 0 }],
    ['users missing on one side alone', { users: 440, missingInShards: 1, missingInSecondPass: 0 }],
    ['users missing on the other side alone', { users: 440, missingInShards: 0, missingInSecondPass: 1 }],
    ['more missing than there are', { users: 1, missingInShards: 2, missingInSecondPass: 441 }],
    ['a field too many', { users: 440, missingInShards: 0, missingInSecondPass: 0, more: 0 }],
    ['true', true],
    ['a warning of nobody', undefined],
  ])('that does not add up is refused: %s', async (_, secondPass) => {
    const { snapshot } = await finished();
    const vault = await openVault(storage, { runtime });
    const ref = { poolId: POOL.id, id: snapshot.id };
    const { digest: _digest, ...body } = (await openSnapshot(vault, ref)).manifest;
    const forged =
      secondPass === undefined
        ? { ...body, warnings: [{ code: 'second-pass-differs', message: '' }] }
        : { ...body, listing: { ...body.listing, secondPass } };
    const key = [...storage.objects.keys()].find((name) => name.endsWith('manifest.json'))!;
    storage.objects.set(key, encodeDigested(body));
    await openSnapshot(vault, ref);
    storage.objects.set(key, encodeDigested(forged));
    await expect(openSnapshot(vault, ref)).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('a pool that changes while it is listed twice', () => {
  const scenario = fc.record({
    seed: fc.nat(),
    stableUsers: fc.integer({ min: 0, max: 40 }),
    volatileUsers: fc.integer({ min: 0, max: 30 }),
    stableGroups: fc.constant(1),
    volatileGroups: fc.constant(1),
    lagMs: fc.constantFrom(0, 5_000, 30_000),
    stepMs: fc.constantFrom(1, 200, 3_000),
    pageSize: fc.integer({ min: 1, max: 12 }),
    changesACall: fc.integer({ min: 0, max: 3 }),
    moves: fc.boolean(),
    /** How long most users have been there. */
    ageMs: fc.constantFrom(0, 61_000, 3_600_000),
  });

  it('is never taken for one whose listing is broken', async () => {
    const sum = { inShards: 0, inSecondPass: 0, runs: 0, warned: 0 };
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const random = new SeededRandom(given.seed);
        const clock = manualRuntime('2026-11-22T12:00:00.250Z', given.seed);
        const pool = new ShiftingPool({ runtime: clock, random, ...given });
        const unrest = new Unrest(pool, { random, ...given });
        clock.advance(2 * given.lagMs + given.ageMs);
        pool.onCall = () => {
          for (let left = random.below(given.changesACall + 1); left > 0; left -= 1) unrest.change();
        };
        const vault = await openVault(memoryStorage(), { create: true, runtime: clock });
        const result = await backupPool(
          { gateway: withLookUp(pool), vault, runtime: clock, observer: () => undefined },
          { poolId: pool.description.id, listing: 'sharded', secondPass: true },
        );
        if (!result.done || !result.secondPass) throw new Error('No second pass was made');
        sum.inShards += result.secondPass.missingInShards;
        sum.inSecondPass += result.secondPass.missingInSecondPass;
        sum.warned += result.warnings.filter(({ code }) => code === 'second-pass-differs').length;
        sum.runs += 1;
        const ref = { poolId: pool.description.id, id: result.snapshot.id };
        expect((await checkSnapshot(pool, { vault, ref, lagMs: given.lagMs })).problems).toEqual([]);
      }),
      sweep('second pass', { ordinary: 40, long: 2_000 }),
    );
    process.stdout.write(`second pass: ${JSON.stringify(sum)}\n`);
    expect(sum.inShards).toBeGreaterThan(0);
    expect(sum.inSecondPass).toBeGreaterThan(0);
  });
});

/** The pool itself lists by the beginning of a `sub` alone. */
function withLookUp({ gateway, users: histories }: ShiftingPool): CognitoGateway {
  return {
    ...gateway,
    send: async (operation, request, signal) => {
      const [, sub] = /^sub = "(.*)"$/.exec('filter' in request ? (request.filter ?? '') : '') ?? [];
      if (sub === undefined) return gateway.send(operation, request, signal);
      const user = histories.get(sub)?.latest;
      return { items: user ? [user] : [] } as never;
    },
  };
}
