import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { BackupError } from '../../src/model/errors.ts';
import { allReads } from '../../src/operations/doctor/command-needs.ts';
import { isMutation } from '../support/dying-gateway.ts';
import { bad, doctorBench, type DoctorBench } from './doctor-bench.ts';

let bench: DoctorBench;
let pool: string;
beforeEach(async () => {
  bench = await doctorBench();
  pool = bench.simulator.createPool({ AutoVerifiedAttributes: ['email'], Schema: [CUSTOM] });
  bench.simulator.pool(pool).addGroup({ name: 'staff' });
  const verified = [
    ['email', 'ada@example.com'],
    ['email_verified', 'true'],
  ] as const;
  bench.simulator.pool(pool).addUser({ username: 'ada', attributes: verified, groups: ['staff'] });
});
afterEach(() => bench.close());

const CUSTOM = { Name: 'tier', AttributeDataType: 'String', Mutable: true } as const;

describe('doctor', () => {
  it('looks at everything that some command reads, and changes nothing', async () => {
    await bench.snapshotOf(pool);
    const target = bench.simulator.createPool({ AutoVerifiedAttributes: ['email'] });
    const files = await filesOf(bench);
    const before = { ...bench.simulator.counters.calls };
    const result = await bench.examine(pool, { target: parsePoolId(target) });
    const { calls } = bench.simulator.counters;
    const called = Object.keys(calls).filter((name) => calls[name] !== before[name]);
    const reads = [...allReads()].filter((name) => name !== 'GetProvisionedLimit');
    expect(called.toSorted()).toEqual(reads.toSorted());
    expect(reads.filter(isMutation)).toEqual([]);
    expect(bench.simulator.counters.maus).toBe(0);
    expect(await filesOf(bench)).toEqual(files);
    expect(result.permissions.find(({ command }) => command === 'backup')).toMatchObject({
      pool,
      denied: [],
      notTried: [],
    });
    expect(result.permissions.find(({ command }) => command === 'backup --deep')).toMatchObject({
      answered: expect.arrayContaining(['AdminGetUserAuthFactors']) as unknown,
    });
    expect(bad(result)).toContain('schema-gap: warning');
  });

  it('tells by command what is denied, one operation after another', async () => {
    for (const operation of ['ListUsersInGroup', 'GetUICustomization', 'DescribeUserImportJob'] as const) {
      bench.simulator.faults.add({ kind: 'access-denied', operation });
    }
    const result = await bench.examine(pool, {}, null);
    const of = (name: string) => result.permissions.find(({ command }) => command === name);
    expect(of('backup')).toMatchObject({ denied: ['ListUsersInGroup'], deniedOptional: ['GetUICustomization'] });
    expect(of('restore or import --import-role')?.denied).toEqual(['ListUsersInGroup', 'DescribeUserImportJob']);
    expect(bad(result)).toEqual(
      expect.arrayContaining(['backup-denied: problem', 'configuration-denied: warning', 'import-jobs-denied: note']),
    );
    expect(result.level).toBe('problem');
    expect(result.notCaptured).toContainEqual(
      expect.objectContaining({ kind: 'ui-customization', reason: 'not-authorized' }),
    );
  });

  it.each([...allReads()].filter((name) => name !== 'GetProvisionedLimit'))(
    'goes on where %s alone is denied, and says so',
    async (operation) => {
      bench.simulator.faults.add({ kind: 'access-denied', operation });
      const { permissions } = await bench.examine(pool, {}, null);
      const denied = permissions.flatMap((one) => [...one.denied, ...one.deniedOptional]);
      expect(new Set(denied)).toEqual(new Set([operation]));
    },
  );

  it('says what it can where nothing at all may be read', async () => {
    bench.simulator.faults.add({ kind: 'access-denied' });
    const result = await bench.examine(pool, { target: parsePoolId(pool) });
    expect(result.pool).toMatchObject({ id: pool, name: null, estimatedUsers: null });
    expect(result.prices).toEqual([]);
    expect(bad(result)).toEqual(expect.arrayContaining(['backup-denied: problem', 'restore-denied: problem']));
    expect(JSON.stringify(result.permissions)).toContain(`:ACCOUNT:userpool/${pool}`);
  });

  it('judges the vault by what is in it', async () => {
    expect(bad(await bench.examine(pool))).toContain('no-snapshot: problem');
    const { ref } = await bench.snapshotOf(pool);
    const found = await bench.examine(pool);
    expect(bad(found)).toEqual(expect.arrayContaining(['not-encrypted: warning', 'vault-on-one-disk: warning']));
    expect(found.level).toBe('warning');
    expect(found.size).toMatchObject({ users: 1, memberships: 1, groups: 1, disabled: 0 });
    expect(bad(await bench.examine(pool, { maxAgeMs: -1 }))).toContain('snapshot-old: problem');
    const folder = join(bench.folder, 'vault', 'pools', ref.poolId, 'snapshots', ref.id);
    await rm(join(folder, 'groups.jsonl.gz'));
    expect(bad(await bench.examine(pool))).toContain('files-missing: problem');
  });

  it('takes a vault that is not there for a problem, and an outage for none', async () => {
    const failing = (error: BackupError) =>
      bench.examine(pool, {}, { ...bench.named, open: () => Promise.reject(error) });
    expect(bad(await failing(new BackupError('vault-not-found', 'No vault')))).toContain('vault-closed: problem');
    await expect(failing(new BackupError('unavailable', 'Gone'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails for a pool that is not there, and finds a target that is not', async () => {
    await expect(bench.examine('eu-central-1_Nobody001')).rejects.toMatchObject({ code: 'pool-not-found' });
    const result = await bench.examine(pool, { target: parsePoolId('eu-central-1_Nobody001') }, null);
    expect(bad(result)).toContain('target-not-found: problem');
    expect(result.target).toMatchObject({ id: 'eu-central-1_Nobody001', name: null });
  });

  it('prices a restore as its plan does', async () => {
    const reader = await bench.snapshotOf(pool);
    const { prices } = await bench.examine(pool);
    const { restoreSnapshot } = await import('../../src/operations/restore.ts');
    const target = parsePoolId(bench.simulator.createPool({ AutoVerifiedAttributes: ['email'], Schema: [CUSTOM] }));
    const planned = await restoreSnapshot(bench.deps, { reader, target, dryRun: true, confirm: async () => true });
    expect(planned).toMatchObject({
      done: true,
      plan: {
        callsByCategory: prices.find(({ passwords }) => passwords === 'random')?.callsByCategory,
        mauUsers: 1,
      },
    });
  });
});

async function filesOf({ vault }: DoctorBench): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key, etag } of vault.storage.list('')) keys.push(`${key} ${etag}`);
  return keys;
}
