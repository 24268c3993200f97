import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PoolId } from '../../src/model/ids.ts';
import type { UserFactors } from '../../src/model/user.ts';
import { backupPool, type BackupOptions } from '../../src/operations/backup/backup.ts';
import { diff } from '../../src/operations/diff/diff.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import type { ReconcileResult } from '../../src/operations/reconcile/requests.ts';
import { snapshotSide } from '../../src/operations/values/diff-side.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import type { SeedUser } from '../../src/simulator/pool-config.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { sampleSnapshot } from '../fakes/sample-snapshot.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { FACTOR_USERS, factorPool } from './deep-pool.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const PEOPLE: readonly SeedUser[] = [...FACTOR_USERS, { username: 'gone', attributes: [] }];

let bench: Workbench;
let poolId: PoolId;

const makePool = (name: string, mfa?: object): PoolId => factorPool(bench.simulator, name, mfa);

beforeEach(async () => {
  bench = await setUpWorkbench();
  poolId = makePool('source');
  for (const user of PEOPLE) bench.simulator.pool(poolId).addUser(user);
});
afterEach(() => bench.close());

async function backUp(options: Partial<BackupOptions> = {}, pool = poolId): Promise<SnapshotReader> {
  const { gateway, vault } = bench;
  const observer = (event: (typeof bench.events)[number]): void => void bench.events.push(event);
  const callCounts = () => gateway.counts();
  const deps = { gateway, vault, runtime: realRuntime, observer, callCounts };
  const result = await backupPool(deps, { poolId: pool, deep: true, ...options });
  return openSnapshot(vault, { poolId: pool, id: result.snapshot.id });
}

async function factorsIn(reader: SnapshotReader): Promise<Record<string, UserFactors | undefined>> {
  return Object.fromEntries((await collect(reader.users())).map(({ username, factors }) => [username, factors]));
}

type Restoring = Partial<Parameters<typeof restoreSnapshot>[1]>;

async function restore(reader: SnapshotReader, target: PoolId, options: Restoring = {}): Promise<ReconcileResult> {
  const result = await restoreSnapshot(bench.deps, { reader, target, confirm: async () => true, ...options });
  if (!result.done) throw new Error('Not done');
  return result;
}

function lossesOf({ losses }: ReconcileResult): Record<string, number> {
  const named = ['mfa-preference', 'totp', 'passkeys', 'devices', 'mfa-and-devices'];
  return Object.fromEntries(losses.filter(({ kind }) => named.includes(kind)).map(({ kind, count }) => [kind, count]));
}

describe('a deep backup', () => {
  it('holds preferences and factors of every user, and the manifest says so', async () => {
    const reader = await backUp();

    expect(reader.manifest.totals).toMatchObject({ users: 8, factors: 8 });
    expect(reader.manifest.calls['UserRead']).toBe(8);
    expect(reader.manifest.notCaptured.map(({ kind }) => kind)).not.toContain('mfa-preferences');
    expect(await factorsIn(reader)).toMatchObject({
      plain: { mfa: [] },
      sms: { preferred: 'SMS_MFA', mfa: ['SMS_MFA'] },
      mail: { preferred: 'EMAIL_OTP', mfa: ['SMS_MFA', 'EMAIL_OTP'] },
      totp: { preferred: 'SOFTWARE_TOKEN_MFA', configured: ['PASSWORD', 'SOFTWARE_TOKEN'] },
      passkey: { configured: ['PASSWORD', 'WEB_AUTHN'] },
    });
    expect(await bench.verified(reader)).toMatchObject({ ok: true, checked: { totals: { factors: 8 } } });
  });

  it('is not what a backup does unasked: nobody is asked, and nothing is known', async () => {
    const reader = await backUp({ deep: false });

    expect(reader.manifest.totals.factors).toBeUndefined();
    expect(Object.values(await factorsIn(reader))).toEqual(PEOPLE.map(() => undefined));
    expect(reader.manifest.notCaptured).toContainEqual({ kind: 'mfa-preferences', reason: 'not-listed' });
    expect(bench.simulator.counters.calls['AdminGetUserAuthFactors']).toBeUndefined();
  });

  it('states its price first, and asks nobody when that is refused', async () => {
    const refused = backUp({ approveDeep: async () => false });

    await expect(refused).rejects.toMatchObject({ code: 'refused' });
    expect(bench.events).toContainEqual({
      kind: 'deep-price',
      poolId,
      calls: 8,
      callsPerSecond: 60,
      durationMs: 134,
      mayBillUsers: 8,
    });
    expect(bench.simulator.counters.calls['AdminGetUserAuthFactors']).toBeUndefined();
    expect(await bench.vault.snapshots(poolId)).toEqual([]);
  });

  it('goes on with what was begun deep alone, and cuts its parts short', async () => {
    const runtime = manualRuntime();
    const vault = await openVault(memoryStorage(), { create: true, runtime });
    const content = { pool: samplePool(), users: sampleUsers(1_100) };
    const gateway = scriptedGateway(poolHandlers(content), () => runtime.now());
    const run = async (deep: boolean, pages: number) => {
      let left = pages;
      const deadline = (): boolean => (left -= 1) < 0;
      const options = { poolId: content.pool.id, listing: 'single', deep, deadline } as const;
      return backupPool({ gateway, vault, runtime, observer: () => {} }, options);
    };
    const shallow = await run(false, 3);
    const begun = await run(true, 10);
    const ended = await run(true, Infinity);

    expect([shallow.done, begun.done, ended.done]).toEqual([false, false, true]);
    expect(begun.snapshot.id).not.toBe(shallow.snapshot.id);
    expect(ended.snapshot.id).toBe(begun.snapshot.id);
    expect(gateway.calls.filter(({ operation }) => operation === 'AdminGetUserAuthFactors')).toHaveLength(1_100);
    const { manifest } = await openSnapshot(vault, { poolId: content.pool.id, id: ended.snapshot.id });
    expect(manifest.totals.factors).toBe(1_100);
    const whole = await sampleSnapshot({ vault, runtime }, content, { deep: true });
    const { parts } = (await openSnapshot(vault, whole)).manifest;
    // A thousand and the rest of the page.
    expect(parts.filter(({ kind }) => kind === 'users').map(({ records }) => records)).toEqual([1_020, 80]);
  });

  it('leaves the factors of whoever is gone by then open, and counts them', async () => {
    const { gateway } = bench;
    const vanishing: typeof gateway = {
      ...gateway,
      send: (operation, request, signal) => {
        if (operation === 'AdminGetUserAuthFactors') bench.simulator.pool(poolId).removeUser('gone');
        return gateway.send(operation, request, signal);
      },
    };
    const deps = { gateway: vanishing, vault: bench.vault, runtime: realRuntime, observer: () => {} };
    const { snapshot } = await backupPool(deps, { poolId, deep: true });
    const reader = await openSnapshot(bench.vault, { poolId, id: snapshot.id });

    expect(reader.manifest.totals).toMatchObject({ users: 8, factors: 7 });
    expect(reader.manifest.notCaptured).toContainEqual({
      kind: 'mfa-preferences',
      reason: 'refused',
      count: 1,
      operation: 'AdminGetUserAuthFactors',
    });
    expect((await factorsIn(reader))['gone']).toBeUndefined();
    expect(await bench.verified(reader)).toMatchObject({ ok: true });
  });
});

describe('a restore from a deep snapshot', () => {
  it.each(['api', 'auto'] as const)(
    'turns SMS and e-mail on again, and names everything else as lost: %s',
    async (engine) => {
      const reader = await backUp();
      const target = makePool('target');

      const importRole = 'arn:aws:iam::123456789012:role/cognito-import';
      const result = await restore(reader, target, { engine, ...(engine === 'auto' && { importRole }) });

      expect(result).toMatchObject({ failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
      expect(lossesOf(result)).toEqual({ 'mfa-preference': 1, totp: 1, passkeys: 1, devices: 1 });
      const restored = await factorsIn(await backUp({}, target));
      const of = (name: string) => [restored[name]?.preferred, restored[name]?.mfa];
      // A row of an import file turns SMS on without making it the preferred one.
      expect(of('sms')).toEqual([engine === 'api' ? 'SMS_MFA' : undefined, ['SMS_MFA']]);
      expect(of('quiet-sms')).toEqual([undefined, ['SMS_MFA']]);
      expect(of('mail')).toEqual(['EMAIL_OTP', ['SMS_MFA', 'EMAIL_OTP']]);
      expect(of('totp')).toEqual([undefined, ['SMS_MFA']]);
      expect([of('plain'), of('passkey'), of('unverified')]).toEqual([0, 1, 2].map(() => [undefined, []]));
    },
  );

  it('tries nothing in a pool without these factors, nor for who has to change a password', async () => {
    const reader = await backUp();
    const bare = await restore(reader, makePool('bare', { MfaConfiguration: 'OFF' }));
    const temporary = await restore(reader, makePool('target'), {
      passwords: 'temporary',
      keepPassword: async () => {},
    });

    const lost = { 'mfa-preference': 5, totp: 1, passkeys: 1, devices: 1 };
    expect([lossesOf(bare), lossesOf(temporary)]).toEqual([lost, lost]);
    expect([bare.failed, temporary.failed]).toEqual([0, 0]);
    expect(bench.simulator.counters.calls['AdminSetUserMFAPreference']).toBeUndefined();
  });
});

describe('diff of two deep snapshots', () => {
  it('names what changed of the factors, and nothing where one of them is not deep', async () => {
    const before = await backUp();
    await bench.gateway.send('AdminSetUserMFAPreference', {
      poolId,
      username: 'sms',
      factors: ['EMAIL_OTP'],
      preferred: 'EMAIL_OTP',
    });
    const after = await backUp();
    const shallow = await backUp({ deep: false });

    const compare = async (one: SnapshotReader, other: SnapshotReader) =>
      diff(realRuntime, await snapshotSide(one), await snapshotSide(other));
    expect(await compare(before, after)).toMatchObject({
      factors: true,
      changed: 1,
      changedBy: { mfa: 1, 'mfa-preferred': 1 },
    });
    expect(await compare(before, shallow)).toMatchObject({ factors: false, changed: 0, changedBy: {} });
    expect(await compare(shallow, shallow)).toMatchObject({ factors: null, same: true });
  });
});
